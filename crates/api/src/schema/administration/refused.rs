//! What the rules around cases refuse, as user errors: one row for each, so that a new one is not
//! forgotten.

use domain::organisation::{ChecklistItem, Rejection, ResidentRejection};

use crate::schema::mutation::user_error::{UserError, UserErrorCode};

/// All that `rejection` says: one error for each flaw of a form, naming the field as the form's
/// keys lead to it, or the options that it would have them with; one for each thing that a unit
/// lacks; otherwise one.
pub(crate) fn errors(rejection: &Rejection) -> Vec<UserError> {
    match rejection {
        Rejection::FlawedForm { flaws } => {
            let error = |flaw: &domain::form::Flaw| {
                let field = match flaw.field.as_str() {
                    "" => "fields".to_owned(),
                    path => format!("fields.{path}"),
                };
                let message = flaw.to_string();
                let error = UserError::new(UserErrorCode::FieldInvalid, None, message)
                    .in_swedish(flaw.text_sv());
                UserError { field: Some(field.into()), ..error }
            };
            flaws.iter().map(error).collect()
        }
        Rejection::FlawedOptions { flaws } => {
            let error = |flaw: &domain::form::Flaw| {
                UserError::new(UserErrorCode::FieldInvalid, "options", flaw.to_string())
                    .in_swedish(flaw.text_sv())
            };
            flaws.iter().map(error).collect()
        }
        Rejection::ChecklistOpen { missing } => {
            let error = |item: &ChecklistItem| {
                let message = format!("the unit cannot take cases yet: it lacks {item}");
                let sv =
                    format!("Enheten kan inte ta emot ärenden än. Den saknar {}.", item.text_sv());
                UserError::new(UserErrorCode::InvalidState, None, message).in_swedish(sv)
            };
            missing.iter().map(error).collect()
        }
        _ => vec![one(rejection)],
    }
}

fn one(rejection: &Rejection) -> UserError {
    use UserErrorCode::{
        CaseTypeNotOffered, FieldInvalid, FieldRequired, InvalidState, NotAllowed,
    };

    let (code, field) = match rejection {
        Rejection::WrongStream { .. } => (InvalidState, None),
        Rejection::NotRegistered { .. } => (InvalidState, None),
        Rejection::AlreadyRegistered { .. } => (InvalidState, None),
        Rejection::NameMissing { .. } => (FieldRequired, Some("name")),
        Rejection::WrongPlace => (FieldInvalid, Some("place")),
        Rejection::NotAllowed => (NotAllowed, None),
        Rejection::EditedByTheRegion => (NotAllowed, None),
        Rejection::NoSuchRegion => (FieldInvalid, Some("regionId")),
        Rejection::NoSuchUnit => (FieldInvalid, Some("unitId")),
        Rejection::NoSuchCaseType => (FieldInvalid, Some("caseTypeId")),
        Rejection::CaseTypeExists => (InvalidState, Some("key")),
        Rejection::CaseTypeKey => (FieldInvalid, Some("key")),
        Rejection::CaseTypeUnnamed => (FieldRequired, Some("name")),
        Rejection::ScopeAndKeyStay => (FieldInvalid, Some("scope")),
        Rejection::CentralUnitMissing => (FieldInvalid, Some("centralUnitId")),
        Rejection::NoSuchCentralUnit => (FieldInvalid, Some("centralUnitId")),
        Rejection::NoSuchOwner => (FieldInvalid, Some("ownerId")),
        Rejection::OwnerMissing => (FieldInvalid, Some("ownerId")),
        Rejection::WorkingDays { .. } => (FieldInvalid, Some("workingDays")),
        Rejection::FlawedForm { .. } => (FieldInvalid, Some("fields")),
        Rejection::TextMissing { what: "name" } => (FieldRequired, Some("name")),
        Rejection::TextMissing { what: "terms" } => (FieldRequired, Some("terms")),
        Rejection::TextMissing { what } => (FieldRequired, answers(what)),
        Rejection::AnswersUnclear { what } | Rejection::AnswersTooLong { what, .. } => {
            (FieldInvalid, answers(what))
        }
        Rejection::Unnamed => (FieldRequired, Some("name")),
        Rejection::RegionExists => (InvalidState, None),
        Rejection::NoSuchDivision => (FieldInvalid, Some("divisionId")),
        Rejection::DivisionExists => (InvalidState, None),
        Rejection::UnitExists => (InvalidState, None),
        Rejection::HsaId(_) => (FieldInvalid, Some("hsaId")),
        Rejection::UnitHsaIdTaken => (InvalidState, Some("hsaId")),
        Rejection::ContactTooLong => (FieldInvalid, Some("settings.contact")),
        Rejection::Municipalities => (FieldInvalid, Some("settings.municipalities")),
        Rejection::ChecklistOpen { .. } => (InvalidState, None),
        Rejection::CasesOpen { .. } => (InvalidState, None),
        Rejection::AnotherUnitsOwn => (CaseTypeNotOffered, Some("caseTypeId")),
        Rejection::CentralElsewhere => (FieldInvalid, Some("caseTypeId")),
        Rejection::OptionsFixed { .. } => (FieldInvalid, Some("field")),
        Rejection::FlawedOptions { .. } => (FieldInvalid, Some("options")),
        Rejection::NoSuchStaff => (FieldInvalid, Some("staffId")),
        Rejection::StaffExists => (InvalidState, None),
        Rejection::OwnAssignment => (NotAllowed, Some("staffId")),
        Rejection::OwnIdentity => (NotAllowed, Some("staffId")),
        Rejection::OwnName => (NotAllowed, Some("staffId")),
        Rejection::HsaIdUnknown => (InvalidState, Some("staffId")),
        Rejection::HsaIdTaken => (InvalidState, Some("hsaId")),
        Rejection::HsaIdMissing => (FieldRequired, Some("hsaId")),
        Rejection::PostElsewhere => (FieldInvalid, Some("place")),
        Rejection::ReasonMissing => (FieldRequired, Some("reason")),
        Rejection::DaysCrossed => (FieldInvalid, Some("until")),
        Rejection::BoundsCrossed => (FieldInvalid, Some("most")),
        Rejection::OfferingUnnamed { what } => (FieldRequired, Some(*what)),
        Rejection::OfferingEndsEarly => (FieldInvalid, Some("validTo")),
        Rejection::OfferingRevisedEarly => (FieldInvalid, Some("reviseBy")),
        Rejection::OfferingRows => (FieldInvalid, Some("rows")),
        Rejection::OfferingRowTwice => (FieldInvalid, Some("rows")),
        Rejection::OwnTypeInOffering => (FieldInvalid, Some("rows")),
        Rejection::Resident(rejection) => of_resident(*rejection),
    };
    UserError::new(code, field, rejection.to_string()).in_swedish(rejection.text_sv())
}

/// Where the ready-made answers of a type are written.
fn answers(what: &str) -> Option<&'static str> {
    match what {
        "template" => Some("templates"),
        "answer option" => Some("options"),
        _ => None,
    }
}

const fn of_resident(rejection: ResidentRejection) -> (UserErrorCode, Option<&'static str>) {
    use UserErrorCode::{FieldInvalid, FieldRequired, InvalidState, NotAllowed};

    match rejection {
        ResidentRejection::NoSuchResident => (FieldInvalid, Some("residentId")),
        ResidentRejection::ResidentExists => (InvalidState, None),
        ResidentRejection::NumberTaken => (InvalidState, Some("number")),
        ResidentRejection::NumberMissing => (FieldRequired, Some("number")),
        ResidentRejection::NumberUnknown => (InvalidState, Some("residentId")),
        ResidentRejection::NameMissing => (FieldRequired, Some("name")),
        ResidentRejection::OwnProxy => (FieldInvalid, Some("proxyId")),
        ResidentRejection::NoSuchProxy => (FieldInvalid, Some("proxyId")),
        ResidentRejection::BirthDateUnknown => (InvalidState, Some("residentId")),
        ResidentRejection::NoChild { .. } => (InvalidState, Some("residentId")),
        ResidentRejection::StillAChild { .. } => (NotAllowed, None),
        ResidentRejection::EmailWrong => (FieldInvalid, Some("email")),
        ResidentRejection::PhoneWrong => (FieldInvalid, Some("phone")),
        ResidentRejection::GuardianYears => (FieldInvalid, Some("years")),
    }
}
