//! The same in Swedish, for those who read it. One row for each, so that a new one is not
//! forgotten.

use super::{
    super::{
        ANSWERS_BYTES_MAX, ANSWERS_MAX, CONTACT_BYTES_MAX, ChecklistItem, KEY_BYTES_MAX,
        MUNICIPALITIES_MAX, NAME_BYTES_MAX, ROWS_MAX, TEXT_BYTES_MAX, WORKING_DAYS_MAX, Warning,
    },
    Rejection,
};
use crate::form::Flaw;

impl Rejection {
    /// Why it was refused, in Swedish: one sentence or more.
    #[expect(clippy::too_many_lines, reason = "one row for each")]
    pub fn text_sv(&self) -> String {
        match self {
            Self::WrongStream { .. } => "Händelsen hör inte hemma där.".to_owned(),
            Self::NotRegistered { stream } => format!("{stream} är inte registrerad."),
            Self::AlreadyRegistered { stream } => {
                format!("{stream} är redan registrerad, med andra uppgifter.")
            }
            Self::NameMissing { .. } => "Ett namn behövs.".to_owned(),
            Self::WrongPlace => {
                "Den rollen kan inte innehas där: ärendemottagare, ärendehanterare och \
                enhetsadministratörer finns på en enhet, regionadministratörer i en region."
                    .to_owned()
            }
            Self::NotAllowed => "Uppdraget ger inte rätt att göra detta.".to_owned(),
            Self::EditedByTheRegion => {
                "Regionens administratörer ändrar enheternas inställningar.".to_owned()
            }
            Self::NoSuchRegion => "Regionen finns inte.".to_owned(),
            Self::NoSuchUnit => "Enheten finns inte i regionen.".to_owned(),
            Self::NoSuchCaseType => "Ärendetypen finns inte i regionen.".to_owned(),
            Self::CaseTypeExists => {
                "En ärendetyp med den nyckeln finns redan. Revidera den i stället.".to_owned()
            }
            Self::CaseTypeKey => {
                format!("En ärendetyp behöver en nyckel på högst {KEY_BYTES_MAX} byte.")
            }
            Self::CaseTypeUnnamed => "En ärendetyp behöver ett svenskt namn.".to_owned(),
            Self::ScopeAndKeyStay => "En ärendetyp behåller sin nyckel, sin omfattning och sin \
                                      ägare. Skapa en ny i stället."
                .to_owned(),
            Self::CentralUnitMissing => "En central ärendetyp, och ingen annan, anger enheten som \
                                         ärendena går till."
                .to_owned(),
            Self::OwnerMissing => {
                "En enhets egen ärendetyp, och ingen annan, anger enheten.".to_owned()
            }
            Self::NoSuchCentralUnit => {
                "Enheten som ärendena skulle gå till finns inte i regionen.".to_owned()
            }
            Self::NoSuchOwner => {
                "Enheten som skulle äga ärendetypen finns inte i regionen.".to_owned()
            }
            Self::WorkingDays { working_days } => {
                format!("{working_days} vardagar är inte 1 till {WORKING_DAYS_MAX}.")
            }
            Self::FlawedForm { flaws } => {
                let flaws: Vec<String> = flaws.iter().map(Flaw::text_sv).collect();
                format!("Formuläret kan inte användas som det är. {}", flaws.join(" "))
            }
            Self::TextMissing { .. } => {
                format!("En svensk text på högst {TEXT_BYTES_MAX} byte behövs.")
            }
            Self::AnswersUnclear { .. } => {
                format!(
                    "Varje svar behöver en egen nyckel på högst {KEY_BYTES_MAX} byte, och \
                     {ANSWERS_MAX} svar är det mesta."
                )
            }
            Self::AnswersTooLong { bytes, .. } => format!(
                "Svaren är tillsammans {bytes} byte text. Högst {ANSWERS_BYTES_MAX} får plats."
            ),
            Self::Unnamed => format!("Ett namn på högst {NAME_BYTES_MAX} byte behövs."),
            Self::RegionExists => "Regionen finns redan, med ett annat namn.".to_owned(),
            Self::NoSuchDivision => "Förvaltningen finns inte i regionen.".to_owned(),
            Self::DivisionExists => "Förvaltningen finns redan, med andra uppgifter.".to_owned(),
            Self::UnitExists => "Enheten finns redan, med andra uppgifter.".to_owned(),
            Self::OwnIdentity => {
                "Ingen byter sitt eget HSA-id. Be en annan administratör.".to_owned()
            }
            Self::OwnName => "Ingen ändrar sitt eget namn. Be en annan administratör.".to_owned(),
            Self::HsaIdUnknown => "Inget HSA-id är registrerat. Registrera det tillsammans med \
                                   namnet, med replaceStaffIdentity."
                .to_owned(),
            Self::HsaIdTaken => "HSA-id:t är en annan medarbetares.".to_owned(),
            Self::HsaIdMissing => "Ett HSA-id behövs.".to_owned(),
            Self::HsaId(_) => "Ett HSA-id ser ut som SE2321000131-E000000000123.".to_owned(),
            Self::UnitHsaIdTaken => "HSA-id:t är en annan enhets.".to_owned(),
            Self::ContactTooLong => {
                format!("Varje kontaktuppgift har högst {CONTACT_BYTES_MAX} byte.")
            }
            Self::Municipalities => {
                format!("Ett betjäningsområde anger 1 till {MUNICIPALITIES_MAX} kommuner.")
            }
            Self::ChecklistOpen { missing } => {
                let missing: Vec<_> = missing.iter().map(|item| item.text_sv()).collect();
                format!("Enheten kan inte ta emot ärenden än. Den saknar {}.", missing.join(", "))
            }
            Self::CasesOpen { cases } => open_cases_sv(*cases),
            Self::AnotherUnitsOwn => "Ärendetypen är en annan enhets egen.".to_owned(),
            Self::CentralElsewhere => {
                "Ärenden av en central ärendetyp går till en annan enhet. Dess svarsalternativ visas."
                    .to_owned()
            }
            Self::OptionsFixed { field } => format!(
                "”{field}” är inget val i det senaste formuläret där enheten får ha egna \
                 svarsalternativ."
            ),
            Self::FlawedOptions { flaws } => {
                let flaws: Vec<String> = flaws.iter().map(Flaw::text_sv).collect();
                format!(
                    "Formuläret kan inte användas med dessa svarsalternativ. {}",
                    flaws.join(" ")
                )
            }
            Self::NoSuchStaff => "Medarbetaren finns inte i regionen.".to_owned(),
            Self::StaffExists => "Medarbetaren finns redan, i en annan region.".to_owned(),
            Self::OwnAssignment => "Ingen ger eller tar sina egna uppdrag. Be en annan \
                                    administratör."
                .to_owned(),
            Self::PostElsewhere => {
                "Uppdraget är inte i den region där medarbetaren arbetar.".to_owned()
            }
            Self::ReasonMissing => "Ange varför.".to_owned(),
            Self::DaysCrossed => "Det som ges måste sluta efter att det börjar.".to_owned(),
            Self::BoundsCrossed => "En enhet har minst en administratör, och det högsta antalet \
                                    är inte lägre än det lägsta."
                .to_owned(),
            Self::OfferingUnnamed { what } => unnamed_offering_sv(what),
            Self::OfferingEndsEarly => "Basutbudets sista dag är före dess första.".to_owned(),
            Self::OfferingRevisedEarly => "Basutbudet ska ses över före sin första dag.".to_owned(),
            Self::OfferingRows => format!("Ett basutbud har 1 till {ROWS_MAX} rader."),
            Self::OfferingRowTwice => {
                "Ett basutbud anger varje ärendetyp en gång för varje slags enhet.".to_owned()
            }
            Self::OwnTypeInOffering => {
                "En enhets egen ärendetyp kan inte ingå i ett basutbud.".to_owned()
            }
            Self::Resident(rejection) => rejection.text_sv(),
        }
    }
}

fn open_cases_sv(cases: usize) -> String {
    match cases {
        1 => "Enheten har 1 öppet ärende. Avsluta eller skicka vidare det först.".to_owned(),
        _ => format!("Enheten har {cases} öppna ärenden. Avsluta eller skicka vidare dem först."),
    }
}

fn unnamed_offering_sv(what: &str) -> String {
    let needed = if what == "key" { "en nyckel" } else { "en hänvisning till beslutet" };
    format!("Ett basutbud behöver {needed} på högst {NAME_BYTES_MAX} byte.")
}

impl ChecklistItem {
    /// What it is, in Swedish, as it stands within a sentence.
    pub const fn text_sv(self) -> &'static str {
        match self {
            Self::Receiver => "en ärendemottagare",
            Self::Handler => "en ärendehanterare",
            Self::CaseType => "en ärendetyp som erbjuds",
            Self::Contact => "ett telefonnummer eller en adress",
        }
    }
}

impl Warning {
    /// What is odd, in Swedish.
    pub fn text_sv(&self) -> String {
        match self {
            Self::ChecklistOpen { missing } => {
                let missing: Vec<_> = missing.iter().map(|item| item.text_sv()).collect();
                format!("Enheten tar emot ärenden men saknar {}.", missing.join(", "))
            }
            Self::Administrators { found, min, max } => {
                let found = match found {
                    1 => "1 administratör".to_owned(),
                    _ => format!("{found} administratörer"),
                };
                let wanted = match max {
                    max if max == min => max.to_string(),
                    _ => format!("{min} till {max}"),
                };
                format!("Enheten har {found}. Den bör ha {wanted}.")
            }
            Self::NotTheWholeCountry => "En fysisk enhet bör betjäna hela landet.".to_owned(),
            Self::OfferingToRevise { key, revise_by } => {
                format!("Basutbudet {key} skulle ha setts över senast {revise_by}.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ChecklistItem, Rejection};

    #[test]
    fn what_a_unit_lacks_is_told_in_swedish() {
        let missing = vec![ChecklistItem::Receiver, ChecklistItem::Contact];
        assert_eq!(
            Rejection::ChecklistOpen { missing }.text_sv(),
            "Enheten kan inte ta emot ärenden än. Den saknar en ärendemottagare, ett \
             telefonnummer eller en adress."
        );
    }
}
