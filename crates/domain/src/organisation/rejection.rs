//! Why something around cases was refused.

mod swedish;

use thiserror::Error;

use super::{
    ANSWERS_BYTES_MAX, ANSWERS_MAX, CONTACT_BYTES_MAX, ChecklistItem, KEY_BYTES_MAX,
    MUNICIPALITIES_MAX, NAME_BYTES_MAX, ROWS_MAX, ResidentRejection, TEXT_BYTES_MAX,
    WORKING_DAYS_MAX,
};
use crate::{StreamId, form::Flaw, identity::HsaIdError};

/// Why something around cases was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    /// The event is not one of that kind of stream.
    #[error("{event} does not belong in the story of {stream}")]
    WrongStream {
        /// Its name.
        event: &'static str,
        /// Whose.
        stream: StreamId,
    },
    /// It must be registered first.
    #[error("{stream} has not been registered")]
    NotRegistered {
        /// What.
        stream: StreamId,
    },
    /// It stands already, with other facts.
    #[error("{stream} is registered already, with other facts")]
    AlreadyRegistered {
        /// What.
        stream: StreamId,
    },
    /// A name is missing.
    #[error("{stream} needs a name")]
    NameMissing {
        /// What.
        stream: StreamId,
    },
    /// A role that belongs at a unit was to be given in a division or a region, or the other way.
    #[error(
        "that role cannot be held there: receivers, handlers and unit administrators are at a unit, \
         region administrators in a region"
    )]
    WrongPlace,
    /// The asker's assignment does not do this.
    #[error("this assignment may not do that")]
    NotAllowed,
    /// The region keeps the settings of units to itself.
    #[error("the region's administrators change the settings of its units")]
    EditedByTheRegion,
    /// There is no such region.
    #[error("there is no such region")]
    NoSuchRegion,
    /// There is no such unit in the region.
    #[error("there is no such unit in the region")]
    NoSuchUnit,
    /// There is no such case type in the region.
    #[error("there is no such case type in the region")]
    NoSuchCaseType,
    /// A type of that key was defined before: in the region, or as the unit's own.
    #[error("a case type with this key is defined already; revise it instead")]
    CaseTypeExists,
    /// A type needs a key.
    #[error("a case type needs a key of at most {KEY_BYTES_MAX} bytes")]
    CaseTypeKey,
    /// A type needs a Swedish name.
    #[error("a case type needs a Swedish name")]
    CaseTypeUnnamed,
    /// What a type is called by, and whose it is, was to change.
    #[error("a case type keeps its key, its scope and its owner; define another instead")]
    ScopeAndKeyStay,
    /// A central type without a unit, or another with one.
    #[error("a central case type, and no other, names the unit that its cases go to")]
    CentralUnitMissing,
    /// The unit that cases were to go to is not in the region.
    #[error("the unit that its cases would go to is not in the region")]
    NoSuchCentralUnit,
    /// A unit's own type without a unit, or another with one.
    #[error("a unit's own case type, and no other, names the unit")]
    OwnerMissing,
    /// The unit whose own the type was to be is not in the region.
    #[error("the unit whose own it would be is not in the region")]
    NoSuchOwner,
    /// A clock of no days, or too many.
    #[error("{working_days} working days is not 1 to {WORKING_DAYS_MAX}")]
    WorkingDays {
        /// How many.
        working_days: i64,
    },
    /// The form cannot be asked.
    #[error("the form cannot be asked: {}", told(.flaws))]
    FlawedForm {
        /// All that is wrong with it.
        flaws: Vec<Flaw>,
    },
    /// A text is missing, or too long.
    #[error("the {what} needs a Swedish text, of at most {TEXT_BYTES_MAX} bytes")]
    TextMissing {
        /// Of what.
        what: &'static str,
    },
    /// Two have the same key, one has none, or there are too many.
    #[error(
        "each {what} needs a key of its own, of at most {KEY_BYTES_MAX} bytes; {ANSWERS_MAX} are \
         the most"
    )]
    AnswersUnclear {
        /// Which.
        what: &'static str,
    },
    /// All of them together are too long to be kept.
    #[error("all {what}s together have {bytes} bytes of text; {ANSWERS_BYTES_MAX} are the most")]
    AnswersTooLong {
        /// Which.
        what: &'static str,
        /// How much text.
        bytes: usize,
    },
    /// A name is missing, or too long.
    #[error("a name is needed, of at most {NAME_BYTES_MAX} bytes")]
    Unnamed,
    /// The region stands already, with another name.
    #[error("the region is registered already, with another name")]
    RegionExists,
    /// There is no such division in the region.
    #[error("there is no such division in the region")]
    NoSuchDivision,
    /// The division stands already, otherwise.
    #[error("the division is registered already, otherwise")]
    DivisionExists,
    /// The unit stands already, otherwise.
    #[error("the unit is registered already, otherwise")]
    UnitExists,
    /// The HSA-id is none.
    #[error("{0}")]
    HsaId(HsaIdError),
    /// The HSA-id is another unit's.
    #[error("the HSA-id is another unit's")]
    UnitHsaIdTaken,
    /// A text of the contact is too long.
    #[error("each text of a contact has at most {CONTACT_BYTES_MAX} bytes")]
    ContactTooLong,
    /// A service area of no municipalities, too many, or some without a name.
    #[error("a service area names 1 to {MUNICIPALITIES_MAX} municipalities")]
    Municipalities,
    /// The unit cannot take cases yet.
    #[error("the unit cannot take cases yet: it lacks {}", listed(.missing))]
    ChecklistOpen {
        /// All that is missing.
        missing: Vec<ChecklistItem>,
    },
    /// The unit has cases that are not closed.
    #[error("the unit has {}; close {} or redirect {} first",
        if *.cases == 1 { "1 open case".to_owned() } else { format!("{cases} open cases") },
        them(*.cases), them(*.cases))]
    CasesOpen {
        /// How many.
        cases: usize,
    },
    /// The type is another unit's own.
    #[error("the case type is another unit's own")]
    AnotherUnitsOwn,
    /// The cases of a central type go to another unit, so that one's options are shown.
    #[error("the cases of a central case type go to another unit; its options are shown")]
    CentralElsewhere,
    /// A unit was to have options where it may not.
    #[error("`{field}` is no choice of the newest form whose options a unit may replace")]
    OptionsFixed {
        /// The keys that were to lead to it.
        field: String,
    },
    /// A form with a unit's options cannot be asked.
    #[error("a form with these options cannot be asked: {}", told(.flaws))]
    FlawedOptions {
        /// All that is wrong with it.
        flaws: Vec<Flaw>,
    },
    /// There is no such member of staff.
    #[error("there is no such member of staff in the region")]
    NoSuchStaff,
    /// The person works in another region.
    #[error("the member of staff is registered already, in another region")]
    StaffExists,
    /// Someone asked for an assignment of their own.
    #[error("nobody gives or takes their own assignments; ask another administrator")]
    OwnAssignment,
    /// Someone asked for another HSA-id of their own.
    #[error("nobody replaces their own HSA-id; ask another administrator")]
    OwnIdentity,
    /// Someone asked for another name of their own.
    #[error("nobody changes their own name; ask another administrator")]
    OwnName,
    /// No HSA-id was recorded, that a name could stay with.
    #[error("no HSA-id is recorded; record it and the name with replaceStaffIdentity")]
    HsaIdUnknown,
    /// The HSA-id is another member of staff's.
    #[error("the HSA-id is another member of staff's")]
    HsaIdTaken,
    /// There is no HSA-id beside the command.
    #[error("an HSA-id is needed")]
    HsaIdMissing,
    /// The place is in another region than the person.
    #[error("the assignment is not in the region that the member of staff works in")]
    PostElsewhere,
    /// Whoever gives or takes something did not say why.
    #[error("say why")]
    ReasonMissing,
    /// Something ends before it begins.
    #[error("what is given must end after it begins")]
    DaysCrossed,
    /// The most administrators of a unit below the fewest, or none at all.
    #[error("a unit has at least one administrator, and the most is not below the fewest")]
    BoundsCrossed,
    /// A base offering without a key or a decision, or with a text that is too long.
    #[error("a base offering needs a {what}, of at most {NAME_BYTES_MAX} bytes")]
    OfferingUnnamed {
        /// What it needs: its key, or the reference of the decision.
        what: &'static str,
    },
    /// A base offering that ends before it begins.
    #[error("the base offering's last day is before its first")]
    OfferingEndsEarly,
    /// A base offering that was to be looked over before it holds.
    #[error("the base offering is to be looked over before its first day")]
    OfferingRevisedEarly,
    /// A base offering of nothing, or too much.
    #[error("a base offering has 1 to {ROWS_MAX} rows")]
    OfferingRows,
    /// A type stands twice for the same kind of units.
    #[error("a base offering names each case type once for each kind of unit")]
    OfferingRowTwice,
    /// One unit's own type cannot be asked of others.
    #[error("a unit's own case type cannot be part of a base offering")]
    OwnTypeInOffering,
    /// Something about a resident.
    #[error(transparent)]
    Resident(#[from] ResidentRejection),
}

const fn them(count: usize) -> &'static str {
    if count == 1 { "it" } else { "them" }
}

pub(super) fn listed(missing: &[ChecklistItem]) -> String {
    missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn told(flaws: &[Flaw]) -> String {
    flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
