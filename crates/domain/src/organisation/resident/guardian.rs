//! Until which birthday guardians act for a child: a decision with a first day.

use std::ops::RangeInclusive;

use jiff::{Timestamp, civil::Date};

use crate::{
    deadline::{local_date, start_of_day},
    identity::{age_on, birthday},
    organisation::GuardianLimitSet,
};

/// The limit where a region has decided none: guardians act until the 13th birthday.
///
/// Source: DOMAIN "Identity", the limit of the national service.
pub const GUARDIAN_YEARS_DEFAULT: u8 = 13;

/// Until which birthday guardians act, from a day on. A list of them is in order of their days,
/// and before its first the default holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GuardianLimit {
    /// The first day that it holds.
    pub valid_from: Date,
    /// Until the child has completed so many years.
    pub years: u8,
}

impl From<&GuardianLimitSet> for GuardianLimit {
    fn from(it: &GuardianLimitSet) -> Self {
        Self { valid_from: it.valid_from, years: it.years }
    }
}

impl GuardianLimit {
    /// What a region may decide: whoever is of age acts for themselves.
    pub const YEARS: RangeInclusive<u8> = 1..=18;

    /// The limit in force on `day`, in years.
    pub fn on(limits: &[Self], day: Date) -> u8 {
        let in_force = limits.iter().rfind(|it| it.valid_from <= day);
        in_force.map_or(GUARDIAN_YEARS_DEFAULT, |it| it.years)
    }

    /// When a guardian who acts at `at` for a child born on `birth_date` no longer does: the first
    /// midnight, Europe/Stockholm, on whose day the child is as old as the limit in force on that
    /// day. None where that is so already.
    pub fn ends(limits: &[Self], birth_date: Date, at: Timestamp) -> Option<Timestamp> {
        let today = local_date(at);
        if age_on(birth_date, today) >= u16::from(Self::on(limits, today)) {
            return None;
        }
        let first = Self { valid_from: Date::MIN, years: GUARDIAN_YEARS_DEFAULT };
        let starts = std::iter::once(&first).chain(limits);
        let ends = limits.iter().map(|it| it.valid_from).chain([Date::MAX]);
        let reached = starts.zip(ends).filter_map(|(limit, until)| {
            let day = birthday(birth_date, limit.years)?.max(limit.valid_from);
            (today < day && day < until).then_some(day)
        });
        reached.min().map(start_of_day)
    }
}
