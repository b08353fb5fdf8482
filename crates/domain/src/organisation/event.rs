//! What happens around cases. Stored for good, like the events of a case.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    CareProviderId, CaseTypeId, DivisionId, RegionId, ResidentId, Role, UnitId, deadline::Policy,
};

/// Where a role holds: one unit, or a whole region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// At one unit.
    Unit(UnitId),
    /// Throughout a region.
    Region(RegionId),
}

/// Who decides name and form of a case type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Handled by one unit for the whole region, whichever unit it starts from.
    Central,
    /// Common to the region.
    RegionCommon,
    /// One unit's own.
    UnitOwn,
}

/// What kind of care a unit gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// Care.
    Care,
    /// Dental care.
    Dental,
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type,)*
            }

            impl From<$name> for Event {
                fn from(event: $name) -> Self {
                    Self::$name(event)
                }
            }
        )*

        /// What happened around cases.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "type")]
        pub enum Event {
            $($(#[$doc])* $name($name),)*
        }

        impl Event {
            /// The event's name, as the catalogue writes it.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name),)* }
            }
        }
    };
}

events! {
    /// A region came to be: the tenant.
    RegionRegistered {
        /// Its name.
        name: String,
    }
    /// A division (förvaltning) of a region came to be.
    DivisionRegistered {
        /// The region it is part of.
        region: RegionId,
        /// Its name.
        name: String,
    }
    /// A care unit (vårdenhet, mottagning) came to be, not yet open for cases.
    UnitRegistered {
        /// The region it is in.
        region: RegionId,
        /// The division it is part of.
        division: DivisionId,
        /// The organisation responsible in law.
        provider: CareProviderId,
        /// Its HSA-id; none for a unit that came with an import and has none.
        hsa_id: Option<String>,
        /// Its name.
        name: String,
        /// The kind of care.
        kind: UnitKind,
    }
    /// A unit opened for cases.
    UnitActivated {}
    /// A unit closed for new cases.
    UnitDeactivated {}
    /// A unit began to offer a case type.
    CaseTypeOffered {
        /// Which.
        case_type: CaseTypeId,
    }
    /// A unit ceased to offer a case type.
    CaseTypeUnoffered {
        /// Which.
        case_type: CaseTypeId,
    }
    /// A member of staff was registered. Name and HSA-id are sealed.
    StaffRegistered {
        /// The region they work in.
        region: RegionId,
    }
    /// A role was given to a member of staff.
    RoleGranted {
        /// Which.
        role: Role,
        /// Where.
        place: Place,
    }
    /// A role was taken from a member of staff.
    RoleRevoked {
        /// Which.
        role: Role,
        /// Where.
        place: Place,
    }
    /// A resident (invånare) was registered. Name and number are sealed.
    ResidentRegistered {
        /// The region that registered them.
        region: RegionId,
    }
    /// Someone may act for this resident: a guardian (vårdnadshavare), another proxy (ombud).
    ProxyGranted {
        /// Who may.
        proxy: ResidentId,
        /// Until when, exclusive: for a guardian midnight of the child's 13th birthday.
        #[serde(with = "crate::time::ms")]
        until: Timestamp,
    }
    /// Someone may no longer act for this resident.
    ProxyRevoked {
        /// Who.
        proxy: ResidentId,
    }
    /// A case type (ärendetyp) was defined, or revised: the newest definition holds for new cases.
    CaseTypeDefined {
        /// The region it belongs to.
        region: RegionId,
        /// Its key in the catalogue.
        key: String,
        /// Its Swedish name.
        name_sv: String,
        /// Its English name.
        name_en: String,
        /// Who decides name and form.
        scope: Scope,
        /// Where all its cases go, for a central type.
        central_unit: Option<UnitId>,
        /// Working days until the first response is due; none where no clock runs.
        working_days: Option<u8>,
        /// How they are counted.
        policy: Policy,
        /// The version of its form.
        form_version: u32,
        /// The version of its terms (villkorstext).
        terms_version: u32,
    }
}

/// What names a person: sealed in [`StaffRegistered`] and [`ResidentRegistered`]. Stored.
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
