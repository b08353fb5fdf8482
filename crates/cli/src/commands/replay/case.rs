//! One case as a story: what it is, where it stands, and what happened, line by line.

use std::fmt;

use domain::{
    Event, Recorded,
    case::{CloseReason, State, clock::SlaState},
    deadline::local_time,
};
use jiff::Timestamp;
use projections::{CaseView, Directory, History};

/// A case, its events, and the names around them.
pub(super) struct Story<'a> {
    pub(super) view: &'a CaseView,
    /// Oldest first.
    pub(super) events: &'a [Recorded<Event>],
    pub(super) directory: &'a Directory,
    /// What the deadline is judged at.
    pub(super) now: Timestamp,
    /// The moment that was asked about, where one was.
    pub(super) as_of: Option<String>,
}

impl fmt::Display for Story<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let view = self.view;
        let case_type = self.directory.case_type(view.case_type);
        let unit = self.directory.care_unit(view.unit);
        let mut row = |what: &str, is: String| writeln!(f, "{what:<10}  {is}");
        row("case", view.id.to_string())?;
        if let Some(as_of) = &self.as_of {
            row("as of", as_of.clone())?;
        }
        let unknown = || view.case_type.to_string();
        row("type", case_type.map_or_else(unknown, |it| it.name_sv.clone()))?;
        row("unit", unit.map_or_else(|| view.unit.to_string(), |it| it.name.clone()))?;
        row("state", self.state())?;
        row("resident", view.subject.to_string())?;
        if let Some(handler) = view.handler {
            row("handler", handler.to_string())?;
        }
        row("received", minute(view.received_at))?;
        if let Some(due_at) = view.due_at {
            row("due before", format!("{} ({})", minute(due_at), view.policy.id()))?;
        }
        row("deadline", self.deadline())?;
        let imported = self.recorded_later();
        if let Some(at) = &imported {
            row("recorded", format!("{at}, as a whole: imported"))?;
        }
        writeln!(f)?;
        self.lines(f, imported.is_none())
    }
}

impl Story<'_> {
    fn state(&self) -> String {
        let word = match self.view.state {
            State::Received => "received, in the queue",
            State::Distributed => "distributed",
            State::PartiallyAnswered => "partially answered",
            State::AwaitingResident => "awaits the resident",
            State::Answered => "answered",
            State::Closed => match self.view.close_reason {
                None => "closed",
                Some(CloseReason::Withdrawn) => "closed as withdrawn",
                Some(CloseReason::Duplicate) => "closed as a duplicate",
                Some(CloseReason::Cancelled) => "closed as cancelled",
            },
        };
        match self.view.closed_at {
            Some(at) => format!("{word} {}", minute(at)),
            None => word.to_owned(),
        }
    }

    fn deadline(&self) -> String {
        let word = match self.view.clock.state(self.now) {
            SlaState::None => return "none runs".to_owned(),
            SlaState::OnTime => "on time",
            SlaState::DueToday => "DUE TODAY",
            SlaState::Overdue => "OVERDUE",
            SlaState::Met => "met",
            SlaState::Missed => "MISSED",
        };
        match (self.view.first_response_at, self.view.state) {
            (Some(at), _) => format!("{word}: first response {}", minute(at)),
            (None, State::Closed) => format!("{word}: closed without a word to the resident"),
            (None, _) => format!("{word}: no response yet"),
        }
    }

    /// The minute at which the log learned of everything at once, after it had taken place.
    fn recorded_later(&self) -> Option<String> {
        let first = self.events.first()?;
        let last = self.events.last()?;
        let at = minute(first.recorded_at);
        let at_once = self.events.iter().all(|it| it.recorded_at != it.occurred_at)
            && last.recorded_at.duration_since(first.recorded_at).as_hours() == 0;
        at_once.then_some(at)
    }

    fn lines(&self, f: &mut fmt::Formatter<'_>, tell_recorded: bool) -> fmt::Result {
        let history = History { events: self.events, directory: self.directory };
        let lines = history.lines();
        let width = lines.iter().map(|it| it.who.chars().count()).max().unwrap_or(0);
        let mut before = "";
        for (event, line) in self.events.iter().zip(&lines) {
            // What happened at once is told at once.
            let at = if line.at == before { "" } else { &line.at };
            before = &line.at;
            let padding = width - line.who.chars().count();
            write!(f, "{:>4}  {at:<16}  {}{:padding$}  ", event.version, line.who, "")?;
            write!(f, "{}", line.what)?;
            match &line.recorded {
                Some(recorded) if tell_recorded => writeln!(f, " (recorded {recorded})")?,
                _ => writeln!(f)?,
            }
        }
        Ok(())
    }
}

/// An instant as a clock in Sweden shows it.
fn minute(at: Timestamp) -> String {
    local_time(at).strftime("%Y-%m-%d %H:%M").to_string()
}
