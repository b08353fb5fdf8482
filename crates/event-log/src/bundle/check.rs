//! Checking a bundle: nothing is looked up, and nothing in it is believed but what follows from the
//! key.

use bytes::Bytes;
use domain::{Position, StreamId};

use super::{
    BundleError, EventType,
    file::FORMAT,
    read::{CommitParts, Parts},
};
use crate::{
    Commit, Hash, Head,
    chain::{BadPosition, Fault},
    checkpoint::{Checkpoint, PublicKey},
    frame::{self, FrameError},
    merkle::{check_consistency, check_inclusion, leaf},
};

/// What a bundle holds, checked.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Whose commits.
    pub stream: StreamId,
    /// The log that holds them.
    pub checkpoint: Checkpoint,
    /// The stream's commits from its first on, none left out between.
    pub commits: Vec<Commit>,
    /// What types of events are called, unproven.
    pub event_types: Vec<EventType>,
    /// For a log of so many commits, what shows that this one begins with it.
    earlier: Option<(u64, Vec<Hash>)>,
}

impl Checked {
    /// Whether the log that the bundle is from begins with what was signed `earlier`.
    pub fn follows(&self, earlier: &Checkpoint) -> Result<(), BundleError> {
        let size = earlier.size;
        let proof = self.earlier.as_ref().filter(|(proven, _)| *proven == size);
        let (_, proof) = proof.ok_or(BundleError::NoProof { size })?;
        let Checkpoint { size: later, root, .. } = self.checkpoint;
        check_consistency(size, earlier.root, later, root, proof)
            .map_err(|_| BundleError::Earlier { size })
    }
}

/// Checks the bundle in `text` with the key of the log that it is from.
pub fn check(text: &str, key: &PublicKey) -> Result<Checked, BundleError> {
    let parts = Parts::of(text)?;
    let format = parts.format()?;
    if format != FORMAT {
        return Err(BundleError::Format { format: format.chars().take(64).collect() });
    }
    let stream = parts.stream()?.parse().map_err(|_| BundleError::Part { part: "stream" })?;
    let checkpoint = Checkpoint::verify(&parts.checkpoint()?, key)?;
    let mut head = None;
    let mut commits = vec![];
    // Each is checked before the next is looked at: whoever cannot sign cannot make this long.
    parts.each_commit(|number, bundled| {
        let commit = check_commit(number, &bundled, &checkpoint)?;
        check_place(&commit, stream, head)?;
        head = Some(commit.head());
        commits.push(commit);
        Ok(())
    })?;
    if commits.is_empty() {
        return Err(BundleError::Empty { stream });
    }
    let earlier = match &parts.earlier {
        Some(it) => Some((it.size, it.proof()?)),
        None => None,
    };
    Ok(Checked { stream, checkpoint, commits, event_types: parts.event_types()?, earlier })
}

/// The commit is whole, and in the log.
fn check_commit(
    number: usize,
    bundled: &CommitParts<'_>,
    log: &Checkpoint,
) -> Result<Commit, BundleError> {
    let before = bundled.hash_before()?;
    let mut bytes = Bytes::from(bundled.frame()?);
    let not_a_frame = |source| BundleError::Frame { number, source };
    let frame = frame::decode(&mut bytes).map_err(not_a_frame)?;
    let (position, found) = (frame.commit.position, frame.commit.hash);
    let bad = |fault| BundleError::from(BadPosition { position, fault });
    if !bytes.is_empty() {
        return Err(not_a_frame(FrameError::Part { part: "end" }));
    }
    let expected = frame.hash_after(before);
    if found != expected {
        return Err(bad(Fault::Hash { found, expected }));
    }
    let index = position.get().checked_sub(1).ok_or(BundleError::Part { part: "position" })?;
    let proof = bundled.proof()?;
    check_inclusion(leaf(found), index, log.size, log.root, &proof)
        .map_err(|source| BundleError::NotInLog { position, source })?;
    Ok(frame.commit)
}

/// The commit is the one of its stream that comes after the one with this head.
fn check_place(commit: &Commit, stream: StreamId, head: Option<Head>) -> Result<(), BadPosition> {
    let bad = |fault| Err(BadPosition { position: commit.position, fault });
    if commit.stream != stream {
        return bad(Fault::Stream { found: commit.stream, expected: stream });
    }
    let expected = head.map_or(Position::START, |head| head.position);
    if commit.prev != expected || commit.position <= expected {
        return bad(Fault::Prev { stream, found: commit.prev, expected });
    }
    let expected = head.map_or(0, |head| head.version) + 1;
    if commit.first_version != expected {
        return bad(Fault::Version { stream, found: commit.first_version, expected });
    }
    Ok(())
}
