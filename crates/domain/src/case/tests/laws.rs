//! What holds for every case, shown on every short history.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{
    super::{Asked, Case, CloseReason, Command, Event, Notice, Rejection},
    given::{
        ANNA, BO, EVA, OTHER_UNIT, PRIVATE_PROVIDER, PRIVATE_UNIT, World, anna, answer, bo, close,
        eva, message, monday, opening, receiver, reply, submission, with_files,
    },
};
use crate::{Actor, MessageId, case::State};

fn alphabet() -> Vec<(Actor, Command)> {
    vec![
        (eva(), Command::Submit(submission())),
        (anna(), Command::Open(opening())),
        (receiver(), Command::Distribute { to: ANNA }),
        (receiver(), Command::Reassign { to: BO }),
        (anna(), Command::Reassign { to: BO }),
        (receiver(), Command::ReassignFrom { from: ANNA, to: BO }),
        (receiver(), Command::Return),
        (anna(), Command::Return),
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
        (eva(), with_files(reply(8), 1)),
        (anna(), with_files(answer(9), 2)),
    ]
}

/// Every history that six commands can produce keeps these promises: an event always changes the
/// case, a command whose effect already holds decides nothing, and the case never contradicts
/// itself. Nothing that can be asked for, and nothing that can happen, is left out.
#[test]
fn every_short_history_keeps_the_promises() {
    let mut explored = Explored::default();
    explored.explore(&Case::default(), &alphabet(), 6);
    let states = explored.seen.len();
    assert!(states > 1_000, "the world explored is too small: {states} states");
    assert_eq!(explored.granted.len(), COMMANDS, "{:?}", explored.granted);
    assert_eq!(explored.events.len(), EVENTS, "{:?}", explored.events.keys());
}

/// Kinds of commands, and of events.
const COMMANDS: usize = 16;
const EVENTS: usize = 16;

#[derive(Default)]
struct Explored {
    seen: HashSet<(u32, String)>,
    /// Every kind of command that was granted somewhere, with events.
    granted: BTreeSet<String>,
    /// One event of each kind.
    events: BTreeMap<&'static str, Event>,
}

impl Explored {
    fn explore(&mut self, case: &Case, alphabet: &[(Actor, Command)], depth: u32) {
        if depth == 0 || !self.seen.insert((depth, format!("{case:?}"))) {
            return;
        }
        for (by, command) in alphabet {
            let asked = Asked { by: *by, at: monday(), around: &World };
            let Ok(events) = case.decide(&asked, command) else { continue };
            let mut after = case.clone();
            for event in &events {
                let before = after.clone();
                after = after.evolve(event, monday());
                assert_ne!(before, after, "{event:?} left no trace");
                self.events.insert(event.name(), event.clone());
                self.granted.insert(kind(command));
            }
            consistent(&after);
            match after.decide(&asked, command) {
                Ok(again) => assert_eq!(again, [], "{command:?} asked twice of {after:?}"),
                // Whoever gave the case away has no more to say in it.
                Err(Rejection::NotAllowed) => {
                    assert!(
                        matches!(command, Command::Redirect { .. }),
                        "{command:?} of {after:?}"
                    );
                }
                Err(Rejection::HeldByAnother { .. } | Rejection::NotDistributed) => {
                    assert_eq!(*by, anna(), "{command:?} of {after:?}");
                    let gives = matches!(command, Command::Reassign { .. } | Command::Return);
                    assert!(gives, "{command:?} of {after:?}");
                }
                Err(other) => panic!("{command:?} asked twice of {after:?}: {other}"),
            }
            self.explore(&after, alphabet, depth - 1);
        }
    }
}

fn kind(command: &Command) -> String {
    format!("{command:?}").split([' ', '(']).next().unwrap_or_default().to_owned()
}

/// Any events in any order are taken: an import records what happened, likely or not. What does
/// not fit changes neither whose case it is nor where it came from.
#[test]
fn evolve_takes_every_event_in_every_state() {
    let mut explored = Explored::default();
    explored.explore(&Case::default(), &alphabet(), 4);
    let events: Vec<&Event> = explored.events.values().collect();
    assert_eq!(events.len(), EVENTS);
    for first in ["CaseSubmitted", "CaseOpened"] {
        let start = Case::default().evolve(&explored.events[first], monday());
        let origin = start.thread().unwrap().origin;
        for history in triples(&events) {
            let evolve = |case: Case, event: &&Event| case.evolve(event, monday());
            let case = history.iter().fold(start.clone(), evolve);
            let thread = case.thread().unwrap();
            assert_eq!((thread.origin, thread.subject), (origin, EVA), "after {history:?}");
            let is_dated = thread.closed_at.is_some();
            assert!(is_dated || thread.state != State::Closed, "after {history:?}");
        }
    }
    for event in events.iter().filter(|it| !["CaseSubmitted", "CaseOpened"].contains(&it.name())) {
        assert_eq!(Case::default().evolve(event, monday()), Case::NotStarted, "{event:?}");
    }
}

/// Rule 10: the resident hears of what staff write to them, and of nothing else; and what they
/// hear is the same whatever it was, wherever it came from.
#[test]
fn a_notice_says_that_there_is_a_message_and_no_more() {
    let mut explored = Explored::default();
    explored.explore(&Case::default(), &alphabet(), 4);
    let told = explored.events.values().filter(|it| it.notice() == Some(Notice::NewMessage));
    let told: Vec<_> = told.map(Event::name).collect();
    let expected = ["CaseAnswered", "CaseOpened", "CasePartiallyAnswered", "CounterQuestionAsked"];
    assert_eq!(told, expected);
    let given = explored.events.values().filter(|it| it.given_to().is_some());
    let given: Vec<_> = given.map(Event::name).collect();
    assert_eq!(given, ["CaseDistributed", "CaseReassigned"]);
    assert_eq!(Notice::NewMessage.text_en(), "You have a new message.");
    assert_eq!(Notice::NewMessage.text_sv(), "Du har ett nytt meddelande.");
}

fn triples<'a>(events: &'a [&Event]) -> impl Iterator<Item = [&'a Event; 3]> {
    let pairs = events.iter().flat_map(|a| events.iter().map(move |b| (a, b)));
    pairs.flat_map(|(a, b)| events.iter().map(move |c| [*a, *b, *c]))
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
