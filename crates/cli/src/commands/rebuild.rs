//! `arende rebuild`: the read models from nothing, into their checkpoint or against it.
//!
//! The log is verified on the way, in the same pass. No key is needed.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, anyhow, bail};
use domain::Position;
use engine::{Discarded, ModelsFile, Saved, take_in};
use event_log::{Commit, Hash};
use projections::{Digests, ReadModels, Replay};
use serde_json::json;

use super::print;
use crate::{args::RebuildArgs, checkpoints::walk, folder::Folder, output};

pub(crate) fn run(args: &RebuildArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::existing(&args.data)?;
    let rebuilt = if args.check { check(&folder)? } else { rebuild(&folder)? };
    print(&if args.json { rebuilt.json() } else { rebuilt.table()? })?;
    Ok(if rebuilt.differ().is_empty() { ExitCode::SUCCESS } else { output::FAILED.into() })
}

/// What the read models came to, and what those of the checkpoint did.
struct Rebuilt {
    position: Position,
    path: PathBuf,
    replayed: Digests,
    /// Where the checkpoint stood, and what it came to at the log's end.
    running: Option<(Position, Digests)>,
}

/// Throws the checkpoint away and saves a new one.
fn rebuild(folder: &Folder) -> anyhow::Result<Rebuilt> {
    let path = folder.read_models();
    match fs::remove_file(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => (),
        removed => removed.with_context(|| format!("failed to remove {}", path.display()))?,
    }
    let (models, hash, _) = replay(folder, None)?;
    let written = ModelsFile::new(path.clone()).write(&models.freeze(), hash);
    written.with_context(|| format!("failed to write {}", path.display()))?;
    let replayed = models.digests();
    Ok(Rebuilt { position: models.position(), path, replayed, running: None })
}

/// Brings the checkpoint up to the log's end, as a start does, and compares it with a replay.
fn check(folder: &Folder) -> anyhow::Result<Rebuilt> {
    let path = folder.read_models();
    let saved = match ModelsFile::new(path.clone()).read() {
        Ok(Some(saved)) => saved,
        Ok(None) => bail!(
            "there is no checkpoint of the read models at {} to check; `arende rebuild` saves one",
            path.display()
        ),
        Err(why) => return Err(useless(&path, &why)),
    };
    let position = saved.position();
    let (models, _, running) = replay(folder, Some(saved))?;
    let running = running.context("the checkpoint was not replayed")?;
    let running = running.map_err(|why| useless(&path, &why))?;
    let running = Some((position, running.digests()));
    Ok(Rebuilt { position: models.position(), path, replayed: models.digests(), running })
}

fn useless(path: &Path, why: &Discarded) -> anyhow::Error {
    anyhow!(
        "the checkpoint of the read models at {} is of no use: {why}; a start replays the log \
         instead, and `arende rebuild` saves a new one",
        path.display()
    )
}

type Replayed = (ReadModels, Hash, Option<Result<ReadModels, Discarded>>);

/// The read models from nothing, the hash of their last commit, and `saved` brought up to there.
fn replay(folder: &Folder, saved: Option<Saved>) -> anyhow::Result<Replayed> {
    let mut whole = Replay::default();
    let mut rest = saved.map(|saved| (saved.position(), Ok(saved)));
    let log = folder.log();
    let verified = walk(&log, |commit| take(commit, &mut whole, &mut rest));
    let verified = verified.with_context(|| format!("failed to read {}", log.display()))?;
    let last = whole.position();
    let rest = rest.map(|(position, saved)| match saved {
        Ok(_) if position > last => Err(Discarded::Beyond { position, last }),
        Ok(saved) => Ok(saved.replay.finish()),
        Err(discarded) => Err(discarded),
    });
    Ok((whole.finish(), verified.hash, rest))
}

fn take(
    commit: &Commit,
    whole: &mut Replay,
    rest: &mut Option<(Position, Result<Saved, Discarded>)>,
) {
    take_in(whole, commit);
    if let Some((position, Ok(saved))) = rest
        && commit.position > *position
    {
        take_in(&mut saved.replay, commit);
    }
    if let Some((position, saved)) = rest
        && commit.position == *position
        && let Ok(Err(discarded)) = saved.as_ref().map(|it| it.check(commit))
    {
        *saved = Err(discarded);
    }
}

impl Rebuilt {
    /// The models that the checkpoint has otherwise.
    fn differ(&self) -> Vec<&'static str> {
        let Some((_, running)) = &self.running else { return vec![] };
        let pairs = self.replayed.iter().zip(running);
        pairs.filter(|(one, other)| one != other).map(|(one, _)| one.model).collect()
    }

    fn table(&self) -> anyhow::Result<String> {
        let (mut text, differ) = (String::new(), self.differ());
        for (index, it) in self.replayed.iter().enumerate() {
            write!(text, "{:<11} {:>3}  {it}", it.model, it.fingerprint)?;
            match &self.running {
                Some((_, running)) if differ.contains(&it.model) => {
                    writeln!(text, "  DIFFERS from the checkpoint's {}", running[index])?;
                }
                Some(_) => writeln!(text, "  the same")?,
                None => writeln!(text)?,
            }
        }
        let (position, path) = (self.position, self.path.display());
        match &self.running {
            None => writeln!(text, "replayed up to position {position} and saved in {path}")?,
            Some((saved, _)) if differ.is_empty() => writeln!(
                text,
                "{path}, saved at position {saved}, comes to the same as a replay, \
                 up to position {position}"
            )?,
            Some((saved, _)) => writeln!(
                text,
                "{path}, saved at position {saved}, has another {} than a replay up to position \
                 {position}; keep the file for the inquiry, and `arende rebuild` saves a new one",
                differ.join(", ")
            )?,
        }
        Ok(text)
    }

    fn json(&self) -> String {
        let models = self.replayed.iter().enumerate().map(|(index, it)| {
            let running = self.running.as_ref().map(|(_, running)| running[index].to_string());
            json!({
                "model": it.model,
                "fingerprint": it.fingerprint,
                "replayed": it.to_string(),
                "checkpoint": running,
            })
        });
        let rebuilt = json!({
            "position": self.position.get(),
            "checkpointPosition": self.running.as_ref().map(|(position, _)| position.get()),
            "models": models.collect::<Vec<_>>(),
            "differ": self.differ(),
        });
        format!("{rebuilt}\n")
    }
}
