//! Copies of a data folder's logs: lines that people and tools can read, and a compact archive.
//!
//! Both hold every commit whole, so that the copy of a log has the log's own hashes, and both are
//! checked against the hash chain while they are read. Neither holds a key: what was sealed stays
//! sealed, and keys are copied apart, wrapped as they are kept.
//!
//! A backup is taken from the service that has the folder open, or from a folder that no process has
//! open; lines, from the latter alone. A copy becomes a folder of its own; it is never merged into
//! one that holds something.

pub(crate) mod archive;
pub(crate) mod continued;
pub(crate) mod files;
pub(crate) mod refill;
pub(crate) mod remains;
pub(crate) mod staged;
#[cfg(test)]
mod tests;
pub(crate) mod whole_file;
pub(crate) mod wrapped;

use std::path::PathBuf;

use anyhow::Context as _;
use engine::lines::LogName;
use event_log::Commit;
use event_log_sled::SledLog;

use crate::folder::Folder;

/// One of the two logs of a data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Which {
    /// What happened.
    Log,
    /// Who read what.
    Access,
}

impl Which {
    /// Both, in the order that copies have them.
    pub(crate) const ALL: [Self; 2] = [Self::Log, Self::Access];

    /// As people are told of it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Access => "access log",
        }
    }

    /// Where it is within `folder`.
    pub(crate) fn path(self, folder: &Folder) -> PathBuf {
        match self {
            Self::Log => folder.log(),
            Self::Access => folder.access(),
        }
    }
}

impl From<LogName> for Which {
    fn from(name: LogName) -> Self {
        match name {
            LogName::Log => Self::Log,
            LogName::Access => Self::Access,
        }
    }
}

/// Opens a log of `folder`, verifies all of it, and hands each commit to `each`, in order. The
/// folder is held for as long as the answer is.
pub(crate) fn read_through(
    folder: &Folder,
    which: Which,
    mut each: impl FnMut(&Commit) -> anyhow::Result<()>,
) -> anyhow::Result<SledLog> {
    let path = which.path(folder);
    let mut outcome = Ok(());
    let log = SledLog::open_with(&path, |commit| {
        if outcome.is_ok() {
            outcome = each(commit);
        }
    });
    let log = log.with_context(|| format!("failed to open {}", path.display()))?;
    outcome.map(|()| log)
}
