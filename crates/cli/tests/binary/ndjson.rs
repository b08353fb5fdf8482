//! `arende export ndjson` and `arende import ndjson`: out and in again, to the same hashes.

use std::fs;

use crate::running::{Desk, Ran, arende};

fn desk() -> Desk {
    Desk::imported(&[
        ("one", &["09:00 work anna north", "09:01 answer anna north"]),
        ("two", &["09:00 note bo south"]),
    ])
}

fn export(desk: &Desk, name: &str, more: &[&str]) -> Ran {
    let (data, out) = (desk.data(), desk.text(name));
    arende(&[&["export", "ndjson", "--data", &data, "--out", &out], more].concat())
}

fn import(desk: &Desk, names: &[&str], to: &str) -> Ran {
    let files: Vec<String> = names.iter().map(|it| desk.text(it)).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let data = desk.text(to);
    arende(&[&["import", "ndjson"], &*files, &["--data", &data]].concat())
}

#[test]
fn what_was_exported_is_imported_to_the_same_hashes() {
    let desk = desk();
    let verified = arende(&["verify", "--data", &desk.data()]);
    for (name, more) in [("log.ndjson", &[][..]), ("access.ndjson", &["--access"])] {
        let ran = export(&desk, name, more);
        assert_eq!((ran.code, &*ran.out), (0, ""), "{ran:?}");
    }
    let ran = import(&desk, &["log.ndjson", "access.ndjson"], "copy");
    assert!(ran.code == 0 && ran.out.contains("events imported; last hash"), "{ran:?}");
    let again = arende(&["verify", "--data", &desk.text("copy")]);
    assert_eq!((again.code, again.out), (0, verified.out));
    assert!(!desk.path("copy.unfinished").exists());

    let ran = arende(&["export", "ndjson", "--data", &desk.text("copy")]);
    assert_eq!((ran.code, ran.out), (0, fs::read_to_string(desk.path("log.ndjson")).unwrap()));
    let ran = export(&desk, "log.ndjson", &[]);
    assert!(ran.error().ends_with("log.ndjson is there already; choose another name for --out"));
}

#[test]
fn a_changed_line_is_refused_by_its_number_and_nothing_is_left() {
    let desk = desk();
    assert_eq!(export(&desk, "log.ndjson", &[]).code, 0);
    let text = fs::read_to_string(desk.path("log.ndjson")).unwrap();
    let changed = text.replacen("\"name\":\"north\"", "\"name\":\"nörth\"", 1);
    let number = 1 + text.lines().zip(changed.lines()).position(|(a, b)| a != b).unwrap();
    desk.write("log.ndjson", changed.as_bytes());
    let ran = import(&desk, &["log.ndjson"], "copy");
    let expected = format!("log.ndjson: line {number}: position {} says", number - 1);
    assert!(ran.error().contains(&expected), "{ran:?}");
    assert!(!desk.path("copy").exists() && !desk.path("copy.unfinished").exists());

    desk.write("log.ndjson", text.as_bytes());
    let ran = import(&desk, &["log.ndjson", "log.ndjson"], "copy");
    assert!(ran.error().ends_with("another file holds the log already; name one of each"));
    let ran = import(&desk, &["log.ndjson"], "data");
    assert!(ran.error().ends_with("data is not empty; choose a new folder for --data"), "{ran:?}");
    assert!(!desk.path("copy").exists());
}

/// New keys would open nothing, and look as if the old had been destroyed on purpose.
#[test]
fn a_copy_without_its_keys_is_not_served() {
    let desk = desk();
    assert_eq!(export(&desk, "log.ndjson", &[]).code, 0);
    assert_eq!(import(&desk, &["log.ndjson"], "copy").code, 0);
    let (copy, key) = (desk.text("copy"), desk.text("data/master.key"));
    let serve = ["serve", "--data", &copy, "--dev", "--listen", "127.0.0.1:0"];
    for more in [&[][..], &["--master-key", &key]] {
        let ran = arende(&[&serve[..], more].concat());
        assert!(ran.error().contains("holds a log and no keys; copy the backup"), "{ran:?}");
    }
    assert!(!desk.path("copy/keys").exists() && !desk.path("copy/master.key").exists());
}
