//! What a caseworker reads who asks why.

use crate::deadline::{Policy, explain};

#[track_caller]
fn check(received_at: &str, working_days: u8, policy: Policy, expected: &str) {
    let explanation = explain(received_at.parse().unwrap(), working_days, policy).unwrap();
    assert_eq!(explanation.to_string(), expected.trim_matches('\n'), "\n{explanation}\n");
}

#[test]
fn a_saturday_night_counts_from_monday() {
    check(
        "2026-09-05T23:30:00+02:00",
        2,
        Policy::Eod,
        "
Received Saturday 2026-09-05 23:30, Swedish time; 2 working days to answer.
Policy SE-EOD-1, calendar 1: until midnight at the end of the last day.

  2026-09-05  Saturday   day 0   received, a Saturday; counting starts the day after
  2026-09-06  Sunday     –       not counted: a Sunday
  2026-09-07  Monday     day 1   working day
  2026-09-08  Tuesday    day 2   working day; the last day to answer

To be answered by the end of Tuesday 2026-09-08: due before Wednesday 2026-09-09 00:00.
",
    );
}

#[test]
fn easter_is_four_days_and_maundy_thursday_is_none_of_them() {
    check(
        "2026-04-01T16:30:00+02:00",
        2,
        Policy::Office1700,
        "
Received Wednesday 2026-04-01 16:30, Swedish time; 2 working days to answer.
Policy SE-OFFICE-1700-1, calendar 1: until 17:00 on the last day.

  2026-04-01  Wednesday  day 0   received; counting starts the day after
  2026-04-02  Thursday   day 1   working day: Maundy Thursday (Skärtorsdagen) is no holiday
  2026-04-03  Friday     –       not counted: public holiday, Good Friday (Långfredagen)
  2026-04-04  Saturday   –       not counted: a Saturday
  2026-04-05  Sunday     –       not counted: public holiday, Easter Sunday (Påskdagen)
  2026-04-06  Monday     –       not counted: public holiday, Easter Monday (Annandag påsk)
  2026-04-07  Tuesday    day 2   working day; the last day to answer

Due before Tuesday 2026-04-07 17:00.
",
    );
}

#[test]
fn midsummer_waits_for_monday_where_the_clock_time_counts() {
    check(
        "2026-06-19T10:00:00+02:00",
        1,
        Policy::SameTime,
        "
Received Friday 2026-06-19 10:00, Swedish time; 1 working day to answer.
Policy SE-SAME-TIME-1, calendar 1: until the same clock time on the last day.

  2026-06-19  Friday     –       received, Midsummer Eve (Midsommarafton), free by custom; waits for a working day
  2026-06-20  Saturday   –       not counted: public holiday, Midsummer Day (Midsommardagen)
  2026-06-21  Sunday     –       not counted: a Sunday
  2026-06-22  Monday     day 0   working day; counts as received at 00:00
  2026-06-23  Tuesday    day 1   working day; due as it starts

Due before Tuesday 2026-06-23 00:00.
",
    );
}

#[test]
fn a_day_that_counts_by_one_policy_alone_says_so() {
    check(
        "2026-12-23T23:59:59+01:00",
        1,
        Policy::EodNoeves,
        "
Received Wednesday 2026-12-23 23:59:59, Swedish time; 1 working day to answer.
Policy SE-EOD-NOEVES-1, calendar 1: until midnight at the end of the last day, the three eves count.

  2026-12-23  Wednesday  day 0   received; counting starts the day after
  2026-12-24  Thursday   day 1   working day: Christmas Eve (Julafton) counts by SE-EOD-NOEVES-1; the last day to answer

To be answered by the end of Thursday 2026-12-24: due before Friday 2026-12-25 00:00.
",
    );
    check(
        "2026-09-04T12:00:00+02:00",
        1,
        Policy::EodSat,
        "
Received Friday 2026-09-04 12:00, Swedish time; 1 working day to answer.
Policy SE-EOD-SAT-1, calendar 1: until midnight at the end of the last day, Saturdays count.

  2026-09-04  Friday     day 0   received; counting starts the day after
  2026-09-05  Saturday   day 1   working day: Saturdays count by SE-EOD-SAT-1; the last day to answer

To be answered by the end of Saturday 2026-09-05: due before Sunday 2026-09-06 00:00.
",
    );
}
