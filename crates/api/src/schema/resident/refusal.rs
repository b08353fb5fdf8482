//! What the rules about residents say, as something that a person can put right.

use domain::organisation::{Rejection, ResidentRejection};

use crate::schema::mutation::user_error::{
    UserError,
    UserErrorCode::{FieldInvalid, FieldRequired, InvalidState, NotAllowed},
};

/// What `rejection` says to whoever asked something about a resident.
pub(crate) fn of(rejection: &Rejection) -> UserError {
    let (code, field) = match rejection {
        Rejection::Resident(it) => match it {
            ResidentRejection::NoSuchResident => (FieldInvalid, Some("residentId")),
            ResidentRejection::ResidentExists => (InvalidState, None),
            ResidentRejection::NumberTaken => (InvalidState, Some("number")),
            ResidentRejection::NumberMissing => (FieldRequired, Some("number")),
            ResidentRejection::NameMissing => (FieldRequired, Some("name")),
            ResidentRejection::OwnProxy => (FieldInvalid, Some("proxyId")),
            ResidentRejection::NoSuchProxy => (FieldInvalid, Some("proxyId")),
            ResidentRejection::BirthDateUnknown => (InvalidState, Some("residentId")),
            ResidentRejection::NoChild { .. } => (InvalidState, Some("residentId")),
            ResidentRejection::StillAChild { .. } => (NotAllowed, None),
            ResidentRejection::EmailWrong => (FieldInvalid, Some("email")),
            ResidentRejection::PhoneWrong => (FieldInvalid, Some("phone")),
            ResidentRejection::GuardianYears => (FieldInvalid, Some("years")),
        },
        Rejection::NotAllowed => (NotAllowed, None),
        Rejection::NoSuchRegion => (FieldInvalid, Some("regionId")),
        Rejection::DaysCrossed => (FieldInvalid, Some("until")),
        // Of units, staff and case types: no command about residents meets these.
        _ => (InvalidState, None),
    };
    UserError::new(code, field, rejection.to_string())
}
