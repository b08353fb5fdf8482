//! A log that counts how often it is read, and that can be told to fail.

use std::sync::atomic::{AtomicU32, Ordering};

use event_log::{
    Append, AppendError, Commit, EventLog, LogError, MemoryLog,
    contract::{Passing, Through},
};

/// The log, watched.
pub(crate) type WatchedLog = Through<Watched>;

pub(crate) struct Watched {
    log: MemoryLog,
    pages: AtomicU32,
    /// How many appends it takes yet.
    room: AtomicU32,
}

impl Default for Watched {
    fn default() -> Self {
        let (log, pages) = (MemoryLog::default(), AtomicU32::new(0));
        Self { log, pages, room: AtomicU32::new(u32::MAX) }
    }
}

impl Watched {
    /// How many pages were read from it.
    pub(crate) fn pages(&self) -> u32 {
        self.pages.load(Ordering::Relaxed)
    }

    /// Takes no appends from now on.
    pub(crate) fn fail(&self) {
        self.leave_room_for(0);
    }

    /// Takes so many appends from now on.
    pub(crate) fn leave_room_for(&self, appends: u32) {
        self.room.store(appends, Ordering::Relaxed);
    }
}

impl Passing for Watched {
    fn log(&self) -> &dyn EventLog {
        &self.log
    }

    fn appending(&self, _: &Append) -> Result<(), AppendError> {
        let take = |left: u32| left.checked_sub(1);
        if self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_err() {
            return Err(LogError::new("writing", "the disk is full").into());
        }
        Ok(())
    }

    fn reading(&self, _: &mut Vec<Commit>) {
        self.pages.fetch_add(1, Ordering::Relaxed);
    }
}
