//! The log, through its contract: frames, checksums, hash chain, heads of streams, commit ids.

use std::path::Path;

use event_log::EventLog as _;
use event_log_sled::SledLog;

use super::{PAYLOAD_BYTES, Store};

pub(crate) struct Arende(SledLog);

impl Store for Arende {
    fn open(folder: &Path) -> Self {
        Self(SledLog::open(folder).unwrap())
    }

    async fn append(&self, n: u128) {
        self.0.append(benches::append(n, PAYLOAD_BYTES)).await.unwrap();
    }

    fn stored(folder: &Path) -> Vec<u128> {
        let mut stored = vec![];
        let number = |it: &event_log::Commit| benches::number(&it.events[0].clear).unwrap();
        SledLog::open_with(folder, |commit| stored.push(number(commit))).unwrap();
        stored
    }
}
