//! A file that grows: one `write` and one `fdatasync` for each group. It can be read from its
//! beginning, and that is all.

use std::{fs::File, io::Write as _, path::Path};

use super::{PAYLOAD_BYTES, Table};

pub(crate) struct Raw(File);

impl Table for Raw {
    fn open(folder: &Path) -> Self {
        Self(File::create(folder.join("raw")).unwrap())
    }

    fn write(&mut self, group: &[Vec<u8>]) {
        self.0.write_all(&group.concat()).unwrap();
        self.0.sync_data().unwrap();
    }

    fn stored(folder: &Path) -> Vec<Vec<u8>> {
        let bytes = std::fs::read(folder.join("raw")).unwrap();
        bytes.chunks(PAYLOAD_BYTES).map(<[u8]>::to_vec).collect()
    }
}
