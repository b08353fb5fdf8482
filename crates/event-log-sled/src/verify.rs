//! Checking every commit of a log, at each opening and on demand.

use std::{path::Path, sync::mpsc};

use event_log::{
    Commit, Hash, Heads,
    chain::{BadPosition, Fault, Links, Verifier},
};

use crate::{
    OpenError, Redone, block, database::Database, folder::failed, redo::Missing, witness::Testimony,
};

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
    /// What had to be put back from the journal first.
    pub redone: Redone,
}

/// Verifies the log in `folder`: frames, the hash chain, positions without gaps, each stream's
/// chain and versions, and the witness. `progress` is told commits done and commits in all.
///
/// The log must not be open elsewhere.
pub fn verify(folder: &Path, progress: impl FnMut(u64, u64)) -> Result<Verified, OpenError> {
    verify_with(folder, |_| (), progress)
}

/// As [`verify`], and hands every verified commit to `each`, in order.
pub fn verify_with(
    folder: &Path,
    mut each: impl FnMut(&Commit),
    mut progress: impl FnMut(u64, u64),
) -> Result<Verified, OpenError> {
    let mut database = Database::open(folder)?;
    let total = database.testimony().position.get();
    let (verifier, bytes) = scan(&mut database, |commit| {
        each(commit);
        let done = commit.position.get();
        if done.is_multiple_of(1_000) {
            progress(done, total.max(done));
        }
    })?;
    database.complete();
    let commits = verifier.last().get();
    progress(commits, commits);
    let (events, hash, redone) = (verifier.events(), verifier.hash(), database.redone());
    Ok(Verified { commits, events, bytes, hash, redone })
}

/// Verifies all, hands every commit to `each`, mends what sled lacks and the journal has, and renews
/// the witness. Gives what it knows in the end, and how many bytes of frames it read.
///
/// Nothing is changed before everything was verified.
pub(crate) fn scan(
    database: &mut Database,
    each: impl FnMut(&Commit),
) -> Result<(Verifier, u64), OpenError> {
    let heads = Heads::expecting(database.testimony().position.get());
    scan_after(database, Verifier::after(heads), each)
}

/// As [`scan`], for what follows the commits that `verifier` takes on trust.
pub(crate) fn scan_after(
    database: &mut Database,
    verifier: Verifier,
    each: impl FnMut(&Commit),
) -> Result<(Verifier, u64), OpenError> {
    let (verifier, bytes, missing) = walk(database, verifier, each)?;
    let (last, witness) = (verifier.last(), database.testimony().position);
    // A log that is shorter than its witness has lost what was acknowledged. One that is longer
    // holds commits that were written and not yet acknowledged; they are whole, so they stay.
    if last < witness {
        return Err(OpenError::ShorterThanWitness { last, witness });
    }
    database.mend(missing).map_err(failed("mending", database.disk().path()))?;
    let testimony = Testimony { position: last, hash: verifier.hash() };
    // Once for each slot.
    let renewed = database.testify(testimony).and_then(|()| database.testify(testimony));
    renewed
        .and_then(|()| database.sync_witness())
        .map_err(failed("writing the witness in", database.disk().path()))?;
    database.disk().opened()?;
    Ok((verifier, bytes))
}

/// So many blocks may be read, and not yet be placed.
const AHEAD_BLOCKS: usize = 32;

/// Reads, in a thread of its own, what `Links` can check, while what comes before is placed.
fn walk(
    database: &Database,
    mut verifier: Verifier,
    mut each: impl FnMut(&Commit),
) -> Result<(Verifier, u64, Missing), OpenError> {
    let (sender, receiver) = mpsc::sync_channel(AHEAD_BLOCKS);
    let links = Links::after(verifier.last(), verifier.hash());
    std::thread::scope(|scope| {
        let reading = std::thread::Builder::new().name("event-log-reading".into());
        let reading = reading.spawn_scoped(scope, move || read(database, links, &sender));
        let reading = reading.map_err(failed("starting a thread for", database.disk().path()))?;
        for commits in receiver {
            for commit in commits {
                verifier.place(&commit)?;
                check(database.testimony(), &commit)?;
                each(&commit);
            }
        }
        let panicked = |_| std::io::Error::other("the thread that reads panicked");
        let read = reading.join().map_err(panicked);
        let (bytes, missing) = read.map_err(failed("reading", database.disk().path()))??;
        Ok((verifier, bytes, missing))
    })
}

/// Sends the commits of each block, and ends at the first that does not follow: those before it are
/// sent, since one of them may be the first that is wrong in its stream.
fn read(
    database: &Database,
    mut links: Links,
    sender: &mpsc::SyncSender<Vec<Commit>>,
) -> Result<(u64, Missing), OpenError> {
    let mut bytes = 0;
    let merged = database.merged(links.last().next());
    let mut merged = merged.map_err(failed("reading", database.disk().path()))?;
    for block in &mut merged {
        let position = links.last().next();
        let block = block.map_err(|it| OpenError::Unreadable { position, why: it.to_string() })?;
        let bad = |fault| OpenError::from(BadPosition { position, fault });
        if block.first != position {
            return Err(bad(Fault::Gap { found: block.first }));
        }
        let mut frames = block::frames(&block.value).map_err(|it| bad(it.into()))?;
        bytes += frames.len() as u64;
        let mut commits = Vec::new();
        let mut fault = None;
        while !frames.is_empty() && fault.is_none() {
            match links.take(&mut frames) {
                Ok(commit) => commits.push(commit),
                Err(bad) => fault = Some(bad),
            }
        }
        // Whoever places them may have found a fault and gone; that is the one to tell.
        let gone = sender.send(commits).is_err();
        match fault {
            Some(fault) => return Err(fault.into()),
            None if gone => break,
            None => (),
        }
    }
    Ok((bytes, merged.missing))
}

fn check(testimony: Testimony, commit: &Commit) -> Result<(), OpenError> {
    if testimony.position == commit.position && testimony.hash != commit.hash {
        return Err(OpenError::OtherThanWitness { position: commit.position });
    }
    Ok(())
}
