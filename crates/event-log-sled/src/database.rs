//! The parts of a log on disk, opened so that nothing is lost without a word.

use std::{
    io,
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::Position;
use event_log::{Hash, frame::checksum};

use crate::{
    OpenError,
    block::{self, Block},
    disk::{Blocks, Disk},
    folder::{Folder, failed},
    journal::{self, Found, Journal},
    redo::{Merged, Missing, Redone},
    scan::Scan,
    tail::Tail,
    witness::{self, Testimony, Witness},
};

/// So much must be free before anything more is taken in: the journal's two files, twice as much
/// in sled for what they hold, and what sled writes of its own accord.
pub(crate) const ROOM_BYTES_MIN: u64 = 8 * journal::FILE_BYTES as u64;

/// An open database in a locked folder. Dropping it closes it.
pub(crate) struct Database {
    blocks: Option<Box<dyn Blocks>>,
    journal: Mutex<Option<Journal>>,
    tail: Tail,
    /// What the journal held at the opening, until sled has it.
    found: Found,
    redone: Redone,
    witness: Mutex<Witness>,
    testimony: Testimony,
    was_closed: bool,
    is_complete: AtomicBool,
    // Unlocked last.
    disk: Box<dyn Disk>,
}

impl Database {
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let folder = Folder::open(path)?;
        let was_closed = folder.prepare()?;
        let mut database = Self::on(Box::new(folder), journal::FILE_BYTES)?;
        database.was_closed = was_closed;
        Ok(database)
    }

    /// Opens what is on `disk`, with journal files of so many bytes.
    pub(crate) fn on(disk: Box<dyn Disk>, journal_bytes: usize) -> Result<Self, OpenError> {
        let exists = disk.exists();
        let open = |name: &'static str| {
            disk.file(name).map_err(failed("opening", &disk.path().join(name)))
        };
        let path = disk.path().join(witness::FILE);
        let (mut witness, testimony) =
            Witness::open(open(witness::FILE)?, exists).map_err(failed("reading", &path))?;
        let testimony = match testimony {
            Some(testimony) => testimony,
            None if exists => {
                let source = io::Error::new(io::ErrorKind::NotFound, "it is missing");
                return Err(failed("reading", &path)(source));
            }
            None => {
                let start = Testimony { position: Position::START, hash: Hash::GENESIS };
                let written = witness.testify(start).and_then(|()| witness.sync());
                written.map_err(failed("writing", &path))?;
                start
            }
        };
        let media = [open(journal::FILES[0])?, open(journal::FILES[1])?];
        let opened = Journal::open(media, journal_bytes);
        let (journal, found) = opened.map_err(failed("reading the journal in", disk.path()))?;
        let blocks = disk.blocks()?;
        disk.sync()?;
        Ok(Self {
            blocks: Some(blocks),
            journal: Mutex::new(Some(journal)),
            tail: Tail::default(),
            found,
            redone: Redone::default(),
            witness: Mutex::new(witness),
            testimony,
            was_closed: false,
            is_complete: AtomicBool::new(false),
            disk,
        })
    }

    /// Closes sled and opens it again: it writes its snapshot at opening alone, and only then is
    /// what came before out of harm's way; and it gives back what a scan made it hold.
    pub(crate) fn reopen(&mut self) -> Result<(), OpenError> {
        if let Some(blocks) = self.blocks.take() {
            blocks.close().map_err(failed("closing", self.disk.path()))?;
        }
        self.blocks = Some(self.disk.blocks()?);
        self.disk.sync()
    }

    /// What sled has not been given yet.
    pub(crate) fn tail(&self) -> &Tail {
        &self.tail
    }

    /// The block that `position`, which was written, stands in.
    pub(crate) fn block_of(&self, position: Position) -> io::Result<Option<Block>> {
        match self.tail.block_of(position) {
            Some(block) => Ok(Some(block)),
            // What left the tail, sled had before.
            None => self.blocks()?.block_of(position),
        }
    }

    /// The blocks from the one that begins at `first` on, in order.
    pub(crate) fn scan(&self, first: Position) -> Scan<'_> {
        Scan::from(first, self)
    }

    /// sled's blocks.
    pub(crate) fn blocks(&self) -> io::Result<&dyn Blocks> {
        self.blocks.as_deref().ok_or_else(|| io::Error::other("the database is closed"))
    }

    /// The blocks from `first` on, of sled and of the journal, before they are one.
    pub(crate) fn merged(&self, first: Position) -> io::Result<Merged<'_>> {
        Merged::from(first, self.blocks()?, &self.found)
    }

    /// Gives sled what it lacks, once all was verified, and lets go of what the journal held.
    pub(crate) fn mend(&mut self, missing: Missing) -> io::Result<()> {
        let Missing { blocks, wrong, redone } = missing;
        self.found = Found::default();
        self.redone = redone;
        if blocks.is_empty() && wrong.is_empty() {
            // A killed process may have left what is seen and not yet kept.
            return self.blocks()?.make_durable();
        }
        let (first, last) = (blocks.first(), blocks.last());
        let between = first.zip(last).map(|(first, last)| (first.first.get(), last.first.get()));
        let Redone { behind, damaged } = redone;
        if damaged > 0 {
            tracing::error!(
                damaged,
                behind,
                ?between,
                "sled had lost or changed blocks that it had kept; they are mended from the journal"
            );
        } else {
            tracing::warn!(
                behind,
                ?between,
                "sled is given what the journal has and it has not yet"
            );
        }
        let given = self.give(blocks.chunks(1))?;
        // Only then: what is wrong in one place may be right in another.
        for first in wrong {
            if given.binary_search_by_key(&first, |(it, _)| *it).is_err() {
                self.blocks()?.remove(first)?;
            }
        }
        self.secure(given)
    }

    /// Gives sled what it has not been given yet, up to here. Gives the blocks with their checksums;
    /// they are read from sled from now on, and nothing is said of their surviving.
    pub(crate) fn fill(&self) -> io::Result<Vec<(Position, u32)>> {
        let tail = self.tail.all();
        let given = self.give(block::join(&tail).into_iter())?;
        self.tail.forget(tail.len());
        Ok(given)
    }

    /// Gives sled each of `runs`, which are in order, as one block. Gives those with their checksums.
    fn give<'a>(
        &self,
        runs: impl Iterator<Item = &'a [Block]> + Clone,
    ) -> io::Result<Vec<(Position, u32)>> {
        let store = self.blocks()?;
        let bytes = |run: &[Block]| run.iter().map(|it| it.value.len()).sum();
        let firsts = runs.clone().filter_map(|run| Some((run.first()?.first, bytes(run))));
        let firsts: Vec<_> = firsts.collect();
        store.announce(&firsts)?;
        let mut given = Vec::with_capacity(firsts.len());
        for (run, (first, _)) in runs.zip(firsts) {
            let block = block::joined(run);
            store.insert(first, &block)?;
            given.push((first, checksum(&block)));
        }
        Ok(given)
    }

    /// Makes everything that sled was given durable, and reads back those of its blocks that are
    /// named with their checksums, in order.
    pub(crate) fn secure(&self, pending: Vec<(Position, u32)>) -> io::Result<()> {
        let blocks = self.blocks()?;
        blocks.make_durable()?;
        let Some((first, _)) = pending.first() else { return Ok(()) };
        let mut kept = blocks.blocks(*first).peekable();
        for (first, crc) in pending {
            while kept.next_if(|it| it.as_ref().is_ok_and(|it| it.first < first)).is_some() {}
            let block = kept.next().transpose()?;
            let is_whole = |it: &Block| it.first == first && checksum(&it.value) == crc;
            if !block.as_ref().is_some_and(is_whole) {
                let why = format!("sled has lost or changed the block of position {first}");
                return Err(io::Error::other(why));
            }
        }
        self.sync_witness()
    }

    /// The journal, for the one who writes.
    pub(crate) fn take_journal(&self) -> io::Result<Journal> {
        let taken = self.journal.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.ok_or_else(|| io::Error::other("the journal is already being written"))
    }

    /// What the opening put back from the journal.
    pub(crate) fn redone(&self) -> Redone {
        self.redone
    }

    /// Refuses while so little is free that what was taken in could not be kept.
    pub(crate) fn check_room(&self) -> io::Result<()> {
        let room = self.disk.room_bytes()?;
        if room >= ROOM_BYTES_MIN {
            return Ok(());
        }
        let (room, needed) = (room >> 20, ROOM_BYTES_MIN >> 20);
        let why = format!(
            "{room} MiB are free in {}; at least {needed} are needed",
            self.disk.path().display()
        );
        Err(io::Error::new(io::ErrorKind::StorageFull, why))
    }

    /// The folder.
    pub(crate) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    /// What the witness said at the opening.
    pub(crate) fn testimony(&self) -> Testimony {
        self.testimony
    }

    /// Whether the log had been closed properly before this opening.
    pub(crate) fn was_closed(&self) -> bool {
        self.was_closed
    }

    /// Has the witness say how far the log has come. Not synced.
    pub(crate) fn testify(&self, testimony: Testimony) -> io::Result<()> {
        self.witness().testify(testimony)
    }

    /// Has what the witness said survive a power loss.
    pub(crate) fn sync_witness(&self) -> io::Result<()> {
        self.witness().sync()
    }

    fn witness(&self) -> MutexGuard<'_, Witness> {
        self.witness.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that nothing more will be written, and that all that was is on disk: once the last
    /// reader is gone too, the folder is marked as closed properly.
    pub(crate) fn complete(&self) {
        self.is_complete.store(true, Ordering::Release);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let closed = self.blocks.take().map_or(Ok(()), Blocks::close);
        let marked = closed.and_then(|()| {
            if self.is_complete.load(Ordering::Acquire) { self.disk.mark_clean() } else { Ok(()) }
        });
        if let Err(error) = marked {
            tracing::error!(%error, folder = %self.disk.path().display(),
                "the log was not closed properly; its next start takes longer");
        }
    }
}
