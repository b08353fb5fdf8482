//! The event log on disk, in sled.
//!
//! ```text
//! folder/
//!   format     what the folder is, and in which layout
//!   lock       held while a process has the log open
//!   witness    how far the log had come, kept outside sled            (witness)
//!   heads      where every stream stood at the last proper close          (heads_file)
//!   journal.0  what was acknowledged last, in turns with journal.1    (journal)
//!   clean      there only after a proper close; what sled's files were then     (closing)
//!   opening    there while an opening after a crash has not come to its end
//!   sled/      position of a block's first commit -> the block        (block)
//!   before-open/   a copy of `sled/` as it was before the last opening after a crash
//! ```
//!
//! One thread owns writing. It takes the appends that wait, checks each against the heads in
//! memory, writes them as one record of the journal, syncs that, and answers them all. What sled
//! has not been given yet is kept in memory for readers (tail); sled is given it in large steps,
//! each of its values written once (docs/decisions/0023-sled-in-large-steps.md). sled's own `flush`
//! does not reach the disk and sled does not notice damage
//! (docs/decisions/0003-sled-durability.md), so its file is synced by our own descriptor before the
//! journal's space is used again, what sled lacks is given to it from the journal at the next
//! opening, and whatever is read is checked by frame checksums, the hash chain and the witness.

mod at_hand;
mod block;
mod closing;
mod database;
mod disk;
mod folder;
mod heads_file;
mod journal;
mod ledger;
mod open_error;
mod reader;
mod redo;
mod remains;
mod scan;
mod store;
mod tail;
mod verify;
mod witness;
mod writer;

#[cfg(test)]
mod tests;

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use domain::{CommitId, Position, StreamId};
use event_log::{
    Append, AppendError, Appended, BoxFuture, Commit, EventLog, Head, Heads, LogError,
    chain::Verifier,
};
use tokio::sync::watch;

use self::{
    database::Database,
    ledger::{Beside, Ledger},
    reader::Reader,
    writer::Writer,
};
pub use self::{
    open_error::OpenError,
    redo::Redone,
    remains::{Account, Lost, Remains},
    verify::{Verified, verify, verify_with},
};

/// A log in one folder, opened by one process at a time.
///
/// Dropping it closes it: what waits is written, and the folder is marked as closed properly.
pub struct SledLog {
    // The order of fields is the order of dropping: the writer ends before the database closes.
    writer: Writer,
    reader: Reader,
    trusted: Position,
}

impl SledLog {
    /// Opens the log in `folder`, creating it if there is none, and verifies every commit.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        Self::open_with(folder, |_| ())
    }

    /// As [`SledLog::open`], and hands every verified commit to `each`, in order: one pass is
    /// enough to check the log and to build what follows from it.
    pub fn open_with(folder: &Path, each: impl FnMut(&Commit)) -> Result<Self, OpenError> {
        Self::verified(Database::open(folder)?, each)
    }

    /// As [`SledLog::open`], but what was verified before the last proper close is not read again.
    ///
    /// What is checked: that sled's files are byte for byte what they were when the log was
    /// closed; that what was saved then of streams and commit ids is whole; that the log and the
    /// witness have the commit that it was saved at; and every commit after that. What is not: the
    /// frames, hashes and chains of the commits up to there. Each is checked when it is read, and
    /// [`SledLog::trusted`] says how far there is something to verify in the background. After a crash, and
    /// whenever one of these does not hold, all is verified, as by [`SledLog::open`].
    pub fn open_quickly(folder: &Path) -> Result<Self, OpenError> {
        Self::open_quickly_with(folder, |_| ())
    }

    /// As [`SledLog::open_quickly`], and hands every commit that is verified to `each`, in order:
    /// those after [`SledLog::trusted`].
    pub fn open_quickly_with(folder: &Path, each: impl FnMut(&Commit)) -> Result<Self, OpenError> {
        let mut database = Database::open(folder)?;
        let saved = if database.was_closed() { heads_file::read(&database) } else { None };
        let Some(heads) = saved else { return Self::verified(database, each) };
        let trusted = heads.last();
        let (verifier, _) = verify::scan_after(&mut database, Verifier::after(heads), each)?;
        Self::over(parts(database, verifier, Beside::Thread)?, trusted)
    }

    /// The last commit that was taken on trust when the log was opened; the start if none was.
    pub fn trusted(&self) -> Position {
        self.trusted
    }

    fn verified(database: Database, each: impl FnMut(&Commit)) -> Result<Self, OpenError> {
        Self::over(open(database, Beside::Thread, each)?, Position::START)
    }

    fn over((ledger, heads, reader): Parts, trusted: Position) -> Result<Self, OpenError> {
        let writer = Writer::start(ledger, heads, reader.head_sender())?;
        Ok(Self { writer, reader, trusted })
    }

    /// What the opening mended from the journal.
    pub fn redone(&self) -> Redone {
        self.reader.database().redone()
    }
}

/// What writes, what it checks against, and what reads.
type Parts = (Ledger, Heads, Reader);

/// Verifies everything, and gives the parts.
fn open(
    mut database: Database,
    beside: Beside,
    each: impl FnMut(&Commit),
) -> Result<Parts, OpenError> {
    let (verifier, _) = verify::scan(&mut database, each)?;
    database.reopen()?;
    parts(database, verifier, beside)
}

/// The parts, over what was verified.
fn parts(database: Database, verifier: Verifier, beside: Beside) -> Result<Parts, OpenError> {
    let (last, database) = (verifier.last(), Arc::new(database));
    database.tail().begin(last.next());
    let reader = Reader::new(Arc::clone(&database), last);
    let ledger = Ledger::new(Arc::clone(&database), last, beside)
        .map_err(folder::failed("writing", database.disk().path()))?;
    Ok((ledger, verifier.into_heads(), reader))
}

#[async_trait]
impl EventLog for SledLog {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        self.writer.append(append)
    }

    async fn page(&self, after: Position, commits_max: usize) -> Result<Vec<Commit>, LogError> {
        self.reader.run(move |it| it.page(after, commits_max)).await
    }

    async fn commit(&self, position: Position) -> Result<Option<Commit>, LogError> {
        self.reader.run(move |it| it.commit(position)).await
    }

    async fn history(&self, stream: StreamId) -> Result<Vec<Commit>, LogError> {
        let Some(head) = self.stream_head(stream).await? else { return Ok(vec![]) };
        if let Some(history) = self.reader.history_at_hand(stream, head.position) {
            return history;
        }
        self.reader.run(move |it| it.history(stream, head.position)).await
    }

    async fn stream_head(&self, stream: StreamId) -> Result<Option<Head>, LogError> {
        let head = self.writer.with_heads(|heads| heads.stream(stream));
        if let Some(head) = head {
            self.writer.durable(head.position).await?;
        }
        Ok(head)
    }

    async fn find(&self, commit_id: CommitId) -> Result<Option<Position>, LogError> {
        let position = self.writer.with_heads(|heads| heads.find(commit_id));
        if let Some(position) = position {
            self.writer.durable(position).await?;
        }
        Ok(position)
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.reader.head()
    }

    fn check(&self) -> Result<(), LogError> {
        self.writer.check()?;
        self.reader.database().check_room().map_err(|it| LogError::new("writing", it))
    }
}
