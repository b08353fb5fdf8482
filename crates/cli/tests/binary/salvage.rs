//! A log that does not open is told of with position and stream, and becomes a log again if nothing
//! in it is lost.

use std::{fs, path::Path};

use crate::{
    backup::{backup, restore, verified},
    running::{Desk, Ran, arende},
};

fn salvage(from: &[&str], data: &str) -> Ran {
    arende(&[&["salvage"], from, &["--data", data]].concat())
}

fn verify(data: &str) -> Vec<String> {
    let ran = arende(&["verify", "--data", data]);
    assert_eq!(ran.code, 1, "{ran:?}");
    ran.out.lines().map(str::to_owned).collect()
}

/// Two cases in turns.
fn a_desk() -> Desk {
    let one = &["09:00 work anna north", "09:02 ask anna north", "09:04 answer anna north"];
    let two = &["09:01 work berit north", "09:03 note berit north", "09:05 answer berit north"];
    Desk::imported(&[("one", one), ("two", two)])
}

/// Has sled take its file for an empty one, with no journal that knows better.
fn unreadable(log: &Path) {
    let in_sled = fs::read_dir(log.join("sled")).unwrap().map(|it| it.unwrap().path());
    let snapshots = in_sled.filter(|it| it.file_name().unwrap().to_string_lossy().contains("snap"));
    let journals = ["journal.0", "journal.1"].map(|it| log.join(it));
    for path in snapshots.chain(journals) {
        fs::remove_file(path).unwrap();
    }
    let mut bytes = fs::read(log.join("sled/db")).unwrap();
    bytes[..16].fill(0xff);
    fs::write(log.join("sled/db"), bytes).unwrap();
}

#[test]
fn a_log_that_sled_does_not_find_is_salvaged_with_the_same_hash() {
    let desk = a_desk();
    let (data, salvaged) = (desk.data(), desk.text("salvaged"));
    let before = verified(&data);
    unreadable(&desk.path("data/log"));
    // On another disk.
    let (attachments, elsewhere) = (desk.path("data/attachments"), desk.path("elsewhere"));
    fs::create_dir_all(attachments.join("files")).unwrap();
    fs::write(attachments.join("files/one"), "sealed").unwrap();
    fs::rename(&attachments, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &attachments).unwrap();

    let told = verify(&data);
    assert!(told[0].starts_with("log: the log ends at position 0, "), "{told:?}");
    let whole =
        "are whole, each follows from the one before; `arende salvage` makes a new folder of";
    assert!(told[1].starts_with("log: read from its files alone: all "), "{told:?}");
    assert!(told[1].contains(whole), "{told:?}");

    let ran = salvage(&[&data], &salvaged);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("written anew and verified; last hash "), "{ran:?}");
    assert!(ran.out.contains("\ncopied as they are: attachments, keys, master.key\n"), "{ran:?}");
    assert_eq!(verified(&salvaged), before);
    let copied = fs::read(desk.path("salvaged/attachments/files/one")).unwrap();
    assert!(copied == b"sealed" && !desk.path("salvaged/attachments").is_symlink());
    assert_eq!(arende(&["verify", "--keys", "--data", &salvaged]).code, 0);
    assert_ne!(salvage(&[&data], &salvaged).code, 0, "it replaces nothing");
}

#[test]
fn a_commit_that_is_lost_is_named_with_its_stream_and_comes_from_a_backup() {
    let desk = a_desk();
    let (data, salvaged) = (desk.data(), desk.text("salvaged"));
    let (full, restored) = (desk.text("full.zst"), desk.text("restored"));
    let before = verified(&data);
    assert_eq!(backup(&data, &full, &[]).code, 0);
    assert_eq!(restore(&[&full], &restored).code, 0);

    // In the midst of the commit that tells of the first case's question.
    unreadable(&desk.path("data/log"));
    let db = desk.path("data/log/sled/db");
    let mut bytes = fs::read(&db).unwrap();
    let places: Vec<_> =
        (0..bytes.len() - 5).filter(|at| &bytes[*at..*at + 5] == b"one#2").collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at] ^= 1;
    }
    fs::write(&db, bytes).unwrap();

    let told = verify(&data);
    let (_, lost) = told[1].split_once(" commits are whole; position ").unwrap();
    let (position, of) = lost.split_once(", of case_").unwrap();
    let (_, rest) = of.split_once(", whose next commit is position ").unwrap();
    let end = ", is not, or does not follow from what is before it";
    let (next, advice) = rest.split_once(end).unwrap();
    assert!(advice.contains("; restore a backup to another folder"), "{advice}");
    let [position, next] = [position, next].map(|it| it.parse::<u64>().unwrap());
    // The other case's note lies between.
    assert_eq!(next, position + 2, "{told:?}");

    let refused = salvage(&[&data], &salvaged);
    let refused = refused.error();
    assert!(
        refused.starts_with("failed to salvage the log: ")
            && refused.contains(&format!(", of case_{}", of.split_once(end).unwrap().0)),
        "{refused}"
    );
    assert!(refused.contains("restore a backup that has it to another folder"), "{refused}");
    assert!(!desk.path("salvaged").exists());

    let ran = salvage(&[&data, &restored], &salvaged);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(verified(&salvaged), before);
}

#[test]
fn what_is_no_folder_is_not_salvaged() {
    let desk = Desk::new();
    let ran = salvage(&[&desk.data()], &desk.text("salvaged"));
    assert!(ran.error().contains("holds no log"), "{ran:?}");
}
