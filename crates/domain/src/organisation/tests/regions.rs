//! Regions, their divisions, and what their units must offer.

use jiff::civil::date;

use super::given::*;
use crate::{
    Actor, CaseTypeId, RegionId,
    catalogue::Catalogue,
    organisation::{
        AdministratorBoundsSet, BaseOffering, Division, DivisionCommand, DivisionRegistered,
        Editors, Event, Level, OfferingRow, Region, RegionCommand as Command, RegionRegistered,
        Rejection, Starts, UnitEditorsSet, UnitKind, Warning,
    },
};

fn registered() -> Vec<Event> {
    vec![RegionRegistered { name: "Region Exempel".into() }.into()]
}

fn row(case_type: CaseTypeId) -> OfferingRow {
    OfferingRow { case_type, level: Level::Mandatory, unit_kind: UnitKind::Care }
}

fn offering() -> BaseOffering {
    BaseOffering {
        key: "vgr-2016".into(),
        reference: "HS 20-2016".into(),
        valid_from: date(2016, 3, 1),
        valid_to: None,
        revise_by: date(2017, 3, 1),
        starts: Starts { public: date(2016, 3, 1), private_contracted: date(2016, 9, 1) },
        rows: vec![row(ADVICE)],
    }
}

fn decide(offering: BaseOffering) -> Command {
    Command::DecideBaseOffering(offering)
}

#[test]
fn the_service_registers_a_region_and_nobody_else_does() {
    let command = Command::Register { name: " Region Exempel ".into() };
    given::<Region>(&[]).when(Actor::System, command.clone()).then(registered());
    for by in others().into_iter().chain([gun(), adam()]) {
        given::<Region>(&[]).when(by, command.clone()).then_rejected(Rejection::NotAllowed);
    }
    let other = Command::Register { name: "Region Annan".into() };
    given::<Region>(&registered())
        .when(Actor::System, other)
        .then_rejected(Rejection::RegionExists);
    let nameless = Command::Register { name: " ".into() };
    given::<Region>(&[]).when(Actor::System, nameless).then_rejected(Rejection::Unnamed);
}

#[test]
fn a_region_registers_its_divisions() {
    let command = |region| DivisionCommand::Register { region, name: "Primärvård".into() };
    let registered =
        |region| Event::from(DivisionRegistered { region, name: "Primärvård".into() });
    given::<Division>(&[]).when(gun(), command(REGION)).then([registered(REGION)]);
    given::<Division>(&[]).when(gun(), command(OTHER_REGION)).then_rejected(Rejection::NotAllowed);
    given::<Division>(&[])
        .when(Actor::System, command(RegionId::new(99)))
        .then_rejected(Rejection::NoSuchRegion);
    given::<Division>(&[registered(OTHER_REGION)])
        .when(gun(), command(REGION))
        .then_rejected(Rejection::DivisionExists);
    for by in others().into_iter().chain([adam()]) {
        given::<Division>(&[]).when(by, command(REGION)).then_rejected(Rejection::NotAllowed);
    }
}

#[test]
fn a_region_says_who_edits_its_units() {
    let set = |editors| Event::from(UnitEditorsSet { editors });
    given::<Region>(&registered())
        .when(gun(), Command::SetUnitEditors(Editors::Region))
        .then([set(Editors::Region)]);
    given::<Region>(&registered()).when(gun(), Command::SetUnitEditors(Editors::Unit)).then([]);
    for by in others().into_iter().chain([adam()]) {
        given::<Region>(&registered())
            .when(by, Command::SetUnitEditors(Editors::Region))
            .then_rejected(Rejection::NotAllowed);
    }
}

#[test]
fn a_region_says_how_many_administrators_a_unit_should_have() {
    let set = |fewest, most| Command::SetAdministratorBounds { fewest, most };
    let decided = |fewest, most| Event::from(AdministratorBoundsSet { fewest, most });
    let region = given::<Region>(&registered());
    region.when(gun(), set(2, 3)).then([decided(2, 3)]);
    let history: Vec<Event> = registered().into_iter().chain([decided(2, 3)]).collect();
    given::<Region>(&history).when(gun(), set(2, 3)).then([]);
    let bounds = |history: &[Event]| given::<Region>(history).state().administrator_bounds();
    assert_eq!(bounds(&registered()), 1..=2, "as the sources say");
    assert_eq!(bounds(&history), 2..=3);
    for (fewest, most) in [(0, 2), (3, 2)] {
        given::<Region>(&registered())
            .when(gun(), set(fewest, most))
            .then_rejected(Rejection::BoundsCrossed);
    }
    given::<Region>(&registered()).when(adam(), set(1, 2)).then_rejected(Rejection::NotAllowed);
}

#[test]
fn a_base_offering_is_decided_and_decided_anew_by_version() {
    let version = |event: &Event| match event {
        Event::BaseOfferingDecided(it) => it.offering_version,
        _ => unreachable!(),
    };
    let first = given::<Region>(&registered())
        .when(gun(), decide(offering()))
        .then_named(&["BaseOfferingDecided"]);
    assert_eq!(version(&first[0]), 1);
    let history: Vec<Event> = registered().into_iter().chain(first).collect();
    let later =
        BaseOffering { valid_from: date(2017, 3, 1), revise_by: date(2018, 3, 1), ..offering() };
    let second =
        given::<Region>(&history).when(gun(), decide(later)).then_named(&["BaseOfferingDecided"]);
    assert_eq!(version(&second[0]), 2);
    let other = BaseOffering { key: "kalmar-2014".into(), ..offering() };
    let other =
        given::<Region>(&history).when(gun(), decide(other)).then_named(&["BaseOfferingDecided"]);
    assert_eq!(version(&other[0]), 1, "each offering has versions of its own");
}

#[test]
fn a_base_offering_says_what_it_decides() {
    use Rejection::{
        NoSuchCaseType, OfferingEndsEarly, OfferingRevisedEarly, OfferingRowTwice, OfferingRows,
        OfferingUnnamed, OwnTypeInOffering,
    };
    let rows = |rows| BaseOffering { rows, ..offering() };
    for (offering, rejection) in [
        (
            BaseOffering { reference: " ".into(), ..offering() },
            OfferingUnnamed { what: "reference" },
        ),
        (BaseOffering { key: String::new(), ..offering() }, OfferingUnnamed { what: "key" }),
        (BaseOffering { valid_to: Some(date(2016, 2, 29)), ..offering() }, OfferingEndsEarly),
        (BaseOffering { revise_by: date(2016, 2, 29), ..offering() }, OfferingRevisedEarly),
        (rows(vec![]), OfferingRows),
        (rows(vec![row(ADVICE), row(ADVICE)]), OfferingRowTwice),
        (rows(vec![row(OWN_TYPE)]), OwnTypeInOffering),
        (rows(vec![row(FOREIGN_TYPE)]), NoSuchCaseType),
    ] {
        given::<Region>(&registered()).when(gun(), decide(offering)).then_rejected(rejection);
    }
    for by in others().into_iter().chain([adam()]) {
        given::<Region>(&registered())
            .when(by, decide(offering()))
            .then_rejected(Rejection::NotAllowed);
    }
    given::<Region>(&[]).when(gun(), decide(offering())).then_rejected(Rejection::NoSuchRegion);
}

#[test]
fn a_base_offering_that_is_not_looked_over_in_time_is_told() {
    let decided = given::<Region>(&registered())
        .when(gun(), decide(offering()))
        .then_named(&["BaseOfferingDecided"]);
    let region = given::<Region>(&decided).state();
    assert_eq!(region.warnings(date(2017, 3, 1)), []);
    let told = region.warnings(date(2017, 3, 2));
    let expected =
        Warning::OfferingToRevise { key: "vgr-2016".into(), revise_by: date(2017, 3, 1) };
    assert_eq!(told, [expected]);
    assert_eq!(region.warnings(date(2016, 2, 1)), [], "it does not hold yet");
}

#[test]
fn both_ready_made_offerings_are_complete() {
    let catalogue = Catalogue::shipped().unwrap();
    let place = |key: &str| catalogue.case_types.iter().position(|it| it.key == key);
    let region_type = |key: &str| place(key).map(|it| CaseTypeId::new(it as u128 + 1));
    let ready_made = |key: &str| {
        let BaseOffering { valid_from, starts, .. } = offering();
        BaseOffering::ready_made(&catalogue, key, region_type, valid_from, starts)
    };
    for (key, levels) in [
        ("vgr-2016", [(Level::Mandatory, 8), (Level::Recommended, 6), (Level::Optional, 0)]),
        ("kalmar-2014", [(Level::Mandatory, 18), (Level::Recommended, 0), (Level::Optional, 4)]),
    ] {
        let offering = ready_made(key).unwrap();
        for (level, count) in levels {
            let found = offering.rows.iter().filter(|it| it.level == level).count();
            assert_eq!(found, count, "{level:?} of {key}");
        }
        assert_eq!(offering.revise_by, date(2017, 3, 1));
    }
    assert_eq!(ready_made("vgr-2016").unwrap().reference, "HS 20-2016");
    assert_eq!(ready_made("skane-2009"), None);
}
