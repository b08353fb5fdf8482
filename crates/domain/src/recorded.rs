//! The words the log and its readers share: where, which, who, and an event as it was recorded.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    AccessId, CaseId, CaseTypeId, DistributionId, DivisionId, ParseIdError, RegionId, ResidentId,
    StaffId, UnitId,
};

/// A place in the log: the number of a commit. The first commit stands at 1; 0 is before all.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(u64);

impl Position {
    /// Before the first commit.
    pub const START: Self = Self(0);

    /// The place of the `n`-th commit.
    pub const fn new(n: u64) -> Self {
        Self(n)
    }

    /// How many commits stand at or before here, in a log without gaps.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Whose story an event belongs to. Events of one stream have one order, without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamId {
    /// One case.
    Case(CaseId),
    /// One care unit.
    Unit(UnitId),
    /// One division.
    Division(DivisionId),
    /// One region.
    Region(RegionId),
    /// One resident.
    Resident(ResidentId),
    /// One member of staff.
    Staff(StaffId),
    /// One case type.
    CaseType(CaseTypeId),
    /// Openings of case content, in the access log.
    Access(AccessId),
    /// One bulk distribution.
    Distribution(DistributionId),
}

impl StreamId {
    /// The stream's stored form: a code for its kind, and the id's bits. Codes are for ever.
    pub const fn to_parts(self) -> (u8, u128) {
        match self {
            Self::Case(id) => (1, id.get()),
            Self::Unit(id) => (2, id.get()),
            Self::Division(id) => (3, id.get()),
            Self::Region(id) => (4, id.get()),
            Self::Resident(id) => (5, id.get()),
            Self::Staff(id) => (6, id.get()),
            Self::CaseType(id) => (7, id.get()),
            Self::Access(id) => (8, id.get()),
            Self::Distribution(id) => (9, id.get()),
        }
    }

    /// The other way; none for a code that stands for nothing.
    pub const fn from_parts(kind: u8, bits: u128) -> Option<Self> {
        Some(match kind {
            1 => Self::Case(CaseId::new(bits)),
            2 => Self::Unit(UnitId::new(bits)),
            3 => Self::Division(DivisionId::new(bits)),
            4 => Self::Region(RegionId::new(bits)),
            5 => Self::Resident(ResidentId::new(bits)),
            6 => Self::Staff(StaffId::new(bits)),
            7 => Self::CaseType(CaseTypeId::new(bits)),
            8 => Self::Access(AccessId::new(bits)),
            9 => Self::Distribution(DistributionId::new(bits)),
            _ => return None,
        })
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case(id) => id.fmt(f),
            Self::Unit(id) => id.fmt(f),
            Self::Division(id) => id.fmt(f),
            Self::Region(id) => id.fmt(f),
            Self::Resident(id) => id.fmt(f),
            Self::Staff(id) => id.fmt(f),
            Self::CaseType(id) => id.fmt(f),
            Self::Access(id) => id.fmt(f),
            Self::Distribution(id) => id.fmt(f),
        }
    }
}

impl FromStr for StreamId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        match text.split_once('_').map_or("", |(prefix, _)| prefix) {
            UnitId::PREFIX => text.parse().map(Self::Unit),
            DivisionId::PREFIX => text.parse().map(Self::Division),
            RegionId::PREFIX => text.parse().map(Self::Region),
            ResidentId::PREFIX => text.parse().map(Self::Resident),
            StaffId::PREFIX => text.parse().map(Self::Staff),
            CaseTypeId::PREFIX => text.parse().map(Self::CaseType),
            AccessId::PREFIX => text.parse().map(Self::Access),
            DistributionId::PREFIX => text.parse().map(Self::Distribution),
            _ => text.parse().map(Self::Case),
        }
    }
}

impl Serialize for StreamId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Which request a commit answers: made from the asker and the asker's idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(pub u128);

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// What a person may be at a unit or in a region. A session is one role in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Case receiver (ärendemottagare): sees every case of the unit, and distributes them.
    Receiver,
    /// Case handler (ärendehanterare): answers the cases they hold.
    Handler,
    /// Unit administrator: staff, roles, settings; never case content.
    UnitAdmin,
    /// Regional administrator: what is common to the region; never case content.
    RegionAdmin,
    /// Access auditor: replays histories, verifies the log, reviews the access log.
    Auditor,
    /// Analyst: aggregates only.
    Analyst,
}

/// Who did something, and in which capacity. Opaque ids alone: names are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "as")]
pub enum Actor {
    /// A resident, for themselves or, as a proxy, for another.
    Resident {
        /// Who was logged in.
        who: ResidentId,
        /// Whom it concerned, where that was another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<ResidentId>,
    },
    /// A member of staff in one assignment.
    Staff {
        /// Who was logged in.
        who: StaffId,
        /// As what.
        role: Role,
        /// Where; none for roles that span a division or a region.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitId>,
    },
    /// The service itself: setting up, importing.
    System,
}

/// An event as the log keeps it, or any other thing `E` made of one.
///
/// Of the two times `occurred_at` is when it took place, and `recorded_at` when the log learned
/// of it. In live work they are the same; an import or a late registration is where they differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded<E> {
    /// The commit it stands in.
    pub position: Position,
    /// Whose story it belongs to.
    pub stream: StreamId,
    /// Which event of that story: 1, 2, 3, …
    pub version: u32,
    /// When it took place.
    #[serde(with = "crate::time::ms")]
    pub occurred_at: Timestamp,
    /// When the log learned of it.
    #[serde(with = "crate::time::ms")]
    pub recorded_at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What happened.
    #[serde(flatten)]
    pub event: E,
}
