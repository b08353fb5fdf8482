//! Why a log does not open, in words an operator can act on.

use std::{io, path::PathBuf};

use event_log::chain::BadPosition;
use thiserror::Error;

/// What to do about damage.
const KEEP: &str = "keep this folder, and let `arende verify` say what is left of it";

/// Why a log could not be opened. No commit in it was changed.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A file or folder could not be read or written.
    #[error("failed while {doing} {path}: {source}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// Another process has it.
    #[error("{path} is in use by another process; stop that one first")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// Something else is in the folder.
    #[error("{path} is not an event log that this version can open: {why}")]
    NotALog {
        /// The folder.
        path: PathBuf,
        /// Why not.
        why: &'static str,
    },
    /// sled could not read its own files.
    #[error("sled could not open {path}: {why}; {KEEP}")]
    Sled {
        /// The folder.
        path: PathBuf,
        /// What it said.
        why: String,
    },
    /// sled opened its files and then could not read this far into them.
    #[error("position {position} cannot be read: {why}; {KEEP}")]
    Unreadable {
        /// The first commit that was not reached.
        position: domain::Position,
        /// What sled said.
        why: String,
    },
    /// sled put a value where it is never synced.
    #[error(
        "there are files in {path}, which sled never syncs; keep this folder, and ask for help"
    )]
    Blobs {
        /// The folder of such files.
        path: PathBuf,
    },
    /// A file is not what it was when the log was closed.
    #[error("{path} has changed {place} since the log was closed")]
    Changed {
        /// Which.
        path: PathBuf,
        /// Where in it.
        place: String,
    },
    /// Commits that were acknowledged are gone.
    #[error(
        "the log ends at position {last}, but its witness has seen position {witness}: \
         acknowledged commits are missing; {KEEP}"
    )]
    ShorterThanWitness {
        /// Where it ends.
        last: domain::Position,
        /// Where it had come.
        witness: domain::Position,
    },
    /// The log has been replaced.
    #[error(
        "commit {position} has another hash than the witness has seen: the log was changed; \
         {KEEP}"
    )]
    OtherThanWitness {
        /// Where.
        position: domain::Position,
    },
    /// The first place that does not verify.
    #[error("{0}; {KEEP}")]
    BadPosition(#[from] BadPosition),
}

impl OpenError {
    /// Whether what the log is kept in is not as it was left, so that it is worth looking at what
    /// [`Remains`](crate::Remains) of it.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Sled { .. }
            | Self::Unreadable { .. }
            | Self::ShorterThanWitness { .. }
            | Self::OtherThanWitness { .. }
            | Self::BadPosition(_) => true,
            Self::File { .. }
            | Self::InUse { .. }
            | Self::NotALog { .. }
            | Self::Blobs { .. }
            | Self::Changed { .. } => false,
        }
    }
}
