//! What the viewer can do with a case at present, found by putting the command to the rules.
//!
//! The rules are asked, not repeated: a probe is a real command to a real target, and the viewer
//! can where some target would be granted *and* would change something. What only the text of a
//! message decides is left out: no probe is without one.

use domain::{
    CareProviderId, MessageId, StaffId, UnitId,
    case::{Asked, Case, CloseReason, Command},
};

use crate::schema::id;

/// One command about a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ability {
    Distribute,
    Reassign,
    Return,
    Redirect,
    ConsentToRedirect,
    SendPartialAnswer,
    AskCounterQuestion,
    Reply,
    Answer,
    Close,
    Withdraw,
    AddNote,
}

/// Whom and where a command about a case could be directed at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Targets {
    /// The handlers of the unit that has the case.
    pub(crate) handlers: Vec<StaffId>,
    /// The units of its region.
    pub(crate) units: Vec<UnitId>,
    /// Their care providers.
    pub(crate) providers: Vec<CareProviderId>,
}

impl Ability {
    /// Whether whoever `asked` could do this with the case in `state`.
    pub(crate) fn holds(self, state: &Case, asked: &Asked<'_>, targets: &Targets) -> bool {
        let granted =
            |command: Command| state.decide(asked, &command).is_ok_and(|events| !events.is_empty());
        // A message that no case has had.
        let message: MessageId = id::nothing();
        match self {
            Self::Distribute => {
                targets.handlers.iter().any(|to| granted(Command::Distribute { to: *to }))
            }
            Self::Reassign => {
                targets.handlers.iter().any(|to| granted(Command::Reassign { to: *to }))
            }
            Self::Return => granted(Command::Return),
            Self::Redirect => targets.units.iter().any(|to| granted(Command::Redirect { to: *to })),
            Self::ConsentToRedirect => {
                let provider = state.thread().map(|thread| thread.provider);
                let others = targets.providers.iter().filter(|it| Some(**it) != provider);
                others.copied().any(|to| granted(Command::ConsentToRedirect { to }))
            }
            Self::SendPartialAnswer => granted(Command::SendPartialAnswer { message }),
            Self::AskCounterQuestion => granted(Command::AskCounterQuestion { message }),
            Self::Reply => granted(Command::Reply { message }),
            Self::Answer => granted(Command::Answer { message }),
            Self::Close => [None, Some(CloseReason::Cancelled)]
                .into_iter()
                .any(|reason| granted(Command::Close { reason })),
            Self::Withdraw => granted(Command::Withdraw),
            Self::AddNote => granted(Command::AddNote { message }),
        }
    }
}
