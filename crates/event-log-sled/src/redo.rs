//! What sled has and what the journal has, as one log, and what has to be mended to make it so.

use std::{collections::BTreeMap, io, iter::Peekable};

use domain::Position;

use crate::{disk::Blocks, journal::Found, store::Block};

/// What an opening put back from the journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Redone {
    /// Blocks that had been acknowledged and that sled had not yet been made to keep: what a crash
    /// leaves.
    pub behind: u64,
    /// Blocks that sled had kept and lost or changed since: damage.
    pub damaged: u64,
}

/// The blocks that sled has to be given, in order.
#[derive(Debug, Default)]
pub(crate) struct Missing {
    pub(crate) blocks: BTreeMap<Position, Vec<u8>>,
    pub(crate) redone: Redone,
}

/// The blocks of both, in order. Where both have one, the journal's counts, and what sled lacks is
/// noted.
pub(crate) struct Merged<'a> {
    store: Peekable<Box<dyn Iterator<Item = io::Result<Block>> + 'a>>,
    journal: Peekable<std::collections::btree_map::Range<'a, Position, Vec<u8>>>,
    safe: Position,
    pub(crate) missing: Missing,
}

impl<'a> Merged<'a> {
    /// The blocks that begin at `first` or later.
    pub(crate) fn from(first: Position, store: &'a dyn Blocks, found: &'a Found) -> Self {
        Self {
            store: store.blocks(first).peekable(),
            journal: found.blocks.range(first..).peekable(),
            safe: found.safe,
            missing: Missing::default(),
        }
    }

    /// The journal's next block; notes it if sled has another in its place, or none.
    fn take_journal(&mut self) -> Option<Block> {
        let (first, block) = self.journal.next()?;
        let kept = |it: &io::Result<Block>| matches!(it, Ok(it) if it.first == *first);
        let kept = self.store.next_if(kept).and_then(Result::ok);
        if kept.as_ref().is_none_or(|it| it.value != block) {
            let was_kept = *first <= self.safe || kept.is_some();
            let is_damage = was_kept || self.store.peek().is_some();
            let redone = &mut self.missing.redone;
            *(if is_damage { &mut redone.damaged } else { &mut redone.behind }) += 1;
            self.missing.blocks.insert(*first, block.clone());
        }
        Some(Block { first: *first, value: block.as_slice().into() })
    }
}

impl Iterator for Merged<'_> {
    type Item = io::Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        let in_journal = self.journal.peek().map(|(first, _)| **first);
        match (self.store.peek(), in_journal) {
            (Some(Ok(block)), Some(first)) if block.first < first => self.store.next(),
            (Some(Err(_)), _) | (_, None) => self.store.next(),
            (_, Some(_)) => self.take_journal().map(Ok),
        }
    }
}
