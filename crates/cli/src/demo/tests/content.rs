//! Forms are filled in as their case types ask, and every message says something.
//!
//! The check reads the catalogue as it stands in the file, apart from the code that fills in.

use std::collections::BTreeMap;

use domain::case::{Content, Event, FormValue};
use serde_json::Value;

use super::stage::play;

/// Faults of a form's answers; none where all is well.
fn faults(fields: &[Value], at: &str, answers: &BTreeMap<&str, &FormValue>) -> Vec<String> {
    let mut faults = Vec::new();
    for field in fields {
        let path = format!("{at}{}", field["key"].as_str().unwrap());
        if field["type"] == "group" {
            let count = (0..99).take_while(|n| has(answers, &format!("{path}.{n}."))).count();
            let repeat = &field["repeat"];
            let (min, max) = (repeat["min"].as_u64().unwrap(), repeat["max"].as_u64().unwrap());
            if !(min..=max).contains(&(count as u64)) {
                faults.push(format!("{path} comes {count} times"));
            }
            for n in 0..count {
                let inner = field["fields"].as_array().unwrap();
                faults.extend(self::faults(inner, &format!("{path}.{n}."), answers));
            }
            continue;
        }
        let shown = field.get("show_if").is_none_or(|rule| is_shown(rule, at, answers));
        match answers.get(path.as_str()) {
            None if shown && field["required"] == true => faults.push(format!("{path} is missing")),
            None => (),
            Some(_) if !shown => faults.push(format!("{path} is hidden, and sent")),
            Some(value) => {
                faults.extend((!fits(field, value)).then(|| format!("{path} has a wrong value")));
            }
        }
    }
    faults
}

fn has(answers: &BTreeMap<&str, &FormValue>, prefix: &str) -> bool {
    answers.keys().any(|it| it.starts_with(prefix))
}

fn is_shown(rule: &Value, at: &str, answers: &BTreeMap<&str, &FormValue>) -> bool {
    let sibling = format!("{at}{}", rule["field"].as_str().unwrap());
    match (answers.get(sibling.as_str()), &rule["equals"], &rule["contains"]) {
        (Some(FormValue::Text(text)), Value::String(wanted), _) => text == wanted,
        (Some(FormValue::YesNo(yes)), Value::Bool(wanted), _) => yes == wanted,
        (Some(FormValue::Choices(chosen)), _, Value::String(wanted)) => chosen.contains(wanted),
        _ => false,
    }
}

fn fits(field: &Value, value: &FormValue) -> bool {
    let is_option = |text: &String| {
        let options = field["options"].as_array().unwrap();
        options.iter().any(|it| it["value"] == text.as_str())
    };
    match (field["type"].as_str().unwrap(), value) {
        ("text", FormValue::Text(text)) => {
            let length_max = field["max_length"].as_u64().unwrap_or(u64::MAX);
            !text.trim().is_empty() && text.chars().count() as u64 <= length_max
        }
        ("phone", FormValue::Text(text)) => text.starts_with("070-174 06 "),
        ("date", FormValue::Text(text)) => text.parse::<jiff::civil::Date>().is_ok(),
        ("choice", FormValue::Text(text)) => is_option(text),
        ("multi_choice", FormValue::Choices(chosen)) => {
            !chosen.is_empty() && chosen.iter().all(is_option)
        }
        ("yes_no", FormValue::YesNo(yes)) => {
            field.get("must_be").and_then(Value::as_bool).is_none_or(|wanted| wanted == *yes)
        }
        _ => false,
    }
}

fn check(form: &Value, content: &Content) -> Vec<String> {
    let answers: BTreeMap<&str, &FormValue> =
        content.answers.iter().map(|it| (it.field.as_str(), &it.value)).collect();
    assert_eq!(answers.len(), content.answers.len(), "a field is answered twice");
    let mut faults = faults(form["fields"].as_array().unwrap(), "", &answers);
    let known = |path: &str| {
        let first = path.split('.').next().unwrap();
        form["fields"].as_array().unwrap().iter().any(|it| it["key"] == first)
    };
    let unknown = answers.keys().filter(|it| !known(it));
    faults.extend(unknown.map(|it| format!("{it} is no field of the form")));
    faults
}

#[tokio::test]
async fn every_form_is_filled_in_as_its_case_type_asks() {
    let catalogue: Value =
        serde_json::from_str(include_str!("../../../data/case_types.json")).unwrap();
    let played = play(600, 7).await;
    let written = played.written().await;
    let view = played.engine.view(None).await.unwrap().unwrap();
    let (mut seen, mut checked) = (BTreeMap::new(), 0);
    for (case, event, content) in &written {
        let id = match event {
            Event::CaseSubmitted(it) => it.case_type,
            Event::CaseOpened(it) => it.case_type,
            _ => {
                assert!(!content.text.trim().is_empty(), "{case} has an empty message");
                continue;
            }
        };
        let key = view.with(|it, _| it.directory().case_type(id).unwrap().key.clone());
        let mut forms = catalogue["types"].as_array().unwrap().iter();
        let form = forms.find(|it| it["key"] == key.as_str() && it["kind"] == "case");
        let faults =
            check(form.unwrap_or_else(|| panic!("{key} is not in the catalogue")), content);
        assert!(faults.is_empty(), "{case}, {key}: {}", faults.join("; "));
        *seen.entry(key).or_insert(0) += 1;
        checked += 1;
    }
    assert_eq!(checked, 600);
    assert!(seen.len() >= 15, "only {seen:?}");
}

#[test]
fn a_form_with_faults_is_found_out() {
    let catalogue: Value =
        serde_json::from_str(include_str!("../../../data/case_types.json")).unwrap();
    let mut forms = catalogue["types"].as_array().unwrap().iter();
    let form = forms.find(|it| it["key"] == "cancel_rebook_appointment").unwrap();
    let answer = |field: &str, value| domain::case::FormAnswer { field: field.to_owned(), value };
    let content = Content {
        text: String::new(),
        answers: vec![
            answer("action", FormValue::Text("cancel".to_owned())),
            answer("preferred_days", FormValue::Choices(vec!["mon".to_owned()])),
            answer("reason", FormValue::Text("no such reason".to_owned())),
            answer("shoe_size", FormValue::YesNo(true)),
        ],
    };
    assert_eq!(
        check(form, &content),
        [
            "appointment_date is missing",
            "reason has a wrong value",
            "preferred_days is hidden, and sent",
            "shoe_size is no field of the form"
        ]
    );
}
