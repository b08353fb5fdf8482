//! `arende backup`: both logs of a data folder, or what came to them since, in one file.

use std::{fmt::Write as _, path::Path, process::ExitCode};

use anyhow::{Context as _, bail};
use domain::Position;
use event_log::Hash;
use event_log_sled::SledLog;

use super::print;
use crate::{
    args::BackupArgs,
    copies::{Which, archive::ArchiveWriter, read_through, whole_file::WholeFile},
    folder::Folder,
};

pub(crate) fn run(args: BackupArgs) -> anyhow::Result<ExitCode> {
    let BackupArgs { data, out, since, access_since } = args;
    let folder = Folder::existing(&data)?;
    let file = WholeFile::new(&out)?;
    let failed = || format!("failed to back up {} to {}", data.display(), out.display());
    let mut archive = ArchiveWriter::new(file).with_context(failed)?;
    let mut text = String::new();
    let mut ends = Vec::new();
    // Both are held until both are written, so that nothing comes to the one after the other.
    let mut held = Vec::new();
    for (which, since) in Which::ALL.into_iter().zip([since, access_since]) {
        let (log, last, hash) = section(&mut archive, &folder, which, since)?;
        let (title, first) = (which.title(), since.next());
        match last.get() - since.get() {
            0 => writeln!(text, "{title}: nothing after position {since}, whose hash is {hash}")?,
            _ => writeln!(text, "{title}: positions {first} to {last}, last hash {hash}")?,
        }
        ends.push(last);
        held.push(log);
    }
    archive.finish().with_context(failed)?.finish()?;
    drop(held);
    text += &advice(&data, &ends)?;
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn section<W: std::io::Write>(
    archive: &mut ArchiveWriter<W>,
    folder: &Folder,
    which: Which,
    since: Position,
) -> anyhow::Result<(SledLog, Position, Hash)> {
    let mut end = Position::START;
    if since == Position::START {
        archive.begin(which, since, Hash::GENESIS)?;
    }
    let log = read_through(folder, which, |commit| {
        end = commit.position;
        if commit.position > since {
            archive.write(commit)?;
        } else if commit.position == since {
            archive.begin(which, since, commit.hash)?;
        }
        Ok(())
    })?;
    if since > end {
        let (title, path) = (which.title(), which.path(folder));
        bail!(
            "the {title} in {} ends at position {end}, before {since}; \
             name the last position of an earlier backup of it",
            path.display()
        );
    }
    let (last, hash) = archive.end()?;
    Ok((log, last, hash))
}

fn advice(data: &Path, ends: &[Position]) -> anyhow::Result<String> {
    let (data, [log, access]) = (data.display(), ends) else { bail!("a log was left out") };
    Ok(format!(
        "no key is in it: copy {data}/keys before {data} is served again, and keep it and the \
         master key apart from this file\n\
         what comes next: arende backup --data {data} --since {log} --access-since {access} --out …\n"
    ))
}
