//! What can be taken out of damaged files, and what is said of the rest.

use std::{fs, path::Path};

use bytes::Bytes;
use domain::Position;
use event_log::{
    Append, Commit, EventLog, EventRecord, Expected, Hash, contract::an_append, frame,
};
use tempfile::TempDir;

use super::{Account, Lost, Remains};
use crate::{OpenError, SledLog, folder::COPY, journal::FILES, witness};

/// Two commits of each of ten streams, in turns.
fn a_log(folder: &Path) -> Vec<Commit> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let log = SledLog::open(folder).unwrap();
    for n in 1..=20_u64 {
        let expected = match n {
            1..=10 => Expected::NoStream,
            _ => Expected::Head(Position::new(n - 10)),
        };
        let appended = log.append(an_append(((n - 1) % 10 + 1).into(), n.into(), expected));
        runtime.block_on(appended).unwrap();
    }
    runtime.block_on(log.page(Position::START, usize::MAX)).unwrap()
}

fn remains(folders: &[&Path]) -> (Vec<Commit>, Account) {
    let mut told = vec![];
    let mut remains = Remains::of(folders, |done, total| told.push((done, total))).unwrap();
    let is_forwards = told.is_sorted() && told.iter().all(|(done, total)| done <= total);
    assert!(is_forwards, "{told:?}");
    let mut commits = vec![];
    let take = |commit| {
        commits.push(commit);
        Ok::<_, OpenError>(())
    };
    let account = remains.follow(take).unwrap();
    (commits, account)
}

/// Changes `file` where the frame of `position` has its stream, wherever it lies in it.
fn damage(file: &Path, position: u64) {
    let mut bytes = fs::read(file).unwrap();
    let body = [&[frame::FORMAT][..], &position.to_be_bytes()].concat();
    let places: Vec<_> =
        (0..bytes.len() - body.len()).filter(|at| bytes[*at..].starts_with(&body)).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at + 30] ^= 1;
    }
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_log_whose_database_sled_takes_for_empty_is_read_whole_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let commits = a_log(folder.path());
    for journal in FILES {
        fs::remove_file(folder.path().join(journal)).unwrap();
    }
    let db = folder.path().join("sled/db");
    let mut bytes = fs::read(&db).unwrap();
    bytes[..16].fill(0xff);
    fs::write(&db, &bytes).unwrap();
    let refused = SledLog::open(folder.path()).err().unwrap();
    assert!(refused.is_damage(), "{refused}");
    // sled may have changed its files while it opened them.
    let read = || ["sled", COPY].map(|it| fs::read(folder.path().join(it).join("db")).unwrap());
    let before = read();

    let (found, account) = remains(&[folder.path()]);
    assert_eq!(found, commits);
    let last = commits.last().unwrap();
    let expected = Account {
        last: last.position,
        hash: last.hash,
        known: last.position,
        has_witness: true,
        whole: 20,
        lost: None,
        is_disputed: false,
    };
    assert_eq!(account, expected);
    assert!(read() == before);
}

#[test]
fn what_is_lost_is_named_and_taken_from_another_folder_that_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let commits = a_log(folder.path());
    let copy = tempfile::tempdir().unwrap();
    for file in ["format", "witness"] {
        fs::copy(folder.path().join(file), copy.path().join(file)).unwrap();
    }
    fs::create_dir(copy.path().join("sled")).unwrap();
    fs::copy(folder.path().join("sled/db"), copy.path().join("sled/db")).unwrap();
    for file in ["sled/db", "journal.0"] {
        damage(&folder.path().join(file), 7);
    }
    damage(&copy.path().join("sled/db"), 12);

    let (found, account) = remains(&[folder.path()]);
    assert_eq!(found, commits[..6]);
    let followed = Some((commits[6].stream, Position::new(17)));
    assert_eq!(account.lost, Some(Lost { position: Position::new(7), followed }));
    assert_eq!((account.whole, account.known), (19, Position::new(20)));

    let (found, account) = remains(&[copy.path()]);
    assert_eq!(found, commits[..11]);
    assert_eq!(account.lost, Some(Lost { position: Position::new(12), followed: None }));

    let (found, account) = remains(&[folder.path(), copy.path()]);
    assert_eq!((found, account.lost), (commits, None));
}

/// A folder with nothing but what `frames` put into its database, one stretch each.
fn of_frames(frames: &[Vec<u8>]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("format"), "arende event log 3\n").unwrap();
    fs::create_dir(folder.path().join(COPY)).unwrap();
    fs::write(folder.path().join(COPY).join("db"), frames.join(&b"something else"[..])).unwrap();
    folder
}

/// A frame of a stream of its own, and its hash.
fn a_frame(position: u64, id: u128, before: Hash) -> (Vec<u8>, Hash) {
    let Append { stream, commit_id, fingerprint, occurred_at, recorded_at, actor, .. } =
        an_append(id, id, Expected::NoStream);
    let payload = Bytes::from(vec![7; Append::PAYLOAD_BYTES_MAX * usize::from(id == 9)]);
    let commit = Commit {
        position: Position::new(position),
        stream,
        first_version: 1,
        prev: Position::START,
        commit_id,
        fingerprint,
        occurred_at,
        recorded_at,
        actor,
        correlation: String::new(),
        events: vec![EventRecord {
            type_id: 1,
            schema_version: 1,
            clear: payload,
            sealed: Bytes::new(),
        }],
        hash: Hash::GENESIS,
    };
    let mut bytes = vec![];
    let hash = frame::encode(&commit, before, &mut bytes);
    (bytes, hash)
}

#[test]
fn of_two_that_claim_a_place_the_one_that_leads_further_stands() {
    let (one, hash) = a_frame(1, 1, Hash::GENESIS);
    let (given_up, given_up_hash) = a_frame(2, 2, hash);
    let (also_given_up, _) = a_frame(3, 3, given_up_hash);
    // The longest there is, so that it begins in one stretch and ends in another somewhere.
    let (two, hash) = a_frame(2, 9, hash);
    let (three, hash) = a_frame(3, 5, hash);
    let (four, hash) = a_frame(4, 6, hash);
    let filling = vec![1; (4 << 20) - 1_000];
    let all = [&four, &also_given_up, &filling, &two, &given_up, &three, &one, &four];
    let folder = of_frames(&all.map(Clone::clone));
    let (found, account) = remains(&[folder.path()]);
    let ids: Vec<_> = found.iter().map(|it| it.commit_id.0).collect();
    let expected: Vec<_> = [1, 9, 5, 6].map(|id| an_append(id, id, Expected::NoStream)).into();
    assert_eq!(ids, expected.iter().map(|it| it.commit_id.0).collect::<Vec<_>>());
    assert_eq!((account.last.get(), account.hash, account.is_disputed), (4, hash, false));
    assert!(!account.has_witness);
}

#[test]
fn of_two_that_lead_equally_far_the_witness_decides_or_nobody_does() {
    let (one, one_hash) = a_frame(1, 1, Hash::GENESIS);
    let (two, hash) = a_frame(2, 2, one_hash);
    let (other, _) = a_frame(2, 3, one_hash);
    let folder = of_frames(&[one, two, other]);
    let (found, account) = remains(&[folder.path()]);
    assert_eq!((found.len(), account.last.get(), account.hash), (1, 1, one_hash));
    assert!(account.is_disputed);

    let file = fs::File::create_new(folder.path().join(witness::FILE)).unwrap();
    let (mut witness, _) = witness::Witness::open(Box::new(file), false).unwrap();
    witness.testify(witness::Testimony { position: Position::new(2), hash }).unwrap();
    let (found, account) = remains(&[folder.path()]);
    assert_eq!((found.len(), account.hash, account.is_disputed), (2, hash, false));
}

#[test]
fn a_log_that_was_written_anew_is_not_what_the_witness_has_seen() {
    let folder = tempfile::tempdir().unwrap();
    a_log(folder.path());
    let (one, hash) = a_frame(1, 1, Hash::GENESIS);
    let (two, _) = a_frame(2, 2, hash);
    let other = of_frames(&[one, two]);
    fs::copy(folder.path().join("witness"), other.path().join("witness")).unwrap();
    let (found, account) = remains(&[other.path()]);
    assert_eq!((found.len(), account.last.get(), account.known.get()), (2, 2, 20));
    assert_eq!(account.lost.map(|it| it.position.get()), Some(3));
}
