//! `arende rebuild`: what the read models come to, in their checkpoint and from nothing.

use std::fs;

use crate::running::{Desk, arende};

fn desk() -> Desk {
    Desk::imported(&[("one", &["09:00 work anna north", "09:01 answer anna north"])])
}

#[test]
fn what_an_import_saved_is_what_a_replay_comes_to() {
    let desk = desk();
    let data = desk.data();
    let ran = arende(&["rebuild", "--check", "--data", &data]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for model in ["directory", "offerings", "assignments", "cases", "inboxes", "statistics"] {
        let line = ran.out.lines().find(|it| it.starts_with(model)).unwrap();
        assert!(line.ends_with("  the same"), "{line}");
    }
    let checked = arende(&["rebuild", "--check", "--json", "--data", &data]).json();
    assert_eq!(checked["checkpointPosition"], checked["position"]);
    assert_eq!(checked["differ"].as_array().unwrap().len(), 0);

    fs::remove_file(desk.path("data/read-models")).unwrap();
    let ran = arende(&["rebuild", "--check", "--data", &data]);
    assert!(ran.error().contains("there is no checkpoint"), "{ran:?}");
    let rebuilt = arende(&["rebuild", "--json", "--data", &data]).json();
    for (one, other) in
        std::iter::zip(rebuilt["models"].as_array().unwrap(), checked["models"].as_array().unwrap())
    {
        assert_eq!((&one["model"], &one["replayed"]), (&other["model"], &other["checkpoint"]));
        assert_eq!(one["replayed"].as_str().unwrap().len(), 64);
    }
    assert_eq!(arende(&["rebuild", "--check", "--data", &data]).code, 0);
}

/// A checkpoint that passes for one of this log and this code, and has another case: made from
/// another log's state with this log's commit and a checksum that is right.
#[test]
fn a_checkpoint_that_differs_fails_and_the_model_is_named() {
    let (desk, other) =
        (desk(), Desk::imported(&[("two", &["09:00 work anna north", "09:02 answer anna north"])]));
    let (path, other) = (desk.path("data/read-models"), other.path("data/read-models"));
    let (ours, theirs) = (fs::read(&path).unwrap(), fs::read(other).unwrap());
    let header = 1 + 8 + 32 + 32;
    let mut bytes = [&ours[..header], &theirs[header..theirs.len() - 4]].concat();
    bytes.extend(event_log::frame::checksum(&bytes).to_be_bytes());
    fs::write(&path, bytes).unwrap();

    let ran = arende(&["rebuild", "--check", "--data", &desk.data()]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let line = |model: &str| ran.out.lines().find(|it| it.starts_with(model)).unwrap();
    assert!(line("cases").contains("  DIFFERS from the checkpoint's "), "{ran:?}");
    assert!(ran.out.lines().last().unwrap().contains("has another "), "{ran:?}");
    assert_eq!(arende(&["rebuild", "--data", &desk.data()]).code, 0);
    assert_eq!(arende(&["rebuild", "--check", "--data", &desk.data()]).code, 0);
}

#[test]
fn a_damaged_checkpoint_and_one_of_another_log_are_told() {
    let (desk, other) = (desk(), Desk::imported(&[("two", &["10:00 work bo south"])]));
    let path = desk.path("data/read-models");
    let mut bytes = fs::read(&path).unwrap();
    bytes[100] ^= 1;
    fs::write(&path, bytes).unwrap();
    let ran = arende(&["rebuild", "--check", "--data", &desk.data()]);
    assert!(ran.error().contains("it is damaged: its checksum differs"), "{ran:?}");

    fs::copy(other.path("data/read-models"), &path).unwrap();
    let ran = arende(&["rebuild", "--check", "--data", &desk.data()]);
    assert!(ran.error().contains("it is of another log"), "{ran:?}");
}
