//! Keeping groups of commits: in the journal, which is what an answer waits for, in memory, where
//! they are read meanwhile, and in large steps in sled.

use std::{io, sync::Arc, thread::JoinHandle};

use domain::Position;

use crate::{database::Database, journal::Journal, witness::Testimony};

/// What is written to by one writer.
pub(crate) struct Ledger {
    database: Arc<Database>,
    journal: Journal,
    last: Position,
    /// The blocks that sled was given and has not been made to keep, with their checksums.
    given: Vec<(Position, u32)>,
    /// sled being given what it lacks.
    filling: Option<JoinHandle<io::Result<Filled>>>,
    beside: Beside,
}

/// Where sled is filled and synced: in a thread of its own, so that nobody waits, or at once, so that
/// a test can tell what comes after what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    Thread,
    #[cfg(test)]
    Nothing,
}

/// What sled has been given.
enum Filled {
    /// These blocks, which it may lose.
    Given(Vec<(Position, u32)>),
    /// Everything up to here, and it was made to keep that.
    Kept(Position),
}

/// Why nothing can be written.
#[derive(Debug)]
pub(crate) enum Unready {
    /// There is no room at the moment. Nothing has happened.
    NoRoom(io::Error),
    /// What is or is not on disk is only known after opening anew.
    Broken(io::Error),
}

impl Ledger {
    /// Over a database that has everything up to `last`.
    pub(crate) fn new(database: Arc<Database>, last: Position, beside: Beside) -> io::Result<Self> {
        let mut journal = database.take_journal()?;
        // The opening has verified, mended and synced all that there was.
        journal.is_safe(last);
        Ok(Self { database, journal, last, given: Vec::new(), filling: None, beside })
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// The most bytes of blocks that several appends may share in one [`Ledger::write`].
    pub(crate) fn group_bytes_max(&self) -> usize {
        self.journal.group_bytes_max()
    }

    /// Makes sure that the next group can be written.
    pub(crate) fn prepare(&mut self) -> Result<(), Unready> {
        self.database.check_room().map_err(Unready::NoRoom)?;
        self.look_after().map_err(Unready::Broken)?;
        if self.journal.is_full() {
            self.turn().map_err(Unready::Broken)?;
        }
        self.journal.fill().map_err(Unready::NoRoom)
    }

    /// Takes note of what was done beside, if it is done.
    fn look_after(&mut self) -> io::Result<()> {
        if self.filling.as_ref().is_some_and(JoinHandle::is_finished) {
            self.settle()?;
        }
        Ok(())
    }

    /// Takes the other file, whose blocks sled must have been made to keep by now, and has sled
    /// given those of the full one, and made to keep them.
    fn turn(&mut self) -> io::Result<()> {
        self.settle()?;
        self.journal.turn();
        let (to, before) = (self.last, std::mem::take(&mut self.given));
        self.beside(move |database| {
            let given = [before, database.fill()?].concat();
            database.secure(given)?;
            Ok(Filled::Kept(to))
        })
    }

    /// Whether there is nothing for [`Ledger::rest`] to do.
    pub(crate) fn has_rested(&self) -> bool {
        self.filling.is_none() && self.database.tail().is_empty()
    }

    /// Gives sled what it has not been given yet: nobody has written for a while. A failure is final,
    /// as one of [`Ledger::write`] is.
    pub(crate) fn rest(&mut self) -> io::Result<()> {
        self.look_after()?;
        // The journal has it; there is no need to try where room is short.
        if self.filling.is_some() || self.has_rested() || self.database.check_room().is_err() {
            return Ok(());
        }
        self.beside(|database| Ok(Filled::Given(database.fill()?)))
    }

    fn beside(
        &mut self,
        work: impl FnOnce(&Database) -> io::Result<Filled> + Send + 'static,
    ) -> io::Result<()> {
        match self.beside {
            Beside::Thread => {
                let database = Arc::clone(&self.database);
                let thread = std::thread::Builder::new().name("event-log-filling".into());
                self.filling = Some(thread.spawn(move || work(&database))?);
                Ok(())
            }
            #[cfg(test)]
            Beside::Nothing => {
                let filled = work(&self.database)?;
                self.note(filled);
                Ok(())
            }
        }
    }

    /// Waits until sled has what it was last to be given.
    fn settle(&mut self) -> io::Result<()> {
        if let Some(thread) = self.filling.take() {
            let filled = thread.join().map_err(|_| io::Error::other("filling sled panicked"))??;
            self.note(filled);
        }
        Ok(())
    }

    fn note(&mut self, filled: Filled) {
        match filled {
            Filled::Given(given) => self.given.extend(given),
            Filled::Kept(to) => self.journal.is_safe(to),
        }
    }

    /// Returns once `blocks`, which end with what is testified, are durable and can be read. After an
    /// error only opening anew tells what is there.
    pub(crate) fn write(
        &mut self,
        blocks: Vec<(Position, Vec<u8>)>,
        testimony: Testimony,
    ) -> io::Result<()> {
        self.journal.write(&blocks)?;
        self.last = testimony.position;
        self.database.tail().extend(blocks, self.last.next());
        self.database.testify(testimony)
    }

    /// Has sled keep everything.
    pub(crate) fn close(mut self) -> io::Result<()> {
        self.settle()?;
        let given = [std::mem::take(&mut self.given), self.database.fill()?].concat();
        self.database.secure(given)?;
        self.journal.is_safe(self.last);
        self.journal.close()?;
        self.database.sync_witness()?;
        self.database.complete();
        Ok(())
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        // What is done beside has the folder open.
        let _ = self.settle();
    }
}
