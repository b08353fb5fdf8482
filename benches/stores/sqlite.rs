//! SQLite: write-ahead log, `synchronous=FULL`, one transaction for each group by a statement that
//! is prepared once. `locking_mode=EXCLUSIVE`, since nobody else opens it, saves it the shared
//! memory and the locks. The table is ordered by its key, the row's number.

use std::path::Path;

use rusqlite::Connection;

use super::Table;

pub(crate) struct Sqlite(Connection);

fn connect(folder: &Path) -> Connection {
    let connection = Connection::open(folder.join("sqlite")).unwrap();
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE").unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection
}

impl Table for Sqlite {
    fn open(folder: &Path) -> Self {
        let connection = connect(folder);
        let create = "CREATE TABLE events (position INTEGER PRIMARY KEY, payload BLOB NOT NULL)";
        connection.execute(create, ()).unwrap();
        Self(connection)
    }

    fn write(&mut self, group: &[Vec<u8>]) {
        let transaction = self.0.transaction().unwrap();
        {
            let insert = "INSERT INTO events (payload) VALUES (?1)";
            let mut insert = transaction.prepare_cached(insert).unwrap();
            for payload in group {
                insert.execute([payload]).unwrap();
            }
        }
        transaction.commit().unwrap();
    }

    fn stored(folder: &Path) -> Vec<Vec<u8>> {
        let connection = connect(folder);
        let mut select =
            connection.prepare("SELECT payload FROM events ORDER BY position").unwrap();
        let rows = select.query_map((), |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }
}
