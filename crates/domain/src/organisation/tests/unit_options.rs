//! A unit has options of its own where a form lets it.

use super::given::*;
use crate::{
    CaseTypeId,
    form::{Choice, Condition, Field, FieldKind, Flaw, FlawKind, Form, Label, ShowIf},
    organisation::{
        Asking, Editors, Event, Rejection, Unit, UnitCommand as Command, UnitKind, UnitOptionsSet,
        UnitRegistered,
    },
};

fn choices(values: &[&str]) -> Vec<Choice> {
    let label = Label { sv: "Val".into(), en: String::new() };
    values.iter().map(|it| Choice { value: (*it).into(), label: label.clone() }).collect()
}

fn field(key: &str, kind: FieldKind) -> Field {
    let label = Label { sv: "Fråga".into(), en: String::new() };
    Field { key: key.into(), label, required: false, show_if: None, kind }
}

fn choice(key: &str, values: &[&str], unit_may_replace: bool) -> Field {
    field(key, FieldKind::Choice { options: choices(values), unit_may_replace })
}

/// Which clinic, and why where it is none of them; how soon; at which of the unit's counters, over
/// and over.
fn form() -> Form {
    let why = ShowIf { field: "clinic".into(), when: Condition::Is("other".into()) };
    let counter = vec![choice("counter", &["left", "right"], true)];
    Form {
        version: 1,
        fields: vec![
            choice("clinic", &["eye", "skin", "other"], true),
            Field { show_if: Some(why), ..field("why", FieldKind::YesNo { must_be: None }) },
            choice("how_soon", &["now", "later"], false),
            field("visits", FieldKind::Group { min: 1, max: 3, fields: counter }),
        ],
    }
}

fn asked() -> World {
    World { form: Some(form()), ..World::default() }
}

fn set(case_type: CaseTypeId, field: &str, values: &[&str]) -> Command {
    Command::SetOptions { case_type, field: field.into(), options: choices(values) }
}

fn was_set(field: &str, values: &[&str]) -> Event {
    UnitOptionsSet { case_type: ADVICE, field: field.into(), options: choices(values) }.into()
}

fn unit(more: impl IntoIterator<Item = Event>) -> Vec<Event> {
    let registered = UnitRegistered {
        region: REGION,
        division: DIVISION,
        provider: crate::CareProviderId::new(1),
        hsa_id: None,
        name: "Björkens vårdcentral".into(),
        kind: UnitKind::Care,
    };
    [registered.into()].into_iter().chain(more).collect()
}

#[test]
fn a_unit_has_options_of_its_own_where_the_form_lets_it() {
    for (field, values) in [("clinic", ["ear", "other"]), ("visits.counter", ["east", "west"])] {
        given::<Unit>(&unit([]))
            .around(asked())
            .when(adam(), set(ADVICE, field, &values))
            .then([was_set(field, &values)]);
    }
}

#[test]
fn other_options_take_their_place_and_none_bring_the_form_s_back() {
    let history = unit([was_set("clinic", &["ear", "other"])]);
    for values in [&["nose", "other"][..], &[]] {
        given::<Unit>(&history)
            .around(asked())
            .when(adam(), set(ADVICE, "clinic", values))
            .then([was_set("clinic", values)]);
    }
    given::<Unit>(&unit([])).around(asked()).when(adam(), set(ADVICE, "clinic", &[])).then([]);
    // The order is what people read.
    let turned = set(ADVICE, "clinic", &["other", "ear"]);
    assert_eq!(given::<Unit>(&history).around(asked()).when(adam(), turned).count(), 1);
}

#[test]
fn no_other_part_of_a_form_is_replaced() {
    for field in ["how_soon", "why", "visits", "counter", "clinic.other", "visits.0.counter", ""] {
        given::<Unit>(&unit([]))
            .around(asked())
            .when(adam(), set(ADVICE, field, &["ear"]))
            .then_rejected(Rejection::OptionsFixed { field: field.into() });
    }
    given::<Unit>(&unit([]))
        .when(adam(), set(ADVICE, "clinic", &["ear"]))
        .then_rejected(Rejection::OptionsFixed { field: "clinic".into() });
}

#[test]
fn a_form_makes_sense_with_the_options_too() {
    let flaw = |field: &str, kind| Flaw { field: field.into(), kind };
    let (never, twice, bad) = (
        FlawKind::NeverShown { sibling: "clinic".into() },
        FlawKind::OptionTwice { value: "other".into() },
        FlawKind::BadOption { value: "Öra".into() },
    );
    for (values, flaws) in [
        (&["ear"][..], vec![flaw("why", never)]),
        (&["other", "other"], vec![flaw("clinic", twice)]),
        (&["other", "Öra"], vec![flaw("clinic", bad)]),
    ] {
        given::<Unit>(&unit([]))
            .around(asked())
            .when(adam(), set(ADVICE, "clinic", values))
            .then_rejected(Rejection::FlawedOptions { flaws });
    }
    let many: Vec<String> = (0..101).map(|it| it.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    given::<Unit>(&unit([]))
        .around(asked())
        .when(adam(), set(ADVICE, "visits.counter", &many))
        .then_rejected(Rejection::FlawedOptions {
            flaws: vec![flaw("visits.counter", FlawKind::TooManyOptions { options: 101 })],
        });
}

/// What a revised form has no place for stands in nobody's way, and can be taken back.
#[test]
fn options_of_an_earlier_form_do_nothing_and_can_be_taken_back() {
    let history = unit([was_set("gone", &["a"]), was_set("clinic", &["ear", "other"])]);
    given::<Unit>(&history)
        .around(asked())
        .when(adam(), set(ADVICE, "visits.counter", &["east"]))
        .then([was_set("visits.counter", &["east"])]);
    given::<Unit>(&history)
        .around(asked())
        .when(adam(), set(ADVICE, "gone", &["b"]))
        .then_rejected(Rejection::OptionsFixed { field: "gone".into() });
    given::<Unit>(&history)
        .around(asked())
        .when(adam(), set(ADVICE, "gone", &[]))
        .then([was_set("gone", &[])]);
}

#[test]
fn a_central_type_has_the_options_of_the_unit_that_its_cases_go_to() {
    given::<Unit>(&unit([]))
        .around(asked())
        .when(gun(), set(CENTRAL_TYPE, "clinic", &["other"]))
        .then_rejected(Rejection::CentralElsewhere);
    let central = given::<Unit>(&unit([])).state();
    let asking = Asking { by: gun(), at: monday(), around: &asked() };
    let events = central.decide(OTHER_UNIT, &asking, &set(CENTRAL_TYPE, "clinic", &["other"]));
    assert_eq!(events.map(|it| it.len()), Ok(1));
}

#[test]
fn options_are_set_for_the_region_s_types_and_one_s_own() {
    given::<Unit>(&unit([]))
        .around(asked())
        .when(adam(), set(OWN_TYPE, "clinic", &["other"]))
        .then_named(&["UnitOptionsSet"]);
    for case_type in [FOREIGN_TYPE, CaseTypeId::new(99)] {
        given::<Unit>(&unit([]))
            .around(asked())
            .when(adam(), set(case_type, "clinic", &["other"]))
            .then_rejected(Rejection::NoSuchCaseType);
    }
    let other = given::<Unit>(&unit([])).state();
    let asking = Asking { by: gun(), at: monday(), around: &asked() };
    let elsewhere = other.decide(OTHER_UNIT, &asking, &set(OWN_TYPE, "clinic", &["other"]));
    assert_eq!(elsewhere, Err(Rejection::AnotherUnitsOwn));
    given::<Unit>(&[])
        .around(asked())
        .when(adam(), set(ADVICE, "clinic", &["other"]))
        .then_rejected(Rejection::NoSuchUnit);
}

#[test]
fn who_sets_options_is_a_switch_of_the_region() {
    let command = || set(ADVICE, "clinic", &["other"]);
    let kept = World { editors: Editors::Region, ..asked() };
    for (by, world) in [(adam(), asked()), (gun(), asked()), (gun(), kept.clone())] {
        assert_eq!(given::<Unit>(&unit([])).around(world).when(by, command()).count(), 1);
    }
    given::<Unit>(&unit([]))
        .around(kept)
        .when(adam(), command())
        .then_rejected(Rejection::EditedByTheRegion);
    for by in others() {
        given::<Unit>(&unit([]))
            .around(asked())
            .when(by, command())
            .then_rejected(Rejection::NotAllowed);
    }
}
