//! What is done about a crash before sled gets to see its files.

use std::{fs, path::Path};

use domain::Position;
use event_log::{EventLog, Expected, contract::an_append};
use tempfile::TempDir;

use super::{copy_without, filled, refusal};
use crate::{OpenError, SledLog, folder::Folder, journal, verify};

/// A log of so many commits as a killed process leaves it.
fn crashed(commits: u128) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), commits);
    copy_without(folder.path(), &["clean"])
}

fn length(folder: &Path) -> u64 {
    let log = SledLog::open(folder).unwrap();
    let head = *log.head().borrow();
    head.get()
}

#[test]
fn what_a_crash_left_is_copied_before_it_is_opened() {
    let folder = crashed(3);
    let left = fs::read(folder.path().join("sled/db")).unwrap();
    assert_eq!(length(folder.path()), 3);
    let copy = folder.path().join("before-open");
    assert_eq!(fs::read(copy.join("db")).unwrap(), left);
    assert!(!folder.path().join("opening").exists());
    assert!(folder.path().join("clean").exists());

    fs::remove_dir_all(&copy).unwrap();
    assert_eq!(length(folder.path()), 3);
    assert!(!copy.exists(), "what was closed properly is not copied");
}

#[test]
fn the_copy_is_of_what_the_crash_left_however_often_the_opening_fails() {
    let folder = crashed(3);
    let left = fs::read(folder.path().join("sled/db")).unwrap();
    let witness = fs::read(folder.path().join("witness")).unwrap();
    fs::remove_file(folder.path().join("witness")).unwrap();
    for attempt in [1, 2] {
        assert!(refusal(folder.path()).contains("witness"));
        let copy = fs::read(folder.path().join("before-open/db")).unwrap();
        assert!(copy == left, "after attempt {attempt}");
        let garbled = [&left[..], b"what an attempt may have made of it"].concat();
        fs::write(folder.path().join("sled/db"), garbled).unwrap();
        let _ = fs::remove_file(folder.path().join("witness"));
    }
    fs::write(folder.path().join("sled/db"), &left).unwrap();
    fs::write(folder.path().join("witness"), witness).unwrap();
    assert_eq!(length(folder.path()), 3);
    assert!(!folder.path().join("opening").exists());
}

#[test]
fn a_snapshot_that_sled_did_not_finish_is_gone_before_sled_looks() {
    for left_out in [&["clean"][..], &[]] {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path(), 3);
        let folder = copy_without(folder.path(), left_out);
        let unfinished = folder.path().join("sled/snap.0000000000000001.generating");
        fs::write(&unfinished, "half").unwrap();
        Folder::open(folder.path()).unwrap().prepare().unwrap();
        assert!(!unfinished.exists());
        assert_eq!(length(folder.path()), 3);
    }
}

#[test]
fn commits_that_were_written_and_not_acknowledged_stay() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 3);
    let witness = fs::read(folder.path().join("witness")).unwrap();
    filled(folder.path(), 5);
    fs::write(folder.path().join("witness"), witness).unwrap();
    assert_eq!(length(folder.path()), 5);
    assert_eq!(verify(folder.path(), |_, _| ()).unwrap().commits, 5);
}

/// The fifth commit is torn here and there in what it wrote. If its witness was written it
/// had been acknowledged, and the start refuses; if not, the log ends before it, and goes on.
#[test]
fn a_torn_tail_is_dropped_only_if_it_was_never_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let log = SledLog::open(folder.path()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let append = |n| runtime.block_on(log.append(an_append(n, n, Expected::NoStream))).unwrap();
    for n in 1..=4 {
        append(n);
    }
    let before = copy_without(folder.path(), &[]);
    append(5);
    let after = copy_without(folder.path(), &[]);
    let journal = |at: &TempDir| fs::read(at.path().join(journal::FILES[0])).unwrap();
    let (four, five) = (journal(&before), journal(&after));
    let at = |i: usize| four.get(i).copied().unwrap_or(0);
    let written: Vec<usize> = (0..five.len()).filter(|i| at(*i) != five[*i]).collect();
    let (first, end) = (written[0], written[written.len() - 1] + 1);
    assert!(end - first > 100, "{} bytes are no commit", end - first);

    let (mut dropped, mut refused) = (0, 0);
    for cut in (first..end).step_by((end - first) / 6) {
        let mut torn = five.clone();
        for (i, byte) in torn.iter_mut().enumerate().skip(cut) {
            *byte = at(i);
        }
        for acknowledged in [false, true] {
            let folder = copy_without(if acknowledged { after.path() } else { before.path() }, &[]);
            fs::write(folder.path().join(journal::FILES[0]), &torn).unwrap();
            match (SledLog::open(folder.path()), acknowledged) {
                (Ok(log), false) => {
                    assert_eq!(log.head().borrow().get(), 4, "cut at {cut}");
                    let next = log.append(an_append(9, 9, Expected::NoStream));
                    assert_eq!(runtime.block_on(next).unwrap().position, Position::new(5));
                    dropped += 1;
                }
                (Err(OpenError::ShorterThanWitness { last, witness }), true) => {
                    assert_eq!((last.get(), witness.get()), (4, 5), "cut at {cut}");
                    refused += 1;
                }
                (opened, _) => {
                    panic!("acknowledged: {acknowledged}, cut at {cut}: {:?}", opened.err())
                }
            }
        }
    }
    assert_eq!(dropped, refused);
    assert!(dropped >= 6, "only {dropped} cuts");
}

#[test]
fn a_folder_whose_creation_was_cut_short_is_a_new_log() {
    for format in ["", "arende ev"] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("format"), format).unwrap();
        fs::write(folder.path().join("witness"), [0; 128]).unwrap();
        assert_eq!(length(folder.path()), 0);
    }
    let folder = crashed(1);
    fs::write(folder.path().join("format"), "arende ev").unwrap();
    assert!(
        refusal(folder.path()).contains("another format"),
        "a log that has begun is no new one"
    );
}
