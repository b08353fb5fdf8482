//! `arende deadline`: one line for each time, or the days that led there.

use crate::running::arende;

#[test]
fn one_line_for_each_time_in_the_order_given() {
    let times = ["2026-04-02T16:30:00+02:00", "2026-03-27T23:59:59+01:00", "2026-03-02T09:00:00Z"];
    let ran = arende(&[&["deadline"][..], &times].concat());
    // Easter; across the change to summer time; an ordinary Monday.
    let due = "2026-04-09T00:00:00+02:00\n2026-04-01T00:00:00+02:00\n2026-03-05T00:00:00+01:00\n";
    assert_eq!((ran.code, &*ran.out), (0, due));
}

#[test]
fn policy_and_days_can_be_chosen() {
    let ran =
        arende(&["deadline", "--policy", "OFFICE_1700", "--days", "1", "2026-03-02T09:00:00Z"]);
    assert_eq!((ran.code, &*ran.out), (0, "2026-03-03T17:00:00+01:00\n"));
    let ran = arende(&["deadline", "--policy", "EOD_SAT", "2026-03-06T09:00:00Z"]);
    assert_eq!((ran.code, &*ran.out), (0, "2026-03-10T00:00:00+01:00\n"));
}

#[test]
fn an_explanation_names_each_day_and_why_it_counted_or_not() {
    let ran = arende(&["deadline", "--explain", "2026-04-02T16:30:00+02:00"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    // Thursday before Easter: Good Friday to Easter Monday do not count.
    let days = [
        "2026-04-02",
        "2026-04-03",
        "2026-04-04",
        "2026-04-05",
        "2026-04-06",
        "2026-04-07",
        "2026-04-08",
    ];
    for day in days {
        assert!(ran.out.contains(day), "no {day} in\n{}", ran.out);
    }
    for why in ["Good Friday", "Easter Monday", "day 1", "day 2"] {
        assert!(ran.out.to_lowercase().contains(&why.to_lowercase()), "no {why} in\n{}", ran.out);
    }
    assert!(!ran.out.contains("2026-04-10"), "{}", ran.out);
}

#[test]
fn a_time_that_cannot_be_reckoned_prints_nothing_else() {
    let ran = arende(&["deadline", "2026-03-02T09:00:00Z", "1989-12-31T09:00:00Z"]);
    let error = ran.error();
    assert!(error.starts_with("failed to reckon the deadline of 1989-12-31"), "{error}");
    let ran = arende(&["deadline", "2026-03-02"]);
    assert!(ran.code == 2 && ran.err.contains("not a time such as 2026-04-02T16"), "{ran:?}");
    assert_eq!(arende(&["deadline", "--days", "0", "2026-03-02T09:00:00Z"]).code, 2);
    assert_eq!(arende(&["deadline", "--policy", "SOON", "2026-03-02T09:00:00Z"]).code, 2);
}
