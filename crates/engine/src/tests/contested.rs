//! A log on which someone else always writes first, a given number of times, and which looks
//! whether the keys were on disk when an append came.

use std::sync::{
    Arc, OnceLock, Weak,
    atomic::{AtomicU32, Ordering},
};

use event_log::{
    Append, AppendError, EventLog, LogError,
    contract::{Passing, Through},
};

use crate::keys::KeyStore;

pub(crate) struct Contested {
    log: Arc<dyn EventLog>,
    losses_left: AtomicU32,
    /// How many appends go well before the disk is full.
    room: AtomicU32,
    keys: OnceLock<Weak<KeyStore>>,
    appends: AtomicU32,
    unsynced: AtomicU32,
}

impl Contested {
    pub(super) fn over(log: Arc<dyn EventLog>) -> Through<Self> {
        Through(Self {
            log,
            losses_left: AtomicU32::new(0),
            room: AtomicU32::new(u32::MAX),
            keys: OnceLock::new(),
            appends: AtomicU32::new(0),
            unsynced: AtomicU32::new(0),
        })
    }

    /// Looks at `keys` from now on.
    pub(super) fn look_at(&self, keys: &Arc<KeyStore>) {
        let _ = self.keys.set(Arc::downgrade(keys));
    }

    /// How many appends came, and how many of them before the keys were on disk.
    pub(super) fn appends(&self) -> (u32, u32) {
        (self.appends.load(Ordering::Relaxed), self.unsynced.load(Ordering::Relaxed))
    }

    /// After so many `appends` none is taken, until there is room again.
    pub(super) fn leave_room_for(&self, appends: u32) {
        self.room.store(appends, Ordering::Relaxed);
    }

    /// The next `appends` meet someone who wrote first.
    pub(super) fn lose_next(&self, appends: u32) {
        self.losses_left.store(appends, Ordering::Relaxed);
    }
}

impl Passing for Contested {
    fn log(&self) -> &dyn EventLog {
        &*self.log
    }

    fn appending(&self, _: &Append) -> Result<(), AppendError> {
        let keys = self.keys.get().and_then(Weak::upgrade);
        self.appends.fetch_add(1, Ordering::Relaxed);
        if keys.is_some_and(|keys| !keys.is_synced()) {
            self.unsynced.fetch_add(1, Ordering::Relaxed);
        }
        let lose = |left: u32| left.checked_sub(1);
        if self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, lose).is_err() {
            return Err(LogError::new("writing", "the disk is full").into());
        }
        match self.losses_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, lose) {
            Ok(_) => Err(AppendError::Conflict { head: None }),
            Err(_) => Ok(()),
        }
    }
}
