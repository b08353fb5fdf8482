//! Real files of sled's, cut and changed: the log opens with all that was acknowledged, or says why
//! not; never less without a word, and never a panic.
//!
//! The file is cut at every 512 bytes of its last 64 KiB and one bit is flipped in some hundred
//! places. Each damage is tried as a crash leaves a folder, once with its journal and once without:
//! the second shows what sled alone allows, and what the journal is worth.

use std::{fs, path::Path};

use domain::Position;
use event_log::{Commit, EventLog, Expected, contract::an_append};
use event_log_sled::{OpenError, Remains, SledLog};

/// Commits of the log that is damaged. They take more than the 64 KiB that are cut.
const COMMITS: u128 = 400;

const CUT_STEP: usize = 512;
const CUT_FROM_END: usize = 64 << 10;
const FLIPS: usize = 200;

/// How many of the damages are tried without a journal too.
const WITHOUT_JOURNAL_EVERY: usize = 6;

/// What became of the damaged logs.
#[derive(Debug, Default)]
struct Outcomes {
    whole: usize,
    mended: usize,
    refused: usize,
    /// Of those that were refused: every commit is read from the files without sled.
    read_whole: usize,
}

#[test]
fn damage_is_mended_or_noticed_or_harmless() {
    let original = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut log = SledLog::open(original.path()).unwrap();
    for n in 1..=COMMITS {
        if n == COMMITS / 2 {
            // So that a part of it is older than sled's snapshot.
            drop(log);
            log = SledLog::open(original.path()).unwrap();
        }
        runtime.block_on(log.append(an_append(n, n, Expected::NoStream))).unwrap();
    }
    let commits = runtime.block_on(log.page(Position::START, usize::MAX)).unwrap();
    drop(log);
    fs::remove_file(original.path().join("clean")).unwrap();

    let database = fs::read(original.path().join("sled/db")).unwrap();
    let used = database.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let mut damaged: Vec<(String, Vec<u8>)> = vec![];
    for at in (used.saturating_sub(CUT_FROM_END)..used).step_by(CUT_STEP) {
        damaged.push((format!("cut at {at} of {used}"), database[..at].to_vec()));
    }
    let mut chance = 0x2545_f491_4f6c_dd1d_u64;
    for trial in 0..FLIPS {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let at = usize::try_from(chance).unwrap() % used;
        let mut changed = database.clone();
        changed[at] ^= 1 << (trial % 8);
        damaged.push((format!("flipped at {at} of {used}"), changed));
    }
    let (half, other_half) = damaged.split_at(damaged.len() / 2);
    let run = |damaged: &[(String, Vec<u8>)]| {
        let (mut with, mut without) = (Outcomes::default(), Outcomes::default());
        for (index, (what, database)) in damaged.iter().enumerate() {
            try_one(original.path(), database, true, &commits, what, &mut with);
            if index.is_multiple_of(WITHOUT_JOURNAL_EVERY) {
                try_one(original.path(), database, false, &commits, what, &mut without);
            }
        }
        (with, without)
    };
    let (a, b) = std::thread::scope(|scope| {
        let a = scope.spawn(|| run(half));
        (run(other_half), a.join().unwrap())
    });
    let (with, without) = (a.0.and(b.0), a.1.and(b.1));
    eprintln!("{} damages; with the journal {with:?}, without {without:?}", damaged.len());
    assert!(without.refused > 10, "hardly any of it mattered: {without:?}");
    assert!(with.mended > damaged.len() / 2, "the journal mends: {with:?}");
    assert_eq!(without.mended, 0);
    assert!(without.read_whole > without.refused / 10, "sled is all there is: {without:?}");
    assert_eq!(with.read_whole, with.refused, "what the journal has was not found: {with:?}");
}

impl Outcomes {
    fn and(self, other: Self) -> Self {
        Self {
            whole: self.whole + other.whole,
            mended: self.mended + other.mended,
            refused: self.refused + other.refused,
            read_whole: self.read_whole + other.read_whole,
        }
    }
}

fn try_one(
    original: &Path,
    database: &[u8],
    journal: bool,
    commits: &[Commit],
    what: &str,
    outcomes: &mut Outcomes,
) {
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("sled")).unwrap();
    for folder in ["", "sled"] {
        for entry in fs::read_dir(original.join(folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name();
            let is_left_out = name == "db" || !journal && name.to_string_lossy().starts_with("jou");
            if entry.file_type().unwrap().is_file() && !is_left_out {
                fs::copy(entry.path(), copy.path().join(folder).join(name)).unwrap();
            }
        }
    }
    fs::write(copy.path().join("sled/db"), database).unwrap();
    match SledLog::open(copy.path()) {
        Ok(log) => {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let found = runtime.block_on(log.page(Position::START, usize::MAX)).unwrap();
            assert!(found == commits, "{what}: lost without a word, journal: {journal}");
            let is_mended = log.redone().damaged > 0;
            *(if is_mended { &mut outcomes.mended } else { &mut outcomes.whole }) += 1;
        }
        Err(error) => {
            let said = error.to_string();
            let is_named = said.contains("position ") || said.contains("/sled");
            assert!(is_named, "{what}: it says only: {said}");
            outcomes.refused += 1;
            outcomes.read_whole += usize::from(is_read_without_sled(copy.path(), commits, what));
        }
    }
}

/// Whether every commit is there. One that is not is named with its stream, if another of that
/// follows it; here none does.
fn is_read_without_sled(folder: &Path, commits: &[Commit], what: &str) -> bool {
    let mut remains = Remains::of(&[folder], |_, _| ()).unwrap();
    let mut found = vec![];
    let take = |commit| {
        found.push(commit);
        Ok::<_, OpenError>(())
    };
    let account = remains.follow(take).unwrap();
    assert!(commits.starts_with(&found), "{what}: other commits than were written");
    assert_eq!(account.known.get(), commits.len() as u64, "{what}");
    match account.lost {
        None => assert_eq!(found.len(), commits.len(), "{what}"),
        Some(lost) => assert_eq!(lost.position.get(), found.len() as u64 + 1, "{what}"),
    }
    account.lost.is_none()
}
