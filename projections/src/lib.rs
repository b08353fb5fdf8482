//! Read models: what the log says, arranged for a reader.
//!
//! Each is a fold over the log and nothing else. Throw one away and replay; you get it back, the
//! same. That is why there is no I/O here, no clock, and no order that comes from a hash map. A
//! "now", where one matters, is handed in with the question.
//!
//! They hold no word that a person wrote and no person's name: ids, times and counts alone.

mod activity;
mod around;
mod assignments;
mod cases;
mod compliance;
mod digest;
mod directory;
mod history;
mod inbox;
mod intern;
mod landscape;
mod parked;
mod pieces;
mod replay;
mod state;
mod statistics;
#[cfg(test)]
mod tests;
mod workload;

use domain::{Event, Position, Recorded, StreamId};
use jiff::Timestamp;

use self::{activity::Activity, cases::Change};
pub use self::{
    around::Around,
    assignments::{AssignmentTable, Assignments, Held, Step},
    cases::{CaseView, Cases},
    compliance::{Cell, Compliance, ComplianceTable, Offerings, Status, Tally, UnitCompliance},
    digest::{Digests, MODELS, ModelDigest},
    directory::{
        CaseType, Directory, Division, Grant, Region, ResidentTable, StaffMember, StaffTable, Unit,
        UnitFilter,
    },
    history::{History, Line},
    inbox::{Cursor, Filter, Inbox, InboxTable, Order, Page, PageRequest, PageSize, Row},
    parked::{Parked, Parking},
    replay::Replay,
    state::{Frozen, STATE_VERSION, StateError},
    statistics::{Durations, Flow, P50_CASES_MIN, P90_CASES_MIN, Period, Scope, Share, Statistics},
    workload::{Load, Workload, WorkloadTable},
};

/// Every read model, all at the same place in the log.
#[derive(Debug, Default, Clone)]
pub struct ReadModels {
    position: Position,
    directory: Directory,
    cases: Cases,
    assignments: Assignments,
    offerings: Offerings,
    activity: Activity,
    parked: Parked,
    /// Whether the events of a case may be there without those before them.
    has_gaps: bool,
}

impl ReadModels {
    /// Takes in one more event, as a commit of its own; see [`ReadModels::apply_commit`].
    pub fn apply(&mut self, recorded: &Recorded<Event>) {
        self.apply_commit(std::slice::from_ref(recorded));
    }

    /// Takes in the events of one more commit: all of them or, where its stream is parked or they
    /// do not fit the stream's story, none. Total: whatever the log holds can be given.
    ///
    /// Commits come in log order, each once.
    pub fn apply_commit(&mut self, events: &[Recorded<Event>]) {
        if self.admits(events) {
            for recorded in events {
                if let Some(change) = self.take(recorded) {
                    self.cases.index.follow(&change);
                }
            }
        }
    }

    /// Parks `stream` at a commit that cannot be read, for all that is known of it.
    pub fn park(&mut self, stream: StreamId, position: Position, version: u32, why: String) {
        self.position = position;
        self.parked.park(stream, Parking { position, version, model: "every".to_owned(), why });
    }

    /// Whether the events of one commit are taken in. Parks their stream where they do not fit.
    fn admits(&mut self, events: &[Recorded<Event>]) -> bool {
        let Some(first) = events.first() else { return false };
        self.position = first.position;
        if !self.parked.is_empty() && self.parked.get(first.stream).is_some() {
            return false;
        }
        let begun = match first.stream {
            StreamId::Case(case) => self.cases.row_of(case).is_some(),
            _ => false,
        };
        // Where the beginning may be missing, that it is not there says nothing.
        let begun = if self.has_gaps && !begun { None } else { Some(begun) };
        match parked::refusal(events, begun) {
            None => true,
            Some(parking) => {
                self.parked.park(first.stream, parking);
                false
            }
        }
    }

    /// Takes in one event that fits, but for what cases are found by.
    fn take(&mut self, recorded: &Recorded<Event>) -> Option<Change> {
        match (&recorded.event, recorded.stream) {
            (Event::Case(event), StreamId::Case(case)) => {
                self.activity.apply(recorded);
                self.cases.book.apply(case, recorded, event)
            }
            (Event::Organisation(event), stream) => {
                self.directory.apply(stream, recorded.occurred_at, event);
                self.offerings.apply(recorded, event);
                if let StreamId::Staff(staff) = stream {
                    self.assignments.apply(staff, recorded, event);
                }
                None
            }
            (Event::Case(_), _) => None,
        }
    }

    /// The last commit that these models know of.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Streams that stand still.
    pub fn parked(&self) -> &Parked {
        &self.parked
    }

    /// Regions, units, staff, residents and case types.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Who can do what, where, and since when.
    pub fn assignments(&self) -> &Assignments {
        &self.assignments
    }

    /// What units must offer, and what they offer.
    pub fn offerings(&self) -> &Offerings {
        &self.offerings
    }

    /// Cases, and the inboxes they are in.
    pub fn cases(&self) -> &Cases {
        &self.cases
    }

    /// The deadline statistics of `scope` for `period`, as of `now`; none for an unknown scope.
    pub fn statistics(&self, scope: Scope, period: Period, now: Timestamp) -> Option<Statistics> {
        Statistics::of(self, scope, period, now)
    }
}
