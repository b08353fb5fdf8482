//! Who may ask for what, as far as it is a rule about the case: who holds it, and which unit.
//!
//! | command | may |
//! |---|---|
//! | reply, withdraw, consent | the subject, or a proxy where the type is not hidden from proxies |
//! | distribute | a receiver of the unit |
//! | partial answer, reassign, return, redirect, close, note | a receiver of the unit; the handler who holds it |
//! | counter-question, answer | the handler who holds it |
//!
//! Who may *see* a case is not decided here: whoever may not see it never gets as far as asking.

use super::{Asked, Command, Rejection, Thread};
use crate::{Actor, Role};

/// What the asker is to the case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// The resident it concerns, or a proxy, unless the type is hidden from proxies.
    Resident,
    /// A receiver of the unit that has it.
    Receiver,
    /// The handler who holds it, at the unit that has it.
    Holder,
    /// A handler of the unit, who does not hold it.
    OtherHandler,
    /// Someone else.
    None,
}

impl Thread {
    pub(super) fn permit(&self, asked: &Asked<'_>, command: &Command) -> Result<(), Rejection> {
        use Relation::{Holder, OtherHandler, Receiver, Resident};

        match (command, self.relation(asked)) {
            (Command::Submit(_), Resident) | (Command::Open(_), Receiver | Holder) => Ok(()),
            (
                Command::Reply { .. } | Command::Withdraw | Command::ConsentToRedirect { .. },
                Resident,
            ) => Ok(()),
            (Command::Distribute { .. }, Receiver) => Ok(()),
            (
                Command::SendPartialAnswer { .. }
                | Command::Reassign { .. }
                | Command::Return
                | Command::Redirect { .. }
                | Command::Close { .. }
                | Command::AddNote { .. },
                Receiver | Holder,
            ) => Ok(()),
            (Command::AskCounterQuestion { .. } | Command::Answer { .. }, Holder) => Ok(()),

            (
                Command::Submit(_)
                | Command::Open(_)
                | Command::Distribute { .. }
                | Command::Reply { .. }
                | Command::Withdraw
                | Command::ConsentToRedirect { .. },
                _,
            ) => Err(Rejection::NotAllowed),
            (_, OtherHandler) => match self.handler {
                Some(handler) => Err(Rejection::HeldByAnother { handler }),
                None => Err(Rejection::NotDistributed),
            },
            _ => Err(Rejection::NotAllowed),
        }
    }

    fn relation(&self, asked: &Asked<'_>) -> Relation {
        match asked.by {
            Actor::Resident { who, .. }
                if asked.around.is_theirs(who, self.subject, self.case_type, asked.at) =>
            {
                Relation::Resident
            }
            Actor::Staff { role: Role::Receiver, unit: Some(unit), .. } if unit == self.unit => {
                Relation::Receiver
            }
            Actor::Staff { who, role: Role::Handler, unit: Some(unit) } if unit == self.unit => {
                if self.handler == Some(who) {
                    Relation::Holder
                } else {
                    Relation::OtherHandler
                }
            }
            _ => Relation::None,
        }
    }
}
