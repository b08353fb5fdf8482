//! The bytes of an archive are a promise to every backup that was made.

use std::{fmt::Write as _, io::Read as _};

use domain::Position;
use event_log::{Commit, Hash, chain::Verifier};

use super::{ArchiveReader, ArchiveWriter};
use crate::copies::{
    Which,
    continued::Continued,
    tests::{commits, reading},
};

/// What the archive of the small log is made of, as hexadecimal digits.
const GOLDEN: &str = include_str!("golden.txt");

/// The file itself, as the first program that could write it did.
const GOLDEN_FILE: &[u8] = include_bytes!("golden.zst");

/// The log after `since`, and the access log.
fn written(since: usize) -> Vec<u8> {
    let mut archive = ArchiveWriter::new(Vec::new()).unwrap();
    for (which, since, commits) in [(Which::Log, since, commits()), (Which::Access, 0, reading())] {
        let hash = since.checked_sub(1).map_or(Hash::GENESIS, |i| commits[i].hash);
        archive.begin(which, Position::new(since as u64), hash).unwrap();
        for commit in &commits[since..] {
            archive.write(commit).unwrap();
        }
        assert_eq!(archive.end().unwrap().0.get(), commits.len() as u64);
    }
    archive.finish().unwrap()
}

/// Both logs of a whole archive, verified.
fn read(file: &[u8]) -> anyhow::Result<Vec<Commit>> {
    let mut archive = ArchiveReader::new(file)?;
    let mut commits = Vec::new();
    while let Some(section) = archive.section()? {
        assert_eq!((section.after, section.hash), (Position::START, Hash::GENESIS));
        let mut verifier = Verifier::default();
        while let Some(mut frame) = archive.frame(verifier.last())? {
            commits.push(verifier.take(&mut frame)?);
        }
    }
    Ok(commits)
}

#[test]
fn the_bytes_of_an_archive_are_what_they_always_were() {
    let file = written(0);
    assert_eq!(file, written(0), "the same log gives the same bytes");
    let mut content = Vec::new();
    zstd::Decoder::new(&*file).unwrap().read_to_end(&mut content).unwrap();
    let content = content.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    });
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/copies/archive");
        std::fs::write(format!("{folder}/golden.txt"), format!("{content}\n")).unwrap();
        std::fs::write(format!("{folder}/golden.zst"), &file).unwrap();
    }
    assert_eq!(content, GOLDEN.trim());
    assert_eq!(read(GOLDEN_FILE).unwrap(), [commits(), reading()].concat());
}

#[test]
fn every_cut_and_every_flipped_byte_is_noticed_or_harmless() {
    let (file, expected) = (written(0), [commits(), reading()].concat());
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
        told(b"arende backup\n\x02"),
        "backup format 2 is unknown; restore it with a newer arende"
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
    let mut log = Continued::new(Which::Log, folder.path()).unwrap();
    for file in files {
        let mut archive = ArchiveReader::new(*file).unwrap();
        let section = archive.section().unwrap().unwrap();
        log.take(section, &mut archive).map_err(|error| error.to_string())?;
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
