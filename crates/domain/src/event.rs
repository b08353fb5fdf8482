//! Everything that can happen, in one type: what the log's readers fold over.

use serde::{Deserialize, Serialize};

use crate::{case, organisation};

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
