//! A log that counts how often it is read, and that can be told to fail.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use domain::{CommitId, Position, StreamId};
use event_log::{
    Append, AppendError, Appended, BoxFuture, Commit, EventLog, Head, LogError, MemoryLog,
};
use tokio::sync::watch;

#[derive(Default)]
pub(crate) struct Watched {
    log: MemoryLog,
    pages: AtomicU32,
    fails: AtomicBool,
}

impl Watched {
    /// How many pages were read from it.
    pub(crate) fn pages(&self) -> u32 {
        self.pages.load(Ordering::Relaxed)
    }

    /// Takes no appends from now on.
    pub(crate) fn fail(&self) {
        self.fails.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl EventLog for Watched {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        if self.fails.load(Ordering::Relaxed) {
            let error = LogError::new("writing", "the disk is full");
            return Box::pin(async { Err(error.into()) });
        }
        self.log.append(append)
    }

    async fn page(&self, after: Position, commits_max: usize) -> Result<Vec<Commit>, LogError> {
        self.pages.fetch_add(1, Ordering::Relaxed);
        self.log.page(after, commits_max).await
    }

    async fn commit(&self, position: Position) -> Result<Option<Commit>, LogError> {
        self.log.commit(position).await
    }

    async fn history(&self, stream: StreamId) -> Result<Vec<Commit>, LogError> {
        self.log.history(stream).await
    }

    async fn stream_head(&self, stream: StreamId) -> Result<Option<Head>, LogError> {
        self.log.stream_head(stream).await
    }

    async fn find(&self, commit_id: CommitId) -> Result<Option<Position>, LogError> {
        self.log.find(commit_id).await
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.log.head()
    }

    fn check(&self) -> Result<(), LogError> {
        self.log.check()
    }
}
