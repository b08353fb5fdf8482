//! HSA-id: the national catalogue's name for a member of staff or a unit.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use thiserror::Error;

/// The most characters an HSA-id has: `SE`, ten digits, a hyphen, and eighteen more.
pub const HSA_ID_LENGTH_MAX: usize = 2 + DIGITS + 1 + SUFFIX_MAX;

const DIGITS: usize = 10;
const SUFFIX_MAX: usize = 18;

/// An HSA-id, such as `SE2321000131-E000000000123`: `^SE[0-9]{10}-[A-Za-z0-9]{1,18}$`.
///
/// Read in either case and kept in capitals, so that ids that differ in case alone are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct HsaId(String);

/// What is wrong with an HSA-id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HsaIdError {
    /// Longer than [`HSA_ID_LENGTH_MAX`].
    #[error("an HSA-id has at most {HSA_ID_LENGTH_MAX} characters, this one {0}")]
    TooLong(usize),
    /// Another country, or none.
    #[error("an HSA-id starts with SE")]
    Country,
    /// No ten digits and a hyphen after the country.
    #[error("an HSA-id has ten digits and a hyphen after SE")]
    Organisation,
    /// Nothing after the hyphen.
    #[error("an HSA-id has something after its hyphen")]
    NoSuffix,
    /// A character after the hyphen that may not be there.
    #[error("an HSA-id has only the letters A to Z and digits after its hyphen, not `{0}`")]
    Character(char),
}

impl HsaId {
    /// The id, in capitals.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HsaId {
    type Err = HsaIdError;

    /// Reads an id, blanks around it left out.
    fn from_str(text: &str) -> Result<Self, HsaIdError> {
        let text = text.trim().to_ascii_uppercase();
        let length = text.chars().count();
        if length > HSA_ID_LENGTH_MAX {
            return Err(HsaIdError::TooLong(length));
        }
        let rest = text.strip_prefix("SE").ok_or(HsaIdError::Country)?;
        let (organisation, suffix) = rest.split_once('-').ok_or(HsaIdError::Organisation)?;
        if organisation.len() != DIGITS || !organisation.bytes().all(|it| it.is_ascii_digit()) {
            return Err(HsaIdError::Organisation);
        }
        if suffix.is_empty() {
            return Err(HsaIdError::NoSuffix);
        }
        match suffix.chars().find(|it| !it.is_ascii_alphanumeric()) {
            Some(character) => Err(HsaIdError::Character(character)),
            None => Ok(Self(text)),
        }
    }
}

impl fmt::Display for HsaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for HsaId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
