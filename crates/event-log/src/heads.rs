//! Where every stream stands, and which commit ids are taken: what a writer checks against.
//!
//! Shared by the logs in memory and on disk, so that both admit and refuse alike.

mod saved;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use bytes::Bytes;
use domain::{CommitId, Position, StreamId};
use foldhash::fast::FixedState;

use crate::{Append, AppendError, Commit, Expected, Hash, Head};

pub use self::saved::SavedHeadsError;
use self::saved::{SavedHeads, Writing, head_bytes, stream_key};

/// Where every stream stands. Rebuilt from the log, or begun from what was saved of them, and kept
/// in memory.
#[derive(Debug)]
pub struct Heads {
    last: Position,
    hash: Hash,
    /// What these began from. The maps hold what has come since.
    saved: Option<Box<SavedHeads>>,
    streams: HashMap<StreamId, Head, FixedState>,
    ids: HashMap<CommitId, Position, FixedState>,
}

impl Default for Heads {
    fn default() -> Self {
        Self {
            last: Position::START,
            hash: Hash::GENESIS,
            saved: None,
            streams: HashMap::default(),
            ids: HashMap::default(),
        }
    }
}

/// The most commits that room is made for at once: what says how many there will be may be wrong.
const EXPECTED_MAX: u64 = 1 << 23;

/// What is to be done with an append that is well-formed and expected right.
#[derive(Debug)]
pub enum Admission {
    /// Write this commit. Its hash is not set yet.
    Write(Box<Commit>),
    /// Nothing: its id stands at this position already. Whoever has that commit at hand compares
    /// it with [`Known::answer`].
    Known(Known),
}

/// An append whose id the log has already.
#[derive(Debug)]
pub struct Known {
    /// Where.
    pub position: Position,
    stream: StreamId,
    fingerprint: [u8; 32],
}

impl Known {
    /// The answer to a retry, or the refusal of another use of the same id.
    pub fn answer(&self, commit: &Commit) -> Result<crate::Appended, AppendError> {
        if (commit.stream, commit.fingerprint) != (self.stream, self.fingerprint) {
            return Err(AppendError::IdReused { position: self.position });
        }
        Ok(crate::Appended {
            position: commit.position,
            first_version: commit.first_version,
            events: u32::try_from(commit.events.len()).unwrap_or(u32::MAX),
            duplicate: true,
        })
    }
}

impl Heads {
    /// With room for about so many commits, so that a long log is read without hashing its ids over
    /// and over.
    pub fn expecting(commits: u64) -> Self {
        let commits = usize::try_from(commits.min(EXPECTED_MAX)).unwrap_or(0);
        let mut heads = Self::default();
        heads.ids.reserve(commits);
        heads.streams.reserve(commits / 8);
        heads
    }

    /// Goes on from heads that [`Heads::save`] wrote. Whether they are this log's is for the caller
    /// to know: the hash of its commit at [`Heads::last`] must be [`Heads::hash`].
    pub fn restore(bytes: Bytes) -> Result<Self, SavedHeadsError> {
        let saved = SavedHeads::read(bytes)?;
        Ok(Self {
            last: saved.last,
            hash: saved.hash,
            saved: Some(Box::new(saved)),
            ..Self::default()
        })
    }

    /// Whether nothing has come since these were restored.
    pub fn are_saved(&self) -> bool {
        self.saved.as_ref().is_some_and(|it| it.last == self.last)
    }

    /// Hands their bytes to `each`, part by part. The same for the same log.
    pub fn save(&self, each: &mut dyn FnMut(&[u8])) {
        let streams = self.streams.iter().map(|(id, head)| (stream_key(*id), head_bytes(*head)));
        let ids = self.ids.iter().map(|(id, at)| (id.0.to_be_bytes(), at.get().to_be_bytes()));
        let mut writing = Writing {
            last: self.last,
            hash: self.hash,
            saved: self.saved.as_deref(),
            streams: streams.collect(),
            ids: ids.collect(),
        };
        writing.streams.sort_unstable();
        writing.ids.sort_unstable();
        writing.write(each);
    }

    /// Where the log stands.
    pub fn last(&self) -> Position {
        self.last
    }

    /// The hash of its last commit.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Where `stream` stands.
    pub fn stream(&self, stream: StreamId) -> Option<Head> {
        let saved = || self.saved.as_ref()?.stream(stream);
        self.streams.get(&stream).copied().or_else(saved)
    }

    /// Where the commit with this id stands.
    pub fn find(&self, commit_id: CommitId) -> Option<Position> {
        let saved = || self.saved.as_ref()?.find(commit_id);
        self.ids.get(&commit_id).copied().or_else(saved)
    }

    /// Whether `append` may be written, and as what. Changes nothing.
    pub fn admit(&self, append: Append) -> Result<Admission, AppendError> {
        check_size(&append)?;
        let Append { stream, commit_id, fingerprint, .. } = append;
        if let Some(position) = self.find(commit_id) {
            return Ok(Admission::Known(Known { position, stream, fingerprint }));
        }
        let head = self.stream(stream);
        let position = head.map(|head| head.position);
        let as_expected = match append.expected {
            Expected::NoStream => head.is_none(),
            Expected::Head(expected) => position == Some(expected),
            Expected::Commit(id) => position.is_some() && position == self.find(id),
        };
        if !as_expected {
            return Err(AppendError::Conflict { head });
        }
        Ok(Admission::Write(Box::new(Commit {
            position: self.last.next(),
            stream,
            first_version: head.map_or(0, |head| head.version) + 1,
            prev: head.map_or(Position::START, |head| head.position),
            commit_id,
            fingerprint,
            occurred_at: domain::time::whole_ms(append.occurred_at),
            recorded_at: domain::time::whole_ms(append.recorded_at),
            actor: append.actor,
            correlation: append.correlation,
            events: append.events,
            hash: Hash::GENESIS,
        })))
    }

    /// Takes note of `commit`, the next in the log, whose hash is set.
    pub fn advance(&mut self, commit: &Commit) {
        self.last = commit.position;
        self.hash = commit.hash;
        self.streams.insert(commit.stream, commit.head());
        self.ids.insert(commit.commit_id, commit.position);
    }
}

fn check_size(append: &Append) -> Result<(), AppendError> {
    if append.events.is_empty() {
        return Err(AppendError::Empty);
    }
    let payload = append.events.iter().map(|it| it.clear.len() + it.sealed.len()).sum();
    for (what, size, size_max) in [
        ("the number of events", append.events.len(), Append::EVENTS_MAX),
        ("the payload in bytes", payload, Append::PAYLOAD_BYTES_MAX),
        ("the correlation id in bytes", append.correlation.len(), Append::CORRELATION_BYTES_MAX),
    ] {
        if size > size_max {
            return Err(AppendError::TooLarge { what, size, size_max });
        }
    }
    Ok(())
}
