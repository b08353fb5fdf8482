//! When each member of staff was last seen at each unit: when they last did something in a case
//! there, in whatever role.
//!
//! Only what the log says of cases anyway. Reading is not in it: who read what stands in the access
//! log, which is not for colleagues.

use domain::{Actor, Recorded, StaffId, UnitId};
use jiff::Timestamp;

use crate::{
    intern::Interner,
    pieces::Pieces,
    state::{Kept, StateError, Taken},
};

/// Who was last seen where, and when.
#[derive(Debug, Default, Clone)]
pub(crate) struct Activity {
    staff: Interner,
    /// By a person's number: each unit that they did something at, in order of first time, and the
    /// last time.
    seen: Pieces<Vec<(UnitId, Timestamp)>>,
}

impl Activity {
    /// When `staff` was last seen at `unit`; none if never.
    pub(crate) fn last_seen(&self, staff: StaffId, unit: UnitId) -> Option<Timestamp> {
        let seen = self.seen.get(self.staff.find(staff.get())?)?;
        seen.iter().find(|(at, _)| *at == unit).map(|(_, last)| *last)
    }

    /// Takes in one event of a case.
    pub(crate) fn apply<E>(&mut self, recorded: &Recorded<E>) {
        let Actor::Staff { who, unit: Some(unit), .. } = recorded.actor else { return };
        let at = recorded.occurred_at;
        let number = self.staff.intern(who.get());
        if number as usize == self.seen.len() {
            self.seen.push(vec![(unit, at)]);
            return;
        }
        let seen = self.seen.at_mut(number);
        match seen.iter_mut().find(|(it, _)| *it == unit) {
            Some((_, last)) => *last = at.max(*last),
            None => seen.push((unit, at)),
        }
    }
}

impl Kept for Activity {
    fn put(&self, out: &mut Vec<u8>) {
        self.staff.ids().put(out);
        self.seen.put(out);
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        let staff = Interner::of(Kept::take(from)?);
        let staff = staff.ok_or_else(|| from.wrong("a person stands twice"))?;
        let seen: Pieces<_> = Kept::take(from)?;
        if seen.len() != staff.ids().len() {
            return Err(from.wrong("not as many people as were seen"));
        }
        Ok(Self { staff, seen })
    }
}
