//! A form is shown, filled in and held to, from end to end.

use serde_json::{Value, json};

use super::{
    client::Client,
    region::{ADVICE, BIRCH, EVA, RENEWAL, resident},
};

fn renewal(key: &str, answers: Value) -> Value {
    json!({
        "idempotencyKey": key, "unitId": BIRCH.to_string(), "caseTypeId": RENEWAL.to_string(),
        "formVersion": 2, "termsVersion": 1, "answers": answers,
    })
}

fn wrote(field: &str, text: &str) -> Value {
    json!({ "field": field, "value": { "text": text } })
}

fn said(field: &str, yes: bool) -> Value {
    json!({ "field": field, "value": { "yesNo": yes } })
}

#[tokio::test]
async fn a_form_can_be_drawn_from_what_the_api_tells() {
    let client = Client::new().await;
    let query = "query Q($id: ID!) { node(id: $id) { ... on CaseType {
        termsSv termsEn
        form { version jsonSchema(language: EN) fields {
            key labelSv labelEn type required maxLength minItems maxItems
            showIf { field is contains yes } options { value } fields { key type required } } }
        old: form(version: 1) { version } } } }";
    let told = client.data(&resident(EVA), query, json!({ "id": RENEWAL.to_string() })).await;
    let told = &told["node"];
    assert!(told["termsSv"].as_str().unwrap().contains("ring 112"));
    assert!(told["termsEn"].as_str().unwrap().contains("call 112"));
    assert_eq!(told["old"], Value::Null, "version 1 was never published");
    let form = &told["form"];
    assert_eq!(form["version"], 2);
    let field = |key: &str| {
        let fields = form["fields"].as_array().unwrap();
        fields.iter().find(|it| it["key"] == key).unwrap()
    };
    let medicines = field("medicines");
    assert_eq!(medicines["type"], "GROUP");
    assert_eq!((&medicines["minItems"], &medicines["maxItems"]), (&json!(1), &json!(10)));
    assert_eq!(medicines["fields"][0], json!({ "key": "name", "type": "TEXT", "required": true }));
    assert_eq!(
        field("effects_notes")["showIf"],
        json!({ "field": "effects_ok", "is": null, "contains": null, "yes": false })
    );
    assert_eq!(field("phone")["labelEn"], "Phone number where you can be reached");
    let schema: Value = serde_json::from_str(form["jsonSchema"].as_str().unwrap()).unwrap();
    assert_eq!(schema["required"], json!(["medicines", "effects_ok"]));
}

#[tokio::test]
async fn answers_are_held_to_the_form_and_every_problem_is_told_at_once() {
    let client = Client::new().await;
    let eva = resident(EVA);
    let answers = json!([
        wrote("medicines.0.name", "Alvedon"),
        wrote("medicines.0.strength", "500 mg"),
        said("effects_ok", true),
        wrote("effects_notes", "Yrsel"),
        wrote("lasts_until", "snart"),
        wrote("shoe_size", "43"),
    ]);
    let payload = client.try_command(&eva, "submitCase", renewal("a", answers)).await;
    assert_eq!(payload["case"], Value::Null);
    let told: Vec<(&str, &str)> = payload["userErrors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["field"].as_str().unwrap(), it["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("answers.medicines.0.dosage", "FIELD_REQUIRED"),
            ("answers.lasts_until", "FIELD_INVALID"),
            ("answers.effects_notes", "FIELD_INVALID"),
            ("answers.shoe_size", "FIELD_INVALID"),
        ]
    );

    // Who answers nothing is told of each answer that is missing, as who answers something is.
    let payload = client.try_command(&eva, "submitCase", renewal("nothing", json!([]))).await;
    let told = payload["userErrors"].as_array().unwrap();
    let fields: Vec<_> = told.iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["answers.medicines", "answers.effects_ok"]);

    let answers = json!([
        wrote("medicines.0.name", "Alvedon"),
        wrote("medicines.0.strength", "500 mg"),
        wrote("medicines.0.dosage", "vid behov"),
        said("effects_ok", true),
        wrote("lasts_until", "2026-04-01"),
    ]);
    let payload = client.command(&eva, "submitCase", renewal("b", answers)).await;
    assert_eq!(payload["userErrors"], json!([]));
    assert!(payload["case"]["id"].is_string());
}

#[tokio::test]
async fn a_type_without_a_published_form_takes_any_answers() {
    let client = Client::new().await;
    let query = "query Q($id: ID!) { node(id: $id) { ... on CaseType {
        form { version } termsSv } } }";
    let told = client.data(&resident(EVA), query, json!({ "id": ADVICE.to_string() })).await;
    assert_eq!(told["node"], json!({ "form": null, "termsSv": null }));
    super::story::submit(&client, "s").await;
}
