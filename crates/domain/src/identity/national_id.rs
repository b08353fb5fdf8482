//! Personnummer and samordningsnummer: twelve digits that say when a person was born.
//!
//! ```text
//!   1981 02 28 238 4        18900161 9809       1985 83 05 238 7
//!   year │  │   │  └ Luhn over the last ten     month + 80: made up, nobody's
//!     month day └ serial: odd for men           day + 60: samordningsnummer
//! ```

use std::fmt;

use jiff::civil::{Date, date};
use thiserror::Error;

use super::{Sex, age_on};

/// What stands before month, day, serial and check digit, counts this many.
const REST: u64 = 100_000_000;
/// What [`NationalIdKind::Samordningsnummer`] adds to the day.
const COORDINATION_DAYS: u64 = 60;
/// What [`NationalIdKind::Synthetic`] adds to the month.
const SYNTHETIC_MONTHS: u64 = 80;
/// How many made-up numbers there are for a birth date and sex.
pub const SYNTHETIC_PER_DAY: u16 = 499;

/// A personal number that has been checked. Prints as dots.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NationalId {
    digits: u64,
    kind: NationalIdKind,
    birth_date: Date,
    sex: Sex,
}

/// Which register a number is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NationalIdKind {
    /// The population register's.
    Personnummer,
    /// A coordination number, for those not in the population register: day + 60.
    Samordningsnummer,
    /// Made up, for demonstrations and tests: month + 80.
    Synthetic,
}

/// Which numbers are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Those that can be a person's.
    Live,
    /// Those, and [`NationalIdKind::Synthetic`].
    Synthetic,
}

/// What is wrong with a personal number. Says where, never which digits.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NationalIdError {
    /// Neither ten digits nor twelve.
    #[error("a personal number has 10 or 12 digits, this one {0}")]
    Length(usize),
    /// Something else than a digit where a digit belongs.
    #[error("character {0} of the personal number is not a digit")]
    NotADigit(usize),
    /// Ten digits, and no separator to tell the century by.
    #[error(
        "a personal number of 10 digits needs - or + before its last four, to tell the century"
    )]
    NoSeparator,
    /// A `+` where the year is written in full.
    #[error("a personal number of 12 digits has - or nothing before its last four, not +")]
    PlusWithFullYear,
    /// A month outside 1 to 12.
    #[error("the personal number's month is not one of 01 to 12")]
    Month,
    /// A made-up number where only real ones are taken.
    #[error("the personal number is synthetic (month + 80), which is not accepted here")]
    Synthetic,
    /// A day the month does not have.
    #[error("the personal number's day is not one its month has")]
    Day,
    /// Serial 000.
    #[error("the personal number's serial is 000, which is never issued")]
    Serial,
    /// The last digit does not follow from those before it.
    #[error("the personal number's check digit is wrong")]
    CheckDigit,
    /// Born after the reference date.
    #[error("the personal number's birth date is in the future")]
    Future,
}

impl NationalIdError {
    /// What is wrong, in Swedish: one sentence.
    pub fn text_sv(&self) -> String {
        match self {
            Self::Length(digits) => {
                format!("Ett personnummer har 10 eller 12 siffror, det här {digits}.")
            }
            Self::NotADigit(place) => format!("Tecken {place} i personnumret är ingen siffra."),
            Self::NoSeparator => "Ett personnummer med 10 siffror har - eller + före de fyra \
                                  sista, som visar århundradet."
                .to_owned(),
            Self::PlusWithFullYear => "Ett personnummer med 12 siffror har - eller ingenting före \
                                       de fyra sista, inte +."
                .to_owned(),
            Self::Month => "Månaden i personnumret är inte 01 till 12.".to_owned(),
            Self::Synthetic => {
                "Personnumret är påhittat (månad + 80), och sådana tas inte emot här.".to_owned()
            }
            Self::Day => "Dagen i personnumret finns inte i den månaden.".to_owned(),
            Self::Serial => "Personnumrets födelsenummer är 000, som aldrig delas ut.".to_owned(),
            Self::CheckDigit => "Personnumrets kontrollsiffra stämmer inte.".to_owned(),
            Self::Future => "Födelsedatumet i personnumret är i framtiden.".to_owned(),
        }
    }
}

impl NationalId {
    /// Reads `YYYYMMDDNNNC`, `YYYYMMDD-NNNC` or `YYMMDD-NNNC`, blanks around it left out.
    ///
    /// In the last form `-` stands for who is under 100 years old at the end of `on`'s year, and
    /// `+`, in its place, for who is not.
    pub fn parse(text: &str, on: Date, mode: Mode) -> Result<Self, NationalIdError> {
        let Written { count, digits, separator } = read(text.trim())?;
        let (short_year, rest) = (digits / REST % 100, digits % REST);
        let year = match (count, separator) {
            (12, Some('+')) => return Err(NationalIdError::PlusWithFullYear),
            (12, _) => digits / REST,
            (10, None) => return Err(NationalIdError::NoSeparator),
            (10, Some(separator)) => {
                let this_year = u64::from(on.year().unsigned_abs());
                let latest = this_year.saturating_sub((this_year + 100 - short_year) % 100);
                latest.saturating_sub(if separator == '+' { 100 } else { 0 })
            }
            _ => return Err(NationalIdError::Length(count)),
        };
        let id = check(year * REST + rest, mode)?;
        if id.birth_date > on { Err(NationalIdError::Future) } else { Ok(id) }
    }

    /// The twelve digits, in clear. Personal data: for sealing, for looking someone up, and for
    /// the person's own eyes.
    pub fn expose_digits(&self) -> String {
        format!("{:012}", self.digits)
    }

    /// Which register the number is from.
    pub const fn kind(&self) -> NationalIdKind {
        self.kind
    }

    /// When the person was born.
    pub const fn birth_date(&self) -> Date {
        self.birth_date
    }

    /// The sex the number states.
    pub const fn sex(&self) -> Sex {
        self.sex
    }

    /// Completed years on `on`; 0 before birth.
    pub fn age_on(&self, on: Date) -> u16 {
        age_on(self.birth_date, on)
    }
}

/// A made-up number that is nobody's: the same for the same birth date and sex.
///
/// It is on the tax agency's list of test numbers where that has the birth year, and then passes
/// in [`Mode::Live`]; else it is [`NationalIdKind::Synthetic`]. A birth date before the year 1
/// counts as that year's first day.
pub fn synthetic(birth_date: Date, sex: Sex) -> NationalId {
    synthetic_nth(birth_date, sex, 0)
}

/// The `nth` such number: the one of [`synthetic`] at 0, then others, each
/// [`NationalIdKind::Synthetic`]. From [`SYNTHETIC_PER_DAY`] on they come again.
pub fn synthetic_nth(birth_date: Date, sex: Sex, nth: u16) -> NationalId {
    let birth_date = birth_date.max(date(1, 1, 1));
    let kind = match birth_date.year() {
        _ if !nth.is_multiple_of(SYNTHETIC_PER_DAY) => NationalIdKind::Synthetic,
        1977..=1979 | 1981..=1988 | 1991..=1999 => NationalIdKind::Personnummer,
        2003 | 2004 | 2006 | 2008 | 2009 | 2012 | 2013 => NationalIdKind::Personnummer,
        _ => NationalIdKind::Synthetic,
    };
    let year = u64::from(birth_date.year().unsigned_abs());
    let month = u64::from(birth_date.month().unsigned_abs());
    let month = if kind == NationalIdKind::Synthetic { month + SYNTHETIC_MONTHS } else { month };
    let day = u64::from(birth_date.day().unsigned_abs());
    // Even serials from 238 on and around, never 000; odd for men.
    let even = 2 + (236 + 2 * u64::from(nth % SYNTHETIC_PER_DAY)) % 998;
    let serial = if sex == Sex::Female { even } else { even + 1 };
    let without_check = ((year * 100 + month) * 100 + day) * 1000 + serial;
    let digits = without_check * 10 + check_digit(without_check);
    NationalId { digits, kind, birth_date, sex }
}

struct Written {
    /// How many digits there are.
    count: usize,
    /// The last of them, as one number.
    digits: u64,
    separator: Option<char>,
}

fn read(text: &str) -> Result<Written, NationalIdError> {
    let before_last_four = text.chars().count().checked_sub(5);
    let mut written = Written { count: 0, digits: 0, separator: None };
    for (index, character) in text.chars().enumerate() {
        if let Some(digit) = character.to_digit(10) {
            written.count += 1;
            written.digits = written.digits % (REST * 10_000) * 10 + u64::from(digit);
        } else if matches!(character, '-' | '+') && Some(index) == before_last_four {
            written.separator = Some(character);
        } else {
            return Err(NationalIdError::NotADigit(index + 1));
        }
    }
    Ok(written)
}

fn check(digits: u64, mode: Mode) -> Result<NationalId, NationalIdError> {
    let (year, month, day) = (digits / REST, digits / 1_000_000 % 100, digits / 10_000 % 100);
    let serial = digits / 10 % 1000;

    let (kind, month, day) = match (month, day) {
        (81..=92, _) if mode == Mode::Live => return Err(NationalIdError::Synthetic),
        (81..=92, _) => (NationalIdKind::Synthetic, month - SYNTHETIC_MONTHS, day),
        (1..=12, 61..) => (NationalIdKind::Samordningsnummer, month, day - COORDINATION_DAYS),
        (1..=12, _) => (NationalIdKind::Personnummer, month, day),
        _ => return Err(NationalIdError::Month),
    };
    let birth_date = date_of(year, month, day).ok_or(NationalIdError::Day)?;
    if serial == 0 {
        return Err(NationalIdError::Serial);
    }
    if digits % 10 != check_digit(digits / 10) {
        return Err(NationalIdError::CheckDigit);
    }
    let sex = if serial.is_multiple_of(2) { Sex::Female } else { Sex::Male };
    Ok(NationalId { digits, kind, birth_date, sex })
}

fn date_of(year: u64, month: u64, day: u64) -> Option<Date> {
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// What makes the last nine digits of `without_check`, and itself, pass the Luhn test: every other
/// digit doubled from the right, digit sums added, rounded up to the next ten.
fn check_digit(without_check: u64) -> u64 {
    let (mut rest, mut sum) = (without_check, 0);
    for place in 0..9 {
        let digit = rest % 10;
        sum += if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit };
        rest /= 10;
    }
    (10 - sum % 10) % 10
}

impl fmt::Debug for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NationalId({:?} ••••••••••••)", self.kind)
    }
}

impl fmt::Display for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("••••••••-••••")
    }
}
