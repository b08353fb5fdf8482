//! How instants, days, spans and log positions look on the wire.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use domain::time::whole_ms;
use jiff::{SignedDuration, Timestamp, civil, tz::Offset};

/// An instant, in whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateTime(pub(crate) Timestamp);

/// An instant, RFC 3339, such as `2026-03-02T08:00:00.000Z`. Given in UTC with milliseconds; taken
/// with any offset, and what is finer than a millisecond is left out.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        match text.parse() {
            Ok(at) => Ok(Self(whole_ms(at))),
            Err(_) => Err(not_a("an instant such as 2026-03-02T08:00:00Z")),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(text_of(self.0))
    }
}

/// The instant in UTC, with milliseconds always, so that texts sort as times do.
pub(crate) fn text_of(at: Timestamp) -> String {
    let utc = Offset::UTC.to_datetime(at);
    let (date, ms) = (utc.date(), utc.subsec_nanosecond() / 1_000_000);
    format!("{date}T{:02}:{:02}:{:02}.{ms:03}Z", utc.hour(), utc.minute(), utc.second())
}

/// A local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date(pub(crate) civil::Date);

/// A day in the calendar of Europe/Stockholm, such as `2026-03-02`.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        // A time beside the date is refused: it would be dropped without a word.
        match text.parse() {
            Ok(date) if text.len() == "2026-03-02".len() => Ok(Self(date)),
            _ => Err(not_a("a day such as 2026-03-02")),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A span of calendar time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Duration(pub(crate) SignedDuration);

/// A span of calendar time, ISO 8601, in hours, minutes and seconds, such as `PT49H30M`.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#appendix-A")]
impl ScalarType for Duration {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        text.parse().map(Self).map_err(|_| not_a("a span such as PT49H30M"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position(pub(crate) domain::Position);

/// A place in the log of events: a whole number from 0 to 2⁶⁴−1, as text, since it may be larger
/// than a client's numbers. 0 is before the first commit.
#[Scalar(specified_by_url = "https://www.w3.org/TR/xmlschema11-2/#unsignedLong")]
impl ScalarType for Position {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        match text.parse() {
            Ok(n) if text.bytes().all(|it| it.is_ascii_digit()) => {
                Ok(Self(domain::Position::new(n)))
            }
            _ => Err(not_a("a position such as \"4711\"")),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

fn not_a<T: async_graphql::InputType>(what: &str) -> InputValueError<T> {
    InputValueError::custom(format!("not {what}"))
}

impl From<Timestamp> for DateTime {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

impl From<SignedDuration> for Duration {
    fn from(span: SignedDuration) -> Self {
        Self(span)
    }
}

impl From<domain::Position> for Position {
    fn from(position: domain::Position) -> Self {
        Self(position)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{ScalarType, Value};
    use jiff::SignedDuration;

    use super::{Date, DateTime, Duration, Position};

    fn read<T: ScalarType>(text: &str) -> Option<String> {
        let value = T::parse(Value::from(text)).ok()?.to_value();
        value.into_json().ok()?.as_str().map(str::to_owned)
    }

    #[test]
    fn an_instant_is_given_in_utc_with_milliseconds() {
        for (text, expected) in [
            ("2026-03-02T09:00:00+01:00", Some("2026-03-02T08:00:00.000Z")),
            ("2026-03-02T08:00:00.1239Z", Some("2026-03-02T08:00:00.123Z")),
            ("1969-12-31T23:59:59.5Z", Some("1969-12-31T23:59:59.500Z")),
            ("2026-03-02T08:00:00", None),
            ("2026-03-02", None),
        ] {
            assert_eq!(read::<DateTime>(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_day_has_no_time() {
        assert_eq!(read::<Date>("2026-03-02").as_deref(), Some("2026-03-02"));
        assert_eq!(read::<Date>("2026-03-02T09:00:00"), None);
        assert_eq!(read::<Date>("2026-02-30"), None);
    }

    #[test]
    fn a_span_is_in_hours_and_below() {
        let span = Duration(SignedDuration::from_mins(49 * 60 + 30)).to_value();
        assert_eq!(span, Value::from("PT49H30M"));
    }

    #[test]
    fn a_position_is_digits_alone() {
        assert_eq!(
            read::<Position>("18446744073709551615").as_deref(),
            Some("18446744073709551615")
        );
        for text in ["", "-1", "+1", "1.0", "18446744073709551616"] {
            assert_eq!(read::<Position>(text), None, "{text}");
        }
        assert!(Position::parse(Value::from(7)).is_err());
    }
}
