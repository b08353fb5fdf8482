//! A block: commits that follow one another, one value in sled.
//!
//! ```text
//! version u8 = 1 │ frames, one after the other
//! key: position of the first commit, u64 big-endian
//! ```
//!
//! A group commit is one or more blocks in the journal. sled is given them joined, so that its
//! values are of one size however small the groups were.

use bytes::Bytes;
use domain::Position;
use event_log::frame::{self, FrameError};

/// The layout that is written.
pub(crate) const VERSION: u8 = 1;

/// The longest block of several commits. A commit that is longer has a block of its own.
pub(crate) const BYTES_MAX: usize = 32 * 1024;

/// A block, and where its key says that it begins. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) first: Position,
    pub(crate) value: Bytes,
}

/// An empty block, to put frames behind.
pub(crate) fn start() -> Vec<u8> {
    let mut block = Vec::with_capacity(BYTES_MAX);
    block.push(VERSION);
    block
}

/// The frames of a block, unless its layout is one that this program does not know.
pub(crate) fn frames(block: &Bytes) -> Result<Bytes, FrameError> {
    match block.split_first() {
        Some((&VERSION, frames)) if !frames.is_empty() => Ok(block.slice(1..)),
        _ => Err(FrameError::Part { part: "block" }),
    }
}

/// The frame of the commit at `position`, alone; none if it is not where lengths say it is.
pub(crate) fn frame(block: &[u8], position: Position) -> Option<Bytes> {
    let (&VERSION, frames) = block.split_first()? else { return None };
    frame::find(frames, position).map(Bytes::copy_from_slice)
}

/// The frames of the block, each with the position that it should have, as far as its lengths and
/// the positions in it agree; and whether that is all of it. Nothing else is checked.
pub(crate) fn pieces(block: &Block) -> (Vec<(Position, Bytes)>, bool) {
    let mut pieces = Vec::new();
    let Ok(mut frames) = frames(&block.value) else { return (pieces, false) };
    let mut position = block.first;
    while !frames.is_empty() {
        match frame::claims(&frames) {
            Some((found, length)) if found == position && length <= frames.len() => {
                pieces.push((position, frames.split_to(length)));
            }
            _ => return (pieces, false),
        }
        // A damaged block may claim the last position that there is.
        let Some(next) = position.get().checked_add(1) else { return (pieces, frames.is_empty()) };
        position = Position::new(next);
    }
    (pieces, true)
}

/// A block of frames that follow one another.
pub(crate) fn of_pieces(pieces: &[(Position, Bytes)]) -> Bytes {
    let mut block = start();
    for (_, piece) in pieces {
        block.extend_from_slice(piece);
    }
    block.into()
}

/// The block without the commits before `first`; none if that is all of it. One that cannot be taken
/// apart stays as it is.
pub(crate) fn since(block: Block, first: Position) -> Option<Block> {
    if block.first >= first {
        return Some(block);
    }
    let (mut pieces, is_whole) = pieces(&block);
    if !is_whole {
        return Some(block);
    }
    pieces.retain(|(position, _)| *position >= first);
    (!pieces.is_empty()).then(|| Block { first, value: of_pieces(&pieces) })
}

/// Puts the frames of `blocks`, which follow one another, into as few blocks as there may be.
pub(crate) fn join(blocks: &[Block]) -> Vec<&[Block]> {
    let mut runs = Vec::new();
    let mut rest = blocks;
    while !rest.is_empty() {
        let mut bytes = 1;
        let fits = |it: &&Block| {
            bytes += it.value.len().saturating_sub(1);
            bytes <= BYTES_MAX
        };
        let count = rest.iter().take_while(fits).count().max(1);
        let (run, others) = rest.split_at(count);
        runs.push(run);
        rest = others;
    }
    runs
}

/// One block of the frames of several, which follow one another and are of the layout that is
/// written.
pub(crate) fn joined(run: &[Block]) -> Bytes {
    if let [one] = run {
        return one.value.clone();
    }
    let mut block = start();
    for it in run {
        block.extend_from_slice(it.value.get(1..).unwrap_or_default());
    }
    block.into()
}

pub(crate) fn key(position: Position) -> [u8; 8] {
    position.get().to_be_bytes()
}

/// A key that no block has: the `n`-th after that of `position`, and before the next position's.
pub(crate) fn key_after(position: Position, n: u8) -> [u8; 9] {
    let mut after = [n; 9];
    after[..8].copy_from_slice(&key(position));
    after
}

/// The position that a block's key stands for.
pub(crate) fn position(key: &[u8]) -> Option<Position> {
    key.try_into().ok().map(u64::from_be_bytes).map(Position::new)
}
