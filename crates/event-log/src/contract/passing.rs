//! A log with something in its way, for tests of what others make of it.

use std::ops::Deref;

use async_trait::async_trait;
use domain::{CommitId, Position, StreamId};
use tokio::sync::watch;

use crate::{Append, AppendError, Appended, BoxFuture, Commit, EventLog, Head, LogError};

/// What stands in the way of a log.
pub trait Passing: Send + Sync {
    /// The log.
    fn log(&self) -> &dyn EventLog;

    /// Sees each append before the log does, and may refuse it.
    fn appending(&self, _append: &Append) -> Result<(), AppendError> {
        Ok(())
    }

    /// Sees each page before the reader does, and may change it.
    fn reading(&self, _page: &mut Vec<Commit>) {}
}

/// The log behind what stands in its way. Everything else passes as it is.
#[derive(Debug, Default)]
pub struct Through<T>(
    /// What stands in the way.
    pub T,
);

impl<T> Deref for Through<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

#[async_trait]
impl<T: Passing> EventLog for Through<T> {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        match self.0.appending(&append) {
            Ok(()) => self.0.log().append(append),
            Err(refused) => Box::pin(async { Err(refused) }),
        }
    }

    async fn page(&self, after: Position, commits_max: usize) -> Result<Vec<Commit>, LogError> {
        let mut page = self.0.log().page(after, commits_max).await?;
        self.0.reading(&mut page);
        Ok(page)
    }

    async fn commit(&self, position: Position) -> Result<Option<Commit>, LogError> {
        self.0.log().commit(position).await
    }

    async fn history(&self, stream: StreamId) -> Result<Vec<Commit>, LogError> {
        self.0.log().history(stream).await
    }

    async fn stream_head(&self, stream: StreamId) -> Result<Option<Head>, LogError> {
        self.0.log().stream_head(stream).await
    }

    async fn find(&self, commit_id: CommitId) -> Result<Option<Position>, LogError> {
        self.0.log().find(commit_id).await
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.0.log().head()
    }

    fn check(&self) -> Result<(), LogError> {
        self.0.log().check()
    }
}
