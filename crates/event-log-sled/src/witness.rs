//! The witness: how far the log had come, kept outside sled.
//!
//! sled may lose its end without a word. A log that is shorter than its witness, or has another
//! hash there, refuses to open. The witness is written after each block was synced, so it never
//! claims what may yet be lost; it is itself synced when the log is opened and closed.
//!
//! ```text
//! two slots of 64 bytes, written in turns:
//! version u8 = 1 │ position u64 │ hash [32] │ crc32c u32 of all before
//! ```

use std::io;

use domain::Position;
use event_log::Hash;

use crate::disk::{Medium, read_all};

/// The name of its file.
pub(crate) const FILE: &str = "witness";

const VERSION: u8 = 1;
const SLOT_BYTES: usize = 64;
const RECORD_BYTES: usize = 1 + 8 + 32 + 4;

/// How far a log had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Testimony {
    pub(crate) position: Position,
    pub(crate) hash: Hash,
}

pub(crate) struct Witness {
    medium: Box<dyn Medium>,
    slot: u64,
}

impl Witness {
    /// The witness, and what it says; nothing if it is new.
    ///
    /// Where the log `exists`, a witness that cannot be read is an error; before that, its first
    /// record may have been cut short.
    pub(crate) fn open(
        medium: Box<dyn Medium>,
        exists: bool,
    ) -> io::Result<(Self, Option<Testimony>)> {
        let bytes = read_all(&*medium)?;
        let slots = bytes.chunks(SLOT_BYTES).take(2).map(read).enumerate();
        let said = slots.filter_map(|(slot, it)| Some((slot as u64, it?)));
        let last = said.max_by_key(|(_, it)| it.position);
        if last.is_none() && !bytes.is_empty() && exists {
            let why = "neither of its records is whole";
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        // What it said last stays whole while the next is written.
        let (slot, testimony) = last.map_or((0, None), |(slot, it)| (slot, Some(it)));
        Ok((Self { medium, slot }, testimony))
    }

    /// Says that the log has come this far. Not synced.
    pub(crate) fn testify(&mut self, testimony: Testimony) -> io::Result<()> {
        let mut record = [0; SLOT_BYTES];
        record[0] = VERSION;
        record[1..9].copy_from_slice(&testimony.position.get().to_be_bytes());
        record[9..41].copy_from_slice(&testimony.hash.0);
        let crc = checksum(&record);
        record[41..RECORD_BYTES].copy_from_slice(&crc.to_be_bytes());
        self.slot = 1 - self.slot;
        self.medium.write_at(&record, self.slot * SLOT_BYTES as u64)
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        self.medium.sync()
    }
}

fn read(slot: &[u8]) -> Option<Testimony> {
    let record = slot.get(..RECORD_BYTES)?;
    let crc = u32::from_be_bytes(record[41..].try_into().ok()?);
    if record[0] != VERSION || crc != checksum(record) {
        return None;
    }
    Some(Testimony {
        position: Position::new(u64::from_be_bytes(record[1..9].try_into().ok()?)),
        hash: Hash(record[9..41].try_into().ok()?),
    })
}

fn checksum(record: &[u8]) -> u32 {
    event_log::frame::checksum(&record[..41])
}

#[cfg(test)]
mod tests {
    use std::{fs::OpenOptions, io, path::Path};

    use super::{Testimony, Witness};
    use domain::Position;
    use event_log::Hash;

    fn at(n: u64) -> Testimony {
        Testimony { position: Position::new(n), hash: Hash([u8::try_from(n).unwrap(); 32]) }
    }

    fn open(path: &Path, exists: bool) -> io::Result<(Witness, Option<Testimony>)> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path);
        Witness::open(Box::new(file.unwrap()), exists)
    }

    #[test]
    fn the_last_whole_record_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let (mut witness, nothing) = open(&path, true).unwrap();
        assert_eq!(nothing, None);
        for n in 1..=5 {
            witness.testify(at(n)).unwrap();
            assert_eq!(open(&path, true).unwrap().1, Some(at(n)));
        }
        let whole = std::fs::read(&path).unwrap();
        for i in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[i] ^= 1;
            std::fs::write(&path, damaged).unwrap();
            let said = open(&path, true).unwrap().1;
            assert!(said == Some(at(5)) || said == Some(at(4)), "byte {i}: {said:?}");
        }
        std::fs::write(&path, [0; 128]).unwrap();
        assert!(open(&path, true).is_err());
        assert_eq!(open(&path, false).unwrap().1, None);
    }
}
