//! Serving an engine over HTTP until a signal says to stop.

use std::{future::IntoFuture as _, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use api::{PersistedDocuments, Service, token::KeySet};
use engine::Engine;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

/// How long requests under way may take once the service is told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// What is served, and to whom.
pub(crate) struct Served {
    pub(crate) engine: Arc<Engine>,
    pub(crate) keys: KeySet,
    pub(crate) introspection: bool,
    pub(crate) documents: PersistedDocuments,
}

/// A socket that listens. Taken before anything that takes time, so that a port in use is told at
/// once.
pub(crate) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("failed to listen on {address}; choose another address with --listen")
    })
}

/// Refuses to serve development tokens to anyone but this machine.
pub(crate) fn check_loopback(address: SocketAddr) -> anyhow::Result<()> {
    if !address.ip().is_loopback() {
        bail!(
            "development tokens are served on loopback alone, and {address} is not; \
             listen on 127.0.0.1, or name a real issuer with --issuer and --jwks"
        );
    }
    Ok(())
}

/// Serves until SIGINT or SIGTERM; then takes no new requests, ends streams, lets what is under way
/// finish, saves the read models, and returns.
pub(crate) async fn run(
    listener: TcpListener,
    served: Served,
    mut signals: Signals,
) -> anyhow::Result<()> {
    let Served { engine, keys, introspection, documents } = served;
    let saved = Arc::clone(&engine);
    let (drain, draining) = watch::channel(false);
    let mut drained = draining.clone();
    let router = api::router(Service { engine, keys, introspection, documents, draining });
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        // The sender outlives this; if it did not, it would be time to stop too.
        let _ = drained.wait_for(|draining| *draining).await;
    });
    let mut serving = std::pin::pin!(serving.into_future());
    tokio::select! {
        ended = &mut serving => return ended.context("failed to serve"),
        told = signals.next() => tracing::info!(signal = told, "stopping"),
    }
    drain.send_replace(true);
    let ended = tokio::time::timeout(DRAIN, serving).await;
    if ended.is_err() {
        tracing::warn!(seconds = DRAIN.as_secs(), "some requests did not finish in time");
    }
    if let Err(error) = saved.save_models().await {
        tracing::warn!(%error, "the read models could not be saved; the next start takes longer");
    }
    ended.unwrap_or(Ok(())).context("failed to serve")
}

/// The signals that tell the service to stop. From the moment they are taken, they end nothing by
/// themselves.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Takes them. To be done before anything says that the service is there.
    pub(crate) fn take() -> anyhow::Result<Self> {
        let take = |kind| signal(kind).context("failed to take the signals that stop the service");
        let (interrupt, terminate) =
            (take(SignalKind::interrupt())?, take(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}
