//! The blocks of a log from one on: sled's first, then those that sled has not been given yet.

use std::io;

use domain::Position;

use crate::{database::Database, store::Block, tail::Found};

/// Blocks in order, while others are written, and while sled is given what it lacks.
pub(crate) struct Scan<'a> {
    database: &'a Database,
    at: Place<'a>,
}

enum Place<'a> {
    /// Among sled's blocks, of which those count that begin before the position: the others may be
    /// about to be given.
    Sled(Box<dyn Iterator<Item = io::Result<Block>> + 'a>, Position),
    /// Where the next one begins, which sled may have by then or not.
    Next(Position),
}

impl<'a> Scan<'a> {
    /// The blocks from the one that begins at `first` on.
    pub(super) fn from(first: Position, database: &'a Database) -> Self {
        Self { database, at: Place::Next(first) }
    }
}

impl Iterator for Scan<'_> {
    type Item = io::Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let next = match &mut self.at {
                Place::Sled(blocks, before) => match blocks.next() {
                    Some(Ok(block)) if block.first < *before => return Some(Ok(block)),
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
                Found::InSled(before) => match self.database.blocks() {
                    Ok(store) => self.at = Place::Sled(store.blocks(next), before),
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
