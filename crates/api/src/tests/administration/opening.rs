//! What a unit writes as it opens a case answers a form, as what a resident sends does.

use super::*;

/// The shipped type that units alone start, offered by Birch.
async fn staff_message(client: &Client) -> String {
    let input = json!({ "idempotencyKey": "t", "regionId": NORD.to_string(),
        "caseType": { "shipped": { "key": "staff_message" } } });
    let case_type = done(client, &staff(GUN), "defineCaseType", "caseType", input).await;
    let input = json!({ "idempotencyKey": "o", "unitId": BIRCH.to_string(),
        "caseTypeId": case_type });
    done(client, &staff(GUN), "offerCaseType", "unit", input).await;
    case_type
}

fn opening(key: &str, case_type: &str, more: &Value) -> Value {
    let mut input = json!({ "idempotencyKey": key, "caseTypeId": case_type,
        "subjectId": EVA.to_string(), "residentInformed": true });
    let all = input.as_object_mut().unwrap();
    all.extend(more.as_object().unwrap().clone());
    input
}

/// A code and a field of each error.
fn errors(payload: &Value) -> Vec<(&str, &str)> {
    let errors = payload["userErrors"].as_array().unwrap();
    errors.iter().map(|it| (it["code"].as_str().unwrap(), it["field"].as_str().unwrap())).collect()
}

fn filled_in() -> Value {
    json!([
        { "field": "template", "value": { "text": "questions" } },
        { "field": "subject", "value": { "text": "Ditt provsvar" } },
        { "field": "message", "value": { "text": "Hur mår du i dag?" } },
        { "field": "answerable", "value": { "yesNo": true } },
    ])
}

#[tokio::test]
async fn what_units_alone_start_answers_its_form_and_every_problem_is_told_at_once() {
    let client = Client::new().await;
    let message = staff_message(&client).await;
    let open = async |by, key: &str, more: Value| {
        client.try_command(&staff(by), "openCase", opening(key, &message, &more)).await
    };
    let unsaid = open(ANNA, "a", json!({ "text": "Hej" })).await;
    assert_eq!(errors(&unsaid), [("FIELD_REQUIRED", "formVersion")]);
    let silent = open(ANNA, "a", json!({ "formVersion": 1, "text": "Hej" })).await;
    let missing = |field| ("FIELD_REQUIRED", field);
    let all = ["answers.template", "answers.subject", "answers.message", "answers.answerable"];
    assert_eq!(errors(&silent), all.map(missing));
    let mut answers = filled_in();
    answers[0]["value"] = json!({ "text": "gossip" });
    answers[3]["value"] = json!({ "text": "ja" });
    let wrong = open(RITA, "a", json!({ "formVersion": 1, "answers": answers })).await;
    let invalid = |field| ("FIELD_INVALID", field);
    assert_eq!(errors(&wrong), ["answers.template", "answers.answerable"].map(invalid));
    let unknown = open(RITA, "a", json!({ "formVersion": 2, "answers": filled_in() })).await;
    assert_eq!(errors(&unknown), [("FIELD_INVALID", "formVersion")]);
    let unsaid = open(RITA, "a", json!({ "answers": filled_in() })).await;
    assert_eq!(errors(&unsaid), [("FIELD_REQUIRED", "formVersion")]);

    let right = json!({ "formVersion": 1, "answers": filled_in() });
    let opened = open(ANNA, "a", right.clone()).await;
    assert_eq!(errors(&opened), []);
    let again = open(ANNA, "a", right).await;
    let [case, id] = [&again, &opened].map(|it| it["case"]["id"].clone());
    assert_eq!((&case, &again["replayed"]), (&id, &json!(true)));

    let query = "query Q($id: ID!) {
        case(id: $id) { messages(first: 1) { nodes { text answers { field text yesNo } } } }
        caseHistory(caseId: $id, first: 9) { nodes { type version
            ... on FormAnswered { formVersion messageId } } } }";
    for actor in [staff(ANNA), resident(EVA)] {
        let told = client.data(&actor, query, json!({ "id": id })).await;
        let message = &told["case"]["messages"]["nodes"][0];
        assert_eq!(message["text"], "");
        assert_eq!(message["answers"][1]["text"], "Ditt provsvar");
        assert_eq!(message["answers"][3]["yesNo"], true);
        let events = &told["caseHistory"]["nodes"];
        assert_eq!((&events[0]["type"], &events[0]["version"]), (&json!("CASE_OPENED"), &json!(1)));
        assert_eq!(
            (&events[1]["type"], &events[1]["formVersion"]),
            (&json!("FORM_ANSWERED"), &json!(1))
        );
    }
}

#[tokio::test]
async fn a_type_that_residents_may_start_too_is_opened_with_text_alone_or_with_its_form() {
    let client = Client::new().await;
    let open = async |key: &str, more: Value| {
        let input = opening(key, &RENEWAL.to_string(), &more);
        client.try_command(&staff(RITA), "openCase", input).await
    };
    let text = open("t", json!({ "text": "Dags att förnya?" })).await;
    assert_eq!((errors(&text), &text["event"]["type"]), (vec![], &json!("CASE_OPENED")));
    let said = json!({ "formVersion": 2, "text": "Dags att förnya?" });
    let missing =
        ["answers.medicines", "answers.effects_ok"].map(|field| ("FIELD_REQUIRED", field));
    assert_eq!(errors(&open("f", said).await), missing);
    let unsaid = open("u", json!({ "answers": filled_in() })).await;
    assert_eq!(errors(&unsaid), [("FIELD_REQUIRED", "formVersion")]);
    let empty = open("e", json!({})).await;
    assert_eq!(errors(&empty), [("FIELD_REQUIRED", "text")]);
}
