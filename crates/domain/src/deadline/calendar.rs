//! What kind of day each date is in Sweden.
//!
//! Public holidays are those of lag (1989:253): computed, so that no list runs out. The edition
//! is [`CALENDAR_VERSION`](super::CALENDAR_VERSION); it changes when a law does.
//!
//! Bridge days (klämdagar) and half-days such as Maundy Thursday (skärtorsdag) are working days:
//! they have names, for explanations, and no kind of their own.

use std::fmt;

use jiff::civil::{Date, Weekday};

use super::Policy;

/// What kind of day a date is. A date that is two kinds is the first that fits of public holiday,
/// eve, Sunday, Saturday, working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Day {
    /// Monday to Friday, and nothing else.
    Working,
    /// A plain Saturday.
    Saturday,
    /// A plain Sunday.
    Sunday,
    /// A public holiday (allmän helgdag), on whatever day of the week.
    PublicHoliday(Name),
    /// Midsommarafton, julafton or nyårsafton, on whatever day of the week: no holiday in law,
    /// and yet nobody works.
    Eve(Name),
}

/// The name of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name {
    /// In Swedish.
    pub sv: &'static str,
    /// In English.
    pub en: &'static str,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.en, self.sv)
    }
}

/// What kind of day `date` is, by the law as it stood that year, from 1990 on.
pub fn day(date: Date) -> Day {
    if let Some(name) = public_holiday(date) {
        return Day::PublicHoliday(name);
    }
    if let Some(name) = eve(date) {
        return Day::Eve(name);
    }
    match date.weekday() {
        Weekday::Sunday => Day::Sunday,
        Weekday::Saturday => Day::Saturday,
        _ => Day::Working,
    }
}

/// Whether `date` counts under `policy`.
pub fn is_working(date: Date, policy: Policy) -> bool {
    match day(date) {
        Day::Working => true,
        Day::Saturday => policy == Policy::EodSat,
        Day::Eve(_) => policy == Policy::EodNoeves && !is_weekend(date),
        Day::Sunday | Day::PublicHoliday(_) => false,
    }
}

pub(super) fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn public_holiday(date: Date) -> Option<Name> {
    let (year, weekday) = (date.year(), date.weekday());
    let (sv, en) = match (date.month(), date.day()) {
        (1, 1) => ("Nyårsdagen", "New Year's Day"),
        (1, 6) => ("Trettondedag jul", "Epiphany"),
        (5, 1) => ("Första maj", "May Day"),
        (6, 6) if year >= 2005 => ("Nationaldagen", "National Day"),
        (6, 20..=26) if weekday == Weekday::Saturday => ("Midsommardagen", "Midsummer Day"),
        (10, 31) | (11, 1..=6) if weekday == Weekday::Saturday => {
            ("Alla helgons dag", "All Saints' Day")
        }
        (12, 25) => ("Juldagen", "Christmas Day"),
        (12, 26) => ("Annandag jul", "Boxing Day"),
        _ => match days_after_easter(date) {
            -2 => ("Långfredagen", "Good Friday"),
            0 => ("Påskdagen", "Easter Sunday"),
            1 => ("Annandag påsk", "Easter Monday"),
            39 => ("Kristi himmelsfärdsdag", "Ascension Day"),
            49 => ("Pingstdagen", "Whit Sunday"),
            50 if year <= 2004 => ("Annandag pingst", "Whit Monday"),
            _ => return None,
        },
    };
    Some(Name { sv, en })
}

fn eve(date: Date) -> Option<Name> {
    let (sv, en) = match (date.month(), date.day()) {
        (6, 19..=25) if date.weekday() == Weekday::Friday => ("Midsommarafton", "Midsummer Eve"),
        (12, 24) => ("Julafton", "Christmas Eve"),
        (12, 31) => ("Nyårsafton", "New Year's Eve"),
        _ => return None,
    };
    Some(Name { sv, en })
}

/// How many days after Easter Sunday of its year `date` falls; negative before it.
///
/// Easter is the Sunday after the full moon of the Gregorian church reckoning. The moon's date
/// comes from the year's place in its cycle of 19 and from what the centuries shift; the weekday
/// of the moon is found by counting from `date`.
pub(super) fn days_after_easter(date: Date) -> i32 {
    let year = i32::from(date.year());
    let (century, golden) = (year.div_euclid(100), year.rem_euclid(19));
    let shift = 15 + century - century.div_euclid(4) - (8 * century + 13).div_euclid(25);
    let age = (19 * golden + shift).rem_euclid(30);
    // No two years of one cycle may share a full moon, and none may be later than 18 April.
    let after_21_march = age - i32::from(age == 29 || (age == 28 && golden > 10));

    let today = i32::from(date.day_of_year());
    let full_moon = 80 + i32::from(date.in_leap_year()) + after_21_march;
    let weekday = i32::from(date.weekday().to_sunday_zero_offset()) + full_moon - today;
    let easter = full_moon + 7 - weekday.rem_euclid(7);
    today - easter
}

/// The name of a working day that many take for a holiday; none for any other date.
pub(super) fn doubtful(date: Date) -> Option<Name> {
    if day(date) != Day::Working {
        return None;
    }
    let (sv, en) = match (date.month(), date.day()) {
        (1, 5) => ("Trettondagsafton", "Twelfth Night"),
        (4, 30) => ("Valborgsmässoafton", "Walpurgis Eve"),
        (10, 30) | (11, 1..=5) if date.weekday() == Weekday::Friday => {
            ("Allhelgonaafton", "All Saints' Eve")
        }
        _ if days_after_easter(date) == -3 => ("Skärtorsdagen", "Maundy Thursday"),
        _ if is_free(date.yesterday().ok()?) && is_free(date.tomorrow().ok()?) => {
            ("klämdag", "a bridge day")
        }
        _ => return None,
    };
    return Some(Name { sv, en });

    fn is_free(date: Date) -> bool {
        day(date) != Day::Working
    }
}
