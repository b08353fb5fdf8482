//! Case types and their forms, from `data/case_types.json`, and which kind of unit offers which.
//!
//! The catalogue does not say who offers what, so [`Kind::offers`] does: our own choice, by what
//! each kind of care deals with. Bookings made straight into a time book are no cases and are left
//! out.

use anyhow::Context as _;
use domain::deadline::Policy;
use serde::Deserialize;

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

/// One case type.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct CaseTypeEntry {
    pub(super) key: String,
    pub(super) name_sv: String,
    pub(super) name_en: String,
    pub(super) central: bool,
    kind: String,
    pub(super) allowed_answers: Vec<String>,
    pub(super) min_age_self: Option<u16>,
    pub(super) representable_by_guardian: bool,
    pub(super) sla: Sla,
    pub(super) fields: Vec<Field>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Sla {
    pub(super) first_response: Option<FirstResponse>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct FirstResponse {
    pub(super) working_days: u8,
    #[serde(deserialize_with = "policy")]
    pub(super) policy: Policy,
}

fn policy<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Policy, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

/// One field of a form.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Field {
    pub(super) key: String,
    #[serde(rename = "type")]
    pub(super) kind: FieldKind,
    pub(super) required: bool,
    #[serde(default)]
    pub(super) options: Vec<Choice>,
    pub(super) show_if: Option<ShowIf>,
    pub(super) must_be: Option<bool>,
    pub(super) lookup: Option<String>,
    pub(super) repeat: Option<Repeat>,
    #[serde(default)]
    pub(super) fields: Vec<Field>,
    #[cfg(test)]
    pub(super) max_length: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FieldKind {
    Text,
    Choice,
    MultiChoice,
    Date,
    Phone,
    YesNo,
    Group,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Choice {
    pub(super) value: String,
}

/// The field is there only if a sibling was answered so.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ShowIf {
    pub(super) field: String,
    pub(super) equals: Option<serde_json::Value>,
    pub(super) contains: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Repeat {
    pub(super) min: usize,
    pub(super) max: usize,
}

#[derive(Deserialize)]
struct File {
    types: Vec<CaseTypeEntry>,
}

impl CaseTypeEntry {
    /// Every case type, in the catalogue's order.
    pub(super) fn load_all() -> anyhow::Result<Vec<Self>> {
        let file: File = serde_json::from_str(include_str!("../../data/case_types.json"))
            .context("failed to read data/case_types.json")?;
        Ok(file.types.into_iter().filter(|it| it.kind == "case").collect())
    }

    /// The unit that all cases of a central type go to.
    pub(super) fn central_kind(&self) -> Option<Kind> {
        let kind = if self.key == CHLAMYDIA_TEST {
            Kind::SexualHealthCentre
        } else {
            Kind::CareChoiceOffice
        };
        self.central.then_some(kind)
    }

    /// Whether the unit may answer it with something else than the answer.
    pub(super) fn is_talked_about(&self) -> bool {
        self.allowed_answers.iter().any(|it| it != "final")
    }
}

#[cfg(test)]
mod tests {
    use super::{CaseTypeEntry, Kind};
    use crate::demo::model::Model;

    #[test]
    fn every_type_of_the_model_s_mix_is_in_the_catalogue_and_offered_by_some_kind_of_unit() {
        let (model, all) = (Model::load().unwrap(), CaseTypeEntry::load_all().unwrap());
        for key in model.type_mix.keys() {
            assert!(all.iter().any(|it| it.key == *key), "{key} is not in the catalogue");
            assert!(Kind::ALL.iter().any(|kind| kind.offers(key)), "nobody offers {key}");
        }
        for central in all.iter().filter(|it| it.central) {
            let kind = central.central_kind().unwrap();
            assert!(model.units.central.iter().any(|it| it == kind.key()));
            assert!(kind.offers(&central.key));
        }
    }
}
