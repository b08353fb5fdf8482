//! One case as the read models keep it, and what each event makes of it.
//!
//! Where a case stands follows the order of the log, as the rules do; when it was distributed,
//! responded to and answered follows when things took place, so that what is registered late
//! counts from when it happened.

use domain::{
    CaseId, Position,
    case::{CaseClosed, CaseReopened, CloseReason, Event, Origin, State, clock::FirstResponse},
    deadline::{Deadline, Policy},
};
use jiff::Timestamp;

use crate::state::{Kept, StateError, Taken, fields};

/// An instant in whole milliseconds, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ms(pub(crate) i64);

impl Ms {
    pub(crate) const NONE: Self = Self(i64::MIN);

    /// The earlier of the two: what is registered late may have taken place first.
    fn earliest(self, at: Timestamp) -> Self {
        let at = Self::from(at);
        if self == Self::NONE || at.0 < self.0 { at } else { self }
    }

    /// The later of the two.
    pub(super) fn latest(self, at: Timestamp) -> Self {
        Self(self.0.max(Self::from(at).0))
    }

    pub(crate) fn get(self) -> Option<Timestamp> {
        if self == Self::NONE { None } else { Timestamp::from_millisecond(self.0).ok() }
    }
}

impl From<Timestamp> for Ms {
    fn from(at: Timestamp) -> Self {
        Self(at.as_millisecond())
    }
}

pub(super) const NOBODY: u32 = u32::MAX;

/// A case as it is kept: 144 bytes.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: CaseId,
    pub(crate) received_at: Ms,
    pub(crate) due_at: Ms,
    pub(super) turn_due_at: Ms,
    pub(crate) responded_at: Ms,
    pub(crate) answered_at: Ms,
    pub(crate) distributed_at: Ms,
    pub(crate) closed_at: Ms,
    pub(crate) last_event_at: Ms,
    pub(super) position: Position,
    pub(super) version: u32,
    pub(crate) unit: u32,
    pub(super) handler: u32,
    pub(super) subject: u32,
    pub(super) submitted_by: u32,
    pub(crate) case_type: u32,
    pub(super) region: u32,
    pub(super) provider: u32,
    /// The row of the case it follows up.
    pub(super) follows_up: u32,
    pub(super) partial_answers: u16,
    pub(super) counter_questions: u16,
    pub(super) reassignments: u16,
    pub(super) redirects: u16,
    pub(super) reopenings: u16,
    pub(crate) origin: Origin,
    pub(crate) state: State,
    pub(super) close_reason: Option<CloseReason>,
    pub(crate) policy: Policy,
}

fields!(Stored {
    id,
    received_at,
    due_at,
    turn_due_at,
    responded_at,
    answered_at,
    distributed_at,
    closed_at,
    last_event_at,
    position,
    version,
    unit,
    handler,
    subject,
    submitted_by,
    case_type,
    region,
    provider,
    follows_up,
    partial_answers,
    counter_questions,
    reassignments,
    redirects,
    reopenings,
    origin,
    state,
    close_reason,
    policy,
});

impl Kept for Ms {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        i64::take(from).map(Self)
    }
}

impl Stored {
    pub(crate) fn handler(&self) -> Option<u32> {
        (self.handler != NOBODY).then_some(self.handler)
    }

    pub(crate) fn clock(&self) -> FirstResponse {
        FirstResponse {
            due_at: self.due_at.get(),
            responded_at: self.responded_at.get(),
            closed: self.closed_at.get().map(|at| (at, self.close_reason)),
        }
    }

    /// One row per event; the states follow `Case::evolve`, which a test holds this to.
    pub(super) fn evolve(&mut self, event: &Event, at: Timestamp, staff: Option<u32>) {
        match event {
            Event::CaseSubmitted(_)
            | Event::CaseOpened(_)
            | Event::RedirectConsented(_)
            | Event::NoteAdded(_)
            | Event::AttachmentsAdded(_)
            | Event::FormAnswered(_) => (),
            Event::CaseDistributed(_) => {
                self.handler = staff.unwrap_or(NOBODY);
                self.distributed_at = self.distributed_at.earliest(at);
                if self.state == State::Received {
                    self.state = State::Distributed;
                }
            }
            Event::CaseReassigned(_) => {
                self.handler = staff.unwrap_or(NOBODY);
                self.reassignments = self.reassignments.saturating_add(1);
            }
            Event::CaseReturned(_) => self.release(),
            Event::CaseRedirected(_) => {
                self.redirects = self.redirects.saturating_add(1);
                self.release();
            }
            Event::CasePartiallyAnswered(_) => {
                self.respond(at);
                self.partial_answers = self.partial_answers.saturating_add(1);
                if self.state != State::AwaitingResident {
                    self.state = State::PartiallyAnswered;
                }
            }
            Event::CounterQuestionAsked(_) => {
                self.respond(at);
                self.counter_questions = self.counter_questions.saturating_add(1);
                self.state = State::AwaitingResident;
            }
            Event::ResidentReplied(it) => {
                self.take_turn(&it.turn);
                if self.state == State::AwaitingResident {
                    self.resume();
                }
            }
            Event::CaseAnswered(_) => {
                self.respond(at);
                self.answered_at = self.answered_at.earliest(at);
                self.state = State::Answered;
            }
            Event::CaseClosed(CaseClosed { reason }) => self.close(*reason, at),
            Event::CaseWithdrawn(_) => self.close(Some(CloseReason::Withdrawn), at),
            Event::CaseReopened(CaseReopened { turn, .. }) => {
                self.reopenings = self.reopenings.saturating_add(1);
                self.handler = staff.unwrap_or(NOBODY);
                (self.closed_at, self.close_reason) = (Ms::NONE, None);
                self.take_turn(turn);
                self.resume();
            }
        }
    }

    /// Any message to the resident stops the first-response clock and the turn.
    fn respond(&mut self, at: Timestamp) {
        self.responded_at = self.responded_at.earliest(at);
        self.turn_due_at = Ms::NONE;
    }

    fn take_turn(&mut self, turn: &Deadline) {
        self.turn_due_at = turn.due_at.into();
    }

    fn resume(&mut self) {
        self.state = if self.handler == NOBODY { State::Received } else { State::Distributed };
    }

    fn release(&mut self) {
        self.handler = NOBODY;
        if matches!(self.state, State::Distributed | State::PartiallyAnswered) {
            self.state = State::Received;
        }
    }

    fn close(&mut self, reason: Option<CloseReason>, at: Timestamp) {
        self.state = State::Closed;
        (self.close_reason, self.closed_at) = (reason, at.into());
        self.turn_due_at = Ms::NONE;
    }
}
