//! When it is signed.

use std::{sync::Arc, time::Duration};

use engine::Engine;
use tokio::{sync::oneshot, task::JoinHandle};

use super::{Notary, refusal};

/// How long to wait after a checkpoint could not be written or copied.
const RETRY: Duration = Duration::from_mins(1);

/// How long the last checkpoint may take when the service stops.
const LAST_MAX: Duration = Duration::from_secs(20);

/// How often it is signed, whichever comes first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rhythm {
    /// After so many commits.
    pub(crate) commits: u64,
    /// After so long, if there are any.
    pub(crate) time: Duration,
}

/// Signing, for as long as the service runs.
pub(crate) struct Signing {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Signing {
    pub(crate) fn start(notary: Notary, rhythm: Rhythm, engine: Arc<Engine>) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self { stop, task: tokio::spawn(keep(notary, rhythm, engine, stopped)) }
    }

    /// Signs once more, and ends.
    pub(crate) async fn finish(self) {
        let Self { stop, mut task } = self;
        // It ends by itself once it has refused.
        let _ = stop.send(());
        if tokio::time::timeout(LAST_MAX, &mut task).await.is_err() {
            task.abort();
            tracing::warn!("the last commits were not signed in time; the next start signs them");
        }
    }
}

async fn keep(
    mut notary: Notary,
    rhythm: Rhythm,
    engine: Arc<Engine>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut head = engine.log().head();
    loop {
        let waits = match attempt(&mut notary, &engine).await {
            Attempt::Signed(size) => Rhythm { commits: size + rhythm.commits, ..rhythm },
            Attempt::Failed => Rhythm { commits: u64::MAX, time: RETRY.min(rhythm.time) },
            Attempt::Refused => return,
        };
        tokio::select! {
            _ = &mut stopped => break,
            () = tokio::time::sleep(waits.time) => (),
            reached = head.wait_for(|it| it.get() >= waits.commits) => {
                if reached.is_err() {
                    return;
                }
            }
        }
    }
    attempt(&mut notary, &engine).await;
}

enum Attempt {
    /// So many commits.
    Signed(u64),
    Failed,
    Refused,
}

/// Signs, and writes down what came of it.
async fn attempt(notary: &mut Notary, engine: &Engine) -> Attempt {
    let board = engine.soundness();
    match notary.sign(engine.log()).await {
        Ok(size) => {
            board.note_signing(|it| {
                if it.size != size {
                    (it.size, it.signed_at) = (size, Some(engine.now()));
                }
            });
            Attempt::Signed(size)
        }
        Err(error) => {
            let why = crate::output::told(&error);
            let refused = refusal(&error);
            board.note_signing(|it| {
                it.failures += 1;
                it.refused = refused.as_deref().map(Into::into);
            });
            if refused.is_none() {
                tracing::error!(error = why, "no checkpoint was written or copied; trying again");
                return Attempt::Failed;
            }
            tracing::error!(
                error = why,
                "NOTHING IS SIGNED ANY MORE: the log is not what was signed"
            );
            Attempt::Refused
        }
    }
}
