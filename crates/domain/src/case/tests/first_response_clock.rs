//! Red, yellow, met and missed.

use super::*;

fn clock() -> FirstResponse {
    let due_at = Some("2026-03-05T00:00:00+01:00".parse().unwrap());
    FirstResponse { due_at, responded_at: None, closed: None }
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

#[test]
fn it_turns_yellow_on_the_last_day_and_red_at_its_midnight() {
    for (now, state) in [
        ("2026-03-03T23:59:59+01:00", SlaState::OnTime),
        ("2026-03-04T00:00:00+01:00", SlaState::DueToday),
        ("2026-03-04T23:59:59.999+01:00", SlaState::DueToday),
        ("2026-03-05T00:00:00+01:00", SlaState::Overdue),
    ] {
        assert_eq!(clock().state(at(now)), state, "{now}");
    }
}

#[test]
fn the_instant_it_is_due_is_too_late() {
    let responded = |text| FirstResponse { responded_at: Some(at(text)), ..clock() };
    let now = at("2026-04-01T00:00:00Z");
    assert_eq!(responded("2026-03-04T23:59:59.999+01:00").state(now), SlaState::Met);
    assert_eq!(responded("2026-03-05T00:00:00+01:00").state(now), SlaState::Missed);
}

#[test]
fn closed_without_a_word_is_missed_and_called_off_counts_neither_way() {
    let closed = |text, reason| FirstResponse { closed: Some((at(text), reason)), ..clock() };
    let (before, after) = ("2026-03-04T00:00:00Z", "2026-03-06T00:00:00Z");
    for (when, reason, state) in [
        (before, CloseReason::Cancelled, SlaState::Missed),
        (before, CloseReason::Duplicate, SlaState::None),
        (after, CloseReason::Duplicate, SlaState::None),
        (before, CloseReason::Withdrawn, SlaState::None),
        (after, CloseReason::Withdrawn, SlaState::Missed),
    ] {
        assert_eq!(closed(when, Some(reason)).state(at(after)), state, "{reason:?} {when}");
    }
}

#[test]
fn no_clock_has_no_colour() {
    assert_eq!(FirstResponse::default().state(at("2026-03-05T00:00:00Z")), SlaState::None);
}
