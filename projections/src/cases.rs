//! Every case, one compact row each.

mod stored;

use std::collections::BTreeMap;

use domain::{
    CareProviderId, CaseId, CaseTypeId, Position, Recorded, RegionId, ResidentId, StaffId, UnitId,
    case::{CaseOpened, CaseSubmitted, CloseReason, Event, Origin, State, clock::FirstResponse},
    deadline::{Policy, local_date},
};
use jiff::{Timestamp, civil::Date};

use self::stored::NOBODY;
pub(crate) use self::stored::{Ms, Stored};
use crate::{inbox::UnitIndex, intern::Interner, statistics::Flow};

/// All cases, and what finds them: by id, by unit, by handler, by resident.
#[derive(Debug, Default, Clone)]
pub struct Cases {
    pub(crate) rows: Vec<Stored>,
    ids: Interner,
    units: Interner,
    staff: Interner,
    residents: Interner,
    /// Case types, care providers and regions: few, so they share one.
    others: Interner,
    /// By unit number.
    pub(crate) by_unit: Vec<UnitIndex>,
    /// By staff number: the rows of cases they hold, closed ones too.
    pub(crate) by_handler: Vec<Vec<u32>>,
    /// By resident number: the rows of cases that concern them.
    pub(crate) by_resident: Vec<Vec<u32>>,
    /// What happened at each unit on each local date.
    pub(crate) flows: BTreeMap<(u32, Date), Flow>,
}

/// A case as readers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseView {
    /// Its id.
    pub id: CaseId,
    /// How many events it has.
    pub version: u32,
    /// Its last commit.
    pub position: Position,
    /// Who started it.
    pub origin: Origin,
    /// Where it stands.
    pub state: State,
    /// Its first-response clock: ask it for the colour at an instant.
    pub clock: FirstResponse,
    /// Why it was closed, where a reason was given.
    pub close_reason: Option<CloseReason>,
    /// Its type.
    pub case_type: CaseTypeId,
    /// The tenant.
    pub region: RegionId,
    /// The organisation responsible in law.
    pub provider: CareProviderId,
    /// The unit that has it.
    pub unit: UnitId,
    /// Who holds it.
    pub handler: Option<StaffId>,
    /// The resident it concerns.
    pub subject: ResidentId,
    /// Who sent it; the subject where a unit opened it.
    pub submitted_by: ResidentId,
    /// When it began.
    pub received_at: Timestamp,
    /// When the first response is due.
    pub due_at: Option<Timestamp>,
    /// How that was reckoned.
    pub policy: Policy,
    /// When the unit's turn after the last reply or follow-up is up.
    pub turn_due_at: Option<Timestamp>,
    /// The first partial answer, counter-question or answer.
    pub first_response_at: Option<Timestamp>,
    /// The first answer.
    pub answered_at: Option<Timestamp>,
    /// When it was first distributed.
    pub distributed_at: Option<Timestamp>,
    /// The close that stands.
    pub closed_at: Option<Timestamp>,
    /// When the latest of its events took place, whichever was recorded last.
    pub last_event_at: Timestamp,
    /// The case it follows up.
    pub follows_up: Option<CaseId>,
    /// How many partial answers.
    pub partial_answers: u16,
    /// How many counter-questions.
    pub counter_questions: u16,
    /// How many reassignments.
    pub reassignments: u16,
    /// How many redirects.
    pub redirects: u16,
    /// How many reopenings.
    pub reopenings: u16,
}

impl Cases {
    /// The case with this id.
    pub fn get(&self, id: CaseId) -> Option<CaseView> {
        self.row_of(id).map(|row| self.view(row))
    }

    /// How many cases there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every case, in the order they began in the log.
    pub fn iter(&self) -> impl Iterator<Item = CaseView> + '_ {
        (0..self.rows.len()).filter_map(|row| u32::try_from(row).ok()).map(|row| self.view(row))
    }

    pub(crate) fn row_of(&self, id: CaseId) -> Option<u32> {
        self.ids.find(id.get())
    }

    pub(crate) fn stored(&self, row: u32) -> &Stored {
        &self.rows[row as usize]
    }

    pub(crate) fn unit_number(&self, unit: UnitId) -> Option<u32> {
        self.units.find(unit.get())
    }

    pub(crate) fn staff_number(&self, staff: StaffId) -> Option<u32> {
        self.staff.find(staff.get())
    }

    pub(crate) fn resident_number(&self, resident: ResidentId) -> Option<u32> {
        self.residents.find(resident.get())
    }

    pub(crate) fn case_type_id(&self, number: u32) -> CaseTypeId {
        CaseTypeId::new(self.others.id(number))
    }

    pub(crate) fn view(&self, row: u32) -> CaseView {
        let it = self.stored(row);
        let resident = |number| ResidentId::new(self.residents.id(number));
        let at = |ms: Ms| ms.get().unwrap_or_default();
        CaseView {
            id: it.id,
            version: it.version,
            position: it.position,
            origin: it.origin,
            state: it.state,
            clock: it.clock(),
            close_reason: it.close_reason,
            case_type: self.case_type_id(it.case_type),
            region: RegionId::new(self.others.id(it.region)),
            provider: CareProviderId::new(self.others.id(it.provider)),
            unit: UnitId::new(self.units.id(it.unit)),
            handler: it.handler().map(|number| StaffId::new(self.staff.id(number))),
            subject: resident(it.subject),
            submitted_by: resident(it.submitted_by),
            received_at: at(it.received_at),
            due_at: it.due_at.get(),
            policy: it.policy,
            turn_due_at: it.turn_due_at.get(),
            first_response_at: it.responded_at.get(),
            answered_at: it.answered_at.get(),
            distributed_at: it.distributed_at.get(),
            closed_at: it.closed_at.get(),
            last_event_at: at(it.last_event_at),
            follows_up: (it.follows_up != NOBODY)
                .then(|| self.rows.get(it.follows_up as usize).map(|it| it.id))
                .flatten(),
            partial_answers: it.partial_answers,
            counter_questions: it.counter_questions,
            reassignments: it.reassignments,
            redirects: it.redirects,
            reopenings: it.reopenings,
        }
    }

    pub(crate) fn apply(
        &mut self,
        case: CaseId,
        recorded: &Recorded<domain::Event>,
        event: &Event,
    ) {
        let row = match (self.row_of(case), event) {
            (Some(row), _) => row,
            (None, Event::CaseSubmitted(it)) => self.submit(case, recorded, it),
            (None, Event::CaseOpened(it)) => self.open(case, recorded, it),
            // The log never holds a case that begins otherwise; a view by time may.
            (None, _) => return,
        };
        let before = self.stored(row).keys();
        let holder_before = self.stored(row).handler();
        let redirected_to = match event {
            Event::CaseRedirected(it) => Some(self.unit(it.to)),
            _ => None,
        };
        let staff = event_handler(event).map(|it| self.staff.intern(it.get()));
        let provider = match event {
            Event::CaseRedirected(it) => Some(self.others.intern(it.provider.get())),
            _ => None,
        };
        self.count(row, recorded.occurred_at, event);

        let it = &mut self.rows[row as usize];
        it.evolve(event, recorded.occurred_at, staff);
        it.unit = redirected_to.unwrap_or(it.unit);
        it.provider = provider.unwrap_or(it.provider);
        it.version = recorded.version;
        it.position = recorded.position;
        it.last_event_at = it.last_event_at.latest(recorded.occurred_at);
        let (after, holder) = (it.keys(), it.handler());
        if before != after {
            self.by_unit[before.unit as usize].remove(row, &before);
            self.by_unit[after.unit as usize].insert(row, &after);
        }
        if holder_before != holder {
            self.hold(row, holder_before, holder);
        }
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
            let stored = &mut self.rows[row as usize];
            (stored.handler, stored.state) = (number, State::Distributed);
            self.hold(row, None, Some(number));
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
            unit: self.unit(unit),
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
        let row = self.ids.intern(new.id.get());
        let new = Stored {
            case_type: self.others.intern(case_type.get()),
            region: self.others.intern(region.get()),
            provider: self.others.intern(provider.get()),
            ..new
        };
        at(&mut self.by_resident, new.subject).push(row);
        self.by_unit[new.unit as usize].insert(row, &new.keys());
        self.rows.push(new);
        row
    }

    fn unit(&mut self, unit: UnitId) -> u32 {
        let number = self.units.intern(unit.get());
        at(&mut self.by_unit, number);
        number
    }

    fn hold(&mut self, row: u32, before: Option<u32>, after: Option<u32>) {
        if let Some(before) = before {
            at(&mut self.by_handler, before).retain(|it| *it != row);
        }
        if let Some(after) = after {
            at(&mut self.by_handler, after).push(row);
        }
    }

    /// Flow at the unit that had the case when it happened.
    fn count(&mut self, row: u32, occurred_at: Timestamp, event: &Event) {
        let stored = &self.rows[row as usize];
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

/// The entry at `number`, with empty ones before it as needed.
fn at<T: Default>(list: &mut Vec<T>, number: u32) -> &mut T {
    let index = number as usize;
    if list.len() <= index {
        list.resize_with(index + 1, T::default);
    }
    &mut list[index]
}
