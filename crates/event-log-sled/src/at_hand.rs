//! Blocks that were read lately, so that what is read again and again does not go to sled.
//!
//! A block never changes once it is durable, so none goes stale here; and what is taken from one is
//! checked by its checksum each time, as if it came from sled.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use domain::Position;

use crate::block::Block;

/// At most 8 MiB of blocks of the usual size.
const BLOCKS_MAX: usize = 256;

#[derive(Default)]
pub(crate) struct AtHand(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// By the position of their first commit, each with when it was used last.
    blocks: BTreeMap<Position, (Block, u64)>,
    uses: u64,
}

impl AtHand {
    /// What `look` finds in the block that `position` stands in, if that is at hand: blocks do not
    /// say where they end, so `look` may be given one that ends before.
    pub(crate) fn find<T>(
        &self,
        position: Position,
        look: impl FnOnce(&Block) -> Option<T>,
    ) -> Option<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { blocks, uses } = &mut *kept;
        let (_, (block, used)) = blocks.range_mut(..=position).next_back()?;
        let found = look(block)?;
        *uses += 1;
        *used = *uses;
        Some(found)
    }

    /// Keeps `block`, in the place of the one that was used longest ago.
    pub(crate) fn keep(&self, block: Block) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses += 1;
        let used = kept.uses;
        kept.blocks.insert(block.first, (block, used));
        if kept.blocks.len() > BLOCKS_MAX {
            let oldest = kept.blocks.iter().min_by_key(|(_, (_, used))| *used);
            if let Some(first) = oldest.map(|(first, _)| *first) {
                kept.blocks.remove(&first);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Position;

    use super::{AtHand, BLOCKS_MAX};
    use crate::block::Block;

    fn block(first: u64) -> Block {
        Block { first: Position::new(first), value: vec![1].into() }
    }

    #[test]
    fn what_was_used_longest_ago_makes_room() {
        let at_hand = AtHand::default();
        let has = |position: u64| {
            at_hand.find(Position::new(position), |it| (it.first.get() == position).then_some(()))
        };
        let most = BLOCKS_MAX as u64;
        for first in 1..=most {
            at_hand.keep(block(first));
        }
        assert!(has(1).is_some());
        at_hand.keep(block(most + 1));
        assert!(has(1).is_some() && has(2).is_none() && has(3).is_some());
        let found = at_hand.find(Position::new(most + 50), |it| Some(it.first.get()));
        assert_eq!(found, Some(most + 1));
    }
}
