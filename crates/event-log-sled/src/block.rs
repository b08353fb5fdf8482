//! A block: what one group commit wrote, one value in sled.
//!
//! ```text
//! version u8 = 1 │ frames, one after the other
//! key: position of the first commit, u64 big-endian
//! ```

use bytes::Bytes;
use domain::Position;
use event_log::frame::FrameError;

/// The layout that is written.
pub(crate) const VERSION: u8 = 1;

/// The longest block of several commits. A commit that is longer has a block of its own.
pub(crate) const BYTES_MAX: usize = 32 * 1024;

/// An empty block, to put frames behind.
pub(crate) fn start() -> Vec<u8> {
    let mut block = Vec::with_capacity(BYTES_MAX);
    block.push(VERSION);
    block
}

/// The frames of a block, unless its layout is one that this program does not know.
pub(crate) fn frames(block: &[u8]) -> Result<Bytes, FrameError> {
    match block.split_first() {
        Some((&VERSION, frames)) if !frames.is_empty() => Ok(Bytes::copy_from_slice(frames)),
        _ => Err(FrameError::Part { part: "block" }),
    }
}

/// The frame of the commit at `position`, alone; none if it is not where lengths say it is.
pub(crate) fn frame(block: &[u8], position: Position) -> Option<Bytes> {
    let (&VERSION, frames) = block.split_first()? else { return None };
    event_log::frame::find(frames, position).map(Bytes::copy_from_slice)
}

pub(crate) fn key(position: Position) -> [u8; 8] {
    position.get().to_be_bytes()
}

/// The position that a key stands for.
pub(crate) fn position(key: &[u8]) -> Option<Position> {
    key.try_into().ok().map(u64::from_be_bytes).map(Position::new)
}
