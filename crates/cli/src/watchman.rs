//! Verifies both logs while they are open: at the start, and then every so often. It reads as
//! everyone reads, keeps nobody from writing, and rests far longer than it works.
//!
//! What is checked is what `arende verify` checks: frames, the hash chain, positions without gaps,
//! each stream's chain and versions, ids, and every checkpoint that is kept. Ids are looked up in
//! the log's own index, so that not all of them are in memory twice.

#[cfg(test)]
mod tests;

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::anyhow;
use domain::Position;
use engine::{Engine, Verification, World};
use event_log::{
    Commit, EventLog,
    chain::{BadPosition, Fault, Walk},
    checkpoint::PublicKey,
};

use crate::{
    checkpoints::{Comparison, stored},
    output,
};

/// Commits verified at a time.
const PAGE_COMMITS: usize = 256;

/// For each moment of work so many of rest.
const RESTS: u32 = 9;

/// What is watched over.
pub(crate) struct Watchman {
    pub(crate) engine: Arc<Engine>,
    /// Folders with checkpoints of the log.
    pub(crate) checkpoints: Vec<PathBuf>,
    /// What they are signed with; none if it is not known.
    pub(crate) key: Option<PublicKey>,
    /// How long to wait after each round; none for one round alone.
    pub(crate) every: Option<Duration>,
}

impl Watchman {
    /// Goes on until the time between two rounds is none.
    pub(crate) async fn keep(self) {
        let engine = &self.engine;
        let board = engine.soundness();
        loop {
            let found = match self.signed() {
                Ok(signed) => {
                    let log = engine.log();
                    verify(log, signed, engine.world(), |it| board.note_log(it)).await
                }
                Err(error) => Err(error),
            };
            board.note_log(|it| self.note(it, "log", found));
            let access = engine.access_log();
            let nothing = Comparison::default();
            let found = verify(access, nothing, engine.world(), |it| board.note_access(it)).await;
            board.note_access(|it| self.note(it, "access log", found));
            let Some(every) = self.every else { return };
            tokio::time::sleep(every).await;
        }
    }

    /// Every checkpoint that is kept.
    fn signed(&self) -> anyhow::Result<Comparison> {
        let mut signed = Vec::new();
        for folder in &self.checkpoints {
            for (size, path) in stored::list(folder)? {
                let checkpoint = stored::read(&path, size, self.key.as_ref())?;
                signed.push((path, checkpoint));
            }
        }
        Ok(Comparison::new(signed))
    }

    fn note(&self, entry: &mut Verification, log: &str, found: anyhow::Result<()>) {
        match found {
            Ok(()) => {
                entry.completed_at = Some(self.engine.now());
                entry.fault = None;
                tracing::info!(position = %entry.position, "the {log} was verified");
            }
            Err(error) => {
                let fault = output::told(&error);
                tracing::error!(fault, "THE {} DOES NOT VERIFY", log.to_uppercase());
                entry.failures += 1;
                entry.fault = Some(fault.into());
            }
        }
    }
}

/// Verifies `log` up to where it is durable at this moment. `note` is given how far it has come.
async fn verify(
    log: &dyn EventLog,
    signed: Comparison,
    world: &dyn World,
    note: impl Fn(&mut dyn FnMut(&mut Verification)),
) -> anyhow::Result<()> {
    let mut walk = Walk::default();
    let Err(error) = through(log, &mut walk, signed, world, note).await else { return Ok(()) };
    let told = output::told(&error);
    let bad = error.chain().find_map(|it| it.downcast_ref::<BadPosition>());
    let (position, told) = match bad {
        Some(bad) => (bad.position, told),
        None => match unreadable(log, walk.last().next()).await {
            Some(at) => (at, format!("position {at} cannot be read: {told}")),
            None => return Err(error),
        },
    };
    Err(match followed(log, position).await {
        Some(Commit { stream, position: next, .. }) => {
            anyhow!("{told}; what should be there is of {stream}, whose next commit is {next}")
        }
        None => anyhow!(told),
    })
}

/// The first commit from `position` on that is there and cannot be read.
async fn unreadable(log: &dyn EventLog, position: Position) -> Option<Position> {
    let mut at = position;
    loop {
        match log.commit(at).await {
            Ok(Some(_)) => at = at.next(),
            Ok(None) => return None,
            Err(_) => return Some(at),
        }
    }
}

/// The commit that follows the one at `position` in its stream, and so tells which that is.
async fn followed(log: &dyn EventLog, position: Position) -> Option<Commit> {
    let mut at = position;
    loop {
        at = at.next();
        match log.commit(at).await {
            Ok(Some(commit)) if commit.prev == position => return Some(commit),
            Ok(None) => return None,
            // Another that is bad does not follow either, as far as anybody can tell.
            Ok(Some(_)) | Err(_) => (),
        }
    }
}

async fn through(
    log: &dyn EventLog,
    walk: &mut Walk,
    mut signed: Comparison,
    world: &dyn World,
    note: impl Fn(&mut dyn FnMut(&mut Verification)),
) -> anyhow::Result<()> {
    let end = *log.head().borrow();
    while walk.last() < end {
        let started = world.elapsed();
        let page = log.page(walk.last(), PAGE_COMMITS).await?;
        let missing = BadPosition { position: walk.last().next(), fault: Fault::Missing };
        let last: Position = page.last().ok_or(missing)?.position;
        for commit in &page {
            walk.take(commit)?;
            let position = commit.position;
            match log.find(commit.commit_id).await? {
                Some(found) if found == position => (),
                found => {
                    let fault = Fault::Id { earlier: found.unwrap_or_default() };
                    return Err(BadPosition { position, fault }.into());
                }
            }
            if !signed.is_empty() {
                signed.take(commit);
            }
        }
        note(&mut |it| it.position = last);
        tokio::time::sleep(world.elapsed().saturating_sub(started) * RESTS).await;
    }
    for (path, _, verdict) in signed.verdicts() {
        verdict.map_err(|broken| anyhow!("checkpoint {}: {broken}", path.display()))?;
    }
    Ok(())
}
