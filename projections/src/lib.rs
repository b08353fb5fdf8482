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
        CaseType, Directory, Division, Grant, Region, ResidentTable, StaffMember, Unit, UnitFilter,
    },
    history::{History, Line},
    inbox::{Cursor, Filter, Inbox, InboxTable, Order, Page, PageRequest, PageSize, Row},
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
}

impl ReadModels {
    /// Takes in one more event. Total: whatever the log holds can be taken in.
    ///
    /// Events come in log order, each once; those of one commit share a position.
    pub fn apply(&mut self, recorded: &Recorded<Event>) {
        if let Some(change) = self.take(recorded) {
            self.cases.index.follow(&change);
        }
    }

    /// As [`ReadModels::apply`], but for what cases are found by.
    fn take(&mut self, recorded: &Recorded<Event>) -> Option<Change> {
        self.position = recorded.position;
        match (&recorded.event, recorded.stream) {
            (Event::Case(event), StreamId::Case(case)) => {
                self.activity.apply(recorded);
                self.cases.book.apply(case, recorded, event)
            }
            (Event::Organisation(event), stream) => {
                self.directory.apply(stream, recorded.occurred_at, event);
                self.offerings.apply(stream, recorded.occurred_at, event);
                if let StreamId::Staff(staff) = stream {
                    self.assignments.apply(staff, recorded, event);
                }
                None
            }
            // A case event in another kind of stream: nobody writes that, and nobody shows it.
            (Event::Case(_), _) => None,
        }
    }

    /// The last commit that these models know of.
    pub fn position(&self) -> Position {
        self.position
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
