//! Files that go with messages, beside the log: received, sealed, given out, and swept away.
//!
//! ```text
//! incoming/attachment_…   while it comes in; nothing refers to it
//! uploads/attachment_…    what came in and was not attached yet, sealed by the service
//! files/ab/abcdef…        a sealed file, under the hash of what is sealed; it never changes
//! ```
//!
//! A file is sealed while it comes in, under a key of its own; its key waits in the upload's record
//! and goes into the event that attaches it, sealed under the case's key. So nothing lies on disk
//! in clear, a file can be sent before its case has begun, and who destroys the case's key has
//! destroyed the file's. The record is written before the file gets its address: what has an
//! address has a record, or an event.
//!
//! Whether a file may be attached, or read, is not decided here.

mod copying;
mod receive;
mod sealed_file;
mod sweep;
#[cfg(test)]
mod tests;
mod ticket;
mod upload;

use std::{
    collections::BTreeMap,
    path::Path as FilePath,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use domain::{
    AttachmentId, StreamId,
    case::{AttachedFile, FileHash, MediaType},
};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use object_store::{ObjectStore, ObjectStoreExt as _, local::LocalFileSystem, path::Path};
use sha2::{Digest, Sha256};
use thiserror::Error;
use tokio::sync::Semaphore;

pub(crate) use self::upload::{Claims, NoClaim};
pub use self::{
    copying::{SEALED_BYTES_MAX, load, put},
    receive::ReceiveError,
    sealed_file::OpenedFile,
    ticket::{DownloadTicket, Ticket, UploadTicket},
};
use crate::{
    World,
    keys::{Key, KeyStore},
};

/// Where files lie: a local folder, or whatever else the crate knows.
pub use object_store::ObjectStore as FileStore;

/// How long an upload may be attached once it has come in, in hours.
pub const ATTACH_WITHIN_HOURS: i64 = 24;

/// How many uploads one person may have that are not attached.
pub const UPLOADS_WAITING_MAX: usize = 20;

/// How many uploads come in at a time. Each takes less than 2 MiB of memory.
const RECEIVED_AT_ONCE_MAX: usize = 64;

/// How long an upload may take: 20 MiB in that time are 35 KB a second.
const RECEIVE_MAX: Duration = Duration::from_mins(10);

/// How long an upload may be silent.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// Where files lie, and which of them wait to be attached.
pub struct Attachments {
    store: Arc<dyn ObjectStore>,
    world: Arc<dyn World>,
    /// Signs what lets someone send or fetch one file.
    ticket_key: Key,
    /// Seals the records of uploads.
    record_key: Key,
    waiting: Mutex<BTreeMap<AttachmentId, Waiting>>,
    places: Arc<Semaphore>,
}

/// An upload that was not attached yet.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    /// Who sent it.
    who: StreamId,
    /// When it was there.
    stored_at: Timestamp,
    /// Whether it is coming in, or a request is attaching it.
    is_held: bool,
}

/// What is wrong with a file that an event names.
#[derive(Debug, Error)]
pub enum FileFault {
    /// It is not where it should be.
    #[error("is missing")]
    Missing,
    /// It is not what was attached.
    #[error("was altered: its hash is {found}")]
    Altered {
        /// Of what lies there.
        found: FileHash,
    },
    /// It could not be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] object_store::Error),
}

/// The files in the folder at `path`, made if there is none. What is written there is synced before
/// it counts as written.
pub fn local_store(path: &FilePath) -> std::io::Result<Arc<dyn ObjectStore>> {
    std::fs::create_dir_all(path)?;
    let store = LocalFileSystem::new_with_prefix(path).map_err(std::io::Error::other)?;
    Ok(Arc::new(store.with_fsync(true)))
}

/// Removes what the store in the folder at `path` was writing when its process was killed, and does
/// not list. Nobody may have it open.
pub fn remove_half_written(path: &FilePath) -> std::io::Result<()> {
    for folder in ["incoming", "uploads"] {
        let entries = match std::fs::read_dir(path.join(folder)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            // `object_store` writes beside a name, under that name and `#1`, `#2`, …
            if path.to_string_lossy().contains('#') {
                std::fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}

/// Checks the file `hash` in `store` by its hash, which needs no key. Gives its length as it lies
/// there.
pub async fn check(store: &dyn ObjectStore, hash: FileHash) -> Result<u64, FileFault> {
    let mut bytes = match store.get(&address(hash)).await {
        Err(object_store::Error::NotFound { .. }) => return Err(FileFault::Missing),
        found => found?.into_stream(),
    };
    let (mut digest, mut length) = (Sha256::new(), 0);
    while let Some(part) = bytes.try_next().await? {
        digest.update(&part);
        length += part.len() as u64;
    }
    let found = FileHash(digest.finalize().into());
    if found == hash { Ok(length) } else { Err(FileFault::Altered { found }) }
}

impl Attachments {
    /// The files in `store`. What a crash left half-made there is removed.
    pub(crate) async fn open(
        store: Arc<dyn ObjectStore>,
        keys: &KeyStore,
        world: Arc<dyn World>,
    ) -> Result<Self, object_store::Error> {
        let attachments = Self {
            store,
            world,
            ticket_key: keys.derive("arende attachment ticket"),
            record_key: keys.derive("arende attachment upload"),
            waiting: Mutex::default(),
            places: Arc::new(Semaphore::new(RECEIVED_AT_ONCE_MAX)),
        };
        attachments.remove_half_made().await?;
        Ok(attachments)
    }

    /// How many uploads wait to be attached.
    pub fn waiting(&self) -> usize {
        self.waits().len()
    }

    /// The bytes of a file that an event names, for whoever may read it.
    pub(crate) async fn open_file(
        &self,
        file: AttachedFile,
        key: &Key,
    ) -> Result<impl Stream<Item = std::io::Result<Bytes>> + Send + use<>, FileFault> {
        sealed_file::open(&*self.store, file, key).await
    }

    fn waits(&self) -> MutexGuard<'_, BTreeMap<AttachmentId, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every name in `folder`.
    async fn names(&self, folder: &str) -> Result<Vec<Path>, object_store::Error> {
        let list = self.store.list(Some(&Path::from(folder)));
        list.map(|entry| entry.map(|it| it.location)).try_collect().await
    }

    /// Removes what may already be gone.
    async fn remove(&self, path: &Path) -> Result<(), object_store::Error> {
        match self.store.delete(path).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            outcome => outcome,
        }
    }
}

fn address(hash: FileHash) -> Path {
    let digits = hash.to_string();
    Path::from(format!("files/{}/{digits}", &digits[..2]))
}

fn incoming(id: AttachmentId) -> Path {
    Path::from(format!("incoming/{id}"))
}

fn record(id: AttachmentId) -> Path {
    Path::from(format!("uploads/{id}"))
}

/// A file that came in, as its event will name it.
fn attached(id: AttachmentId, hash: FileHash, bytes: u64, media_type: MediaType) -> AttachedFile {
    AttachedFile { id, hash, bytes, media_type }
}
