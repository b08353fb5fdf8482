//! Why a deadline is what it is, day by day, for a caseworker to read.

use std::fmt;

use jiff::{
    Timestamp,
    civil::{Date, Time, Weekday},
};

use super::{
    CALENDAR_VERSION, CountedDay, Deadline, OutsideCalendar, Policy,
    calendar::{self, Day},
    check, count, local_date, start_of_day,
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
        match self.days.last() {
            Some(last)
                if due_at == start_of_day(last.date) || clock(due_at) != Time::midnight() =>
            {
                write!(f, "Due before {}.", moment(due_at))
            }
            Some(last) => write!(
                f,
                "To be answered by the end of {} {}: due before {}.",
                weekday(last.date),
                last.date,
                moment(due_at)
            ),
            None => Ok(()),
        }
    }
}

impl Explanation {
    /// Why `it` has the number it has, or none.
    fn why(&self, it: &CountedDay, is_receipt: bool) -> String {
        let kind = kind(it.day);
        match it.number {
            Some(0) if is_receipt && it.day == Day::Working => {
                "received; counting starts the day after".to_owned()
            }
            Some(0) if is_receipt => format!("received, {kind}; counting starts the day after"),
            Some(0) => "working day; counts as received at 00:00".to_owned(),
            None if is_receipt => format!("received, {kind}; waits for a working day"),
            None => format!("not counted: {kind}"),
            Some(number) if number < self.working_days => self.works(it),
            Some(_) if self.deadline.due_at == start_of_day(it.date) => {
                format!("{}; due as it starts", self.works(it))
            }
            Some(_) => format!("{}; the last day to answer", self.works(it)),
        }
    }

    /// What a day that counts is called, with a word where a reader would doubt it.
    fn works(&self, it: &CountedDay) -> String {
        let policy = self.deadline.policy;
        match it.day {
            Day::Saturday => format!("working day: Saturdays count by {policy}"),
            Day::Eve(name) => format!("working day: {name} counts by {policy}"),
            _ => match calendar::doubtful(it.date) {
                Some(name) => format!("working day: {name} is no holiday"),
                None => "working day".to_owned(),
            },
        }
    }
}

fn kind(day: Day) -> String {
    match day {
        Day::Working => "a working day".to_owned(),
        Day::Saturday => "a Saturday".to_owned(),
        Day::Sunday => "a Sunday".to_owned(),
        Day::PublicHoliday(name) => format!("public holiday, {name}"),
        Day::Eve(name) => format!("{name}, free by custom"),
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

/// `Saturday 2026-09-05 23:30`, with seconds if there are any.
fn moment(at: Timestamp) -> String {
    let (date, time) = (local_date(at), clock(at));
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let seconds = if second == 0 { String::new() } else { format!(":{second:02}") };
    format!("{} {date} {hour:02}:{minute:02}{seconds}", weekday(date))
}

fn clock(at: Timestamp) -> Time {
    local(at).time()
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
