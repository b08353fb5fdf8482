//! The table of actions, row by row: given what was before, an event becomes these.

use domain::case::{Event, State};

use super::source::{log, mapping, plan, told};

/// The last of `events` becomes `expected`.
fn check(events: &[&str], expected: &[&str]) {
    assert_eq!(told(events).last().unwrap(), expected, "for {events:?}");
}

#[test]
fn the_first_event_of_a_trace_submits_its_case_and_then_acts() {
    check(&["work anna north"], &["CaseSubmitted north", "CaseDistributed anna"]);
    check(&["queue anna north"], &["CaseSubmitted north", "NoteAdded"]);
    check(&["note anna north"], &["CaseSubmitted north", "NoteAdded"]);
    check(&["cancel anna north"], &["CaseSubmitted north", "CaseClosed cancelled"]);
    check(
        &["close anna north"],
        &["CaseSubmitted north", "CaseDistributed anna", "CaseAnswered", "CaseClosed"],
    );
}

#[test]
fn whoever_works_holds_the_case() {
    check(&["queue anna north", "work bo north"], &["CaseDistributed bo"]);
    check(&["work anna north", "work bo north"], &["CaseReassigned anna bo"]);
    check(&["work anna north", "work anna north"], &["NoteAdded"]);
}

#[test]
fn the_queue_takes_the_case_back() {
    check(&["work anna north", "queue bo north"], &["CaseReturned anna"]);
    check(&["work anna north", "queue bo north", "queue bo north"], &["NoteAdded"]);
}

#[test]
fn a_question_is_asked_once_and_then_noted() {
    check(&["work anna north", "ask anna north"], &["CounterQuestionAsked"]);
    check(
        &["work anna north", "ask bo north"],
        &["CaseReassigned anna bo", "CounterQuestionAsked"],
    );
    check(&["work anna north", "ask anna north", "ask bo north"], &["NoteAdded"]);
}

#[test]
fn a_partial_answer_is_given_as_often_as_it_was() {
    check(
        &["queue anna north", "partial bo north"],
        &["CaseDistributed bo", "CasePartiallyAnswered"],
    );
    check(&["partial bo north", "partial bo north"], &["CasePartiallyAnswered"]);
}

#[test]
fn an_answer_is_given_once_and_then_noted() {
    check(&["queue anna north", "answer bo north"], &["CaseDistributed bo", "CaseAnswered"]);
    check(&["answer anna north", "answer bo north"], &["NoteAdded"]);
}

#[test]
fn a_close_answers_first_where_nobody_has() {
    check(
        &["work anna north", "close bo north"],
        &["CaseReassigned anna bo", "CaseAnswered", "CaseClosed"],
    );
    check(&["answer anna north", "close bo north"], &["CaseClosed"]);
    check(&["close anna north", "close bo north"], &["NoteAdded"]);
    check(&["cancel anna north", "close bo north"], &["NoteAdded"]);
}

#[test]
fn a_cancelled_case_is_closed_without_an_answer() {
    check(&["work anna north", "cancel bo north"], &["CaseClosed cancelled"]);
}

#[test]
fn a_note_changes_nothing_else() {
    for before in ["work anna north", "ask anna north", "answer anna north", "close anna north"] {
        check(&[before, "note bo south"], &["NoteAdded"]);
    }
}

#[test]
fn anything_but_a_question_and_a_note_shows_that_the_resident_replied() {
    for (action, then) in [
        ("work", vec!["NoteAdded"]),
        ("queue", vec!["CaseReturned anna"]),
        ("partial", vec!["CasePartiallyAnswered"]),
        ("answer", vec!["CaseAnswered"]),
        ("close", vec!["CaseAnswered", "CaseClosed"]),
        ("cancel", vec!["CaseClosed cancelled"]),
    ] {
        let expected = [vec!["ResidentReplied"], then].concat();
        check(&["ask anna north", &format!("{action} anna north")], &expected);
    }
}

#[test]
fn a_closed_case_is_reopened_by_all_but_its_end() {
    for (action, then) in [
        ("work", vec!["NoteAdded"]),
        ("queue", vec!["CaseReturned anna"]),
        ("ask", vec!["CounterQuestionAsked"]),
        ("partial", vec!["CasePartiallyAnswered"]),
        ("answer", vec!["CaseAnswered"]),
    ] {
        let expected = [vec!["CaseReopened anna"], then].concat();
        check(&["close anna north", &format!("{action} anna north")], &expected);
    }
    check(&["close anna north", "cancel bo north"], &["CaseClosed cancelled"]);
}

#[test]
fn an_answered_case_is_reopened_by_work_that_goes_on() {
    for (action, then) in [
        ("work", vec!["NoteAdded"]),
        ("queue", vec!["CaseReturned anna"]),
        ("ask", vec!["CounterQuestionAsked"]),
        ("partial", vec!["CasePartiallyAnswered"]),
    ] {
        let expected = [vec!["CaseReopened anna"], then].concat();
        check(&["answer anna north", &format!("{action} anna north")], &expected);
    }
    check(&["answer anna north", "cancel bo north"], &["CaseClosed cancelled"]);
}

#[test]
fn a_reopened_case_that_nobody_held_is_in_the_queue() {
    check(&["cancel anna north", "work bo north"], &["CaseReopened queue", "CaseDistributed bo"]);
}

#[test]
fn another_unit_has_the_case_sent_on_unless_it_ends_there() {
    for (action, then) in [
        ("work", vec!["CaseDistributed bo"]),
        ("queue", vec!["NoteAdded"]),
        ("ask", vec!["CaseDistributed bo", "CounterQuestionAsked"]),
        ("partial", vec!["CaseDistributed bo", "CasePartiallyAnswered"]),
        ("answer", vec!["CaseDistributed bo", "CaseAnswered"]),
    ] {
        let expected = [vec!["CaseRedirected north south"], then].concat();
        check(&["work anna north", &format!("{action} bo south")], &expected);
    }
    check(&["answer anna north", "close bo south"], &["CaseClosed"]);
    check(&["work anna north", "cancel bo south"], &["CaseClosed cancelled"]);
}

#[test]
fn what_comes_before_an_action_comes_in_order() {
    check(
        &["ask anna north", "work bo south"],
        &["ResidentReplied", "CaseRedirected north south", "CaseDistributed bo"],
    );
    check(
        &["close anna north", "answer bo south"],
        &["CaseReopened anna", "CaseRedirected north south", "CaseDistributed bo", "CaseAnswered"],
    );
}

#[test]
fn a_redirect_leaves_an_awaiting_or_answered_case_what_it_is() {
    // Asked once more, from another unit: the question still stands.
    check(&["ask anna north", "ask bo south"], &["CaseRedirected north south", "NoteAdded"]);
    check(&["answer anna north", "answer bo south"], &["CaseRedirected north south", "NoteAdded"]);
}

#[test]
fn a_case_may_be_reopened_long_after_the_window_for_follow_ups() {
    let text = log(&[("one", &["close anna north", "work anna north"])]);
    let text = text.replace("2026-03-02T08:01:00Z", "2027-03-02T08:01:00Z");
    let plan = plan(&text, &mapping()).unwrap();
    assert!(matches!(plan.facts[1].events[0], Event::CaseReopened(_)));
}

#[test]
fn events_of_all_traces_go_by_time_then_trace_then_place() {
    let text = log(&[("b", &["work anna north", "note anna north"]), ("a", &["work bo south"])]);
    let order = |text: &str| {
        let plan = plan(text, &mapping()).unwrap();
        plan.facts.into_iter().map(|facts| facts.correlation).collect::<Vec<_>>()
    };
    assert_eq!(order(&text), ["b#1", "a#1", "b#2"]);
    assert_eq!(order(&text.replace("08:01:00Z", "08:00:00Z")), ["b#1", "b#2", "a#1"]);
    // What stands later in the file but came earlier begins the case.
    assert_eq!(order(&text.replace("08:01:00Z", "07:00:00Z")), ["b#2", "b#1", "a#1"]);
}

#[test]
fn the_clock_starts_at_the_sources_time_and_each_turn_at_its_own() {
    let plan = plan(&log(&[("one", &["ask anna north", "work anna north"])]), &mapping()).unwrap();
    let Event::CaseSubmitted(submitted) = &plan.facts[0].events[0] else { panic!() };
    let Event::ResidentReplied(replied) = &plan.facts[1].events[0] else { panic!() };
    // Received on a Monday: until the end of Wednesday.
    let due = "2026-03-05T00:00:00+01:00".parse().unwrap();
    assert_eq!(submitted.deadline.unwrap().due_at, due);
    assert_eq!(replied.turn.due_at, due);
    assert_eq!(plan.facts[0].occurred_at, "2026-03-02T08:00:00Z".parse().unwrap());
}

#[test]
fn days_and_policy_are_the_mappings_to_say() {
    let mut mapping = mapping();
    mapping.case.working_days = 5;
    mapping.case.policy = domain::deadline::Policy::Office1700;
    let plan = plan(&log(&[("one", &["work anna north"])]), &mapping).unwrap();
    let Event::CaseSubmitted(submitted) = &plan.facts[0].events[0] else { panic!() };
    let due = "2026-03-09T17:00:00+01:00".parse().unwrap();
    assert_eq!(submitted.deadline.unwrap().due_at, due);
}

#[test]
fn the_same_log_gives_the_same_ids_and_another_region_gives_others() {
    let text = log(&[("one", &["work anna north", "ask anna north", "work anna north"])]);
    let ids = |region: &str| {
        let mut mapping = mapping();
        mapping.case.region = region.to_owned();
        let plan = plan(&text, &mapping).unwrap();
        let registered = plan.registrations.iter().map(|it| it.commit_id);
        (plan.region, registered.collect::<Vec<_>>(), format!("{:?}", plan.facts))
    };
    assert_eq!(ids("A"), ids("A"));
    let (a, b) = (ids("A"), ids("B"));
    assert!(a.0 != b.0 && a.2 != b.2);
    assert!(a.1.iter().all(|id| !b.1.contains(id)));
}

#[test]
fn the_states_are_counted_as_they_are_in_the_end() {
    let plan = plan(
        &log(&[
            ("a", &["work anna north"]),
            ("b", &["ask anna north"]),
            ("c", &["close anna north"]),
            ("d", &["answer anna north", "queue anna north"]),
        ]),
        &mapping(),
    );
    let states = plan.unwrap().states.into_iter().collect::<Vec<_>>();
    let once = [State::Received, State::Distributed, State::AwaitingResident, State::Closed];
    assert_eq!(states, once.map(|state| (state, 1)));
}
