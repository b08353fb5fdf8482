//! What happened around cases, as it is told.

use async_graphql::SimpleObject;
use domain::Event;
use engine::HistoryEntry;

use crate::schema::{
    scalars::{DateTime, Position},
    types::{Actor, People, event::number},
};

/// Something that happened to a region, a division, a unit, a case type or a member of staff.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct OrganisationEvent {
    /// Which event it is, as docs/events.md names it, such as `UnitActivated`.
    r#type: String,
    /// Which event of its story it is: 1, 2, 3, …
    version: i32,
    /// The place in the log of the commit that holds it.
    position: Position,
    /// When it happened.
    occurred_at: DateTime,
    /// When the log learned of it.
    recorded_at: DateTime,
    /// Who did it, in which assignment.
    actor: Actor,
}

impl OrganisationEvent {
    pub(crate) fn new(entry: &HistoryEntry) -> Self {
        let it = &entry.recorded;
        let name = match &it.event {
            Event::Organisation(event) => event.name(),
            Event::Case(event) => event.name(),
        };
        Self {
            r#type: name.to_owned(),
            version: number(it.version),
            position: it.position.into(),
            occurred_at: it.occurred_at.into(),
            recorded_at: it.recorded_at.into(),
            actor: Actor::new(it.actor, People::NAMED),
        }
    }
}
