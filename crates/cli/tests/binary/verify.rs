//! `arende verify`: a sound folder passes; one flipped byte fails, and says where or why.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::running::{Desk, arende};

#[test]
fn a_sound_folder_verifies_and_says_what_it_holds() {
    let desk = Desk::imported(&[("one", &["09:00 work anna north"])]);
    let ran = arende(&["verify", "--data", &desk.data()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let [log, access] = ran.out.lines().collect::<Vec<_>>()[..] else { panic!("{ran:?}") };
    // Region, division, case type, unit, six members of staff, a resident; and the one event.
    assert!(log.starts_with("log: 12 commits, "), "{log}");
    assert!(log.contains(" bytes verified; last hash "), "{log}");
    assert!(access.starts_with("access log: 0 commits, 0 events, "), "{access}");
}

#[test]
fn one_flipped_byte_is_mended_from_the_journal_and_fails_without_it() {
    let desk = Desk::imported(&[("one", &["09:00 work anna north", "09:01 note anna north"])]);
    let log = desk.path("data/log");
    // Nothing says what the files were, so the commits themselves must tell.
    let _ = fs::remove_file(log.join("clean"));
    let kept = files(&log);
    let sound = &kept[Path::new("sled/db")];
    // Where an event's trace is kept, in the middle of a commit.
    let place = sound.windows(5).position(|bytes| bytes == b"one#2").unwrap();
    for offset in [place, place + 4, place - 60] {
        for has_journal in [true, false] {
            fs::remove_dir_all(&log).unwrap();
            for (name, bytes) in &kept {
                let mut bytes = bytes.clone();
                match name.to_str().unwrap() {
                    "sled/db" => bytes[offset] ^= 1,
                    "journal.0" | "journal.1" if !has_journal => continue,
                    _ => (),
                }
                fs::create_dir_all(log.join(name).parent().unwrap()).unwrap();
                fs::write(log.join(name), bytes).unwrap();
            }
            let ran = arende(&["verify", "--data", &desk.data()]);
            if has_journal {
                let told = ran.out.lines().next().unwrap();
                assert_eq!(told, "log: damaged blocks mended from the journal: 1", "{ran:?}");
                assert_eq!(ran.code, 0, "{ran:?}");
                continue;
            }
            assert_eq!(ran.code, 1, "{ran:?}");
            let line = ran.out.lines().next().unwrap();
            let told = line.contains("position") || line.contains("orrupted");
            assert!(line.starts_with("log: ") && told && line.contains("arende verify"), "{line}");
            let ran = desk.replay(&["case", "case_7"]);
            assert!(ran.error().starts_with("failed to open "), "{ran:?}");
        }
    }
}

/// What the files of a folder hold, by their paths in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for part in ["", "sled"] {
        for entry in fs::read_dir(folder.join(part)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                let name = Path::new(part).join(entry.file_name());
                files.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    files
}

#[test]
fn a_folder_without_a_log_is_told_in_one_line() {
    let desk = Desk::new();
    let ran = arende(&["verify", "--data", &desk.data()]);
    assert!(ran.error().contains("data holds no log; make one with "), "{ran:?}");
}
