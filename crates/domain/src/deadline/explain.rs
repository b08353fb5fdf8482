//! Why a deadline is what it is, day by day, for a caseworker to read.

use std::fmt;

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
};

use super::{
    CALENDAR_VERSION, CountedDay, Deadline, OutsideCalendar, Policy,
    calendar::{self, Day},
    check, count,
    zone::local,
};

/// A deadline and the days that led to it. Displayed as a table, one line for each day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// When the clock started.
    pub received_at: Timestamp,
    /// How many working days there are to answer.
    pub working_days: u8,
    /// What came of it; the same as [`Deadline::new`] gives.
    pub deadline: Deadline,
    /// From the day of receipt to the last day to answer, none left out.
    pub days: Vec<CountedDay>,
}

/// The deadline of what was received at `received_at`, with every day that led to it.
pub fn explain(
    received_at: Timestamp,
    working_days: u8,
    policy: Policy,
) -> Result<Explanation, OutsideCalendar> {
    let received_on = check(received_at, working_days)?;
    let mut days = Vec::new();
    for day in count(received_on, policy) {
        days.push(day);
        if day.number == Some(working_days) {
            let deadline = Deadline::on(day.date, received_at, policy);
            return Ok(Explanation { received_at, working_days, deadline, days });
        }
    }
    Err(OutsideCalendar::LastDay { received_on, working_days })
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Deadline { due_at, policy, .. } = self.deadline;
        let (days, s) = (self.working_days, if self.working_days == 1 { "" } else { "s" });
        let received = moment(self.received_at);
        writeln!(f, "Received {received}, Swedish time; {days} working day{s} to answer.")?;
        writeln!(f, "Policy {policy}, calendar {CALENDAR_VERSION}: {}.", rule(policy))?;
        writeln!(f)?;
        for (index, day) in self.days.iter().enumerate() {
            let number = day.number.map_or_else(|| "–".to_owned(), |it| format!("day {it}"));
            let weekday = weekday(day.date);
            let why = self.why(day, index == 0);
            writeln!(f, "  {}  {weekday:<9}  {number:<6}  {why}", day.date)?;
        }
        writeln!(f)?;
        write!(f, "Due before {}.", moment(due_at))
    }
}

impl Explanation {
    fn why(&self, it: &CountedDay, is_receipt: bool) -> String {
        let policy = self.deadline.policy;
        match (it.number, is_receipt) {
            (Some(0), true) if it.day == Day::Working => {
                "received; counting starts the day after".to_owned()
            }
            (Some(0), true) => {
                format!("received, {}; counting starts the day after", kind(it.date))
            }
            (Some(0), false) => "working day; counts as received at 00:00".to_owned(),
            (None, true) => format!("received, {}; waits for a working day", kind(it.date)),
            (None, false) => format!("not counted: {}", kind(it.date)),
            (Some(number), _) => {
                let works = works(it.date, policy);
                let last =
                    if number == self.working_days { "; the last day to answer" } else { "" };
                format!("{works}{last}")
            }
        }
    }
}

/// What a day that counts is called, with a word where a reader would doubt it.
fn works(date: Date, policy: Policy) -> String {
    match calendar::day(date) {
        Day::Saturday => format!("working day: Saturdays count by {policy}"),
        Day::Eve(name) => format!("working day: {name} counts by {policy}"),
        _ => calendar::doubtful(date).map_or_else(
            || "working day".to_owned(),
            |name| format!("working day: {name} is no holiday"),
        ),
    }
}

fn kind(date: Date) -> String {
    match calendar::day(date) {
        Day::Working => calendar::doubtful(date)
            .map_or_else(|| "a working day".to_owned(), |name| format!("{name}")),
        Day::Saturday => "a Saturday".to_owned(),
        Day::Sunday => "a Sunday".to_owned(),
        Day::PublicHoliday(name) => format!("public holiday, {name}"),
        Day::Eve(name) => format!("{name}"),
    }
}

fn rule(policy: Policy) -> &'static str {
    match policy {
        Policy::Eod => "until midnight at the end of the last day",
        Policy::Office1700 => "until 17:00 on the last day",
        Policy::SameTime => "until the same clock time on the last day",
        Policy::EodSat => "until midnight at the end of the last day, Saturdays count",
        Policy::EodNoeves => "until midnight at the end of the last day, the three eves count",
    }
}

/// `Saturday 2026-09-05 23:30`
fn moment(at: Timestamp) -> String {
    let at = local(at);
    format!("{} {} {:02}:{:02}", weekday(at.date()), at.date(), at.hour(), at.minute())
}

fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}
