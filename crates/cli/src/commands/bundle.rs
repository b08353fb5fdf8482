//! `arende bundle`: one case, with the proof that the log holds it, for those who have no log.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use domain::{CaseId, StreamId};
use engine::codec::CATALOGUE;
use event_log::{
    bundle::{Bundler, Checked, check},
    checkpoint::{Checkpoint, PublicKey, SecretKey},
};

use super::print;
use crate::{
    args::BundleCommand,
    checkpoints::{self, stored::write_whole, walk},
    folder::Folder,
    signing,
};

pub(crate) fn run(command: BundleCommand) -> anyhow::Result<ExitCode> {
    let text = match command {
        BundleCommand::Case { case, data, out, key, since } => {
            let folder = Folder::existing(&data)?;
            let key = signing::secret(key.as_ref(), &folder)?;
            let since = kept(since.as_ref(), key.public())?;
            let bundle = make(case, &folder, &key, since.as_ref())?;
            write_whole(&out, bundle.as_bytes())?;
            format!("{} in {}\n", summary(&check(&bundle, key.public())?), out.display())
        }
        BundleCommand::Check { bundle, key, since } => {
            let key = signing::public(&key)?;
            let since = kept(since.as_ref(), &key)?;
            told(&checked(&bundle, &key, since.as_ref())?)?
        }
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The checkpoint that whoever gets a bundle has kept.
fn kept(path: Option<&PathBuf>, key: &PublicKey) -> anyhow::Result<Option<Checkpoint>> {
    path.map(|path| checkpoints::read(path, key)).transpose()
}

fn make(
    case: CaseId,
    folder: &Folder,
    key: &SecretKey,
    since: Option<&Checkpoint>,
) -> anyhow::Result<String> {
    let mut bundler = Bundler::new(StreamId::Case(case));
    let path = folder.log();
    walk(&path, |commit| bundler.take(commit))
        .with_context(|| format!("failed to open {}", path.display()))?;
    let bundle = bundler.finish(key, since, name);
    bundle.with_context(|| format!("failed to bundle {case} from {}", path.display()))
}

fn checked(path: &Path, key: &PublicKey, since: Option<&Checkpoint>) -> anyhow::Result<Checked> {
    let text =
        fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    let checked = check(&text, key);
    let followed = checked.and_then(|it| {
        since.map_or(Ok(()), |since| it.follows(since))?;
        Ok(it)
    });
    followed.with_context(|| format!("{} does not verify", path.display()))
}

fn name(type_id: u16, schema_version: u16) -> Option<String> {
    let mut known = CATALOGUE.iter();
    let entry = known.find(|it| (it.type_id, it.schema_version) == (type_id, schema_version))?;
    Some(entry.name.to_owned())
}

fn summary(checked: &Checked) -> String {
    let Checked { stream, checkpoint, commits, .. } = checked;
    let events: usize = commits.iter().map(|it| it.events.len()).sum();
    format!(
        "{stream}: {} commits, {events} events, all among the {} commits that {} signed",
        commits.len(),
        checkpoint.size,
        checkpoint.origin
    )
}

/// What was checked, a line for each event.
fn told(checked: &Checked) -> anyhow::Result<String> {
    let mut text = summary(checked) + "\n";
    for commit in &checked.commits {
        for event in &commit.events {
            let known = name(event.type_id, event.schema_version);
            let known = known.unwrap_or_else(|| format!("event type {}", event.type_id));
            writeln!(text, "{:>9}  {}  {known}", commit.position, commit.occurred_at)?;
        }
    }
    Ok(text)
}
