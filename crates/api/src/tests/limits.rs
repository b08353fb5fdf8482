//! What is dear, what is too much, and what must not fail with the rest.

use axum::{
    body::Body,
    http::{
        Request, StatusCode,
        header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
    },
};
use serde_json::json;

use super::{
    client::{Client, code},
    region::{BIRCH, EVA, RITA, resident, staff},
    story::{submission, submit, with},
};

/// Names and texts are refused, each where it was asked for; the rest is answered.
#[tokio::test]
async fn what_cannot_be_entered_in_the_access_log_is_not_shown_and_all_else_is() {
    let client = Client::new().await;
    let case = submit(&client, "s").await;
    client.region.access.fail();
    let query = "query Q($id: ID!) { case(id: $id) {
        state resident { id name } messages(first: 1) { nodes { kind text answers { field } } } } }";
    let answer = client.ask(&staff(RITA), query, json!({ "id": case })).await;
    let resident = json!({ "id": EVA.to_string(), "name": null });
    let message = json!({ "kind": "SUBMISSION", "text": null, "answers": null });
    let messages = json!({ "nodes": [message] });
    let expected = json!({ "state": "RECEIVED", "resident": resident, "messages": messages });
    assert_eq!(answer["data"]["case"], expected);
    let errors = answer["errors"].as_array().unwrap();
    let of =
        |field: &str| errors.iter().filter(|it| it["path"].to_string().contains(field)).count();
    assert_eq!((of("name"), of("text"), of("answers"), errors.len()), (1, 1, 1, 3));
    assert!(errors.iter().all(|it| it["extensions"]["code"] == "UNAVAILABLE"), "{errors:?}");
}

#[tokio::test]
async fn each_look_back_counts_as_much_as_many_fields() {
    let client = Client::new().await;
    let case = submit(&client, "s").await;
    let query = |looks: u32| {
        let look =
            |n| format!("a{n}: case(id: \"{case}\", asOf: {{ position: \"{n}\" }}) {{ id }}");
        format!("{{ {} }}", (1..=looks).map(look).collect::<Vec<_>>().join(" "))
    };
    let answer = client.ask(&staff(RITA), &query(9), json!({})).await;
    assert_eq!(code(&answer), None);
    let answer = client.ask(&staff(RITA), &query(11), json!({})).await;
    assert_eq!(code(&answer).as_deref(), Some("QUERY_TOO_COMPLEX"));
}

/// However many of its fields look back to it.
#[tokio::test]
async fn a_moment_is_replayed_once_for_a_request() {
    let client = Client::new().await;
    submit(&client, "s").await;
    let head = client.region.engine.progress().borrow().position.get();
    let look = |n| {
        let position = head - n;
        format!(
            "a{n}: unitInbox(unitId: \"{BIRCH}\", first: 1, asOf: {{ position: \"{position}\" }}) {{
                nodes {{ history(first: 1) {{ totalCount }} }} }}"
        )
    };
    let looks: Vec<_> = (0..6).map(look).collect();
    let before = client.region.log.pages();
    client.data(&staff(RITA), &format!("{{ {} }}", looks.join(" ")), json!({})).await;
    assert_eq!(client.region.log.pages() - before, 6);
}

#[tokio::test]
async fn a_filter_is_as_long_as_a_person_could_make_it() {
    let client = Client::new().await;
    let query = "query Q($unit: ID!, $filter: InboxFilter) {
        unitInbox(unitId: $unit, first: 1, filter: $filter) { totalCount } }";
    for (filter, expected) in [
        (json!({ "caseTypes": vec!["type_1"; 100] }), None),
        (json!({ "caseTypes": vec!["type_1"; 101] }), Some("BAD_REQUEST")),
        (json!({ "states": vec!["RECEIVED"; 101] }), Some("BAD_REQUEST")),
        (json!({ "slaStates": vec!["OVERDUE"; 101] }), Some("BAD_REQUEST")),
    ] {
        let variables = json!({ "unit": BIRCH.to_string(), "filter": filter });
        let answer = client.ask(&staff(RITA), query, variables).await;
        assert_eq!(code(&answer).as_deref(), expected, "{filter}");
    }
}

#[tokio::test]
async fn answers_that_are_many_and_say_nothing_are_too_long_all_the_same() {
    let client = Client::new().await;
    for value in [json!({ "yesNo": true }), json!({ "choices": vec![""; 30] })] {
        let answers = vec![json!({ "field": "", "value": value }); 6_000];
        let input = with(submission("many"), "answers", answers);
        let refused = client.try_command(&resident(EVA), "submitCase", input).await;
        let error = &refused["userErrors"][0];
        assert_eq!((&error["code"], &error["field"]), (&json!("FIELD_INVALID"), &json!("text")));
    }
}

/// A refusal before the stream begins is JSON, and says so.
#[tokio::test]
async fn what_is_no_stream_of_events_does_not_call_itself_one() {
    let client = Client::new().await;
    let body = json!({ "query": "subscription { inboxChanged { position } }" }).to_string();
    let post = Request::post("/graphql").header(CONTENT_TYPE, "application/json");
    let by_get = "/graphql?query=%7B%20viewer%20%7B%20expiresAt%20%7D%20%7D";
    for request in [
        post.header(ACCEPT, "text/event-stream").body(Body::from(body)).unwrap(),
        Request::get(by_get).header(ACCEPT, "text/event-stream").body(Body::empty()).unwrap(),
    ] {
        let reply = client.send(request).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.headers[CONTENT_TYPE], "application/json; charset=utf-8");
        assert_eq!(reply.code().as_deref(), Some("UNAUTHENTICATED"));
    }
    let token = format!("Bearer {}", client.token(&staff(RITA)));
    let malformed = Request::get("/graphql?query=%7B").header(ACCEPT, "text/event-stream");
    let malformed = malformed.header(AUTHORIZATION, token).body(Body::empty()).unwrap();
    let reply = client.send(malformed).await;
    assert_eq!(reply.headers[CONTENT_TYPE], "text/event-stream");
    let (event, rest) = reply.body.split_once("\n\n").unwrap();
    assert!(event.starts_with("event: next\ndata: "), "{event}");
    assert!(event.contains("GRAPHQL_PARSE_FAILED"), "{event}");
    assert_eq!(rest, "event: complete\ndata:\n\n");
}
