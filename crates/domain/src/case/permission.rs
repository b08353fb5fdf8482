//! Who may ask for what: what the asker is to the case, put to the table of [`crate::policy`].
//!
//! A handler is one who is a handler at the unit at that very time: whose assignment was taken away,
//! has ended or has not begun keeps no case, whatever the case still says of who holds it. A proxy is
//! to a case of a type that is hidden from proxies as anyone else.
//!
//! Who may *see* a case is not decided here: whoever may not see it never gets as far as asking.

use super::{Asked, Command, Rejection, Thread};
use crate::{
    Actor, Role,
    policy::{Relation, may_do},
};

impl Thread {
    pub(super) fn permit(&self, asked: &Asked<'_>, command: &Command) -> Result<(), Rejection> {
        let (relation, action) = (self.relation(asked), command.action());
        if may_do(relation, action) {
            return Ok(());
        }
        // What a colleague could do who holds the case.
        if relation == Relation::OtherHandler && may_do(Relation::Holder, action) {
            return match self.handler {
                Some(handler) => Err(Rejection::HeldByAnother { handler }),
                None => Err(Rejection::NotDistributed),
            };
        }
        Err(Rejection::NotAllowed)
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
            Actor::Staff { who, role: Role::Handler, unit: Some(unit) }
                if unit == self.unit && asked.around.handles(who, unit, asked.at) =>
            {
                if self.handler == Some(who) { Relation::Holder } else { Relation::OtherHandler }
            }
            _ => Relation::Stranger,
        }
    }
}
