//! A case's history, line by line, in words that a person can follow.
//!
//! People have no names here. A long id is told by its end, `staff_…C2XKM`, which is enough to
//! tell the people of one case apart.

use std::fmt;

use domain::{
    Actor, CaseTypeId, Event, Recorded, Role, UnitId,
    case::{self, CloseReason},
};

use crate::{Directory, inbox::minute};

/// The longest id that is told whole.
const LETTERS_MAX: usize = 13;
/// How much of a longer one is told.
const LETTERS_SHOWN: usize = 5;

/// A history with the names that the directory knows.
pub struct History<'a> {
    /// The case's events, oldest first.
    pub events: &'a [Recorded<Event>],
    /// Names of units and case types.
    pub directory: &'a Directory,
}

/// One event, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When it took place, in Sweden, to the minute.
    pub at: String,
    /// Who did it.
    pub who: String,
    /// What happened.
    pub what: String,
    /// When the log learned of it, to the minute, where that was later.
    pub recorded: Option<String>,
}

impl History<'_> {
    /// The events, in words.
    pub fn lines(&self) -> Vec<Line> {
        self.events.iter().map(|it| self.line(it)).collect()
    }

    fn line(&self, recorded: &Recorded<Event>) -> Line {
        let what = match &recorded.event {
            Event::Case(event) => self.case_event(event),
            Event::Organisation(event) => event.name().to_owned(),
        };
        let mut who = self.who(&recorded.actor);
        if matches!(recorded.actor, Actor::Staff { .. }) && is_residents(&recorded.event) {
            who.push_str(", for the resident");
        }
        let later = recorded.recorded_at != recorded.occurred_at;
        Line {
            at: minute(recorded.occurred_at),
            who,
            what,
            recorded: later.then(|| minute(recorded.recorded_at)),
        }
    }

    fn who(&self, actor: &Actor) -> String {
        match actor {
            Actor::Resident { who, on_behalf_of: None } => short(who),
            Actor::Resident { who, on_behalf_of: Some(subject) } => {
                format!("{} for {}", short(who), short(subject))
            }
            Actor::Staff { who, role, unit } => {
                let role = match role {
                    Role::Receiver => "receiver",
                    Role::Handler => "handler",
                    Role::UnitAdmin => "unit administrator",
                    Role::RegionAdmin => "regional administrator",
                    Role::Auditor => "auditor",
                    Role::Analyst => "analyst",
                };
                let who = short(who);
                match unit {
                    Some(unit) => format!("{who}, {role} at {}", self.unit(*unit)),
                    None => format!("{who}, {role}"),
                }
            }
            Actor::System => "the service".to_owned(),
        }
    }

    fn unit(&self, unit: UnitId) -> String {
        self.directory.care_unit(unit).map_or_else(|| unit.to_string(), |it| it.name.clone())
    }

    fn case_type(&self, id: CaseTypeId) -> String {
        self.directory.case_type(id).map_or_else(|| id.to_string(), |it| it.name_sv.clone())
    }

    fn case_event(&self, event: &case::Event) -> String {
        match event {
            case::Event::CaseSubmitted(it) => {
                let (what, unit) = (self.case_type(it.case_type), self.unit(it.unit));
                let mut text = format!("submitted “{what}” to {unit}");
                if it.submitted_by != it.subject {
                    text = format!("{text}, about {}", short(it.subject));
                }
                if let Some(older) = it.follows_up {
                    text = format!("{text}, following up {older}");
                }
                match &it.deadline {
                    Some(it) => format!("{text}; first response due before {}", minute(it.due_at)),
                    None => format!("{text}; no deadline"),
                }
            }
            case::Event::CaseOpened(it) => {
                let (what, unit) = (self.case_type(it.case_type), self.unit(it.unit));
                format!("opened “{what}” at {unit} to {}", short(it.subject))
            }
            case::Event::CaseDistributed(it) => format!("distributed to {}", short(it.to)),
            case::Event::CaseReassigned(it) => {
                format!("reassigned from {} to {}", short(it.from), short(it.to))
            }
            case::Event::CaseReturned(it) => {
                format!("returned to the queue, from {}", short(it.from))
            }
            case::Event::CaseRedirected(it) => {
                format!("redirected from {} to {}", self.unit(it.from), self.unit(it.to))
            }
            case::Event::RedirectConsented(it) => format!("consented to a redirect to {}", it.to),
            case::Event::CasePartiallyAnswered(_) => "partial answer".to_owned(),
            case::Event::CounterQuestionAsked(_) => {
                "counter-question; awaits the resident".to_owned()
            }
            case::Event::ResidentReplied(it) => {
                format!("reply; the unit's turn until {}", minute(it.turn.due_at))
            }
            case::Event::CaseAnswered(_) => "answered".to_owned(),
            case::Event::CaseClosed(it) => match it.reason {
                None => "closed".to_owned(),
                Some(CloseReason::Withdrawn) => "closed as withdrawn".to_owned(),
                Some(CloseReason::Duplicate) => "closed as a duplicate".to_owned(),
                Some(CloseReason::Cancelled) => "closed as cancelled".to_owned(),
            },
            case::Event::CaseReopened(it) => {
                let with = match it.handler {
                    Some(handler) => format!("with {}", short(handler)),
                    None => "in the queue".to_owned(),
                };
                let until = minute(it.turn.due_at);
                format!("follow-up; reopened {with}; the unit's turn until {until}")
            }
            case::Event::CaseWithdrawn(_) => "withdrawn".to_owned(),
            case::Event::NoteAdded(_) => "internal note".to_owned(),
            case::Event::FormAnswered(it) => {
                format!("{} answers version {} of the form", short(it.message), it.form_version)
            }
            case::Event::AttachmentsAdded(it) => {
                let file = |file: &case::AttachedFile| {
                    format!("{}, {} bytes", file.media_type.as_str(), file.bytes)
                };
                let files: Vec<String> = it.files.iter().map(file).collect();
                format!("attached to {}: {}", short(it.message), files.join("; "))
            }
        }
    }
}

impl fmt::Display for History<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.lines();
        let width = lines.iter().map(|it| it.who.chars().count()).max().unwrap_or(0);
        for (it, Line { at, who, what, recorded }) in self.events.iter().zip(&lines) {
            let padding = width - who.chars().count();
            write!(f, "{:>3}  {at}  {who}{:padding$}  {what}", it.version, "")?;
            match recorded {
                Some(recorded) => writeln!(f, " (recorded {recorded})")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

/// Whether the event is one that residents bring about.
fn is_residents(event: &Event) -> bool {
    matches!(
        event,
        Event::Case(
            case::Event::CaseSubmitted(_)
                | case::Event::ResidentReplied(_)
                | case::Event::CaseReopened(_)
                | case::Event::CaseWithdrawn(_)
                | case::Event::RedirectConsented(_)
        )
    )
}

/// An id as people tell it: whole if it is short, by its end if it is long.
pub(crate) fn short(id: impl fmt::Display) -> String {
    let text = id.to_string();
    match text.split_once('_') {
        Some((kind, letters)) if letters.len() > LETTERS_MAX => {
            format!("{kind}_…{}", &letters[letters.len() - LETTERS_SHOWN..])
        }
        _ => text,
    }
}
