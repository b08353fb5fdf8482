//! The first-response clock: what stopped it, and what colour a case is at an instant.
//!
//! | event | clock |
//! |---|---|
//! | submitted | starts, due at the recorded deadline |
//! | partial answer, counter-question, answer | stops at the first |
//! | duplicate, or withdrawn before it was due | cancelled |
//! | closed or withdrawn otherwise, with no message to the resident | missed |
//! | anything else | goes on |
//!
//! Overdue is never stored: it is what this function says of a deadline and a "now".

use jiff::Timestamp;

use super::CloseReason;
use crate::deadline::local_date;

/// Where a case stands against its deadline. Red is [`SlaState::Overdue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlaState {
    /// No clock runs: a case that a unit started, a type without, or a cancelled clock.
    None,
    /// Not yet due, and not on this day.
    OnTime,
    /// The last day to respond (gul).
    DueToday,
    /// Unanswered and due (rödmarkerat).
    Overdue,
    /// Responded in time.
    Met,
    /// Responded too late, or closed without a word.
    Missed,
}

/// What is known of one case's first-response clock.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct FirstResponse {
    /// The instant from which a response is late; none where no clock runs.
    pub due_at: Option<Timestamp>,
    /// The first partial answer, counter-question or answer.
    pub responded_at: Option<Timestamp>,
    /// The close that stands, and its reason.
    pub closed: Option<(Timestamp, Option<CloseReason>)>,
}

impl FirstResponse {
    /// Whether the clock was called off, so that the case counts neither way.
    pub fn is_cancelled(&self) -> bool {
        match self.closed {
            Some((_, Some(CloseReason::Duplicate))) => true,
            Some((at, Some(CloseReason::Withdrawn))) => self.due_at.is_none_or(|due| at < due),
            _ => false,
        }
    }

    /// The state at `now`.
    pub fn state(&self, now: Timestamp) -> SlaState {
        let Some(due_at) = self.due_at else { return SlaState::None };
        match (self.responded_at, self.closed) {
            _ if self.is_cancelled() => SlaState::None,
            (Some(at), _) if at < due_at => SlaState::Met,
            (Some(_), _) | (None, Some(_)) => SlaState::Missed,
            (None, None) if due_at <= now => SlaState::Overdue,
            (None, None) if last_day(due_at) == local_date(now) => SlaState::DueToday,
            (None, None) => SlaState::OnTime,
        }
    }
}

/// The last local date on which a response is in time: `due_at` itself is already late.
fn last_day(due_at: Timestamp) -> jiff::civil::Date {
    local_date(due_at - jiff::SignedDuration::from_millis(1))
}
