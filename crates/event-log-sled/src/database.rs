//! A folder with a sled database in it, opened so that nothing is lost without a word.

use std::{
    io,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::Position;
use event_log::Hash;

use crate::{
    OpenError,
    folder::{Folder, failed},
    store::Store,
    witness::{Testimony, Witness},
};

/// An open database in a locked folder. Dropping it closes it.
pub(crate) struct Database {
    store: Option<Store>,
    witness: Mutex<Witness>,
    testimony: Testimony,
    was_closed: bool,
    is_complete: AtomicBool,
    // Unlocked last.
    folder: Folder,
}

impl Database {
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let folder = Folder::open(path)?;
        let (database, path) = (folder.database(), folder.witness());
        let exists = database.is_dir();
        let was_closed = folder.prepare()?;
        let (mut witness, testimony) =
            Witness::open(&path, exists).map_err(failed("reading", &path))?;
        let testimony = match testimony {
            Some(testimony) => testimony,
            None if exists => {
                let source = io::Error::new(io::ErrorKind::NotFound, "it is missing");
                return Err(failed("reading", &path)(source));
            }
            None => {
                let start = Testimony { position: Position::START, hash: Hash::GENESIS };
                let written = witness.testify(start).and_then(|()| witness.sync());
                written.map_err(failed("writing", &path))?;
                start
            }
        };
        let store = Store::open(&database)?;
        folder.sync()?;
        Ok(Self {
            store: Some(store),
            witness: Mutex::new(witness),
            testimony,
            was_closed,
            is_complete: AtomicBool::new(false),
            folder,
        })
    }

    /// Closes sled and opens it again: it writes its snapshot at opening alone, and only then is
    /// what came before out of harm's way; and it gives back what a scan made it hold.
    pub(crate) fn reopen(&mut self) -> Result<(), OpenError> {
        let path = self.folder.database();
        if let Some(store) = self.store.take() {
            store.close().map_err(failed("closing", &path))?;
        }
        self.store = Some(Store::open(&path)?);
        self.folder.sync()
    }

    /// The open database.
    pub(crate) fn store(&self) -> io::Result<&Store> {
        self.store.as_ref().ok_or_else(|| io::Error::other("the database is closed"))
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// What the witness said at the opening.
    pub(crate) fn testimony(&self) -> Testimony {
        self.testimony
    }

    /// Whether the log had been closed properly before this opening.
    pub(crate) fn was_closed(&self) -> bool {
        self.was_closed
    }

    /// Has the witness say how far the log has come. Not synced.
    pub(crate) fn testify(&self, testimony: Testimony) -> io::Result<()> {
        self.witness.lock().unwrap_or_else(PoisonError::into_inner).testify(testimony)
    }

    /// Has what the witness said survive a power loss.
    pub(crate) fn sync_witness(&self) -> io::Result<()> {
        self.witness.lock().unwrap_or_else(PoisonError::into_inner).sync()
    }

    /// Says that nothing more will be written, and that all that was is on disk: once the last
    /// reader is gone too, the folder is marked as closed properly.
    pub(crate) fn complete(&self) {
        self.is_complete.store(true, Ordering::Release);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let closed = self.store.take().map_or(Ok(()), Store::close);
        let marked = closed.and_then(|()| {
            if self.is_complete.load(Ordering::Acquire) { self.folder.mark_clean() } else { Ok(()) }
        });
        if let Err(error) = marked {
            tracing::error!(%error, folder = %self.folder.path().display(),
                "the log was not closed properly; its next start takes longer");
        }
    }
}
