//! Case types: defined once, revised by version, each by whoever keeps it.

use super::given::*;
use crate::{
    Actor,
    catalogue::Catalogue,
    form::{Choice, Field, FieldKind, Label},
    organisation::{
        AnswerTemplate, CaseType, CaseTypeCommand as Command, Definition, Event, Rejection, Scope,
    },
};

fn label(sv: &str) -> Label {
    Label { sv: sv.into(), en: String::new() }
}

fn shipped(key: &str) -> Definition {
    let catalogue = Catalogue::shipped().unwrap();
    catalogue.case_types.iter().find(|it| it.key == key).unwrap().definition()
}

fn define(definition: Definition) -> Command {
    Command::Define { region: REGION, definition, terms: label("Ring 112.") }
}

fn defined() -> Vec<Event> {
    given::<CaseType>(&[]).when(gun(), define(shipped("advice"))).then_named(&[
        "CaseTypeDefined",
        "FormPublished",
        "TermsPublished",
        "CaseTypeLimited",
    ])
}

fn own() -> Definition {
    Definition { owner: Some(UNIT), ..shipped("unit_defined") }
}

#[test]
fn every_shipped_type_can_be_defined() {
    for it in Catalogue::shipped().unwrap().case_types {
        let owner = (it.scope == Scope::UnitOwn).then_some(UNIT);
        let central_unit = (it.scope == Scope::Central).then_some(OTHER_UNIT);
        let definition = Definition { central_unit, owner, ..it.definition() };
        let events = given::<CaseType>(&[]).when(gun(), define(definition)).then_named(&[
            "CaseTypeDefined",
            "FormPublished",
            "TermsPublished",
            "CaseTypeLimited",
        ]);
        let Event::CaseTypeDefined(defined) = &events[0] else { unreachable!() };
        assert_eq!((defined.form_version, defined.terms_version), (1, 1), "{}", it.key);
    }
}

#[test]
fn a_key_is_one_type_s_in_a_region_and_at_a_unit() {
    let world = || World {
        keys: vec![(REGION, None, "advice"), (REGION, Some(UNIT), "unit_defined")],
        ..World::default()
    };
    for taken in [shipped("advice"), own()] {
        given::<CaseType>(&[])
            .around(world())
            .when(gun(), define(taken))
            .then_rejected(Rejection::CaseTypeExists);
    }
    for free in [
        shipped("send_message"),
        Definition { owner: Some(OTHER_UNIT), ..own() },
        Definition { key: "advice".into(), ..own() },
    ] {
        let events = given::<CaseType>(&[]).around(world()).when(gun(), define(free)).count();
        assert_eq!(events, 4);
    }
}

#[test]
fn a_form_that_is_revised_is_a_new_version_and_nothing_else_changes() {
    let mut revised = shipped("advice");
    let phone = revised.fields.pop().unwrap();
    revised.fields.push(Field { required: true, ..phone });
    let events = given::<CaseType>(&defined())
        .when(gun(), Command::Revise(revised))
        .then_named(&["CaseTypeDefined", "FormPublished"]);
    let [Event::CaseTypeDefined(defined), Event::FormPublished(published)] = &events[..] else {
        unreachable!()
    };
    assert_eq!((defined.form_version, published.form.version), (2, 2));
    assert_eq!(defined.terms_version, 1);
}

#[test]
fn a_name_or_a_clock_is_revised_without_a_new_form() {
    let renamed = Definition { name: label("Råd"), clock: None, ..shipped("advice") };
    given::<CaseType>(&defined())
        .when(gun(), Command::Revise(renamed))
        .then_named(&["CaseTypeDefined"]);
    let mut limited = shipped("advice");
    limited.limits.min_age = Some(18);
    given::<CaseType>(&defined())
        .when(gun(), Command::Revise(limited))
        .then_named(&["CaseTypeLimited"]);
    given::<CaseType>(&defined()).when(gun(), Command::Revise(shipped("advice"))).then([]);
}

#[test]
fn a_type_keeps_its_key_scope_and_owner() {
    let other = [
        Definition { key: "rad".into(), ..shipped("advice") },
        Definition { scope: Scope::UnitOwn, owner: Some(UNIT), ..shipped("advice") },
        Definition { owner: Some(UNIT), ..shipped("advice") },
    ];
    for it in other {
        given::<CaseType>(&defined())
            .when(gun(), Command::Revise(it))
            .then_rejected(Rejection::ScopeAndKeyStay);
    }
}

#[test]
fn a_type_that_is_there_is_not_defined_again_otherwise() {
    let other = Definition { name: label("Råd"), ..shipped("advice") };
    given::<CaseType>(&defined())
        .when(gun(), define(other))
        .then_rejected(Rejection::CaseTypeExists);
    given::<CaseType>(&[])
        .when(gun(), Command::Revise(shipped("advice")))
        .then_rejected(Rejection::NoSuchCaseType);
}

#[test]
fn what_is_common_is_the_region_s_and_what_is_a_unit_s_own_its_own() {
    given::<CaseType>(&[]).when(adam(), define(own())).then_named(&[
        "CaseTypeDefined",
        "FormPublished",
        "TermsPublished",
        "CaseTypeLimited",
    ]);
    given::<CaseType>(&[])
        .when(adam(), define(shipped("advice")))
        .then_rejected(Rejection::NotAllowed);
    for it in others() {
        for definition in [own(), shipped("advice")] {
            given::<CaseType>(&[])
                .when(it, define(definition))
                .then_rejected(Rejection::NotAllowed);
        }
        given::<CaseType>(&defined())
            .when(it, Command::PublishTerms(label("x")))
            .then_rejected(Rejection::NotAllowed);
    }
    given::<CaseType>(&[]).when(Actor::System, define(shipped("advice"))).then_named(&[
        "CaseTypeDefined",
        "FormPublished",
        "TermsPublished",
        "CaseTypeLimited",
    ]);
}

#[test]
fn a_form_that_cannot_be_asked_is_not_published() {
    let mut flawed = shipped("advice");
    flawed.fields[0].key = "Fråga".into();
    flawed.fields[1].kind = FieldKind::MultiChoice { options: vec![] };
    let refused = given::<CaseType>(&[]).when(gun(), define(flawed.clone()));
    let flaws = crate::form::Form { version: 1, fields: flawed.fields }.flaws();
    assert_eq!(flaws.len(), 2);
    refused.then_rejected(Rejection::FlawedForm { flaws });
}

#[test]
fn a_definition_makes_sense() {
    use Rejection::{
        CaseTypeKey, CaseTypeUnnamed, CentralUnitMissing, NoSuchCentralUnit, NoSuchOwner,
        OwnerMissing,
    };
    let clock = |working_days| {
        let clock =
            shipped("advice").clock.map(|it| crate::organisation::Clock { working_days, ..it });
        Definition { clock, ..shipped("advice") }
    };
    for (definition, rejection) in [
        (Definition { name: label(" "), ..shipped("advice") }, CaseTypeUnnamed),
        (Definition { key: String::new(), ..shipped("advice") }, CaseTypeKey),
        (Definition { key: "k".repeat(101), ..shipped("advice") }, CaseTypeKey),
        (shipped("chlamydia_test"), CentralUnitMissing),
        (Definition { central_unit: Some(UNIT), ..shipped("advice") }, CentralUnitMissing),
        (
            Definition { central_unit: Some(FOREIGN_UNIT), ..shipped("chlamydia_test") },
            NoSuchCentralUnit,
        ),
        (Definition { owner: Some(FOREIGN_UNIT), ..shipped("unit_defined") }, NoSuchOwner),
        (shipped("unit_defined"), OwnerMissing),
        (clock(0), Rejection::WorkingDays { working_days: 0 }),
        (clock(61), Rejection::WorkingDays { working_days: 61 }),
    ] {
        given::<CaseType>(&[]).when(gun(), define(definition)).then_rejected(rejection);
    }
    let nowhere = Command::Define {
        region: crate::RegionId::new(99),
        definition: shipped("advice"),
        terms: label("x"),
    };
    given::<CaseType>(&[]).when(Actor::System, nowhere).then_rejected(Rejection::NoSuchRegion);
}

#[test]
fn terms_have_versions() {
    let events = given::<CaseType>(&defined())
        .when(gun(), Command::PublishTerms(label("Ring 1177.")))
        .then_named(&["TermsPublished", "CaseTypeDefined"]);
    let [Event::TermsPublished(terms), Event::CaseTypeDefined(defined_)] = &events[..] else {
        unreachable!()
    };
    assert_eq!((terms.terms_version, defined_.terms_version, defined_.form_version), (2, 2, 1));
    given::<CaseType>(&defined())
        .when(gun(), Command::PublishTerms(label(" ")))
        .then_rejected(Rejection::TextMissing { what: "terms" });
}

#[test]
fn ready_made_answers_have_keys_of_their_own() {
    let template = |key: &str| AnswerTemplate {
        key: key.into(),
        title: label("Förnyat"),
        text: label("Ditt recept är förnyat."),
    };
    let set = |keys: &[&str]| Command::SetTemplates(keys.iter().map(|it| template(it)).collect());
    given::<CaseType>(&defined()).when(gun(), set(&["a", "b"])).then_named(&["AnswerTemplatesSet"]);
    given::<CaseType>(&defined()).when(gun(), set(&[])).then([]);
    for keys in [["a", "a"], ["a", " "]] {
        given::<CaseType>(&defined())
            .when(gun(), set(&keys))
            .then_rejected(Rejection::AnswersUnclear { what: "template" });
    }
    // Each is short enough, and all together do not fit a commit.
    let long = AnswerTemplate { text: label(&"x".repeat(4_000)), ..template("a") };
    let many = |n: u32| {
        let one = |it: u32| AnswerTemplate {
            key: it.to_string(),
            title: label(&"x".repeat(4_000)),
            ..long.clone()
        };
        Command::SetTemplates((0..n).map(one).collect())
    };
    given::<CaseType>(&defined()).when(gun(), many(32)).then_named(&["AnswerTemplatesSet"]);
    given::<CaseType>(&defined())
        .when(gun(), many(33))
        .then_rejected(Rejection::AnswersTooLong { what: "template", bytes: 264_000 });
    given::<CaseType>(&defined())
        .when(gun(), set(&["a", &"k".repeat(101)]))
        .then_rejected(Rejection::AnswersUnclear { what: "template" });
    let option = |value: &str| Choice { value: value.into(), label: label("Ja") };
    given::<CaseType>(&defined())
        .when(gun(), Command::SetOptions(vec![option("yes"), option("no")]))
        .then_named(&["AnswerOptionsSet"]);
    given::<CaseType>(&defined())
        .when(gun(), Command::SetOptions(vec![option("yes"), option("yes")]))
        .then_rejected(Rejection::AnswersUnclear { what: "answer option" });
}

#[test]
fn a_type_from_before_there_were_forms_gets_its_first_with_the_next_number() {
    let Event::CaseTypeDefined(old) = defined().remove(0) else { unreachable!() };
    let old = crate::organisation::CaseTypeDefined { form_version: 3, terms_version: 2, ..old };
    let events = given::<CaseType>(&[old.into()])
        .when(gun(), Command::Revise(shipped("advice")))
        .then_named(&["CaseTypeDefined", "FormPublished", "CaseTypeLimited"]);
    let Event::FormPublished(published) = &events[1] else { unreachable!() };
    assert_eq!(published.form.version, 4);
}
