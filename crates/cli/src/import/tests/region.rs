//! The region that an import makes: who is there, and who may do what.

use std::collections::BTreeSet;

use domain::{
    Role, StaffId, StreamId,
    organisation::{Event, Place},
};
use engine::Registering;

use super::source::{log, mapping, plan};
use crate::import::{names::Names, plan::Plan};

fn imported() -> Plan {
    let text = log(&[
        ("one", &["work anna north", "note bo south", "note anna south"]),
        ("two", &["work bo south"]),
    ]);
    plan(&text, &mapping()).unwrap()
}

fn of(plan: &Plan, stream: StreamId) -> &Registering {
    plan.registrations.iter().find(|it| it.stream == stream).unwrap()
}

/// The roles that someone is given.
fn roles(plan: &Plan, staff: StaffId) -> BTreeSet<(Role, Place)> {
    let role = |event: &Event| match event {
        Event::RoleGranted(it) => Some((it.role, it.place)),
        _ => None,
    };
    of(plan, StreamId::Staff(staff)).changes.iter().filter_map(role).collect()
}

#[test]
fn whoever_acts_handles_cases_wherever_they_acted() {
    let (plan, names) = (imported(), Names::of("Test"));
    let [north, south] = ["north", "south"].map(|name| Place::Unit(names.unit(name)));
    let anna = [(Role::Handler, north), (Role::Handler, south)];
    assert_eq!(roles(&plan, names.staff("anna")), anna.into());
    assert_eq!(roles(&plan, names.staff("bo")), [(Role::Handler, south)].into());
    let person = of(&plan, StreamId::Staff(names.staff("bo"))).person.as_ref().unwrap();
    assert_eq!((&*person.name, &*person.number), ("bo", ""));
}

#[test]
fn somebody_is_there_for_every_other_role() {
    let (plan, names) = (imported(), Names::of("Test"));
    let [north, south] = ["north", "south"].map(|name| Place::Unit(names.unit(name)));
    for (name, role) in
        [("Import Receiver", Role::Receiver), ("Import Unit Administrator", Role::UnitAdmin)]
    {
        let expected = [(role, north), (role, south)].into();
        assert_eq!(roles(&plan, names.added_staff(name)), expected, "{name}");
    }
    for (name, role) in [
        ("Import Region Administrator", Role::RegionAdmin),
        ("Import Auditor", Role::Auditor),
        ("Import Analyst", Role::Analyst),
    ] {
        let expected = [(role, Place::Region(plan.region))].into();
        assert_eq!(roles(&plan, names.added_staff(name)), expected, "{name}");
    }
}

#[test]
fn every_unit_is_open_for_the_one_case_type() {
    let (plan, names) = (imported(), Names::of("Test"));
    for name in ["north", "south"] {
        let events = &of(&plan, StreamId::Unit(names.unit(name))).changes;
        let told: Vec<&str> = events.iter().map(Event::name).collect();
        assert_eq!(told, ["UnitRegistered", "UnitActivated", "CaseTypeOffered"]);
    }
}

#[test]
fn each_case_has_a_resident_named_after_it_from_the_first_moment_on() {
    let (plan, names) = (imported(), Names::of("Test"));
    let resident = of(&plan, StreamId::Resident(names.resident_of("two")));
    assert_eq!(resident.person.as_ref().unwrap().name, "Resident of two");
    let first = plan.facts[0].occurred_at;
    assert!(plan.registrations.iter().all(|it| it.occurred_at == first));
}

#[test]
fn a_member_of_staff_at_very_many_units_is_registered_in_parts() {
    let units: Vec<String> = (0..1_200).map(|n| format!("work anna unit{n}")).collect();
    let events: Vec<&str> = units.iter().map(String::as_str).collect();
    let plan = plan(&log(&[("one", &events)]), &mapping()).unwrap();
    let anna = StreamId::Staff(Names::of("Test").staff("anna"));
    let parts: Vec<_> = plan.registrations.iter().filter(|it| it.stream == anna).collect();
    assert_eq!(parts.iter().map(|it| it.changes.len()).collect::<Vec<_>>(), [500, 500, 201]);
    assert_eq!(parts.iter().map(|it| it.commit_id).collect::<BTreeSet<_>>().len(), 3);
}
