//! Units: registered, opened when they are ready, closed when they are empty.

use jiff::civil::date;

use super::given::*;
use crate::{
    Actor, CareProviderId, CaseTypeId, DivisionId,
    organisation::{
        Asking, CaseTypeOffered, CaseTypeUnoffered, ChecklistItem, Contact, Editors, Event,
        NotApplicableApproved, NotApplicableWithdrawn, Ownership, Rejection, ServiceArea, Unit,
        UnitActivated, UnitCommand as Command, UnitDeactivated, UnitKind, UnitRegistration,
        UnitSettings, Warning,
    },
};

fn settings() -> UnitSettings {
    UnitSettings {
        ownership: Ownership::PrivateContracted,
        owned_since: date(2016, 1, 1),
        physical: true,
        service_area: ServiceArea::Country,
        contact: Contact { phone: "08-46500400".into(), ..Contact::default() },
    }
}

fn registration() -> UnitRegistration {
    UnitRegistration {
        region: REGION,
        division: DIVISION,
        provider: CareProviderId::new(1),
        hsa_id: "se2321000016-1003".into(),
        name: "Björkens vårdcentral".into(),
        kind: UnitKind::Care,
        settings: settings(),
    }
}

fn registered() -> Vec<Event> {
    given::<Unit>(&[])
        .when(gun(), Command::Register(registration()))
        .then_named(&["UnitRegistered", "UnitSettingsChanged"])
}

fn with(more: impl IntoIterator<Item = Event>) -> Vec<Event> {
    registered().into_iter().chain(more).collect()
}

fn offered(case_type: CaseTypeId) -> Event {
    CaseTypeOffered { case_type }.into()
}

#[test]
fn a_unit_is_registered_with_its_hsa_id_in_capitals() {
    let events = registered();
    let Event::UnitRegistered(unit) = &events[0] else { unreachable!() };
    assert_eq!(unit.hsa_id.as_deref(), Some("SE2321000016-1003"));
}

#[test]
fn a_registration_makes_sense() {
    let too_long = Contact { hours: "x".repeat(501), ..Contact::default() };
    let hsa_id = Rejection::HsaId("x".parse::<crate::identity::HsaId>().unwrap_err());
    for (registration, rejection) in [
        (UnitRegistration { name: " ".into(), ..registration() }, Rejection::Unnamed),
        (UnitRegistration { hsa_id: "x".into(), ..registration() }, hsa_id),
        (
            UnitRegistration { division: DivisionId::new(9), ..registration() },
            Rejection::NoSuchDivision,
        ),
        (
            UnitRegistration {
                settings: UnitSettings { contact: too_long, ..settings() },
                ..registration()
            },
            Rejection::ContactTooLong,
        ),
        (
            UnitRegistration {
                settings: UnitSettings {
                    service_area: ServiceArea::Municipalities(vec![]),
                    ..settings()
                },
                ..registration()
            },
            Rejection::Municipalities,
        ),
    ] {
        given::<Unit>(&[]).when(gun(), Command::Register(registration)).then_rejected(rejection);
    }
}

#[test]
fn an_hsa_id_is_one_unit_s() {
    let hsa_id = format!(" {} ", OTHER_UNITS_HSA_ID.to_lowercase());
    given::<Unit>(&[])
        .when(gun(), Command::Register(UnitRegistration { hsa_id, ..registration() }))
        .then_rejected(Rejection::UnitHsaIdTaken);
}

#[test]
fn a_unit_that_is_there_is_not_registered_otherwise() {
    given::<Unit>(&registered()).when(gun(), Command::Register(registration())).then([]);
    let other = UnitRegistration { name: "Ekens vårdcentral".into(), ..registration() };
    given::<Unit>(&registered())
        .when(gun(), Command::Register(other))
        .then_rejected(Rejection::UnitExists);
    given::<Unit>(&[]).when(gun(), Command::Activate).then_rejected(Rejection::NoSuchUnit);
}

#[test]
fn a_unit_opens_when_its_checklist_is_done() {
    let ready = || with([offered(ADVICE)]);
    given::<Unit>(&ready()).when(gun(), Command::Activate).then([UnitActivated {}.into()]);

    let nobody = World { receivers: 0, handlers: 0, ..World::default() };
    let unreached = UnitSettings { contact: Contact::default(), ..settings() };
    let bare = given::<Unit>(&[])
        .when(gun(), Command::Register(UnitRegistration { settings: unreached, ..registration() }))
        .then_named(&["UnitRegistered", "UnitSettingsChanged"]);
    let missing = vec![
        ChecklistItem::Receiver,
        ChecklistItem::Handler,
        ChecklistItem::CaseType,
        ChecklistItem::Contact,
    ];
    let told = Rejection::ChecklistOpen { missing: missing.clone() }.to_string();
    assert_eq!(
        told,
        "the unit cannot take cases yet: it lacks a case receiver, a case handler, a case type on \
         offer, a phone number or an address"
    );
    given::<Unit>(&bare)
        .around(nobody)
        .when(gun(), Command::Activate)
        .then_rejected(Rejection::ChecklistOpen { missing });
}

#[test]
fn one_is_told_as_one() {
    let told = |cases| {
        let why = Rejection::CasesOpen { cases };
        [why.to_string(), why.text_sv()]
    };
    assert_eq!(
        told(1),
        [
            "the unit has 1 open case; close it or redirect it first",
            "Enheten har 1 öppet ärende. Avsluta eller skicka vidare det först."
        ]
    );
    assert_eq!(
        told(3),
        [
            "the unit has 3 open cases; close them or redirect them first",
            "Enheten har 3 öppna ärenden. Avsluta eller skicka vidare dem först."
        ]
    );
    let told = |found, min, max| {
        let odd = Warning::Administrators { found, min, max };
        [odd.to_string(), odd.text_sv()]
    };
    assert_eq!(
        told(1, 2, 2),
        [
            "the unit has 1 administrator; it should have 2",
            "Enheten har 1 administratör. Den bör ha 2."
        ]
    );
    assert_eq!(
        told(0, 1, 2),
        [
            "the unit has 0 administrators; it should have 1 to 2",
            "Enheten har 0 administratörer. Den bör ha 1 till 2."
        ]
    );
}

#[test]
fn a_unit_closes_only_when_nothing_is_open() {
    let active = || with([offered(ADVICE), UnitActivated {}.into()]);
    given::<Unit>(&active()).when(gun(), Command::Deactivate).then([UnitDeactivated {}.into()]);
    given::<Unit>(&active())
        .around(World { open_cases: 3, ..World::default() })
        .when(gun(), Command::Deactivate)
        .then_rejected(Rejection::CasesOpen { cases: 3 });
    given::<Unit>(&registered()).when(gun(), Command::Deactivate).then([]);
}

#[test]
fn a_unit_offers_the_region_s_types_and_its_own() {
    for case_type in [ADVICE, OWN_TYPE] {
        given::<Unit>(&registered())
            .when(adam(), Command::Offer(case_type))
            .then([offered(case_type)]);
    }
    for case_type in [FOREIGN_TYPE, CaseTypeId::new(99)] {
        given::<Unit>(&registered())
            .when(adam(), Command::Offer(case_type))
            .then_rejected(Rejection::NoSuchCaseType);
    }
    given::<Unit>(&with([offered(ADVICE)]))
        .when(adam(), Command::Withdraw(ADVICE))
        .then([CaseTypeUnoffered { case_type: ADVICE }.into()]);
    given::<Unit>(&registered()).when(adam(), Command::Withdraw(ADVICE)).then([]);
}

#[test]
fn another_unit_s_own_type_is_not_offered() {
    let unit = given::<Unit>(&registered()).state();
    let asking = crate::organisation::Asking { by: gun(), at: monday(), around: &World::default() };
    let elsewhere = unit.decide(OTHER_UNIT, &asking, &Command::Offer(OWN_TYPE));
    assert_eq!(elsewhere, Err(Rejection::AnotherUnitsOwn));
}

#[test]
fn who_edits_a_unit_is_a_switch_of_the_region() {
    let changed = UnitSettings { service_area: ServiceArea::Region, ..settings() };
    for command in [Command::ChangeSettings(changed), Command::Offer(ADVICE)] {
        for by in [adam(), gun()] {
            assert_eq!(given::<Unit>(&registered()).when(by, command.clone()).count(), 1);
        }
        let by_region = World { editors: Editors::Region, ..World::default() };
        given::<Unit>(&registered())
            .around(by_region.clone())
            .when(adam(), command.clone())
            .then_rejected(Rejection::EditedByTheRegion);
        assert_eq!(
            given::<Unit>(&registered()).around(by_region).when(gun(), command.clone()).count(),
            1
        );
        for by in others() {
            given::<Unit>(&registered())
                .when(by, command.clone())
                .then_rejected(Rejection::NotAllowed);
        }
    }
}

#[test]
fn whether_a_unit_takes_part_is_the_region_s_to_say() {
    for command in [
        Command::Register(registration()),
        Command::Activate,
        Command::Deactivate,
        Command::ApproveNotApplicable(ADVICE),
        Command::WithdrawNotApplicable(ADVICE),
    ] {
        for by in others().into_iter().chain([adam()]) {
            given::<Unit>(&registered())
                .when(by, command.clone())
                .then_rejected(Rejection::NotAllowed);
        }
    }
    given::<Unit>(&[])
        .when(adam(), Command::Register(registration()))
        .then_rejected(Rejection::NotAllowed);
    given::<Unit>(&[])
        .when(Actor::System, Command::Register(registration()))
        .then_named(&["UnitRegistered", "UnitSettingsChanged"]);
}

#[test]
fn what_does_not_exist_at_a_unit_need_not_be_offered() {
    let approved = || Event::from(NotApplicableApproved { case_type: ADVICE });
    given::<Unit>(&registered())
        .when(gun(), Command::ApproveNotApplicable(ADVICE))
        .then([approved()]);
    given::<Unit>(&with([approved()]))
        .when(gun(), Command::WithdrawNotApplicable(ADVICE))
        .then([NotApplicableWithdrawn { case_type: ADVICE }.into()]);
    given::<Unit>(&registered())
        .when(gun(), Command::ApproveNotApplicable(FOREIGN_TYPE))
        .then_rejected(Rejection::NoSuchCaseType);
}

#[test]
fn what_is_odd_is_told_and_not_refused() {
    let odd = |unit: &Unit, world: &World| {
        let asking = Asking { by: gun(), at: monday(), around: world };
        unit.warnings(UNIT, &asking, &(1..=2))
    };
    let unit = given::<Unit>(&registered()).state();
    assert_eq!(odd(&unit, &World::default()), []);
    let crowded = World { administrators: 3, ..World::default() };
    assert_eq!(odd(&unit, &crowded), [Warning::Administrators { found: 3, min: 1, max: 2 }]);
    let narrow = UnitSettings { service_area: ServiceArea::Region, ..settings() };
    let events = given::<Unit>(&registered())
        .when(gun(), Command::ChangeSettings(narrow))
        .then_named(&["UnitSettingsChanged"]);
    let narrow = given::<Unit>(&with(events)).state();
    assert_eq!(odd(&narrow, &World::default()), [Warning::NotTheWholeCountry]);
    let online = UnitSettings { physical: false, service_area: ServiceArea::Region, ..settings() };
    let events = given::<Unit>(&registered())
        .when(gun(), Command::ChangeSettings(online))
        .then_named(&["UnitSettingsChanged"]);
    assert_eq!(odd(&given::<Unit>(&with(events)).state(), &World::default()), []);
    // A role is taken away at once, whoever is left; what that leaves open is told.
    let alone = World { receivers: 0, ..World::default() };
    let open = given::<Unit>(&with([offered(ADVICE), UnitActivated {}.into()])).state();
    assert_eq!(odd(&open, &World::default()), []);
    let told = odd(&open, &alone);
    assert_eq!(told, [Warning::ChecklistOpen { missing: vec![ChecklistItem::Receiver] }]);
    assert_eq!(
        [told[0].to_string(), told[0].text_sv()],
        [
            "the unit takes cases and lacks a case receiver",
            "Enheten tar emot ärenden men saknar en ärendemottagare."
        ]
    );
    assert_eq!(odd(&unit, &alone), [], "it takes no cases");
}
