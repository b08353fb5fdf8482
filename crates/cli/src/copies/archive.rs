//! A backup: both logs, or what came to them since an earlier one, in one compressed file.
//!
//! ```text
//! file      a zstd stream, with its checksum, of:
//! archive   "arende backup\n" │ format u8 = 1 │ section for each log │ 0 u8
//! section   log u8: 1 the log, 2 the access log │ after u64 │ hash of the commit there [32]
//!           │ frames of the commits after it, one after the other │ 0 u32 │ last u64
//! frame     as event_log::frame has it; its first four bytes are its length, and never 0
//! ```
//!
//! All integers are big-endian. For ever: a new layout gets a new format number, and both are
//! read. Nothing tells when or where it was made: the same log gives the same bytes.

mod read;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use domain::Position;
use event_log::{Commit, Hash, frame};
use zstd::Encoder;

pub(crate) use self::read::{ArchiveReader, Section};
use super::Which;

const MAGIC: &[u8] = b"arende backup\n";

/// The layout that is written.
const FORMAT: u8 = 1;

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
