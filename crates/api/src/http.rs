//! HTTP: media types, sessions, transports, and what operators ask.
//!
//! | path | answers |
//! |---|---|
//! | `GET /graphql` | a query; GraphiQL to a browser |
//! | `POST /graphql` | an operation; a subscription as server-sent events |
//! | `/graphql/ws` | operations over a WebSocket, by graphql-transport-ws |
//! | `/attachments/…` | a file on its way in or out, by a link that the service signed |
//! | `/healthz`, `/readyz`, `/metrics` | whether it runs, whether it can work, how it has been |
//!
//! What a request is, is settled step by step: `accept` (which media type), `params` (what is
//! asked), `session` (who asks), `operation` (parsed, limited, authorised, carried out), `answer`
//! (status and body). The transports differ in how they begin and end, not in these.

mod accept;
mod answer;
mod completion;
mod documents;
mod files;
mod graphiql;
mod graphql;
mod metrics;
mod operation;
mod operators;
mod params;
mod request_id;
mod session;
mod sse;
mod ws;

use std::sync::Arc;

use axum::{
    Router,
    http::StatusCode,
    middleware,
    response::Redirect,
    routing::{any, get},
};
use engine::Engine;
use tokio::sync::watch;

pub use self::documents::{PersistedDocuments, PersistedDocumentsError};
pub(crate) use self::files::file_path;
use self::{completion::FieldTypes, documents::Documents, metrics::Metrics};
use crate::{
    schema::{self, Schema},
    token::KeySet,
};

/// What the API is put together from.
pub struct Service {
    /// Carries out commands and answers questions.
    pub engine: Arc<Engine>,
    /// Whose tokens are believed.
    pub keys: KeySet,
    /// Whether the schema may be asked for, and errors may suggest names.
    pub introspection: bool,
    /// Documents that clients may name instead of sending.
    pub documents: PersistedDocuments,
    /// Turns true when the service is about to stop: streams end, and it is no longer ready.
    pub draining: watch::Receiver<bool>,
}

/// What every request shares.
struct Shared {
    engine: Arc<Engine>,
    schema: Schema,
    types: FieldTypes,
    keys: KeySet,
    documents: Documents,
    metrics: Metrics,
    draining: watch::Receiver<bool>,
}

impl Shared {
    /// Ready when the service is about to stop, or whoever would stop it is gone.
    async fn drained(&self) {
        let _ = self.draining.clone().wait_for(|draining| *draining).await;
    }
}

/// Everything that the service answers to.
pub fn router(service: Service) -> Router {
    let Service { engine, keys, introspection, documents, draining } = service;
    let shared = Arc::new(Shared {
        engine,
        schema: schema::build(introspection),
        types: FieldTypes::of(&schema::sdl()),
        keys,
        documents: Documents::new(documents),
        metrics: Metrics::default(),
        draining,
    });
    let graphql = get(graphql::get).post(graphql::post).fallback(graphql::other_method);
    Router::new()
        .route("/", get(|| async { Redirect::to("/graphql") }))
        .route("/graphql", graphql)
        .route("/graphql/ws", any(ws::open))
        .route("/attachments/{ticket}", get(files::get).put(files::put))
        .route("/healthz", get(operators::healthz))
        .route("/readyz", get(operators::readyz))
        .route("/metrics", get(operators::metrics))
        .fallback(|| async { (StatusCode::NOT_FOUND, "there is nothing here; try /graphql\n") })
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), request_id::name))
        .with_state(shared)
}
