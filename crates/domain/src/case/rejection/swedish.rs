//! The same in Swedish, for residents and staff. Names no one: whoever reads it may not know who
//! an id is.

use super::{FILE_BYTES_MAX, FILE_NAME_BYTES_MAX, REOPEN_WINDOW_DAYS, Rejection, TEXT_BYTES_MAX};
use crate::{
    deadline::{local_date, local_time},
    form::{FieldProblem, Language},
};

impl Rejection {
    /// Why, for whoever asked, in their language.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Sv => self.text_sv(),
            Language::En => self.to_string(),
        }
    }

    /// One row for each, so that a new one cannot be forgotten.
    #[expect(clippy::too_many_lines, reason = "one row for each")]
    fn text_sv(&self) -> String {
        match self {
            Self::NotStarted => "Ärendet finns inte.".into(),
            Self::AlreadyStarted => "Ärendet har redan startat.".into(),
            Self::NotAllowed => "Uppdraget ger inte rätt att göra detta i ärendet.".into(),
            Self::HeldByAnother { .. } => {
                "En annan ärendehanterare har ärendet. Be en ärendemottagare att omfördela det."
                    .into()
            }
            Self::StartedByUnits => {
                "Enheten startar ärenden av den här typen, inte invånare.".into()
            }
            Self::StartedByResidents => {
                "Invånare startar ärenden av den här typen, inte enheten.".into()
            }
            Self::TooYoung { min_age } => {
                format!("Ärenden av den här typen skickas av den som har fyllt {min_age} år.")
            }
            Self::AgeUnknown { min_age } => format!(
                "Ärenden av den här typen skickas av den som har fyllt {min_age} år, och \
                 födelsedatumet är inte känt."
            ),
            Self::NoConversation => {
                "Ärenden av den här typen har varken delsvar eller motfrågor. Besvara det.".into()
            }
            Self::NotDistributed => {
                "Ärendet är inte fördelat. Be en ärendemottagare att fördela det.".into()
            }
            Self::AlreadyDistributed { .. } => {
                "Ärendet är redan fördelat. Omfördela det i stället.".into()
            }
            Self::NotAHandler { .. } => "Den som valts är inte ärendehanterare på enheten.".into(),
            Self::NobodyToGiveTo => {
                "Välj minst en ärendehanterare att fördela ärendena till.".into()
            }
            Self::GivenToItsHolder { .. } => {
                "Den som ärendena tas från kan inte också få dem. Välj andra ärendehanterare."
                    .into()
            }
            Self::NotHeldBy { .. } => {
                "Ärendet finns inte längre hos den ärendehanterare som det skulle tas från.".into()
            }
            Self::UnknownUnit => "Enheten finns inte i regionen.".into(),
            Self::UnitNotActive => "Enheten tar inte emot ärenden.".into(),
            Self::CaseTypeNotOffered => "Enheten erbjuder inte den ärendetypen.".into(),
            Self::VersionUnknown { what, shown, newest } => {
                let what = if *what == "terms" { "villkoren" } else { "formuläret" };
                format!("Version {shown} av {what} finns inte. Den nyaste är {newest}.")
            }
            Self::VersionMissing => "Ange vilken version av formuläret som visades.".into(),
            Self::FormProblems { problems } => {
                format!("Formuläret är inte rätt ifyllt. {}", told(problems))
            }
            Self::NotByProxy => {
                "Ärenden av den typen kan bara skickas av invånaren själv, inte av ett ombud."
                    .into()
            }
            Self::NothingToAttachTo => {
                "Bilagor hör till meddelanden till eller från invånaren, och till inget annat."
                    .into()
            }
            Self::TooManyFiles { files, most } => {
                format!("{files} bilagor är för många. Till ett meddelande hör högst {most}.")
            }
            Self::FileTooLarge { .. } => {
                format!("En bilaga har 1 till {FILE_BYTES_MAX} byte.")
            }
            Self::FileNameInvalid => format!(
                "En bilagas namn har 1 till {FILE_NAME_BYTES_MAX} byte och inga snedstreck eller \
                 styrtecken."
            ),
            Self::UnknownUpload => {
                "Uppladdningen finns inte. Skicka filen på nytt och ange den inom ett dygn.".into()
            }
            Self::AlreadyAttached { .. } => {
                "Filen är redan bifogad. Varje uppladdning anges en gång.".into()
            }
            Self::MessageMissing => "Meddelandet är tomt.".into(),
            Self::MessageTooLong { .. } => {
                format!("Meddelandet är för långt. Det får vara högst {TEXT_BYTES_MAX} byte.")
            }
            Self::NotAProxy => "Du är inte ombud för den invånaren.".into(),
            Self::ResidentNotInformed => {
                "Invånaren måste känna till ärendet innan enheten öppnar det.".into()
            }
            Self::ConsentNeeded { .. } => {
                "Invånaren har inte samtyckt till att ärendet skickas till den vårdgivaren.".into()
            }
            Self::AlreadyAsked => "En motfråga väntar redan på invånarens svar.".into(),
            Self::AlreadyAnswered => "Ärendet är redan besvarat.".into(),
            Self::NotAnswered => {
                "Ärendet är inte besvarat. Besvara det, eller ange varför det avslutas.".into()
            }
            Self::Closed => "Ärendet är avslutat.".into(),
            Self::Withdrawn => "Ärendet har återkallats. Skicka ett nytt ärende.".into(),
            Self::ReopenWindowPassed { closed_at } => format!(
                "Ärendet avslutades {}, för mer än {REOPEN_WINDOW_DAYS} dagar sedan. \
                 Skicka ett nytt ärende som följer upp det.",
                local_date(*closed_at)
            ),
            Self::OutsideCalendar { at } => {
                format!("{} ligger utanför kalendern över arbetsdagar.", local_time(*at).date())
            }
        }
    }
}

fn told(problems: &[FieldProblem]) -> String {
    let told = |it: &FieldProblem| format!("{}: {}", it.field, it.problem.text(Language::Sv));
    problems.iter().map(told).collect::<Vec<_>>().join(" ")
}
