//! Giving many cases at once (fördela, omfördela i klump): who gets which.
//!
//! A receiver names cases and handlers; the cases are spread over the handlers so that they come to
//! hold as many open cases each as can be, in order of arrival. What was planned is an event of its
//! own, [`DistributionPlanned`], before any case is given: a request that is sent again after a
//! crash finishes the same plan. Each case is then given, or refused, by its own rules.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Actor, CaseId, Role, StaffId,
    case::{Asked, Command, Rejection},
    organisation::DistributionPlanned,
};

/// The most cases that are given with one request.
pub const CASES_AT_ONCE_MAX: usize = 200;

/// A case and the handler it is to go to. Stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCase {
    /// The case.
    pub case: CaseId,
    /// The handler.
    pub to: StaffId,
}

/// A case that was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The case.
    pub case: CaseId,
    /// Whether it can be given, as it stands. One that cannot is planned too, so that its rules say
    /// why not, and weighs nothing.
    pub can_be_given: bool,
}

/// Spreads `cases`, in order of arrival, over the handlers `to`: each goes to the one who holds the
/// fewest open cases by then, of several the one named first. `open` tells how many they hold now.
///
/// With `from`, the cases are taken from that handler, whether they are one still or not.
/// For receivers, at their own unit.
pub fn plan(
    asked: &Asked<'_>,
    from: Option<StaffId>,
    to: &[StaffId],
    cases: &[Named],
    open: &BTreeMap<StaffId, u32>,
) -> Result<DistributionPlanned, Rejection> {
    let Actor::Staff { role: Role::Receiver, unit: Some(unit), .. } = asked.by else {
        return Err(Rejection::NotAllowed);
    };
    if let Some(to) = to.iter().find(|it| !asked.around.handles(**it, unit, asked.at)) {
        return Err(Rejection::NotAHandler { to: *to });
    }
    if let Some(handler) = from.filter(|from| to.contains(from)) {
        return Err(Rejection::GivenToItsHolder { handler });
    }
    let held = |it: &StaffId| open.get(it).copied().unwrap_or(0);
    let mut loads: Vec<(StaffId, u32)> = vec![];
    for it in to {
        if loads.iter().all(|(known, _)| known != it) {
            loads.push((*it, held(it)));
        }
    }
    let mut planned = Vec::with_capacity(cases.len());
    for it in cases {
        let least = loads.iter_mut().min_by_key(|(_, open)| *open);
        let (to, open) = least.ok_or(Rejection::NobodyToGiveTo)?;
        *open += u32::from(it.can_be_given);
        planned.push(PlannedCase { case: it.case, to: *to });
    }
    if loads.is_empty() {
        return Err(Rejection::NobodyToGiveTo);
    }
    Ok(DistributionPlanned { unit, from, cases: planned })
}

impl DistributionPlanned {
    /// What is asked of each planned case.
    pub fn commands(&self) -> impl Iterator<Item = (CaseId, Command)> + '_ {
        self.cases.iter().map(|PlannedCase { case, to }| {
            let command = match self.from {
                Some(from) => Command::ReassignFrom { from, to: *to },
                None => Command::Distribute { to: *to },
            };
            (*case, command)
        })
    }
}
