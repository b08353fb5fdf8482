//! What goes on beside serving, for as long as a data folder is served: backups are answered,
//! checkpoints signed, both logs verified, people told of news, and unused files removed.

use std::{sync::Arc, time::Duration};

use engine::Engine;
use tokio::task::JoinHandle;

use crate::{
    args::ProvingArgs,
    door::Door,
    folder::Folder,
    notary::{Notary, Rhythm, Signing, check_copies},
    outbox::{Channels, Outbox},
    signing,
    watchman::Watchman,
};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Those who attend to a folder that is being served.
pub(crate) struct Attendants {
    /// None where there is no door: the folder is served all the same.
    door: Option<Door>,
    /// None where there is no key.
    signing: Option<Signing>,
    watching: JoinHandle<()>,
    sweeping: JoinHandle<()>,
    /// None where nobody is told of anything.
    outbox: Option<Outbox>,
}

impl Attendants {
    /// Starts them all. The caller has the folder's logs open.
    pub(crate) fn start(
        folder: &Folder,
        engine: &Arc<Engine>,
        args: &ProvingArgs,
        channels: Option<Channels>,
    ) -> anyhow::Result<Self> {
        let given = args.checkpoint_key.as_ref();
        let has_key = given.is_some() || folder.checkpoint_key().exists();
        let key = has_key.then(|| signing::secret(given, folder)).transpose()?;
        let copies = args.checkpoint_copies.clone();
        copies.as_deref().map_or(Ok(()), check_copies)?;
        let checkpoints = [Some(folder.checkpoints()), copies.clone()];
        let watchman = Watchman {
            engine: Arc::clone(engine),
            checkpoints: checkpoints.into_iter().flatten().collect(),
            key: key.as_ref().map(|it| it.public().clone()),
            every: (args.verify_hours > 0).then(|| Duration::from_secs(args.verify_hours * HOUR)),
        };
        let rhythm = Rhythm {
            commits: args.checkpoint_every,
            time: Duration::from_secs(args.checkpoint_minutes * MINUTE),
        };
        let notary = key.map(|key| Notary::new(key, folder.checkpoints(), copies));
        let outbox = channels.map(|it| Outbox::start(&folder.outbox(), engine, it)).transpose()?;
        let resender = outbox.as_ref().map(Outbox::resender);
        let door = Door::open(folder.door(), Arc::clone(engine), resender);
        let door = door.inspect_err(|error| {
            let error = crate::output::told(error);
            tracing::error!(error, "no backup can be taken while the service runs");
        });
        Ok(Self {
            door: door.ok(),
            signing: notary.map(|it| Signing::start(it, rhythm, Arc::clone(engine))),
            watching: tokio::spawn(watchman.keep()),
            sweeping: tokio::spawn(sweep(Arc::clone(engine))),
            outbox,
        })
    }

    /// Ends them all, once nothing more is asked of the service.
    pub(crate) async fn finish(self) {
        drop(self.door);
        self.watching.abort();
        self.sweeping.abort();
        if let Some(outbox) = self.outbox {
            outbox.finish().await;
        }
        if let Some(signing) = self.signing {
            signing.finish().await;
        }
    }
}

/// Removes files that were sent and never used, every hour.
async fn sweep(engine: Arc<Engine>) {
    loop {
        match engine.sweep_uploads().await {
            Ok(0) => (),
            Ok(removed) => tracing::info!(removed, "files that nobody used were removed"),
            Err(error) => tracing::error!(%error, "unused files could not be removed"),
        }
        tokio::time::sleep(Duration::from_secs(HOUR)).await;
    }
}
