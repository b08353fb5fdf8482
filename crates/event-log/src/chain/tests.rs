//! A sound log passes; each way to tamper with one is told by its name and place.

use bytes::Bytes;
use domain::{CommitId, Position};

use super::{BadPosition, Fault, Verifier, Walk};
use crate::{
    Admission, Commit, Expected, Hash, Heads,
    contract::an_append,
    frame::{self, FrameError},
};

/// Five commits: streams 1, 2, 1, 3, 1.
fn log() -> Vec<Commit> {
    let mut heads = Heads::default();
    let mut commits = vec![];
    for (id, stream) in (1..).zip([1, 2, 1, 3, 1]) {
        let plain = an_append(stream, id, Expected::NoStream);
        let head = heads.stream(plain.stream);
        let expected = head.map_or(Expected::NoStream, |it| Expected::Head(it.position));
        let Ok(Admission::Write(mut commit)) = heads.admit(an_append(stream, id, expected)) else {
            panic!("commit {id} was not admitted")
        };
        commit.hash = frame::encode(&commit, heads.hash(), &mut vec![]);
        heads.advance(&commit);
        commits.push(*commit);
    }
    commits
}

/// Frames that chain, whatever they hold: what someone would write who can do more than flip bits.
fn frames(commits: &[Commit]) -> Bytes {
    let mut out = vec![];
    let mut before = Hash::GENESIS;
    for commit in commits {
        before = frame::encode(commit, before, &mut out);
    }
    Bytes::from(out)
}

fn verify(mut bytes: Bytes) -> Result<Verifier, BadPosition> {
    let mut verifier = Verifier::default();
    while !bytes.is_empty() {
        verifier.take(&mut bytes)?;
    }
    Ok(verifier)
}

/// What frames and what commits that an open log gives are refused for is the same.
#[track_caller]
fn check(tampered: &[Commit], expected: &str) {
    assert_eq!(verify(frames(tampered)).unwrap_err().to_string(), expected);
    let mut before = Hash::GENESIS;
    let mut chained = tampered.to_vec();
    for commit in &mut chained {
        commit.hash = frame::hash_after(before, commit);
        before = commit.hash;
    }
    if !expected.contains("has the same id") {
        assert_eq!(walk(&chained).unwrap_err().to_string(), expected);
    }
}

fn walk(commits: &[Commit]) -> Result<Walk, BadPosition> {
    let mut walk = Walk::default();
    commits.iter().try_for_each(|commit| walk.take(commit))?;
    Ok(walk)
}

#[test]
fn whatever_is_changed_in_a_commit_is_missed_when_an_open_log_gives_it() {
    assert_eq!(walk(&log()).unwrap().last().get(), 5);
    let change: [fn(&mut Commit); 4] = [
        |it| it.fingerprint[0] ^= 1,
        |it| it.correlation.push('x'),
        |it| it.hash.0[31] ^= 1,
        |it| it.events[0].type_id += 1,
    ];
    for change in change {
        let mut changed = log();
        change(&mut changed[2]);
        let error = walk(&changed).unwrap_err();
        assert!(error.position.get() == 3 && matches!(error.fault, Fault::Hash { .. }), "{error}");
    }
}

#[test]
fn a_sound_log_passes_and_is_counted() {
    let commits = log();
    let verifier = verify(frames(&commits)).unwrap();
    assert_eq!((verifier.last().get(), verifier.events()), (5, 5));
    assert_eq!(verifier.hash(), commits[4].hash);
    let head = verifier.into_heads().stream(commits[0].stream).unwrap();
    assert_eq!((head.position.get(), head.version), (5, 3));
}

#[test]
fn a_commit_that_was_taken_out_or_moved_is_missed() {
    let mut gone = log();
    gone.remove(1);
    check(&gone, "position 2 does not verify: commit 3 stands in its place");
    let mut swapped = log();
    swapped.swap(2, 3);
    check(&swapped, "position 3 does not verify: commit 4 stands in its place");
}

#[test]
fn a_commit_that_does_not_follow_its_streams_last_is_named() {
    let mut other = log();
    other[4].prev = Position::new(1);
    check(
        &other,
        "position 5 does not verify: it follows commit 1 of case_1, whose last commit is 3",
    );
    let mut from_nothing = log();
    from_nothing[2].prev = Position::START;
    check(
        &from_nothing,
        "position 3 does not verify: it follows commit 0 of case_1, whose last commit is 1",
    );
}

#[test]
fn a_version_that_was_skipped_or_used_twice_is_named() {
    for found in [1, 3] {
        let mut tampered = log();
        tampered[2].first_version = found;
        check(
            &tampered,
            &format!(
                "position 3 does not verify: \
                 it begins with event {found} of case_1, whose next event is 2"
            ),
        );
    }
}

#[test]
fn an_id_that_was_used_twice_is_named() {
    let mut twice = log();
    twice[3].commit_id = CommitId(2);
    check(&twice, "position 4 does not verify: commit 2 has the same id");
}

#[test]
fn a_changed_payload_with_a_right_checksum_breaks_the_chain() {
    let whole = frames(&log());
    let lengths: Vec<_> =
        log().iter().map(|it| frame::length(&it.correlation, &it.events)).collect();
    let start: usize = lengths[..2].iter().sum();
    let mut bytes = whole.to_vec();
    let body = start + 8..start + lengths[2] - 32;
    bytes[body.end - 1] ^= 1;
    let crc = frame::checksum(&bytes[body]).to_be_bytes();
    bytes[start + 4..start + 8].copy_from_slice(&crc);
    let bad = verify(Bytes::from(bytes)).unwrap_err();
    assert_eq!(bad.position.get(), 3);
    assert!(matches!(bad.fault, Fault::Hash { .. }), "got {bad}");
}

#[test]
fn every_flipped_byte_of_a_log_is_found_at_its_commit() {
    let whole = frames(&log());
    let lengths: Vec<_> =
        log().iter().map(|it| frame::length(&it.correlation, &it.events)).collect();
    for at in 0..whole.len() {
        let mut ends = lengths.iter().scan(0, |end, it| {
            *end += it;
            Some(*end)
        });
        let commit = 1 + ends.position(|end| at < end).unwrap() as u64;
        let mut bytes = whole.to_vec();
        bytes[at] ^= 0x10;
        let bad = verify(Bytes::from(bytes)).err();
        assert_eq!(bad.map(|it| it.position.get()), Some(commit), "byte {at}");
    }
}

#[test]
fn a_log_that_ends_within_a_commit_is_cut_short_there() {
    let whole = frames(&log());
    let bad = verify(whole.slice(..whole.len() - 1)).unwrap_err();
    assert_eq!(bad.position.get(), 5);
    assert_eq!(bad.fault, Fault::Frame(FrameError::CutShort { within: "body" }));
}
