//! From one source event to the events of a case. Pure.
//!
//! Before any action but `note`, the case is brought to where the action can take place:
//!
//! | the case | the action | happened before it |
//! |---|---|---|
//! | awaits the resident | all but `ask` | `ResidentReplied` |
//! | is closed | all but `close` and `cancel` | `CaseReopened` |
//! | is answered | `work`, `queue`, `ask`, `partial` | `CaseReopened` |
//! | is at another unit | all but `close` and `cancel` | `CaseRedirected` |
//!
//! Then the action. To *hold* is `CaseDistributed` from the queue, `CaseReassigned` from another
//! handler, and nothing for whoever holds the case already.
//!
//! | action | what happened | and where that was so already |
//! |---|---|---|
//! | `work` | hold | `NoteAdded` |
//! | `queue` | `CaseReturned` | `NoteAdded` |
//! | `ask` | hold, `CounterQuestionAsked` | `NoteAdded` |
//! | `partial` | hold, `CasePartiallyAnswered` | |
//! | `answer` | hold, `CaseAnswered` | `NoteAdded` |
//! | `close` | unless answered hold and `CaseAnswered`; `CaseClosed` | `NoteAdded` |
//! | `cancel` | `CaseClosed`, cancelled | |
//! | `note` | `NoteAdded` | |

use domain::{
    CareProviderId, CommitId, StaffId, UnitId,
    case::{
        Case, CaseAnswered, CaseClosed, CaseDistributed, CasePartiallyAnswered, CaseReassigned,
        CaseRedirected, CaseReopened, CaseReturned, CaseSubmitted, CloseReason,
        CounterQuestionAsked, Event, NoteAdded, ResidentReplied, State, TURN_WORKING_DAYS, Thread,
    },
    deadline::{Deadline, OutsideCalendar, Policy},
};
use jiff::Timestamp;

use super::{mapping::Action, names::Names};

/// One source event, its names made ids.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Happening {
    /// The commit that will hold it: messages are named after it.
    pub(crate) commit: CommitId,
    /// When it took place.
    pub(crate) at: Timestamp,
    /// The unit that has the case after it.
    pub(crate) unit: UnitId,
    /// The care provider of all units.
    pub(crate) provider: CareProviderId,
    /// Who acts.
    pub(crate) handler: StaffId,
    /// What is done.
    pub(crate) action: Action,
    /// How turns are reckoned.
    pub(crate) policy: Policy,
}

/// The events that `happening` stands for, and the case after them. The first of a case comes
/// with its `submission`.
pub(crate) fn translate(
    case: Case,
    happening: &Happening,
    submission: Option<CaseSubmitted>,
) -> Result<(Case, Vec<Event>), OutsideCalendar> {
    let mut telling = Telling { case, happening, events: Vec::with_capacity(3), messages: 0 };
    if let Some(mut submission) = submission {
        submission.message = telling.message();
        telling.then(submission);
    }
    telling.prepare()?;
    telling.act();
    Ok((telling.case, telling.events))
}

/// A case on its way through one source event.
struct Telling<'a> {
    case: Case,
    happening: &'a Happening,
    events: Vec<Event>,
    messages: usize,
}

impl Telling<'_> {
    fn then(&mut self, event: impl Into<Event>) {
        let event = event.into();
        self.case = std::mem::take(&mut self.case).evolve(&event, self.happening.at);
        self.events.push(event);
    }

    fn message(&mut self) -> domain::MessageId {
        self.messages += 1;
        Names::message(self.happening.commit, self.messages)
    }

    fn thread(&self) -> Option<&Thread> {
        self.case.thread()
    }

    fn state(&self) -> Option<State> {
        self.thread().map(|thread| thread.state)
    }

    fn holder(&self) -> Option<StaffId> {
        self.thread().and_then(|thread| thread.handler)
    }

    /// Brings the case to where the action can take place.
    fn prepare(&mut self) -> Result<(), OutsideCalendar> {
        use Action::{Ask, Cancel, Close, Note, Partial, Queue, Work};

        let Happening { at, unit, provider, action, policy, .. } = *self.happening;
        if action == Note {
            return Ok(());
        }
        if self.state() == Some(State::AwaitingResident) && action != Ask {
            let turn = Deadline::new(at, TURN_WORKING_DAYS, policy)?;
            let message = self.message();
            self.then(ResidentReplied { message, turn });
        }
        let ends = matches!(action, Close | Cancel);
        let reopened = match self.state() {
            Some(State::Closed) => !ends,
            Some(State::Answered) => matches!(action, Work | Queue | Ask | Partial),
            _ => false,
        };
        if reopened {
            let turn = Deadline::new(at, TURN_WORKING_DAYS, policy)?;
            let (message, handler) = (self.message(), self.holder());
            self.then(CaseReopened { message, handler, turn });
        }
        if let Some(from) = self.thread().map(|thread| thread.unit)
            && from != unit
            && !ends
        {
            self.then(CaseRedirected { from, to: unit, provider });
        }
        Ok(())
    }

    fn act(&mut self) {
        match (self.happening.action, self.state()) {
            (Action::Note, _) => self.note(),
            (Action::Work, _) => {
                if !self.hold() {
                    self.note();
                }
            }
            (Action::Queue, _) => match self.holder() {
                Some(from) => self.then(CaseReturned { from }),
                None => self.note(),
            },
            (Action::Ask, Some(State::AwaitingResident))
            | (Action::Answer, Some(State::Answered))
            | (Action::Close, Some(State::Closed)) => self.note(),
            (Action::Ask, _) => {
                self.hold();
                let message = self.message();
                self.then(CounterQuestionAsked { message });
            }
            (Action::Partial, _) => {
                self.hold();
                let message = self.message();
                self.then(CasePartiallyAnswered { message });
            }
            (Action::Answer, _) => self.answer(),
            (Action::Close, state) => {
                if state != Some(State::Answered) {
                    self.answer();
                }
                self.then(CaseClosed { reason: None });
            }
            (Action::Cancel, _) => self.then(CaseClosed { reason: Some(CloseReason::Cancelled) }),
        }
    }

    /// The case is with whoever acts. Says whether that was news.
    fn hold(&mut self) -> bool {
        let to = self.happening.handler;
        match self.holder() {
            None => self.then(CaseDistributed { to }),
            Some(from) if from == to => return false,
            Some(from) => self.then(CaseReassigned { from, to }),
        }
        true
    }

    fn answer(&mut self) {
        self.hold();
        let message = self.message();
        self.then(CaseAnswered { message });
    }

    fn note(&mut self) {
        let message = self.message();
        self.then(NoteAdded { message });
    }
}
