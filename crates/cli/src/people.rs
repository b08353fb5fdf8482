//! Whom development tokens are made for: those who have most casework in front of them.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use domain::{
    Actor, ResidentId, Role, StaffId, UnitId,
    case::{Origin, State, Surroundings as _},
    identity::NumberHash,
    organisation::Post,
};
use jiff::Timestamp;
use projections::{CaseView, ReadModels};
use serde::{Deserialize, Serialize};

/// The most residents that are listed.
const RESIDENTS_MAX: usize = 1_000;

/// Everyone who has a role, and residents with cases; first whoever has most of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct People {
    /// Units with most cases that wait for a first response first; within a unit, the handlers who
    /// are not receivers too, and of those the ones who hold most unanswered cases.
    pub(crate) staff: Vec<Assignment>,
    /// Those with an unanswered case first, and of those the ones with most cases.
    pub(crate) residents: Vec<ResidentId>,
    /// Those who sent cases for children and may still act for them, most cases first.
    pub(crate) guardians: Vec<ResidentId>,
    /// What staff are found by.
    #[serde(default)]
    pub(crate) by_hsa_id: BTreeMap<NumberHash, StaffId>,
    /// What the residents and guardians are found by.
    #[serde(default)]
    pub(crate) by_number: BTreeMap<NumberHash, ResidentId>,
}

/// One role of one member of staff, in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Assignment {
    pub(crate) role: Role,
    pub(crate) place: Post,
    pub(crate) who: StaffId,
}

impl Assignment {
    /// Whoever is logged in, in this assignment.
    pub(crate) fn actor(self) -> Actor {
        Actor::Staff { who: self.who, role: self.role, unit: unit_of(self.place) }
    }
}

impl People {
    /// Those whom the read models know of, at `now`.
    pub(crate) fn of(models: &ReadModels, now: Timestamp) -> Self {
        let directory = models.directory();
        let cases = || models.cases().iter();
        let unanswered =
            || cases().filter(|it| !matches!(it.state, State::Answered | State::Closed));
        let unheard = unanswered().filter(|it| it.first_response_at.is_none());
        let at_unit = counted(unheard.map(|it| it.unit));
        let held = counted(unanswered().filter_map(|it| Some((it.unit, it.handler?))));

        let grants = directory.grants().filter(|(place, role, _)| place.fits(*role));
        let mut staff: Vec<Assignment> =
            grants.map(|(place, role, who)| Assignment { role, place, who }).collect();
        let is_receiver = |it: &Assignment| directory.holds(it.who, Role::Receiver, it.place);
        staff.sort_by_key(|it| {
            let unit = unit_of(it.place);
            let at_unit = unit.and_then(|unit| at_unit.get(&unit)).copied().unwrap_or(0);
            let held = unit.and_then(|unit| held.get(&(unit, it.who))).copied().unwrap_or(0);
            let held = if it.role == Role::Handler { held } else { 0 };
            let twice = it.role == Role::Handler && is_receiver(it);
            (Reverse(at_unit), it.place, it.role, twice, Reverse(held), it.who)
        });

        let own = |it: &CaseView| it.origin == Origin::Resident && it.submitted_by == it.subject;
        let waiting: BTreeSet<ResidentId> = unanswered().filter(own).map(|it| it.subject).collect();
        let mut residents: Vec<_> = counted(cases().map(|it| it.subject)).into_iter().collect();
        residents.sort_by_key(|(who, count)| (!waiting.contains(who), Reverse(*count), *who));
        residents.truncate(RESIDENTS_MAX);

        let for_another = cases().filter(|it| {
            it.submitted_by != it.subject && directory.acts_for(it.submitted_by, it.subject, now)
        });
        let mut guardians: Vec<_> =
            counted(for_another.map(|it| it.submitted_by)).into_iter().collect();
        guardians.sort_by_key(|(who, count)| (Reverse(*count), *who));

        let ids = |list: Vec<(ResidentId, u32)>| list.into_iter().map(|(who, _)| who).collect();
        let (residents, guardians): (Vec<_>, Vec<_>) = (ids(residents), ids(guardians));
        let hsa_id_of = |who| directory.staff_member(who).and_then(|it| it.hsa_id_hash);
        let number_of = |who| directory.number_hash(who);
        Self {
            by_hsa_id: found_by(staff.iter().map(|it| it.who), hsa_id_of),
            by_number: found_by(residents.iter().chain(&guardians).copied(), number_of),
            staff,
            residents,
            guardians,
        }
    }

    /// The first who has `role`: at `unit`, and who is `who`, where those are given.
    pub(crate) fn staff(
        &self,
        role: Role,
        unit: Option<UnitId>,
        who: Option<StaffId>,
    ) -> Option<Assignment> {
        self.staff.iter().copied().find(|it| {
            it.role == role
                && unit.is_none_or(|unit| it.place == Post::Unit(unit))
                && who.is_none_or(|who| it.who == who)
        })
    }
}

fn unit_of(place: Post) -> Option<UnitId> {
    match place {
        Post::Unit(unit) => Some(unit),
        Post::Division(_) | Post::Region(_) => None,
    }
}

fn found_by<T: Copy>(
    all: impl Iterator<Item = T>,
    hash_of: impl Fn(T) -> Option<NumberHash>,
) -> BTreeMap<NumberHash, T> {
    all.filter_map(|who| Some((hash_of(who)?, who))).collect()
}

fn counted<T: Ord>(all: impl Iterator<Item = T>) -> BTreeMap<T, u32> {
    let mut counts = BTreeMap::new();
    all.for_each(|it| *counts.entry(it).or_default() += 1);
    counts
}
