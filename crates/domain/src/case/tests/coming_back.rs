//! What residents do with a case that has begun.

use super::*;

fn reopened_at(hours: i64) -> Event {
    let at = monday() + jiff::SignedDuration::from_hours(hours);
    let turn = Deadline::new(at, crate::case::TURN_WORKING_DAYS, crate::deadline::Policy::Eod);
    CaseReopened { message: message(6), handler: Some(ANNA), turn: turn.unwrap() }.into()
}

fn over() -> [Event; 4] {
    [submitted(), distributed(), answered(), closed(None)]
}

#[test]
fn a_follow_up_within_thirty_days_reopens_with_the_same_handler() {
    let hours = 24 * 30;
    given(over()).when(eva(), reply(6)).hours_later(hours).then([reopened_at(hours)]);
    let mut history = over().to_vec();
    history.push(reopened_at(hours));
    assert_eq!(state(history), State::Distributed);
}

#[test]
fn a_follow_up_later_than_that_becomes_a_new_case() {
    given(over())
        .when(eva(), reply(6))
        .hours_later(24 * 30 + 1)
        .then_rejected(Rejection::ReopenWindowPassed { closed_at: monday() });
}

#[test]
fn a_follow_up_on_an_answer_that_is_not_closed_reopens_at_any_time() {
    given([submitted(), distributed(), answered()])
        .when(eva(), reply(6))
        .hours_later(24 * 60)
        .then([reopened_at(24 * 60)]);
}

#[test]
fn a_case_whose_handler_is_gone_comes_back_to_the_queue() {
    let gone = StaffId::new(9);
    let history = [submitted(), CaseDistributed { to: gone }.into(), answered(), closed(None)];
    let turn = due("2026-03-05T00:00:00+01:00");
    let reopened = Event::from(CaseReopened { message: message(6), handler: None, turn });
    given(history.clone()).when(eva(), reply(6)).then([reopened.clone()]);
    let mut history = history.to_vec();
    history.push(reopened);
    assert_eq!(state(history), State::Received);
}

#[test]
fn a_resident_withdraws_before_the_answer() {
    let withdrawn = Event::from(CaseWithdrawn {});
    given([submitted()]).when(eva(), Command::Withdraw).then([withdrawn.clone()]);
    given([submitted(), distributed(), answered()])
        .when(eva(), Command::Withdraw)
        .then_rejected(Rejection::AlreadyAnswered);
    given([submitted(), withdrawn]).when(eva(), reply(6)).then_rejected(Rejection::Withdrawn);
}

#[test]
fn only_the_resident_or_a_proxy_replies_and_withdraws() {
    for by in [stranger(), anna(), receiver()] {
        assert!(matches!(
            given([submitted(), distributed()]).when_refused(by, reply(6)),
            Rejection::NotAllowed
        ));
    }
    assert_ne!(STRANGER, EVA);
}
