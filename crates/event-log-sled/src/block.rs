//! A block: what one group commit wrote, one value in sled.
//!
//! ```text
//! version u8 = 1 │ frames, one after the other
//! key: position of the first commit, u64 big-endian
//! ```

use bytes::Bytes;
use domain::Position;

/// The layout that is written.
pub(crate) const VERSION: u8 = 1;

/// A block is closed once it is this long. A commit that is longer has a block of its own.
pub(crate) const BYTES_TARGET: usize = 32 * 1024;

/// An empty block, to put frames behind.
pub(crate) fn start() -> Vec<u8> {
    let mut block = Vec::with_capacity(BYTES_TARGET + 1024);
    block.push(VERSION);
    block
}

/// The frames of a block; none for a layout that this program does not know.
pub(crate) fn frames(block: &[u8]) -> Option<Bytes> {
    match block.split_first() {
        Some((&VERSION, frames)) => Some(Bytes::copy_from_slice(frames)),
        _ => None,
    }
}

pub(crate) fn key(position: Position) -> [u8; 8] {
    position.get().to_be_bytes()
}

/// The position that a key stands for.
pub(crate) fn position(key: &[u8]) -> Option<Position> {
    key.try_into().ok().map(u64::from_be_bytes).map(Position::new)
}
