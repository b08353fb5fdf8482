//! An open log that gives something else than was written is found, and where.

use std::{os::unix::fs::FileExt as _, sync::Arc};

use domain::Position;
use engine::{SystemWorld, Verification};
use event_log::{
    Commit, EventLog, Expected, MemoryLog,
    checkpoint::Checkpoint,
    contract::{Passing, Through, an_append},
    frame,
    merkle::Tip,
};
use event_log_sled::SledLog;

use super::verify;
use crate::checkpoints::Comparison;

type Bend = fn(&mut Vec<Commit>);

/// Gives what `bend` makes of a page of five commits: streams 1, 2, 1, 3, 1.
struct Bent {
    log: MemoryLog,
    bend: Bend,
}

impl Passing for Bent {
    fn log(&self) -> &dyn EventLog {
        &self.log
    }

    fn reading(&self, page: &mut Vec<Commit>) {
        (self.bend)(page);
    }
}

async fn bent(bend: Bend) -> Arc<Through<Bent>> {
    let log = MemoryLog::default();
    for (id, stream) in (1..).zip([1, 2, 1, 3, 1]) {
        let stream_id = an_append(stream, id, Expected::NoStream).stream;
        let head = log.stream_head(stream_id).await.unwrap();
        let expected = head.map_or(Expected::NoStream, |it| Expected::Head(it.position));
        log.append(an_append(stream, id, expected)).await.unwrap();
    }
    Arc::new(Through(Bent { log, bend }))
}

/// How far it came, and what it found.
async fn found(bend: Bend, signed: Comparison) -> (u64, Option<String>) {
    let board = std::sync::Mutex::new(Verification::default());
    let note = |change: &mut dyn FnMut(&mut Verification)| change(&mut board.lock().unwrap());
    let outcome = verify(&*bent(bend).await, signed, &SystemWorld::default(), note).await;
    let position = board.lock().unwrap().position.get();
    (position, outcome.err().map(|it| it.to_string()))
}

/// Hashes that fit, whatever was changed: what someone would write who can do more than flip bits.
fn chain(page: &mut [Commit]) {
    let mut before = event_log::Hash::GENESIS;
    for commit in page {
        commit.hash = frame::hash_after(before, commit);
        before = commit.hash;
    }
}

#[tokio::test]
async fn a_sound_log_is_verified_to_its_end_and_anything_else_to_its_first_fault() {
    assert_eq!(found(|_| (), Comparison::default()).await, (5, None));
    let cases: [(Bend, &str); 6] = [
        (|it| it[2].correlation.push('x'), "position 3 does not verify: its hash "),
        (|it| drop(it.remove(1)), "position 2 does not verify: commit 3 stands in its place"),
        (Vec::clear, "position 1 does not verify: it is missing"),
        (
            |it| {
                it[4].prev = Position::new(1);
                chain(it);
            },
            "position 5 does not verify: it follows commit 1 of case_1, whose last commit is 3",
        ),
        (
            |it| {
                it[4].first_version += 1;
                chain(it);
            },
            "position 5 does not verify: it begins with event 4 of case_1, whose next event is 3",
        ),
        (
            |it| {
                it[3].commit_id = it[1].commit_id;
                chain(it);
            },
            "position 4 does not verify: commit 2 has the same id",
        ),
    ];
    for (bend, expected) in cases {
        let (position, fault) = found(bend, Comparison::default()).await;
        let fault = fault.unwrap();
        assert!(position == 0 && fault.starts_with(expected), "{fault}");
        // Of all of these, only the third commit has another of its stream behind it.
        let of = "; what should be there is of case_1, whose next commit is 5";
        assert_eq!(fault.ends_with(of), expected.contains("position 3 "), "{fault}");
    }
}

/// So many that sled reads them in several parts.
const COMMITS: u64 = 2_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_sled_cannot_read_while_it_is_open_is_told_with_position_and_stream() {
    let folder = tempfile::tempdir().unwrap();
    let log = SledLog::open(folder.path()).unwrap();
    for id in 1..=COMMITS {
        // Two commits of each stream, half the log apart.
        let (stream, expected) = match id.checked_sub(COMMITS / 2) {
            None | Some(0) => (id, Expected::NoStream),
            Some(first) => (first, Expected::Head(Position::new(first))),
        };
        log.append(an_append(stream.into(), id.into(), expected)).await.unwrap();
    }
    drop(log);
    let log = SledLog::open_quickly(folder.path()).unwrap();
    assert_eq!(log.trusted().get(), COMMITS);
    let path = folder.path().join("sled/db");
    let bytes = std::fs::read(&path).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    let middle = [&[frame::FORMAT][..], &(COMMITS / 4).to_be_bytes()].concat();
    let at = bytes.windows(middle.len()).position(|it| it == middle).unwrap();
    file.write_all_at(&[!bytes[at + 60]], at as u64 + 60).unwrap();

    let note = |_: &mut dyn FnMut(&mut Verification)| ();
    let found = verify(&log, Comparison::default(), &SystemWorld::default(), note).await;
    let fault = found.unwrap_err().to_string();
    let (position, rest) =
        fault.strip_prefix("position ").unwrap().split_once(" cannot be read: ").unwrap();
    let position: u64 = position.parse().unwrap();
    // sled reads a value as a whole or not at all: the first of the block that it stands in.
    assert!(position <= COMMITS / 4 && position > COMMITS / 8, "{fault}");
    let stream = an_append(position.into(), 1, Expected::NoStream).stream;
    let next = position + COMMITS / 2;
    let of = format!("; what should be there is of {stream}, whose next commit is {next}");
    assert!(rest.contains("orrupted") && rest.ends_with(&of), "{fault}");
}

#[tokio::test]
async fn a_log_that_is_sound_in_itself_and_not_the_one_that_was_signed_is_found() {
    let signed = async |size: usize| {
        let mut tip = Tip::default();
        for commit in bent(|_| ()).await.page(Position::START, size).await.unwrap() {
            tip.push(commit.hash);
        }
        let root = tip.frontier().root();
        let checkpoint = Checkpoint { origin: "log".into(), size: tip.size(), root };
        Comparison::new([("kept.note".into(), checkpoint)])
    };
    assert_eq!(found(|_| (), signed(3).await).await, (5, None));
    let rewritten: Bend = |it| {
        it[1].fingerprint[0] ^= 1;
        chain(it);
    };
    assert_eq!(found(rewritten, signed(1).await).await.1, None, "what was signed is still there");
    let fault = found(rewritten, signed(3).await).await.1.unwrap();
    assert!(
        fault.starts_with("checkpoint kept.note: the log's first 3 commits are not"),
        "{fault}"
    );
}
