//! One operation on its way: parsed, authorised, carried out.

use std::{collections::BTreeSet, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{
    Request, Response, Variables,
    parser::types::{
        DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
        SelectionSet,
    },
};
use domain::Position;
use futures_util::{
    FutureExt as _, Stream, StreamExt as _,
    stream::{self, BoxStream},
};
use serde_json::Value;
use tracing::Instrument as _;

use super::{
    Shared,
    answer::{Answer, Rejected},
    documents::NoDocument,
    params::Params,
};
use crate::{
    asking::Asking,
    limits,
    policy::Viewer,
    schema::error::{Code, Refusal},
    token::Bearer,
};

/// An operation that parses, of a known kind.
pub(super) struct Parsed {
    document: Arc<ExecutableDocument>,
    pub(super) kind: OperationType,
    name: Option<String>,
    variables: Variables,
    /// Whether it asks for the schema alone, which anyone may.
    about_schema: bool,
    min_position: Option<Position>,
}

/// An operation that may be carried out.
pub(super) struct Operation {
    request: Request,
    document: Arc<ExecutableDocument>,
    kind: OperationType,
    name: Option<String>,
    asking: Option<Arc<Asking>>,
    request_id: Arc<str>,
    covered: Position,
}

impl From<NoDocument> for Rejected {
    fn from(NoDocument { code, message, locations }: NoDocument) -> Self {
        Self { code, message, locations }
    }
}

impl Parsed {
    pub(super) fn new(shared: &Shared, params: Params) -> Result<Self, Rejected> {
        let document = shared.documents.find(&params)?;
        let min_position = min_position(&params)?;
        let operation = choose(&document.operations, params.operation_name.as_deref())?;
        let kind = operation.ty;
        let mut seen = BTreeSet::new();
        let about_schema = asks_for_schema(&document, &operation.selection_set.node, &mut seen);
        let Params { operation_name: name, variables, .. } = params;
        Ok(Self { document, kind, name, variables, about_schema, min_position })
    }

    /// Lets a viewer through whose assignment is in force, and nobody where nobody's data is asked
    /// for; waits for the position that the client has seen.
    pub(super) async fn authorise(
        self,
        shared: &Shared,
        bearer: Option<Bearer>,
        request_id: &Arc<str>,
    ) -> Result<Operation, Rejected> {
        let asking = match bearer {
            None if self.about_schema => None,
            None => return Err(Refusal::unauthenticated().into()),
            Some(bearer) => {
                if let Some(position) = self.min_position {
                    wait_for(shared, position).await?;
                }
                let engine = Arc::clone(&shared.engine);
                let viewer = Viewer::of(bearer, &engine);
                let asking = Asking::new(engine, viewer, request_id.to_string());
                asking.check_in_force().await?;
                Some(asking)
            }
        };
        let covered = shared.engine.progress().borrow().position;
        let mut request = Request::new("").variables(self.variables);
        request.operation_name.clone_from(&self.name);
        request.set_parsed_query(ExecutableDocument::clone(&self.document));
        if let Some(asking) = &asking {
            request = request.data(Arc::clone(asking));
        }
        let Self { document, kind, name, .. } = self;
        let request_id = Arc::clone(request_id);
        Ok(Operation { request, document, kind, name, asking, request_id, covered })
    }
}

impl Operation {
    pub(super) const fn is_subscription(&self) -> bool {
        matches!(self.kind, OperationType::Subscription)
    }

    /// The one answer of a query or mutation.
    pub(super) async fn execute(self, shared: &Shared) -> Answer {
        let Self { request, document, kind, name, asking, request_id, covered } = self;
        let started = shared.engine.world().elapsed();
        let span = tracing::info_span!("operation", %request_id, %kind, name = name.as_deref());
        let running = AssertUnwindSafe(shared.schema.execute(request)).catch_unwind();
        let answer = if let Ok(response) = running.instrument(span.clone()).await {
            let response = completed(shared, &document, name.as_deref(), response);
            Answer::of(response, &request_id, asking.as_deref().map_or(covered, Asking::covered))
        } else {
            tracing::error!(parent: &span, "a resolver panicked");
            Answer::rejected(Refusal::internal().into(), &request_id)
        };
        let took = shared.engine.world().elapsed().saturating_sub(started);
        let outcome = answer.outcome();
        shared.metrics.answered(kind, outcome, took);
        let took_us = took.as_micros();
        tracing::info!(parent: &span, outcome, took_us, "answered");
        answer
    }

    /// The answers of a subscription, or the one of a query or mutation. Ends when the service is
    /// about to stop.
    pub(super) fn stream(self, shared: Arc<Shared>) -> BoxStream<'static, Answer> {
        if self.is_subscription() {
            self.subscribe(shared).boxed()
        } else {
            stream::once(async move { self.execute(&shared).await }).boxed()
        }
    }

    fn subscribe(self, shared: Arc<Shared>) -> impl Stream<Item = Answer> + Send + 'static {
        let Self { request, document, name, asking, request_id, covered, .. } = self;
        tracing::info!(%request_id, kind = "subscription", name = name.as_deref(), "watching");
        let open = shared.metrics.watching();
        let drained = {
            let shared = Arc::clone(&shared);
            async move { shared.drained().await }
        };
        let responses = shared.schema.execute_stream(request).take_until(Box::pin(drained));
        responses.map(move |response| {
            // Held for as long as the stream is.
            let _ = &open;
            // An event was read from the log as far as the read models had come by then.
            let covered = match &asking {
                Some(asking) => asking.engine.progress().borrow().position,
                None => covered,
            };
            let response = completed(&shared, &document, name.as_deref(), response);
            Answer::of(response, &request_id, covered)
        })
    }
}

/// What was carried out, with what the library leaves to be done.
fn completed(
    shared: &Shared,
    document: &ExecutableDocument,
    name: Option<&str>,
    mut response: Response,
) -> Response {
    if let Ok(operation) = choose(&document.operations, name) {
        let Response { data, errors, .. } = &mut response;
        shared.types.complete(document, operation, data, errors);
    }
    response
}

/// The operation that is meant: the named one, or the only one.
fn choose<'a>(
    operations: &'a DocumentOperations,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, Rejected> {
    let rejected = |why: String| Rejected::new(Code::ValidationFailed, why);
    let unknown = |name: &str| rejected(format!("the document has no operation `{name}`"));
    match (operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(&operation.node),
        (DocumentOperations::Single(_), Some(name)) => Err(unknown(name)),
        (DocumentOperations::Multiple(all), Some(name)) => {
            all.get(name).map(|it| &it.node).ok_or_else(|| unknown(name))
        }
        (DocumentOperations::Multiple(all), None) => {
            let mut all = all.values();
            if let (Some(operation), None) = (all.next(), all.next()) {
                return Ok(&operation.node);
            }
            let why = "the document has several operations; name one with `operationName`";
            Err(rejected(why.to_owned()))
        }
    }
}

/// Whether every field at the root is one of introspection.
fn asks_for_schema<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    seen: &mut BTreeSet<&'a str>,
) -> bool {
    set.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => field.node.name.node.starts_with("__"),
        Selection::InlineFragment(inline) => {
            asks_for_schema(document, &inline.node.selection_set.node, seen)
        }
        Selection::FragmentSpread(spread) => {
            let name = spread.node.fragment_name.node.as_str();
            // A fragment that was looked into, one that leads back to itself, and one that there is
            // not, all add no field.
            !seen.insert(name)
                || document.fragments.get(name).is_none_or(|fragment| {
                    asks_for_schema(document, &fragment.node.selection_set.node, seen)
                })
        }
    })
}

fn min_position(params: &Params) -> Result<Option<Position>, Rejected> {
    let malformed = || {
        let why = "`extensions.minPosition` is not a position such as \"4711\"";
        Rejected::new(Code::BadRequest, why)
    };
    match params.extensions.get("minPosition") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.bytes().all(|it| it.is_ascii_digit()) => {
            text.parse().map(|n| Some(Position::new(n))).map_err(|_| malformed())
        }
        Some(_) => Err(malformed()),
    }
}

async fn wait_for(shared: &Shared, position: Position) -> Result<(), Rejected> {
    let limit = Duration::from_millis(limits::MIN_POSITION_WAIT_MS);
    let waited = tokio::time::timeout(limit, shared.engine.wait_for(position)).await;
    if let Ok(Ok(())) = waited {
        return Ok(());
    }
    let why = format!("the read models have not come to position {position}; try again");
    Err(Rejected::new(Code::Unavailable, why))
}
