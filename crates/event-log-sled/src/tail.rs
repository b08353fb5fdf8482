//! What was acknowledged and sled has not been given yet: the end of the log, as it stands in the
//! journal.
//!
//! Whoever reads looks here first. What is not here any more is in sled: it is forgotten here only
//! after sled was given it.

use std::{
    collections::VecDeque,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use bytes::Bytes;
use domain::Position;

use crate::block::Block;

/// The end of a log. Bounded by the journal, which turns before it is full.
#[derive(Default)]
pub(crate) struct Tail(RwLock<Kept>);

#[derive(Default)]
struct Kept {
    /// One after the other, without gaps.
    blocks: VecDeque<Block>,
    /// Where the next one begins.
    end: Position,
}

impl Kept {
    /// Where the first one begins; where the next one will if there is none.
    fn first(&self) -> Position {
        self.blocks.front().map_or(self.end, |it| it.first)
    }

    /// The index of the first block that begins after `position`.
    fn after(&self, position: Position) -> usize {
        self.blocks.partition_point(|it| it.first <= position)
    }
}

/// Where a block is found.
pub(crate) enum Found {
    /// Here, and where the next one begins.
    Here(Block, Position),
    /// In sled, as all that begins before this.
    InSled(Position),
    /// Nowhere: the log ends there.
    Nowhere,
}

impl Tail {
    /// Begins where a log ends that sled has all of.
    pub(crate) fn begin(&self, end: Position) {
        let mut kept = self.write();
        kept.blocks.clear();
        kept.end = end;
    }

    /// Puts `blocks` at the end, the last of which ends before `end`.
    pub(crate) fn extend(&self, blocks: Vec<(Position, Vec<u8>)>, end: Position) {
        let blocks = blocks.into_iter();
        let blocks = blocks.map(|(first, mut block)| {
            // One of a small group has room for a large one.
            block.shrink_to_fit();
            Block { first, value: Bytes::from(block) }
        });
        let mut kept = self.write();
        kept.blocks.extend(blocks);
        kept.end = end;
    }

    /// The block that `position` stands in, if it is here.
    pub(crate) fn block_of(&self, position: Position) -> Option<Block> {
        let kept = self.read();
        kept.blocks.get(kept.after(position).checked_sub(1)?).cloned()
    }

    /// The block that begins at `first`.
    pub(crate) fn find(&self, first: Position) -> Found {
        let kept = self.read();
        if first >= kept.end {
            return Found::Nowhere;
        }
        if first < kept.first() {
            return Found::InSled(kept.first());
        }
        let next = kept.after(first);
        let end = kept.blocks.get(next).map_or(kept.end, |it| it.first);
        let block = next.checked_sub(1).and_then(|at| kept.blocks.get(at));
        block.map_or(Found::Nowhere, |it| Found::Here(it.clone(), end))
    }

    /// All that is here.
    pub(crate) fn all(&self) -> Vec<Block> {
        self.read().blocks.iter().cloned().collect()
    }

    /// Whether there is nothing here.
    pub(crate) fn is_empty(&self) -> bool {
        self.read().blocks.is_empty()
    }

    /// Lets go of the first so many blocks, which sled has by now.
    pub(crate) fn forget(&self, blocks: usize) {
        // They are freed once nobody waits for the lock.
        let forgotten: Vec<_> = {
            let mut kept = self.write();
            let blocks = blocks.min(kept.blocks.len());
            kept.blocks.drain(..blocks).collect()
        };
        drop(forgotten);
    }

    fn read(&self) -> RwLockReadGuard<'_, Kept> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Kept> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::Position;

    use super::{Found, Tail};

    #[test]
    fn a_block_is_here_until_it_is_forgotten_and_then_in_sled() {
        let tail = Tail::default();
        tail.begin(Position::new(5));
        let blocks = [5, 7, 8].map(|first| (Position::new(first), vec![1; 3]));
        tail.extend(blocks.into(), Position::new(12));
        let block_of = |at| tail.block_of(Position::new(at)).map(|it| it.first.get());
        assert_eq!([4, 5, 6, 7, 11].map(block_of), [None, Some(5), Some(5), Some(7), Some(8)]);
        let find = |at| match tail.find(Position::new(at)) {
            Found::Here(block, end) => ("here", block.first.get(), end.get()),
            Found::InSled(first) => ("in sled", first.get(), 0),
            Found::Nowhere => ("nowhere", 0, 0),
        };
        let found = [4, 5, 7, 8, 12].map(find);
        let here = |first, end| ("here", first, end);
        let in_sled = |first| ("in sled", first, 0);
        let nowhere = ("nowhere", 0, 0);
        assert_eq!(found, [in_sled(5), here(5, 7), here(7, 8), here(8, 12), nowhere]);
        tail.forget(2);
        assert_eq!([5, 7, 8].map(find), [in_sled(8), in_sled(8), here(8, 12)]);
        tail.forget(1);
        assert!(tail.is_empty() && tail.all().is_empty());
        assert_eq!([8, 12].map(find), [in_sled(12), nowhere]);
        assert_eq!(block_of(8), None);
    }
}
