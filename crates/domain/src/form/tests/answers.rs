//! Answers, told one by one.

use super::*;

#[track_caller]
fn refused(form: &Form, answers: &[FormAnswer], expected: &[&str]) {
    assert_eq!(form.flaws(), [], "the form itself is in order");
    assert_eq!(problems(form, answers), expected);
}

#[track_caller]
fn taken(form: &Form, answers: &[FormAnswer]) {
    refused(form, answers, &[]);
}

fn prescription() -> Form {
    form([
        group("medicines", (1, 3), [text("name", 10).required(), text("dose", 10)]).required(),
        yes_no("effects_ok").required(),
        text("effects", 10).required().shown_if("effects_ok", Condition::Yes(false)),
        field("lasts_until", FieldKind::Date {}),
    ])
}

#[test]
fn a_form_that_is_filled_in_is_taken() {
    taken(
        &prescription(),
        &[
            wrote("medicines.0.name", "Alvedon"),
            wrote("medicines.1.name", "Ipren"),
            wrote("medicines.1.dose", "400 mg"),
            said("effects_ok", false),
            wrote("effects", "Yrsel"),
            wrote("lasts_until", "2028-02-29"),
        ],
    );
}

#[test]
fn all_problems_are_told_at_once_in_the_form_s_order() {
    refused(
        &prescription(),
        &[
            wrote("shoe_size", "43"),
            wrote("lasts_until", "2027-02-29"),
            wrote("medicines.0.dose", "1 tablett om dagen"),
            said("effects_ok", true),
            wrote("effects", "Yrsel"),
            said("medicines.1.name", true),
        ],
        &[
            "medicines.0.name REQUIRED",
            "medicines.0.dose TOO_LONG",
            "medicines.1.name WRONG_KIND",
            "effects HIDDEN",
            "lasts_until NOT_A_DATE",
            "shoe_size UNKNOWN",
        ],
    );
}

#[test]
fn an_empty_answer_lacks_what_is_mandatory_and_is_not_asked_for_what_is_hidden() {
    refused(&prescription(), &[], &["medicines REQUIRED", "effects_ok REQUIRED"]);
}

#[test]
fn items_are_counted_and_none_is_left_out() {
    let items = form([group("items", (2, 3), [text("name", 10).required()])]);
    let named = |n: &[u32]| -> Vec<_> {
        n.iter().map(|it| wrote(&format!("items.{it}.name"), "x")).collect()
    };
    taken(&items, &[]);
    taken(&items, &named(&[0, 1]));
    taken(&items, &named(&[2, 0, 1]));
    refused(&items, &named(&[0]), &["items TOO_FEW_ITEMS"]);
    refused(&items, &named(&[0, 1, 2, 3]), &["items TOO_MANY_ITEMS"]);
    refused(&items, &named(&[0, 2]), &["items.1 EMPTY_ITEM"]);
    refused(&items, &named(&[0, u32::MAX]), &["items TOO_MANY_ITEMS"]);
}

#[test]
fn a_path_has_one_spelling() {
    let items = form([group("items", (0, 3), [text("name", 10)]), text("free", 10)]);
    for path in
        ["items.00.name", "items.+0.name", "items.x.name", "items.name", "items.0", "free.0", ""]
    {
        refused(&items, &[wrote(path, "x")], &[&format!("{path} UNKNOWN")]);
    }
    refused(&items, &[wrote("items.0.name.1", "x")], &["items.0.name.1 UNKNOWN"]);
    refused(&items, &[wrote("items", "x")], &["items WRONG_KIND"]);
}

#[test]
fn what_shows_a_field_must_be_shown_itself() {
    let chain = form([
        yes_no("a"),
        yes_no("b").shown_if("a", Condition::Yes(true)),
        text("c", 10).required().shown_if("b", Condition::Yes(true)),
    ]);
    taken(&chain, &[said("a", false)]);
    taken(&chain, &[said("a", true), said("b", true), wrote("c", "x")]);
    refused(&chain, &[said("a", true), said("b", true)], &["c REQUIRED"]);
    let hidden = [said("a", false), said("b", true), wrote("c", "x")];
    refused(&chain, &hidden, &["b HIDDEN", "c HIDDEN"]);
}

#[test]
fn a_field_in_a_group_is_shown_by_its_own_item() {
    let why = text("why", 10).required().shown_if("kind", is("other"));
    let items = form([group("items", (0, 3), [choice("kind", &["usual", "other"]), why])]);
    taken(
        &items,
        &[
            wrote("items.0.kind", "usual"),
            wrote("items.1.kind", "other"),
            wrote("items.1.why", "x"),
        ],
    );
    refused(
        &items,
        &[
            wrote("items.0.kind", "usual"),
            wrote("items.0.why", "x"),
            wrote("items.1.kind", "other"),
        ],
        &["items.0.why HIDDEN", "items.1.why REQUIRED"],
    );
}

#[test]
fn a_hidden_group_is_named_once() {
    let items = group("items", (1, 3), [text("name", 10)]).shown_if("any", Condition::Yes(true));
    refused(
        &form([yes_no("any"), items.required()]),
        &[wrote("items.0.name", "x"), wrote("items.1.name", "x")],
        &["items HIDDEN"],
    );
}

#[test]
fn text_that_says_nothing_is_no_answer() {
    for blank in ["", " ", "\t\n", "\r\n"] {
        refused(&form([text("a", 10).required()]), &[wrote("a", blank)], &["a REQUIRED"]);
        refused(&form([text("a", 10)]), &[wrote("a", blank)], &["a BLANK"]);
    }
    refused(&form([multi_choice("a", &["x"]).required()]), &[chose("a", &[])], &["a REQUIRED"]);
    taken(&form([multi_choice("a", &["x"])]), &[chose("a", &[])]);
}

#[test]
fn characters_are_counted_not_bytes() {
    taken(&form([text("a", 3)]), &[wrote("a", "åäö")]);
    refused(&form([text("a", 3)]), &[wrote("a", "åäö!")], &["a TOO_LONG"]);
}

#[test]
fn dates_are_days_that_there_are() {
    let date = form([field("a", FieldKind::Date {})]);
    taken(&date, &[wrote("a", "2024-02-29")]);
    for text in [
        "2023-02-29",
        "2024-2-29",
        "20240229",
        "2024-02-29T10:00",
        "0000-01-01",
        "i morgon!",
        "2024-0å-29",
    ] {
        refused(&date, &[wrote("a", text)], &["a NOT_A_DATE"]);
    }
}

#[test]
fn phone_numbers_are_swedish_or_international() {
    let phone = form([field("a", FieldKind::Phone {})]);
    for number in [
        "0701740605",
        "070-174 06 05",
        "08-46500400",
        "+46701740605",
        "+46 70 174 06 05",
        "+4581234567",
    ] {
        taken(&phone, &[wrote("a", number)]);
    }
    for number in [
        "",
        "701740605",
        "0046701740605",
        "070-174 06 05 07",
        "+46",
        "070--1740605",
        "070-174 06 05\n",
        "ring mig",
    ] {
        refused(&phone, &[wrote("a", number)], &["a NOT_A_PHONE_NUMBER"]);
    }
}

#[test]
fn only_the_answer_that_must_be_is_taken() {
    let terms = form([field("terms", FieldKind::YesNo { must_be: Some(true) }).required()]);
    taken(&terms, &[said("terms", true)]);
    refused(&terms, &[said("terms", false)], &["terms MUST_BE"]);
}

#[test]
fn what_is_looked_up_must_be_found() {
    let rules = TextRules {
        multiline: false,
        min_length: 0,
        max_length: 31,
        pattern: None,
        lookup: Some(super::super::Lookup::UnitDirectory),
    };
    let lookup = form([field("unit", FieldKind::Text(rules))]);
    taken(&lookup, &[wrote("unit", UNIT)]);
    refused(&lookup, &[wrote("unit", "SE2321000016-9999")], &["unit NOT_FOUND"]);
}

#[test]
fn the_same_field_is_answered_once() {
    let twice = [wrote("a", "x"), wrote("a", "y")];
    refused(&form([text("a", 10)]), &twice, &["a ANSWERED_TWICE"]);
}

#[test]
fn no_problem_quotes_what_was_written() {
    use super::super::Language::{En, Sv};
    let form = form([choice("a", &["x"]), text("b", 3)]);
    for problem in form.problems(&[wrote("a", "HEMLIGT"), wrote("b", "HEMLIGT")], &OneUnit) {
        for language in [Sv, En] {
            let text = problem.problem.text(language);
            assert!(!text.contains("HEMLIGT") && text.ends_with('.'), "{text}");
        }
    }
}
