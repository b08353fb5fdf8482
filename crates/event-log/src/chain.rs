//! Checking a log from its first commit on: nothing missing, nothing changed, nothing moved.

#[cfg(test)]
mod tests;

use bytes::Bytes;
use domain::{Position, StreamId};
use thiserror::Error;

use crate::{
    Commit, Hash, Heads,
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
        let position = self.heads.last().next();
        let bad = |fault: Fault| BadPosition { position, fault };
        let frame = frame::decode(bytes).map_err(|error| bad(error.into()))?;
        let commit = &frame.commit;
        if commit.position != position {
            return Err(bad(Fault::Gap { found: commit.position }));
        }
        let expected = frame.hash_after(self.heads.hash());
        if commit.hash != expected {
            return Err(bad(Fault::Hash { found: commit.hash, expected }));
        }
        let head = self.heads.stream(commit.stream);
        let expected = head.map_or(Position::START, |head| head.position);
        let stream = commit.stream;
        if commit.prev != expected {
            return Err(bad(Fault::Prev { stream, found: commit.prev, expected }));
        }
        let expected = head.map_or(0, |head| head.version) + 1;
        if commit.first_version != expected {
            let found = commit.first_version;
            return Err(bad(Fault::Version { stream, found, expected }));
        }
        if let Some(earlier) = self.heads.find(commit.commit_id) {
            return Err(bad(Fault::Id { earlier }));
        }
        self.heads.advance(commit);
        self.events += commit.events.len() as u64;
        Ok(frame.commit)
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
