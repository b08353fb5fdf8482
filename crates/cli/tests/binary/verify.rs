//! `arende verify`: a sound folder passes; one flipped byte fails, and says where or why.

use std::fs;

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
fn one_flipped_byte_fails_after_a_crash_too_and_says_where_or_why() {
    let desk = Desk::imported(&[("one", &["09:00 work anna north", "09:01 note anna north"])]);
    let database = desk.path("data/log/sled/db");
    let sound = fs::read(&database).unwrap();
    // Where an event's trace is kept, in the middle of a commit.
    let place = sound.windows(5).position(|bytes| bytes == b"one#2").unwrap();
    for offset in [place, place + 4, place - 60] {
        let mut damaged = sound.clone();
        damaged[offset] ^= 1;
        fs::write(&database, damaged).unwrap();
        // Nothing says what the files were, so the commits themselves must tell.
        let _ = fs::remove_file(desk.path("data/log/clean"));

        let ran = arende(&["verify", "--data", &desk.data()]);
        assert_eq!(ran.code, 1, "{ran:?}");
        let log = ran.out.lines().next().unwrap();
        let told = log.contains("position") || log.contains("orrupted");
        assert!(log.starts_with("log: ") && told && log.contains("backup"), "{log}");

        let ran = desk.replay(&["case", "case_7"]);
        assert!(ran.error().starts_with("failed to open "), "{ran:?}");
    }
}

#[test]
fn a_folder_without_a_log_is_told_in_one_line() {
    let desk = Desk::new();
    let ran = arende(&["verify", "--data", &desk.data()]);
    assert!(ran.error().contains("data holds no log; make one with "), "{ran:?}");
}
