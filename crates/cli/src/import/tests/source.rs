//! A source in a few words, and what becomes of it in as many.

use std::fmt::Write as _;

use domain::case::{CloseReason, Event};
use jiff::{SignedDuration, Timestamp};

use crate::import::{
    mapping::Mapping,
    names::Names,
    plan::{Plan, PlanError},
    xes,
};

/// People and units that a test may name.
const STAFF: [&str; 3] = ["anna", "bo", "cia"];
const UNITS: [&str; 2] = ["north", "south"];

/// A mapping whose activities are called as the actions are.
pub(super) fn mapping() -> Mapping {
    let mut text = "[case]\nunit = \"org:group\"\nhandler = \"org:resource\"\n\
                    case_type = \"advice\"\nregion = \"Test\"\n"
        .to_owned();
    for action in ["work", "queue", "ask", "partial", "answer", "close", "cancel", "note"] {
        writeln!(
            text,
            "[[rule]]\nwhen = {{ \"concept:name\" = \"{action}\" }}\naction = \"{action}\""
        )
        .unwrap();
    }
    Mapping::parse(&text).unwrap()
}

/// A log of traces, each a name and its events: `work anna north`, one a minute.
pub(super) fn log(traces: &[(&str, &[&str])]) -> String {
    let start: Timestamp = "2026-03-02T09:00:00+01:00".parse().unwrap();
    let mut text = "<log>\n".to_owned();
    for (name, events) in traces {
        writeln!(text, "<trace>\n<string key=\"concept:name\" value=\"{name}\"/>").unwrap();
        for (n, event) in events.iter().enumerate() {
            let mut words = event.split(' ');
            let mut word = || words.next().unwrap();
            let at = start + SignedDuration::from_mins(i64::try_from(n).unwrap());
            writeln!(
                text,
                "<event><string key=\"concept:name\" value=\"{}\"/>\
                 <string key=\"org:resource\" value=\"{}\"/>\
                 <string key=\"org:group\" value=\"{}\"/>\
                 <date key=\"time:timestamp\" value=\"{at}\"/></event>",
                word(),
                word(),
                word()
            )
            .unwrap();
        }
        text.push_str("</trace>\n");
    }
    text + "</log>\n"
}

pub(super) fn plan(text: &str, mapping: &Mapping) -> Result<Plan, PlanError> {
    Plan::new(&xes::read(text, |_| ()).unwrap(), mapping, |_| ())
}

/// What the events of one trace become: one list for each event.
pub(super) fn told(events: &[&str]) -> Vec<Vec<String>> {
    let plan = plan(&log(&[("one", events)]), &mapping()).unwrap();
    plan.facts.iter().map(|facts| facts.events.iter().map(in_words).collect()).collect()
}

/// An event by its name, with the people and units it names.
fn in_words(event: &Event) -> String {
    let names = Names::of("Test");
    let staff = |id| STAFF.into_iter().find(|name| names.staff(name) == id).unwrap();
    let unit = |id| UNITS.into_iter().find(|name| names.unit(name) == id).unwrap();
    let name = event.name();
    match event {
        Event::CaseSubmitted(it) => format!("{name} {}", unit(it.unit)),
        Event::CaseDistributed(it) => format!("{name} {}", staff(it.to)),
        Event::CaseReassigned(it) => format!("{name} {} {}", staff(it.from), staff(it.to)),
        Event::CaseReturned(it) => format!("{name} {}", staff(it.from)),
        Event::CaseRedirected(it) => format!("{name} {} {}", unit(it.from), unit(it.to)),
        Event::CaseReopened(it) => format!("{name} {}", it.handler.map_or("queue", staff)),
        Event::CaseClosed(it) if it.reason == Some(CloseReason::Cancelled) => {
            format!("{name} cancelled")
        }
        _ => name.to_owned(),
    }
}
