//! What a log stands on, as narrow as it is used: files, blocks in order, and a folder around them.
//!
//! The product has one of each: real files, sled, and a real folder. Tests put others in their
//! place, which lose, tear and refuse what a disk may.

use std::{fs::File, io, os::unix::fs::FileExt as _, path::Path};

use domain::Position;

use crate::{OpenError, block::Block};

/// A file that is read and written at places.
pub(crate) trait Medium: Send + Sync {
    /// Reads at most as many bytes as fit, from `offset` on; none at the end.
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Writes all of `bytes` at `offset`. If it fails, any part of them may have been written.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Returns once everything that was written survives a loss of power.
    fn sync(&self) -> io::Result<()>;

    /// How long it is, in bytes.
    fn length(&self) -> io::Result<u64>;
}

impl Medium for File {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, bytes, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

/// Everything in `medium`. A read may give less than was asked for; that is no end.
pub(crate) fn read_all(medium: &dyn Medium) -> io::Result<Vec<u8>> {
    let length = usize::try_from(medium.length()?).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    let mut read = 0;
    while read < length {
        match medium.read_at(&mut bytes[read..], read as u64) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(read);
    Ok(bytes)
}

/// Blocks, each known by the position of its first commit.
pub(crate) trait Blocks: Send + Sync {
    /// Says which blocks are inserted next, in order: where each begins, and its bytes. Nothing that
    /// is there changes; some that begin so may be there from now on, without a byte.
    fn announce(&self, blocks: &[(Position, usize)]) -> io::Result<()>;

    /// Puts the block that begins at `first` where it is read; nothing is said of its surviving.
    fn insert(&self, first: Position, block: &[u8]) -> io::Result<()>;

    /// Returns once everything that was inserted survives a loss of power.
    fn make_durable(&self) -> io::Result<()>;

    /// The block that begins last at `position` or before it.
    fn block_of(&self, position: Position) -> io::Result<Option<Block>>;

    /// The blocks that begin at `first` or later, in order.
    fn blocks(&self, first: Position) -> Box<dyn Iterator<Item = io::Result<Block>> + '_>;

    /// Takes the block that begins at `first` away, and gives it.
    fn remove(&self, first: Position) -> io::Result<Option<Vec<u8>>>;

    /// Closes them; what is done then may fail as well.
    fn close(self: Box<Self>) -> io::Result<()>;
}

/// The folder around them, locked.
pub(crate) trait Disk: Send + Sync {
    /// Its name, for people.
    fn path(&self) -> &Path;

    /// Whether the log was there before it was opened.
    fn exists(&self) -> bool;

    /// The file `name`, created if there is none.
    fn file(&self, name: &str) -> io::Result<Box<dyn Medium>>;

    /// The blocks, opened.
    fn blocks(&self) -> Result<Box<dyn Blocks>, OpenError>;

    /// Makes the names of the files survive a loss of power.
    fn sync(&self) -> Result<(), OpenError>;

    /// Says that the opening has come to its end: everything was verified.
    fn opened(&self) -> Result<(), OpenError>;

    /// Marks the log as closed properly. Nothing may be written after.
    fn mark_clean(&self) -> io::Result<()>;

    /// How many bytes may still be written, as far as the file system knows.
    fn room_bytes(&self) -> io::Result<u64>;
}
