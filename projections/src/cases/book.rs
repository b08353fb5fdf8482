//! The cases themselves, and what each event makes of them.

use std::collections::BTreeMap;

use domain::{
    CareProviderId, CaseId, CaseTypeId, Recorded, RegionId, ResidentId, StaffId, UnitId,
    case::{CaseOpened, CaseSubmitted, Event, Origin, State},
    deadline::{Policy, local_date},
};
use jiff::{Timestamp, civil::Date};

use super::stored::{Ms, NOBODY, Stored};
use crate::{
    inbox::Keys,
    intern::{Interner, Numbers},
    pieces::Pieces,
    statistics::Flow,
};

/// What is kept of all cases. Everything else about them follows from it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Book {
    pub(crate) rows: Pieces<Stored>,
    /// By a case's id, its row.
    pub(super) numbers: Numbers,
    pub(crate) units: Interner,
    pub(crate) staff: Interner,
    pub(crate) residents: Interner,
    /// Case types, care providers and regions: few, so they share one.
    pub(crate) others: Interner,
    /// What happened at each unit on each local date.
    pub(crate) flows: BTreeMap<(u32, Date), Flow>,
}

/// What an event changed that cases are found by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(super) row: u32,
    pub(super) subject: u32,
    /// None for a case that begins.
    pub(super) before: Option<Keys>,
    pub(super) after: Keys,
    pub(super) holder_before: Option<u32>,
    pub(super) holder: Option<u32>,
}

impl Book {
    pub(super) fn row_of(&self, id: CaseId) -> Option<u32> {
        self.numbers.find(id.get(), |row| self.rows[row].id.get())
    }

    /// Takes in one event. None if it changed nothing.
    pub(crate) fn apply(
        &mut self,
        case: CaseId,
        recorded: &Recorded<domain::Event>,
        event: &Event,
    ) -> Option<Change> {
        let known = self.row_of(case);
        let row = match (known, event) {
            (Some(row), _) => row,
            (None, Event::CaseSubmitted(it)) => self.submit(case, recorded, it),
            (None, Event::CaseOpened(it)) => self.open(case, recorded, it),
            // The log never holds a case that begins otherwise; a view by time may.
            (None, _) => return None,
        };
        let before = known.map(|row| self.rows[row].keys());
        let holder_before = known.and_then(|row| self.rows[row].handler());
        let redirected_to = match event {
            Event::CaseRedirected(it) => {
                Some((self.units.intern(it.to.get()), self.others.intern(it.provider.get())))
            }
            _ => None,
        };
        let staff = event_handler(event).map(|it| self.staff.intern(it.get()));
        self.count(row, recorded.occurred_at, event);

        let it = self.rows.at_mut(row);
        it.evolve(event, recorded.occurred_at, staff);
        (it.unit, it.provider) = redirected_to.unwrap_or((it.unit, it.provider));
        it.version = recorded.version;
        it.position = recorded.position;
        it.last_event_at = it.last_event_at.latest(recorded.occurred_at);
        let (after, holder, subject) = (it.keys(), it.handler(), it.subject);
        Some(Change { row, subject, before, after, holder_before, holder })
    }

    fn submit(
        &mut self,
        case: CaseId,
        recorded: &Recorded<domain::Event>,
        it: &CaseSubmitted,
    ) -> u32 {
        let follows_up = it.follows_up.and_then(|case| self.row_of(case)).unwrap_or(NOBODY);
        let new = Stored {
            due_at: it.deadline.map_or(Ms::NONE, |deadline| deadline.due_at.into()),
            policy: it.deadline.map_or(Policy::Eod, |deadline| deadline.policy),
            submitted_by: self.residents.intern(it.submitted_by.get()),
            follows_up,
            ..self.new_row(case, recorded, Origin::Resident, it.unit, it.subject)
        };
        self.start(new, it.case_type, it.region, it.provider)
    }

    fn open(&mut self, case: CaseId, recorded: &Recorded<domain::Event>, it: &CaseOpened) -> u32 {
        let new = self.new_row(case, recorded, Origin::Unit, it.unit, it.subject);
        let row = self.start(new, it.case_type, it.region, it.provider);
        if let Some(handler) = it.handler {
            let number = self.staff.intern(handler.get());
            let stored = self.rows.at_mut(row);
            (stored.handler, stored.state) = (number, State::Distributed);
        }
        row
    }

    fn new_row(
        &mut self,
        id: CaseId,
        recorded: &Recorded<domain::Event>,
        origin: Origin,
        unit: UnitId,
        subject: ResidentId,
    ) -> Stored {
        let subject = self.residents.intern(subject.get());
        Stored {
            id,
            received_at: recorded.occurred_at.into(),
            due_at: Ms::NONE,
            turn_due_at: Ms::NONE,
            responded_at: Ms::NONE,
            answered_at: Ms::NONE,
            distributed_at: Ms::NONE,
            closed_at: Ms::NONE,
            last_event_at: recorded.occurred_at.into(),
            position: recorded.position,
            version: recorded.version,
            unit: self.units.intern(unit.get()),
            handler: NOBODY,
            subject,
            submitted_by: subject,
            case_type: 0,
            region: 0,
            provider: 0,
            follows_up: NOBODY,
            partial_answers: 0,
            counter_questions: 0,
            reassignments: 0,
            redirects: 0,
            reopenings: 0,
            origin,
            state: State::Received,
            close_reason: None,
            policy: Policy::Eod,
        }
    }

    fn start(
        &mut self,
        new: Stored,
        case_type: CaseTypeId,
        region: RegionId,
        provider: CareProviderId,
    ) -> u32 {
        let row = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let rows = &self.rows;
        self.numbers.give(new.id.get(), row, |row| rows[row].id.get());
        let new = Stored {
            case_type: self.others.intern(case_type.get()),
            region: self.others.intern(region.get()),
            provider: self.others.intern(provider.get()),
            ..new
        };
        self.rows.push(new);
        row
    }

    /// Flow at the unit that had the case when it happened.
    fn count(&mut self, row: u32, occurred_at: Timestamp, event: &Event) {
        let stored = &self.rows[row];
        let (unit, origin) = (stored.unit, stored.origin);
        let counter: fn(&mut Flow) -> &mut u32 = match event {
            Event::CaseOpened(_) => |flow| &mut flow.opened,
            // What a unit started is not in the population.
            _ if origin == Origin::Unit => return,
            Event::CaseSubmitted(_) => |flow| &mut flow.received,
            Event::CaseAnswered(_) => |flow| &mut flow.answered,
            Event::CaseClosed(_) => |flow| &mut flow.closed,
            Event::CaseReopened(_) => |flow| &mut flow.reopened,
            Event::CaseWithdrawn(_) => |flow| &mut flow.withdrawn,
            _ => return,
        };
        *counter(self.flows.entry((unit, local_date(occurred_at))).or_default()) += 1;
    }
}

/// Who holds the case after `event`, where the event says so.
fn event_handler(event: &Event) -> Option<StaffId> {
    match event {
        Event::CaseDistributed(it) => Some(it.to),
        Event::CaseReassigned(it) => Some(it.to),
        Event::CaseReopened(it) => it.handler,
        _ => None,
    }
}

/// In a checkpoint: the ids of units, staff, residents and others, then the rows.
impl Book {
    /// The ids that have numbers, by kind.
    pub(crate) fn ids(&self) -> [&Pieces<u128>; 4] {
        [&self.units, &self.staff, &self.residents, &self.others].map(Interner::ids)
    }

    /// Made of its parts; what is wrong with them, if anything is.
    pub(crate) fn of(
        ids: [Pieces<u128>; 4],
        rows: Pieces<Stored>,
        flows: BTreeMap<(u32, Date), Flow>,
    ) -> Result<Self, &'static str> {
        let numbers = Numbers::of(&rows, |row| rows[row].id.get()).ok_or("a case stands twice")?;
        let interner = |ids| Interner::of(ids).ok_or("an id has two numbers");
        let [units, staff, residents, others] = ids;
        let book = Self {
            numbers,
            units: interner(units)?,
            staff: interner(staff)?,
            residents: interner(residents)?,
            others: interner(others)?,
            rows,
            flows,
        };
        if book.rows.iter().all(|it| book.knows(it)) {
            Ok(book)
        } else {
            Err("a number of nothing")
        }
    }

    /// Whether each number of a row stands for something.
    fn knows(&self, row: &Stored) -> bool {
        let [units, staff, residents, others] = self.ids();
        row.unit < count(units)
            && (row.handler == NOBODY || row.handler < count(staff))
            && row.subject.max(row.submitted_by) < count(residents)
            && row.case_type.max(row.region).max(row.provider) < count(others)
            && (row.follows_up == NOBODY || row.follows_up < count(&self.rows))
    }
}

fn count<T>(list: &Pieces<T>) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
