//! What holds for every case, shown on every short history.

use super::{
    super::{Asked, Case, CloseReason, Command, Event},
    given::{
        ANNA, BO, OTHER_UNIT, PRIVATE_PROVIDER, PRIVATE_UNIT, World, anna, answer, bo, close, eva,
        message, monday, opening, receiver, reply, submission,
    },
};
use crate::{Actor, MessageId, case::State};

fn alphabet() -> Vec<(Actor, Command)> {
    vec![
        (eva(), Command::Submit(submission())),
        (anna(), Command::Open(opening())),
        (receiver(), Command::Distribute { to: ANNA }),
        (receiver(), Command::Reassign { to: BO }),
        (receiver(), Command::Return),
        (receiver(), Command::Redirect { to: OTHER_UNIT }),
        (receiver(), Command::Redirect { to: PRIVATE_UNIT }),
        (eva(), Command::ConsentToRedirect { to: PRIVATE_PROVIDER }),
        (receiver(), Command::SendPartialAnswer { message: message(2) }),
        (anna(), Command::AskCounterQuestion { message: message(3) }),
        (bo(), Command::AskCounterQuestion { message: message(4) }),
        (eva(), reply(5)),
        (anna(), answer(6)),
        (anna(), close(None)),
        (receiver(), close(CloseReason::Duplicate)),
        (eva(), Command::Withdraw),
        (receiver(), Command::AddNote { message: message(7) }),
    ]
}

/// Every history that six commands can produce keeps these promises: an event always changes the
/// case, asking twice changes it only once, and the case never contradicts itself.
#[test]
fn every_short_history_keeps_the_promises() {
    let mut seen = std::collections::HashSet::new();
    explore(&Case::default(), &alphabet(), 6, &mut seen);
    assert!(seen.len() > 1_000, "the world explored is too small: {} states", seen.len());

    fn explore(
        case: &Case,
        alphabet: &[(Actor, Command)],
        depth: u32,
        seen: &mut std::collections::HashSet<(u32, String)>,
    ) {
        if depth == 0 || !seen.insert((depth, format!("{case:?}"))) {
            return;
        }
        for (by, command) in alphabet {
            let asked = Asked { by: *by, at: monday(), around: &World };
            let events = case.decide(&asked, command).unwrap_or_default();
            let mut after = case.clone();
            for event in &events {
                let before = after.clone();
                after = after.evolve(event, monday());
                assert_ne!(before, after, "{event:?} left no trace");
            }
            consistent(&after);
            let again = after.decide(&asked, command).unwrap_or_default();
            assert_eq!(again, [], "{command:?} asked twice of {after:?}");
            explore(&after, alphabet, depth - 1, seen);
        }
    }
}

/// Any events in any order are taken: an import records what happened, likely or not.
#[test]
fn evolve_takes_every_event_in_every_state() {
    let mut events: Vec<Event> = vec![];
    let mut case = Case::default();
    for (by, command) in alphabet() {
        let asked = Asked { by, at: monday(), around: &World };
        for event in case.decide(&asked, &command).unwrap_or_default() {
            case = case.evolve(&event, monday());
            events.push(event);
        }
    }
    assert!(events.len() >= 8, "only {} kinds of event", events.len());
    for first in &events {
        for second in &events {
            for third in &events {
                let start = Case::default().evolve(&events[0], monday());
                let after = [first, second, third]
                    .into_iter()
                    .fold(start, |case, event| case.evolve(event, monday()));
                assert!(after.thread().is_some());
            }
        }
    }
}

fn consistent(case: &Case) {
    let Some(thread) = case.thread() else { return };
    let closed = thread.state == State::Closed;
    assert_eq!(thread.closed_at.is_some(), closed, "closed_at of {thread:?}");
    assert!(closed || thread.close_reason.is_none(), "reason of {thread:?}");
    assert!(thread.state != State::Received || thread.handler.is_none(), "handler of {thread:?}");
    assert!(thread.state != State::Distributed || thread.handler.is_some(), "{thread:?}");
    assert!(thread.messages.contains(&MessageId::new(1)), "first message of {thread:?}");
}
