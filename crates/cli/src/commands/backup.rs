//! `arende backup`: both logs of a data folder, or what came to them since, and the files that went
//! with messages in them, in one file; and its keys, in another. Through the door of a service that has the folder, or from the folder itself.

use std::{
    collections::VecDeque,
    fmt::Write as _,
    io::{Read as _, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use domain::Position;
use engine::keys::KeyStore;
use event_log::{Commit, Hash, chain::Verifier, frame};
use event_log_sled::SledLog;

use super::print;
use crate::{
    args::BackupArgs,
    copies::{
        Which,
        archive::{ArchiveReader, ArchiveWriter, Entry},
        files::{FilesAtHand, Tally, ToFollow, named},
        read_through,
        whole_file::WholeFile,
        wrapped,
    },
    door::{self, Answer, Question},
    folder::Folder,
    output,
};

pub(crate) fn run(args: BackupArgs) -> anyhow::Result<ExitCode> {
    let BackupArgs { data, out, keys_out, since, access_since } = args;
    let folder = Folder::existing(&data)?;
    let mut text = String::new();
    let failed = |out: &Path| format!("failed to back up {} to {}", data.display(), out.display());
    // Their names are taken before anything that takes time.
    let named = |path: PathBuf| anyhow::Ok((WholeFile::new(&path)?, path));
    let (out, keys_out) = (out.map(named).transpose()?, keys_out.map(named).transpose()?);
    let mut tally = Tally::default();
    if let Some((file, path)) = out {
        text += &logs(&folder, file, [since, access_since], &data, &mut tally)
            .with_context(|| failed(&path))?;
    }
    // After the logs: so each key is there that they need.
    match keys_out {
        Some((file, path)) => text += &keys(&folder, file).with_context(|| failed(&path))?,
        None => writeln!(
            text,
            "no key is in it: arende backup --data {} --keys-out FILE copies them; keep that file \
             and the master key apart from this one",
            data.display()
        )?,
    }
    print(&text)?;
    Ok(if tally.is_whole() { ExitCode::SUCCESS } else { ExitCode::from(output::FAILED) })
}

/// What a backup holds of one log.
struct Held {
    which: Which,
    since: Position,
    last: Position,
    hash: Hash,
}

/// Writes both logs, and tells what was written.
fn logs(
    folder: &Folder,
    file: WholeFile,
    sinces: [Position; 2],
    data: &Path,
    tally: &mut Tally,
) -> anyhow::Result<String> {
    let mut archive = ArchiveWriter::new(file)?;
    let [since, access_since] = sinces;
    let held = match door::ask(&folder.door(), Question::Backup { since, access_since })? {
        Some(answer) => from_service(&mut archive, answer, sinces, tally)?,
        None => from_folder(&mut archive, folder, sinces, tally)?,
    };
    archive.finish()?.finish()?;
    let mut text = String::new();
    for Held { which, since, last, hash } in &held {
        let (title, first) = (which.title(), since.next());
        match last.get() - since.get() {
            0 => writeln!(text, "{title}: nothing after position {since}, whose hash is {hash}")?,
            _ => writeln!(text, "{title}: positions {first} to {last}, last hash {hash}")?,
        }
    }
    tally.tell(&mut text, "in it")?;
    let (data, [log, access]) = (data.display(), &held[..]) else { bail!("a log was left out") };
    writeln!(
        text,
        "what comes next: arende backup --data {data} --since {} --access-since {} --out …",
        log.last, access.last
    )?;
    Ok(text)
}

/// Both logs of a folder that no process has open. Both are held until both are written, so that
/// nothing comes to the one after the other.
fn from_folder<O: Write>(
    archive: &mut ArchiveWriter<O>,
    folder: &Folder,
    sinces: [Position; 2],
    tally: &mut Tally,
) -> anyhow::Result<Vec<Held>> {
    let files = FilesAtHand::open(folder)?;
    let mut open: Vec<SledLog> = Vec::new();
    let mut held = Vec::new();
    for (which, since) in Which::ALL.into_iter().zip(sinces) {
        let mut end = Position::START;
        if since == Position::START {
            archive.begin(which, since, Hash::GENESIS)?;
        }
        open.push(read_through(folder, which, |commit| {
            end = commit.position;
            if commit.position > since {
                archive.write(commit)?;
                let named = if which == Which::Log { named(commit)? } else { VecDeque::new() };
                for hash in named {
                    let carried = files.carried(commit.stream, hash)?;
                    tally.count(hash, &carried);
                    archive.file(hash, &carried)?;
                }
            } else if commit.position == since {
                archive.begin(which, since, commit.hash)?;
            }
            Ok(())
        })?);
        if since > end {
            bail!(
                "the {} ends at position {end}, before {since}; \
                 name the last position of an earlier backup of it",
                which.title()
            );
        }
        let (last, hash) = archive.end()?;
        held.push(Held { which, since, last, hash });
    }
    Ok(held)
}

/// Both logs as the service that has the folder gives them. Nothing is taken on trust: checksums,
/// positions and the hash chain are checked here, and in a whole backup each stream's chain too.
fn from_service<O: Write>(
    archive: &mut ArchiveWriter<O>,
    answer: Answer,
    sinces: [Position; 2],
    tally: &mut Tally,
) -> anyhow::Result<Vec<Held>> {
    let mut given = ArchiveReader::plain(answer)?;
    let mut held = Vec::new();
    for (which, since) in Which::ALL.into_iter().zip(sinces) {
        let section = given.section()?.filter(|it| (it.which, it.after) == (which, since));
        let section = section.with_context(|| format!("the {} was left out", which.title()))?;
        archive.begin(which, since, section.hash)?;
        let mut verifier = Verifier::default();
        let (mut last, mut to_follow) = (since, ToFollow::default());
        while let Some(entry) = given.entry(last)? {
            let mut bytes = match entry {
                Entry::Frame(bytes) => bytes,
                Entry::File(hash, carried) => {
                    to_follow.take(hash)?;
                    tally.count(hash, &carried);
                    archive.file(hash, &carried)?;
                    continue;
                }
            };
            let commit: Commit = if since == Position::START {
                verifier.take(&mut bytes)?
            } else {
                frame::decode(&mut bytes)?.commit
            };
            archive.write(&commit)?;
            last = commit.position;
            if which == Which::Log {
                to_follow.next(&commit)?;
            }
        }
        to_follow.end()?;
        let (last, hash) = archive.end()?;
        held.push(Held { which, since, last, hash });
    }
    if given.section()?.is_some() {
        bail!("more was given than was asked for");
    }
    Ok(held)
}

/// Writes the keys, and tells how many.
fn keys(folder: &Folder, file: WholeFile) -> anyhow::Result<String> {
    let (file, count) = if let Some(mut answer) = door::ask(&folder.door(), Question::Keys)? {
        let mut given = Vec::new();
        answer.read_to_end(&mut given)?;
        let keys = wrapped::read(&given)?;
        wrapped::write(file, keys.into_iter().map(Ok))?
    } else {
        let path = folder.keys();
        if !path.is_dir() {
            bail!("there are no keys in {}", path.display());
        }
        wrapped::write(file, KeyStore::wrapped_in(&path)?)?
    };
    file.finish()?;
    Ok(format!("keys: {count} records, wrapped by the master key, which is not among them\n"))
}
