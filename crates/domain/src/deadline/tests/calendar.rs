//! The calendar against a list of twenty years, and against another reckoning for all others.

use std::collections::BTreeMap;

use jiff::{
    ToSpan,
    civil::{Date, Weekday, date},
};

use crate::deadline::{
    Policy,
    calendar::{Day, day, days_after_easter, doubtful, is_working},
};

/// Columns: date, name, kind; Monday to Friday alone, 2015–2035.
const HOLIDAYS: &str = include_str!("../../../data/se_holidays.csv");

#[test]
fn every_listed_holiday_is_one_and_no_other_weekday_is() {
    let mut listed = BTreeMap::new();
    for line in HOLIDAYS.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [date, name, kind] = fields[..] else { panic!("not three fields: {line}") };
        listed.insert(date.parse::<Date>().unwrap(), (name, kind));
    }
    assert_eq!(listed.len(), 202);

    for date in dates(2015, 2035) {
        let found = match day(date) {
            Day::PublicHoliday(name) => Some((name.sv, "public_holiday")),
            Day::Eve(name) => Some((name.sv, "de_facto")),
            Day::Working | Day::Saturday | Day::Sunday => None,
        };
        if is_weekend(date) {
            assert!(!is_working(date, Policy::Eod), "{date}");
        } else {
            assert_eq!(found, listed.get(&date).copied(), "{date}");
            assert_eq!(is_working(date, Policy::Eod), found.is_none(), "{date}");
        }
    }
}

#[test]
fn every_year_has_the_holidays_of_the_law() {
    for year in 1990..=2100 {
        let easter = easter(year);
        let midsummer = saturday_from(date(year, 6, 20));
        let mut lawful = vec![
            date(year, 1, 1),
            date(year, 1, 6),
            easter - 2.days(),
            easter,
            easter + 1.day(),
            date(year, 5, 1),
            easter + 39.days(),
            easter + 49.days(),
            midsummer,
            saturday_from(date(year, 10, 31)),
            date(year, 12, 25),
            date(year, 12, 26),
        ];
        lawful.push(if year < 2005 { easter + 50.days() } else { date(year, 6, 6) });
        lawful.sort();
        lawful.dedup();
        assert_eq!(found(year, |it| matches!(it, Day::PublicHoliday(_))), lawful);

        let eves = [midsummer - 1.day(), date(year, 12, 24), date(year, 12, 31)];
        assert_eq!(found(year, |it| matches!(it, Day::Eve(_))), eves);
    }

    fn found(year: i16, is_kind: impl Fn(Day) -> bool) -> Vec<Date> {
        dates(year, year).filter(|date| is_kind(day(*date))).collect()
    }

    fn saturday_from(date: Date) -> Date {
        dates(date.year(), date.year())
            .find(|it| *it >= date && it.weekday() == Weekday::Saturday)
            .unwrap()
    }
}

#[test]
fn easter_is_where_almanacs_have_it() {
    // The earliest and latest of our years, and the two rules for a full moon that is too late.
    for easter in
        ["1990-04-15", "2008-03-23", "2026-04-05", "2038-04-25", "2049-04-18", "2076-04-19"]
    {
        let easter: Date = easter.parse().unwrap();
        assert_eq!(days_after_easter(easter), 0, "{easter}");
        assert_eq!(days_after_easter(easter + 50.days()), 50);
        assert_eq!(days_after_easter(easter - 48.days()), -48);
    }
}

#[test]
fn easter_agrees_with_the_other_reckoning_for_twenty_centuries() {
    for year in 1753..=3752 {
        assert_eq!(days_after_easter(easter(year)), 0, "{year}");
    }
}

#[test]
fn the_national_day_came_in_2005_and_whit_monday_went() {
    let name = |date: Date| match day(date) {
        Day::PublicHoliday(name) => Some(name.sv),
        _ => None,
    };
    assert_eq!(name(date(2004, 6, 6)), None);
    assert_eq!(name(date(2005, 6, 6)), Some("Nationaldagen"));
    assert_eq!(name(date(2004, 5, 31)), Some("Annandag pingst"));
    assert_eq!(name(date(2005, 5, 16)), None);
}

#[test]
fn policies_differ_in_saturdays_and_eves_alone() {
    for date in dates(1990, 2100) {
        let eod = is_working(date, Policy::Eod);
        for policy in [Policy::Office1700, Policy::SameTime] {
            assert_eq!(is_working(date, policy), eod, "{date} {policy}");
        }
        let plain_saturday = day(date) == Day::Saturday;
        assert_eq!(is_working(date, Policy::EodSat), eod || plain_saturday, "{date}");
        let weekday_eve = matches!(day(date), Day::Eve(_)) && !is_weekend(date);
        assert_eq!(is_working(date, Policy::EodNoeves), eod || weekday_eve, "{date}");
    }
    assert!(is_working(date(2026, 4, 4), Policy::EodSat), "Easter Eve is a Saturday like others");
    assert!(!is_working(date(2026, 10, 31), Policy::EodSat), "All Saints' Day is a holiday");
    assert!(!is_working(date(2022, 12, 24), Policy::EodSat), "an eve on a Saturday");
    assert!(!is_working(date(2022, 12, 24), Policy::EodNoeves), "a Saturday with an eve on it");
    assert!(is_working(date(2026, 12, 24), Policy::EodNoeves));
}

#[test]
fn days_many_take_for_holidays_are_named_and_work() {
    for (date, sv) in [
        (date(2026, 4, 2), "Skärtorsdagen"),
        (date(2026, 4, 30), "Valborgsmässoafton"),
        (date(2026, 1, 5), "Trettondagsafton"),
        (date(2026, 10, 30), "Allhelgonaafton"),
        (date(2026, 5, 15), "klämdag"),
    ] {
        assert_eq!(doubtful(date).map(|it| it.sv), Some(sv));
        assert!(is_working(date, Policy::Eod), "{date}");
    }
    assert_eq!(doubtful(date(2026, 9, 8)), None);
    assert_eq!(doubtful(date(2027, 4, 30)).unwrap().en, "Walpurgis Eve");
    assert_eq!(doubtful(date(2028, 4, 30)), None, "a Sunday needs no word");
}

fn dates(first: i16, last: i16) -> impl Iterator<Item = Date> {
    date(first, 1, 1).series(1.day()).take_while(move |it| it.year() <= last)
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Easter Sunday by Meeus, *Astronomical Algorithms*, chapter 8.
#[expect(clippy::many_single_char_names, reason = "the book's letters")]
fn easter(year: i16) -> Date {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    date(year, i8::try_from(n / 31).unwrap(), i8::try_from(n % 31 + 1).unwrap())
}
