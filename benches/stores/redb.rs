//! redb as it comes: one transaction for each group, committed with `Durability::Immediate`.

use std::path::Path;

use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};

use super::Table;

const EVENTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("events");

pub(crate) struct Redb {
    database: Database,
    last: u64,
}

impl Table for Redb {
    fn open(folder: &Path) -> Self {
        Self { database: Database::create(folder.join("redb")).unwrap(), last: 0 }
    }

    fn write(&mut self, group: &[Vec<u8>]) {
        let transaction = self.database.begin_write().unwrap();
        {
            let mut table = transaction.open_table(EVENTS).unwrap();
            for payload in group {
                self.last += 1;
                table.insert(self.last, payload.as_slice()).unwrap();
            }
        }
        transaction.commit().unwrap();
    }

    fn stored(folder: &Path) -> Vec<Vec<u8>> {
        let database = Database::open(folder.join("redb")).unwrap();
        let table = database.begin_read().unwrap().open_table(EVENTS).unwrap();
        table.iter().unwrap().map(|row| row.unwrap().1.value().to_vec()).collect()
    }
}
