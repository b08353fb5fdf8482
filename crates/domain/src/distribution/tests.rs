//! Who gets which, told as examples and as what holds for every spread.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use proptest::prelude::*;

use super::{Named, PlannedCase, plan};
use crate::{
    Actor, CaseId, CaseTypeId, ResidentId, Role, StaffId, UnitId,
    case::{Asked, Command, OfferedType, Rejection, Surroundings, TypeRules, UnitFacts},
    organisation::DistributionPlanned,
};

const UNIT: UnitId = UnitId::new(1);
const ANNA: StaffId = StaffId::new(1);
const BO: StaffId = StaffId::new(2);
const CIM: StaffId = StaffId::new(3);
/// Was a handler at the unit, and is none.
const LENA: StaffId = StaffId::new(4);

/// Anna, Bo and Cim are the handlers of the unit.
struct World;

impl Surroundings for World {
    fn unit(&self, _: UnitId) -> Option<UnitFacts> {
        None
    }

    fn handles(&self, staff: StaffId, unit: UnitId, _: Timestamp) -> bool {
        unit == UNIT && [ANNA, BO, CIM].contains(&staff)
    }

    fn offered(&self, _: UnitId, _: CaseTypeId) -> Option<OfferedType> {
        None
    }

    fn acts_for(&self, _: ResidentId, _: ResidentId, _: Timestamp) -> bool {
        false
    }

    fn type_rules(&self, _: CaseTypeId) -> TypeRules {
        TypeRules::default()
    }

    fn birth_date(&self, _: ResidentId) -> Option<Date> {
        None
    }
}

fn asked_as(role: Role) -> Asked<'static> {
    let by = Actor::Staff { who: StaffId::new(9), role, unit: Some(UNIT) };
    Asked { by, at: Timestamp::UNIX_EPOCH, around: &World }
}

/// So many cases, all of which can be given.
fn waiting(count: u128) -> Vec<Named> {
    (1..=count).map(|n| Named { case: CaseId::new(n), can_be_given: true }).collect()
}

/// Spreads cases over Anna, Bo and Cim, who hold so many, and tells who gets each.
fn spread(cases: &[Named], to: &[StaffId], open: [u32; 3]) -> Vec<StaffId> {
    let open = [ANNA, BO, CIM].into_iter().zip(open).collect();
    let planned = plan(&asked_as(Role::Receiver), None, to, cases, &open).unwrap();
    planned.cases.iter().map(|it| it.to).collect()
}

#[test]
fn the_one_with_the_fewest_gets_the_next() {
    let cases = waiting(5);
    assert_eq!(spread(&cases, &[ANNA, BO, CIM], [0, 0, 0]), [ANNA, BO, CIM, ANNA, BO]);
    assert_eq!(spread(&cases, &[ANNA, BO, CIM], [3, 0, 1]), [BO, BO, CIM, BO, CIM]);
    assert_eq!(spread(&cases, &[CIM, ANNA], [0, 0, 0]), [CIM, ANNA, CIM, ANNA, CIM]);
    assert_eq!(spread(&cases, &[BO, BO], [0, 0, 0]), [BO; 5]);
}

#[test]
fn what_cannot_be_given_weighs_nothing() {
    let mut cases = waiting(4);
    cases[1].can_be_given = false;
    assert_eq!(spread(&cases, &[ANNA, BO], [0, 0, 0]), [ANNA, BO, BO, ANNA]);
}

#[test]
fn only_a_receiver_gives_and_only_to_handlers_of_the_unit() {
    let refused = |role, from, to: &[StaffId]| {
        plan(&asked_as(role), from, to, &waiting(1), &BTreeMap::new()).unwrap_err()
    };
    for role in [Role::Handler, Role::UnitAdmin, Role::RegionAdmin, Role::Auditor, Role::Analyst] {
        assert_eq!(refused(role, None, &[ANNA]), Rejection::NotAllowed);
    }
    assert_eq!(refused(Role::Receiver, None, &[ANNA, LENA]), Rejection::NotAHandler { to: LENA });
    assert_eq!(refused(Role::Receiver, None, &[]), Rejection::NobodyToGiveTo);
    assert_eq!(
        refused(Role::Receiver, Some(BO), &[ANNA, BO]),
        Rejection::GivenToItsHolder { handler: BO }
    );
    let eva = Actor::Resident { who: ResidentId::new(1), on_behalf_of: None };
    let asked = Asked { by: eva, ..asked_as(Role::Receiver) };
    let by_eva = plan(&asked, None, &[ANNA], &waiting(1), &BTreeMap::new());
    assert_eq!(by_eva, Err(Rejection::NotAllowed));
}

#[test]
fn what_a_former_handler_holds_is_taken_from_them_case_by_case() {
    let planned =
        plan(&asked_as(Role::Receiver), Some(LENA), &[BO], &waiting(1), &BTreeMap::new()).unwrap();
    let case = CaseId::new(1);
    let expected = DistributionPlanned {
        unit: UNIT,
        from: Some(LENA),
        cases: vec![PlannedCase { case, to: BO }],
    };
    assert_eq!(planned, expected);
    let commands: Vec<_> = planned.commands().collect();
    assert_eq!(commands, [(case, Command::ReassignFrom { from: LENA, to: BO })]);
    let planned = DistributionPlanned { from: None, ..planned };
    let commands: Vec<_> = planned.commands().collect();
    assert_eq!(commands, [(case, Command::Distribute { to: BO })]);
}

proptest! {
    /// Each case once, in order; nobody who got any ends with more than one case above whoever has
    /// the fewest; and a plan that is cut off and made again comes to the same.
    #[test]
    fn cases_are_spread_evenly(count in 0_u128..40, open: [u8; 3], cut in 0_usize..40) {
        let cases = waiting(count);
        let open = open.map(u32::from);
        let to = [ANNA, BO, CIM];
        let given = spread(&cases, &to, open);
        let after = |given: &[StaffId]| {
            let mut after = open;
            for who in given {
                after[to.iter().position(|it| it == who).unwrap()] += 1;
            }
            after
        };
        prop_assert_eq!(given.len(), cases.len());
        let (ends, least) = (after(&given), after(&given).into_iter().min().unwrap());
        for (end, start) in ends.iter().zip(open) {
            prop_assert!(*end == start || *end <= least + 1, "{open:?} to {ends:?}");
        }
        let cut = cut.min(cases.len());
        let rest = spread(&cases[cut..], &to, after(&given[..cut]));
        prop_assert_eq!(&given[cut..], &rest[..]);
    }
}
