//! A log that counts how often it is read, and that can be told to fail.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use event_log::{
    Append, AppendError, Commit, EventLog, LogError, MemoryLog,
    contract::{Passing, Through},
};

/// The log, watched.
pub(crate) type WatchedLog = Through<Watched>;

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

impl Passing for Watched {
    fn log(&self) -> &dyn EventLog {
        &self.log
    }

    fn appending(&self, _: &Append) -> Result<(), AppendError> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(LogError::new("writing", "the disk is full").into());
        }
        Ok(())
    }

    fn reading(&self, _: &mut Vec<Commit>) {
        self.pages.fetch_add(1, Ordering::Relaxed);
    }
}
