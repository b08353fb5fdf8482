//! Real files in real folders.

mod blocks;
mod quick;
mod recovery;
mod steps;
mod storms;

use std::{fs, ops::RangeInclusive, path::Path};

use event_log::{EventLog, contract};

use crate::{OpenError, Redone, SledLog, journal, verify};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keeps_the_contract() {
    let folders = std::sync::Mutex::new(vec![]);
    let new = || {
        let folder = tempfile::tempdir().unwrap();
        let log = SledLog::open(folder.path()).unwrap();
        folders.lock().unwrap().push(folder);
        log
    };
    contract::check(new).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keeps_the_contract_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let log = SledLog::open(folder.path()).unwrap();
    contract::check_reopen(log, async |log| {
        drop(log);
        SledLog::open(folder.path()).unwrap()
    })
    .await;
}

fn filled(folder: &Path, commits: u128) {
    filled_with(folder, 1..=commits);
}

fn filled_with(folder: &Path, ids: RangeInclusive<u128>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let log = SledLog::open(folder).unwrap();
    runtime.block_on(async {
        for n in ids {
            log.append(contract::an_append(n, n, event_log::Expected::NoStream)).await.unwrap();
        }
    });
}

/// The same, and each commit is a block of its own in sled.
fn filled_one_by_one(folder: &Path, commits: u128) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let log = SledLog::open(folder).unwrap();
    for n in 1..=commits {
        let append = contract::an_append(n, n, event_log::Expected::NoStream);
        runtime.block_on(log.append(append)).unwrap();
        log.reader.database().fill().unwrap();
    }
}

fn refusal(folder: &Path) -> String {
    SledLog::open(folder).err().unwrap().to_string()
}

#[test]
fn a_second_process_is_told_that_the_log_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let _log = SledLog::open(folder.path()).unwrap();
    assert!(matches!(SledLog::open(folder.path()).err(), Some(OpenError::InUse { .. })));
}

#[test]
fn a_folder_of_something_else_or_of_a_newer_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("holiday.jpg"), "x").unwrap();
    assert!(refusal(folder.path()).contains("holds other files"), "{}", refusal(folder.path()));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("format"), "arende event log 4\n").unwrap();
    assert!(refusal(folder.path()).contains("newer version"), "{}", refusal(folder.path()));
}

#[test]
fn a_sound_log_is_verified_and_told() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 10);
    let verified = verify(folder.path(), |_, _| ()).unwrap();
    assert_eq!((verified.commits, verified.events), (10, 10));
    assert_eq!(verify(folder.path(), |_, _| ()).unwrap(), verified);
}

/// A copy of the log in `folder`, without some of its files.
fn copy_without(folder: &Path, left_out: &[&str]) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("sled")).unwrap();
    for part in ["", "sled"] {
        for entry in fs::read_dir(folder.join(part)).unwrap() {
            let entry = entry.unwrap();
            let is_left_out = left_out.iter().any(|it| entry.file_name() == *it);
            if entry.file_type().unwrap().is_file() && !is_left_out {
                let to = copy.path().join(part).join(entry.file_name());
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    copy
}

#[test]
fn a_log_shorter_than_its_witness_refuses_to_open() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 3);
    let short = copy_without(folder.path(), &[]);
    filled(folder.path(), 5);
    fs::copy(folder.path().join("witness"), short.path().join("witness")).unwrap();
    let refusal = refusal(short.path());
    assert!(
        refusal.contains("ends at position 3, but its witness has seen position 5"),
        "{refusal}"
    );
}

#[test]
fn a_log_other_than_its_witness_refuses_to_open() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    filled(folder.path(), 3);
    filled_with(other.path(), 7..=9);
    fs::copy(other.path().join("witness"), folder.path().join("witness")).unwrap();
    let refusal = refusal(folder.path());
    assert!(refusal.contains("commit 3 has another hash than the witness has seen"), "{refusal}");
}

#[test]
fn a_log_without_its_witness_refuses_to_open() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 3);
    fs::remove_file(folder.path().join("witness")).unwrap();
    assert!(refusal(folder.path()).contains("witness"));
}

#[test]
fn a_missing_or_altered_block_is_named() {
    let folder = tempfile::tempdir().unwrap();
    filled_one_by_one(folder.path(), 5);
    forget_closing(folder.path());
    forget_journal(folder.path());
    let third = remove_third(folder.path());
    let said = refusal(folder.path());
    assert!(said.contains("position 3 does not verify: commit 4 stands in its place"), "{said}");

    // Put back with one byte of its payload changed and a right checksum: only the hash tells.
    insert_third(folder.path(), &altered(&third));
    let said = refusal(folder.path());
    assert!(said.contains("position 3 does not verify: its hash"), "{said}");
}

#[test]
fn a_missing_or_altered_block_is_mended_from_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    filled_one_by_one(folder.path(), 5);
    forget_closing(folder.path());
    let third = remove_third(folder.path());
    let mended = |damaged| {
        let log = SledLog::open(folder.path()).unwrap();
        assert_eq!(log.redone(), Redone { behind: 0, damaged });
        assert_eq!(log.head().borrow().get(), 5);
        drop(log);
        forget_closing(folder.path());
    };
    mended(1);
    mended(0);
    insert_third(folder.path(), &altered(&third));
    mended(1);
}

#[test]
fn the_journal_of_another_log_is_refused_before_anything_is_mended() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    filled(folder.path(), 5);
    filled_with(other.path(), 7..=9);
    let own = fs::read(folder.path().join(journal::FILES[0])).unwrap();
    let foreign = fs::read(other.path().join(journal::FILES[0])).unwrap();
    fs::write(folder.path().join(journal::FILES[0]), foreign).unwrap();
    let said = refusal(folder.path());
    assert!(said.contains("position 4 does not verify: its hash"), "{said}");

    fs::write(folder.path().join(journal::FILES[0]), own).unwrap();
    let log = SledLog::open(folder.path()).unwrap();
    assert_eq!((log.head().borrow().get(), log.redone()), (5, Redone::default()));
}

/// As after a crash: nothing says what the files were, so the commits themselves must tell.
fn forget_closing(folder: &Path) {
    fs::remove_file(folder.join("clean")).unwrap();
}

/// As a version without a journal leaves it.
fn forget_journal(folder: &Path) {
    for name in journal::FILES {
        fs::remove_file(folder.join(name)).unwrap();
    }
}

fn sled(folder: &Path) -> sled::Db {
    sled::Config::new().path(folder.join("sled")).segment_size(8 << 20).open().unwrap()
}

fn remove_third(folder: &Path) -> Vec<u8> {
    let db = sled(folder);
    let third = db.remove(3_u64.to_be_bytes()).unwrap().unwrap();
    db.flush().unwrap();
    third.to_vec()
}

fn insert_third(folder: &Path, block: &[u8]) {
    let db = sled(folder);
    db.insert(3_u64.to_be_bytes(), block).unwrap();
    db.flush().unwrap();
}

fn altered(block: &[u8]) -> Vec<u8> {
    let mut altered = block.to_vec();
    let body = 9..altered.len() - 32;
    let last = body.end - 1;
    altered[last] ^= 1;
    let crc = event_log::frame::checksum(&altered[body]).to_be_bytes();
    altered[5..9].copy_from_slice(&crc);
    altered
}

#[test]
fn a_log_of_the_layout_without_a_journal_opens_and_gets_one() {
    let folder = tempfile::tempdir().unwrap();
    filled_one_by_one(folder.path(), 5);
    forget_journal(folder.path());
    opens_as_one_of_layout(1, folder.path());
}

/// sled had each block as it was in the journal, and nothing was joined.
#[test]
fn a_log_of_the_layout_that_joined_no_blocks_opens_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    filled_one_by_one(folder.path(), 5);
    opens_as_one_of_layout(2, folder.path());
    forget_closing(folder.path());
    opens_as_one_of_layout(2, folder.path());
}

fn opens_as_one_of_layout(layout: u8, folder: &Path) {
    let format = folder.join("format");
    fs::write(&format, format!("arende event log {layout}\n")).unwrap();
    let log = SledLog::open(folder).unwrap();
    assert_eq!((log.head().borrow().get(), log.redone()), (5, Redone::default()));
    drop(log);
    assert_eq!(fs::read_to_string(&format).unwrap(), "arende event log 3\n");
    assert_eq!(verify(folder, |_, _| ()).unwrap().commits, 5);
}

#[test]
fn every_commit_is_handed_over_while_opening() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 4);
    let mut seen = vec![];
    drop(SledLog::open_with(folder.path(), |commit| seen.push(commit.position.get())).unwrap());
    assert_eq!(seen, [1, 2, 3, 4]);
}
