//! A log on which someone else always writes first, a given number of times.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use domain::{CommitId, Position, StreamId};
use event_log::{
    Append, AppendError, Appended, BoxFuture, Commit, EventLog, Head, LogError, MemoryLog,
};
use tokio::sync::watch;

#[derive(Default)]
pub(super) struct Contested {
    log: MemoryLog,
    losses_left: AtomicU32,
}

impl Contested {
    /// The next `appends` meet someone who wrote first.
    pub(super) fn lose_next(&self, appends: u32) {
        self.losses_left.store(appends, Ordering::Relaxed);
    }
}

#[async_trait]
impl EventLog for Contested {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        let lose = |left: u32| left.checked_sub(1);
        match self.losses_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, lose) {
            Ok(_) => Box::pin(async { Err(AppendError::Conflict { head: None }) }),
            Err(_) => self.log.append(append),
        }
    }

    async fn page(&self, after: Position, commits_max: usize) -> Result<Vec<Commit>, LogError> {
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
