//! A quick start takes on trust what was verified before a proper close, and nothing else.

use domain::Position;
use event_log::Expected;

use super::*;

fn quickly(folder: &Path) -> SledLog {
    SledLog::open_quickly(folder).unwrap()
}

/// Whether the log knows the `n`-th commit of [`filled`], and answers a retry with its position.
fn knows(log: &SledLog, n: u128) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let appended = runtime.block_on(log.append(contract::an_append(n, n, Expected::NoStream)));
    let position = Position::new(u64::try_from(n).unwrap());
    appended.is_ok_and(|it| it.duplicate && it.position == position)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_is_opened_quickly_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    contract::check_reopen(quickly(folder.path()), async |log| {
        drop(log);
        quickly(folder.path())
    })
    .await;
}

#[test]
fn what_was_closed_properly_is_not_read_again_and_what_comes_after_goes_on_from_it() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 5);
    let log = quickly(folder.path());
    assert_eq!(log.trusted(), Position::new(5));
    assert!((1..=5).all(|n| knows(&log, n)));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sixth = contract::an_append(6, 6, Expected::NoStream);
    runtime.block_on(log.append(sixth)).unwrap();
    drop(log);
    let log = quickly(folder.path());
    assert_eq!(log.trusted(), Position::new(6));
    assert!((1..=6).all(|n| knows(&log, n)));
    drop(log);
    assert_eq!(verify(folder.path(), |_, _| ()).unwrap().commits, 6);
}

#[test]
fn after_a_crash_everything_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 5);
    fs::remove_file(folder.path().join("clean")).unwrap();
    let log = quickly(folder.path());
    assert_eq!(log.trusted(), Position::START);
    assert!(knows(&log, 5));
}

#[test]
fn heads_of_an_earlier_close_are_gone_on_from_and_the_rest_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    let heads = folder.path().join("heads");
    filled(folder.path(), 3);
    let earlier = fs::read(&heads).unwrap();
    filled(folder.path(), 5);
    fs::write(&heads, earlier).unwrap();
    let log = quickly(folder.path());
    assert_eq!(log.trusted(), Position::new(3));
    assert!((1..=5).all(|n| knows(&log, n)));
}

#[test]
fn heads_that_are_damaged_or_of_another_log_are_not_used() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 5);
    let path = folder.path().join("heads");
    let good = fs::read(&path).unwrap();
    let with = |bytes: &[u8]| {
        let copy = copy_without(folder.path(), &["heads"]);
        fs::write(copy.path().join("heads"), bytes).unwrap();
        let log = quickly(copy.path());
        assert!((1..=5).all(|n| knows(&log, n)));
        log.trusted()
    };
    assert_eq!(with(&good), Position::new(5));
    for at in (0..good.len()).step_by(61) {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        assert_eq!(with(&bytes), Position::START, "byte {at}");
        assert_eq!(with(&good[..at]), Position::START, "{at} bytes");
    }
    for commits in [5, 7] {
        let other = tempfile::tempdir().unwrap();
        let log = SledLog::open(other.path()).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        for n in 100..100 + commits {
            runtime.block_on(log.append(contract::an_append(n, n, Expected::NoStream))).unwrap();
        }
        drop(log);
        let foreign = fs::read(other.path().join("heads")).unwrap();
        assert_eq!(with(&foreign), Position::START, "of a log of {commits}");
    }
}
