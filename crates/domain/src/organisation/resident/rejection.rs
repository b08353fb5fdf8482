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
