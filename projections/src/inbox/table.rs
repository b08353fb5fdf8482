//! An inbox as a table that people read and fixtures expect.

use std::fmt;

use domain::{
    case::{State, clock::SlaState},
    deadline::local_time,
};
use jiff::Timestamp;

use super::Page;
use crate::{Directory, history::short};

/// A page of an inbox with the names that the directory knows.
pub struct InboxTable<'a> {
    /// The page.
    pub page: &'a Page,
    /// Names of case types.
    pub directory: &'a Directory,
    /// What the colours are judged at.
    pub now: Timestamp,
}

impl fmt::Display for InboxTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.page.rows.is_empty() {
            return writeln!(f, "empty");
        }
        let cells: Vec<[String; 7]> = self.page.rows.iter().map(|row| self.cells(row)).collect();
        let header = ["case", "state", "deadline", "due", "handler", "received", "type"];
        let widths: [usize; 7] = std::array::from_fn(|column| {
            let longest = cells.iter().map(|row| row[column].chars().count()).max();
            longest.unwrap_or(0).max(header[column].len())
        });
        let mut line = |cells: [&str; 7]| {
            let mut text = String::new();
            for (cell, width) in cells.iter().zip(widths) {
                let padding = width - cell.chars().count();
                text.push_str(cell);
                text.extend(std::iter::repeat_n(' ', padding + 2));
            }
            writeln!(f, "{}", text.trim_end())
        };
        line(header)?;
        for row in &cells {
            line(row.each_ref().map(String::as_str))?;
        }
        if self.page.total > cells.len() {
            writeln!(f, "{} of {} cases", cells.len(), self.page.total)?;
        }
        Ok(())
    }
}

impl InboxTable<'_> {
    fn cells(&self, row: &super::Row) -> [String; 7] {
        let case = &row.case;
        let case_type = self.directory.case_type(case.case_type);
        [
            case.id.to_string(),
            state(case.state).to_owned(),
            colour(case.clock.state(self.now)).to_owned(),
            case.due_at.map_or_else(|| "–".to_owned(), minute),
            case.handler.map_or_else(|| "–".to_owned(), short),
            minute(case.received_at),
            case_type.map_or_else(|| case.case_type.to_string(), |it| it.name_sv.clone()),
        ]
    }
}

pub(crate) const fn state(state: State) -> &'static str {
    match state {
        State::Received => "received",
        State::Distributed => "distributed",
        State::PartiallyAnswered => "partially answered",
        State::AwaitingResident => "awaiting resident",
        State::Answered => "answered",
        State::Closed => "closed",
    }
}

pub(crate) const fn colour(state: SlaState) -> &'static str {
    match state {
        SlaState::None => "–",
        SlaState::OnTime => "on time",
        SlaState::DueToday => "DUE TODAY",
        SlaState::Overdue => "OVERDUE",
        SlaState::Met => "met",
        SlaState::Missed => "MISSED",
    }
}

/// An instant as a clock in Sweden shows it, to the minute.
pub(crate) fn minute(at: Timestamp) -> String {
    local_time(at).strftime("%Y-%m-%d %H:%M").to_string()
}
