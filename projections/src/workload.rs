//! What a receiver needs to decide who gets a case: who holds how much at a unit.

mod table;

use std::collections::BTreeMap;

use domain::{
    CaseId, Role, StaffId, UnitId,
    case::{State, clock::SlaState},
    organisation::Place,
};
use jiff::Timestamp;

pub use self::table::WorkloadTable;
use crate::{CaseView, Filter, Inbox, Order, PageRequest, PageSize, ReadModels};

/// The open cases of a unit, by who holds them. Cases that the unit started itself are counted too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// The handlers of the unit, in order of id, those who hold nothing too.
    pub handlers: Vec<Load>,
    /// Those who hold cases of the unit and are no handlers there: what they hold is to be
    /// reassigned. In order of id.
    pub others: Vec<Load>,
    /// Cases that nobody holds and that have no answer yet.
    pub undistributed: u32,
    /// Cases that are to be reassigned: what `others` hold.
    pub to_be_reassigned: u32,
}

/// What one person holds at a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Who.
    pub staff: StaffId,
    /// Cases that are not closed.
    pub open: u32,
    /// Of those, red.
    pub overdue: u32,
    /// Of those, yellow.
    pub due_today: u32,
    /// Of those, waiting for the resident.
    pub awaiting_resident: u32,
    /// When they last did something in a case of the unit, in whatever role; none if never.
    pub last_seen: Option<Timestamp>,
    /// Until when they are a handler there, exclusive; none where no end was given.
    pub until: Option<Timestamp>,
}

impl ReadModels {
    /// Who holds how much at `unit` at `now`. A look at each of its open cases.
    pub fn workload(&self, unit: UnitId, now: Timestamp) -> Workload {
        let place = Place::Unit(unit);
        let new = |staff| Load {
            staff,
            open: 0,
            overdue: 0,
            due_today: 0,
            awaiting_resident: 0,
            last_seen: self.activity.last_seen(staff, unit),
            until: self.directory.holds_until(staff, Role::Handler, place),
        };
        let handlers = self.directory.holders_at(Role::Handler, place, now);
        let mut handlers: BTreeMap<StaffId, Load> =
            handlers.map(|staff| (staff, new(staff))).collect();
        let mut others = BTreeMap::new();
        let mut undistributed = 0;
        for case in self.open_cases_of(unit) {
            let Some(holder) = case.handler else {
                undistributed += u32::from(case.state != State::Answered);
                continue;
            };
            let load = match handlers.get_mut(&holder) {
                Some(load) => load,
                None => others.entry(holder).or_insert_with(|| new(holder)),
            };
            load.open += 1;
            load.awaiting_resident += u32::from(case.state == State::AwaitingResident);
            let colour = case.clock.state(now);
            load.overdue += u32::from(colour == SlaState::Overdue);
            load.due_today += u32::from(colour == SlaState::DueToday);
        }
        let others: Vec<Load> = others.into_values().collect();
        Workload {
            handlers: handlers.into_values().collect(),
            to_be_reassigned: others.iter().map(|it| it.open).sum(),
            others,
            undistributed,
        }
    }

    /// Up to `cases_max` of the cases of `unit` that nobody holds and that have no answer yet, in
    /// order of arrival.
    pub fn undistributed(&self, unit: UnitId, cases_max: usize) -> Vec<CaseView> {
        let unanswered = vec![
            State::Received,
            State::Distributed,
            State::PartiallyAnswered,
            State::AwaitingResident,
        ];
        let filter =
            Filter { states: Some(unanswered), unassigned: Some(true), ..Filter::default() };
        self.in_order_of_arrival(unit, &filter, cases_max)
    }

    /// The open cases of `unit` that `staff` holds, in order of arrival.
    pub fn held_by(&self, staff: StaffId, unit: UnitId) -> Vec<CaseView> {
        let filter = Filter { handler: Some(staff), ..Filter::default() };
        self.in_order_of_arrival(unit, &filter, usize::MAX)
    }

    /// Those of `cases` that `unit` has, in order of arrival, each once.
    pub fn of_unit(&self, cases: &[CaseId], unit: UnitId) -> Vec<CaseView> {
        let row = |case: &CaseId| self.cases.row_of(*case);
        let mut rows: Vec<u32> = cases.iter().filter_map(row).collect();
        rows.sort_unstable_by_key(|row| (self.cases.stored(*row).received_at.0, *row));
        rows.dedup();
        let views = rows.into_iter().map(|row| self.cases.view(row));
        views.filter(|case| case.unit == unit).collect()
    }

    fn open_cases_of(&self, unit: UnitId) -> Vec<CaseView> {
        self.in_order_of_arrival(unit, &Filter::default(), usize::MAX)
    }

    fn in_order_of_arrival(&self, unit: UnitId, filter: &Filter, rows_max: usize) -> Vec<CaseView> {
        let request = PageRequest { size: PageSize::First(rows_max), ..PageRequest::first(1) };
        // No filter that is used here asks what time it is.
        let now = Timestamp::UNIX_EPOCH;
        let page = self.page(&Inbox::Unit(unit), filter, Order::ReceivedAt, now, &request);
        page.rows.into_iter().map(|row| row.case).collect()
    }
}
