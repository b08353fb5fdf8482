//! `arende restore`: a data folder out of a backup and those that continue it.

use std::{
    fmt::Write as _,
    fs::{self, File},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use engine::keys::KeyStore;

use super::print;
use crate::{
    args::RestoreArgs,
    copies::{
        Which, archive::ArchiveReader, continued::Continued, files::FilesToRestore, staged::Staged,
        wrapped,
    },
    folder::Folder,
    output::progress_bar,
};

pub(crate) fn run(args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    let RestoreArgs { files, keys, data } = args;
    let staged = Staged::new(data)?;
    let folder = staged.folder()?;
    let paths = Which::ALL.map(|which| (which, which.path(&folder)));
    let logs = paths.iter().map(|(which, path)| Ok((*which, Continued::new(*which, path)?)));
    let mut logs = logs.collect::<anyhow::Result<Vec<_>>>()?;
    let mut beside = FilesToRestore::new(&folder)?;
    for path in files {
        take(path, &mut logs, &mut beside)
            .with_context(|| format!("failed to restore {}", path.display()))?;
    }
    let mut text = String::new();
    for (which, log) in logs {
        let it = log.finish()?;
        writeln!(
            text,
            "{}: {} commits, {} events restored; last hash {}",
            which.title(),
            it.commits,
            it.events,
            it.hash
        )?;
    }
    beside.tally.tell(&mut text, "restored")?;
    match keys {
        Some(path) => {
            let count = restore_keys(path, &folder);
            let count = count.with_context(|| format!("failed to restore {}", path.display()))?;
            writeln!(text, "keys: {count} records restored, wrapped by the master key they had")?;
        }
        None => writeln!(
            text,
            "no key is in it: restore theirs too with --keys, or copy a `keys` folder to {}/keys",
            data.display()
        )?,
    }
    staged.finish()?;
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn take(
    path: &Path,
    logs: &mut [(Which, Continued<'_>)],
    files: &mut FilesToRestore,
) -> anyhow::Result<()> {
    let file = File::open(path)?;
    let bar = progress_bar(file.metadata()?.len(), "restoring");
    let mut archive = ArchiveReader::new(bar.wrap_read(file))?;
    while let Some(section) = archive.section()? {
        match logs.iter_mut().find(|(which, _)| *which == section.which) {
            Some((_, log)) => log.take(section, &mut archive, files)?,
            None => bail!("nothing is made of the {}", section.which.title()),
        }
    }
    bar.finish_and_clear();
    Ok(())
}

fn restore_keys(path: &Path, folder: &Folder) -> anyhow::Result<usize> {
    let keys = wrapped::read(&fs::read(path)?)?;
    KeyStore::restore(&folder.keys(), &keys)?;
    Ok(keys.len())
}
