//! A bundle: one stream's commits, and the proof that a signed log holds them, in one file that
//! can be checked without the log. docs/bundle.md tells others how.
//!
//! What is sealed stays sealed. That a commit was left out between two others shows, since each
//! names the one before; that later ones were left out does not.

mod check;
mod file;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use domain::StreamId;
use thiserror::Error;

use self::file::{BundledCommit, Earlier, File, encode};
pub use self::{
    check::{Checked, check},
    file::{EventType, FORMAT},
};
use crate::{
    Commit, Hash,
    chain::BadPosition,
    checkpoint::{Checkpoint, CheckpointError, SecretKey},
    frame::{self, FrameError},
    merkle::{ProofError, Tree, leaf},
};

/// Why there is no bundle, or none that can be relied on.
#[derive(Debug, Error)]
pub enum BundleError {
    /// It is not a bundle.
    #[error("it is not a bundle: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It is of a form that this program does not know.
    #[error("its format is `{format}`, not `{FORMAT}`; it was written by another version")]
    Format {
        /// What it says.
        format: String,
    },
    /// A part of it is not what it should be.
    #[error("its {part} cannot be read")]
    Part {
        /// Which.
        part: &'static str,
    },
    /// What stands for a commit is none.
    #[error("its commit number {number} does not verify: {source}")]
    Frame {
        /// Which, from 1.
        number: usize,
        /// Why not.
        source: FrameError,
    },
    /// There is nothing of the stream.
    #[error("there is no commit of {stream}")]
    Empty {
        /// Which stream.
        stream: StreamId,
    },
    /// Its checkpoint cannot be relied on.
    #[error("its checkpoint does not verify: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The log is not the one that was signed earlier.
    #[error("the log does not begin with the {size} commits that were signed earlier")]
    Earlier {
        /// How many commits were signed.
        size: u64,
    },
    /// Nothing shows whether the log is the one that was signed earlier.
    #[error(
        "it holds no proof for a checkpoint of {size} commits; have it made with that checkpoint"
    )]
    NoProof {
        /// How many commits were signed.
        size: u64,
    },
    /// A commit is not what it should be.
    #[error(transparent)]
    BadPosition(#[from] BadPosition),
    /// A commit is not in the log that was signed.
    #[error("commit {position} is not in the log that was signed: {source}")]
    NotInLog {
        /// Which.
        position: domain::Position,
        /// Why not.
        source: ProofError,
    },
}

/// Makes a bundle while a log passes, from its first commit on.
#[derive(Debug)]
pub struct Bundler {
    stream: StreamId,
    tree: Tree,
    last: Hash,
    /// The stream's commits, each with the hash before it.
    taken: Vec<(Hash, Commit)>,
}

impl Bundler {
    /// For the commits of `stream`.
    pub fn new(stream: StreamId) -> Self {
        Self { stream, tree: Tree::default(), last: Hash::GENESIS, taken: vec![] }
    }

    /// Takes note of the next commit of the log, whichever stream it belongs to.
    pub fn take(&mut self, commit: &Commit) {
        if commit.stream == self.stream {
            self.taken.push((self.last, commit.clone()));
        }
        self.tree.push(leaf(commit.hash));
        self.last = commit.hash;
    }

    /// The bundle, with a checkpoint of the log as far as it has passed, and the proof that the log
    /// begins with what was signed `earlier`. `name` knows what types of events are called.
    pub fn finish(
        self,
        key: &SecretKey,
        earlier: Option<&Checkpoint>,
        name: impl Fn(u16, u16) -> Option<String>,
    ) -> Result<String, BundleError> {
        if self.taken.is_empty() {
            return Err(BundleError::Empty { stream: self.stream });
        }
        let size = self.tree.size();
        let root = self.tree.root(size).ok_or(BundleError::Part { part: "log" })?;
        let checkpoint = Checkpoint { origin: key.public().name().to_owned(), size, root };
        let taken = self.taken.iter();
        let commits = taken.map(|(before, commit)| self.bundled(*before, commit, size));
        let commits = commits.collect::<Result<_, _>>()?;
        let events = self.taken.iter().flat_map(|(_, commit)| &commit.events);
        let types: BTreeSet<_> = events.map(|it| (it.type_id, it.schema_version)).collect();
        let event_types = types.into_iter().map(|(type_id, schema_version)| {
            let name = name(type_id, schema_version).unwrap_or_default();
            EventType { type_id, schema_version, name }
        });
        let file = File {
            format: FORMAT.to_owned(),
            stream: self.stream.to_string(),
            checkpoint: checkpoint.sign(key)?,
            earlier: earlier.map(|earlier| self.proof(earlier, size)).transpose()?,
            commits,
            event_types: event_types.collect(),
        };
        Ok(serde_json::to_string_pretty(&file)? + "\n")
    }

    /// One commit, the hash before it, and the proof that it is among the first `size`.
    fn bundled(
        &self,
        before: Hash,
        commit: &Commit,
        size: u64,
    ) -> Result<BundledCommit, BundleError> {
        let mut bytes = vec![];
        let hash = frame::encode(commit, before, &mut bytes);
        let inclusion = self.tree.inclusion(commit.position.get().wrapping_sub(1), size);
        // Whatever was read is written back as it was, or it was not what was verified.
        let inclusion = inclusion.filter(|_| hash == commit.hash);
        let inclusion = inclusion.ok_or(BundleError::Part { part: "log" })?;
        Ok(BundledCommit {
            hash_before: encode(&before.0),
            frame: encode(&bytes),
            inclusion: inclusion.iter().map(|it| encode(&it.0)).collect(),
        })
    }

    /// The proof that the log of `size` commits begins with what was signed `earlier`.
    fn proof(&self, earlier: &Checkpoint, size: u64) -> Result<Earlier, BundleError> {
        let is_ours = self.tree.root(earlier.size) == Some(earlier.root);
        let proof = self.tree.consistency(earlier.size, size).filter(|_| is_ours);
        let proof = proof.ok_or(BundleError::Earlier { size: earlier.size })?;
        Ok(Earlier {
            size: earlier.size,
            consistency: proof.iter().map(|it| encode(&it.0)).collect(),
        })
    }
}
