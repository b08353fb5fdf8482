//! What is answered with.

mod ability;
mod attachment;
mod case;
mod case_type;
mod enums;
pub(crate) mod event;
mod form;
mod message;
mod organisation;
mod people;
mod viewer;

pub(crate) use self::{
    ability::{Ability, Targets},
    attachment::AttachedFile,
    case::Case,
    case_type::CaseType,
    enums::{
        Capacity, CareUnitKind, CaseOrigin, CaseState, CaseTypeScope, CaseTypeSecrecy,
        ChecklistItem, CloseReason, DeadlinePolicy, FormLookup, MessageKind, OfferingLevel,
        Permission, ServiceAreaKind, SlaState, StaffRole, UnitEditors, UnitOwnership,
    },
    event::{CaseEvent, CaseEventType, People},
    form::{Form, FormFieldType},
    message::Message,
    organisation::{CareUnit, Division, Region},
    people::{Actor, Resident, StaffMember},
    viewer::Viewer,
};
