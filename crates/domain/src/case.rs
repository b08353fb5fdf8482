//! A case (ärende): one resident's matter, one thread, held by one care unit at a time.
//!
//! ```text
//!  submit, open            distribute               answer              close
//!  ───────────▶ RECEIVED ─────────────▶ DISTRIBUTED ──────▶ ANSWERED ─────────▶ CLOSED
//!                  ▲                      │   ▲                │                   │
//!                  └─── return, redirect ─┤   └── follow-up ───┴─── follow-up ─────┤
//!                                         │       (reopens)       within 30 days   │
//!         partial answer: PARTIALLY_ANSWERED                                       │
//!         counter-question: AWAITING_RESIDENT, until the reply   withdraw, reason ─┘
//! ```
//!
//! [`Case::decide`] says which events a command leads to; [`Case::evolve`] says what an event
//! leaves behind. Only `decide` may refuse: what has happened is not up for debate, and an import
//! may hold events that `decide` would not have granted. Who may ask for what is in
//! `permission`; what the deadline makes of it all is in [`clock`].
//!
//! What people write is not here. A command carries the id of its message; the text travels
//! beside it, sealed, and no rule depends on it.

mod attachment;
pub mod clock;
mod command;
mod content;
mod event;
mod notice;
mod permission;
mod rejection;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

pub use self::{
    attachment::{
        AttachedFile, FILE_BYTES_MAX, FILE_NAME_BYTES_MAX, FILES_BY_RESIDENT_MAX,
        FILES_BY_STAFF_MAX, FileHash, FileSecret, FileSecrets, MediaType, check_file_name,
    },
    command::{
        Asked, Command, OfferedType, Opening, Submission, Surroundings, TypeRules, UnitFacts,
    },
    content::{Content, FormAnswer, FormValue, TEXT_BYTES_MAX},
    event::*,
    notice::{Notice, Recipient},
    rejection::Rejection,
};
use crate::{
    AttachmentId, CareProviderId, CaseTypeId, MessageId, RegionId, ResidentId, StaffId, UnitId,
    deadline::{Deadline, Policy},
};

/// How long after its close a resident's follow-up still reopens a case, in days of 24 hours.
///
/// Source: our own decision, DOMAIN "fortsätta i samma ärende".
pub const REOPEN_WINDOW_DAYS: i64 = 30;

/// Working days a unit has for a resident's reply or follow-up: the turn clock's N.
pub const TURN_WORKING_DAYS: u8 = 2;

/// A case, as far as it has come.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum Case {
    /// Nothing has happened yet.
    #[default]
    NotStarted,
    /// Submitted by a resident or opened by a unit.
    Started(Box<Thread>),
}

/// Where a case stands. [`State::Closed`] says why, where a reason was needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// In the unit's queue: nobody holds it.
    Received,
    /// A handler holds it.
    Distributed,
    /// The resident has got a partial answer (delsvar), and more is to come.
    PartiallyAnswered,
    /// A counter-question (motfråga) waits for the resident.
    AwaitingResident,
    /// The resident has the answer.
    Answered,
    /// Over, unless a follow-up reopens it.
    Closed,
}

/// What is known of a case that has started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Who started it.
    pub origin: Origin,
    /// The tenant.
    pub region: RegionId,
    /// The organisation responsible in law. A case belongs to exactly one at a time.
    pub provider: CareProviderId,
    /// The unit that has it.
    pub unit: UnitId,
    /// Its type.
    pub case_type: CaseTypeId,
    /// The resident it concerns.
    pub subject: ResidentId,
    /// Who holds it, if anyone.
    pub handler: Option<StaffId>,
    /// Where it stands.
    pub state: State,
    /// Why it was closed, where a reason was given.
    pub close_reason: Option<CloseReason>,
    /// When it was closed, while it is.
    pub closed_at: Option<Timestamp>,
    /// When the first response is due; none where no clock runs.
    pub deadline: Option<Deadline>,
    /// The resident's consents to a redirect to another care provider.
    pub consents: BTreeSet<CareProviderId>,
    /// Every message and note, so that the same one is never taken twice.
    pub messages: BTreeSet<MessageId>,
    /// Every file that went with a message, so that none is attached twice.
    pub files: BTreeSet<AttachmentId>,
}

/// Whether a case is to be reassigned (att omfördela): it is not over, and whoever holds it is no
/// handler at its unit at `at`, because the assignment was taken away, has ended, or has not begun.
///
/// Never stored and never an event: it is what this function says of a case, the assignments and a
/// "now". The handler may come back, and holds the case again.
pub fn is_to_be_reassigned(
    state: State,
    handler: Option<StaffId>,
    unit: UnitId,
    around: &dyn Surroundings,
    at: Timestamp,
) -> bool {
    state != State::Closed && handler.is_some_and(|who| !around.handles(who, unit, at))
}

impl Case {
    /// The events `command` leads to, or why it may not be.
    ///
    /// Asking for what is already so is granted, and changes nothing. `asked` says who asks, when,
    /// and what the world around the case looks like then.
    pub fn decide(&self, asked: &Asked<'_>, command: &Command) -> Result<Vec<Event>, Rejection> {
        let case = match (self, command) {
            (_, Command::Attach { files, to }) => return self.attach(asked, files, to),
            (Self::NotStarted, Command::Submit(submission)) => {
                return Ok(vec![Event::CaseSubmitted(submission.decide(asked)?)]);
            }
            (Self::NotStarted, Command::Open(opening)) => {
                return opening.decide(asked);
            }
            (Self::NotStarted, _) => return Err(Rejection::NotStarted),
            (Self::Started(case), _) => case,
        };
        case.permit(asked, command)?;
        if command.message().is_some_and(|message| case.messages.contains(&message)) {
            return Ok(vec![]);
        }
        case.decide(asked, command)
    }

    /// The case after `event`, which took place at `at`. Total: an event that does not fit leaves
    /// the case as it was.
    #[must_use]
    pub fn evolve(self, event: &Event, at: Timestamp) -> Self {
        match (self, event) {
            (Self::NotStarted, Event::CaseSubmitted(it)) => Self::Started(Box::new(it.thread())),
            (Self::NotStarted, Event::CaseOpened(it)) => Self::Started(Box::new(it.thread())),
            (Self::Started(case), event) => Self::Started(Box::new(case.evolve(event, at))),
            (Self::NotStarted, _) => Self::NotStarted,
        }
    }

    /// The thread, once there is one.
    pub fn thread(&self) -> Option<&Thread> {
        match self {
            Self::NotStarted => None,
            Self::Started(thread) => Some(thread),
        }
    }
}

impl Thread {
    /// The rules, one row each. Permission is settled, and a message is a new one.
    fn decide(&self, asked: &Asked<'_>, command: &Command) -> Result<Vec<Event>, Rejection> {
        use State::{Answered, AwaitingResident, Closed};

        let event = match (self.state, command) {
            (_, Command::Submit(_) | Command::Open(_)) => return Err(Rejection::AlreadyStarted),
            (_, Command::Attach { .. }) => return Err(Rejection::NothingToAttachTo),
            (_, Command::AddNote { message }) => NoteAdded { message: *message }.into(),

            (Answered | Closed, Command::Reply { message }) => self.reopen(asked, *message)?,
            (_, Command::Reply { message }) => {
                ResidentReplied { message: *message, turn: self.turn(asked.at)? }.into()
            }
            (Closed, Command::Withdraw) if self.is_withdrawn() => return Ok(vec![]),
            (Answered, Command::Withdraw) => return Err(Rejection::AlreadyAnswered),
            (Closed, Command::Close { reason }) if *reason == self.close_reason => {
                return Ok(vec![]);
            }
            (_, Command::ConsentToRedirect { to }) if self.consents.contains(to) => {
                return Ok(vec![]);
            }
            (Closed, _) => return Err(Rejection::Closed),

            (_, Command::Withdraw) => CaseWithdrawn {}.into(),
            (Answered, Command::Close { reason }) => CaseClosed { reason: *reason }.into(),
            (_, Command::Close { reason: None }) => return Err(Rejection::NotAnswered),
            (_, Command::Close { reason }) => CaseClosed { reason: *reason }.into(),

            (
                _,
                Command::Distribute { to }
                | Command::Reassign { to }
                | Command::ReassignFrom { to, .. },
            ) if self.handler == Some(*to) => {
                // Whoever lost the role since is no answer to who should have the case.
                self.check_handler(asked, *to)?;
                return Ok(vec![]);
            }
            (_, Command::Distribute { to }) => {
                self.check_handler(asked, *to)?;
                match self.handler {
                    None => CaseDistributed { to: *to }.into(),
                    Some(handler) => return Err(Rejection::AlreadyDistributed { handler }),
                }
            }
            (_, Command::Reassign { to }) => {
                self.check_handler(asked, *to)?;
                let from = self.handler.ok_or(Rejection::NotDistributed)?;
                CaseReassigned { from, to: *to }.into()
            }
            (_, Command::ReassignFrom { from, to }) => {
                self.check_handler(asked, *to)?;
                if self.handler != Some(*from) {
                    return Err(Rejection::NotHeldBy { handler: *from });
                }
                CaseReassigned { from: *from, to: *to }.into()
            }
            (_, Command::Return) => match self.handler {
                Some(from) => CaseReturned { from }.into(),
                None => return Ok(vec![]),
            },
            (_, Command::Redirect { to }) if *to == self.unit => return Ok(vec![]),
            (_, Command::Redirect { to }) => self.redirect(asked, *to)?,
            (_, Command::ConsentToRedirect { to }) => RedirectConsented { to: *to }.into(),

            (
                Answered,
                Command::SendPartialAnswer { .. }
                | Command::AskCounterQuestion { .. }
                | Command::Answer { .. },
            ) => return Err(Rejection::AlreadyAnswered),
            (_, Command::SendPartialAnswer { .. } | Command::AskCounterQuestion { .. })
                if !asked.around.type_rules(self.case_type).conversation =>
            {
                return Err(Rejection::NoConversation);
            }
            (AwaitingResident, Command::AskCounterQuestion { .. }) => {
                return Err(Rejection::AlreadyAsked);
            }
            (_, Command::SendPartialAnswer { message }) => {
                CasePartiallyAnswered { message: *message }.into()
            }
            (_, Command::AskCounterQuestion { message }) => {
                CounterQuestionAsked { message: *message }.into()
            }
            (_, Command::Answer { message }) => CaseAnswered { message: *message }.into(),
        };
        Ok(vec![event])
    }

    /// The case after `event`. One row per event, so that a new one cannot be forgotten.
    fn evolve(mut self, event: &Event, at: Timestamp) -> Self {
        self.messages.extend(event.message());
        match event {
            Event::CaseSubmitted(_)
            | Event::CaseOpened(_)
            | Event::NoteAdded(_)
            | Event::FormAnswered(_) => (),
            Event::CaseDistributed(CaseDistributed { to }) => {
                self.handler = Some(*to);
                if self.state == State::Received {
                    self.state = State::Distributed;
                }
            }
            Event::CaseReassigned(CaseReassigned { to, .. }) => self.handler = Some(*to),
            Event::CaseReturned(_) => self.release(),
            Event::CaseRedirected(CaseRedirected { to, provider, .. }) => {
                (self.unit, self.provider) = (*to, *provider);
                self.release();
            }
            Event::RedirectConsented(RedirectConsented { to }) => {
                self.consents.insert(*to);
            }
            Event::CasePartiallyAnswered(_) => {
                if self.state != State::AwaitingResident {
                    self.state = State::PartiallyAnswered;
                }
            }
            Event::CounterQuestionAsked(_) => self.state = State::AwaitingResident,
            Event::ResidentReplied(_) => {
                if self.state == State::AwaitingResident {
                    self.resume();
                }
            }
            Event::CaseAnswered(_) => self.state = State::Answered,
            Event::CaseClosed(CaseClosed { reason }) => self.close(*reason, at),
            Event::CaseWithdrawn(_) => self.close(Some(CloseReason::Withdrawn), at),
            Event::CaseReopened(CaseReopened { handler, .. }) => {
                self.handler = *handler;
                (self.close_reason, self.closed_at) = (None, None);
                self.resume();
            }
            Event::AttachmentsAdded(AttachmentsAdded { files, .. }) => {
                self.files.extend(files.iter().map(|it| it.id));
            }
        }
        self
    }

    /// Back to work: with the handler, or in the queue where there is none.
    fn resume(&mut self) {
        self.state = if self.handler.is_some() { State::Distributed } else { State::Received };
    }

    /// Nobody holds it. An answered, awaiting or closed case stays what it is.
    fn release(&mut self) {
        self.handler = None;
        if matches!(self.state, State::Distributed | State::PartiallyAnswered) {
            self.state = State::Received;
        }
    }

    fn close(&mut self, reason: Option<CloseReason>, at: Timestamp) {
        self.state = State::Closed;
        (self.close_reason, self.closed_at) = (reason, Some(at));
    }

    fn is_withdrawn(&self) -> bool {
        self.close_reason == Some(CloseReason::Withdrawn)
    }

    /// A follow-up reopens, within the window; a withdrawn case is not taken up again.
    fn reopen(&self, asked: &Asked<'_>, message: MessageId) -> Result<Event, Rejection> {
        if self.is_withdrawn() {
            return Err(Rejection::Withdrawn);
        }
        if let Some(closed_at) = self.closed_at
            && asked.at.duration_since(closed_at)
                > SignedDuration::from_hours(24 * REOPEN_WINDOW_DAYS)
        {
            return Err(Rejection::ReopenWindowPassed { closed_at });
        }
        let still_here = |it: &StaffId| asked.around.handles(*it, self.unit, asked.at);
        let handler = self.handler.filter(still_here);
        Ok(CaseReopened { message, handler, turn: self.turn(asked.at)? }.into())
    }

    fn redirect(&self, asked: &Asked<'_>, to: UnitId) -> Result<Event, Rejection> {
        let unit = asked.around.unit(to).filter(|unit| unit.region == self.region);
        let unit = unit.ok_or(Rejection::UnknownUnit)?;
        if !unit.active {
            return Err(Rejection::UnitNotActive);
        }
        if unit.provider != self.provider && !self.consents.contains(&unit.provider) {
            return Err(Rejection::ConsentNeeded { provider: unit.provider });
        }
        Ok(CaseRedirected { from: self.unit, to, provider: unit.provider }.into())
    }

    fn check_handler(&self, asked: &Asked<'_>, to: StaffId) -> Result<(), Rejection> {
        if asked.around.handles(to, self.unit, asked.at) {
            Ok(())
        } else {
            Err(Rejection::NotAHandler { to })
        }
    }

    /// When the unit's turn, which starts at `at`, is up: by the policy the case began with.
    fn turn(&self, at: Timestamp) -> Result<Deadline, Rejection> {
        let policy = self.deadline.map_or(Policy::Eod, |it| it.policy);
        Deadline::new(at, TURN_WORKING_DAYS, policy).map_err(|_| Rejection::OutsideCalendar { at })
    }
}
