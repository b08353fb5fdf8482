//! The rules a deadline can be reckoned by.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A rule for working days and for the hour of the last one. Stored: the order is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// The default: until the midnight that ends the last day.
    Eod,
    /// Until 17:00 on the last day.
    #[serde(rename = "office_1700")]
    Office1700,
    /// The same clock time on the last day. What comes on a day that does not work counts as
    /// received at 00:00 on the next that does.
    SameTime,
    /// As [`Policy::Eod`], and Saturdays work unless they are holidays or one of the three eves.
    EodSat,
    /// As [`Policy::Eod`], and the three eves work when they fall on Monday to Friday.
    EodNoeves,
}

impl Policy {
    /// Every policy, the default first.
    pub const ALL: [Self; 5] =
        [Self::Eod, Self::Office1700, Self::SameTime, Self::EodSat, Self::EodNoeves];

    /// The short name, such as `EOD`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Eod => "EOD",
            Self::Office1700 => "OFFICE_1700",
            Self::SameTime => "SAME_TIME",
            Self::EodSat => "EOD_SAT",
            Self::EodNoeves => "EOD_NOEVES",
        }
    }

    /// The name with country and edition, such as `SE-EOD-1`: what statistics and reports quote.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Eod => "SE-EOD-1",
            Self::Office1700 => "SE-OFFICE-1700-1",
            Self::SameTime => "SE-SAME-TIME-1",
            Self::EodSat => "SE-EOD-SAT-1",
            Self::EodNoeves => "SE-EOD-NOEVES-1",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// A policy that is not one of ours.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{text}` is not a deadline policy; choose EOD, OFFICE_1700, SAME_TIME, EOD_SAT or EOD_NOEVES"
)]
pub struct ParsePolicyError {
    text: String,
}

impl FromStr for Policy {
    type Err = ParsePolicyError;

    /// Reads a code or an id, upper or lower case.
    fn from_str(text: &str) -> Result<Self, ParsePolicyError> {
        Self::ALL
            .into_iter()
            .find(|it| text.eq_ignore_ascii_case(it.code()) || text.eq_ignore_ascii_case(it.id()))
            .ok_or_else(|| ParsePolicyError { text: text.chars().take(64).collect() })
    }
}
