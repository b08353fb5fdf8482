//! Writing the commits of a copy into a new log, which must come to the same hashes.
//!
//! They go through the log's own door, many at a time, so that one sync answers for a block of
//! them. A log gives a commit its hash by what it holds and what stands before it: the same
//! commits in the same order have the same hashes, and the last stands for all.

use std::{collections::VecDeque, path::Path};

use anyhow::{Context as _, bail};
use domain::Position;
use event_log::{Append, AppendError, Appended, BoxFuture, Commit, EventLog as _, Expected, Hash};
use event_log_sled::{SledLog, Verified, verify};
use tokio::runtime::Runtime;

/// The most commits, and bytes of payload, that are on their way at once.
const WAITING_MAX: usize = 4_096;
const WAITING_BYTES_MAX: usize = 16 << 20;

/// A new log that is being filled.
pub(crate) struct Refill<'a> {
    path: &'a Path,
    log: SledLog,
    runtime: Runtime,
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    hash: Hash,
}

struct Waiting {
    position: Position,
    bytes: usize,
    answer: BoxFuture<'static, Result<Appended, AppendError>>,
}

impl<'a> Refill<'a> {
    /// Makes a new log at `path`.
    pub(crate) fn new(path: &'a Path) -> anyhow::Result<Self> {
        let log = SledLog::open(path)
            .with_context(|| format!("failed to make a log in {}", path.display()))?;
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.build().context("failed to start the runtime")?;
        let (waiting, waiting_bytes, hash) = (VecDeque::new(), 0, Hash::GENESIS);
        Ok(Self { path, log, runtime, waiting, waiting_bytes, hash })
    }

    /// Puts `commit` behind those before.
    pub(crate) fn push(&mut self, commit: Commit) -> anyhow::Result<()> {
        let bytes = commit.events.iter().map(|it| it.clear.len() + it.sealed.len()).sum();
        while self.waiting.len() >= WAITING_MAX
            || (!self.waiting.is_empty() && self.waiting_bytes + bytes > WAITING_BYTES_MAX)
        {
            self.settle_one()?;
        }
        self.hash = commit.hash;
        let expected = match commit.prev {
            Position::START => Expected::NoStream,
            prev => Expected::Head(prev),
        };
        let answer = self.log.append(Append {
            stream: commit.stream,
            expected,
            commit_id: commit.commit_id,
            fingerprint: commit.fingerprint,
            occurred_at: commit.occurred_at,
            recorded_at: commit.recorded_at,
            actor: commit.actor,
            correlation: commit.correlation,
            events: commit.events,
        });
        self.waiting.push_back(Waiting { position: commit.position, bytes, answer });
        self.waiting_bytes += bytes;
        Ok(())
    }

    /// Waits for the rest, closes the log, and verifies it from its first commit on.
    pub(crate) fn finish(mut self) -> anyhow::Result<Verified> {
        while !self.waiting.is_empty() {
            self.settle_one()?;
        }
        let Self { path, log, hash, .. } = self;
        drop(log);
        let verified = verify(path, |_, _| ())
            .with_context(|| format!("failed to verify {}", path.display()))?;
        if verified.hash != hash {
            bail!("{} came to hash {}, not to {hash}", path.display(), verified.hash);
        }
        Ok(verified)
    }

    fn settle_one(&mut self) -> anyhow::Result<()> {
        let Some(Waiting { position, bytes, answer }) = self.waiting.pop_front() else {
            return Ok(());
        };
        self.waiting_bytes -= bytes;
        let appended = self.runtime.block_on(answer);
        let appended = appended.with_context(|| format!("failed to write position {position}"))?;
        if appended.position != position || appended.duplicate {
            bail!("position {position} was written at {}", appended.position);
        }
        Ok(())
    }
}
