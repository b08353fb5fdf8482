//! What a personal number says of a person, and the bands statistics put ages in.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The sex a personal number states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// An even serial.
    Female,
    /// An odd serial.
    Male,
}

/// Completed years on `on` of someone born on `birth_date`; 0 before birth.
///
/// Who is born on 29 February completes a year on 1 March where there is no 29 February.
pub fn age_on(birth_date: Date, on: Date) -> u16 {
    let had_birthday = (on.month(), on.day()) >= (birth_date.month(), birth_date.day());
    let years = i32::from(on.year()) - i32::from(birth_date.year()) - i32::from(!had_birthday);
    u16::try_from(years).unwrap_or(0)
}

/// The day on which someone born on `birth_date` completes `years`; none beyond the calendar.
///
/// As [`age_on`] has it: who is born on 29 February does so on 1 March where there is no such day.
pub fn birthday(birth_date: Date, years: u8) -> Option<Date> {
    let year = birth_date.year().checked_add(i16::from(years))?;
    let same_day = Date::new(year, birth_date.month(), birth_date.day());
    same_day.or_else(|_| Date::new(year, 3, 1)).ok()
}

/// An age, as coarse as statistics may know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgeBand {
    /// 0–12: guardians act.
    To12,
    /// 13–17.
    From13To17,
    /// 18–29.
    From18To29,
    /// 30–44.
    From30To44,
    /// 45–64.
    From45To64,
    /// 65–79.
    From65To79,
    /// 80 and above.
    From80,
}

impl AgeBand {
    /// Every band, the youngest first.
    pub const ALL: [Self; 7] = [
        Self::To12,
        Self::From13To17,
        Self::From18To29,
        Self::From30To44,
        Self::From45To64,
        Self::From65To79,
        Self::From80,
    ];

    /// The band that `age`, in completed years, falls in.
    pub const fn of(age: u16) -> Self {
        match age {
            0..=12 => Self::To12,
            13..=17 => Self::From13To17,
            18..=29 => Self::From18To29,
            30..=44 => Self::From30To44,
            45..=64 => Self::From45To64,
            65..=79 => Self::From65To79,
            80.. => Self::From80,
        }
    }

    /// The band as reports write it, such as `13–17` or `80+`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::To12 => "0–12",
            Self::From13To17 => "13–17",
            Self::From18To29 => "18–29",
            Self::From30To44 => "30–44",
            Self::From45To64 => "45–64",
            Self::From65To79 => "65–79",
            Self::From80 => "80+",
        }
    }
}

impl fmt::Display for AgeBand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}
