//! Local time in Sweden, by the IANA data compiled in: the machine's zone and its files are not
//! asked.

use std::sync::LazyLock;

use jiff::{
    Timestamp, Zoned,
    civil::{Date, DateTime},
    tz::{TimeZone, TimeZoneDatabase},
};

#[expect(clippy::expect_used, reason = "the data is compiled in, and a test reads it")]
static STOCKHOLM: LazyLock<TimeZone> = LazyLock::new(|| {
    TimeZoneDatabase::bundled().get("Europe/Stockholm").expect("the zone is compiled in")
});

/// The time in Europe/Stockholm, with its offset.
pub fn local_time(at: Timestamp) -> Zoned {
    at.to_zoned(STOCKHOLM.clone())
}

/// The date in Europe/Stockholm.
pub fn local_date(at: Timestamp) -> Date {
    local(at).date()
}

/// The local midnight that starts `date`, in Europe/Stockholm.
///
/// A date some thousand years off that no timestamp can express gives the nearest timestamp.
pub fn start_of_day(date: Date) -> Timestamp {
    timestamp(date.to_datetime(jiff::civil::Time::midnight()))
}

/// The local midnight that ends `date`: the start of the day after.
pub(super) fn end_of_day(date: Date) -> Timestamp {
    date.tomorrow().map_or(Timestamp::MAX, start_of_day)
}

/// The hour of the week in Europe/Stockholm: 0 is Monday 00–01, 167 is Sunday 23–24.
pub fn hour_of_week(at: Timestamp) -> u8 {
    let local = local(at);
    let hours = i16::from(local.weekday().to_monday_zero_offset()) * 24 + i16::from(local.hour());
    u8::try_from(hours).unwrap_or(0)
}

pub(super) fn local(at: Timestamp) -> DateTime {
    STOCKHOLM.to_datetime(at)
}

/// The instant of a local time. In the spring gap the clock time an hour later is meant, in the
/// autumn fold the first of the two; both fall on Sunday mornings.
pub(super) fn timestamp(local: DateTime) -> Timestamp {
    STOCKHOLM.to_ambiguous_timestamp(local).compatible().unwrap_or(if local.year() < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}
