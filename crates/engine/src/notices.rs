//! What is known of notices that go out to people: a board, as [`Soundness`](crate::Soundness) is.
//! Whoever sends them writes on it, operators read it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// The board.
#[derive(Debug, Default)]
pub struct Notices {
    channels: Mutex<BTreeMap<&'static str, Notified>>,
    stopped: Mutex<Option<Arc<str>>>,
}

/// How many notices of one channel stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Notified {
    /// Were sent since the start.
    pub sent: u64,
    /// Wait to be sent, or to be tried again.
    pub waiting: u64,
    /// May have been sent, and are not sent again.
    pub uncertain: u64,
    /// Were given up.
    pub dead: u64,
}

impl Notices {
    /// Each channel that is in use, by name.
    pub fn channels(&self) -> BTreeMap<&'static str, Notified> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why none is sent any more; none while they are.
    pub fn stopped(&self) -> Option<Arc<str>> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes down how a channel stands.
    pub fn note(&self, channel: &'static str, notified: Notified) {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        channels.insert(channel, notified);
    }

    /// Writes down why none is sent any more.
    pub fn note_stopped(&self, why: &str) {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.into());
    }
}
