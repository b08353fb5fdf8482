//! What sled has and what the journal has, as one log, and what has to be mended to make it so.

use std::{collections::BTreeMap, io, iter::Peekable};

use bytes::Bytes;
use domain::Position;

use crate::{
    block::{self, Block},
    disk::Blocks,
    journal::Found,
};

/// What an opening put back from the journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Redone {
    /// Blocks that had been acknowledged and that sled had not yet been made to keep: what a crash
    /// leaves.
    pub behind: u64,
    /// Blocks that sled had kept and lost or changed since: damage.
    pub damaged: u64,
}

/// What has to be done to sled.
#[derive(Debug, Default)]
pub(crate) struct Missing {
    /// The blocks that it has to be given, in order.
    pub(crate) blocks: Vec<Block>,
    /// Where it has one that is wrong, whether or not another is put in its place.
    pub(crate) wrong: Vec<Position>,
    pub(crate) redone: Redone,
}

/// The blocks of both, in order. The journal's commits count where both have one, and what sled lacks
/// is noted.
pub(crate) struct Merged<'a> {
    first: Position,
    store: Peekable<Box<dyn Iterator<Item = io::Result<Block>> + 'a>>,
    /// The frames that the journal has, and that sled has not been seen to have yet.
    frames: BTreeMap<Position, Bytes>,
    safe: Position,
    /// Whether what is missing next stood in a block that is wrong.
    was_wrong: bool,
    pub(crate) missing: Missing,
}

impl<'a> Merged<'a> {
    /// The blocks of the commit at `first` and of those after it.
    pub(crate) fn from(first: Position, store: &'a dyn Blocks, found: &Found) -> io::Result<Self> {
        let mut frames = BTreeMap::new();
        let earliest = found.blocks.range(..=first).next_back().map_or(first, |(it, _)| *it);
        for (first, value) in found.blocks.range(earliest..) {
            let (pieces, is_whole) = block::pieces(&Block { first: *first, value: value.clone() });
            if !is_whole {
                let why = format!("the journal's block of position {first} is malformed");
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
            frames.extend(pieces);
        }
        let start = store.block_of(first)?.map_or(first, |it| it.first.min(first));
        Ok(Self {
            first,
            store: store.blocks(start).peekable(),
            frames: frames.split_off(&first),
            safe: found.safe,
            was_wrong: false,
            missing: Missing::default(),
        })
    }

    /// A block of frames that the journal has and sled has not, of those before `end`.
    fn take_missing(&mut self, end: Option<Position>) -> Option<Block> {
        let next = |frames: &BTreeMap<Position, Bytes>| {
            let (position, frame) = frames.first_key_value()?;
            let is_before = end.is_none_or(|end| *position < end);
            is_before.then_some((*position, frame.len()))
        };
        let (first, _) = next(&self.frames)?;
        let (mut block, mut wanted) = (block::start(), first);
        while let Some((position, length)) = next(&self.frames) {
            let fits = block.len() + length <= block::BYTES_MAX || position == first;
            if position != wanted || !fits {
                break;
            }
            let frame = self.frames.remove(&position).unwrap_or_default();
            block.extend_from_slice(&frame);
            wanted = position.next();
        }
        let is_damage = std::mem::take(&mut self.was_wrong) || first <= self.safe;
        let redone = &mut self.missing.redone;
        *(if is_damage { &mut redone.damaged } else { &mut redone.behind }) += 1;
        let block = Block { first, value: block.into() };
        self.missing.blocks.push(block.clone());
        Some(block)
    }

    /// sled's next block, unless the journal knows better: then its commits are among those that are
    /// missing.
    fn confirmed(&mut self, block: Block) -> Option<Block> {
        if block.value.is_empty() {
            // sled was going to be given a block here, and what it should have been is for the
            // journal to say.
            self.missing.wrong.push(block.first);
            return None;
        }
        // What is missing before a block that is there was lost.
        let Redone { behind, damaged } = &mut self.missing.redone;
        *damaged += std::mem::take(behind);
        let end = self.store.peek().and_then(|it| it.as_ref().ok()).map(|it| it.first);
        let covered = match end {
            Some(end) => self.frames.range(block.first..end.max(block.first)),
            None => self.frames.range(block.first..),
        };
        if covered.count() == 0 {
            return block::since(block, self.first);
        }
        let (mut pieces, is_whole) = block::pieces(&block);
        let mut is_right = is_whole;
        for (position, piece) in &pieces {
            is_right &= end.is_none_or(|end| *position < end);
            is_right &= self.frames.get(position).is_none_or(|it| it == piece);
        }
        if is_right {
            for (position, _) in &pieces {
                self.frames.remove(position);
            }
            return block::since(block, self.first);
        }
        self.was_wrong = true;
        self.missing.wrong.push(block.first);
        pieces.retain(|(position, _)| end.is_none_or(|end| *position < end));
        let asked_from = pieces.partition_point(|(position, _)| *position < self.first);
        for (position, piece) in pieces.split_off(asked_from) {
            self.frames.entry(position).or_insert(piece);
        }
        if !pieces.is_empty() {
            // Nobody asked for these; they stay as they are.
            self.missing.blocks.push(Block { value: block::of_pieces(&pieces), ..block });
        }
        None
    }
}

impl Iterator for Merged<'_> {
    type Item = io::Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let end = match self.store.peek() {
                Some(Ok(block)) => Some(block.first),
                Some(Err(_)) => return self.store.next(),
                None => None,
            };
            if let Some(block) = self.take_missing(end) {
                return Some(Ok(block));
            }
            match self.store.next()? {
                Ok(block) => {
                    if let Some(block) = self.confirmed(block) {
                        return Some(Ok(block));
                    }
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
