//! Reading, up to the durable head.

use std::sync::Arc;

use bytes::Bytes;
use domain::Position;
use event_log::{Commit, LogError, chain::BadPosition, frame};
use tokio::sync::watch;

use crate::{block, database::Database};

/// Reads blocks and takes them apart. Cheap to clone, so that it can go where blocking is allowed.
#[derive(Clone)]
pub(crate) struct Reader {
    database: Arc<Database>,
    head: watch::Sender<Position>,
}

impl Reader {
    pub(crate) fn new(database: Arc<Database>, last: Position) -> Self {
        Self { database, head: watch::Sender::new(last) }
    }

    /// What the writer publishes the durable head through.
    pub(crate) fn head_sender(&self) -> watch::Sender<Position> {
        self.head.clone()
    }

    pub(crate) fn head(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }

    /// sled blocks, so `read` runs where blocking is allowed.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Self) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let reader = self.clone();
        let read = tokio::task::spawn_blocking(move || read(&reader)).await;
        read.map_err(|error| LogError::new("waiting for a read", error))?
    }

    pub(crate) fn page(&self, after: Position, limit: usize) -> Result<Vec<Commit>, LogError> {
        let durable = *self.head.borrow();
        let mut commits = Vec::new();
        if after >= durable || limit == 0 {
            return Ok(commits);
        }
        let db = &self.database.sled().map_err(reading)?.db;
        let wanted = block::key(after.next());
        // The block that the first commit stands in begins at or before it.
        let first = db.range(..=wanted).next_back().transpose().map_err(reading)?;
        let start = first.map_or(sled::IVec::from(&wanted), |(key, _)| key);
        for entry in db.range(start..) {
            let mut frames = frames(entry.map_err(reading)?)?;
            while !frames.is_empty() {
                let commit = next(&mut frames)?;
                if commit.position > durable || commits.len() == limit {
                    return Ok(commits);
                }
                if commit.position > after {
                    commits.push(commit);
                }
            }
        }
        Ok(commits)
    }

    pub(crate) fn commit(&self, position: Position) -> Result<Option<Commit>, LogError> {
        if position > *self.head.borrow() {
            return Ok(None);
        }
        commit_at(&self.database, position)
    }

    /// The history that ends at `head`, oldest first, by walking back.
    pub(crate) fn history(&self, head: Position) -> Result<Vec<Commit>, LogError> {
        let mut history: Vec<Commit> = Vec::new();
        let mut at = head;
        while at != Position::START {
            let missing = || LogError::new("reading a history", "a commit in it is missing");
            let commit = commit_at(&self.database, at)?.ok_or_else(missing)?;
            at = commit.prev;
            history.push(commit);
        }
        history.reverse();
        Ok(history)
    }
}

/// The commit at `position`, durable or not.
pub(crate) fn commit_at(
    database: &Database,
    position: Position,
) -> Result<Option<Commit>, LogError> {
    let db = &database.sled().map_err(reading)?.db;
    let block = db.range(..=block::key(position)).next_back().transpose().map_err(reading)?;
    let Some(block) = block else { return Ok(None) };
    let mut frames = frames(block)?;
    while !frames.is_empty() {
        let commit = next(&mut frames)?;
        if commit.position == position {
            return Ok(Some(commit));
        }
    }
    Ok(None)
}

fn frames((key, value): (sled::IVec, sled::IVec)) -> Result<Bytes, LogError> {
    let unknown = || {
        let position = block::position(&key).unwrap_or_default();
        LogError::new("reading", format!("the block at {position} has an unknown layout"))
    };
    block::frames(&value).ok_or_else(unknown)
}

/// Checks the frame's checksum; the chain was checked when the log was opened.
fn next(frames: &mut Bytes) -> Result<Commit, LogError> {
    frame::decode(frames).map(|frame| frame.commit).map_err(reading)
}

fn reading(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> LogError {
    LogError::new("reading", error)
}

/// A block that does not begin where it should.
pub(crate) fn misplaced(expected: Position, found: Position) -> BadPosition {
    use event_log::chain::Fault;
    BadPosition { position: expected, fault: Fault::Gap { found } }
}
