//! The stories are only worth what their teller refuses: each kind of nonsense, once.

mod story;

use std::path::Path;

use story::{folder, holds_stories, retell, settle};

/// What the first event of a case's story looks like when all is well.
const SUBMITTED: &str = r#"{"position":101,"stream":"case_1","version":1,"occurred_at":"2026-03-02T10:00:00+01:00","recorded_at":"2026-03-02T10:00:00+01:00","actor":{"as":"resident","who":"resident_1"},"type":"CaseSubmitted","region":"region_1","provider":"provider_1","unit":"unit_1","case_type":"type_1","subject":"resident_1","submitted_by":"resident_1","form_version":1,"terms_version":1,"deadline":{"due_at":"2026-03-05T00:00:00+01:00","policy":"eod","calendar_version":1},"follows_up":null,"message":"message_1"}"#;

const DISTRIBUTED: &str = r#"{"position":102,"stream":"case_1","version":2,"occurred_at":"2026-03-02T10:30:00+01:00","recorded_at":"2026-03-02T10:30:00+01:00","actor":{"as":"staff","who":"staff_1","role":"receiver","unit":"unit_1"},"type":"CaseDistributed","to":"staff_2"}"#;

const ANSWERED: &str = r#"{"position":103,"stream":"case_1","version":3,"occurred_at":"2026-03-03T10:00:00+01:00","recorded_at":"2026-03-03T10:00:00+01:00","actor":{"as":"staff","who":"staff_2","role":"handler","unit":"unit_1"},"type":"CaseAnswered","message":"message_2"}"#;

const REOPENED: &str = r#"{"position":104,"stream":"case_1","version":4,"occurred_at":"2026-03-04T10:00:00+01:00","recorded_at":"2026-03-04T10:00:00+01:00","actor":{"as":"resident","who":"resident_1"},"type":"CaseReopened","message":"message_3","handler":"staff_2","turn":{"due_at":"2026-03-07T00:00:00+01:00","policy":"eod","calendar_version":1}}"#;

const UNIT_NAMED: &str = r#"{"position":101,"stream":"unit_6","version":1,"occurred_at":"2026-03-02T10:00:00+01:00","recorded_at":"2026-03-02T10:00:00+01:00","actor":{"as":"system"},"type":"UnitRegistered","region":"region_1","division":"division_1","provider":"provider_1","hsa_id":null,"name":"Alen","kind":"care"}"#;

const UNIT_OPENED: &str = r#"{"position":101,"stream":"unit_6","version":2,"occurred_at":"2026-03-02T10:00:00+01:00","recorded_at":"2026-03-02T10:00:00+01:00","actor":{"as":"system"},"type":"UnitActivated"}"#;

fn tell(events: &[&str], rest: &str) -> Result<String, String> {
    let region = "Goes on from [the region](nordanvik.md).";
    let lines: String = events.iter().flat_map(|line| [line, "\n"]).collect();
    let fixture = format!("{region}\n\n```events\n{lines}```\n{rest}");
    retell(Path::new(folder()), &fixture).map_err(|why| why.to_string())
}

/// The last of `events` is refused, because of `why`; those before it fit.
#[track_caller]
fn check(events: &[&str], why: &str) {
    let Err(refused) = tell(events, "") else { panic!("nothing was refused") };
    assert!(refused.starts_with(why), "{refused}");
    let before = &events[..events.len() - 1];
    assert_eq!(tell(before, "").err(), None);
}

/// The same line with something else in it.
#[track_caller]
fn with(line: &str, what: &str, instead: &str) -> String {
    assert!(line.contains(what), "{what}");
    line.replace(what, instead)
}

#[test]
fn the_lines_that_are_bent_here_fit_as_they_are() {
    tell(&[SUBMITTED, DISTRIBUTED, ANSWERED, REOPENED], "").unwrap();
    tell(&[UNIT_NAMED, UNIT_OPENED], "").unwrap();
}

#[test]
fn a_version_that_is_not_the_next_is_refused() {
    let line = with(DISTRIBUTED, r#""version":2"#, r#""version":3"#);
    check(&[SUBMITTED, &line], "the next version of case_1 is 2, not 3");
    let line = with(DISTRIBUTED, r#""version":2"#, r#""version":1"#);
    check(&[SUBMITTED, &line], "the next version of case_1 is 2, not 1");
}

#[test]
fn a_position_that_does_not_rise_is_refused() {
    let line = with(DISTRIBUTED, r#""position":102"#, r#""position":100"#);
    check(&[SUBMITTED, &line], "position 100 comes after 101");
    let line = with(SUBMITTED, r#""position":101"#, r#""position":0"#);
    check(&[&line], "position 0 comes after");
}

#[test]
fn a_position_may_be_shared_within_one_commit_alone() {
    let line = with(DISTRIBUTED, r#""position":102"#, r#""position":101"#);
    check(&[SUBMITTED, &line], "position 101 is another commit's");
    let line = with(SUBMITTED, "case_1", "case_2");
    check(&[SUBMITTED, &line], "position 101 is another commit's");
}

#[test]
fn what_cannot_happen_is_refused() {
    let line = with(DISTRIBUTED, r#""version":2"#, r#""version":1"#);
    check(&[&line], "this changes nothing here");
    let again = with(&with(DISTRIBUTED, ":102", ":103"), r#""version":2"#, r#""version":3"#);
    check(&[SUBMITTED, DISTRIBUTED, &again], "this changes nothing here");
    let other = with(&again, "staff_2", "staff_3");
    check(&[SUBMITTED, DISTRIBUTED, &other], "the case has been distributed to staff_2");
    let line = with(ANSWERED, r#""version":3"#, r#""version":2"#);
    check(&[SUBMITTED, &line], "the case has not been distributed");
    let line = with(UNIT_OPENED, r#""version":2"#, r#""version":1"#);
    check(&[&line], "unit_6 has not been registered");
    let again = with(&with(UNIT_OPENED, ":101", ":102"), r#""version":2"#, r#""version":3"#);
    check(&[UNIT_NAMED, UNIT_OPENED, &again], "this changes nothing here");
}

#[test]
fn a_wrong_deadline_is_refused() {
    let line = with(SUBMITTED, "2026-03-05T00:00:00+01:00", "2026-03-05T00:00:01+01:00");
    check(&[&line], "CaseSubmitted is due at 2026-03-04T23:00:00Z, not at 2026-03-04T23:00:01Z");
    let line = with(SUBMITTED, "2026-03-05T00:00:00+01:00", "2026-03-06T00:00:00+01:00");
    check(&[&line], "by the rules `deadline` is");
    let line = with(SUBMITTED, r#""eod""#, r#""office_1700""#);
    check(&[&line], "CaseSubmitted is due at 2026-03-04T16:00:00Z");
    let line = with(REOPENED, "2026-03-07T00:00:00+01:00", "2026-03-06T00:00:00+01:00");
    check(&[SUBMITTED, DISTRIBUTED, ANSWERED, &line], "CaseReopened is due at");
}

#[test]
fn a_wrong_deadline_is_refused_of_an_import_too() {
    let by_nobody =
        with(SUBMITTED, r#"{"as":"resident","who":"resident_1"}"#, r#"{"as":"system"}"#);
    tell(&[&by_nobody], "").unwrap();
    let line = with(&by_nobody, "2026-03-05T00:00:00+01:00", "2026-03-05T12:00:00+01:00");
    check(&[&line], "CaseSubmitted is due at 2026-03-04T23:00:00Z");
}

#[test]
fn who_may_not_is_refused() {
    let line = with(DISTRIBUTED, "receiver", "unit_admin");
    check(&[SUBMITTED, &line], "staff_1 does not hold that role at unit_1");
    let line = with(ANSWERED, r#""who":"staff_2""#, r#""who":"staff_3""#);
    check(&[SUBMITTED, DISTRIBUTED, &line], "the case is held by staff_2");
    let line = with(REOPENED, r#""who":"resident_1""#, r#""who":"resident_2""#);
    check(&[SUBMITTED, DISTRIBUTED, ANSWERED, &line], "the case concerns resident_1");
}

#[test]
fn a_line_that_says_something_else_is_refused() {
    let line = with(SUBMITTED, r#""follows_up":null"#, r#""follow_up":"case_7""#);
    check(&[&line], "`follow_up` is no part of CaseSubmitted");
    let line = with(SUBMITTED, r#""calendar_version":1"#, r#""calendar_version":1,"days":2"#);
    check(&[&line], "`days` is no part of CaseSubmitted");
    let line = with(ANSWERED, "CaseAnswered", "CaseSolved");
    check(&[SUBMITTED, DISTRIBUTED, &line], "data did not match any variant");
    let line = with(DISTRIBUTED, "case_1", "unit_1");
    let line = with(&line, r#""version":2"#, r#""version":7"#);
    check(&[SUBMITTED, &line], "a case event in the story of unit_1");
    let line = with(
        DISTRIBUTED,
        r#""recorded_at":"2026-03-02T10:30"#,
        r#""recorded_at":"2026-03-02T10:29"#,
    );
    check(&[SUBMITTED, &line], "this was recorded before it happened");
}

/// The block is refused, because of `why`.
#[track_caller]
fn check_block(block: &str, why: &str) {
    let Err(refused) = tell(&[SUBMITTED], block) else { panic!("nothing was refused") };
    assert!(refused.contains(why), "{refused}");
}

#[test]
fn a_block_that_cannot_be_filled_is_refused() {
    check_block("```inbox unit_1 at 2026-03-02T11:00:00Z\n", "does not end");
    check_block("```worklist at 2026-03-02T11:00:00Z\n```\n", "no read model is called that");
    check_block("```inbox unit_1\n```\n", "ends in one `at TIME`");
    check_block("```inbox unit_1 red at 2026-03-02T11:00:00Z\n```\n", "`red` narrows no inbox");
    check_block("```inbox unit_1 at 2026-03-02T08:59:59Z\n```\n", "look back with `as of`");
    check_block("```inbox unit_1 as of position 999\n```\n", "there is no commit 999");
    check_block("```history case_2\n```\n", "nothing is known of case_2 then");
    let before = "```history case_1 as of 2026-03-02T08:59:59Z\n```\n";
    check_block(before, "nothing is known of case_1 then");
    check_block(
        "```statistics unit_9 2026-03-01 2026-03-31 at 2026-03-02T11:00:00Z\n```\n",
        "no such scope",
    );
    check_block("```answers type_1\n[]\n```\n", "names a case type and a version of its form");
    check_block("```answers type_9 1\n[]\n```\n", "there is no such case type");
    check_block("```answers type_1 1\n[]\n```\n", "that version was never published");
    check_block("```answers type_1 1\n```\n", "begins with answers");
    check_block(&format!("```refused\n{DISTRIBUTED}\n```\n"), "nothing refuses the line");
    check_block("```refused\n```\n", "begins with an event");
}

#[test]
fn what_was_refused_leaves_no_trace() {
    let late = with(DISTRIBUTED, r#""version":2"#, r#""version":3"#);
    let rest = format!("```refused\n{late}\n```\n```events\n{DISTRIBUTED}\n```\n");
    let told = tell(&[SUBMITTED], &rest).unwrap();
    assert!(told.contains("the next version of case_1 is 2, not 3\n```\n```events"), "{told}");
}

#[test]
fn a_story_told_otherwise_is_named_by_its_line() {
    let settled = |fixture: &str, told: &str| {
        settle(Path::new("a.md"), fixture, told, false).map_err(|why| why.to_string())
    };
    settled("one\ntwo\n", "one\ntwo\n").unwrap();
    let why = settled("one\ntwo\n", "one\n2\n").unwrap_err();
    assert_eq!(why, "a.md:2 is\ntwo\nbut the read models show\n2");
    for (fixture, told) in [("one\n", "one\ntwo\n"), ("one\ntwo\n", "one\n"), ("one", "one\n")] {
        assert!(settled(fixture, told).is_err());
    }
}

#[test]
fn a_story_is_rewritten_only_if_asked_to() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rewritten.md");
    std::fs::write(&path, "old\n").unwrap();
    settle(&path, "old\n", "new\n", false).unwrap_err();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old\n");
    settle(&path, "old\n", "new\n", true).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "new\n");
}

#[test]
fn telling_again_rewrites_what_is_shown_and_no_event() {
    let odd = with(DISTRIBUTED, r#""position":102"#, r#""position" : 102"#);
    let inbox = "```inbox unit_1 at 2026-03-02T11:00:00+01:00\n";
    let rest = format!("\nProse stays.\n\n{inbox}case_1  answered  met\n```\n");
    let told = tell(&[SUBMITTED, &odd], &rest).unwrap();
    assert!(told.contains(&format!("```events\n{SUBMITTED}\n{odd}\n```\n\nProse stays.\n")));
    assert!(told.contains("case_1  distributed  on time   2026-03-05 00:00  staff_2"), "{told}");
    assert!(!told.contains("answered"));
}

#[test]
fn a_story_goes_on_from_one_that_stands_by_itself() {
    let from = |file: &str| {
        let fixture = format!("Goes on from [another]({file}).\n");
        retell(Path::new(folder()), &fixture).map_err(|why| why.to_string())
    };
    from("nordanvik.md").unwrap();
    assert!(from("nowhere.md").unwrap_err().starts_with("failed to read nowhere.md"));
    assert_eq!(from("easter.md").unwrap_err(), "a story that others go on from stands by itself");
}

#[test]
fn a_folder_without_stories_is_noticed() {
    assert!(holds_stories(Path::new("../replay-fixtures")));
    assert!(!holds_stories(Path::new("src")));
    assert!(!holds_stories(Path::new("nowhere")));
}

/// A file without events, or that shows nothing, would pass whatever the read models did.
#[test]
fn every_story_tells_and_shows_something() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let story = std::fs::read_to_string(&path).unwrap();
        let blocks = |names: &[&str]| {
            story
                .lines()
                .filter_map(|it| it.strip_prefix("```"))
                .any(|block| names.contains(&block.split(' ').next().unwrap_or_default()))
        };
        assert!(blocks(&["events"]), "{} has no events", path.display());
        let shows = blocks(&[
            "inbox",
            "history",
            "statistics",
            "workload",
            "compliance",
            "assignments",
            "residents",
            "staff",
            "directory",
            "notices",
            "answers",
            "form",
        ]);
        assert!(shows, "{} shows nothing", path.display());
    }
}
