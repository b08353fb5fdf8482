//! When an answer is due: working days in Sweden, reckoned once and recorded with the case.
//!
//! ```text
//!   received        day 1         day 2 = the last day
//!   ──┬──────│─────────────│─────────────│
//!   day 0    00:00         00:00         00:00 = due, exclusive        (SE-EOD-1, two days)
//! ```
//!
//! Day 0 is the local date of receipt, whatever kind of day; day k is the k-th working day after
//! it. Which days work is the [`calendar`]'s to say, what "local" means is the zone's.
//! [`Deadline::new`] and [`explain()`] walk the same days, so a story told is a deadline kept.
//!
//! Absent on purpose: a way to recompute. A recorded deadline stays as it is; a new rule is a new
//! policy id or a new [`CALENDAR_VERSION`].

pub mod calendar;
mod explain;
mod policy;
#[cfg(test)]
mod tests;
mod zone;

use std::iter;

use jiff::{
    Timestamp,
    civil::{Date, Time, date},
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use self::{
    calendar::Day,
    zone::{local, timestamp},
};
pub use self::{
    explain::{Explanation, explain},
    policy::{ParsePolicyError, Policy},
    zone::{hour_of_week, local_date, local_time, start_of_day},
};
use crate::time::whole_ms;

/// Which edition of the [`calendar`] a deadline was reckoned with.
pub const CALENDAR_VERSION: u16 = 1;
/// The first day a case can be received and get a deadline.
pub const FIRST_DAY: Date = date(1990, 1, 1);
/// The last day that can be the last day to answer.
pub const LAST_DAY: Date = date(2100, 12, 31);
/// The most working days a case type may give: about a quarter of a year.
pub const WORKING_DAYS_MAX: u8 = 60;

const CLOSING_TIME: Time = Time::constant(17, 0, 0, 0);

/// When an answer is due, and by which rule. Stored in the event that started the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Deadline {
    /// The instant, in whole milliseconds, from which an answer is late: in time means before it.
    #[serde(with = "crate::time::ms")]
    pub due_at: Timestamp,
    /// The rule it was reckoned by.
    pub policy: Policy,
    /// The edition of the calendar it was reckoned with.
    pub calendar_version: u16,
}

/// A deadline that cannot be reckoned.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OutsideCalendar {
    /// Receipt before [`FIRST_DAY`] or after [`LAST_DAY`].
    #[error("received on {on}, outside the calendar of {FIRST_DAY} to {LAST_DAY}")]
    Receipt {
        /// The local date of receipt.
        on: Date,
    },
    /// A last day after [`LAST_DAY`].
    #[error(
        "the last of {working_days} working days after {received_on} is beyond the calendar's end, {LAST_DAY}"
    )]
    LastDay {
        /// The local date of receipt.
        received_on: Date,
        /// How many days were asked for.
        working_days: u8,
    },
    /// No working days, or more than [`WORKING_DAYS_MAX`].
    #[error("a deadline of {working_days} working days, outside 1 to {WORKING_DAYS_MAX}")]
    WorkingDays {
        /// How many days were asked for.
        working_days: u8,
    },
}

impl Deadline {
    /// The deadline of what was received at `received_at`, `working_days` on.
    ///
    /// `received_at` is from [`FIRST_DAY`] to [`LAST_DAY`] in Sweden, `working_days` from 1 to
    /// [`WORKING_DAYS_MAX`].
    pub fn new(
        received_at: Timestamp,
        working_days: u8,
        policy: Policy,
    ) -> Result<Self, OutsideCalendar> {
        let received_on = check(received_at, working_days)?;
        let last = count(received_on, policy)
            .find(|it| it.number == Some(working_days))
            .ok_or(OutsideCalendar::LastDay { received_on, working_days })?;
        Ok(Self::on(last.date, received_at, policy))
    }

    fn on(last_day: Date, received_at: Timestamp, policy: Policy) -> Self {
        let due_at = match policy {
            Policy::Eod | Policy::EodSat | Policy::EodNoeves => zone::end_of_day(last_day),
            Policy::Office1700 => timestamp(last_day.to_datetime(CLOSING_TIME)),
            Policy::SameTime => {
                let received = local(received_at);
                let works = calendar::is_working(received.date(), policy);
                let time = if works { received.time() } else { Time::midnight() };
                timestamp(last_day.to_datetime(time))
            }
        };
        Self { due_at: whole_ms(due_at), policy, calendar_version: CALENDAR_VERSION }
    }
}

/// One day of a reckoning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedDay {
    /// The local date.
    pub date: Date,
    /// What the calendar says of it.
    pub day: Day,
    /// Its number in the count, 0 for the day the count starts after; none if it does not count.
    pub number: Option<u8>,
}

fn check(received_at: Timestamp, working_days: u8) -> Result<Date, OutsideCalendar> {
    let received_on = local_date(received_at);
    if !(FIRST_DAY..=LAST_DAY).contains(&received_on) {
        return Err(OutsideCalendar::Receipt { on: received_on });
    }
    if !(1..=WORKING_DAYS_MAX).contains(&working_days) {
        return Err(OutsideCalendar::WorkingDays { working_days });
    }
    Ok(received_on)
}

/// The days from the day of receipt to the calendar's end, numbered.
///
/// Day 0 is the first, except by [`Policy::SameTime`], where it is the first that works.
fn count(received_on: Date, policy: Policy) -> impl Iterator<Item = CountedDay> {
    let mut latest: Option<u8> = None;
    iter::successors(Some(received_on), |date| date.tomorrow().ok())
        .take_while(|date| *date <= LAST_DAY)
        .map(move |date| {
            let works = calendar::is_working(date, policy);
            let number = match latest {
                None => (works || policy != Policy::SameTime).then_some(0),
                Some(number) => works.then_some(number.saturating_add(1)),
            };
            latest = number.or(latest);
            CountedDay { date, day: calendar::day(date), number }
        })
}
