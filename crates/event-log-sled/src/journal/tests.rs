//! The journal over real files, small ones, so that it turns.

mod record;

use std::{fs::File, path::Path};

use domain::Position;

use super::{FILES, Found, Journal, record::PAGE_BYTES};
use crate::disk::Medium;

const FILE_BYTES: usize = 16 * PAGE_BYTES;

fn open(folder: &Path) -> (Journal, Found) {
    let media = FILES.map(|name| -> Box<dyn Medium> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        Box::new(options.open(folder.join(name)).unwrap())
    });
    Journal::open(media, FILE_BYTES).unwrap()
}

fn block(first: u64, text: &str) -> (Position, Vec<u8>) {
    (Position::new(first), text.as_bytes().to_vec())
}

fn write(journal: &mut Journal, first: u64, text: &str) {
    if journal.is_full() {
        journal.turn();
    }
    journal.fill().unwrap();
    journal.write(&[block(first, text)]).unwrap();
}

fn firsts(found: &Found) -> Vec<u64> {
    found.blocks.keys().map(|first| first.get()).collect()
}

#[test]
fn what_was_written_last_is_found_after_many_turns() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, found) = open(folder.path());
    assert_eq!(firsts(&found), [0_u64; 0]);
    for first in 1..=100 {
        write(&mut journal, first, "one page");
    }
    drop(journal);
    let (_, found) = open(folder.path());
    // A file turns when half of it is left, so at least one half of a file stands in the other.
    let kept = firsts(&found);
    assert_eq!(kept.last(), Some(&100));
    assert!(kept.len() >= FILE_BYTES / 2 / PAGE_BYTES, "{kept:?}");
    assert!(kept.windows(2).all(|two| two[0] + 1 == two[1]), "{kept:?}");
}

#[test]
fn the_older_file_is_written_over_first_after_an_opening() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(folder.path());
    for first in 1..=12 {
        write(&mut journal, first, "before");
    }
    drop(journal);
    let (mut journal, before) = open(folder.path());
    write(&mut journal, 13, "after");
    drop(journal);
    let (_, after) = open(folder.path());
    let kept = firsts(&after);
    assert!(kept.ends_with(&[10, 11, 12, 13]), "{kept:?}");
    assert!(kept.len() <= firsts(&before).len() + 1);
}

#[test]
fn what_was_written_later_takes_the_place_of_what_it_overlaps() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(folder.path());
    journal.fill().unwrap();
    journal.write(&[block(1, "kept"), block(4, "dropped"), block(6, "dropped")]).unwrap();
    journal.is_safe(Position::new(3));
    journal.write(&[block(4, "instead")]).unwrap();
    drop(journal);
    let (_, found) = open(folder.path());
    assert_eq!(firsts(&found), [1, 4]);
    assert_eq!(found.blocks[&Position::new(4)], &b"instead"[..]);
    assert_eq!(found.safe, Position::new(3));
}

#[test]
fn a_record_that_does_not_fit_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(folder.path());
    let text = "x".repeat(FILE_BYTES);
    let said = journal.write(&[block(1, &text)]).unwrap_err().to_string();
    assert!(said.contains("does not fit into the journal"), "{said}");
    drop(journal);
    assert_eq!(firsts(&open(folder.path()).1), [0_u64; 0]);
}

#[test]
fn a_torn_record_is_none_and_those_around_it_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(folder.path());
    for first in 1..=3 {
        write(&mut journal, first, "whole");
    }
    drop(journal);
    let path = folder.path().join(FILES[0]);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[PAGE_BYTES + 20] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(firsts(&open(folder.path()).1), [1, 3]);
}
