//! The files that go with a log: which its commits name, where they come from, where they are put.
//! One is in memory at a time.

use std::{collections::VecDeque, fmt::Write as _, sync::Arc};

use anyhow::{Context as _, bail};
use domain::{
    Event, StreamId,
    case::{self, FileHash},
};
use engine::{
    attachments::{FileStore, load, put},
    keys::Records,
};
use event_log::Commit;
use tokio::runtime::Runtime;

use super::archive::Carried;
use crate::folder::Folder;

/// The files that `commit`, of the log, names, in its order.
pub(crate) fn named(commit: &Commit) -> anyhow::Result<VecDeque<FileHash>> {
    let mut files = VecDeque::new();
    for event in engine::events(commit) {
        if let Event::Case(case::Event::AttachmentsAdded(it)) = event?.event {
            files.extend(it.files.iter().map(|file| file.hash));
        }
    }
    Ok(files)
}

/// The files of a folder that no process has open.
pub(crate) struct FilesAtHand {
    store: Arc<dyn FileStore>,
    /// None where the folder has no keys: then a missing file is missing.
    keys: Option<Records>,
    runtime: Runtime,
}

impl FilesAtHand {
    pub(crate) fn open(folder: &Folder) -> anyhow::Result<Self> {
        let keys = folder.keys();
        let keys = keys.is_dir().then(|| Records::open(&keys)).transpose()?;
        Ok(Self { store: folder.files()?, keys, runtime: runtime()? })
    }

    /// What there is of the file `hash` that an event of `stream` names.
    pub(crate) fn carried(&self, stream: StreamId, hash: FileHash) -> anyhow::Result<Carried> {
        if let Ok(bytes) = self.runtime.block_on(load(&*self.store, hash)) {
            return Ok(Carried::Here(bytes));
        }
        let has_key = self.keys.as_ref().map(|it| it.has_key(stream)).transpose()?;
        Ok(if has_key == Some(false) { Carried::Disposed } else { Carried::Faulty })
    }
}

/// The files that the commit before names and that are still to follow it in an archive.
#[derive(Default)]
pub(crate) struct ToFollow {
    /// None where this program cannot read the commit: then any may follow.
    files: Option<VecDeque<FileHash>>,
}

impl ToFollow {
    /// Those of `commit`, once all of the one before have followed.
    pub(crate) fn next(&mut self, commit: &Commit) -> anyhow::Result<()> {
        self.end()?;
        self.files = named(commit).ok();
        Ok(())
    }

    /// The file `hash` follows.
    pub(crate) fn take(&mut self, hash: FileHash) -> anyhow::Result<()> {
        match self.files.as_mut().map(VecDeque::pop_front) {
            Some(next) if next != Some(hash) => bail!("file {hash} is in it at the wrong place"),
            _ => Ok(()),
        }
    }

    /// All have followed.
    pub(crate) fn end(&self) -> anyhow::Result<()> {
        match self.files.as_ref().and_then(VecDeque::front) {
            Some(hash) => bail!("file {hash} was left out of it"),
            None => Ok(()),
        }
    }
}

/// Where the files of a restored log are put.
pub(crate) struct FilesToRestore {
    store: Arc<dyn FileStore>,
    runtime: Runtime,
    pub(crate) tally: Tally,
}

impl FilesToRestore {
    pub(crate) fn new(folder: &Folder) -> anyhow::Result<Self> {
        let (store, runtime) = (folder.files()?, runtime()?);
        Ok(Self { store, runtime, tally: Tally::default() })
    }

    /// Puts the file where it belongs; it has been checked.
    pub(crate) fn take(&mut self, hash: FileHash, carried: Carried) -> anyhow::Result<()> {
        self.tally.count(hash, &carried);
        let Carried::Here(bytes) = carried else { return Ok(()) };
        let putting = put(&*self.store, hash, bytes);
        self.runtime.block_on(putting).with_context(|| format!("failed to write file {hash}"))
    }
}

/// How many files there were.
#[derive(Default)]
pub(crate) struct Tally {
    here: u64,
    bytes: u64,
    disposed: u64,
    faulty: Vec<FileHash>,
    /// Named by commits of archives that have no files.
    pub(crate) not_carried: u64,
}

impl Tally {
    pub(crate) fn count(&mut self, hash: FileHash, carried: &Carried) {
        match carried {
            Carried::Here(bytes) => {
                (self.here, self.bytes) = (self.here + 1, self.bytes + bytes.len() as u64);
            }
            Carried::Disposed => self.disposed += 1,
            Carried::Faulty => self.faulty.push(hash),
        }
    }

    pub(crate) const fn is_whole(&self) -> bool {
        self.faulty.is_empty()
    }

    /// Says what was `done` with them, and what was not there; nothing where there were none.
    pub(crate) fn tell(&self, text: &mut String, done: &str) -> anyhow::Result<()> {
        if self.here > 0 {
            writeln!(text, "attachments: {} files, {} bytes {done}", self.here, self.bytes)?;
        }
        if self.disposed > 0 {
            let gone = "are gone, and so are the keys to their cases";
            writeln!(text, "attachments: {} files {gone}", self.disposed)?;
        }
        for hash in &self.faulty {
            writeln!(
                text,
                "attachments: {hash} is not in it: it was missing or altered when the backup was \
                 made; arende verify says which"
            )?;
        }
        if self.not_carried > 0 {
            writeln!(
                text,
                "attachments: {} files are in no backup of an earlier form: copy them to \
                 attachments/files of the new folder",
                self.not_carried
            )?;
        }
        Ok(())
    }
}

fn runtime() -> anyhow::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().build().context("failed to start the runtime")
}
