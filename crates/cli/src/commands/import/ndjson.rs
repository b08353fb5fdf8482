//! `arende import ndjson`: exported logs, into a data folder of their own.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use engine::lines::LineReader;

use crate::{
    commands::print,
    copies::{Which, refill::Refill, staged::Staged},
    folder::Folder,
    output::progress_bar,
};

pub(super) fn run(files: &[PathBuf], data: &Path) -> anyhow::Result<ExitCode> {
    let staged = Staged::new(data)?;
    let folder = staged.folder()?;
    let mut text = String::new();
    let mut done = BTreeSet::new();
    for path in files {
        import(path, &folder, &mut done, &mut text)
            .with_context(|| format!("failed to import {}", path.display()))?;
    }
    for which in Which::ALL {
        if !done.contains(&which) {
            // A data folder has both, be they empty.
            Refill::new(&which.path(&folder))?.finish()?;
        }
    }
    staged.finish()?;
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn import(
    path: &Path,
    folder: &Folder,
    done: &mut BTreeSet<Which>,
    text: &mut String,
) -> anyhow::Result<()> {
    let file = File::open(path)?;
    let bar = progress_bar(file.metadata()?.len(), "importing");
    let mut lines = LineReader::new(BufReader::new(bar.wrap_read(file)))?;
    let which = Which::from(lines.log());
    if !done.insert(which) {
        bail!("another file holds the {} already; name one of each", which.title());
    }
    let target = which.path(folder);
    let mut refill = Refill::new(&target)?;
    while let Some(commit) = lines.next_commit()? {
        refill.push(commit)?;
    }
    let it = refill.finish()?;
    bar.finish_and_clear();
    writeln!(
        text,
        "{}: {} commits, {} events imported; last hash {}",
        which.title(),
        it.commits,
        it.events,
        it.hash
    )?;
    Ok(())
}
