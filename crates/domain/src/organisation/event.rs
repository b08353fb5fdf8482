//! What happens around cases. Stored for good, like the events of a case.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    AnswerTemplate, Contact, Editors, OfferingRow, Ownership, Post, Secrecy, ServiceArea, Starts,
};
use crate::{
    CareProviderId, CaseTypeId, DivisionId, RegionId, ResidentId, Role, StaffId, UnitId,
    case::Origin,
    deadline::Policy,
    distribution::PlannedCase,
    form::{Choice, Form, Label},
    identity::NumberHash,
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

// A field must not be called as one of [`Recorded`](crate::Recorded)'s: they share a line.
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
    /// It was decided for whom a case type is, and how its cases are kept.
    CaseTypeLimited {
        /// The unit whose own it is, for a type with that scope.
        owner: Option<UnitId>,
        /// Who starts its cases.
        started_by: Origin,
        /// The least age, in completed years, of a resident who sends one for themselves.
        min_age: Option<u8>,
        /// Whether a proxy may send one, and see those that there are.
        by_proxy: bool,
        /// How its cases are kept from others.
        secrecy: Secrecy,
        /// Whether the unit may answer in part and ask back.
        conversation: bool,
    }
    /// A form was published: the newest is shown, and older ones stay what they were.
    FormPublished {
        /// The form, with its version.
        form: Form,
    }
    /// Terms (villkorstext) were published: the newest are shown.
    TermsPublished {
        /// Which version of them: 1, 2, 3, …
        terms_version: u32,
        /// What they say.
        text: Label,
    }
    /// The ready-made answers (mallar, standardsvar) of a case type were decided.
    AnswerTemplatesSet {
        /// All of them, in the order they are shown.
        #[serde(deserialize_with = "crate::list::read")]
        templates: Vec<AnswerTemplate>,
    }
    /// The fixed answers (fasta svarsalternativ) of a case type were decided.
    AnswerOptionsSet {
        /// All of them, in the order they are shown.
        #[serde(deserialize_with = "crate::list::read")]
        options: Vec<Choice>,
    }
    /// What a unit is, and how it is reached, was decided.
    UnitSettingsChanged {
        /// Who runs it.
        ownership: Ownership,
        /// Since when it is run so.
        #[serde(with = "crate::time::day")]
        owned_since: Date,
        /// Whether people go there; none do to a unit that is on the network alone.
        physical: bool,
        /// Whom it serves (betjäningsområde).
        service_area: ServiceArea,
        /// How it is reached.
        contact: Contact,
    }
    /// It was approved that a unit need not offer a type of the base offering. Why is sealed.
    NotApplicableApproved {
        /// Which.
        case_type: CaseTypeId,
    }
    /// A unit must offer a type of the base offering after all.
    NotApplicableWithdrawn {
        /// Which.
        case_type: CaseTypeId,
    }
    /// A unit decided which options it has in one choice of a type's form, in place of the form's.
    UnitOptionsSet {
        /// Of which type.
        case_type: CaseTypeId,
        /// Which choice: the keys that lead to it, such as `clinic` or `medicines.name`.
        field: String,
        /// All of them, in the order they are shown; none where the form's are shown again.
        #[serde(deserialize_with = "crate::list::read")]
        options: Vec<Choice>,
    }
    /// It was decided who changes the settings of a region's units.
    UnitEditorsSet {
        /// Who.
        editors: Editors,
    }
    /// A base offering (basutbud) was decided, or decided anew: a new version of it.
    BaseOfferingDecided {
        /// Which of the region's: `vgr-2016`.
        key: String,
        /// Which version of it: 1, 2, 3, …
        offering_version: u32,
        /// The decision: `HS 20-2016`.
        reference: String,
        /// The first day that it holds.
        #[serde(with = "crate::time::day")]
        valid_from: Date,
        /// The last day that it holds; none until another version does.
        #[serde(with = "crate::time::opt_day")]
        valid_to: Option<Date>,
        /// The day by which it is to be looked over again.
        #[serde(with = "crate::time::day")]
        revise_by: Date,
        /// From when units must follow it.
        starts: Starts,
        /// What is offered.
        #[serde(deserialize_with = "crate::list::read")]
        rows: Vec<OfferingRow>,
    }
    /// An assignment (uppdrag) was given to a member of staff. Why is sealed.
    AssignmentGranted {
        /// As what.
        role: Role,
        /// Where.
        post: Post,
        /// From when.
        #[serde(with = "crate::time::ms")]
        from: Timestamp,
        /// Until when, exclusive; none for as long as nobody takes it away.
        #[serde(with = "crate::time::opt_ms")]
        until: Option<Timestamp>,
        /// When they were trained for it.
        #[serde(with = "crate::time::opt_ms")]
        trained_at: Option<Timestamp>,
    }
    /// An assignment was taken from a member of staff. Why is sealed.
    AssignmentRevoked {
        /// As what.
        role: Role,
        /// Where.
        post: Post,
    }
    /// It was decided how many administrators each unit of a region should have.
    AdministratorBoundsSet {
        /// The fewest.
        fewest: u32,
        /// The most.
        most: u32,
    }
    /// It was recorded what a member of staff is found by. The HSA-id itself is sealed with their
    /// name.
    StaffIdentityRecorded {
        /// The keyed hash of their HSA-id.
        hsa_id_hash: NumberHash,
    }
    /// A member of staff has another HSA-id, or the first that was recorded: one before finds nobody
    /// any more. Name and HSA-id are sealed.
    StaffIdentityReplaced {
        /// The keyed hash of the new HSA-id.
        hsa_id_hash: NumberHash,
    }
    /// It was recorded what a resident is found by. The number itself is sealed with their name.
    IdentityRecorded {
        /// The keyed hash of their number.
        number_hash: NumberHash,
    }
    /// A resident has another number, or the first that was recorded: one before finds nobody any
    /// more. Name and number are sealed.
    IdentityReplaced {
        /// The keyed hash of the new number.
        number_hash: NumberHash,
    }
    /// A resident decided how they are told of news. Their addresses are sealed.
    ContactPreferencesChanged {
        /// Whether by e-mail.
        by_email: bool,
        /// Whether by text message (SMS).
        by_text_message: bool,
    }
    /// It was decided whether a resident's identity is protected (skyddade personuppgifter).
    ProtectedIdentitySet {
        /// Whether it is.
        protected: bool,
    }
    /// It was decided until which birthday guardians act for a child, from a day on.
    GuardianLimitSet {
        /// Until the child has completed so many years.
        years: u8,
        /// The first day that it holds.
        #[serde(with = "crate::time::day")]
        valid_from: Date,
    }
    /// A receiver asked for many cases to be given to handlers, and it was planned who gets which:
    /// a bulk distribution came to be. What became of each case stands in its own story.
    DistributionPlanned {
        /// The unit that has the cases.
        unit: UnitId,
        /// Who the cases are taken from; none where nobody holds them.
        from: Option<StaffId>,
        /// What is planned, in order of arrival.
        #[serde(deserialize_with = "crate::list::read")]
        cases: Vec<PlannedCase>,
    }
}

impl CaseTypeLimited {
    /// Whether proxies send cases of the type, and see those that there are.
    pub fn is_for_proxies(&self) -> bool {
        self.by_proxy && self.secrecy == Secrecy::Normal
    }
}

/// How a resident is told of news: sealed in [`ContactPreferencesChanged`]. Stored.
///
/// Its `Debug` form tells nothing, so that no log line can leak it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactDetails {
    /// The e-mail address; may be empty.
    pub email: String,
    /// The phone number; may be empty.
    pub phone: String,
}

impl fmt::Debug for ContactDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContactDetails(…)")
    }
}
