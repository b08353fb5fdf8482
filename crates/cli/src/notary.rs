//! Signs checkpoints of a log while it is written, beside whoever writes it: after so many commits
//! or minutes, and when the service stops.
//!
//! A log is signed only if it goes on from what was signed before. What is kept between two
//! signatures is the tree's tip, whose root must be the one that was signed, and whose last commit
//! must still be the log's; each commit that comes after must follow from the one before it. Where
//! nothing that fits was kept, the log is read from its beginning and compared with every checkpoint
//! that there is. A log that is another than was signed is never signed again.

mod task;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use domain::Position;
use event_log::{
    Commit, EventLog,
    chain::{BadPosition, Fault},
    checkpoint::{Checkpoint, SecretKey},
    frame,
    merkle::Tip,
};

pub(crate) use self::task::{Rhythm, Signing};
use crate::checkpoints::{
    Broken,
    stored::{self, write_whole},
};

/// Commits read at a time.
const PAGE_COMMITS: usize = 256;

/// The file beside the checkpoints that holds the tip.
const TIP: &str = "tip";

/// Signs for one log.
pub(crate) struct Notary {
    key: SecretKey,
    folder: PathBuf,
    copies: Option<PathBuf>,
    /// Where the last signature left off; none before the first look at what was kept, and after
    /// anything went wrong.
    tip: Option<Tip>,
}

impl Notary {
    /// One that keeps checkpoints in `folder`, and copies of them in `copies`.
    pub(crate) fn new(key: SecretKey, folder: PathBuf, copies: Option<PathBuf>) -> Self {
        Self { key, folder, copies, tip: None }
    }

    /// Signs `log` as far as it is durable, unless that is signed already; gives how many commits
    /// are signed then. [`refusal`] tells whether an error is final.
    pub(crate) async fn sign(&mut self, log: &dyn EventLog) -> anyhow::Result<u64> {
        let end = *log.head().borrow();
        let mut tip = match self.tip.take() {
            Some(tip) => tip,
            None => self.resume(log, end).await?,
        };
        let signed = tip.size();
        check_last(log, &tip, end).await?;
        advance(log, &mut tip, end, |_| Ok(())).await?;
        if tip.size() > signed {
            self.write(&tip)?;
        }
        let size = tip.size();
        self.tip = Some(tip);
        self.copy()?;
        Ok(size)
    }

    /// Where the last checkpoint left off: from what was kept, or by reading the log up to it.
    async fn resume(&self, log: &dyn EventLog, end: Position) -> anyhow::Result<Tip> {
        let kept = stored::list(&self.folder)?;
        let copied = self.copies.as_deref().map_or(Ok(BTreeMap::new()), stored::list)?;
        let places = [&kept, &copied];
        let Some(size) = places.iter().filter_map(|it| Some(*it.last_key_value()?.0)).max() else {
            return Ok(Tip::default());
        };
        if size > end.get() {
            return Err(Broken::CutOff { last: end.get(), size }.into());
        }
        let mut signed = self.read(&places, size)?;
        let mut are_the_same = true;
        if let Some((newest, _)) = copied.last_key_value() {
            signed.extend(self.read(&places, *newest)?);
            are_the_same = kept.contains_key(newest);
        }
        if let Some(tip) = self.kept_tip(&signed, size).filter(|_| are_the_same) {
            return Ok(tip);
        }
        for older in kept.keys().chain(copied.keys()) {
            signed.extend(self.read(&places, *older)?);
        }
        tracing::info!(commits = size, "the log is read again to go on signing it");
        let mut tip = Tip::default();
        let compare = |tip: &Tip| match signed.get(&tip.size()) {
            Some(it) if it.root != tip.frontier().root() => {
                Err(Broken::Rewritten { size: it.size }.into())
            }
            _ => Ok(()),
        };
        advance(log, &mut tip, Position::new(size), compare).await?;
        self.keep_tip(&tip)?;
        Ok(tip)
    }

    /// The checkpoint of one size, wherever it is kept; where it is in both places, the same.
    fn read(
        &self,
        places: &[&BTreeMap<u64, PathBuf>],
        size: u64,
    ) -> anyhow::Result<BTreeMap<u64, Checkpoint>> {
        let mut found = BTreeMap::new();
        for path in places.iter().filter_map(|place| place.get(&size)) {
            let checkpoint = stored::read(path, size, Some(self.key.public()))?;
            let earlier = found.insert(size, checkpoint.clone());
            if earlier.is_some_and(|it| it != checkpoint) {
                return Err(Broken::Rewritten { size }.into());
            }
        }
        Ok(found)
    }

    /// The tip that was kept, if it is that of the newest checkpoint.
    fn kept_tip(&self, signed: &BTreeMap<u64, Checkpoint>, size: u64) -> Option<Tip> {
        let bytes = fs::read(self.folder.join(TIP)).ok()?;
        let tip = match Tip::from_bytes(&bytes) {
            Ok(tip) => tip,
            Err(error) => {
                tracing::warn!(%error, "what was kept to go on signing from is of no use");
                return None;
            }
        };
        let root = signed.get(&size)?.root;
        (tip.size() == size && tip.frontier().root() == root).then_some(tip)
    }

    /// The checkpoint first, then the tip: between the two, the tip fits no checkpoint.
    fn write(&self, tip: &Tip) -> anyhow::Result<()> {
        self.make_folder()?;
        let note = Checkpoint::of(self.key.public(), &tip.frontier()).sign(&self.key)?;
        write_whole(&self.folder.join(stored::name(tip.size())), note.as_bytes())?;
        self.keep_tip(tip)
    }

    fn keep_tip(&self, tip: &Tip) -> anyhow::Result<()> {
        let Some(bytes) = tip.to_bytes() else { return Ok(()) };
        self.make_folder()?;
        write_whole(&self.folder.join(TIP), &bytes)
    }

    fn make_folder(&self) -> anyhow::Result<()> {
        let made = fs::create_dir_all(&self.folder);
        made.with_context(|| format!("failed to make {}", self.folder.display()))
    }

    /// Copies every checkpoint that is newer than the newest copy, those among it that could not be
    /// copied before.
    fn copy(&self) -> anyhow::Result<()> {
        let Some(copies) = &self.copies else { return Ok(()) };
        if !copies.is_dir() {
            anyhow::bail!("{} is no folder; checkpoints are not copied", copies.display());
        }
        let newest = stored::list(copies)?.last_key_value().map_or(0, |(size, _)| *size);
        for (size, path) in stored::list(&self.folder)?.range(newest + 1..) {
            let note = fs::read(path).with_context(|| format!("failed to read {}", path.display()));
            write_whole(&copies.join(stored::name(*size)), &note?)?;
        }
        Ok(())
    }
}

/// Why nothing is signed any more, if `error` is final: the log is not the one that was signed, or
/// does not follow from itself.
pub(crate) fn refusal(error: &anyhow::Error) -> Option<String> {
    let is_final = error.downcast_ref::<Broken>().is_some() || error.is::<BadPosition>();
    is_final.then(|| crate::output::told(error))
}

/// The commit that was signed last must still be the log's: then so are all before.
async fn check_last(log: &dyn EventLog, tip: &Tip, end: Position) -> anyhow::Result<()> {
    let size = tip.size();
    if size == 0 {
        return Ok(());
    }
    match log.commit(Position::new(size)).await? {
        Some(commit) if commit.hash == tip.last() => Ok(()),
        Some(_) => Err(Broken::Rewritten { size }.into()),
        None => Err(Broken::CutOff { last: end.get(), size }.into()),
    }
}

/// Takes the log's commits up to `end`, each of which must follow from the one before.
async fn advance(
    log: &dyn EventLog,
    tip: &mut Tip,
    end: Position,
    each: impl Fn(&Tip) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    while tip.size() < end.get() {
        let page = log.page(Position::new(tip.size()), PAGE_COMMITS).await?;
        if page.is_empty() {
            anyhow::bail!("the log gave nothing after position {}", tip.size());
        }
        for commit in page.iter().take_while(|it| it.position <= end) {
            check_next(tip, commit)?;
            tip.push(commit.hash);
            each(tip)?;
        }
    }
    Ok(())
}

fn check_next(tip: &Tip, commit: &Commit) -> Result<(), BadPosition> {
    let position = Position::new(tip.size()).next();
    let found = commit.position;
    if found != position {
        return Err(BadPosition { position, fault: Fault::Gap { found } });
    }
    let (found, expected) = (commit.hash, frame::hash_after(tip.last(), commit));
    if found != expected {
        return Err(BadPosition { position, fault: Fault::Hash { found, expected } });
    }
    Ok(())
}

/// Whether `folder` can take copies: told at the start, not an hour later.
pub(crate) fn check_copies(folder: &Path) -> anyhow::Result<()> {
    if !folder.is_dir() {
        anyhow::bail!("{} is no folder; make it, or name another", folder.display());
    }
    Ok(())
}
