//! The log's first form, before it had a journal: blocks of at most 32 KiB in sled, and for each
//! group `flush` and an `fdatasync` of sled's file. Without the log's checks and hashes.

use std::{fs::File, path::Path};

use super::{PAYLOAD_BYTES, Table};

const BLOCK_EVENTS: usize = 32 * 1024 / PAYLOAD_BYTES;

pub(crate) struct First {
    db: sled::Db,
    file: File,
    last: u64,
}

fn open(folder: &Path) -> sled::Db {
    let config = sled::Config::new().path(folder.join("sled")).segment_size(8 << 20);
    config.flush_every_ms(None).cache_capacity(64 << 20).open().unwrap()
}

impl Table for First {
    fn open(folder: &Path) -> Self {
        let db = open(folder);
        let file = File::open(folder.join("sled/db")).unwrap();
        Self { db, file, last: 0 }
    }

    fn write(&mut self, group: &[Vec<u8>]) {
        for block in group.chunks(BLOCK_EVENTS) {
            self.db.insert((self.last + 1).to_be_bytes(), block.concat()).unwrap();
            self.last += block.len() as u64;
        }
        self.db.flush().unwrap();
        self.file.sync_data().unwrap();
    }

    fn stored(folder: &Path) -> Vec<Vec<u8>> {
        let blocks = open(folder).iter().map(|block| block.unwrap().1).collect::<Vec<_>>();
        blocks.iter().flat_map(|it| it.chunks(PAYLOAD_BYTES).map(<[u8]>::to_vec)).collect()
    }
}
