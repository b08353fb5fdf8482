//! What a log says, told from the disk alone.

use serde_json::{Value, json};

use crate::running::Desk;

fn desk() -> Desk {
    Desk::imported(&[
        (
            "one",
            &[
                "09:00 work anna north",
                "09:05 ask anna north",
                "10:00 answer bo south",
                "11:00 close bo south",
            ],
        ),
        ("two", &["09:02 queue bo south"]),
    ])
}

fn inbox(desk: &Desk, unit: &str, more: &[&str]) -> Value {
    desk.replay(&[&["inbox", unit, "--json"], more].concat()).json()
}

/// The ids of region, the units `north` and `south`, and the cases `one` and `two`.
pub(crate) struct Ids {
    region: String,
    north: String,
    south: String,
    pub(crate) one: String,
    two: String,
}

pub(crate) fn ids(desk: &Desk) -> Ids {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let region = text(&desk.import("log.xes").json()["regionId"]);
    let (north, south) = (id_of("unit", "north"), id_of("unit", "south"));
    let first = inbox(desk, &north, &["--as-of", "2026-03-02T09:00:00+01:00"]);
    let second = inbox(desk, &south, &[]);
    let (one, two) = (text(&first["nodes"][0]["id"]), text(&second["nodes"][0]["id"]));
    Ids { region, north, south, one, two }
}

/// An id as the import promises to make it (docs/import.md), worked out by hand.
fn id_of(kind: &str, name: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let mut digest = Sha256::new_with_prefix("arende import v1");
    for part in [kind, "Test", name] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let digest = digest.finalize();
    let mut bits = digest[..10].iter().fold(0, |bits: u128, byte| bits << 8 | u128::from(*byte));
    bits |= 946_684_800_000 << 80;
    let mut letters = [0; 26];
    for letter in letters.iter_mut().rev() {
        *letter = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(bits & 31) as usize];
        bits >>= 5;
    }
    format!("{kind}_{}", std::str::from_utf8(&letters).unwrap())
}

#[test]
fn a_case_is_told_so_that_a_person_can_follow_it() {
    let desk = desk();
    let ids = ids(&desk);
    let ran = desk.replay(&["case", &ids.one]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for row in [
        &format!("case        {}", ids.one) as &str,
        "type        advice",
        "unit        south",
        "state       closed 2026-03-02 11:00",
        "received    2026-03-02 09:00",
        "due before  2026-03-05 00:00 (SE-EOD-1)",
        "deadline    met: first response 2026-03-02 09:05",
    ] {
        assert!(ran.out.lines().any(|line| line == row), "no line `{row}` in\n{}", ran.out);
    }
    assert!(ran.out.contains(", as a whole: imported\n"), "{}", ran.out);
    let whats: Vec<&str> = ran.out.lines().skip_while(|line| !line.is_empty()).skip(1).collect();
    let ends = [
        "submitted “advice” to north; first response due before 2026-03-05 00:00",
        "distributed to staff_…",
        "counter-question; awaits the resident",
        "reply; the unit's turn until 2026-03-05 00:00",
        "redirected from north to south",
        "distributed to staff_…",
        "answered",
        "closed",
    ];
    assert_eq!(whats.len(), ends.len(), "{}", ran.out);
    for (line, end) in whats.iter().zip(ends) {
        let told = line.contains(end) && (end.ends_with('…') || line.ends_with(end));
        assert!(told, "`{line}` should tell `{end}`");
        assert!(line.chars().count() < 160, "`{line}` is too long to read");
    }
    assert!(whats[0].contains(", handler at north, for the resident  "), "{}", whats[0]);
    assert!(whats[1].starts_with("   2                    staff_…"), "{}", whats[1]);
    assert!(whats[2].starts_with("   3  2026-03-02 09:05  staff_…"), "{}", whats[2]);
}

#[test]
fn a_case_as_of_a_time_or_position_is_what_it_was() {
    let desk = desk();
    let ids = ids(&desk);
    let case = |more: &[&str]| desk.replay(&[&["case", &*ids.one, "--json"], more].concat()).json();
    let whole = case(&[]);
    assert_eq!(whole["case"]["state"], "CLOSED");
    assert_eq!(whole["case"]["slaState"], "MET");
    assert_eq!(whole["case"]["firstResponseAt"], "2026-03-02T08:05:00.000Z");
    let history = whole["history"].as_array().unwrap();
    let types: Vec<&str> = history.iter().map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(types[..3], ["CASE_SUBMITTED", "CASE_DISTRIBUTED", "COUNTER_QUESTION_ASKED"]);
    assert_eq!(history[0]["correlation"], "one#1");
    assert_eq!(history[0]["actor"]["capacity"], "HANDLER");
    assert_eq!(history[0]["deadline"]["policy"], "SE-EOD-1");
    assert_eq!(history[4]["to"], json!({ "id": ids.south }));

    let then = case(&["--as-of", "2026-03-02T09:30:00+01:00"]);
    assert_eq!(then["case"]["state"], "AWAITING_RESIDENT");
    assert_eq!(then["case"]["unit"], json!({ "id": ids.north, "name": "north" }));
    assert_eq!(then["history"].as_array().unwrap().len(), 3);

    let position = history[1]["position"].as_str().unwrap();
    let then = case(&["--as-of", position]);
    assert_eq!(then["case"]["state"], "DISTRIBUTED");
    assert_eq!(then["history"].as_array().unwrap().len(), 2);

    let ran = desk.replay(&["case", &ids.one, "--as-of", "recorded:2000-01-01T00:00:00Z"]);
    assert!(ran.error().contains(" as it was known at 2000-01-01T00:00:00Z; "), "{ran:?}");
    let ran = desk.replay(&["case", &ids.one, "--as-of", "2026-03-02T08:00:00+01:00"]);
    assert!(
        ran.error().starts_with(&format!("there is no {} as of 2026-03-02T07:00:00Z; ", ids.one))
    );
}

#[test]
fn an_inbox_holds_what_was_open_then() {
    let desk = desk();
    let ids = ids(&desk);
    let at = |unit: &str, time: &str| {
        let inbox = inbox(&desk, unit, &["--as-of", &format!("2026-03-02T{time}:00+01:00")]);
        let nodes = inbox["nodes"].as_array().unwrap().iter();
        nodes.map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(at(&ids.north, "09:30"), [&*ids.one]);
    assert_eq!(at(&ids.south, "09:30"), [&*ids.two]);
    assert_eq!(at(&ids.south, "10:30"), [&*ids.one, &*ids.two]);
    assert_eq!(at(&ids.south, "11:00"), [&*ids.two]);

    let ran =
        desk.replay(&["inbox", &ids.south, "--as-of", "2026-03-02T10:30:00+01:00", "--first", "1"]);
    assert!(ran.out.starts_with("south, 2 open cases; as of 2026-03-02 10:30, "), "{}", ran.out);
    assert!(ran.out.contains(&ids.one) && ran.out.ends_with("1 of 2 cases\n"), "{}", ran.out);
}

#[test]
fn statistics_are_told_for_a_unit_and_for_the_region() {
    let desk = desk();
    let ids = ids(&desk);
    let statistics = |scope: &str, more: &[&str]| {
        let args = ["statistics", scope, "--from", "2026-03-02", "--to", "2026-03-02"];
        desk.replay(&[&args, more].concat())
    };
    let of =
        |scope: &str| statistics(scope, &["--json", "--as-of", "2026-03-02T12:00:00+01:00"]).json();
    let region = of(&ids.region);
    assert_eq!(region["asOf"], "2026-03-02T11:00:00.000Z");
    assert_eq!(
        (&region["received"], &region["open"], &region["closed"]),
        (&2.into(), &1.into(), &1.into())
    );
    let share = json!({ "numerator": 1, "denominator": 1, "ratio": 1.0 });
    assert_eq!(region["respondedOnTime"], share);
    let too_few = json!({ "count": 1, "p50": null, "p90": null, "mean": "PT5M" });
    assert_eq!(region["timeToFirstResponse"], too_few);
    assert_eq!(region["byCaseType"][0]["count"], 2);
    assert_eq!(region["byHourOfWeek"][0][9], 2);
    assert_eq!(of(&ids.north)["open"], 0);

    let known = statistics(&ids.region, &["--as-of", "3"]);
    let (heading, _) = known.out.split_once('\n').unwrap();
    assert!(
        heading.starts_with("Test, 2026-03-02 to 2026-03-02; as of position 3, recorded "),
        "{heading}"
    );
    let table = statistics(&ids.region, &[]);
    assert!(
        table.out.starts_with("Test, 2026-03-02 to 2026-03-02\npolicy SE-EOD-1, "),
        "{}",
        table.out
    );
    let args = ["statistics", &ids.region, "--from", "2026-03-02", "--to", "2026-03-01"];
    let ran = desk.replay(&args);
    assert_eq!(ran.error(), "the period ends on 2026-03-01, before it begins on 2026-03-02");
}

#[test]
fn what_is_not_there_is_told_in_one_line() {
    let desk = desk();
    let case = desk.replay(&["case", "case_7"]);
    assert_eq!(case.error(), "there is no case_7; `arende replay inbox` lists a unit's cases");
    assert_eq!(desk.replay(&["inbox", "unit_7"]).error(), "there is no unit_7");
    let args = ["statistics", "region_7", "--from", "2026-03-02", "--to", "2026-03-02"];
    assert_eq!(desk.replay(&args).error(), "there is no region_7");
    let beyond = desk.replay(&["case", "case_7", "--as-of", "4711"]);
    assert!(beyond.error().contains("data ends at position "), "{beyond:?}");
    let empty = Desk::new();
    let ran = empty.replay(&["case", "case_7"]);
    assert!(ran.error().contains("data holds no log; make one with "), "{ran:?}");
}
