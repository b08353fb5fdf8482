//! Every case, one compact row each.

mod book;
mod index;
mod stored;

use domain::{
    CareProviderId, CaseId, CaseTypeId, Position, RegionId, ResidentId, StaffId, UnitId,
    case::{CloseReason, Origin, State, clock::FirstResponse},
    deadline::Policy,
};
use jiff::Timestamp;

use self::stored::NOBODY;
pub(crate) use self::{
    book::{Book, Change},
    index::Index,
    stored::{Ms, Stored},
};

/// All cases, and what finds them: by id, by unit, by handler, by resident.
#[derive(Debug, Default, Clone)]
pub struct Cases {
    pub(crate) book: Book,
    pub(crate) index: Index,
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
        self.book.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.book.rows.is_empty()
    }

    /// Every case, in the order they began in the log.
    pub fn iter(&self) -> impl Iterator<Item = CaseView> + '_ {
        (0..self.len()).filter_map(|row| u32::try_from(row).ok()).map(|row| self.view(row))
    }

    pub(crate) fn row_of(&self, id: CaseId) -> Option<u32> {
        self.book.row_of(id)
    }

    pub(crate) fn stored(&self, row: u32) -> &Stored {
        &self.book.rows[row]
    }

    pub(crate) fn unit_number(&self, unit: UnitId) -> Option<u32> {
        self.book.units.find(unit.get())
    }

    pub(crate) fn staff_number(&self, staff: StaffId) -> Option<u32> {
        self.book.staff.find(staff.get())
    }

    pub(crate) fn resident_number(&self, resident: ResidentId) -> Option<u32> {
        self.book.residents.find(resident.get())
    }

    pub(crate) fn case_type_id(&self, number: u32) -> CaseTypeId {
        CaseTypeId::new(self.book.others.id(number))
    }

    pub(crate) fn view(&self, row: u32) -> CaseView {
        let it = self.stored(row);
        let resident = |number| ResidentId::new(self.book.residents.id(number));
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
            region: RegionId::new(self.book.others.id(it.region)),
            provider: CareProviderId::new(self.book.others.id(it.provider)),
            unit: UnitId::new(self.book.units.id(it.unit)),
            handler: it.handler().map(|number| StaffId::new(self.book.staff.id(number))),
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
                .then(|| self.book.rows.get(it.follows_up).map(|it| it.id))
                .flatten(),
            partial_answers: it.partial_answers,
            counter_questions: it.counter_questions,
            reassignments: it.reassignments,
            redirects: it.redirects,
            reopenings: it.reopenings,
        }
    }
}
