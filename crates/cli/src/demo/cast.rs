//! Whom to look at the casework with: those who have most of it in front of them.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    ResidentId, Role, StaffId, UnitId,
    case::{Origin, State, Surroundings as _},
    organisation::Place,
};
use jiff::Timestamp;
use projections::{CaseView, ReadModels};

use super::region::Region;

/// Someone for each role, with the place where they have it; and residents with cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cast {
    /// Receiver, handler, unit administrator, region administrator, auditor, analyst. The first
    /// three work at the same unit, and the handler is not the receiver.
    pub(crate) staff: Vec<(Role, Place, StaffId)>,
    /// The resident with most cases, of those who have an unanswered one if there are any.
    pub(crate) resident: Option<ResidentId>,
    /// The guardian who sent most cases for children and may still act for them.
    pub(crate) guardian: Option<ResidentId>,
}

impl Cast {
    pub(super) fn choose(models: &ReadModels, region: &Region, now: Timestamp) -> Self {
        let cases = || models.cases().iter();
        let unanswered =
            || cases().filter(|it| !matches!(it.state, State::Answered | State::Closed));
        let busiest: Option<UnitId> = most(unanswered().map(|it| it.unit))
            .or_else(|| most(cases().map(|it| it.unit)))
            .or_else(|| region.units.first().map(|it| it.id));

        let mut staff = Vec::new();
        if let Some(unit) = busiest {
            let place = Place::Unit(unit);
            let holders = |role| models.directory().holders(role, place);
            let receivers: Vec<StaffId> = holders(Role::Receiver).collect();
            let held = unanswered().filter(|it| it.unit == unit).filter_map(|it| it.handler);
            let handler = most(held.filter(|it| !receivers.contains(it)))
                .or_else(|| holders(Role::Handler).find(|it| !receivers.contains(it)))
                .or_else(|| holders(Role::Handler).next());
            let admin = holders(Role::UnitAdmin).next();
            staff.extend(receivers.first().map(|who| (Role::Receiver, place, *who)));
            staff.extend(handler.map(|who| (Role::Handler, place, who)));
            staff.extend(admin.map(|who| (Role::UnitAdmin, place, who)));
        }
        let place = Place::Region(region.id);
        let office = [Role::RegionAdmin, Role::Auditor, Role::Analyst];
        staff.extend(office.iter().zip(&region.office).map(|(role, it)| (*role, place, it.id)));

        let own = |it: &CaseView| it.origin == Origin::Resident && it.submitted_by == it.subject;
        let with_open = unanswered().filter(own).map(|it| it.subject);
        let with_open: BTreeSet<ResidentId> = with_open.collect();
        let of_those = cases().filter(own).map(|it| it.subject).filter(|it| with_open.contains(it));
        let resident = most(of_those).or_else(|| most(cases().map(|it| it.subject)));

        let sent_for_another = cases().filter(|it| it.submitted_by != it.subject);
        let guardian = most(sent_for_another.filter_map(|it| {
            let acts = models.directory().acts_for(it.submitted_by, it.subject, now);
            (it.origin == Origin::Resident && acts).then_some(it.submitted_by)
        }));
        Self { staff, resident, guardian }
    }
}

/// What comes most often; of those that come as often, the first.
fn most<T: Ord + Copy>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, u32> = BTreeMap::new();
    all.for_each(|it| *counts.entry(it).or_default() += 1);
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(it, _)| it)
}
