//! What is wrong with a case type is told where it is written.

use super::*;

async fn refused(client: &Client, name: &str, input: Value) -> (String, String, String) {
    let payload = ask(client, &staff(GUN), name, "caseType { id }", input).await;
    let told = |what: &str| payload["userErrors"][0][what].as_str().unwrap().to_owned();
    assert_eq!((&payload["caseType"], &payload["position"]), (&Value::Null, &Value::Null));
    (told("code"), told("field"), told("message"))
}

#[tokio::test]
async fn each_part_of_a_definition_is_named() {
    let client = Client::new().await;
    let define = |part: &str, value: Value| {
        let mut definition = json!({ "key": "sleep", "name": { "sv": "Sömn" },
            "scope": "REGION_COMMON", "workingDays": 2,
            "fields": [{ "key": "wakes", "label": { "sv": "Vaknar du?" }, "type": "YES_NO" }] });
        definition[part] = value;
        json!({ "idempotencyKey": part, "regionId": NORD.to_string(),
            "caseType": { "own": { "terms": { "sv": "Ring 112." }, "definition": definition } } })
    };
    for (part, value, field, words) in [
        ("key", json!(" "), "key", "needs a key of at most 100 bytes"),
        ("key", json!("k".repeat(600_000)), "key", "needs a key of at most 100 bytes"),
        ("name", json!({ "sv": "" }), "name", "needs a Swedish name"),
        ("workingDays", json!(300), "workingDays", "300 working days is not 1 to 60"),
        ("workingDays", json!(-1), "workingDays", "-1 working days is not 1 to 60"),
        ("workingDays", json!(61), "workingDays", "61 working days is not 1 to 60"),
        ("minAge", json!(-1), "minAge", "-1 is no age"),
        ("centralUnitId", json!(BIRCH.to_string()), "centralUnitId", "a central case type, and"),
        ("ownerId", json!(BIRCH.to_string()), "ownerId", "a unit's own case type, and no other"),
    ] {
        let (code, at, message) = refused(&client, "defineCaseType", define(part, value)).await;
        assert!(code == "FIELD_INVALID" || code == "FIELD_REQUIRED", "{code}");
        assert_eq!(at, field);
        assert!(message.contains(words), "{message}");
    }
    let mut elsewhere = define("centralUnitId", json!(DUNE.to_string()));
    elsewhere["caseType"]["own"]["definition"]["scope"] = json!("CENTRAL");
    let (_, at, message) = refused(&client, "defineCaseType", elsewhere).await;
    assert_eq!(at, "centralUnitId");
    assert_eq!(message, "the unit that its cases would go to is not in the region");
}

#[tokio::test]
async fn ready_made_answers_that_no_commit_could_hold_are_refused_by_name() {
    let client = Client::new().await;
    let id = RENEWAL.to_string();
    let long = json!({ "sv": "x".repeat(4_000), "en": "y".repeat(4_000) });
    let template = |key: usize| json!({ "key": key.to_string(), "title": long, "text": long });
    let option = |key: usize| json!({ "value": key.to_string(), "label": long });
    let many: [Vec<Value>; 2] = [(0..50).map(template).collect(), (0..50).map(option).collect()];
    for ((name, list), many) in
        [("setAnswerTemplates", "templates"), ("setAnswerOptions", "options")].iter().zip(many)
    {
        let mut input = json!({ "idempotencyKey": name, "caseTypeId": id });
        input[*list] = json!(many);
        let (code, at, message) = refused(&client, name, input.clone()).await;
        assert_eq!((&*code, &*at), ("FIELD_INVALID", *list));
        assert!(message.contains("262144 are the most"), "{message}");
        input[*list] = json!([many[0], many[0]]);
        let (code, at, _) = refused(&client, name, input.clone()).await;
        assert_eq!((&*code, &*at), ("FIELD_INVALID", *list));
        let mut unsaid = many[0].clone();
        let text = if *list == "templates" { "text" } else { "label" };
        unsaid[text] = json!({ "sv": " " });
        input[*list] = json!([unsaid]);
        let (code, at, _) = refused(&client, name, input).await;
        assert_eq!((&*code, &*at), ("FIELD_REQUIRED", *list));
    }
}
