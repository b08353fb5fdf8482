//! The bytes of an archive are a promise to every backup that was made.

use std::{fmt::Write as _, io::Read as _};

use bytes::Bytes;
use domain::{Position, case::FileHash};
use event_log::{Commit, Hash, chain::Verifier};
use sha2::{Digest as _, Sha256};

use super::{ArchiveReader, ArchiveWriter, Carried, Entry};
use crate::{
    copies::{
        Which,
        continued::Continued,
        files::FilesToRestore,
        tests::{commits, reading},
    },
    folder::Folder,
};

/// What the archive of the small log is made of, as hexadecimal digits.
const GOLDEN: &str = include_str!("golden_2.txt");

/// The file itself, as the first program that could write it did.
const GOLDEN_FILE: &[u8] = include_bytes!("golden_2.zst");

/// A file in the format that had no attachments, as a program wrote it that knew no other.
const GOLDEN_FILE_1: &[u8] = include_bytes!("golden.zst");

type Beside = (FileHash, Carried);

/// As it would lie sealed.
const SEALED: &[u8] = b"sealed by another";

fn hash(bytes: &[u8]) -> FileHash {
    FileHash(Sha256::digest(bytes).into())
}

/// What follows the last commit of the log.
fn beside() -> [Beside; 3] {
    [
        (hash(SEALED), Carried::Here(Bytes::from_static(SEALED))),
        (hash(b"gone with its key"), Carried::Disposed),
        (hash(b"gone"), Carried::Faulty),
    ]
}

/// The log after `since`, and the access log.
fn written(since: usize) -> Vec<u8> {
    written_with(since, &[])
}

/// The same, with `files` after the last commit of the log.
fn written_with(since: usize, files: &[Beside]) -> Vec<u8> {
    let mut archive = ArchiveWriter::new(Vec::new()).unwrap();
    for (which, since, commits) in [(Which::Log, since, commits()), (Which::Access, 0, reading())] {
        let hash = since.checked_sub(1).map_or(Hash::GENESIS, |i| commits[i].hash);
        archive.begin(which, Position::new(since as u64), hash).unwrap();
        for commit in &commits[since..] {
            archive.write(commit).unwrap();
        }
        if which == Which::Log {
            for (hash, carried) in files {
                archive.file(*hash, carried).unwrap();
            }
        }
        assert_eq!(archive.end().unwrap().0.get(), commits.len() as u64);
    }
    archive.finish().unwrap()
}

/// Both logs of a whole archive, verified, and the files.
fn read(file: &[u8]) -> anyhow::Result<(Vec<Commit>, Vec<Beside>)> {
    let mut archive = ArchiveReader::new(file)?;
    let (mut commits, mut files) = (Vec::new(), Vec::new());
    while let Some(section) = archive.section()? {
        assert_eq!((section.after, section.hash), (Position::START, Hash::GENESIS));
        let mut verifier = Verifier::default();
        while let Some(entry) = archive.entry(verifier.last())? {
            match entry {
                Entry::Frame(mut frame) => commits.push(verifier.take(&mut frame)?),
                Entry::File(hash, carried) => files.push((hash, carried)),
            }
        }
    }
    Ok((commits, files))
}

#[test]
fn the_bytes_of_an_archive_are_what_they_always_were() {
    let file = written_with(0, &beside());
    assert_eq!(file, written_with(0, &beside()), "the same log gives the same bytes");
    let mut content = Vec::new();
    zstd::Decoder::new(&*file).unwrap().read_to_end(&mut content).unwrap();
    let content = content.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/copies/archive");
        std::fs::write(format!("{folder}/golden_2.txt"), format!("{content}\n")).unwrap();
        std::fs::write(format!("{folder}/golden_2.zst"), &file).unwrap();
    }
    assert_eq!(content, GOLDEN.trim());
    let all = [commits(), reading()].concat();
    assert_eq!(read(GOLDEN_FILE).unwrap(), (all.clone(), beside().to_vec()));
    assert_eq!(read(GOLDEN_FILE_1).unwrap(), (all, vec![]));
}

#[test]
fn every_cut_and_every_flipped_byte_is_noticed_or_harmless() {
    let (file, expected) =
        (written_with(0, &beside()), ([commits(), reading()].concat(), beside().to_vec()));
    for cut in 0..file.len() {
        assert!(read(&file[..cut]).is_err(), "cut at {cut}");
    }
    for i in 0..file.len() {
        let mut damaged = file.clone();
        damaged[i] ^= 0x10;
        if let Ok(commits) = read(&damaged) {
            assert!(commits == expected, "byte {i}");
        }
    }
    let longer = [&file[..], &zstd::encode_all(&b"x"[..], 3).unwrap()].concat();
    assert_eq!(read(&longer).unwrap_err().to_string(), "something follows its end");
}

#[test]
fn what_is_no_backup_or_a_newer_one_is_refused() {
    let told = |content: &[u8]| {
        let file = zstd::encode_all(content, 3).unwrap();
        ArchiveReader::new(&*file).err().unwrap().to_string()
    };
    assert_eq!(
        told(b"arende backup\n\x03"),
        "backup format 3 is unknown; restore it with a newer arende"
    );
    assert_eq!(told(b"arende leaves\n\x01"), "it is not a backup that `arende backup` made");
    assert_eq!(ArchiveReader::new(&b"PK"[..]).err().unwrap().to_string(), "it is not a backup");
}

#[test]
fn a_commit_that_does_not_follow_is_not_written() {
    let mut archive = ArchiveWriter::new(Vec::new()).unwrap();
    archive.begin(Which::Log, Position::START, Hash::GENESIS).unwrap();
    let error = archive.write(&commits()[1]).unwrap_err().to_string();
    assert_eq!(error, "position 2 is not what comes next");
}

/// Takes the log's sections of `files`; what it came to, or why not.
fn continued(files: &[&[u8]]) -> Result<u64, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut log = Continued::new(Which::Log, &path).unwrap();
    let mut beside =
        FilesToRestore::new(&Folder::new(&folder.path().join("data")).unwrap()).unwrap();
    for file in files {
        let mut archive = ArchiveReader::new(*file).unwrap();
        let section = archive.section().unwrap().unwrap();
        log.take(section, &mut archive, &mut beside).map_err(|error| error.to_string())?;
    }
    let verified = log.finish().unwrap();
    assert_eq!(verified.hash, commits()[2].hash);
    Ok(verified.commits)
}

#[test]
fn an_archive_continues_those_before_it() {
    let archives = [0, 1, 2, 3].map(written);
    let [whole, one, two, three] = archives.each_ref().map(Vec::as_slice);
    assert_eq!(continued(&[whole]), Ok(3));
    assert_eq!(continued(&[whole, three, two, one, whole]), Ok(3), "what is there may come again");
    let gap = continued(&[two]).unwrap_err();
    assert_eq!(
        gap,
        "it continues the log from position 2, and what comes before it ends at 0; \
         name the backups in between first"
    );

    let mut short = ArchiveWriter::new(Vec::new()).unwrap();
    short.begin(Which::Log, Position::START, Hash::GENESIS).unwrap();
    short.write(&commits()[0]).unwrap();
    short.end().unwrap();
    let short = short.finish().unwrap();
    assert_eq!(continued(&[&short, one]), Ok(3));
    assert_eq!(continued(&[&short, whole]), Ok(3));
    let late = continued(&[whole, &short]).unwrap_err();
    assert_eq!(late, "it ends at position 1 of the log, before 3; leave it out");
}

#[test]
fn a_file_that_no_commit_names_or_that_is_not_what_its_address_says_is_refused() {
    let [first, ..] = beside();
    let stray = continued(&[&written_with(0, &[first])]).unwrap_err();
    assert_eq!(stray, format!("file {} is in it at the wrong place", hash(SEALED)));
    let altered = [(hash(b"another"), Carried::Here(Bytes::from_static(SEALED)))];
    let told = continued(&[&written_with(0, &altered)]).unwrap_err();
    let (named, found) = (hash(b"another"), hash(SEALED));
    assert_eq!(told, format!("file {named} in it was altered: its hash is {found}"));
}

#[test]
fn an_archive_of_another_log_does_not_continue_it() {
    let whole = written(0);
    let mut other = ArchiveWriter::new(Vec::new()).unwrap();
    other.begin(Which::Log, Position::START, Hash::GENESIS).unwrap();
    other.write(&reading()[0]).unwrap();
    let (last, hash) = other.end().unwrap();
    let first = other.finish().unwrap();
    let another = "at position 1 it has another hash: it is a backup of another log";
    assert_eq!(continued(&[&first, &whole]).unwrap_err(), another);

    let mut other = ArchiveWriter::new(Vec::new()).unwrap();
    other.begin(Which::Log, last, hash).unwrap();
    other.end().unwrap();
    let next = other.finish().unwrap();
    let mut short = ArchiveWriter::new(Vec::new()).unwrap();
    short.begin(Which::Log, Position::START, Hash::GENESIS).unwrap();
    short.write(&commits()[0]).unwrap();
    short.end().unwrap();
    assert_eq!(continued(&[&short.finish().unwrap(), &next]).unwrap_err(), another);
}
