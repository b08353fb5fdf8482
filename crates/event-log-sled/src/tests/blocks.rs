//! Blocks, and what is read from them when sled does not keep what it was given.

use std::fs;

use bytes::Bytes;
use domain::{CaseId, Position, StreamId};
use event_log::{Append, EventLog, EventRecord, Expected, contract::an_append};

use super::refusal;
use crate::{
    SledLog,
    block::{self, BYTES_MAX},
};

fn with_payload(n: u128, bytes: usize) -> Append {
    let clear = Bytes::from(vec![7; bytes]);
    let record = EventRecord { type_id: 1, schema_version: 1, clear, sealed: Bytes::new() };
    Append { events: vec![record], ..an_append(n, n, Expected::NoStream) }
}

fn frames(block: &Bytes) -> usize {
    let mut bytes = block::frames(block).unwrap();
    let frame = || event_log::frame::decode(&mut bytes).ok();
    std::iter::from_fn(frame).count()
}

#[tokio::test]
async fn commits_that_wait_together_share_blocks_of_at_most_32_kib() {
    let folder = tempfile::tempdir().unwrap();
    let log = SledLog::open(folder.path()).unwrap();
    // The others wait while the first is written.
    let payload = |n| if n == 1 || n == 601 { Append::PAYLOAD_BYTES_MAX } else { 300 };
    let appends: Vec<_> = (1..=1_200).map(|n| with_payload(n, payload(n))).collect();
    let waiting: Vec<_> = appends.into_iter().map(|append| log.append(append)).collect();
    for appended in waiting {
        appended.await.unwrap();
    }

    let before: Vec<_> = log.reader.database().scan(Position::new(1)).map(Result::unwrap).collect();
    assert!(before.len() < 600, "{} blocks: hardly anything was grouped", before.len());

    log.reader.database().fill().unwrap();
    let store = log.reader.database().blocks().unwrap();
    let blocks: Vec<_> = store.blocks(Position::START).map(Result::unwrap).collect();
    let mut commits = 0;
    for block in &blocks {
        let (bytes, frames) = (block.value.len(), frames(&block.value));
        assert_eq!(block.first.get(), commits + 1);
        assert!(bytes <= BYTES_MAX || frames == 1, "{frames} commits in {bytes} bytes");
        commits += frames as u64;
    }
    assert_eq!(commits, 1_200);
    assert!(blocks.len() < 30, "{} blocks: they were not joined", blocks.len());
    let longest = blocks.iter().map(|it| it.value.len()).filter(|it| *it <= BYTES_MAX).max();
    assert!(longest > Some(BYTES_MAX - 1_000), "no block is full: {longest:?}");
}

#[tokio::test]
async fn the_largest_commit_is_no_blob_and_a_blob_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let log = SledLog::open(folder.path()).unwrap();
    log.append(with_payload(1, Append::PAYLOAD_BYTES_MAX)).await.unwrap();
    log.reader.database().blocks().unwrap().make_durable().unwrap();
    let blobs = folder.path().join("sled/blobs");
    assert_eq!(fs::read_dir(&blobs).unwrap().count(), 0);

    fs::write(blobs.join("1"), "").unwrap();
    let error = log.reader.database().blocks().unwrap().make_durable().unwrap_err();
    assert_eq!(error.to_string(), "sled wrote a blob, which it never syncs");
    log.append(with_payload(2, 1)).await.unwrap();
    drop(log);
    assert!(!folder.path().join("clean").exists(), "a log that failed is not closed properly");
    assert!(refusal(folder.path()).contains("sled/blobs, which sled never syncs"));
    fs::remove_file(blobs.join("1")).unwrap();
    assert_eq!(*SledLog::open(folder.path()).unwrap().head().borrow(), Position::new(2));
}

#[tokio::test]
async fn a_block_that_sled_lost_is_missed_by_whoever_reads() {
    for lost in [1, 3, 5] {
        let folder = tempfile::tempdir().unwrap();
        let log = SledLog::open(folder.path()).unwrap();
        for n in 1..=5 {
            log.append(an_append(n, n, Expected::NoStream)).await.unwrap();
            log.reader.database().fill().unwrap();
        }
        log.reader.database().blocks().unwrap().remove(Position::new(lost)).unwrap().unwrap();

        let stream = StreamId::Case(CaseId::new(u128::from(lost)));
        let errors = [
            log.page(Position::START, 10).await.unwrap_err(),
            log.page(Position::new(lost - 1), 1).await.unwrap_err(),
            log.commit(Position::new(lost)).await.unwrap_err(),
            log.history(stream).await.unwrap_err(),
        ];
        for error in errors {
            let said = error.to_string();
            assert!(said.contains(&format!("position {lost} does not verify")), "{said}");
        }
        let others = log.page(Position::new(lost), 10).await.unwrap();
        assert_eq!(others.len() as u64, 5 - lost, "what is whole is read");
        // A retry of what was lost is no new commit.
        let id = u128::from(lost);
        log.append(an_append(id, id, Expected::NoStream)).await.unwrap_err();
    }
}

#[tokio::test]
async fn a_block_that_was_changed_is_noticed_by_whoever_reads_on() {
    let folder = tempfile::tempdir().unwrap();
    let log = SledLog::open(folder.path()).unwrap();
    for n in 1..=3 {
        log.append(an_append(n, n, Expected::NoStream)).await.unwrap();
        log.reader.database().fill().unwrap();
    }
    let store = log.reader.database().blocks().unwrap();
    let mut second = store.remove(Position::new(2)).unwrap().unwrap();
    // A byte of its payload, with a right checksum: only the chain can tell.
    let body = 9..second.len() - 32;
    second[body.end - 1] ^= 1;
    let crc = event_log::frame::checksum(&second[body]).to_be_bytes();
    second[5..9].copy_from_slice(&crc);
    store.insert(Position::new(2), &second).unwrap();

    let said = log.page(Position::START, 10).await.unwrap_err().to_string();
    assert!(said.contains("position 2 does not verify: its hash"), "{said}");
}

/// A leaf of sled's holds up to seventeen values and is written as one: of the largest commits, so
/// many would be a file of its own, which sled never syncs.
#[tokio::test]
async fn many_of_the_largest_commits_one_after_the_other_are_no_blob() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..3 {
        let log = SledLog::open(folder.path()).unwrap();
        for n in 1..=12 {
            let size = [Append::PAYLOAD_BYTES_MAX, 300][usize::from(n % 4 == 3)];
            log.append(with_payload(round * 100 + n, size)).await.unwrap();
            if n == 5 {
                log.reader.database().fill().unwrap();
            }
        }
        assert_eq!(log.page(Position::START, 100).await.unwrap().len() as u128, (round + 1) * 12);
        drop(log);
        assert!(folder.path().join("clean").exists(), "it was closed properly");
    }
    assert_eq!(fs::read_dir(folder.path().join("sled/blobs")).unwrap().count(), 0);
    let log = SledLog::open(folder.path()).unwrap();
    for at in 1..=36 {
        let commit = log.commit(Position::new(at)).await.unwrap().unwrap();
        assert_eq!(commit.position.get(), at);
    }
}
