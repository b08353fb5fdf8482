//! How instants are stored: whole milliseconds since 1970, UTC; RFC 3339 where people read.
//!
//! Use as `#[serde(with = "time::ms")]`; a day as `#[serde(with = "time::day")]`.

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

/// An instant, or none.
pub mod opt_ms {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Ms(#[serde(with = "super::ms")] Timestamp);

    /// As [`ms`](super::ms), after one byte that says whether there is one.
    pub fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(Ms).serialize(serializer)
    }

    /// The other way.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<Ms>::deserialize(deserializer)?.map(|Ms(time)| time))
    }
}

/// A day of the calendar, or none.
pub mod opt_day {
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Day(#[serde(with = "super::day")] Date);

    /// As [`day`](super::day), after one byte that says whether there is one.
    pub fn serialize<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        day.map(Day).serialize(serializer)
    }

    /// The other way.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Date>, D::Error> {
        Ok(Option::<Day>::deserialize(deserializer)?.map(|Day(day)| day))
    }
}

/// A day of the calendar.
pub mod day {
    use jiff::{Span, civil::Date};
    use serde::{
        Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _,
    };

    const FIRST: Date = Date::constant(1970, 1, 1);

    /// As text for people, as `i32` days since 1970-01-01 for the log.
    pub fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            day.serialize(serializer)
        } else {
            let days = day.duration_since(FIRST).as_hours() / 24;
            serializer.serialize_i32(i32::try_from(days).map_err(S::Error::custom)?)
        }
    }

    /// The other way.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        if deserializer.is_human_readable() {
            Date::deserialize(deserializer)
        } else {
            let days = i32::deserialize(deserializer)?;
            let days = Span::new().try_days(days).map_err(D::Error::custom)?;
            FIRST.checked_add(days).map_err(D::Error::custom)
        }
    }
}
