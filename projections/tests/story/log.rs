//! The log that a story tells, and what it refuses.
//!
//! A golden file must not bless nonsense: an event in the wrong place, of the wrong shape, with a
//! wrong deadline, that changes nothing or that the rules would not have granted is refused.

use std::collections::BTreeMap;

use domain::{
    Actor, CaseId, Event, Position, Recorded, ResidentId, StreamId, UnitId,
    case::{self, Case, TURN_WORKING_DAYS},
    deadline::{Deadline, WORKING_DAYS_MAX},
    organisation::{Registration, Resident, Unit},
};
use jiff::{Timestamp, civil::Date};
use projections::{Around, ReadModels};
use serde_json::Value;

use super::{Result, rules};

/// Events so far, and what they have come to.
#[derive(Default, Clone)]
pub(crate) struct Log {
    /// In log order.
    pub(crate) events: Vec<Recorded<Event>>,
    cases: BTreeMap<CaseId, Case>,
    registrations: BTreeMap<StreamId, Registration>,
    pub(crate) models: ReadModels,
    /// When residents were born, as far as the story tells.
    pub(crate) born: BTreeMap<ResidentId, Date>,
}

impl Log {
    /// Takes in one line, or says why not. What was refused leaves the log half changed: try on a
    /// clone.
    pub(crate) fn take(&mut self, line: &str) -> Result<()> {
        let recorded = read(line)?;
        self.check_place(&recorded)?;
        match (&recorded.event, recorded.stream) {
            (Event::Case(event), StreamId::Case(id)) => {
                check_deadline(event, recorded.occurred_at)?;
                let before = self.cases.remove(&id).unwrap_or_default();
                let after = before.clone().evolve(event, recorded.occurred_at);
                // That of a form says what a message is, not where the case stands.
                if after == before && !matches!(event, case::Event::FormAnswered(_)) {
                    return Err("this changes nothing here".into());
                }
                let asker = match recorded.actor {
                    Actor::Resident { who, .. } => self.born.get(&who).map(|born| (who, *born)),
                    Actor::Staff { .. } | Actor::System => None,
                };
                let around = Around { directory: self.models.directory(), born: asker };
                rules::check(&before, &after, &recorded, event, around)?;
                self.cases.insert(id, after);
            }
            (Event::Organisation(event), stream) => {
                let before = self.registrations.remove(&stream).unwrap_or_default();
                if before.decide(stream, event.clone())?.is_empty() {
                    return Err("this changes nothing here".into());
                }
                if let StreamId::Resident(id) = stream {
                    let resident = self.resident(id);
                    let born = self.born.get(&id).copied();
                    rules::check_resident(&resident, id, &recorded, event, &self.models, born)?;
                }
                if let StreamId::Unit(id) = stream {
                    rules::check_unit(&self.unit(id), id, &recorded, event, &self.models)?;
                }
                self.registrations.insert(stream, before.evolve(event));
            }
            (Event::Case(_), stream) => {
                return Err(format!("a case event in the story of {stream}").into());
            }
        }
        self.models.apply(&recorded);
        self.events.push(recorded);
        Ok(())
    }

    /// A resident, as far as the story has come.
    fn resident(&self, id: ResidentId) -> Resident {
        let mine = self.events.iter().filter(|it| it.stream == StreamId::Resident(id));
        mine.fold(Resident::default(), |resident, recorded| match &recorded.event {
            Event::Organisation(event) => resident.evolve(event),
            Event::Case(_) => resident,
        })
    }

    /// A unit, as far as the story has come.
    fn unit(&self, id: UnitId) -> Unit {
        let mine = self.events.iter().filter(|it| it.stream == StreamId::Unit(id));
        mine.fold(Unit::default(), |unit, recorded| match &recorded.event {
            Event::Organisation(event) => unit.evolve(event),
            Event::Case(_) => unit,
        })
    }

    /// Positions rise from commit to commit; versions count the events of a stream. Positions may
    /// be skipped, so that one case's history can be pasted in from a larger log.
    fn check_place(&self, recorded: &Recorded<Event>) -> Result<()> {
        let Recorded { position, stream, version, occurred_at, recorded_at, .. } = *recorded;
        let last = self.events.last();
        match last.map(|it| it.position).unwrap_or_default() {
            last if position < last || position == Position::START => {
                return Err(format!("position {position} comes after {last}").into());
            }
            last if position > last => (),
            _ if last.is_some_and(|it| is_one_commit(it, recorded)) => (),
            _ => return Err(format!("position {position} is another commit's").into()),
        }
        let next = self.events.iter().filter(|it| it.stream == stream).count() + 1;
        if usize::try_from(version)? != next {
            return Err(format!("the next version of {stream} is {next}, not {version}").into());
        }
        if occurred_at > recorded_at {
            return Err("this was recorded before it happened".into());
        }
        Ok(())
    }
}

/// A commit is what one command wrote: one stream, one asker, one time of each kind.
fn is_one_commit(one: &Recorded<Event>, other: &Recorded<Event>) -> bool {
    let commit = |it: &Recorded<Event>| (it.stream, it.actor, it.occurred_at, it.recorded_at);
    commit(one) == commit(other)
}

/// The event of a line that says nothing but the event.
fn read(line: &str) -> Result<Recorded<Event>> {
    let said: Value = serde_json::from_str(line)?;
    let recorded: Recorded<Event> = serde_json::from_value(said.clone())?;
    match left_out(&said, &serde_json::to_value(&recorded)?) {
        Some(field) => Err(format!("`{field}` is no part of {}", recorded.event.name()).into()),
        None => Ok(recorded),
    }
}

/// The first field that was said and not understood.
fn left_out(said: &Value, understood: &Value) -> Option<String> {
    let Value::Object(said) = said else { return None };
    said.iter().find_map(|(field, value)| match understood.get(field) {
        Some(understood) => left_out(value, understood),
        None => Some(field.clone()),
    })
}

/// The deadline that an event names is the one that its policy gives, for some number of days;
/// a turn's number is fixed.
fn check_deadline(event: &case::Event, at: Timestamp) -> Result<()> {
    let (deadline, days) = match event {
        case::Event::CaseSubmitted(it) => (it.deadline, 1..=WORKING_DAYS_MAX),
        case::Event::ResidentReplied(it) => (Some(it.turn), TURN_WORKING_DAYS..=TURN_WORKING_DAYS),
        case::Event::CaseReopened(it) => (Some(it.turn), TURN_WORKING_DAYS..=TURN_WORKING_DAYS),
        _ => return Ok(()),
    };
    let Some(deadline) = deadline else { return Ok(()) };
    for days in days {
        if Deadline::new(at, days, deadline.policy)? == deadline {
            return Ok(());
        }
    }
    let right = Deadline::new(at, TURN_WORKING_DAYS, deadline.policy)?;
    let (name, policy) = (event.name(), deadline.policy);
    Err(format!("{name} is due at {}, not at {}, by {policy}", right.due_at, deadline.due_at)
        .into())
}
