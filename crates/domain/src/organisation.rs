//! What surrounds a case: regions, divisions, care units, staff, residents and case types.
//!
//! Each is registered by an event in a stream of its own, and changed by more. The rules are few,
//! so they share one shape: an [`Event`] is granted where it would change something and its
//! stream allows it, asked twice it changes nothing, and [`Registration::evolve`] is total.

mod asking;
mod case_type;
mod event;
mod region;
mod registration;
mod rejection;
mod resident;
mod setting;
mod staff;
#[cfg(test)]
mod tests;
mod unit;
mod warning;

pub(crate) use self::registration::belongs;
pub use self::{
    asking::{Asking, Landscape, TypeFacts},
    case_type::{
        ANSWERS_BYTES_MAX, ANSWERS_MAX, CaseType, CaseTypeCommand, Clock, Definition,
        KEY_BYTES_MAX, Limits, TEXT_BYTES_MAX, WORKING_DAYS_MAX,
    },
    event::*,
    region::{
        BaseOffering, Division, DivisionCommand, NAME_BYTES_MAX, ROWS_MAX, Region, RegionCommand,
    },
    registration::Registration,
    rejection::Rejection,
    resident::{
        ADDRESS_BYTES_MAX, GUARDIAN_YEARS_DEFAULT, GuardianLimit, Opened, Resident,
        ResidentCommand, ResidentRejection,
    },
    setting::{
        AnswerTemplate, Contact, Editors, Level, OfferingRow, Ownership, Person, Post, Secrecy,
        ServiceArea, Starts,
    },
    staff::{Assignment, Staff, StaffCommand},
    unit::{
        CONTACT_BYTES_MAX, ChecklistItem, MUNICIPALITIES_MAX, OwnOptions, Unit, UnitCommand,
        UnitRegistration, UnitSettings,
    },
    warning::Warning,
};
