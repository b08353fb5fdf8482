//! The schema and the rules agree, by the word of a validator that is not ours.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use serde_json::{Map, Value, json};

use super::{
    super::{FieldProblem, Language, Problem},
    dice::Dice,
    mutations::{Mutation, mutations, tape},
    *,
};

/// Reads lines of `{schema, answers: […]}`, and says of each list which of it the schema takes.
/// Python's jsonschema, from the package of that name.
const VALIDATOR: &str = "
import json, sys
from jsonschema import Draft202012Validator as V
for line in sys.stdin:
    it = json.loads(line)
    V.check_schema(it['schema'])
    validator = V(it['schema'], format_checker=V.FORMAT_CHECKER)
    print(json.dumps([validator.is_valid(answers) for answers in it['answers']]))
";

const FORMS: usize = 64;

/// The answers as the one object that the schema is of; none where they cannot be written so.
fn object(answers: &[FormAnswer]) -> Option<Value> {
    let mut object = Map::new();
    for FormAnswer { field, value } in answers {
        let value = match value {
            FormValue::Text(text) => json!(text),
            FormValue::Choices(chosen) => json!(chosen),
            FormValue::YesNo(yes) => json!(yes),
        };
        let path: Vec<&str> = field.split('.').collect();
        let twice = match path[..] {
            [key] => object.insert(key.to_owned(), value),
            [group, item, key] => {
                let items = object.entry(group).or_insert_with(|| json!([])).as_array_mut()?;
                let item: usize = item.parse().ok()?;
                items.resize(items.len().max(item + 1), json!({}));
                items[item].as_object_mut()?.insert(key.to_owned(), value)
            }
            _ => return None,
        };
        if twice.is_some() {
            return None;
        }
    }
    Some(object.into())
}

/// What Python says of each line; none where it cannot be asked.
fn validate(lines: &[Value]) -> Option<Vec<Vec<bool>>> {
    let available = Command::new("python3").args(["-c", "import jsonschema"]).output();
    if !available.is_ok_and(|it| it.status.success()) {
        eprintln!("skipped: Python's package jsonschema is not installed");
        return None;
    }
    let mut python = Command::new("python3")
        .args(["-c", VALIDATOR])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    let text = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let writing = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = python.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(output.status.success(), "a schema is none");
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(|it| serde_json::from_str(it).unwrap()).collect())
}

#[test]
fn a_validator_takes_what_the_rules_take_and_refuses_what_they_refuse() {
    let mut runner = TestRunner::deterministic();
    let (mut lines, mut expected) = (vec![], vec![]);
    for _ in 0..FORMS {
        let mut dice = Dice::new(tape().new_tree(&mut runner).unwrap().current());
        let form = dice.form();
        let answers = dice.answers(&form);
        let broken = mutations(&form, &answers).into_iter().map(|Mutation { answers, .. }| answers);
        let all: Vec<Vec<FormAnswer>> = std::iter::once(answers).chain(broken).collect();
        let (mut objects, mut taken) = (vec![], vec![]);
        for answers in &all {
            let Some(object) = object(answers) else { continue };
            objects.push(object);
            taken.push(form.problems(answers, &OneUnit).is_empty());
        }
        lines.push(json!({ "schema": form.json_schema(Language::En), "answers": objects }));
        expected.push(taken);
    }
    let judged: usize = expected.iter().map(Vec::len).sum();
    assert!(judged > 10 * FORMS, "{judged} answers are too few");
    let Some(found) = validate(&lines) else { return };
    for ((line, found), expected) in lines.iter().zip(&found).zip(&expected) {
        assert_eq!(found, expected, "{line:#}");
    }
    assert_eq!(found.len(), FORMS);
}

#[test]
fn the_schema_of_a_form_reads_like_the_form() {
    let name = Field { label: Label { sv: "Namn".into(), en: "Name".into() }, ..text("name", 50) };
    let form = form([
        group("medicines", (1, 2), [name.required()]).required(),
        yes_no("ok").required(),
        text("why", 9).required().shown_if("ok", Condition::Yes(false)),
    ]);
    let schema = form.json_schema(Language::En);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["required"], json!(["medicines", "ok"]));
    let medicines = &schema["properties"]["medicines"];
    assert_eq!((&medicines["minItems"], &medicines["maxItems"]), (&json!(1), &json!(2)));
    assert_eq!(medicines["items"]["properties"]["name"]["title"], "Name");
    assert_eq!(form.json_schema(Language::Sv)["properties"]["why"]["title"], "Fråga");
    assert_eq!(
        schema["allOf"],
        json!([{
            "if": { "properties": { "ok": { "const": false } }, "required": ["ok"] },
            "then": { "required": ["why"] },
            "else": { "properties": { "why": false } },
        }])
    );
}

/// The one thing a schema cannot know.
#[test]
fn what_is_looked_up_is_any_text_to_the_schema() {
    let mut lookup = text("unit", 31);
    let FieldKind::Text(rules) = &mut lookup.kind else { unreachable!() };
    rules.lookup = Some(super::super::Lookup::UnitDirectory);
    let form = form([lookup]);
    let answers = [wrote("unit", "nowhere")];
    let problem = FieldProblem { field: "unit".into(), problem: Problem::NotFound };
    assert_eq!(form.problems(&answers, &OneUnit), [problem]);
    let line = json!({ "schema": form.json_schema(Language::Sv), "answers": [object(&answers)] });
    assert_eq!(validate(&[line]).unwrap_or_else(|| vec![vec![true]]), [[true]]);
}
