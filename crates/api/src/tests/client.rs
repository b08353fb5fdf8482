//! A client of the API: a token for each person, requests through the whole router.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{
        HeaderMap, Request, StatusCode,
        header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
    },
};
use domain::{Actor, Role, UnitId, identity::NationalId};
use futures_util::StreamExt as _;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::region::Region;
use crate::{PersistedDocuments, Service, router, token::DevIssuer};

/// The service over a region, and everyone's way into it.
pub(crate) struct Client {
    pub(crate) region: Region,
    pub(crate) router: Router,
    pub(crate) draining: watch::Sender<bool>,
    issuer: DevIssuer,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The code of the first error, if there is one.
    pub(crate) fn code(&self) -> Option<String> {
        code(&self.json())
    }
}

/// The code of the first top-level error of `answer`, if there is one.
pub(crate) fn code(answer: &Value) -> Option<String> {
    answer["errors"][0]["extensions"]["code"].as_str().map(str::to_owned)
}

impl Client {
    pub(crate) async fn new() -> Self {
        let region = Region::new().await;
        let issuer = DevIssuer::from_seed([7; 32]);
        let (draining, watched) = watch::channel(false);
        let manifest = r#"{"who":"{ viewer { actor { capacity } } }"}"#;
        let router = router(Service {
            engine: Arc::clone(&region.engine),
            keys: issuer.key_set().unwrap(),
            introspection: true,
            documents: PersistedDocuments::from_manifest(manifest).unwrap(),
            draining: watched,
        });
        Self { region, router, draining, issuer }
    }

    pub(crate) fn token(&self, actor: &Actor) -> String {
        let expires_at = self.region.engine.now() + SignedDuration::from_hours(24 * 365);
        self.issuer.token(actor, expires_at).unwrap()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Reply { status, headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// The answer to `query`, put by `actor`.
    pub(crate) async fn ask(&self, actor: &Actor, query: &str, variables: Value) -> Value {
        self.ask_with(&self.token(actor), query, variables).await
    }

    /// A token of an e-id, for whoever has that number.
    pub(crate) fn token_for(&self, number: &NationalId, name: &str) -> String {
        let expires_at = self.region.engine.now() + SignedDuration::from_hours(24 * 365);
        self.issuer.token_for_number(number, Some(name), expires_at).unwrap()
    }

    /// A token of staff who are known by their HSA-id, in one assignment.
    pub(crate) fn token_of_staff(&self, hsa_id: &str, role: Role, unit: Option<UnitId>) -> String {
        let expires_at = self.region.engine.now() + SignedDuration::from_hours(24 * 365);
        let hsa_id = hsa_id.parse().unwrap();
        self.issuer.token_for_hsa_id(&hsa_id, role, unit, expires_at).unwrap()
    }

    /// The answer to `query`, put by the bearer of `token`.
    pub(crate) async fn ask_with(&self, token: &str, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let request = Request::post("/graphql")
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::from(body.to_string()));
        self.send(request.unwrap()).await.json()
    }

    /// The data of an answer without errors.
    pub(crate) async fn data(&self, actor: &Actor, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(actor, query, variables).await;
        assert_eq!(answer["errors"], Value::Null, "{query}");
        answer["data"].take()
    }

    /// What became of the command `name`, which must not be refused.
    pub(crate) async fn command(&self, actor: &Actor, name: &str, input: Value) -> Value {
        let payload = self.try_command(actor, name, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{name}");
        payload
    }

    /// What became of the command `name`.
    pub(crate) async fn try_command(&self, actor: &Actor, name: &str, input: Value) -> Value {
        let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let query = format!(
            "mutation M($input: {input_type}!) {{ {name}(input: $input) {{
                case {{ id version state handler {{ id }} }}
                event {{ type version }}
                position replayed
                userErrors {{ code message field }}
                conflict {{ expectedVersion actualVersion eventsSince {{ type }} }}
            }} }}"
        );
        let mut data = self.data(actor, &query, json!({ "input": input })).await;
        data[name].take()
    }
}

/// A subscription over server-sent events.
#[derive(Debug)]
pub(crate) struct Watch {
    body: axum::body::BodyDataStream,
    read: String,
}

impl Client {
    /// Opens `query`, a subscription, as `actor`.
    pub(crate) async fn watch(&self, actor: &Actor, query: &str, variables: Value) -> Watch {
        self.try_watch(actor, query, variables).await.unwrap()
    }

    /// Opens `query`, a subscription, as the bearer of `token`.
    pub(crate) async fn watch_with(&self, token: &str, query: &str, variables: Value) -> Watch {
        self.try_watch_with(token, query, variables).await.unwrap()
    }

    /// Opens `query`, a subscription, as `actor`; the answer, where it is refused before it opens.
    pub(crate) async fn try_watch(
        &self,
        actor: &Actor,
        query: &str,
        variables: Value,
    ) -> Result<Watch, Value> {
        self.try_watch_with(&self.token(actor), query, variables).await
    }

    async fn try_watch_with(
        &self,
        token: &str,
        query: &str,
        variables: Value,
    ) -> Result<Watch, Value> {
        let body = json!({ "query": query, "variables": variables });
        let request = Request::post("/graphql")
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "text/event-stream")
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::from(body.to_string()));
        let response = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        let (status, body) = (response.status(), response.into_body());
        if status != StatusCode::OK {
            let body = to_bytes(body, usize::MAX).await.unwrap();
            return Err(serde_json::from_slice(&body).unwrap());
        }
        Ok(Watch { body: body.into_data_stream(), read: String::new() })
    }
}

impl Watch {
    /// The next answer; none once the stream is complete.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let event = event.to_owned();
                self.read = rest.to_owned();
                let line = |name: &str| {
                    event.lines().find_map(|it| it.strip_prefix(name)).unwrap_or_default().trim()
                };
                match line("event:") {
                    "next" => return Some(serde_json::from_str(line("data:")).unwrap()),
                    "complete" => return None,
                    // A comment, to keep the connection.
                    _ => continue,
                }
            }
            let bytes = self.body.next().await?.unwrap();
            self.read.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// The data of the next answer, which must have no errors.
    pub(crate) async fn data(&mut self) -> Value {
        let mut answer = self.next().await.expect("the stream goes on");
        assert_eq!(answer["errors"], Value::Null);
        answer["data"].take()
    }
}
