//! Names for things: 128 bits, sortable by the time they were made, with a prefix for people.
//!
//! Written as `case_01JQ7Y3RSB9W1T5N4Q0Z0C2XKM`. An id below 2⁶⁴, as tests and fixtures make them
//! by hand, is written short: `case_7`. Each id has one spelling, so that text can be compared.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;
use ulid::Ulid;

/// An id that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not {expected}, such as `{prefix}_01JQ7Y3RSB9W1T5N4Q0Z0C2XKM`")]
pub struct ParseIdError {
    text: String,
    expected: &'static str,
    prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal $expected:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// What its text form starts with, before the underscore.
            pub const PREFIX: &str = $prefix;

            /// The id with these 128 bits.
            pub const fn new(bits: u128) -> Self {
                Self(bits)
            }

            /// The id's 128 bits.
            pub const fn get(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&write($prefix, self.0))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                read($prefix, text).map(Self).ok_or_else(|| ParseIdError {
                    text: text.chars().take(64).collect(),
                    expected: $expected,
                    prefix: $prefix,
                })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_u128(self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
                } else {
                    u128::deserialize(deserializer).map(Self)
                }
            }
        }
    )*};
}

ids! {
    /// One case (ärende): one thread, from first message to close.
    CaseId "case" "a case id";
    /// A care unit (vårdenhet, mottagning).
    UnitId "unit" "a care unit id";
    /// A division (förvaltning) of a region.
    DivisionId "division" "a division id";
    /// A region: the tenant.
    RegionId "region" "a region id";
    /// A care provider (vårdgivare in law): the responsible organisation, never a person.
    CareProviderId "provider" "a care provider id";
    /// A member of staff.
    StaffId "staff" "a staff id";
    /// A resident (invånare).
    ResidentId "resident" "a resident id";
    /// A case type (ärendetyp).
    CaseTypeId "type" "a case type id";
    /// One message or note within a case.
    MessageId "message" "a message id";
    /// One file that goes with a message (bilaga).
    AttachmentId "attachment" "an attachment id";
    /// One bulk distribution: many cases given with one request.
    DistributionId "distribution" "a distribution id";
    /// A stream of the access log (åtkomstlogg).
    AccessId "access" "an access log id";
}

const LETTERS: usize = ulid::ULID_LEN;

fn write(prefix: &str, bits: u128) -> String {
    let text = Ulid(bits).to_string();
    let short = if bits <= u128::from(u64::MAX) {
        let digits = text.trim_start_matches('0');
        if digits.is_empty() { "0" } else { digits }
    } else {
        &text
    };
    format!("{prefix}_{short}")
}

/// The one spelling of an id, read back; anything else is none.
fn read(prefix: &str, text: &str) -> Option<u128> {
    let digits = text.strip_prefix(prefix)?.strip_prefix('_')?;
    if digits.is_empty() || digits.len() > LETTERS {
        return None;
    }
    let bits = Ulid::from_string(&format!("{digits:0>LETTERS$}")).ok()?.0;
    (write(prefix, bits) == text).then_some(bits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::CaseId;

    #[test]
    fn an_id_made_by_hand_is_short() {
        assert_eq!(CaseId::new(0).to_string(), "case_0");
        assert_eq!(CaseId::new(7).to_string(), "case_7");
        assert_eq!(CaseId::new(1 << 64).to_string(), "case_0000000000000G000000000000");
    }

    #[test]
    fn an_id_has_one_spelling() {
        for text in [
            "case_07",
            "case_",
            "case",
            "unit_7",
            "case_i",
            "case_7 ",
            "CASE_7",
            "case_ö",
            "case_8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        ] {
            assert!(text.parse::<CaseId>().is_err(), "{text}");
        }
        assert_eq!(
            "unit_7".parse::<CaseId>().unwrap_err().to_string(),
            "`unit_7` is not a case id, such as `case_01JQ7Y3RSB9W1T5N4Q0Z0C2XKM`"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bits: u128, shift in 0_u32..128) {
            let id = CaseId::new(bits >> shift);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(serde_json::from_str::<CaseId>(&json).unwrap(), id);
        }
    }
}
