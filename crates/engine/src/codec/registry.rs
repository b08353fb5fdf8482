//! Every type of event there is or ever was. Append only.
//!
//! To change the shape of a released event: keep its struct as `…V1` with a `From<…V1>` for the
//! new one, give the new shape the next version, and add a row that decodes the old through it.

use domain::{Event, case, organisation};

use super::{CodecError, from_bytes, to_bytes};

/// One row of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// Its number, for ever.
    pub type_id: u16,
    /// The version that is written.
    pub schema_version: u16,
    /// Its name.
    pub name: &'static str,
    /// What its sealed payload holds, where it has one.
    pub sealed: Option<&'static str>,
}

macro_rules! registry {
    ($($type_id:literal v $version:literal $module:ident :: $name:ident $(sealed $sealed:literal)?;)*) => {
        /// Every type of event, in order of type id.
        pub const CATALOGUE: &[CatalogueEntry] = &[$(CatalogueEntry {
            type_id: $type_id,
            schema_version: $version,
            name: stringify!($name),
            sealed: registry!(@sealed $($sealed)?),
        },)*];

        /// An event's type id, schema version and clear payload.
        pub fn encode(event: &Event) -> Result<(u16, u16, Vec<u8>), CodecError> {
            match event {
                $(registry!(@pattern $module $name it) => {
                    Ok(($type_id, $version, to_bytes(stringify!($name), it)?))
                })*
            }
        }

        /// The event that a type id, schema version and clear payload stand for.
        pub fn decode(type_id: u16, schema_version: u16, clear: &[u8]) -> Result<Event, CodecError> {
            match (type_id, schema_version) {
                $(($type_id, $version) => {
                    let event: $module::$name = from_bytes(stringify!($name), clear)?;
                    Ok(Event::from($module::Event::from(event)))
                })*
                $(($type_id, _) => {
                    Err(CodecError::UnknownVersion { name: stringify!($name), schema_version })
                })*
                _ => Err(CodecError::UnknownType { type_id }),
            }
        }
    };
    (@sealed) => { None };
    (@sealed $sealed:literal) => { Some($sealed) };
    (@pattern case $name:ident $it:ident) => { Event::Case(case::Event::$name($it)) };
    (@pattern organisation $name:ident $it:ident) => {
        Event::Organisation(organisation::Event::$name($it))
    };
}

registry! {
    1 v 1 case::CaseSubmitted sealed "Content";
    2 v 1 case::CaseOpened sealed "Content";
    3 v 1 case::CaseDistributed;
    4 v 1 case::CaseReassigned;
    5 v 1 case::CaseReturned;
    6 v 1 case::CaseRedirected;
    7 v 1 case::RedirectConsented;
    8 v 1 case::CasePartiallyAnswered sealed "Content";
    9 v 1 case::CounterQuestionAsked sealed "Content";
    10 v 1 case::ResidentReplied sealed "Content";
    11 v 1 case::CaseAnswered sealed "Content";
    12 v 1 case::CaseClosed;
    13 v 1 case::CaseReopened sealed "Content";
    14 v 1 case::CaseWithdrawn;
    15 v 1 case::NoteAdded sealed "Content";
    101 v 1 organisation::RegionRegistered;
    102 v 1 organisation::DivisionRegistered;
    103 v 1 organisation::UnitRegistered;
    104 v 1 organisation::UnitActivated;
    105 v 1 organisation::UnitDeactivated;
    106 v 1 organisation::CaseTypeOffered;
    107 v 1 organisation::CaseTypeUnoffered;
    108 v 1 organisation::StaffRegistered sealed "Person";
    109 v 1 organisation::RoleGranted;
    110 v 1 organisation::RoleRevoked;
    111 v 1 organisation::ResidentRegistered sealed "Person";
    112 v 1 organisation::ProxyGranted;
    113 v 1 organisation::ProxyRevoked;
    114 v 1 organisation::CaseTypeDefined;
    115 v 1 organisation::CaseTypeLimited;
    116 v 1 organisation::FormPublished;
    117 v 1 organisation::TermsPublished;
    118 v 1 organisation::AnswerTemplatesSet;
    119 v 1 organisation::AnswerOptionsSet;
    120 v 1 organisation::UnitSettingsChanged;
    121 v 1 organisation::NotApplicableApproved sealed "Content";
    122 v 1 organisation::NotApplicableWithdrawn;
    123 v 1 organisation::UnitEditorsSet;
    124 v 1 organisation::BaseOfferingDecided;
    125 v 1 organisation::AssignmentGranted sealed "Content";
    126 v 1 organisation::AssignmentRevoked sealed "Content";
    127 v 1 organisation::AdministratorBoundsSet;
    128 v 1 organisation::StaffIdentityRecorded;
    129 v 1 organisation::StaffIdentityReplaced sealed "Person";
    130 v 1 organisation::IdentityRecorded;
    131 v 1 organisation::IdentityReplaced sealed "Person";
    132 v 1 organisation::ContactPreferencesChanged sealed "ContactDetails";
    133 v 1 organisation::ProtectedIdentitySet;
    134 v 1 organisation::GuardianLimitSet;
    135 v 1 organisation::UnitOptionsSet;
    136 v 1 case::FormAnswered;
    140 v 1 case::AttachmentsAdded sealed "FileSecrets";
    150 v 1 organisation::DistributionPlanned;
}
