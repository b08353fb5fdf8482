//! The key store on disk, in sled.
//!
//! ```text
//! "v"                          -> format version u8, then the master key's mark
//! "w" resident u128 provider u128  -> that pair's key, sealed by the master key
//! "s" stream kind u8 id u128   -> owner (0: service; 1: resident u128 provider u128), then the
//!                                 stream's key, sealed by its owner's key
//! ```
//!
//! sled's own `flush` does not reach the disk; the `db` file is synced by our own descriptor. A
//! sync that failed is never tried again: what is on disk is only known after opening anew.

use std::{
    fs::{self, File, TryLockError},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::{CareProviderId, ResidentId, StreamId};

use super::{Key, KeyError, MasterKey, Owner};
use crate::World;

mod copying;
#[cfg(test)]
mod tests;

pub use self::copying::{Records, WrappedKey};

const FORMAT_VERSION: u8 = 1;
const MARK: &[u8] = b"v";

/// How often, and how long each time, a file that is being closed is waited for.
const WAITS_MAX: u32 = 200;
const WAIT: Duration = Duration::from_millis(5);

/// Keys by stream. Cheap to read, and safe to share between threads.
pub struct KeyStore {
    db: sled::Db,
    file: File,
    master: MasterKey,
    /// One maker of keys at a time, so that two never make the same one. A record is counted and
    /// written within it.
    making: Mutex<()>,
    /// Counted before each write, so that whoever finds a record also finds it counted.
    written: AtomicU64,
    /// How much of `written` is on disk; none once a sync has failed.
    synced: Mutex<Option<u64>>,
}

impl KeyStore {
    /// Opens the store in `directory`, creating it if there is none.
    pub fn open(directory: &Path, master: MasterKey) -> Result<Self, KeyError> {
        let is_new = !directory.join("db").exists();
        let (db, file) = open(directory)?;
        let store = Self {
            db,
            file,
            master,
            making: Mutex::new(()),
            written: AtomicU64::new(0),
            synced: Mutex::new(Some(0)),
        };

        let mark =
            [&[FORMAT_VERSION], &store.master.derive("arende key store mark").0[..]].concat();
        match store.record(MARK)? {
            Some(found) if *found == *mark => (),
            Some(found) if found.first() != Some(&FORMAT_VERSION) => {
                return Err(failed("opening", "its format is a newer one"));
            }
            Some(_) => return Err(KeyError::WrongMaster),
            None if is_new && store.db.is_empty() => {
                store.insert(MARK.to_vec(), mark)?;
                store.sync()?;
                sync_folders(directory)?;
            }
            None => return Err(failed("opening", "it has lost its first record")),
        }
        Ok(store)
    }

    /// The key of `stream`. Every opening of content comes through here.
    pub fn get(&self, stream: StreamId) -> Result<Key, KeyError> {
        self.find(stream)?.ok_or_else(|| KeyError::NoKey { what: stream.to_string() })
    }

    /// The key of `stream`, made now if there is none. Not durable before [`KeyStore::sync`].
    pub fn get_or_create(
        &self,
        world: &dyn World,
        stream: StreamId,
        owner: Owner,
    ) -> Result<Key, KeyError> {
        if let Some(key) = self.find(stream)? {
            return Ok(key);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = self.find(stream)? {
            return Ok(key);
        }
        let wrapping = match owner {
            Owner::Service => self.master.0.clone(),
            Owner::Resident(resident, provider) => self.pair_key(world, resident, provider)?,
        };
        let (key, id) = (fresh(world), stream_key(stream));
        let sealed = wrapping.seal_with(world, &id, &*key.0).ok_or_else(|| damaged(stream))?;
        self.insert(id, [owner_bytes(owner), sealed].concat())?;
        Ok(key)
    }

    /// Makes every key handed out so far survive a power loss. Blocks; callers share one sync.
    pub fn sync(&self) -> Result<(), KeyError> {
        self.sync_by(|| {
            self.db.flush()?;
            self.file.sync_data()
        })
    }

    fn sync_by(&self, sync: impl FnOnce() -> io::Result<()>) -> Result<(), KeyError> {
        let wanted = self.written.load(Ordering::Acquire);
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        let earlier = synced.ok_or_else(|| {
            failed("syncing", "an earlier sync failed, so nothing more is written; restart")
        })?;
        if earlier < wanted {
            // Whoever holds `making` may have counted a record and not yet written it.
            let making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
            let written = self.written.load(Ordering::Acquire);
            drop(making);
            *synced = None;
            guarded(sync).map_err(|err| failed("syncing", err))?;
            *synced = Some(written);
        }
        Ok(())
    }

    /// Whether every key handed out so far would survive a power loss. Never waits.
    pub fn is_synced(&self) -> bool {
        let synced = self.synced.try_lock();
        synced.is_ok_and(|synced| *synced >= Some(self.written.load(Ordering::Acquire)))
    }

    /// Loses the key of `stream`.
    #[cfg(test)]
    pub(crate) fn lose(&self, stream: StreamId) {
        assert!(self.db.remove(stream_key(stream)).unwrap().is_some(), "there was no key");
    }

    /// A key that the master key derives for one purpose.
    pub(crate) fn derive(&self, purpose: &str) -> Key {
        self.master.derive(purpose)
    }

    fn find(&self, stream: StreamId) -> Result<Option<Key>, KeyError> {
        let id = stream_key(stream);
        let Some(record) = self.record(&id)? else { return Ok(None) };
        let (owner, sealed) = split_owner(&record).ok_or_else(|| damaged(stream))?;
        let wrapping = match owner {
            Owner::Service => self.master.0.clone(),
            Owner::Resident(resident, provider) => self
                .find_pair_key(resident, provider)?
                .ok_or_else(|| KeyError::NoKey { what: stream.to_string() })?,
        };
        unwrap(&wrapping, &id, sealed).map(Some).ok_or_else(|| damaged(stream))
    }

    fn pair_key(
        &self,
        world: &dyn World,
        resident: ResidentId,
        provider: CareProviderId,
    ) -> Result<Key, KeyError> {
        if let Some(key) = self.find_pair_key(resident, provider)? {
            return Ok(key);
        }
        let (key, id) = (fresh(world), pair_id(resident, provider));
        let sealed = self.master.0.seal_with(world, &id, &*key.0);
        self.insert(id, sealed.ok_or_else(|| damaged(StreamId::Resident(resident)))?)?;
        Ok(key)
    }

    fn find_pair_key(
        &self,
        resident: ResidentId,
        provider: CareProviderId,
    ) -> Result<Option<Key>, KeyError> {
        let id = pair_id(resident, provider);
        let record = self.record(&id)?;
        let open = |sealed: sled::IVec| {
            unwrap(&self.master.0, &id, &sealed)
                .ok_or_else(|| damaged(StreamId::Resident(resident)))
        };
        record.map(open).transpose()
    }

    fn record(&self, id: &[u8]) -> Result<Option<sled::IVec>, KeyError> {
        guarded(|| Ok(self.db.get(id)?)).map_err(|err| failed("reading a key", err))
    }

    /// Within `making`, once the store is open.
    fn insert(&self, id: Vec<u8>, record: Vec<u8>) -> Result<(), KeyError> {
        self.written.fetch_add(1, Ordering::AcqRel);
        guarded(|| Ok(self.db.insert(id, record)?)).map_err(|err| failed("writing a key", err))?;
        Ok(())
    }
}

/// The database in `directory`, created if there is none, and our own descriptor of its file.
fn open(directory: &Path) -> Result<(sled::Db, File), KeyError> {
    let config = sled::Config::new().path(directory).flush_every_ms(None).cache_capacity(16 << 20);
    let opened = remove_unfinished_snapshots(directory)
        .and_then(|()| wait_until_free(&directory.join("db")))
        .and_then(|()| guarded(|| Ok(config.open()?)))
        .and_then(|db| Ok((db, File::open(directory.join("db"))?)));
    opened.map_err(|err| failed("opening", err))
}

/// Makes a new store's folder, and the entry of it, survive a power loss.
fn sync_folders(directory: &Path) -> Result<(), KeyError> {
    for folder in [Some(directory), directory.parent()].into_iter().flatten() {
        let synced = File::open(folder).and_then(|it| it.sync_all());
        synced.map_err(|err| failed("creating its folder", err))?;
    }
    Ok(())
}

/// What `work` gives. sled panics on some damaged files; here that is an error.
fn guarded<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let panicked = |_| io::Error::other("sled could not read or write its files");
    catch_unwind(AssertUnwindSafe(work)).map_err(panicked)?
}

/// sled's threads may hold its file for a moment after it was closed, and it does not open what is
/// held.
fn wait_until_free(path: &Path) -> io::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let file = File::open(path)?;
    for _ in 0..WAITS_MAX {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(WAIT),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::WouldBlock, "another process has it open; stop that first"))
}

/// A snapshot that sled did not finish makes it panic.
fn remove_unfinished_snapshots(directory: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "generating") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn fresh(world: &dyn World) -> Key {
    let mut bytes = [0; Key::BYTES];
    world.fill(&mut bytes);
    Key::new(bytes)
}

fn unwrap(wrapping: &Key, id: &[u8], sealed: &[u8]) -> Option<Key> {
    wrapping.open_with(id, sealed)?.try_into().ok().map(Key::new)
}

fn stream_key(stream: StreamId) -> Vec<u8> {
    let (kind, id) = stream.to_parts();
    [b"s", &[kind][..], &id.to_be_bytes()].concat()
}

fn pair_id(resident: ResidentId, provider: CareProviderId) -> Vec<u8> {
    [&b"w"[..], &resident.get().to_be_bytes(), &provider.get().to_be_bytes()].concat()
}

fn owner_bytes(owner: Owner) -> Vec<u8> {
    match owner {
        Owner::Service => vec![0],
        Owner::Resident(resident, provider) => {
            [&[1][..], &resident.get().to_be_bytes(), &provider.get().to_be_bytes()].concat()
        }
    }
}

fn split_owner(record: &[u8]) -> Option<(Owner, &[u8])> {
    let (&kind, rest) = record.split_first()?;
    match kind {
        0 => Some((Owner::Service, rest)),
        1 => {
            let (resident, rest) = rest.split_first_chunk()?;
            let (provider, rest) = rest.split_first_chunk()?;
            let resident = ResidentId::new(u128::from_be_bytes(*resident));
            let provider = CareProviderId::new(u128::from_be_bytes(*provider));
            Some((Owner::Resident(resident, provider), rest))
        }
        _ => None,
    }
}

fn failed(
    doing: &'static str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> KeyError {
    KeyError::Store { doing, source: source.into() }
}

fn damaged(stream: StreamId) -> KeyError {
    KeyError::DamagedRecord { what: stream.to_string() }
}
