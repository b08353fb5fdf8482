//! Why something about a resident was refused.

use thiserror::Error;

use super::ADDRESS_BYTES_MAX;

/// Why something about a resident was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ResidentRejection {
    /// There is no such resident.
    #[error("there is no such resident")]
    NoSuchResident,
    /// The account stands already, with another number or in another region.
    #[error("the account exists already, with another number or in another region")]
    ResidentExists,
    /// The number is another resident's.
    #[error("the number is another resident's")]
    NumberTaken,
    /// The number beside the command is missing, or no personal number.
    #[error("a personal number is needed, of 12 digits")]
    NumberMissing,
    /// No number was recorded, that a name could stay with.
    #[error("no number is recorded; record it and the name with replaceIdentity")]
    NumberUnknown,
    /// The person has no name.
    #[error("a name is needed")]
    NameMissing,
    /// Someone was to act for themselves.
    #[error("nobody is their own proxy")]
    OwnProxy,
    /// The proxy has no account.
    #[error("the proxy is not a registered resident")]
    NoSuchProxy,
    /// Nobody knows how old the resident is.
    #[error("the resident's date of birth is not known; record their number first")]
    BirthDateUnknown,
    /// Guardians act for children alone.
    #[error("guardians act until the {years}th birthday, which the resident has had")]
    NoChild {
        /// The limit in force.
        years: u8,
    },
    /// A child does not choose who acts for them.
    #[error("who acts for a resident is the resident's choice from the {years}th birthday on")]
    StillAChild {
        /// The limit in force.
        years: u8,
    },
    /// No e-mail address, or a wrong one.
    #[error("an e-mail address is needed, of at most {ADDRESS_BYTES_MAX} bytes")]
    EmailWrong,
    /// No phone number, or a wrong one.
    #[error("a phone number is needed, of at most {ADDRESS_BYTES_MAX} bytes")]
    PhoneWrong,
    /// A limit that no child, or every adult, would be under.
    #[error("guardians act until a birthday from the 1st to the 18th")]
    GuardianYears,
}

impl ResidentRejection {
    /// Why it was refused, in Swedish: one sentence or more.
    pub fn text_sv(&self) -> String {
        match self {
            Self::NoSuchResident => "Invånaren finns inte.".to_owned(),
            Self::ResidentExists => {
                "Kontot finns redan, med ett annat personnummer eller i en annan region.".to_owned()
            }
            Self::NumberTaken => "Personnumret är någon annans.".to_owned(),
            Self::NumberMissing => "Ett personnummer med 12 siffror behövs.".to_owned(),
            Self::NumberUnknown => "Inget personnummer är registrerat. Registrera det tillsammans \
                                    med namnet, med replaceIdentity."
                .to_owned(),
            Self::NameMissing => "Ett namn behövs.".to_owned(),
            Self::OwnProxy => "Ingen är ombud för sig själv.".to_owned(),
            Self::NoSuchProxy => "Ombudet är inte en registrerad invånare.".to_owned(),
            Self::BirthDateUnknown => "Invånarens födelsedatum är inte känt. Registrera \
                                       personnumret först."
                .to_owned(),
            Self::NoChild { years } => format!(
                "Vårdnadshavare företräder till {years}-årsdagen, som invånaren redan har haft."
            ),
            Self::StillAChild { years } => {
                format!("Först från {years}-årsdagen väljer invånaren själv sina ombud.")
            }
            Self::EmailWrong => {
                format!("En e-postadress på högst {ADDRESS_BYTES_MAX} byte behövs.")
            }
            Self::PhoneWrong => {
                format!("Ett telefonnummer på högst {ADDRESS_BYTES_MAX} byte behövs.")
            }
            Self::GuardianYears => {
                "Vårdnadshavare företräder till en födelsedag från den 1:a till den 18:e."
                    .to_owned()
            }
        }
    }
}
