//! A form with a unit's own options is a form, whatever the unit decided once.

use proptest::prelude::*;

use super::{dice::Dice, *};

/// A form of which one field is shown by an option of a choice that units may replace.
fn clinics() -> Form {
    form([
        replaceable("clinic", &["eye", "other"]),
        text("which", 9).shown_if("clinic", is("other")),
        choice("how_soon", &["now", "later"]),
        group("visits", (1, 2), [replaceable("counter", &["left", "right"])]),
    ])
}

fn replaceable(key: &str, values: &[&str]) -> Field {
    field(key, FieldKind::Choice { options: options(values), unit_may_replace: true })
}

fn of_unit(form: &Form, own: &[(&str, &[&str])]) -> Form {
    let own: Vec<_> = own.iter().map(|(field, values)| (*field, options(values))).collect();
    form.of_unit(own.iter().map(|(field, options)| (*field, &**options)))
}

#[test]
fn a_unit_s_own_options_are_taken_and_the_form_s_are_not() {
    let form = of_unit(&clinics(), &[("clinic", &["ear", "other"]), ("visits.counter", &["east"])]);
    let visit = wrote("visits.0.counter", "east");
    assert_eq!(problems(&form, &[wrote("clinic", "ear"), visit.clone()]), [""; 0]);
    assert_eq!(problems(&form, &[wrote("clinic", "eye"), visit]), ["clinic NOT_AN_OPTION"]);
    let before = wrote("visits.0.counter", "left");
    assert_eq!(problems(&form, &[before]), ["visits.0.counter NOT_AN_OPTION"]);
}

#[test]
fn what_has_no_place_in_the_form_does_nothing() {
    let form = clinics();
    for (field, values) in [
        ("clinic", &["ear"][..]),
        ("clinic", &[]),
        ("clinic", &["other", "other"]),
        ("how_soon", &["now"]),
        ("which", &["a"]),
        ("counter", &["a"]),
        ("visits", &["a"]),
        ("visits.counter.left", &["a"]),
        ("gone", &["a"]),
    ] {
        assert_eq!(of_unit(&form, &[(field, values)]), form, "{field} {values:?}");
    }
}

/// One choice's options that no longer fit take nothing from those of another.
#[test]
fn what_fits_is_shown_beside_what_does_not() {
    let form = of_unit(&clinics(), &[("clinic", &["ear"]), ("visits.counter", &["east"])]);
    assert_eq!(form, of_unit(&clinics(), &[("visits.counter", &["east"])]));
    assert_ne!(form, clinics());
}

/// Long options that fit only because another choice's are shorter than the form's.
#[test]
fn options_that_fit_together_are_shown_together() {
    let long = |n: usize| -> Vec<Choice> {
        let label = label(&"å".repeat(500));
        (0..n).map(|it| Choice { value: it.to_string(), label: label.clone() }).collect()
    };
    let kind = |n| FieldKind::Choice { options: long(n), unit_may_replace: true };
    let form = form([field("a", kind(30)), field("b", kind(90))]);
    assert_eq!(form.flaws(), []);
    let (all, few) = (long(100), options(&["x"]));
    let shown = form.of_unit([("a", &*all), ("b", &*few)]);
    assert_eq!(shown.fields[0].kind, kind(100));
    assert!(!form.with_options("a", &all).unwrap().flaws().is_empty(), "not by themselves");
}

/// Every choice whose options a unit may replace, by the keys that lead to it.
fn places(fields: &[Field], at: &str) -> Vec<String> {
    let place = |it: &Field| match &it.kind {
        FieldKind::Choice { unit_may_replace: true, .. } => vec![format!("{at}{}", it.key)],
        FieldKind::Group { fields, .. } => places(fields, &format!("{at}{}.", it.key)),
        _ => vec![],
    };
    fields.iter().flat_map(place).collect()
}

proptest! {
    #[test]
    fn a_form_of_a_unit_has_no_flaws(
        tape: Vec<u16>,
        own in prop::collection::vec(("[a-z0-9.]{0,4}", prop::collection::vec("[abc0-9Å]{0,2}", 0..4)), 0..4),
    ) {
        let form = Dice::new(tape).form();
        prop_assert_eq!(form.flaws(), []);
        // Where units may have their own, they have some; and elsewhere too.
        let known = places(&form.fields, "");
        let mut all: Vec<(String, Vec<Choice>)> = vec![];
        for (i, (field, values)) in own.iter().enumerate() {
            let field = if known.is_empty() { field } else { &known[i % known.len()] };
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            all.push((field.clone(), options(&values)));
        }
        let shown = form.of_unit(all.iter().map(|(field, options)| (&**field, &**options)));
        prop_assert_eq!(shown.flaws(), []);
        // Nothing else of the form changed.
        let others: Vec<_> = places(&shown.fields, "");
        prop_assert_eq!(&others, &known);
        let emptied = |form: &Form| known.iter().fold(form.clone(), |form, it| {
            form.with_options(it, &[]).unwrap()
        });
        prop_assert_eq!(emptied(&shown), emptied(&form));
    }
}
