//! Copying a store, record by record, without opening any: a copy of its files while they are
//! written may be no store at all.

use std::path::Path;

use domain::StreamId;

use super::{
    FORMAT_VERSION, KeyStore, MARK, Owner, damaged, failed, guarded, open, pair_id, split_owner,
    stream_key, sync_folders,
};
use crate::keys::KeyError;

/// A record of a store: what it is called, and a key as it is kept, wrapped by another.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// What the store calls it.
    pub name: Vec<u8>,
    /// The key, sealed, with what says by which.
    pub wrapped: Vec<u8>,
}

impl std::fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a wrapped key")
    }
}

/// The records of a store that no process has open, to be looked up without the master key.
pub struct Records(sled::Db);

impl Records {
    /// Of the store in `directory`.
    pub fn open(directory: &Path) -> Result<Self, KeyError> {
        Ok(Self(open(directory)?.0))
    }

    /// Whether `stream` has a key, and that one whatever wraps it. Where not, what was sealed for
    /// the stream can be read by nobody, whoever has the master key.
    pub fn has_key(&self, stream: StreamId) -> Result<bool, KeyError> {
        let find =
            |id: &[u8]| guarded(|| Ok(self.0.get(id)?)).map_err(|err| failed("reading a key", err));
        let Some(record) = find(&stream_key(stream))? else { return Ok(false) };
        match split_owner(&record).ok_or_else(|| damaged(stream))? {
            (Owner::Service, _) => Ok(true),
            (Owner::Resident(resident, provider), _) => {
                Ok(find(&pair_id(resident, provider))?.is_some())
            }
        }
    }
}

impl KeyStore {
    /// Whether `stream` has a key: one was made, and neither it nor what wraps it was destroyed.
    pub fn has_key(&self, stream: StreamId) -> Result<bool, KeyError> {
        Ok(self.find(stream)?.is_some())
    }

    /// Every record: whatever was there when the first is taken, and perhaps what came since. A key
    /// never comes without the one that wraps it.
    pub fn wrapped(&self) -> impl Iterator<Item = Result<WrappedKey, KeyError>> {
        records(&self.db)
    }

    /// Every record of the store in `directory`, which is not open. Needs no master key.
    pub fn wrapped_in(
        directory: &Path,
    ) -> Result<impl Iterator<Item = Result<WrappedKey, KeyError>>, KeyError> {
        let (db, _) = open(directory)?;
        Ok(records(&db))
    }

    /// Makes a store of `keys` in `directory`, where none is, and syncs it. Only the master key of
    /// the store that they are from opens it.
    pub fn restore(directory: &Path, keys: &[WrappedKey]) -> Result<(), KeyError> {
        let is_mark = |it: &&WrappedKey| it.name == MARK;
        let mark = keys.iter().find(is_mark).map(|it| &*it.wrapped);
        if mark.is_none_or(|it| it.first() != Some(&FORMAT_VERSION)) {
            return Err(failed("restoring", "its first record is missing, or of a newer format"));
        }
        let (db, file) = open(directory)?;
        if !db.is_empty() {
            return Err(failed("restoring", "there are keys in the folder already"));
        }
        let written = guarded(|| {
            for WrappedKey { name, wrapped } in keys {
                db.insert(&name[..], &wrapped[..])?;
            }
            db.flush()?;
            file.sync_data()
        });
        written.map_err(|err| failed("restoring", err))?;
        sync_folders(directory)
    }
}

/// In the order of their names: `s`, the streams' keys, before `w`, those that wrap them, which are
/// written first. So what wraps a key that is given comes after it.
fn records(db: &sled::Db) -> impl Iterator<Item = Result<WrappedKey, KeyError>> + use<> {
    let mut records = db.iter();
    let mut next = move || guarded(|| Ok(records.next().transpose()?));
    std::iter::from_fn(move || {
        let record = next().map_err(|err| failed("reading every key", err)).transpose()?;
        Some(
            record.map(|(name, wrapped)| WrappedKey {
                name: name.to_vec(),
                wrapped: wrapped.to_vec(),
            }),
        )
    })
}
