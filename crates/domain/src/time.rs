//! How instants are stored: whole milliseconds since 1970, UTC; RFC 3339 where people read.
//!
//! Use as `#[serde(with = "time::ms")]`.

use jiff::Timestamp;

/// `timestamp` without what is finer than a millisecond, the unit of every stored instant.
#[must_use]
pub fn whole_ms(timestamp: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(timestamp.as_millisecond()).unwrap_or(timestamp)
}

/// An instant.
pub mod ms {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

    /// As text for people, as `i64` milliseconds for the log.
    pub fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            time.serialize(serializer)
        } else {
            serializer.serialize_i64(time.as_millisecond())
        }
    }

    /// The other way.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        if deserializer.is_human_readable() {
            Timestamp::deserialize(deserializer)
        } else {
            let ms = i64::deserialize(deserializer)?;
            Timestamp::from_millisecond(ms).map_err(D::Error::custom)
        }
    }
}
