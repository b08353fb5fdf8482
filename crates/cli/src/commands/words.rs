//! The API's spellings, for JSON that the command line prints.

use domain::case::{CloseReason, Origin, State, clock::SlaState};
use jiff::{Timestamp, tz::Offset};

pub(super) const fn state(state: State) -> &'static str {
    match state {
        State::Received => "RECEIVED",
        State::Distributed => "DISTRIBUTED",
        State::PartiallyAnswered => "PARTIALLY_ANSWERED",
        State::AwaitingResident => "AWAITING_RESIDENT",
        State::Answered => "ANSWERED",
        State::Closed => "CLOSED",
    }
}

pub(super) const fn sla_state(state: SlaState) -> &'static str {
    match state {
        SlaState::None => "NONE",
        SlaState::OnTime => "ON_TIME",
        SlaState::DueToday => "DUE_TODAY",
        SlaState::Overdue => "OVERDUE",
        SlaState::Met => "MET",
        SlaState::Missed => "MISSED",
    }
}

pub(super) const fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Resident => "RESIDENT",
        Origin::Unit => "UNIT",
    }
}

pub(super) const fn close_reason(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Withdrawn => "WITHDRAWN",
        CloseReason::Duplicate => "DUPLICATE",
        CloseReason::Cancelled => "CANCELLED",
    }
}

/// `CaseSubmitted` as `CASE_SUBMITTED`.
pub(super) fn screaming(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

/// An instant in UTC, with milliseconds always.
pub(super) fn instant(at: Timestamp) -> String {
    let utc = Offset::UTC.to_datetime(at);
    let (date, ms) = (utc.date(), utc.subsec_nanosecond() / 1_000_000);
    format!("{date}T{:02}:{:02}:{:02}.{ms:03}Z", utc.hour(), utc.minute(), utc.second())
}
