//! What questions are put with.

use async_graphql::{ID, InputObject, OneofObject};

use super::scalars::{Date, DateTime, Position};

/// A moment to look back to: exactly one of these. In live work they agree; an import or a late
/// registration is where they differ. Who may look is settled by the present.
#[derive(Debug, Clone, Copy, OneofObject)]
pub(crate) enum AsOf {
    /// What had happened by then, whenever the log learned of it. Also the "now" for what is
    /// overdue.
    Time(DateTime),
    /// What was known by then.
    RecordedTime(DateTime),
    /// What was known when this commit was the last. One that the log has not come to is null.
    Position(Position),
}

impl From<AsOf> for engine::AsOf {
    fn from(as_of: AsOf) -> Self {
        match as_of {
            AsOf::Time(time) => Self::Time(time.0),
            AsOf::RecordedTime(time) => Self::RecordedTime(time.0),
            AsOf::Position(position) => Self::Position(position.0),
        }
    }
}

/// Whose figures: exactly one of these.
#[expect(clippy::enum_variant_names, reason = "clients rely on the names")]
#[derive(Debug, Clone, OneofObject)]
pub(crate) enum StatisticsScope {
    /// One care unit.
    UnitId(ID),
    /// The units of one division (förvaltning).
    DivisionId(ID),
    /// The units of one region.
    RegionId(ID),
}

/// Days, in the calendar of Europe/Stockholm.
#[derive(Debug, Clone, Copy, InputObject)]
pub(crate) struct Period {
    /// The first day.
    pub(crate) from: Date,
    /// The last day.
    pub(crate) to: Date,
}
