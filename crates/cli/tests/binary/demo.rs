//! `arende demo`: what it prints is what one can do.

use serde_json::{Value, json};

use crate::{running::arende, serving::Serving};

/// A small demo in a folder of its own, the same whenever it is made.
pub(crate) fn demo(data: &str) -> Serving {
    let plan = ["demo", "--cases", "300", "--until", "2026-04-22T10:00:00+02:00"];
    let place = ["--data", data, "--listen", "127.0.0.1:0"];
    Serving::start(&[&plan[..], &place].concat(), "Stop with")
}

/// The pasted text between a heading and the next blank line.
fn pasted(said: &str, heading: &str) -> String {
    let (_, rest) = said.split_once(heading).unwrap_or_else(|| panic!("no `{heading}`"));
    let (_, rest) = rest.split_once("\n\n").unwrap();
    rest.split("\n\n").next().unwrap().to_owned()
}

#[test]
fn the_printed_tokens_answer_the_printed_queries() {
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(folder.path().to_str().unwrap());
    let inbox = pasted(&demo.said, "As receiver");
    let data = demo.data(&demo.token("receiver"), &inbox, json!({}));
    assert!(data["unitInbox"]["totalCount"].as_u64().unwrap() > 0, "{data}");
    // GraphiQL's editor shows so much of a line.
    assert!(inbox.lines().all(|line| line.len() < 70), "{inbox}");
    let name = &data["unitInbox"]["nodes"][0]["resident"]["name"];
    assert!(name.as_str().is_some_and(|it| it.contains(' ')), "{name}");
    let statistics = pasted(&demo.said, "As analyst");
    let data = demo.data(&demo.token("analyst"), &statistics, json!({}));
    assert!(data["statistics"]["received"].as_u64().unwrap() > 0, "{data}");

    let compliance = pasted(&demo.said, "As region-admin");
    let data = demo.data(&demo.token("region-admin"), &compliance, json!({}));
    assert!(data["compliance"]["total"]["offered"].as_u64().unwrap() > 0, "{data}");

    // Whom the printout names is found by the number that it prints, and nobody by another.
    let query = pasted(&demo.said, "As receiver, who has");
    let variables: Value = serde_json::from_str(&pasted(&demo.said, "As Variables")).unwrap();
    let receiver = demo.token("receiver");
    let found = demo.data(&receiver, &query, variables);
    let own = "{ account { resident { id name } } }";
    let resident = demo.data(&demo.token("resident"), own, json!({}))["account"].take();
    assert!(resident["resident"]["id"].is_string(), "{resident}");
    assert_eq!(found["findResident"], resident["resident"]);
    let nobody = demo.data(&receiver, &query, json!({ "number": "189001019802" }));
    assert_eq!(nobody["findResident"], Value::Null);

    let capacity = |role| {
        let data = demo.data(&demo.token(role), "{ viewer { actor { capacity } } }", json!({}));
        data["viewer"]["actor"]["capacity"].as_str().unwrap().to_owned()
    };
    for (role, expected) in [
        ("receiver", "RECEIVER"),
        ("handler", "HANDLER"),
        ("unit-admin", "UNIT_ADMIN"),
        ("region-admin", "REGION_ADMIN"),
        ("auditor", "AUDITOR"),
        ("analyst", "ANALYST"),
        ("resident", "RESIDENT"),
    ] {
        assert_eq!(capacity(role), expected);
    }
    assert!(demo.get("/graphql", "text/html").contains("GraphiQL"));
    assert_eq!(demo.get("/healthz", "*/*"), "ok\n");
    assert!(demo.get("/readyz", "*/*").ends_with("not stopping: ok\n"));
    assert_eq!(demo.stop(), 0);
}

/// The whole way of one case, each step by whoever takes it, seen by a subscription.
#[test]
fn a_case_is_worked_on_from_submission_to_close() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let demo = demo(data);
    let (receiver, handler) = (demo.token("receiver"), demo.token("handler"));
    let resident = demo.token("resident");
    let (unit, case_type) = unit_and_type(&demo, &handler);
    let who = demo.data(&handler, "{ viewer { actor { staff { id } } } }", json!({}));
    let handler_id = who["viewer"]["actor"]["staff"]["id"].clone();

    let query = "{ viewer { expiresAt } }";
    let position = demo.ask(&receiver, query, json!({}))["extensions"]["position"].clone();
    let watching =
        "subscription S($after: Position) { inboxChanged(after: $after) { eventType caseId } }";
    let mut changes = demo.watch(&receiver, watching, json!({ "after": position }));

    let submission = json!({
        "idempotencyKey": "1", "unitId": unit, "caseTypeId": case_type, "formVersion": 1,
        "termsVersion": 1, "answers": wrote("Jag undrar över mitt provsvar."),
    });
    let submitted = demo.command(&resident, "submitCase", submission);
    let case = submitted["case"]["id"].as_str().unwrap();
    let about = |key: &str, more: Value| {
        let mut input = json!({ "idempotencyKey": key, "caseId": case });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    demo.command(&receiver, "distributeCase", about("2", json!({ "handlerId": handler_id })));
    demo.command(&handler, "askCounterQuestion", about("3", json!({ "text": "Vilket prov?" })));
    demo.command(&resident, "replyToCase", about("4", json!({ "text": "Blodprovet i måndags." })));
    demo.command(&handler, "answerCase", about("5", json!({ "text": "Det såg bra ut." })));
    let closed = demo.command(&handler, "closeCase", about("6", json!({})));
    assert_eq!(closed["case"]["state"], "CLOSED");

    for event in [
        "CASE_SUBMITTED",
        "CASE_DISTRIBUTED",
        "COUNTER_QUESTION_ASKED",
        "RESIDENT_REPLIED",
        "CASE_ANSWERED",
        "CASE_CLOSED",
    ] {
        let change = changes.next().unwrap();
        let expected = json!({ "eventType": event, "caseId": case });
        assert_eq!(change["data"]["inboxChanged"], expected);
    }
    // A token can be had while the folder is served; the auditor replays what happened.
    let auditor = arende(&["token", "--data", data, "--as", "auditor"]);
    assert!(auditor.code == 0 && auditor.err.contains(", auditor, until "), "{auditor:?}");
    let history = "query Q($id: ID!) { caseHistory(caseId: $id, first: 10) { nodes { type actor { capacity } } } }";
    let history = demo.data(auditor.out.trim(), history, json!({ "id": case }));
    assert_eq!(history["caseHistory"]["nodes"].as_array().unwrap().len(), 6);
    let case = case.to_owned();
    assert_eq!(demo.stop(), 0);

    // All of it is in the folder, and verifies; it can be told, and served again.
    let told = arende(&["replay", "case", &case, "--data", data]);
    assert!(told.code == 0 && told.out.contains("closed"), "{told:?}");
    let verified = arende(&["verify", "--data", data]);
    assert_eq!(verified.code, 0, "{verified:?}");
    let again = arende(&["demo", "--data", data, "--listen", "127.0.0.1:0"]);
    assert!(again.error().contains(&format!("`arende serve --data {data} --dev`")), "{again:?}");
    let served =
        Serving::start(&["serve", "--data", data, "--dev", "--listen", "127.0.0.1:0"], "serving");
    let query =
        "query Q($id: ID!) { case(id: $id) { state messages(first: 10) { nodes { text } } } }";
    let seen = served.data(&resident, query, json!({ "id": case }));
    assert_eq!(seen["case"]["messages"]["nodes"][3]["text"], "Det såg bra ut.");
}

/// The answers to the form of [`unit_and_type`]'s type, with `text` for the message.
pub(crate) fn wrote(text: &str) -> Value {
    json!([
        { "field": "subject", "value": { "text": "En fråga" } },
        { "field": "message", "value": { "text": text } },
    ])
}

/// The receiver's unit, and a type that is handled there: a message of any kind.
pub(crate) fn unit_and_type(demo: &Serving, token: &str) -> (String, String) {
    let query = "{ viewer { actor { unit { id caseTypes { id key } } } } }";
    let data = demo.data(token, query, json!({}));
    let unit = &data["viewer"]["actor"]["unit"];
    let types = unit["caseTypes"].as_array().unwrap();
    let local = types.iter().find(|it| it["key"] == "send_message").unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&unit["id"]), text(&local["id"]))
}
