//! An append-only log of what has happened, in one order for all streams.
//!
//! [`EventLog`] is the only door to storage. Whatever implements it must pass [`contract`], and
//! then nothing above this crate can tell which one it is talking to. Payloads are opaque here:
//! frames can be written, walked and verified without knowing any event.

pub mod bundle;
pub mod chain;
pub mod checkpoint;
mod commit;
pub mod contract;
pub mod frame;
mod heads;
mod memory;
pub mod merkle;

use std::{future::Future, pin::Pin};

use async_trait::async_trait;
use domain::{CommitId, Position, StreamId};
use thiserror::Error;
use tokio::sync::watch;

pub use self::{
    commit::{Append, Appended, Commit, EventRecord, Expected, Hash, Head},
    heads::{Admission, Heads, Known, SavedHeadsError},
    memory::MemoryLog,
};

/// A future that can be kept and sent to another thread.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where commits are kept.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Adds one commit to the end of the log, all of it or none of it.
    ///
    /// It takes its place in the order when this is called, not when the future is first polled:
    /// one producer may call many times without waiting, and its commits land in that order. They
    /// are durable when the future is ready.
    ///
    /// A commit id that the log has already, with the same stream and fingerprint, is answered
    /// with where it stands ([`Appended::duplicate`]), whatever was expected of the stream.
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>>;

    /// Up to `commits_max` commits after `after`, in log order, none beyond the durable head.
    async fn page(&self, after: Position, commits_max: usize) -> Result<Vec<Commit>, LogError>;

    /// The commit at `position`; none beyond the durable head.
    async fn commit(&self, position: Position) -> Result<Option<Commit>, LogError>;

    /// One stream's whole history, oldest first. Empty for a stream that nobody started.
    async fn history(&self, stream: StreamId) -> Result<Vec<Commit>, LogError>;

    /// Where one stream stands; none if nobody started it.
    async fn stream_head(&self, stream: StreamId) -> Result<Option<Head>, LogError>;

    /// Where the commit with this id stands, if there is one.
    async fn find(&self, commit_id: CommitId) -> Result<Option<Position>, LogError>;

    /// The last durable commit, to read and to watch.
    fn head(&self) -> watch::Receiver<Position>;

    /// Whether the log still takes appends. Writes nothing, and does not wait for the disk.
    fn check(&self) -> Result<(), LogError>;
}

/// Why nothing was appended.
#[derive(Debug, Error)]
pub enum AppendError {
    /// Someone else wrote first. Read the history again and decide again.
    #[error("the stream has changed since it was read")]
    Conflict {
        /// Where the stream stands.
        head: Option<Head>,
    },
    /// The commit id stands for another request.
    #[error("the commit id was used for another request, at position {position}")]
    IdReused {
        /// Where.
        position: Position,
    },
    /// A commit holds at least one event.
    #[error("a commit needs at least one event")]
    Empty,
    /// A commit, or a part of it, is larger than a log takes.
    #[error("{what} is {size}; at most {size_max} fit")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it is.
        size: usize,
        /// How large it may be.
        size_max: usize,
    },
    /// The log could not be read or written.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// The log could not be read or written. Callers cannot mend this, so they are not told which
/// store it was; operators are, through `source`.
#[derive(Debug, Error)]
#[error("the event log failed while {doing}: {source}")]
pub struct LogError {
    doing: &'static str,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl LogError {
    /// `doing` completes the sentence "the event log failed while …".
    pub fn new(
        doing: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { doing, source: source.into() }
    }
}
