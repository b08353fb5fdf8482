//! Casework from end to end, as clients see it.

use engine::access::{self, Action};
use serde_json::{Value, json};

use super::{
    client::{Client, code},
    region::{
        ADVICE, ANNA, ASPEN, BIRCH, BO, CEDAR, EBBA, EVA, KIM, OLLE, PRIVATE, RITA, ROLF, VERA,
        resident, staff,
    },
};

pub(super) fn submission(key: &str) -> Value {
    json!({
        "idempotencyKey": key, "unitId": BIRCH.to_string(), "caseTypeId": ADVICE.to_string(),
        "formVersion": 2, "termsVersion": 1, "text": "Jag har ont i halsen.",
        "answers": [{ "field": "since", "value": { "text": "i går" } }],
    })
}

pub(super) async fn submit(client: &Client, key: &str) -> String {
    let payload = client.command(&resident(EVA), "submitCase", submission(key)).await;
    payload["case"]["id"].as_str().unwrap().to_owned()
}

pub(super) fn about(case: &str, key: &str) -> Value {
    json!({ "caseId": case, "idempotencyKey": key })
}

pub(super) fn with(mut input: Value, field: &str, value: impl Into<Value>) -> Value {
    input[field] = value.into();
    input
}

pub(super) async fn distribute(client: &Client, case: &str) {
    let input = with(about(case, "distribute"), "handlerId", ANNA.to_string());
    client.command(&staff(RITA), "distributeCase", input).await;
}

pub(super) async fn state(client: &Client, actor: &domain::Actor, case: &str) -> Value {
    let query = "query Q($id: ID!) { case(id: $id) { state } }";
    client.data(actor, query, json!({ "id": case })).await["case"]["state"].clone()
}

#[tokio::test]
async fn a_case_goes_from_submission_to_close_and_a_subscription_sees_each_step() {
    let client = Client::new().await;
    let (eva, rita, anna) = (resident(EVA), staff(RITA), staff(ANNA));
    let now = client.region.engine.progress().borrow().position.to_string();
    let query = "subscription S($now: Position) { inboxChanged(after: $now) {
        kind eventType position case { state } } }";
    let mut unit = client.watch(&rita, query, json!({ "now": now })).await;
    let case = submit(&client, "s").await;
    let query =
        "subscription S($id: ID!) { caseEvents(caseId: $id, after: \"0\") { type version } }";
    let mut events = client.watch(&eva, query, json!({ "id": case })).await;

    distribute(&client, &case).await;
    let say = |key: &str, text: &str| with(about(&case, key), "text", text);
    client.command(&anna, "askCounterQuestion", say("q", "Har du feber?")).await;
    client.command(&eva, "replyToCase", say("r", "Ja, 38 grader.")).await;
    client.command(&anna, "sendPartialAnswer", say("p", "Ta det lugnt så länge.")).await;
    client.command(&anna, "answerCase", say("a", "Det går över.")).await;
    let closed = client.command(&anna, "closeCase", about(&case, "c")).await;
    assert_eq!(closed["case"]["state"], "CLOSED");

    let expected = [
        "CASE_SUBMITTED",
        "CASE_DISTRIBUTED",
        "COUNTER_QUESTION_ASKED",
        "RESIDENT_REPLIED",
        "CASE_PARTIALLY_ANSWERED",
        "CASE_ANSWERED",
        "CASE_CLOSED",
    ];
    for (version, event) in (1..).zip(expected) {
        let seen = events.data().await["caseEvents"].take();
        assert_eq!(seen, json!({ "type": event, "version": version }));
    }
    let first = unit.data().await["inboxChanged"].take();
    assert_eq!(
        (&first["kind"], &first["eventType"]),
        (&json!("ENTERED"), &json!("CASE_SUBMITTED"))
    );
    for event in &expected[1..] {
        let seen = unit.data().await["inboxChanged"].take();
        assert_eq!((&seen["kind"], &seen["eventType"]), (&json!("CHANGED"), &json!(event)));
    }
}

#[tokio::test]
async fn the_same_request_twice_is_carried_out_once() {
    let client = Client::new().await;
    let first = client.command(&resident(EVA), "submitCase", submission("key")).await;
    let again = client.command(&resident(EVA), "submitCase", submission("key")).await;
    assert_eq!((&first["replayed"], &again["replayed"]), (&json!(false), &json!(true)));
    assert_eq!(
        (&first["case"]["id"], &first["position"]),
        (&again["case"]["id"], &again["position"])
    );

    let other = with(submission("key"), "text", "Något annat.");
    let refused = client.try_command(&resident(EVA), "submitCase", other).await;
    assert_eq!(refused["userErrors"][0]["code"], "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(refused["userErrors"][0]["field"], "idempotencyKey");
}

#[tokio::test]
async fn whoever_sent_a_case_away_gets_the_first_outcome_again() {
    let client = Client::new().await;
    let case = submit(&client, "s").await;
    let input = with(about(&case, "away"), "unitId", ASPEN.to_string());
    let first = client.command(&staff(RITA), "redirectCase", input.clone()).await;
    assert_eq!(
        (&first["case"], &first["event"]["type"]),
        (&Value::Null, &json!("CASE_REDIRECTED"))
    );
    let again = client.command(&staff(RITA), "redirectCase", input).await;
    assert_eq!((&again["replayed"], &again["position"]), (&json!(true), &first["position"]));
    let more = with(about(&case, "more"), "unitId", ASPEN.to_string());
    let query =
        "mutation M($input: RedirectCaseInput!) { redirectCase(input: $input) { position } }";
    let answer = client.ask(&staff(RITA), query, json!({ "input": more })).await;
    assert_eq!(code(&answer).as_deref(), Some("NOT_FOUND"));
    assert_eq!(state(&client, &staff(ROLF), &case).await, "RECEIVED");
}

#[tokio::test]
async fn the_slower_of_two_handlers_gets_what_happened_meanwhile() {
    let client = Client::new().await;
    let case = submit(&client, "s").await;
    distribute(&client, &case).await;
    let reassign = |key, version: i32| {
        let input = with(about(&case, key), "handlerId", BO.to_string());
        with(input, "expectedVersion", version)
    };
    let late = client.try_command(&staff(RITA), "reassignCase", reassign("late", 1)).await;
    assert_eq!(late["userErrors"][0]["code"], "VERSION_CONFLICT");
    assert_eq!(
        late["conflict"],
        json!({ "expectedVersion": 1, "actualVersion": 2, "eventsSince": [{ "type": "CASE_DISTRIBUTED" }] })
    );
    client.command(&staff(RITA), "reassignCase", reassign("again", 2)).await;
}

/// What a person can put right is data, each with its field.
#[expect(clippy::too_many_lines, reason = "one table")]
#[tokio::test]
async fn refusals_name_what_to_put_right() {
    let client = Client::new().await;
    let (eva, rita, anna) = (resident(EVA), staff(RITA), staff(ANNA));
    let case = submit(&client, "s").await;
    let say = |key: &str, text: &str| with(about(&case, key), "text", text);
    let to = |who: String| with(about(&case, "d"), "handlerId", who);
    let opening = json!({
        "idempotencyKey": "o", "caseTypeId": ADVICE.to_string(), "subjectId": EVA.to_string(),
        "residentInformed": false, "text": "Hej",
    });
    let unit = |unit: &str| with(submission("u"), "unitId", unit);
    for (actor, command, input, code, field) in [
        (
            &eva,
            "submitCase",
            with(submission(""), "text", "x"),
            "FIELD_INVALID",
            json!("idempotencyKey"),
        ),
        (&eva, "submitCase", unit("unit_99"), "FIELD_INVALID", json!("unitId")),
        (&eva, "submitCase", unit("nonsense"), "FIELD_INVALID", json!("unitId")),
        (
            &eva,
            "submitCase",
            with(submission("t"), "caseTypeId", "type_9"),
            "CASE_TYPE_NOT_OFFERED",
            json!("caseTypeId"),
        ),
        (
            &eva,
            "submitCase",
            with(submission("f"), "formVersion", 3),
            "FIELD_INVALID",
            json!("formVersion"),
        ),
        (
            &eva,
            "submitCase",
            with(submission("f"), "formVersion", -1),
            "FIELD_INVALID",
            json!("formVersion"),
        ),
        (
            &eva,
            "submitCase",
            with(submission("f"), "termsVersion", 2),
            "FIELD_INVALID",
            json!("termsVersion"),
        ),
        (
            &eva,
            "submitCase",
            with(submission("p"), "subjectId", OLLE.to_string()),
            "NOT_ALLOWED",
            json!("subjectId"),
        ),
        (
            &eva,
            "submitCase",
            with(submission("l"), "followsUp", "case_99"),
            "FIELD_INVALID",
            json!("followsUp"),
        ),
        (&rita, "submitCase", submission("r"), "NOT_ALLOWED", Value::Null),
        (&rita, "openCase", opening.clone(), "FIELD_INVALID", json!("residentInformed")),
        (
            &rita,
            "openCase",
            with(opening, "subjectId", "resident_99"),
            "FIELD_INVALID",
            json!("subjectId"),
        ),
        (&rita, "distributeCase", to(ROLF.to_string()), "FIELD_INVALID", json!("handlerId")),
        (&rita, "distributeCase", to("nobody".to_owned()), "FIELD_INVALID", json!("handlerId")),
        (&rita, "reassignCase", to(ANNA.to_string()), "INVALID_STATE", Value::Null),
        (&rita, "answerCase", say("a", "Svar"), "NOT_ALLOWED", Value::Null),
        (&rita, "sendPartialAnswer", say("p", " "), "FIELD_REQUIRED", json!("text")),
        (&rita, "sendPartialAnswer", say("p", &"x".repeat(33_000)), "FIELD_INVALID", json!("text")),
        (&rita, "closeCase", about(&case, "c"), "INVALID_STATE", json!("reason")),
        (
            &rita,
            "redirectCase",
            with(about(&case, "x"), "unitId", CEDAR.to_string()),
            "NOT_ALLOWED",
            json!("unitId"),
        ),
        (&rita, "withdrawCase", about(&case, "w"), "NOT_ALLOWED", Value::Null),
        (
            &rita,
            "addNote",
            with(say("n", "Hm"), "expectedVersion", -1),
            "VERSION_CONFLICT",
            json!("expectedVersion"),
        ),
    ] {
        let refused = client.try_command(actor, command, input.clone()).await;
        let error = &refused["userErrors"][0];
        assert_eq!((&error["code"], &error["field"]), (&json!(code), &field), "{command} {input}");
        assert_eq!((&refused["event"], &refused["position"]), (&Value::Null, &Value::Null));
    }
    assert_eq!(state(&client, &eva, &case).await, "RECEIVED");
    distribute(&client, &case).await;
    client.command(&anna, "answerCase", say("a", "Svar")).await;
    let refused = client.try_command(&anna, "askCounterQuestion", say("q", "Fråga?")).await;
    assert_eq!(refused["userErrors"][0]["code"], "INVALID_STATE");
}

const MESSAGES: &str = "query Q($id: ID!) { case(id: $id) { messages(first: 10) { nodes {
    kind text answers { field text } sender { resident { name } staff { name } } } } } }";

#[tokio::test]
async fn messages_are_read_by_those_they_are_for_and_each_reading_is_logged() {
    let client = Client::new().await;
    let case = submit(&client, "s").await;
    let read = async |actor| {
        let mut data = client.data(&actor, MESSAGES, json!({ "id": case })).await;
        data["case"]["messages"].take()
    };
    let rita = read(staff(RITA)).await;
    assert_eq!(
        rita["nodes"][0],
        json!({
            "kind": "SUBMISSION", "text": "Jag har ont i halsen.",
            "answers": [{ "field": "since", "text": "i går" }],
            "sender": { "resident": { "name": "Eva Testsson" }, "staff": null },
        })
    );
    assert_eq!(read(resident(EVA)).await["nodes"].as_array().unwrap().len(), 1);
    // An auditor sees that it happened, and none of what was said.
    assert_eq!(read(staff(VERA)).await, Value::Null);

    let stream = domain::StreamId::Access(access::of_case(case.parse().unwrap()));
    let commits = client.region.engine.access_log().history(stream).await.unwrap();
    let readings: Vec<_> = commits.iter().flat_map(|it| access::readings(it).unwrap()).collect();
    let readers: Vec<_> = readings.iter().map(|it| (it.reader, it.opened.action)).collect();
    let read = Action::ReadMessages;
    assert_eq!(readers, [(staff(RITA), read), (resident(EVA), read)]);
    assert_eq!(readings[0].opened.purpose, "Vård och behandling");
}

#[tokio::test]
async fn a_note_is_for_staff_alone() {
    let client = Client::new().await;
    let case = submit(&client, "s").await;
    let note = with(about(&case, "n"), "text", "Ring labbet.");
    client.command(&staff(RITA), "addNote", note).await;
    let query = "query Q($id: ID!) { case(id: $id) { messages(first: 10) { totalCount }
        history(first: 10) { nodes { type } totalCount } } }";
    let counts = async |actor| {
        let data = client.data(&actor, query, json!({ "id": case })).await;
        (
            data["case"]["messages"]["totalCount"].clone(),
            data["case"]["history"]["totalCount"].clone(),
        )
    };
    assert_eq!(counts(staff(RITA)).await, (json!(2), json!(2)));
    assert_eq!(counts(resident(EVA)).await, (json!(1), json!(1)));
    assert_eq!(counts(staff(VERA)).await, (Value::Null, json!(2)));
}

#[tokio::test]
async fn one_page_of_names_is_one_entry_in_the_access_log() {
    let client = Client::new().await;
    for n in 0..5 {
        submit(&client, &format!("s{n}")).await;
    }
    let before = client.region.engine.access_log().head().borrow().get();
    let query = "query Q($unit: ID!) { unitInbox(unitId: $unit, first: 10) {
        nodes { resident { name } submittedBy { name } } } }";
    let data = client.data(&staff(RITA), query, json!({ "unit": BIRCH.to_string() })).await;
    assert_eq!(data["unitInbox"]["nodes"][4]["resident"]["name"], "Eva Testsson");
    assert_eq!(client.region.engine.access_log().head().borrow().get(), before + 1);
}

#[tokio::test]
async fn a_guardian_acts_for_a_child_and_the_history_says_so() {
    let client = Client::new().await;
    let input = with(submission("child"), "subjectId", EBBA.to_string());
    let payload = client.command(&resident(EVA), "submitCase", input).await;
    let case = payload["case"]["id"].as_str().unwrap().to_owned();
    let query = "query Q($id: ID!) { case(id: $id) { resident { id } submittedBy { id }
        history(first: 1) { nodes { actor { resident { id } onBehalfOf { id } } } } } }";
    let data = client.data(&resident(EVA), query, json!({ "id": case })).await;
    let person = |id: domain::ResidentId| json!({ "id": id.to_string() });
    assert_eq!(
        (&data["case"]["resident"], &data["case"]["submittedBy"]),
        (&person(EBBA), &person(EVA))
    );
    let actor = &data["case"]["history"]["nodes"][0]["actor"];
    assert_eq!(actor, &json!({ "resident": person(EVA), "onBehalfOf": person(EBBA) }));
    assert_eq!(state(&client, &resident(EBBA), &case).await, "RECEIVED");
    assert_eq!(state(&client, &resident(OLLE), &case).await, Value::Null);
}

#[tokio::test]
async fn a_redirect_to_another_care_provider_waits_for_the_residents_consent() {
    let client = Client::new().await;
    let case = submit(&client, "s").await;
    let away = |key| with(about(&case, key), "unitId", CEDAR.to_string());
    let refused = client.try_command(&staff(RITA), "redirectCase", away("1")).await;
    assert_eq!(refused["userErrors"][0]["code"], "NOT_ALLOWED");
    let consent = with(about(&case, "yes"), "careProviderId", PRIVATE.to_string());
    client.command(&resident(EVA), "consentToRedirect", consent).await;
    client.command(&staff(RITA), "redirectCase", away("2")).await;
    assert_eq!(state(&client, &staff(KIM), &case).await, "RECEIVED");
}

#[tokio::test]
async fn what_a_viewer_can_do_is_what_the_rules_grant() {
    let client = Client::new().await;
    let case = submit(&client, "s").await;
    let query = "query Q($id: ID!) { case(id: $id) { viewerCanDistribute viewerCanReassign
        viewerCanReturn viewerCanRedirect viewerCanConsentToRedirect viewerCanSendPartialAnswer
        viewerCanAskCounterQuestion viewerCanReply viewerCanAnswer viewerCanClose viewerCanWithdraw
        viewerCanAddNote } }";
    let can = async |actor| {
        let mut data = client.data(&actor, query, json!({ "id": case })).await;
        let Value::Object(abilities) = data["case"].take() else { panic!("no case") };
        let able = abilities.into_iter().filter(|(_, able)| *able == json!(true));
        able.map(|(name, _)| name.replace("viewerCan", "")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(can(resident(EVA)).await, "ConsentToRedirect Reply Withdraw");
    assert_eq!(can(staff(RITA)).await, "AddNote Close Distribute Redirect SendPartialAnswer");
    assert_eq!(can(staff(VERA)).await, "");
    distribute(&client, &case).await;
    assert_eq!(can(staff(RITA)).await, "AddNote Close Reassign Redirect Return SendPartialAnswer");
    assert_eq!(
        can(staff(ANNA)).await,
        "AddNote Answer AskCounterQuestion Close Reassign Redirect Return SendPartialAnswer"
    );
}
