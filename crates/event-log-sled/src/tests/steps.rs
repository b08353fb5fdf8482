//! sled is filled behind the journal, in steps, while others read.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use domain::{CaseId, Position, StreamId};
use event_log::{EventLog, Expected, contract::an_append};

use crate::{
    Redone, SledLog, database::Database, folder::Folder, ledger::Beside, tests::copy_without,
    verify,
};

/// A log whose journal turns every few groups.
fn small(folder: &Path) -> SledLog {
    let folder = Folder::open(folder).unwrap();
    folder.prepare().unwrap();
    let database = Database::on(Box::new(folder), 64 << 10).unwrap();
    let parts = crate::open(database, Beside::Thread, |_| ()).unwrap();
    SledLog::over(parts, Position::START).unwrap()
}

fn stream(n: u64) -> StreamId {
    StreamId::Case(CaseId::new(u128::from(n)))
}

/// Blocks that sled has, and whether any of them is empty.
fn in_sled(log: &SledLog) -> (usize, bool) {
    let store = log.reader.database().blocks().unwrap();
    let blocks: Vec<_> = store.blocks(Position::START).map(Result::unwrap).collect();
    (blocks.len(), blocks.iter().any(|it| it.value.is_empty()))
}

#[test]
fn whoever_reads_finds_everything_while_sled_is_given_it() {
    const COMMITS: u64 = 6_000;
    let folder = tempfile::tempdir().unwrap();
    let log = small(folder.path());
    let is_over = AtomicBool::new(false);
    let runtime = || tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut turned = 0;
    std::thread::scope(|scope| {
        let pages = scope.spawn(|| {
            let (runtime, mut pages) = (runtime(), 0);
            while !is_over.load(Ordering::Relaxed) || pages == 0 {
                let durable = log.head().borrow().get();
                let after = durable.saturating_sub(300 + 50 * (pages % 40));
                let page = runtime.block_on(log.page(Position::new(after), 700)).unwrap();
                let found: Vec<_> = page.iter().map(|it| it.position.get()).collect();
                assert!(found.len() as u64 >= (durable - after).min(700), "{after} to {durable}");
                assert!(found.iter().zip(after + 1..).all(|(found, expected)| *found == expected));
                pages += 1;
            }
            pages
        });
        let commits = scope.spawn(|| {
            let (runtime, mut reads) = (runtime(), 0);
            while !is_over.load(Ordering::Relaxed) || reads == 0 {
                let durable = log.head().borrow().get();
                let at = 1 + reads * 7_919 % durable.max(1);
                if at <= durable {
                    let commit = runtime.block_on(log.commit(Position::new(at))).unwrap().unwrap();
                    assert_eq!((commit.position.get(), commit.stream), (at, stream(at)));
                    let history = runtime.block_on(log.history(stream(at))).unwrap();
                    assert_eq!(history, [commit]);
                }
                reads += 1;
            }
            reads
        });
        let runtime = runtime();
        for group in 0..COMMITS / 20 {
            let numbers = 1 + group * 20..=(group + 1) * 20;
            let append = |n| an_append(u128::from(n), u128::from(n), Expected::NoStream);
            let waiting: Vec<_> = numbers.map(|n| log.append(append(n))).collect();
            for appended in waiting {
                runtime.block_on(appended).unwrap();
            }
            turned += u64::from(in_sled(&log).0 > 0);
        }
        is_over.store(true, Ordering::Relaxed);
        let read = (pages.join().unwrap(), commits.join().unwrap());
        assert!(read.0 > 10 && read.1 > 100, "{read:?}");
    });
    assert!(turned > COMMITS / 40, "sled was given hardly anything meanwhile: {turned}");
    drop(log);
    let verified = verify(folder.path(), |_, _| ()).unwrap();
    assert_eq!((verified.commits, verified.redone), (COMMITS, Redone::default()));
}

#[test]
fn when_nobody_writes_sled_is_given_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let log = SledLog::open(folder.path()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for n in 1..=3 {
        runtime.block_on(log.append(an_append(n, n, Expected::NoStream))).unwrap();
    }
    // Within the second that the log waits, unless this machine is very slow.
    let before = in_sled(&log).0;
    let mut waits = 0;
    while in_sled(&log).0 == 0 {
        waits += 1;
        assert!(waits < 1_000, "sled was given nothing");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(before == 0 && waits > 0 || before == 1);
    assert_eq!(in_sled(&log), (1, false), "the three groups are one block");
    assert_eq!(runtime.block_on(log.page(Position::START, 9)).unwrap().len(), 3);
}

#[test]
fn what_a_crash_kept_from_sled_is_given_to_it_at_the_next_opening() {
    let folder = tempfile::tempdir().unwrap();
    let log = SledLog::open(folder.path()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for n in 1..=200 {
        runtime.block_on(log.append(an_append(n, n, Expected::NoStream))).unwrap();
    }
    // As a kill leaves it, the places of some blocks held and nothing in them.
    let store = log.reader.database().blocks().unwrap();
    let held: Vec<_> = (0..20).map(|n| (Position::new(1 + n * 10), 5_000)).collect();
    store.announce(&held).unwrap();
    store.make_durable().unwrap();
    assert_eq!(in_sled(&log), (20, true));
    let crashed = copy_without(folder.path(), &["clean"]);

    let log = SledLog::open(crashed.path()).unwrap();
    let redone = log.redone();
    assert!(redone.behind > 0 && redone.damaged == 0, "{redone:?}");
    assert!(!in_sled(&log).1, "no place is held for what will not come");
    let page = runtime.block_on(log.page(Position::START, 999)).unwrap();
    assert_eq!(page.len(), 200);
    drop(log);
    let verified = verify(crashed.path(), |_, _| ()).unwrap();
    assert_eq!((verified.commits, verified.redone), (200, Redone::default()));
}
