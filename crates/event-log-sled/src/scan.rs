//! The blocks of a log from one on: sled's first, then those that sled has not been given yet.

use std::io;

use domain::Position;

use crate::{
    block::{self, Block},
    database::Database,
    tail::Found,
};

/// Blocks in order, while others are written, and while sled is given what it lacks.
pub(crate) struct Scan<'a> {
    database: &'a Database,
    at: Place<'a>,
}

enum Place<'a> {
    /// Among sled's blocks, from the one that has the first position on. Those count that begin
    /// before the second: the others may be about to be given.
    Sled(Box<dyn Iterator<Item = io::Result<Block>> + 'a>, Position, Position),
    /// Where the next one begins, which sled may have by then or not.
    Next(Position),
}

impl<'a> Scan<'a> {
    /// The blocks from the one that begins at `first` on.
    pub(super) fn from(first: Position, database: &'a Database) -> Self {
        Self { database, at: Place::Next(first) }
    }

    /// sled's blocks from the one on that `first` stands in.
    fn in_sled(
        &self,
        first: Position,
    ) -> io::Result<Box<dyn Iterator<Item = io::Result<Block>> + 'a>> {
        let store = self.database.blocks()?;
        let start = store.block_of(first)?.map_or(first, |it| it.first);
        Ok(store.blocks(start))
    }
}

impl Iterator for Scan<'_> {
    type Item = io::Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let next = match &mut self.at {
                Place::Sled(blocks, first, before) => match blocks.next() {
                    Some(Ok(block)) if block.first < *before => {
                        // What was read in parts until here, sled has in one.
                        match block::since(block, *first) {
                            Some(block) => return Some(Ok(block)),
                            None => continue,
                        }
                    }
                    Some(Err(error)) => return Some(Err(error)),
                    _ => *before,
                },
                Place::Next(first) => *first,
            };
            match self.database.tail().find(next) {
                Found::Here(block, end) => {
                    self.at = Place::Next(end);
                    return Some(Ok(block));
                }
                Found::InSled(before) => match self.in_sled(next) {
                    Ok(blocks) => self.at = Place::Sled(blocks, next, before),
                    Err(error) => return Some(Err(error)),
                },
                Found::Nowhere => {
                    self.at = Place::Next(next);
                    return None;
                }
            }
        }
    }
}
