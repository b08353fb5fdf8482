//! When each member of staff was last seen at each unit: when they last did something in a case
//! there, in whatever role.
//!
//! Only what the log says of cases anyway. Reading is not in it: who read what stands in the access
//! log, which is not for colleagues.

use std::collections::BTreeMap;

use domain::{Actor, Recorded, StaffId, UnitId};
use jiff::Timestamp;

use crate::state::fields;

/// Who was last seen where, and when.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Activity {
    /// By person: each unit that they did something at, in order of first time, and the last time.
    of: BTreeMap<StaffId, Vec<(UnitId, Timestamp)>>,
}

fields!(Activity { of });

impl Activity {
    /// When `staff` was last seen at `unit`; none if never.
    pub(crate) fn last_seen(&self, staff: StaffId, unit: UnitId) -> Option<Timestamp> {
        let seen = self.of.get(&staff).into_iter().flatten();
        seen.filter(|(at, _)| *at == unit).map(|(_, last)| *last).next()
    }

    /// Takes in one event of a case.
    pub(crate) fn apply<E>(&mut self, recorded: &Recorded<E>) {
        let Actor::Staff { who, unit: Some(unit), .. } = recorded.actor else { return };
        let at = recorded.occurred_at;
        let seen = self.of.entry(who).or_default();
        match seen.iter_mut().find(|(it, _)| *it == unit) {
            Some((_, last)) => *last = at.max(*last),
            None => seen.push((unit, at)),
        }
    }
}
