//! Registered once, changed by rule, and asked twice only once.

mod case_types;
mod given;
mod regions;
mod residents;
mod staff;
mod unit_options;
mod units;

use super::{
    CaseTypeOffered, Event, Place, RegionRegistered, Registration, Rejection, RoleGranted,
    RoleRevoked, StaffRegistered, UnitActivated, UnitDeactivated, UnitKind, UnitRegistered,
};
use crate::{CareProviderId, CaseTypeId, DivisionId, RegionId, Role, StaffId, StreamId, UnitId};

const UNIT: StreamId = StreamId::Unit(UnitId::new(1));
const STAFF: StreamId = StreamId::Staff(StaffId::new(1));

fn unit_registered(name: &str) -> Event {
    UnitRegistered {
        region: RegionId::new(1),
        division: DivisionId::new(1),
        provider: CareProviderId::new(1),
        hsa_id: None,
        name: name.into(),
        kind: UnitKind::Care,
    }
    .into()
}

fn granted(role: Role, place: Place) -> Event {
    RoleGranted { role, place }.into()
}

fn after(events: &[Event]) -> Registration {
    events.iter().fold(Registration::default(), Registration::evolve)
}

#[test]
fn registering_twice_changes_nothing_and_with_other_facts_is_refused() {
    let history = [unit_registered("Björkens vårdcentral")];
    assert_eq!(Registration::default().decide(UNIT, history[0].clone()), Ok(history.to_vec()));
    assert_eq!(after(&history).decide(UNIT, history[0].clone()), Ok(vec![]));
    assert_eq!(
        after(&history).decide(UNIT, unit_registered("Ekens vårdcentral")),
        Err(Rejection::AlreadyRegistered { stream: UNIT })
    );
}

#[test]
fn nothing_happens_to_what_is_not_registered() {
    assert_eq!(
        Registration::default().decide(UNIT, UnitActivated {}.into()),
        Err(Rejection::NotRegistered { stream: UNIT })
    );
}

#[test]
fn an_event_stays_in_its_own_kind_of_stream() {
    assert_eq!(
        Registration::default().decide(STAFF, RegionRegistered { name: "Nord".into() }.into()),
        Err(Rejection::WrongStream { event: "RegionRegistered", stream: STAFF })
    );
}

#[test]
fn a_unit_without_a_name_is_refused() {
    assert_eq!(
        Registration::default().decide(UNIT, unit_registered("  ")),
        Err(Rejection::NameMissing { stream: UNIT })
    );
}

#[test]
fn a_role_is_held_where_its_work_is_done() {
    let staff = after(&[StaffRegistered { region: RegionId::new(1) }.into()]);
    let (unit, region) = (Place::Unit(UnitId::new(1)), Place::Region(RegionId::new(1)));
    for (role, at_unit, in_region) in [
        (Role::Receiver, true, false),
        (Role::Handler, true, false),
        (Role::UnitAdmin, true, false),
        (Role::RegionAdmin, false, true),
        (Role::Auditor, true, true),
        (Role::Analyst, true, true),
    ] {
        assert_eq!(staff.decide(STAFF, granted(role, unit)).is_ok(), at_unit, "{role:?}");
        assert_eq!(staff.decide(STAFF, granted(role, region)).is_ok(), in_region, "{role:?}");
    }
}

/// Every history of five changes to a unit and to a member of staff: an event always changes
/// something, and asking twice changes it only once.
#[test]
fn every_short_history_keeps_the_promises() {
    let case_type = CaseTypeId::new(1);
    let place = Place::Unit(UnitId::new(1));
    let unit = [
        unit_registered("Björken"),
        UnitActivated {}.into(),
        UnitDeactivated {}.into(),
        CaseTypeOffered { case_type }.into(),
        super::CaseTypeUnoffered { case_type }.into(),
    ];
    let staff = [
        StaffRegistered { region: RegionId::new(1) }.into(),
        granted(Role::Handler, place),
        granted(Role::Receiver, place),
        RoleRevoked { role: Role::Handler, place }.into(),
    ];
    explore(UNIT, &Registration::default(), &unit, 5);
    explore(STAFF, &Registration::default(), &staff, 5);

    fn explore(stream: StreamId, before: &Registration, alphabet: &[Event], depth: u32) {
        if depth == 0 {
            return;
        }
        for change in alphabet {
            let events = before.decide(stream, change.clone()).unwrap_or_default();
            let after = events.iter().fold(before.clone(), Registration::evolve);
            assert!(events.is_empty() || after != *before, "{change:?} left no trace");
            assert_eq!(after.decide(stream, change.clone()).unwrap_or_default(), []);
            explore(stream, &after, alphabet, depth - 1);
        }
    }
}
