//! The same log again changes nothing; a longer one adds what is new; another one is refused; one
//! that was cut short is finished.

use std::{
    collections::BTreeSet,
    process::{Command, Stdio},
};

use serde_json::json;

use crate::running::{Desk, arende, log};

const DAY: [(&str, &[&str]); 2] = [
    ("one", &["09:00 work anna north", "09:05 answer anna north"]),
    ("two", &["09:02 queue bo south"]),
];

#[test]
fn what_was_imported_is_told_in_figures() {
    let desk = Desk::new();
    desk.write("log.xes", log(&DAY).as_bytes());
    let mut report = desk.import("log.xes").json();
    let told = report.as_object_mut().unwrap();
    assert!(told.remove("seconds").unwrap().as_f64().unwrap() > 0.0);
    assert!(told.remove("regionId").unwrap().as_str().unwrap().starts_with("region_"));
    let events = json!({
        "CaseAnswered": 1, "CaseDistributed": 1, "CaseSubmitted": 2, "NoteAdded": 1,
    });
    let expected = json!({
        "cases": 2,
        "sourceEvents": 3,
        "commits": 3,
        "events": events,
        "states": { "ANSWERED": 1, "RECEIVED": 1 },
    });
    assert_eq!(report, expected);
}

#[test]
fn the_same_log_imported_again_changes_nothing_and_says_so() {
    let desk = Desk::imported(&DAY);
    let before = desk.verified();
    let again = desk.import("log.xes").json();
    assert_eq!((&again["commits"], &again["sourceEvents"]), (&0.into(), &3.into()));
    assert_eq!(again["events"]["CaseSubmitted"], 2, "what the log says is still told");

    let (log, mapping, data) = (desk.text("log.xes"), desk.text("mapping.toml"), desk.data());
    let ran = arende(&["import", "xes", &log, "--mapping", &mapping, "--data", &data]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("nothing is new"), "{}", ran.out);
    // Where to look first; as it is told, it can be asked.
    let (_, look) = ran.out.split_once("look: arende ").unwrap();
    let looked = arende(&look.split_whitespace().collect::<Vec<_>>());
    assert!(looked.code == 0 && looked.out.contains(", 1 open case\n"), "{looked:?}");
    assert_eq!(desk.verified(), before);
}

#[test]
fn a_log_that_went_on_adds_what_is_new() {
    let desk = Desk::imported(&DAY);
    let longer = log(&[
        ("one", &["09:00 work anna north", "09:05 answer anna north", "10:00 close cia west"]),
        ("two", &["09:02 queue bo south"]),
        ("three", &["09:30 work anna south"]),
    ]);
    desk.write("longer.xes", longer.as_bytes());
    let report = desk.import("longer.xes").json();
    assert_eq!((&report["commits"], &report["cases"]), (&2.into(), &3.into()));
    assert_eq!(desk.import("longer.xes").json()["commits"], 0);
    assert_eq!(desk.import("log.xes").json()["commits"], 0, "nor does the shorter one take back");
}

#[test]
fn another_mapping_or_a_changed_log_is_refused_and_nothing_is_written() {
    let desk = Desk::imported(&DAY);
    let before = desk.verified();
    let mapping = std::fs::read_to_string(desk.path("mapping.toml")).unwrap();
    let stricter = mapping.replace("region =", "working_days = 1\nregion =");
    desk.write("mapping.toml", stricter.as_bytes());
    let ran = desk.import("log.xes");
    assert!(ran.error().contains("one#1 was imported before, and is something else now"));

    desk.write("mapping.toml", mapping.as_bytes());
    let text = log(&DAY).replace("09:05", "09:06");
    desk.write("changed.xes", text.as_bytes());
    let ran = desk.import("changed.xes");
    assert!(ran.error().contains("one#2 was imported before, and is something else now"));
    assert_eq!(desk.verified(), before);

    let elsewhere = mapping.replace("\"Test\"", "\"Another\"");
    desk.write("mapping.toml", elsewhere.as_bytes());
    assert_eq!(desk.import("changed.xes").json()["commits"], 3, "as another region it is new");
}

#[test]
fn an_import_that_was_killed_is_finished_by_running_it_again() {
    const CASES: u64 = 5_000;
    let names: Vec<String> = (0..CASES).map(|n| format!("case-{n}")).collect();
    let events = ["09:00 work anna north", "09:01 ask bo south", "09:02 close bo south"];
    let traces: Vec<(&str, &[&str])> = names.iter().map(|name| (&**name, &events[..])).collect();
    let desk = Desk::new();
    desk.write("log.xes", log(&traces).as_bytes());

    let (path, mapping, data) = (desk.text("log.xes"), desk.text("mapping.toml"), desk.data());
    let mut child = Command::new(env!("CARGO_BIN_EXE_arende"))
        .args(["import", "xes", &path, "--mapping", &mapping, "--data", &data])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The witness is renewed with every group: kill once some are written, and many are not.
    let mut seen = BTreeSet::new();
    while seen.len() < 4 {
        seen.insert(std::fs::read(desk.path("data/log/witness")).unwrap_or_default());
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
    }
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success(), "it was not killed in time");

    let report = desk.import("log.xes").json();
    assert!(report["commits"].as_u64() > Some(0), "it had written everything");
    assert_eq!(report["states"], json!({ "CLOSED": CASES }));
    assert_eq!(desk.import("log.xes").json()["commits"], 0);
    let region = report["regionId"].as_str().unwrap();
    let args = ["statistics", region, "--from", "2026-03-02", "--to", "2026-03-02", "--json"];
    let told = desk.replay(&args).json();
    assert_eq!((&told["received"], &told["closed"]), (&CASES.into(), &CASES.into()));
}
