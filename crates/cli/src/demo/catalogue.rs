//! The case types of the shipped catalogue, and which kind of unit offers which.
//!
//! The catalogue does not say who offers what, so [`Kind::offers`] does: our own choice, by what
//! each kind of care deals with.

use domain::{
    catalogue::{Catalogue, ShippedType},
    organisation::Scope,
};

/// The type that units start cases with.
pub(super) const STAFF_MESSAGE: &str = "staff_message";
/// The type whose name each unit decides.
pub(super) const UNIT_DEFINED: &str = "unit_defined";
/// The type that is only for those who may order it themselves.
pub(super) const CHLAMYDIA_TEST: &str = "chlamydia_test";

/// What a unit does, as the model divides them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    PrimaryCare,
    SpecialistClinic,
    Dental,
    ChildAndMaternalHealth,
    Rehab,
    SexualHealthCentre,
    CareChoiceOffice,
}

impl Kind {
    pub(super) const ALL: [Self; 7] = [
        Self::PrimaryCare,
        Self::SpecialistClinic,
        Self::Dental,
        Self::ChildAndMaternalHealth,
        Self::Rehab,
        Self::SexualHealthCentre,
        Self::CareChoiceOffice,
    ];

    /// The model's name for it.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::PrimaryCare => "primary_care",
            Self::SpecialistClinic => "specialist_clinic",
            Self::Dental => "dental",
            Self::ChildAndMaternalHealth => "child_and_maternal_health",
            Self::Rehab => "rehab",
            Self::SexualHealthCentre => "sexual_health_centre",
            Self::CareChoiceOffice => "care_choice_office",
        }
    }

    /// Whether such a unit offers the type.
    pub(super) fn offers(self, case_type: &str) -> bool {
        use Kind::{
            CareChoiceOffice, ChildAndMaternalHealth, Dental, PrimaryCare, Rehab,
            SexualHealthCentre, SpecialistClinic,
        };
        let kinds: &[Self] = match case_type {
            STAFF_MESSAGE => return true,
            CHLAMYDIA_TEST => &[PrimaryCare, SexualHealthCentre],
            "choose_care_unit" => &[PrimaryCare, ChildAndMaternalHealth, CareChoiceOffice],
            "cancel_rebook_appointment"
            | "request_appointment"
            | "contact_me"
            | "send_message"
            | "improve_us"
            | UNIT_DEFINED => {
                &[PrimaryCare, SpecialistClinic, Dental, ChildAndMaternalHealth, Rehab]
            }
            "order_record_copy" => &[PrimaryCare, SpecialistClinic, Dental],
            "renew_prescription"
            | "request_certificate"
            | "extend_sick_leave"
            | "test_results"
            | "referral_status"
            | "specialist_contact"
            | "order_lab_referral" => &[PrimaryCare, SpecialistClinic],
            "renew_assistive_device" => &[PrimaryCare, SpecialistClinic, Rehab],
            "ask_nurse" | "advice" => &[PrimaryCare, ChildAndMaternalHealth],
            "self_referral" => &[SpecialistClinic, Rehab],
            "lifestyle_support" => &[PrimaryCare, Rehab],
            "travel_vaccination_appointment" => &[PrimaryCare],
            "special_foods_order"
            | "pre_surgery_questions"
            | "surgery_date_questions"
            | "examination_questions" => &[SpecialistClinic],
            _ => &[],
        };
        kinds.contains(&self)
    }
}

/// Every case type, in the catalogue's order.
pub(super) fn load_all() -> anyhow::Result<Vec<ShippedType>> {
    Ok(Catalogue::shipped()?.case_types)
}

/// The unit that all cases of a central type go to.
pub(super) fn central_kind(case_type: &ShippedType) -> Option<Kind> {
    let kind = if case_type.key == CHLAMYDIA_TEST {
        Kind::SexualHealthCentre
    } else {
        Kind::CareChoiceOffice
    };
    (case_type.scope == Scope::Central).then_some(kind)
}

#[cfg(test)]
mod tests {
    use domain::organisation::Scope;

    use super::{Kind, central_kind, load_all};
    use crate::demo::model::Model;

    #[test]
    fn every_type_of_the_model_s_mix_is_in_the_catalogue_and_offered_by_some_kind_of_unit() {
        let (model, all) = (Model::load().unwrap(), load_all().unwrap());
        for key in model.type_mix.keys() {
            assert!(all.iter().any(|it| it.key == *key), "{key} is not in the catalogue");
            assert!(Kind::ALL.iter().any(|kind| kind.offers(key)), "nobody offers {key}");
        }
        for central in all.iter().filter(|it| it.scope == Scope::Central) {
            let kind = central_kind(central).unwrap();
            assert!(model.units.central.iter().any(|it| it == kind.key()));
            assert!(kind.offers(&central.key));
        }
    }
}
