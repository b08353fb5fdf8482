//! Checking every commit of a log, at each opening and on demand.

use std::path::Path;

use domain::Position;
use event_log::{
    Commit, Hash,
    chain::{BadPosition, Fault, Verifier},
    frame::FrameError,
};

use crate::{OpenError, block, database::Database, reader::misplaced, witness::Testimony};

/// What was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// How many commits.
    pub commits: u64,
    /// How many events they hold.
    pub events: u64,
    /// How many bytes their frames take.
    pub bytes: u64,
    /// The hash of the last commit: it stands for the whole log.
    pub hash: Hash,
}

/// Verifies the log in `folder`: frames, the hash chain, positions without gaps, each stream's
/// chain and versions, and the witness. `progress` is told commits done and commits in all.
///
/// The log must not be open elsewhere.
pub fn verify(folder: &Path, mut progress: impl FnMut(u64, u64)) -> Result<Verified, OpenError> {
    let database = Database::open(folder)?;
    let total = database.testimony.map_or(0, |it| it.position.get());
    let mut bytes = 0;
    let verifier = walk(&database, &mut bytes, |commit| {
        let done = commit.position.get();
        if done.is_multiple_of(1_000) {
            progress(done, total.max(done));
        }
    })?;
    finish(&database, &verifier)?;
    database.mark_clean().map_err(|source| OpenError::File {
        doing: "closing",
        path: folder.to_owned(),
        source,
    })?;
    let commits = verifier.last().get();
    progress(commits, commits);
    Ok(Verified { commits, events: verifier.events(), bytes, hash: verifier.hash() })
}

/// Verifies all, and renews the witness.
pub(crate) fn scan(database: &Database, each: impl FnMut(&Commit)) -> Result<Verifier, OpenError> {
    let verifier = walk(database, &mut 0, each)?;
    finish(database, &verifier)?;
    Ok(verifier)
}

fn walk(
    database: &Database,
    bytes: &mut u64,
    mut each: impl FnMut(&Commit),
) -> Result<Verifier, OpenError> {
    let failed = |why: String| OpenError::Sled { path: "the log".into(), why };
    let mut verifier = Verifier::default();
    let sled = database.sled().map_err(|error| failed(error.to_string()))?;
    for entry in sled.db.iter() {
        let (key, value) = entry.map_err(|error| failed(error.to_string()))?;
        let expected = verifier.last().next();
        let found = block::position(&key).unwrap_or_default();
        if found != expected {
            return Err(misplaced(expected, found).into());
        }
        let unknown = || {
            let fault = Fault::Frame(FrameError::Part { part: "block" });
            BadPosition { position: expected, fault }
        };
        let mut frames = block::frames(&value).ok_or_else(unknown)?;
        *bytes += frames.len() as u64;
        while !frames.is_empty() {
            let commit = verifier.take(&mut frames)?;
            check(database.testimony, &commit)?;
            each(&commit);
        }
    }
    Ok(verifier)
}

fn check(testimony: Option<Testimony>, commit: &Commit) -> Result<(), OpenError> {
    match testimony {
        Some(it) if it.position == commit.position && it.hash != commit.hash => {
            Err(OpenError::OtherThanWitness { position: commit.position })
        }
        _ => Ok(()),
    }
}

/// A log that is shorter than its witness has lost what was acknowledged. One that is longer holds
/// commits that were written and not yet acknowledged; they are whole, so they stay.
fn finish(database: &Database, verifier: &Verifier) -> Result<(), OpenError> {
    let last = verifier.last();
    let witness = database.testimony.map_or(Position::START, |it| it.position);
    if last < witness {
        return Err(OpenError::ShorterThanWitness { last, witness });
    }
    let failed = |source| OpenError::File { doing: "writing", path: "the witness".into(), source };
    let mut file = database.witness.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    for _ in 0..2 {
        file.testify(Testimony { position: last, hash: verifier.hash() }).map_err(failed)?;
    }
    file.sync().map_err(failed)
}
