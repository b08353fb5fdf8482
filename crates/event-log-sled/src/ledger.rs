//! Keeping groups of commits: into the journal first, which is what an answer waits for, then into
//! sled, which is what readers read.

use std::{io, sync::Arc, thread::JoinHandle};

use domain::Position;

use crate::{database::Database, journal::Journal, witness::Testimony};

/// What is written to by one writer.
pub(crate) struct Ledger {
    database: Arc<Database>,
    journal: Journal,
    last: Position,
    securing: Option<Securing>,
    beside: Beside,
}

/// Where sled is synced when the journal turns: in a thread of its own, so that nobody waits, or at
/// once, so that a test can tell what comes after what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    Thread,
    #[cfg(test)]
    Nothing,
}

/// sled being synced and read back up to a position.
struct Securing {
    to: Position,
    thread: JoinHandle<io::Result<()>>,
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
        Ok(Self { database, journal, last, securing: None, beside })
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
        if self.securing.as_ref().is_some_and(|it| it.thread.is_finished()) {
            self.settle().map_err(Unready::Broken)?;
        }
        if self.journal.is_full() {
            self.turn().map_err(Unready::Broken)?;
        }
        self.journal.fill().map_err(Unready::NoRoom)
    }

    /// Takes the other file, whose blocks sled must have by now, and has sled made to keep those of
    /// the full one.
    fn turn(&mut self) -> io::Result<()> {
        self.settle()?;
        let (to, pending) = (self.last, self.journal.turn());
        match self.beside {
            Beside::Thread => {
                let database = Arc::clone(&self.database);
                let thread = std::thread::Builder::new().name("event-log-securing".into());
                let thread = thread.spawn(move || database.secure(pending))?;
                self.securing = Some(Securing { to, thread });
            }
            #[cfg(test)]
            Beside::Nothing => {
                self.database.secure(pending)?;
                self.journal.is_safe(to);
            }
        }
        Ok(())
    }

    /// Waits until sled keeps what it was last told to.
    fn settle(&mut self) -> io::Result<()> {
        if let Some(Securing { to, thread }) = self.securing.take() {
            thread.join().map_err(|_| io::Error::other("syncing sled panicked"))??;
            self.journal.is_safe(to);
        }
        Ok(())
    }

    /// Returns once `blocks`, which end with what is testified, are durable and can be read. After an
    /// error only opening anew tells what is there.
    pub(crate) fn write(
        &mut self,
        blocks: &[(Position, Vec<u8>)],
        testimony: Testimony,
    ) -> io::Result<()> {
        self.journal.write(blocks)?;
        for (first, block) in blocks {
            self.database.blocks()?.insert(*first, block)?;
        }
        self.last = testimony.position;
        self.database.testify(testimony)
    }

    /// Has sled keep everything.
    pub(crate) fn close(mut self) -> io::Result<()> {
        self.settle()?;
        self.database.secure(self.journal.pending())?;
        self.journal.is_safe(self.last);
        self.journal.close()?;
        self.database.sync_witness()?;
        self.database.complete();
        Ok(())
    }
}
