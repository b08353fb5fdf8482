//! Checkpoints that were kept, held against the log as it is.

pub(crate) mod stored;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use event_log::{
    Commit, Hash,
    checkpoint::{Checkpoint, PublicKey},
    merkle::{Frontier, leaf},
};
use event_log_sled::{OpenError, Verified, verify_with};
use thiserror::Error;

use crate::output;

/// The checkpoint in the file at `path`, if `key` signed it.
pub(crate) fn read(path: &Path, key: &PublicKey) -> anyhow::Result<Checkpoint> {
    let failed = || format!("failed to take the checkpoint {}", path.display());
    let note = fs::read_to_string(path).with_context(failed)?;
    Checkpoint::verify(&note, key).with_context(failed)
}

/// Verifies the log in `folder` with a progress bar, and hands every commit to `each`.
pub(crate) fn walk(folder: &Path, each: impl FnMut(&Commit)) -> Result<Verified, OpenError> {
    let bar = output::progress_bar(0, "verifying");
    let outcome = verify_with(folder, each, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    outcome
}

/// A log that does not begin with what was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Broken {
    #[error(
        "the log ends at position {last}, but {size} commits were signed: its tail was cut off; \
         restore a backup, and keep this folder"
    )]
    CutOff { last: u64, size: u64 },
    #[error(
        "the log's first {size} commits are not those that were signed: it was rewritten at or \
         before position {size}; restore a backup, and keep this folder"
    )]
    Rewritten { size: u64 },
}

/// Compares checkpoints with a log while it passes.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// In order of their sizes.
    kept: Vec<Kept>,
    /// How many of them are of a size that has passed.
    passed: usize,
    frontier: Frontier,
}

#[derive(Debug)]
struct Kept {
    path: PathBuf,
    checkpoint: Checkpoint,
    /// The root of the log at the checkpoint's size, once it has passed.
    root: Option<Hash>,
}

impl Comparison {
    /// With these checkpoints, each from a file.
    pub(crate) fn new(checkpoints: impl IntoIterator<Item = (PathBuf, Checkpoint)>) -> Self {
        let kept = checkpoints.into_iter();
        let kept = kept.map(|(path, checkpoint)| Kept { path, checkpoint, root: None });
        let mut kept: Vec<Kept> = kept.collect();
        kept.sort_by_key(|it| it.checkpoint.size);
        let mut comparison = Self { kept, passed: 0, frontier: Frontier::default() };
        comparison.compare();
        comparison
    }

    /// Takes the next commit of the log.
    pub(crate) fn take(&mut self, commit: &Commit) {
        self.frontier.push(leaf(commit.hash));
        self.compare();
    }

    fn compare(&mut self) {
        let size = self.frontier.size();
        while let Some(kept) = self.kept.get_mut(self.passed) {
            if kept.checkpoint.size != size {
                return;
            }
            kept.root = Some(self.frontier.root());
            self.passed += 1;
        }
    }

    /// Whether there is nothing to compare.
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// What there is to know of the log that has passed.
    pub(crate) fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// For each checkpoint, whether the log that has passed begins with what it signed.
    pub(crate) fn verdicts(
        &self,
    ) -> impl Iterator<Item = (&Path, &Checkpoint, Result<(), Broken>)> {
        let last = self.frontier.size();
        self.kept.iter().map(move |Kept { path, checkpoint, root }| {
            let size = checkpoint.size;
            let verdict = match root {
                None => Err(Broken::CutOff { last, size }),
                Some(root) if *root != checkpoint.root => Err(Broken::Rewritten { size }),
                Some(_) => Ok(()),
            };
            (path.as_path(), checkpoint, verdict)
        })
    }
}
