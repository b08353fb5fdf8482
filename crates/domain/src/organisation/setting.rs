//! What events around cases are made of. Stored: the shapes, and the order of each enum, are for
//! ever.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Place, UnitKind};
use crate::{CaseTypeId, DivisionId, RegionId, Role, UnitId, form::Label};

/// Where an assignment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Post {
    /// At one unit.
    Unit(UnitId),
    /// Throughout a division.
    Division(DivisionId),
    /// Throughout a region.
    Region(RegionId),
}

impl Post {
    /// Whether `role` can be held there. Casework, and looking after a unit, is done at a unit; what
    /// is common, for a region. An auditor or analyst may have either, or a division.
    pub const fn fits(self, role: Role) -> bool {
        match role {
            Role::Receiver | Role::Handler | Role::UnitAdmin => matches!(self, Self::Unit(_)),
            Role::RegionAdmin => matches!(self, Self::Region(_)),
            Role::Auditor | Role::Analyst => true,
        }
    }
}

impl From<Place> for Post {
    fn from(place: Place) -> Self {
        match place {
            Place::Unit(unit) => Self::Unit(unit),
            Place::Region(region) => Self::Region(region),
        }
    }
}

/// How the cases of a type are kept from others than those who work with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secrecy {
    /// As all cases are.
    Normal,
    /// Hidden from proxies as well, a guardian among them.
    High,
}

/// Who runs a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// The region.
    Public,
    /// Someone else, by contract (privat vårdgivare med avtal).
    PrivateContracted,
}

/// Whom a unit serves (betjäningsområde).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceArea {
    /// Everyone, wherever they live.
    Country,
    /// Those who live in the region.
    Region,
    /// Those who live in these municipalities, by name.
    Municipalities(#[serde(deserialize_with = "crate::list::read")] Vec<String>),
}

/// What names a person: sealed where someone is registered, and where their number or HSA-id is
/// replaced. Stored.
///
/// Its `Debug` form tells nothing, so that no log line can leak it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The full name.
    pub name: String,
    /// Staff: the HSA-id. Resident: personnummer or samordningsnummer, 12 digits. May be empty.
    pub number: String,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(…)")
    }
}

/// How a unit is reached. Texts for people, each may be empty.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Phone number.
    pub phone: String,
    /// Street, postcode and town.
    pub address: String,
    /// Web page.
    pub web: String,
    /// When it is open.
    pub hours: String,
}

/// Who changes the settings of a region's units.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Editors {
    /// The unit's administrators, and the region's.
    #[default]
    Unit,
    /// The region's administrators alone.
    Region,
}

/// A ready-made answer (mall, standardsvar).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerTemplate {
    /// Its key among the templates of its case type.
    pub key: String,
    /// What staff choose it by.
    pub title: Label,
    /// What it says to the resident.
    pub text: Label,
}

/// How much a base offering asks for a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Each unit it is for must offer it.
    Mandatory,
    /// Units should offer it.
    Recommended,
    /// Units may offer it.
    Optional,
}

/// One type of a base offering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferingRow {
    /// Which.
    pub case_type: CaseTypeId,
    /// How much it is asked for.
    pub level: Level,
    /// Of what kind of units.
    pub unit_kind: UnitKind,
}

/// From which day units must follow a base offering, by who runs them; none need not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Starts {
    /// The region's own.
    #[serde(with = "crate::time::day")]
    pub public: Date,
    /// Those run by contract.
    #[serde(with = "crate::time::day")]
    pub private_contracted: Date,
}
