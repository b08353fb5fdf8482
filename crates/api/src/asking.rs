//! One request as its resolvers know it: who asks, under which request id, over which engine.

mod names;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use async_graphql::Context;
use domain::{Position, StreamId};
use engine::{AsOf, Engine, Failure, Snapshot, View, access};

use self::names::Names;
use crate::{policy::Viewer, schema::error::Refusal};

/// Why staff reads content where the session names no other purpose (PDL 4 kap.).
pub(crate) const PURPOSE: &str = "Vård och behandling";

/// What every resolver of a request shares.
pub(crate) struct Asking {
    pub(crate) engine: Arc<Engine>,
    pub(crate) viewer: Viewer,
    pub(crate) request_id: String,
    /// The names that the request has opened.
    pub(crate) names: Names,
    /// The last place in the log that the answer is known to cover.
    covered: AtomicU64,
    /// Whether the viewer has no account.
    is_newcomer: AtomicBool,
    /// The moments that the request has looked back to: each stays what it was meanwhile. The
    /// limit on complexity bounds how many there are.
    looked_back: tokio::sync::Mutex<Vec<(AsOf, Option<Arc<Snapshot>>)>>,
}

impl Asking {
    pub(crate) fn new(engine: Arc<Engine>, viewer: Viewer, request_id: String) -> Arc<Self> {
        let covered = AtomicU64::new(engine.progress().borrow().position.get());
        let (names, looked_back) = (Names::default(), tokio::sync::Mutex::default());
        let is_newcomer = AtomicBool::new(viewer.is_newcomer);
        Arc::new(Self { engine, viewer, request_id, names, covered, is_newcomer, looked_back })
    }

    /// The last place in the log that the answer is known to cover: where the read models stood
    /// when the request came, or what it wrote itself.
    pub(crate) fn covered(&self) -> Position {
        Position::new(self.covered.load(Ordering::Relaxed))
    }

    /// Notes that the read models have shown `position` to this request.
    pub(crate) fn cover(&self, position: Position) {
        self.covered.fetch_max(position.get(), Ordering::Relaxed);
    }

    /// The request that `ctx` belongs to. Without one nobody is asking, and nobody is answered;
    /// whoever has no account yet neither.
    pub(crate) fn of(ctx: &Context<'_>) -> Result<Arc<Self>, Refusal> {
        let asking = Self::of_anyone(ctx)?;
        if asking.is_newcomer.load(Ordering::Relaxed) {
            Err(Refusal::no_account())
        } else {
            Ok(asking)
        }
    }

    /// As [`Asking::of`], also for whoever has no account yet.
    pub(crate) fn of_anyone(ctx: &Context<'_>) -> Result<Arc<Self>, Refusal> {
        ctx.data_opt::<Arc<Self>>().cloned().ok_or_else(Refusal::unauthenticated)
    }

    /// Notes that the viewer has an account from here on.
    pub(crate) fn has_account(&self) {
        self.is_newcomer.store(false, Ordering::Relaxed);
    }

    /// What the client is told of `failure`, which is logged.
    pub(crate) fn failed(&self, failure: &Failure) -> Refusal {
        Refusal::of(failure, &self.request_id)
    }

    /// The entry to write before anything sealed is opened.
    pub(crate) fn opening(&self, what: Vec<StreamId>, action: access::Action) -> access::Opening {
        access::Opening {
            reader: self.viewer.actor,
            correlation: self.request_id.clone(),
            what,
            action,
            purpose: self.viewer.purpose.clone().unwrap_or_else(|| PURPOSE.to_owned()),
        }
    }

    /// The read models as they stand.
    pub(crate) async fn now(&self) -> Result<View<'_>, Refusal> {
        self.at(None).await?.ok_or_else(Refusal::unavailable)
    }

    /// The read models at a moment; none for one that is not known yet.
    pub(crate) async fn at(&self, as_of: Option<AsOf>) -> Result<Option<View<'_>>, Refusal> {
        let Some(as_of) = as_of else {
            return self.engine.view(None).await.map_err(|failure| self.failed(&failure));
        };
        let mut looked_back = self.looked_back.lock().await;
        if let Some((_, known)) = looked_back.iter().find(|(known, _)| *known == as_of) {
            return Ok(known.clone().map(View::Past));
        }
        let snapshot =
            self.engine.look_back(as_of).await.map_err(|failure| self.failed(&failure))?;
        looked_back.push((as_of, snapshot.clone()));
        Ok(snapshot.map(View::Past))
    }
}
