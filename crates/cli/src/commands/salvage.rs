//! `arende salvage`: a data folder out of one whose log does not open, with nothing left out.

use std::{
    ffi::OsString,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};

use super::print;
use crate::{
    args::SalvageArgs,
    copies::{Which, refill::Refill, remains, staged::Staged},
    folder::Folder,
};

pub(crate) fn run(args: &SalvageArgs) -> anyhow::Result<ExitCode> {
    let SalvageArgs { from, data } = args;
    let folders = from.iter().map(|it| Folder::existing(it));
    let folders = folders.collect::<anyhow::Result<Vec<_>>>()?;
    let [damaged, ..] = &folders[..] else { bail!("name the folder whose log does not open") };
    let staged = Staged::new(data)?;
    let folder = staged.folder()?;
    let mut text = String::new();
    for which in Which::ALL {
        let paths = folders.iter().map(|it| which.path(it)).filter(|it| it.is_dir());
        let paths: Vec<_> = paths.collect();
        let told = salvage(&paths, &which.path(&folder));
        let told = told.with_context(|| format!("failed to salvage the {}", which.title()))?;
        writeln!(text, "{}: {told}", which.title())?;
    }
    let beside = copy_all(damaged.root(), folder.root(), &Folder::made_anew());
    let beside = beside.with_context(|| format!("failed to copy {}", damaged.root().display()))?;
    writeln!(text, "copied as they are: {}", beside.join(", "))?;
    staged.finish()?;
    writeln!(
        text,
        "keep {}; hold the new folder against your checkpoints with `arende verify --data {} \
         --keys`, then serve it",
        damaged.root().display(),
        data.display()
    )?;
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Makes a log at `to` of all that is left in the logs at `from`. What it is, in words.
fn salvage(from: &[PathBuf], to: &Path) -> anyhow::Result<String> {
    let from: Vec<&Path> = from.iter().map(PathBuf::as_path).collect();
    let mut refill = Refill::new(to)?;
    let account = remains::look(&from)?.follow(|commit| refill.push(commit))?;
    let told = remains::told(&account);
    if account.lost.is_some() {
        bail!(
            "{told}; restore a backup that has it to another folder, and name that one too: \
             `arende salvage DAMAGED RESTORED --data NEW`"
        );
    }
    let verified = refill.finish()?;
    Ok(format!("{told}; written anew and verified; last hash {}", verified.hash))
}

/// Copies what is in `from` to `to`, but for what is named. Gives the names of what was copied.
/// What a link leads to is copied: attachments may lie on another disk.
fn copy_all(from: &Path, to: &Path, but: &[PathBuf]) -> io::Result<Vec<String>> {
    let mut names: Vec<OsString> =
        fs::read_dir(from)?.map(|it| Ok(it?.file_name())).collect::<io::Result<_>>()?;
    names.sort();
    let mut copied = vec![];
    for name in names {
        let (source, target) = (from.join(&name), to.join(&name));
        let kind = fs::metadata(&source)?.file_type();
        if but.iter().any(|it| it.as_os_str() == name) || !(kind.is_dir() || kind.is_file()) {
            continue;
        }
        if kind.is_dir() {
            fs::create_dir(&target)?;
            copy_all(&source, &target, &[])?;
        } else {
            fs::copy(&source, &target)?;
        }
        copied.push(name.to_string_lossy().into_owned());
    }
    Ok(copied)
}
