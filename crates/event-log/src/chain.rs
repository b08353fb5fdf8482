//! Checking a log from its first commit on: nothing missing, nothing changed, nothing moved.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use bytes::Bytes;
use domain::{Position, StreamId};
use foldhash::fast::FixedState;
use thiserror::Error;

use crate::{
    Commit, Hash, Head, Heads,
    frame::{self, FrameError},
};

/// Walks frames in order and says where the first bad one is.
#[derive(Debug, Default)]
pub struct Verifier {
    heads: Heads,
    events: u64,
}

/// The first place where a log is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("position {position} does not verify: {fault}")]
pub struct BadPosition {
    /// Which commit.
    pub position: Position,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a commit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// Its bytes are not a frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// Another position stands where it should be.
    #[error("commit {found} stands in its place")]
    Gap {
        /// Which.
        found: Position,
    },
    /// Nothing stands there, nor after it.
    #[error("it is missing")]
    Missing,
    /// It belongs to another stream's history.
    #[error("it belongs to {found}, not to {expected}")]
    Stream {
        /// Which.
        found: StreamId,
        /// Whose history was read.
        expected: StreamId,
    },
    /// Its hash does not follow from it and the one before.
    #[error("its hash {found} should be {expected}")]
    Hash {
        /// What it says.
        found: Hash,
        /// What it should be.
        expected: Hash,
    },
    /// Its stream stood elsewhere.
    #[error("it follows commit {found} of {stream}, whose last commit is {expected}")]
    Prev {
        /// Which stream.
        stream: StreamId,
        /// Where it says the stream stood.
        found: Position,
        /// Where it stood.
        expected: Position,
    },
    /// Its stream had another number of events.
    #[error("it begins with event {found} of {stream}, whose next event is {expected}")]
    Version {
        /// Which stream.
        stream: StreamId,
        /// What it says.
        found: u32,
        /// What it should be.
        expected: u32,
    },
    /// An earlier commit has its id.
    #[error("commit {earlier} has the same id")]
    Id {
        /// Which.
        earlier: Position,
    },
}

impl Verifier {
    /// One that takes what `heads` say on trust, and checks what follows.
    pub fn after(heads: Heads) -> Self {
        Self { heads, events: 0 }
    }

    /// Takes the next frame off the front of `bytes` and checks it against all before.
    pub fn take(&mut self, bytes: &mut Bytes) -> Result<Commit, BadPosition> {
        let mut links = Links::after(self.heads.last(), self.heads.hash());
        let commit = links.take(bytes)?;
        self.place(&commit)?;
        Ok(commit)
    }

    /// Checks the place that the next commit, which [`Links`] gave, has in its stream.
    pub fn place(&mut self, commit: &Commit) -> Result<(), BadPosition> {
        let position = self.heads.last().next();
        let bad = |fault: Fault| BadPosition { position, fault };
        check_position(commit, position).map_err(bad)?;
        check_stream(commit, self.heads.stream(commit.stream)).map_err(bad)?;
        if let Some(earlier) = self.heads.find(commit.commit_id) {
            return Err(bad(Fault::Id { earlier }));
        }
        self.heads.advance(commit);
        self.events += commit.events.len() as u64;
        Ok(())
    }

    /// The last commit that was taken.
    pub fn last(&self) -> Position {
        self.heads.last()
    }

    /// Its hash.
    pub fn hash(&self) -> Hash {
        self.heads.hash()
    }

    /// How many events were taken, of those that were not taken on trust.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Where every stream stands now.
    pub fn into_heads(self) -> Heads {
        self.heads
    }
}

/// The part of the checking that needs nothing but the commit before: whole frames, positions without
/// gaps, and the hash chain. It can be done ahead of the rest, in another thread.
#[derive(Debug)]
pub struct Links {
    last: Position,
    hash: Hash,
}

impl Default for Links {
    fn default() -> Self {
        Self { last: Position::START, hash: Hash::GENESIS }
    }
}

impl Links {
    /// Links that go on after the commit at `last` with `hash`.
    pub fn after(last: Position, hash: Hash) -> Self {
        Self { last, hash }
    }

    /// Takes the next frame off the front of `bytes` and checks that it follows.
    pub fn take(&mut self, bytes: &mut Bytes) -> Result<Commit, BadPosition> {
        let position = self.last.next();
        let bad = |fault: Fault| BadPosition { position, fault };
        let frame = frame::decode(bytes).map_err(|error| bad(error.into()))?;
        check_position(&frame.commit, position).map_err(bad)?;
        check_hash(&frame.commit, frame.hash_after(self.hash)).map_err(bad)?;
        *self = Self { last: position, hash: frame.commit.hash };
        Ok(frame.commit)
    }

    /// The last commit that was taken.
    pub fn last(&self) -> Position {
        self.last
    }
}

/// Checks commits that an open log gives, one after the other, as [`Verifier`] checks frames; but
/// for their ids, which the log itself can be asked about. So it keeps where each stream stands, and
/// nothing for each commit.
#[derive(Debug)]
pub struct Walk {
    last: Position,
    hash: Hash,
    streams: HashMap<StreamId, Head, FixedState>,
}

impl Default for Walk {
    fn default() -> Self {
        Self { last: Position::START, hash: Hash::GENESIS, streams: HashMap::default() }
    }
}

impl Walk {
    /// Takes the next commit, and checks it against all before.
    pub fn take(&mut self, commit: &Commit) -> Result<(), BadPosition> {
        let position = self.last.next();
        let bad = |fault: Fault| BadPosition { position, fault };
        check_position(commit, position).map_err(bad)?;
        check_hash(commit, frame::hash_after(self.hash, commit)).map_err(bad)?;
        check_stream(commit, self.streams.get(&commit.stream).copied()).map_err(bad)?;
        self.streams.insert(commit.stream, commit.head());
        (self.last, self.hash) = (position, commit.hash);
        Ok(())
    }

    /// The last commit that was taken.
    pub fn last(&self) -> Position {
        self.last
    }
}

fn check_position(commit: &Commit, expected: Position) -> Result<(), Fault> {
    match commit.position {
        found if found == expected => Ok(()),
        found => Err(Fault::Gap { found }),
    }
}

fn check_hash(commit: &Commit, expected: Hash) -> Result<(), Fault> {
    match commit.hash {
        found if found == expected => Ok(()),
        found => Err(Fault::Hash { found, expected }),
    }
}

/// The commit is the next of its stream, which stood at `head`.
fn check_stream(commit: &Commit, head: Option<Head>) -> Result<(), Fault> {
    let stream = commit.stream;
    let expected = head.map_or(Position::START, |head| head.position);
    if commit.prev != expected {
        return Err(Fault::Prev { stream, found: commit.prev, expected });
    }
    let expected = head.map_or(0, |head| head.version) + 1;
    if commit.first_version != expected {
        return Err(Fault::Version { stream, found: commit.first_version, expected });
    }
    Ok(())
}
