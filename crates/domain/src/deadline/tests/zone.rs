//! Local time is Sweden's, wherever the machine stands.

use std::{env, process::Command};

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, date},
};

use crate::deadline::{hour_of_week, local_date, start_of_day};

#[test]
fn the_machines_zone_changes_nothing() {
    // The same worked cases in a process of their own, which is told to be somewhere else.
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "no such zone"] {
        let worked_cases = "deadline::tests::every_worked_case_is_due_when_it_says";
        let run = Command::new(env::current_exe().unwrap())
            .args(["--exact", worked_cases])
            .env("TZ", zone)
            .env("TZDIR", "/nonexistent")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success(), "{zone}: {said}");
        assert!(said.contains("1 passed"), "{zone}: {said}");
    }
}

#[test]
fn the_local_date_changes_at_swedish_midnight() {
    for (at, on) in [
        ("2026-01-14T22:59:59.999Z", date(2026, 1, 14)),
        ("2026-01-14T23:00:00Z", date(2026, 1, 15)),
        ("2026-07-14T21:59:59.999Z", date(2026, 7, 14)),
        ("2026-07-14T22:00:00Z", date(2026, 7, 15)),
        ("2099-07-14T22:00:00Z", date(2099, 7, 15)),
    ] {
        assert_eq!(local_date(at.parse().unwrap()), on, "{at}");
    }
}

#[test]
fn a_day_starts_at_local_midnight_and_lasts_until_the_next() {
    let mut short = 0;
    let mut long = 0;
    for date in date(1990, 1, 1).series(1.day()).take_while(|it| it.year() <= 2100) {
        let start = start_of_day(date);
        let end = start_of_day(date.tomorrow().unwrap());
        assert_eq!(local_date(start), date);
        assert_eq!(local_date(end - SignedDuration::from_millis(1)), date);
        match end.duration_since(start).as_hours() {
            23 => short += 1,
            25 => long += 1,
            hours => assert_eq!(hours, 24, "{date}"),
        }
    }
    assert_eq!((short, long), (111, 111), "one of each a year");
}

#[test]
fn the_ends_of_time_have_a_day_too() {
    assert_eq!(start_of_day(Date::MAX), Timestamp::MAX);
    assert_eq!(start_of_day(Date::MIN), Timestamp::MIN);
}

#[test]
fn the_week_starts_on_monday_at_midnight() {
    for (at, hour) in [
        ("2026-03-02T00:00:00+01:00", 0),
        ("2026-03-02T00:59:59.999+01:00", 0),
        ("2026-03-02T01:00:00+01:00", 1),
        ("2026-03-03T00:00:00+01:00", 24),
        ("2026-03-07T23:30:00+01:00", 5 * 24 + 23),
        ("2026-03-08T23:59:59+01:00", 167),
        ("2026-03-08T23:00:00Z", 0),
        ("2026-07-12T22:00:00Z", 0),
        ("2026-10-25T02:30:00+02:00", 6 * 24 + 2),
        ("2026-10-25T02:30:00+01:00", 6 * 24 + 2),
        ("2026-03-29T03:00:00+02:00", 6 * 24 + 3),
    ] {
        assert_eq!(hour_of_week(at.parse().unwrap()), hour, "{at}");
    }
}
