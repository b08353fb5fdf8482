//! What goes into a log, and what it has made of it.

use std::fmt;

use bytes::Bytes;
use domain::{Actor, CommitId, Position, StreamId};
use jiff::Timestamp;

/// One event, as bytes: what it means is for others to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Which type of event.
    pub type_id: u16,
    /// Which version of its shape.
    pub schema_version: u16,
    /// What anyone who has the log may read.
    pub clear: Bytes,
    /// What only the holder of a key may; empty if there is nothing to seal.
    pub sealed: Bytes,
}

/// What the writer believes of the stream. There is no "any".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Nobody has started it.
    NoStream,
    /// Its last commit stands here.
    Head(Position),
    /// Its last commit is this one, given before by the same producer and perhaps still on its way.
    Commit(CommitId),
}

/// One commit on its way into the log. Times are kept to the millisecond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// Whose story.
    pub stream: StreamId,
    /// What the writer believes of it.
    pub expected: Expected,
    /// Which request this answers.
    pub commit_id: CommitId,
    /// The caller's fingerprint of the request: tells a retry from another use of the same id.
    pub fingerprint: [u8; 32],
    /// When it took place.
    pub occurred_at: Timestamp,
    /// When the log learned of it.
    pub recorded_at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// Names the request for people; at most [`Append::CORRELATION_BYTES_MAX`].
    pub correlation: String,
    /// What happened: 1 to [`Append::EVENTS_MAX`].
    pub events: Vec<EventRecord>,
}

impl Append {
    /// The most events of one commit.
    pub const EVENTS_MAX: usize = 1_000;
    /// The longest correlation id.
    pub const CORRELATION_BYTES_MAX: usize = 128;
    /// The largest commit, all its payloads together.
    pub const PAYLOAD_BYTES_MAX: usize = 512 * 1024;
}

/// A commit as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its number.
    pub position: Position,
    /// Whose story.
    pub stream: StreamId,
    /// The version of its first event.
    pub first_version: u32,
    /// Where the stream's commit before it stands; 0 for none.
    pub prev: Position,
    /// Which request it answers.
    pub commit_id: CommitId,
    /// The caller's fingerprint of that request.
    pub fingerprint: [u8; 32],
    /// When it took place.
    pub occurred_at: Timestamp,
    /// When the log learned of it.
    pub recorded_at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// Names the request for people.
    pub correlation: String,
    /// What happened.
    pub events: Vec<EventRecord>,
    /// Covers all of the above and every commit before.
    pub hash: Hash,
}

impl Commit {
    /// The version of its last event.
    pub fn last_version(&self) -> u32 {
        self.first_version + u32::try_from(self.events.len()).unwrap_or(u32::MAX) - 1
    }

    /// Where its stream stands after it.
    pub fn head(&self) -> Head {
        Head { position: self.position, version: self.last_version() }
    }
}

/// Where a commit landed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Its number.
    pub position: Position,
    /// The version of its first event.
    pub first_version: u32,
    /// How many events it holds.
    pub events: u32,
    /// Whether it stood there already, from an earlier append with the same id.
    pub duplicate: bool,
}

/// Where a stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its last commit.
    pub position: Position,
    /// Its last event.
    pub version: u32,
}

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What the first commit's hash is chained to.
    pub const GENESIS: Self = Self([0; 32]);
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
