//! fjall: one batch for each group, committed with `PersistMode::SyncData`, which is one
//! `fdatasync` of its journal. Nothing is compressed; the rest is as it comes.

use std::path::Path;

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use super::Table;

pub(crate) struct Fjall {
    database: Database,
    events: Keyspace,
    last: u64,
}

fn open(folder: &Path) -> (Database, Keyspace) {
    let database = Database::builder(folder.join("fjall")).open().unwrap();
    let events = database.keyspace("events", KeyspaceCreateOptions::default).unwrap();
    (database, events)
}

impl Table for Fjall {
    fn open(folder: &Path) -> Self {
        let (database, events) = open(folder);
        Self { database, events, last: 0 }
    }

    fn write(&mut self, group: &[Vec<u8>]) {
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncData));
        for payload in group {
            self.last += 1;
            batch.insert(&self.events, self.last.to_be_bytes(), payload.as_slice());
        }
        batch.commit().unwrap();
    }

    fn stored(folder: &Path) -> Vec<Vec<u8>> {
        let (_database, events) = open(folder);
        events.iter().map(|row| row.value().unwrap().to_vec()).collect()
    }
}
