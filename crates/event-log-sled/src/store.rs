//! sled itself: one value per block, and nothing of sled's own conduct taken on trust.
//!
//! sled panics on some damaged files, at opening and while reading; here a panic is an error. Its
//! `flush` does not reach the disk; the `db` file is synced by our own descriptor.

use std::{
    fs::{File, TryLockError},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use domain::Position;

use crate::{
    OpenError,
    block::{self, Block},
    disk::Blocks,
    folder,
};

/// Values above a quarter of this go to files of their own, which sled never syncs; blocks stay
/// far below.
const SEGMENT_BYTES: usize = 8 << 20;

/// A leaf of sled's that has more values is split.
const LEAF_ITEMS: usize = 16;

/// The keys that follow a long block. With so many, a leaf has at most two long ones, which with
/// fifteen of the usual size stay far below what would become a file of its own.
const OTHERS: u8 = 8;

/// What sled may keep of the file in memory, so that readers find what they go back to.
const CACHE_BYTES: u64 = 64 << 20;

/// sled looks for what it can forget in one of the 256 parts of its cache only at every 64th access
/// to that part, however much an access brought in: a leaf of 8 to 16 blocks. So that it forgets in
/// time, a block that is read in passing is looked at once more for each of these bytes.
const SCAN_TOUCH_BYTES: usize = 8 << 10;

/// The same, for a block that is read for itself: each may bring in a leaf of its own.
const TOUCHES: usize = 31;

/// How often, and how long each time, a file that is being closed is waited for.
const WAITS_MAX: u32 = 400;
const WAIT: Duration = Duration::from_millis(5);

/// An open sled database.
pub(crate) struct Store {
    db: sled::Db,
    /// Our own descriptor of sled's file, to sync it.
    file: File,
    folder: PathBuf,
}

impl Store {
    /// Opens the database in `folder`, creating it if there is none.
    pub(crate) fn open(folder: &Path) -> Result<Self, OpenError> {
        let config = sled::Config::new()
            .path(folder)
            .flush_every_ms(None)
            .segment_size(SEGMENT_BYTES)
            .cache_capacity(CACHE_BYTES);
        let path = folder.join("db");
        let opened = wait_until_free(&path, || std::thread::sleep(WAIT))
            .and_then(|()| guarded(|| config.open()))
            .and_then(|db| Ok(Self { db, file: File::open(&path)?, folder: folder.to_owned() }));
        opened.map_err(|error| OpenError::Sled { path: folder.to_owned(), why: error.to_string() })
    }
}

impl Blocks for Store {
    /// A leaf of sled's is split when it has more than [`LEAF_ITEMS`] values, and its halves are
    /// written anew with all their bytes. So the keys come first, without bytes: once the leaves are
    /// split, each value is written once, as a link.
    ///
    /// A leaf is one value of sled's file, which must not become a file of its own: a long block is
    /// followed by keys that take the places of others in its leaf.
    fn announce(&self, blocks: &[(Position, usize)]) -> io::Result<()> {
        let is_few = blocks.len() <= LEAF_ITEMS / 2;
        for (first, bytes) in blocks {
            let is_long = *bytes > block::BYTES_MAX;
            if !is_few || is_long {
                self.hold(&block::key(*first))?;
            }
            let others = (1..=OTHERS).filter(|_| is_long);
            others.map(|n| block::key_after(*first, n)).try_for_each(|key| self.hold(&key))?;
        }
        Ok(())
    }

    fn insert(&self, first: Position, block: &[u8]) -> io::Result<()> {
        guarded(|| self.db.insert(block::key(first), block).map(drop))
    }

    fn make_durable(&self) -> io::Result<()> {
        guarded(|| self.db.flush())?;
        self.file.sync_data()?;
        if folder::has_blobs(&self.folder) {
            return Err(io::Error::other("sled wrote a blob, which it never syncs"));
        }
        Ok(())
    }

    fn block_of(&self, position: Position) -> io::Result<Option<Block>> {
        let mut before = self.db.range(..=block::key(position));
        let mut next = || guarded(|| before.next_back().transpose());
        let mut found = next()?;
        while found.as_ref().is_some_and(|(key, _)| block::position(key).is_none()) {
            found = next()?;
        }
        let found = found.map(block);
        if let Some(block) = &found {
            touch(&self.db, block, TOUCHES)?;
        }
        Ok(found)
    }

    fn blocks(&self, first: Position) -> Box<dyn Iterator<Item = io::Result<Block>> + '_> {
        let mut blocks = self.db.range(block::key(first)..);
        let mut untouched_bytes = 0;
        let mut next = move || {
            let mut next = || guarded(|| blocks.next().transpose());
            let mut found = next()?;
            while found.as_ref().is_some_and(|(key, _)| block::position(key).is_none()) {
                found = next()?;
            }
            let found = found.map(block);
            if let Some(block) = &found {
                untouched_bytes += block.value.len();
                touch(&self.db, block, untouched_bytes / SCAN_TOUCH_BYTES)?;
                untouched_bytes %= SCAN_TOUCH_BYTES;
            }
            Ok(found)
        };
        Box::new(std::iter::from_fn(move || next().transpose()))
    }

    fn remove(&self, first: Position) -> io::Result<Option<Vec<u8>>> {
        let removed = guarded(|| self.db.remove(block::key(first)))?;
        Ok(removed.map(|block| block.to_vec()))
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        guarded(|| {
            drop(self);
            Ok(())
        })
    }
}

impl Store {
    /// Has sled hold a place for `key`, unless it has something there.
    fn hold(&self, key: &[u8]) -> io::Result<()> {
        let none: Option<&[u8]> = None;
        guarded(|| self.db.compare_and_swap(key, none, Some(&[])).map(drop))
    }
}

/// What sled has, as a block.
fn block((key, value): (sled::IVec, sled::IVec)) -> Block {
    let first = block::position(&key).unwrap_or_default();
    Block { first, value: Bytes::from_owner(value) }
}

/// sled's threads may hold its file for a moment after it was closed, and it does not open what is
/// held. The folder is ours, so nobody else can be holding it for long.
fn wait_until_free(path: &Path, mut wait: impl FnMut()) -> io::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let file = File::open(path)?;
    for _ in 0..WAITS_MAX {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => wait(),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::WouldBlock, "it is held by another program"))
}

/// Looks at a block again, so that sled counts it.
fn touch(db: &sled::Db, block: &Block, times: usize) -> io::Result<()> {
    let key = block::key(block.first);
    guarded(|| (0..times).try_for_each(|_| db.contains_key(key).map(drop)))
}

/// What `work` gives; a panic of sled's is an error that says what it said.
fn guarded<T>(work: impl FnOnce() -> sled::Result<T>) -> io::Result<T> {
    let panicked = |panic: Box<dyn std::any::Any + Send>| {
        let said = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        io::Error::other(format!("sled panicked: {}", said.unwrap_or("without a word")))
    };
    catch_unwind(AssertUnwindSafe(work)).map_err(panicked)?.map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use domain::Position;

    use super::{Store, guarded, wait_until_free};
    use crate::{block, disk::Blocks as _};

    #[test]
    fn a_file_that_is_being_closed_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        wait_until_free(&path, || panic!("there is no such file")).unwrap();
        let mut held = Some(File::create(&path).unwrap());
        held.as_ref().unwrap().lock().unwrap();
        let mut waits = 0;
        let wait = || {
            waits += 1;
            if waits == 3 {
                held = None;
            }
        };
        wait_until_free(&path, wait).unwrap();
        assert_eq!(waits, 3);
    }

    #[test]
    fn a_file_that_is_held_for_good_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let open = Store::open(folder.path()).unwrap();
        let said = Store::open(folder.path()).err().unwrap().to_string();
        assert!(said.contains("it is held by another program"), "{said}");
        Box::new(open).close().unwrap();
        Store::open(folder.path()).unwrap();
    }

    #[test]
    fn what_is_announced_changes_nothing_that_is_there_and_is_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let at = |n: u64| Position::new(1 + n * 10);
        store.insert(at(3), b"there").unwrap();
        let long = block::BYTES_MAX + 1;
        let announced: Vec<_> = (0..200).map(|n| (at(n), if n == 7 { long } else { 99 })).collect();
        store.announce(&announced).unwrap();
        let found: Vec<_> = store.blocks(at(0)).map(Result::unwrap).collect();
        let firsts: Vec<_> = found.iter().map(|it| (it.first, 0)).collect();
        let expected: Vec<_> = announced.iter().map(|(first, _)| (*first, 0)).collect();
        assert_eq!(firsts, expected, "the keys after the long one are no blocks");
        assert!(found.iter().all(|it| it.value == if it.first == at(3) { "there" } else { "" }));
        let of = |n| store.block_of(Position::new(n)).unwrap().unwrap().first;
        assert_eq!((of(75), of(71), of(70)), (at(7), at(7), at(6)));

        let before = store.db.size_on_disk().unwrap();
        let block = vec![7; block::BYTES_MAX];
        for (first, _) in announced {
            store.insert(first, &block).unwrap();
        }
        store.make_durable().unwrap();
        let (grown, given) = (store.db.size_on_disk().unwrap() - before, 200 * block.len() as u64);
        assert!(grown < given * 2, "{grown} bytes for {given}");
    }

    #[test]
    fn a_panic_is_an_error_that_says_what_it_said() {
        let said = |panic: fn()| {
            let result = guarded(|| {
                panic();
                Ok(())
            });
            result.unwrap_err().to_string()
        };
        assert_eq!(said(|| panic!("page {} is gone", 7)), "sled panicked: page 7 is gone");
        assert_eq!(said(|| panic!("gone")), "sled panicked: gone");
        let odd = said(|| std::panic::panic_any(7));
        assert_eq!(odd, "sled panicked: without a word");
    }
}
