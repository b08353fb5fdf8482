//! A log that forgets when the process ends. For tests, benches and trying things out.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::{CommitId, Position, StreamId};
use tokio::sync::watch;

use crate::{
    Admission, Append, AppendError, Appended, BoxFuture, Commit, EventLog, Head, Heads, LogError,
    frame,
};

/// Commits in a vector; the commit at index `i` stands at position `i + 1`.
#[derive(Debug)]
pub struct MemoryLog {
    kept: Mutex<Kept>,
    head: watch::Sender<Position>,
}

#[derive(Debug, Default)]
struct Kept {
    heads: Heads,
    commits: Vec<Commit>,
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self { kept: Mutex::default(), head: watch::Sender::new(Position::START) }
    }
}

impl MemoryLog {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        match self.heads.admit(append)? {
            Admission::Known(known) => match self.at(known.position) {
                Some(commit) => known.answer(commit),
                None => Err(AppendError::IdReused { position: known.position }),
            },
            Admission::Write(mut commit) => {
                commit.hash = frame::encode(&commit, self.heads.hash(), &mut Vec::new());
                self.heads.advance(&commit);
                let appended = Appended {
                    position: commit.position,
                    first_version: commit.first_version,
                    events: u32::try_from(commit.events.len()).unwrap_or(u32::MAX),
                    duplicate: false,
                };
                self.commits.push(*commit);
                Ok(appended)
            }
        }
    }

    fn at(&self, position: Position) -> Option<&Commit> {
        let index = usize::try_from(position.get().checked_sub(1)?).ok()?;
        self.commits.get(index)
    }
}

#[async_trait]
impl EventLog for MemoryLog {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        // The head moves before the lock is given back, so that nobody reads beyond it.
        let mut kept = self.kept();
        let appended = kept.append(append);
        let last = kept.heads.last();
        self.head.send_if_modified(|head| {
            let moved = *head != last;
            *head = last;
            moved
        });
        drop(kept);
        Box::pin(std::future::ready(appended))
    }

    async fn page(&self, after: Position, commits_max: usize) -> Result<Vec<Commit>, LogError> {
        let skipped = usize::try_from(after.get()).unwrap_or(usize::MAX);
        Ok(self.kept().commits.iter().skip(skipped).take(commits_max).cloned().collect())
    }

    async fn commit(&self, position: Position) -> Result<Option<Commit>, LogError> {
        Ok(self.kept().at(position).cloned())
    }

    async fn history(&self, stream: StreamId) -> Result<Vec<Commit>, LogError> {
        let kept = self.kept();
        let mut history = Vec::new();
        let mut at = kept.heads.stream(stream).map(|head| head.position);
        while let Some(commit) = at.and_then(|position| kept.at(position)) {
            at = Some(commit.prev);
            history.push(commit.clone());
        }
        history.reverse();
        Ok(history)
    }

    async fn stream_head(&self, stream: StreamId) -> Result<Option<Head>, LogError> {
        Ok(self.kept().heads.stream(stream))
    }

    async fn find(&self, commit_id: CommitId) -> Result<Option<Position>, LogError> {
        Ok(self.kept().heads.find(commit_id))
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryLog;
    use crate::contract;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn keeps_the_contract() {
        contract::check(MemoryLog::default).await;
    }
}
