//! What an earlier edition wrote is read for ever.
//!
//! `tests/earlier/before-forms.zst` is a backup of a small demo (30 cases up to 2026-04-22), taken
//! by the program as it was before case types had forms, units settings and roles dates, when the
//! log had no redo journal.

use crate::{
    backup::{restore, verified},
    running::{Desk, arende},
};

#[test]
fn a_log_from_before_there_were_forms_opens_and_tells_what_it_told() {
    let desk = Desk::new();
    let data = desk.data();
    let backup = format!("{}/tests/earlier/before-forms.zst", env!("CARGO_MANIFEST_DIR"));
    let restored = restore(&[&backup], &data);
    assert_eq!(restored.code, 0, "{restored:?}");
    let told = verified(&data);
    let last = "c7ef0e93ed29e0e766ed81b6ebb85b1a80a24feb18e2259d74b4f13ce801b46b";
    assert!(told.contains("406 commits, 726 events") && told.contains(last), "{told}");

    let region = "region_01KFHCJHC01X0BNTVC7Y3BJVRT";
    let days = ["--from", "2026-03-01", "--to", "2026-04-22"];
    let moment = ["--as-of", "2026-04-22T10:00:00+02:00", "--data", &data];
    let told = arende(&[&["replay", "statistics", region], &days[..], &moment].concat());
    assert_eq!(told.code, 0, "{told:?}");
    for line in [
        "in the period  received 20  opened 0  answered 18  closed 19  reopened 1  withdrawn 1",
        "responded on time  19 of 19  (100.0 %)",
        "lead time          18 cases  mean 3 d 8 h 48 min  p50 21 h 40 min  p90 too few",
    ] {
        assert!(told.out.contains(line), "no `{line}` in:\n{}", told.out);
    }
    // A unit opened it, and named no form.
    let opened = arende(&["replay", "case", "case_01KGPWJHCTPRZD4BJ8HAMQTR1R", "--data", &data]);
    assert_eq!(opened.code, 0, "{opened:?}");
    assert!(
        opened.out.contains("opened “Meddelande från mottagningen (omvänt ärende)” at"),
        "{}",
        opened.out
    );
    assert!(!opened.out.contains("of the form"), "{}", opened.out);
    let rebuilt = arende(&["rebuild", "--data", &data]);
    assert_eq!(rebuilt.code, 0, "{rebuilt:?}");
    let checked = arende(&["rebuild", "--check", "--data", &data]);
    assert_eq!(checked.code, 0, "{checked:?}");
}
