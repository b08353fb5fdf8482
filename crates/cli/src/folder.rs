//! A data folder: the log, the access log, the keys, and what development needs.
//!
//! ```text
//! data/
//!   log/          what happened                      (event-log-sled)
//!   access/       who read what                      (event-log-sled)
//!   attachments/  files that go with messages, sealed   (engine::attachments)
//!   keys/         keys to what was said, wrapped     (engine::keys)
//!   outbox        what people have yet to be told; only where notices are sent    (outbox)
//!   read-models   what the log comes to, so that a start need not replay it; can be thrown away
//!   master.key    only where `demo` or `--dev` made it: keep a real one elsewhere
//!   checkpoint.key    signs what the log is; only where `demo` or `--dev` made it
//!   checkpoints/  what the service signed            (checkpoints::stored)
//!   service.sock      while it is served: where backups are asked for     (door)
//!   dev-issuer.json, dev-people.json    only where `demo`, `token` or `--dev` made them
//! ```

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, anyhow, bail};
use domain::Position;
use engine::{
    Engine, ModelsFile, Parts, Verification, World,
    attachments::{FileStore, local_store, remove_half_written},
    keys::{KeyStore, MasterKey},
};
use event_log::{Commit, EventLog as _};
use event_log_sled::{Redone, SledLog};
use projections::Replay;

use crate::args::MasterKeyArgs;

const MASTER_KEY_VARIABLE: &str = "ARENDE_MASTER_KEY";

/// The paths within one data folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// A folder that is there, made by an earlier command.
    pub(crate) fn existing(root: &Path) -> anyhow::Result<Self> {
        let folder = Self { root: root.to_owned() };
        if !folder.log().is_dir() {
            bail!(
                "{} holds no log; make one with `arende demo --data`, `arende import` or \
                 `arende serve --new`",
                root.display()
            );
        }
        Ok(folder)
    }

    /// A folder that is there, or a new one.
    pub(crate) fn existing_or_new(root: &Path) -> anyhow::Result<Self> {
        let folder = Self { root: root.to_owned() };
        if !folder.log().is_dir() && !is_empty(root)? {
            bail!("{} is neither a data folder nor empty; choose another", root.display());
        }
        std::fs::create_dir_all(root)
            .with_context(|| format!("failed to make the data folder {}", root.display()))?;
        Ok(folder)
    }

    /// A folder that must be new or empty.
    pub(crate) fn new(root: &Path) -> anyhow::Result<Self> {
        let shown = root.display();
        if Self::existing(root).is_ok() {
            bail!(
                "{shown} holds a log; `arende serve --data {shown} --dev` serves it, \
                 or choose a new folder for --data"
            );
        }
        if !is_empty(root)? {
            bail!("{shown} is not empty; choose a new folder for --data");
        }
        Self::existing_or_new(root)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// What a folder that is made of another's logs does not take from it as it is: the logs, what
    /// follows from them, and the door of whoever had it.
    pub(crate) fn made_anew() -> [PathBuf; 4] {
        let names = Self { root: PathBuf::new() };
        [names.log(), names.access(), names.read_models(), names.door()]
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    pub(crate) fn access(&self) -> PathBuf {
        self.root.join("access")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// Where files that go with messages lie.
    pub(crate) fn attachments(&self) -> PathBuf {
        self.root.join("attachments")
    }

    /// The files that go with messages, in a folder that is made if there is none.
    pub(crate) fn files(&self) -> anyhow::Result<Arc<dyn FileStore>> {
        let path = self.attachments();
        local_store(&path).with_context(|| format!("failed to open {}", path.display()))
    }

    /// What people have yet to be told.
    pub(crate) fn outbox(&self) -> PathBuf {
        self.root.join("outbox")
    }

    /// As [`Folder::files`], without what a process that was killed was writing. The caller has the
    /// folder's log open, so that no other is.
    fn files_after_a_stop(&self) -> anyhow::Result<Arc<dyn FileStore>> {
        let path = self.attachments();
        remove_half_written(&path)
            .with_context(|| format!("failed to clear up {}", path.display()))?;
        self.files()
    }

    pub(crate) fn read_models(&self) -> PathBuf {
        self.root.join("read-models")
    }

    /// Where the service keeps the checkpoints that it signs.
    pub(crate) fn checkpoints(&self) -> PathBuf {
        self.root.join("checkpoints")
    }

    /// The socket of the service that has the folder.
    pub(crate) fn door(&self) -> PathBuf {
        self.root.join("service.sock")
    }

    fn master_key(&self) -> PathBuf {
        self.root.join("master.key")
    }

    pub(crate) fn checkpoint_key(&self) -> PathBuf {
        self.root.join("checkpoint.key")
    }

    pub(crate) fn dev_issuer(&self) -> PathBuf {
        self.root.join("dev-issuer.json")
    }

    pub(crate) fn dev_people(&self) -> PathBuf {
        self.root.join("dev-people.json")
    }

    /// An engine over the folder. Only one process at a time can have it.
    pub(crate) async fn engine(
        &self,
        master: MasterKey,
        world: Arc<dyn World>,
    ) -> anyhow::Result<Arc<Engine>> {
        let open = |path: PathBuf, each: &mut dyn FnMut(&Commit)| {
            SledLog::open_quickly_with(&path, each)
                .with_context(|| format!("failed to open {}", path.display()))
        };
        let keys = self.keys();
        let has_keys = keys.exists();
        // Where every commit is verified, the read models are folded in the same pass.
        let mut replay = Replay::default();
        let mut fold = |commit: &Commit| engine::take_in(&mut replay, commit);
        let log = open(self.log(), &mut fold)?;
        let redone = log.redone();
        if !has_keys && *log.head().borrow() != Position::START {
            return Err(self.no_keys());
        }
        let whole = log.trusted() == Position::START && replay.position() != Position::START;
        let access = open(self.access(), &mut |_| ())?;
        let access_redone = access.redone();
        let parts = Parts {
            log: Arc::new(log),
            access: Arc::new(access),
            keys: KeyStore::open(&keys, master)
                .with_context(|| format!("failed to open {}", keys.display()))?,
            files: Some(self.files_after_a_stop()?),
            world,
        };
        let models = ModelsFile::new(self.read_models());
        let engine = if whole {
            Engine::start_after(parts, models, replay).await
        } else {
            Engine::start_from(parts, models).await
        };
        let engine = engine.context("failed to replay the log into the read models")?;
        let told = |redone: Redone| {
            move |it: &mut Verification| {
                (it.redone, it.mended) = (redone.behind, redone.damaged);
            }
        };
        engine.soundness().note_log(told(redone));
        engine.soundness().note_access(told(access_redone));
        Ok(engine)
    }

    /// The master key: from a file, the environment, or the folder itself. `world` makes a new one
    /// for a folder that has no keys yet.
    pub(crate) fn master(
        &self,
        args: &MasterKeyArgs,
        world: &dyn World,
    ) -> anyhow::Result<MasterKey> {
        if let Some(path) = &args.file {
            return read_master(path);
        }
        if let Ok(digits) = std::env::var(MASTER_KEY_VARIABLE) {
            return Ok(MasterKey::parse(&digits, MASTER_KEY_VARIABLE)?);
        }
        let path = self.master_key();
        if path.exists() {
            return read_master(&path);
        }
        if self.keys().exists() {
            bail!(
                "{} was made with a master key that is not in it; \
                 give it with --master-key FILE or {MASTER_KEY_VARIABLE}",
                self.root.display()
            );
        }
        if self.log().exists() {
            return Err(self.no_keys());
        }
        let master = MasterKey::generate(world);
        master.write(&path)?;
        tracing::info!(path = %path.display(), "made a master key");
        Ok(master)
    }

    /// A log from a backup, whose keys are elsewhere. New ones would open nothing of what was said,
    /// and make it look as if its keys had been destroyed.
    fn no_keys(&self) -> anyhow::Error {
        let (root, keys) = (self.root.display(), self.keys());
        anyhow!(
            "{root} holds a log and no keys; copy the backup of its keys to {}, \
             and give its master key",
            keys.display()
        )
    }

    /// Whether the master key comes from within the folder, where a copy of the one is a copy of
    /// both.
    pub(crate) fn keeps_its_own_key(args: &MasterKeyArgs) -> bool {
        args.file.is_none() && std::env::var_os(MASTER_KEY_VARIABLE).is_none()
    }
}

fn read_master(path: &Path) -> anyhow::Result<MasterKey> {
    if MasterKey::is_exposed(path) {
        tracing::warn!(path = %path.display(), "others may read the master key; chmod 600 it");
    }
    MasterKey::read(path).with_context(|| format!("failed to read {}", path.display()))
}

/// Whether nothing is at `root`, or an empty folder.
pub(crate) fn is_empty(root: &Path) -> anyhow::Result<bool> {
    match std::fs::read_dir(root) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error).with_context(|| format!("failed to read {}", root.display())),
    }
}
