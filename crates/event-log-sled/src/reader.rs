//! Reading, up to the durable head. sled may lose what it holds without a word, so what is handed
//! out is checked again: checksums, the hash chain within a page, and that nothing is left out.

use std::sync::Arc;

use bytes::{Buf as _, Bytes};
use domain::{Position, StreamId};
use event_log::{
    Commit, Hash, LogError,
    chain::{BadPosition, Fault},
    frame::{self, Frame},
};
use tokio::sync::watch;

use crate::{
    at_hand::AtHand,
    block::{self, Block},
    database::Database,
};

/// Reads blocks and takes them apart. Cheap to clone, so that it can go where blocking is allowed.
#[derive(Clone)]
pub(crate) struct Reader {
    database: Arc<Database>,
    head: watch::Sender<Position>,
    at_hand: Arc<AtHand>,
}

/// Why a history was not read.
enum NotRead {
    /// A block of it is not at hand.
    NotAtHand,
    Failed(LogError),
}

impl From<LogError> for NotRead {
    fn from(error: LogError) -> Self {
        Self::Failed(error)
    }
}

impl Reader {
    pub(crate) fn new(database: Arc<Database>, last: Position) -> Self {
        Self { database, head: watch::Sender::new(last), at_hand: Arc::default() }
    }

    /// What the writer publishes the durable head through.
    pub(crate) fn head_sender(&self) -> watch::Sender<Position> {
        self.head.clone()
    }

    /// What is read from.
    pub(crate) fn database(&self) -> &Database {
        &self.database
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
        let mut wanted = after.next();
        let start = self.database.block_of(wanted).map_err(reading)?;
        let start = start.map_or(wanted, |it| it.first);
        let left = usize::try_from(durable.get() - after.get()).unwrap_or(limit);
        commits.reserve_exact(limit.min(left));
        let mut before: Option<Hash> = None;
        for block in self.database.scan(start) {
            let mut frames = Frames::of(&block.map_err(reading)?)?;
            // The one before the page is read for its hash.
            frames.skip_to(after);
            while let Some(frame) = frames.take()? {
                let position = frame.commit.position;
                if position > durable || commits.len() == limit {
                    return Ok(commits);
                }
                if position > after && position != wanted {
                    return Err(bad(wanted, Fault::Gap { found: position }));
                }
                if let Some(before) = before {
                    check_hash(&frame, before)?;
                }
                before = Some(frame.commit.hash);
                if position > after {
                    wanted = position.next();
                    commits.push(frame.commit);
                }
            }
        }
        if commits.len() < limit && wanted <= durable {
            return Err(bad(wanted, Fault::Missing));
        }
        Ok(commits)
    }

    pub(crate) fn commit(&self, position: Position) -> Result<Option<Commit>, LogError> {
        if position == Position::START || position > *self.head.borrow() {
            return Ok(None);
        }
        self.look_up(position).map(Some)
    }

    /// The commit at `position` from what is at hand, or else from sled, and then at hand too.
    fn look_up(&self, position: Position) -> Result<Commit, LogError> {
        if let Some(commit) = self.take_up(position)? {
            return Ok(commit);
        }
        let block = self.database.block_of(position).map_err(reading)?;
        let commit = commit_in(block.as_ref(), position)?;
        if let Some(block) = block {
            self.at_hand.keep(block);
        }
        Ok(commit)
    }

    /// The commit at `position`, if its block is at hand, or sled has not been given it yet.
    fn take_up(&self, position: Position) -> Result<Option<Commit>, LogError> {
        if let Some(block) = self.database.tail().block_of(position) {
            return commit_in(Some(&block), position).map(Some);
        }
        let frame = self.at_hand.find(position, |it| block::frame(&it.value, position));
        frame.map(|frame| whole(frame, position)).transpose()
    }

    /// The history of `stream` that ends at `head`, oldest first, by walking back.
    pub(crate) fn history(
        &self,
        stream: StreamId,
        head: Position,
    ) -> Result<Vec<Commit>, LogError> {
        walk_back(stream, head, |position| self.look_up(position))
    }

    /// The same without going to sled, and so without waiting for it; none if that does not do.
    pub(crate) fn history_at_hand(
        &self,
        stream: StreamId,
        head: Position,
    ) -> Option<Result<Vec<Commit>, LogError>> {
        let take_up = |position| self.take_up(position)?.ok_or(NotRead::NotAtHand);
        match walk_back(stream, head, take_up) {
            Ok(history) => Some(Ok(history)),
            Err(NotRead::NotAtHand) => None,
            Err(NotRead::Failed(error)) => Some(Err(error)),
        }
    }
}

fn walk_back<E: From<LogError>>(
    stream: StreamId,
    head: Position,
    commit_at: impl Fn(Position) -> Result<Commit, E>,
) -> Result<Vec<Commit>, E> {
    let mut history: Vec<Commit> = Vec::new();
    let mut at = head;
    while at != Position::START {
        let commit = commit_at(at)?;
        if commit.stream != stream || commit.prev >= at {
            return Err(bad(at, Fault::Stream { found: commit.stream, expected: stream }).into());
        }
        at = commit.prev;
        history.push(commit);
    }
    history.reverse();
    Ok(history)
}

/// The commit at `position`, which was written; durable or not.
pub(crate) fn commit_at(database: &Database, position: Position) -> Result<Commit, LogError> {
    commit_in(database.block_of(position).map_err(reading)?.as_ref(), position)
}

/// The commit at `position`, from the block that it should stand in. Of the other frames in the
/// block only the lengths are looked at, unless it is not found so.
fn commit_in(block: Option<&Block>, position: Position) -> Result<Commit, LogError> {
    let Some(block) = block else { return Err(bad(position, Fault::Missing)) };
    if let Some(frame) = block::frame(&block.value, position) {
        return whole(frame, position);
    }
    let mut frames = Frames::of(block)?;
    while let Some(Frame { commit, .. }) = frames.take()? {
        if commit.position == position {
            return Ok(commit);
        }
    }
    Err(bad(position, Fault::Missing))
}

/// The commit of the frame at `position`, its checksum right.
pub(crate) fn whole(mut frame: Bytes, position: Position) -> Result<Commit, LogError> {
    let decoded = frame::decode(&mut frame).map_err(|error| bad(position, error.into()))?;
    Ok(decoded.commit)
}

/// The frames of one block, their checksums right.
struct Frames {
    bytes: Bytes,
    next: Position,
}

impl Frames {
    fn of(block: &Block) -> Result<Self, LogError> {
        let bytes = block::frames(&block.value).map_err(|it| bad(block.first, it.into()))?;
        Ok(Self { bytes, next: block.first })
    }

    /// Passes over those before `position`, as far as they are where their lengths say.
    fn skip_to(&mut self, position: Position) {
        while let Some((found, length)) = frame::claims(&self.bytes)
            && found == self.next
            && found < position
            && length <= self.bytes.len()
        {
            self.bytes.advance(length);
            self.next = found.next();
        }
    }

    /// The next one. Not handed through an iterator, which would move each a few times more.
    #[inline]
    fn take(&mut self) -> Result<Option<Frame>, LogError> {
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let position = self.next;
        self.next = position.next();
        match frame::decode(&mut self.bytes) {
            Ok(frame) => Ok(Some(frame)),
            Err(error) => Err(bad(position, error.into())),
        }
    }
}

fn check_hash(frame: &Frame, before: Hash) -> Result<(), LogError> {
    let (found, expected) = (frame.commit.hash, frame.hash_after(before));
    if found == expected {
        return Ok(());
    }
    Err(bad(frame.commit.position, Fault::Hash { found, expected }))
}

fn bad(position: Position, fault: Fault) -> LogError {
    reading(BadPosition { position, fault })
}

fn reading(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> LogError {
    LogError::new("reading", error)
}
