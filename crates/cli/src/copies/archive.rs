//! A backup: both logs, or what came to them since an earlier one, and the files that went with
//! messages in them, in one compressed file.
//!
//! ```text
//! file      a zstd stream, with its checksum, of:
//! archive   "arende backup\n" │ format u8 = 2 │ section for each log │ 0 u8
//! section   log u8: 1 the log, 2 the access log │ after u64 │ hash of the commit there [32]
//!           │ for each commit after it: frame │ the files that it names, in its order
//!           │ 0 u32 │ last u64
//! frame     as event_log::frame has it; its first four bytes are its length, and never 0
//! file      u32::MAX │ carried u8 │ its address [32], SHA-256 of its bytes
//!           │ if carried is 1: length u32, bytes, sealed as they lie
//! carried   1 here, 2 not there, and the case's key was destroyed, 3 missing or altered
//! ```
//!
//! Format 1 is the same without files.
//!
//! All integers are big-endian. For ever: a new layout gets a new format number, and both are
//! read. Nothing tells when or where it was made: the same log gives the same bytes.

mod read;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use bytes::Bytes;
use domain::{Position, case::FileHash};
use event_log::{Commit, Hash, frame};
use zstd::Encoder;

pub(crate) use self::read::{ArchiveReader, Entry, Section};
use super::Which;

const MAGIC: &[u8] = b"arende backup\n";

/// The layout that is written.
const FORMAT: u8 = 2;

/// The layout that knew of no files.
const FORMAT_WITHOUT_FILES: u8 = 1;

/// Stands where a frame has its length: a file follows.
const FILE: u32 = u32::MAX;

/// What follows the last section.
const END: u8 = 0;

/// zstd's own middle way: what was sealed cannot be made smaller anyway.
const LEVEL: i32 = 3;

impl Which {
    /// Codes are for ever.
    const fn code(self) -> u8 {
        match self {
            Self::Log => 1,
            Self::Access => 2,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// What an archive has of a file that a commit names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Carried {
    /// Its bytes, sealed as they lie.
    Here(Bytes),
    /// Nothing, and nobody could open it: the key of its case was destroyed.
    Disposed,
    /// Nothing: it was missing or altered when the archive was made.
    Faulty,
}

impl Carried {
    /// Codes are for ever.
    const fn code(&self) -> u8 {
        match self {
            Self::Here(_) => 1,
            Self::Disposed => 2,
            Self::Faulty => 3,
        }
    }
}

/// Writes an archive, to a file or to whoever makes one of it.
pub(crate) struct ArchiveWriter<O> {
    out: O,
    last: Position,
    hash: Hash,
    frame: Vec<u8>,
}

impl<W: Write> ArchiveWriter<Encoder<'static, W>> {
    /// Begins a file, which is compressed.
    pub(crate) fn new(out: W) -> io::Result<Self> {
        let mut out = Encoder::new(out, LEVEL)?;
        out.include_checksum(true)?;
        Self::plain(out)
    }

    /// Ends the file, and gives back what was written to.
    pub(crate) fn finish(self) -> io::Result<W> {
        self.close()?.finish()
    }
}

impl<O: Write> ArchiveWriter<O> {
    /// Begins an archive as it is before it is compressed.
    pub(crate) fn plain(mut out: O) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        out.write_all(&[FORMAT])?;
        Ok(Self { out, last: Position::START, hash: Hash::GENESIS, frame: Vec::new() })
    }

    /// Begins the section of one log, with what comes after the commit at `after`, whose hash is
    /// `hash`.
    pub(crate) fn begin(&mut self, which: Which, after: Position, hash: Hash) -> io::Result<()> {
        (self.last, self.hash) = (after, hash);
        self.out.write_all(&[which.code()])?;
        self.out.write_all(&after.get().to_be_bytes())?;
        self.out.write_all(&hash.0)
    }

    /// Writes the next commit of the section, which must follow from the one before.
    pub(crate) fn write(&mut self, commit: &Commit) -> io::Result<()> {
        self.frame.clear();
        let hash = frame::encode(commit, self.hash, &mut self.frame);
        if (commit.position, commit.hash) != (self.last.next(), hash) {
            let position = commit.position;
            return Err(io::Error::other(format!("position {position} is not what comes next")));
        }
        (self.last, self.hash) = (commit.position, hash);
        self.out.write_all(&self.frame)
    }

    /// Writes what there is of the next file that the commit before names.
    pub(crate) fn file(&mut self, hash: FileHash, carried: &Carried) -> io::Result<()> {
        self.out.write_all(&FILE.to_be_bytes())?;
        self.out.write_all(&[carried.code()])?;
        self.out.write_all(&hash.0)?;
        if let Carried::Here(bytes) = carried {
            let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
            self.out.write_all(&length.to_be_bytes())?;
            self.out.write_all(bytes)?;
        }
        Ok(())
    }

    /// Ends the section; gives the last position that it, or what it continues, holds.
    pub(crate) fn end(&mut self) -> io::Result<(Position, Hash)> {
        self.out.write_all(&0_u32.to_be_bytes())?;
        self.out.write_all(&self.last.get().to_be_bytes())?;
        Ok((self.last, self.hash))
    }

    /// What is written to.
    pub(crate) fn out(&mut self) -> &mut O {
        &mut self.out
    }

    /// Ends the archive, and gives back what was written to.
    pub(crate) fn close(mut self) -> io::Result<O> {
        self.out.write_all(&[END])?;
        Ok(self.out)
    }
}
