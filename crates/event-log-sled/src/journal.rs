//! The redo journal: what was acknowledged and may not have reached sled's file yet.
//!
//! Two files are written in turns. A group commit is one record, synced before anyone is answered.
//! When a file is full the other one takes over, and sled is given everything in the full one, made
//! to keep it, and read back; only then may its space be used again. Until it is, what it holds is
//! at hand to mend what sled lost without a word.
//!
//! A file grows by being filled with zeros ahead of the records, so that a sync has no new length to
//! write down. Nothing is ever removed from it: a record is found by its checksum, wherever it
//! stands, and which one is newer is told by its sequence.

pub(crate) mod record;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, io};

use bytes::Bytes;
use domain::Position;

use self::record::PAGE_BYTES;
use crate::disk::{Medium, read_all};

/// The names of the two files.
pub(crate) const FILES: [&str; 2] = ["journal.0", "journal.1"];

/// How long a file becomes. Both together are what can be mended.
pub(crate) const FILE_BYTES: usize = 32 << 20;

/// The most bytes that one record takes: a group's, and one append that did not fit any more.
const RECORD_BYTES_MAX: usize = 1 << 20;

/// The most bytes of blocks in one group of several appends.
const GROUP_BYTES_MAX: usize = RECORD_BYTES_MAX / 4;

/// What a file is filled with.
static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

/// The journal, open for writing.
pub(crate) struct Journal {
    files: [File; 2],
    /// Which of them is written.
    current: usize,
    file_bytes: usize,
    sequence: u64,
    safe: Position,
    /// The bytes of the record that is written, kept so that its memory is not fetched anew.
    bytes: Vec<u8>,
}

/// One of its files.
struct File {
    medium: Box<dyn Medium>,
    /// Where the next record goes.
    at: usize,
    /// Filled with zeros or records up to here.
    filled: usize,
}

impl File {
    fn new(medium: Box<dyn Medium>) -> io::Result<Self> {
        let filled = usize::try_from(medium.length()?).map_err(io::Error::other)?;
        Ok(Self { medium, at: 0, filled })
    }
}

/// What the journal held when it was opened.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Blocks by their first position; of two that overlap, what was written last.
    pub(crate) blocks: BTreeMap<Position, Bytes>,
    /// Up to where sled had been synced and read back.
    pub(crate) safe: Position,
}

impl Journal {
    /// Reads what the files hold, and makes them ready to be written once sled has all of that.
    pub(crate) fn open(
        media: [Box<dyn Medium>; 2],
        file_bytes: usize,
    ) -> io::Result<(Self, Found)> {
        let mut records = Vec::new();
        let mut newest = [0, 0];
        for (medium, newest) in media.iter().zip(&mut newest) {
            let bytes = Bytes::from(read_all(&**medium)?);
            let mut at = 0;
            while at < bytes.len() {
                at += match record::decode(&bytes.slice(at..))? {
                    Some((record, length)) => {
                        *newest = record.sequence.max(*newest);
                        records.push(record);
                        record::stride(length)
                    }
                    None => PAGE_BYTES,
                };
            }
        }
        records.sort_by_key(|it| it.sequence);
        let mut found = Found::default();
        for record in records {
            found.safe = found.safe.max(record.safe);
            for (first, block) in record.blocks {
                // What was written later has taken the place of what was never acknowledged.
                found.blocks.split_off(&first);
                found.blocks.insert(first, block);
            }
        }
        // The older one is written first: what was acknowledged last is kept the longest.
        let [a, b] = newest;
        let (current, sequence) = (usize::from(b < a), a.max(b));
        let [a, b] = media;
        let files = [File::new(a)?, File::new(b)?];
        let safe = found.safe;
        Ok((Self { files, current, file_bytes, sequence, safe, bytes: Vec::new() }, found))
    }

    /// The most bytes of blocks that several appends may share.
    pub(crate) fn group_bytes_max(&self) -> usize {
        GROUP_BYTES_MAX.min(self.file_bytes / 8)
    }

    /// The most bytes that a record may take.
    fn record_bytes_max(&self) -> usize {
        RECORD_BYTES_MAX.min(self.file_bytes / 2)
    }

    /// Whether a record may not fit into the current file any more.
    pub(crate) fn is_full(&self) -> bool {
        self.files[self.current].at + self.record_bytes_max() > self.file_bytes
    }

    /// Makes the other file the current one. What the full one holds has to be kept by sled before
    /// the next time.
    pub(crate) fn turn(&mut self) {
        self.current = 1 - self.current;
        self.files[self.current].at = 0;
    }

    /// Takes note that sled was synced and read back up to `safe`.
    pub(crate) fn is_safe(&mut self, safe: Position) {
        self.safe = self.safe.max(safe);
    }

    /// Fills the current file with zeros ahead of the next record, if it is not yet. What fails here
    /// has changed nothing.
    pub(crate) fn fill(&mut self) -> io::Result<()> {
        let ahead = self.record_bytes_max();
        let file = &mut self.files[self.current];
        if file.filled < file.at + ahead {
            let filled = (file.at + 2 * ahead).min(self.file_bytes);
            for at in (file.filled..filled).step_by(ZEROS.len()) {
                let zeros = &ZEROS[..ZEROS.len().min(filled - at)];
                file.medium.write_at(zeros, at as u64)?;
            }
            file.filled = filled.max(file.filled);
        }
        Ok(())
    }

    /// Says, if there is room for it, how far sled was synced and read back: what is found missing
    /// there is damage from now on.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        if self.files[self.current].at + PAGE_BYTES > self.file_bytes {
            return Ok(());
        }
        self.write(&[])
    }

    /// Writes one record, and returns once it survives a loss of power.
    pub(crate) fn write(&mut self, blocks: &[(Position, Vec<u8>)]) -> io::Result<()> {
        record::encode(self.sequence + 1, self.safe, blocks, &mut self.bytes)?;
        let (file, record) = (&mut self.files[self.current], &self.bytes);
        if file.at + record.len() > self.file_bytes {
            let why = format!("a record of {} bytes does not fit into the journal", record.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        file.medium.write_at(record, file.at as u64)?;
        file.medium.sync()?;
        self.sequence += 1;
        file.at += record::stride(record.len());
        Ok(())
    }
}
