//! Everything that can happen, in one type: what the log's readers fold over.

use serde::{Deserialize, Serialize};

use crate::{StreamId, case, organisation};

/// An event of a case, or of what surrounds cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// To a case.
    Case(case::Event),
    /// To a region, division, unit, member of staff, resident or case type.
    Organisation(organisation::Event),
}

impl Event {
    /// The event's name, as the catalogue writes it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Case(event) => event.name(),
            Self::Organisation(event) => event.name(),
        }
    }

    /// Whether it is one that a stream of the kind of `stream` may hold.
    pub fn belongs(&self, stream: StreamId) -> bool {
        match self {
            Self::Case(_) => matches!(stream, StreamId::Case(_)),
            Self::Organisation(event) => organisation::belongs(stream, event),
        }
    }

    /// Whether a case begins with it.
    pub const fn begins_case(&self) -> bool {
        matches!(self, Self::Case(case::Event::CaseSubmitted(_) | case::Event::CaseOpened(_)))
    }
}

impl From<case::Event> for Event {
    fn from(event: case::Event) -> Self {
        Self::Case(event)
    }
}

impl From<organisation::Event> for Event {
    fn from(event: organisation::Event) -> Self {
        Self::Organisation(event)
    }
}
