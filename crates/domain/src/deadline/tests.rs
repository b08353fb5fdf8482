//! Worked cases first, then what must hold of every deadline.

mod calendar;
mod explanation;
mod zone;

use jiff::{SignedDuration, Timestamp, civil::Time};
use proptest::prelude::*;

use super::{
    Deadline, FIRST_DAY, LAST_DAY, OutsideCalendar, Policy, WORKING_DAYS_MAX, calendar::is_working,
    explain, local_date, start_of_day, zone::local,
};

/// Columns: `received_at`, `working_days`, policy, `due_at`, note.
const WORKED_CASES: &str = include_str!("../../data/sla_vectors.csv");

#[test]
fn every_worked_case_is_due_when_it_says() {
    let mut seen = 0;
    for line in WORKED_CASES.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [received_at, working_days, policy, due_at, note] = fields[..] else {
            panic!("not five fields: {line}")
        };
        let due_at: Timestamp = due_at.parse().unwrap();
        let deadline = Deadline::new(
            received_at.parse().unwrap(),
            working_days.parse().unwrap(),
            policy.parse().unwrap(),
        );
        assert_eq!(deadline.unwrap().due_at, due_at, "{received_at} {policy}: {note}");
        seen += 1;
    }
    assert_eq!(seen, 463);
}

proptest! {
    #[test]
    fn who_comes_later_is_never_due_earlier(a in receipt(), after_ms in 0..40 * DAY_MS, n in days(), policy in policy()) {
        let b = a + SignedDuration::from_millis(after_ms);
        prop_assert!(due(a, n, policy) <= due(b, n, policy));
    }

    #[test]
    fn a_day_more_is_a_later_deadline(at in receipt(), n in 1..WORKING_DAYS_MAX, policy in policy()) {
        prop_assert!(due(at, n, policy) < due(at, n + 1, policy));
    }

    #[test]
    fn no_last_day_is_free_from_work(at in receipt(), n in days(), policy in policy()) {
        let due_at = due(at, n, policy);
        let (last, time) = match policy {
            Policy::Office1700 => (local_date(due_at), Time::constant(17, 0, 0, 0)),
            Policy::SameTime if !is_working(local_date(at), policy) => (local_date(due_at), Time::midnight()),
            Policy::SameTime => (local_date(due_at), local(at).time()),
            _ => (local_date(due_at).yesterday().unwrap(), Time::midnight()),
        };
        prop_assert!(is_working(last, policy), "{last}");
        prop_assert_eq!(local(due_at).time(), time);
    }

    #[test]
    fn exactly_the_working_days_given_lie_between(at in receipt(), n in days(), policy in policy()) {
        let due_at = due(at, n, policy);
        let days_end = if policy == Policy::SameTime || policy == Policy::Office1700 {
            start_of_day(local_date(due_at).tomorrow().unwrap())
        } else {
            due_at
        };
        let mut date = local_date(at);
        if policy == Policy::SameTime {
            while !is_working(date, policy) {
                date = date.tomorrow().unwrap();
            }
        }
        let mut working = 0;
        loop {
            date = date.tomorrow().unwrap();
            if start_of_day(date) >= days_end {
                break;
            }
            working += u8::from(is_working(date, policy));
        }
        prop_assert_eq!(working, n);
    }

    #[test]
    fn what_is_explained_is_what_is_reckoned(at in receipt(), n in days(), policy in policy()) {
        let explanation = explain(at, n, policy).unwrap();
        prop_assert_eq!(explanation.deadline, Deadline::new(at, n, policy).unwrap());
        prop_assert_eq!(explanation.days.first().unwrap().date, local_date(at));
        prop_assert_eq!(explanation.days.last().unwrap().number, Some(n));
    }
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Any millisecond that leaves room for the longest deadline before the calendar ends.
fn receipt() -> impl Strategy<Value = Timestamp> {
    let first = start_of_day(FIRST_DAY).as_millisecond();
    let last = start_of_day(LAST_DAY).as_millisecond() - 150 * DAY_MS;
    (first..last).prop_map(|ms| Timestamp::from_millisecond(ms).unwrap())
}

fn days() -> impl Strategy<Value = u8> {
    1..=WORKING_DAYS_MAX
}

fn policy() -> impl Strategy<Value = Policy> {
    prop::sample::select(&Policy::ALL[..])
}

fn due(at: Timestamp, working_days: u8, policy: Policy) -> Timestamp {
    Deadline::new(at, working_days, policy).unwrap().due_at
}

#[test]
fn the_calendar_covers_1990_to_2100_and_not_a_moment_more() {
    let first = start_of_day(FIRST_DAY);
    let ms = SignedDuration::from_millis(1);
    assert_eq!(local_date(due(first, 1, Policy::Eod)).to_string(), "1990-01-03");
    assert_eq!(
        Deadline::new(first - ms, 1, Policy::Eod).unwrap_err().to_string(),
        "received on 1989-12-31, outside the calendar of 1990-01-01 to 2100-12-31"
    );

    // 30 December 2100 is the last Thursday of that year, and New Year's Eve does not count.
    let end = start_of_day("2100-12-30".parse().unwrap());
    assert_eq!(due(end - ms, 1, Policy::Eod), end + SignedDuration::from_hours(24));
    assert_eq!(
        due(end, 1, Policy::EodNoeves),
        start_of_day("2101-01-01".parse().unwrap()),
        "the last midnight there is"
    );
    assert_eq!(
        Deadline::new(end, 1, Policy::Eod).unwrap_err().to_string(),
        "the last of 1 working days after 2100-12-30 is beyond the calendar's end, 2100-12-31"
    );
    let after = start_of_day("2101-01-01".parse().unwrap());
    assert_eq!(
        Deadline::new(after, 1, Policy::Eod),
        Err(OutsideCalendar::Receipt { on: local_date(after) })
    );
}

#[test]
fn a_deadline_has_at_least_one_working_day_and_at_most_sixty() {
    let at = "2026-03-02T09:00:00+01:00".parse().unwrap();
    for working_days in [0, 61, u8::MAX] {
        let refused = OutsideCalendar::WorkingDays { working_days };
        assert_eq!(Deadline::new(at, working_days, Policy::Eod), Err(refused.clone()));
        assert_eq!(explain(at, working_days, Policy::Eod), Err(refused));
    }
    assert!(Deadline::new(at, WORKING_DAYS_MAX, Policy::Eod).is_ok());
    assert_eq!(
        Deadline::new(at, 61, Policy::Eod).unwrap_err().to_string(),
        "a deadline of 61 working days, outside 1 to 60"
    );
}

#[test]
fn a_deadline_is_a_whole_millisecond() {
    let at = "2026-03-02T09:00:00.123456789+01:00".parse().unwrap();
    assert_eq!(
        due(at, 2, Policy::SameTime),
        "2026-03-04T09:00:00.123+01:00".parse::<Timestamp>().unwrap()
    );
}

#[test]
fn a_policy_is_read_by_code_or_id() {
    for policy in Policy::ALL {
        assert_eq!(policy.code().parse(), Ok(policy));
        assert_eq!(policy.id().parse(), Ok(policy));
        assert_eq!(policy.to_string().to_lowercase().parse(), Ok(policy));
        let refusal = "EOD_".parse::<Policy>().unwrap_err().to_string();
        assert!(refusal.contains(policy.code()), "{refusal}");
    }
}

/// The stored form is a promise to every log already written.
#[test]
fn the_stored_form_of_a_deadline_is_fixed() {
    let names = ["eod", "office_1700", "same_time", "eod_sat", "eod_noeves"];
    let dues = ["04T23", "04T16", "04T08", "04T23", "04T23"];
    for ((policy, name), due) in Policy::ALL.into_iter().zip(names).zip(dues) {
        let deadline =
            Deadline::new("2026-03-02T09:00:00+01:00".parse().unwrap(), 2, policy).unwrap();
        let text = format!(
            r#"{{"due_at":"2026-03-{due}:00:00Z","policy":"{name}","calendar_version":1}}"#
        );
        assert_eq!(serde_json::to_string(&deadline).unwrap(), text);
        assert_eq!(serde_json::from_str::<Deadline>(&text).unwrap(), deadline);
    }
}
