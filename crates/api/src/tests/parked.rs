//! A story that cannot be read: what it granted is withheld, and operators are told.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use domain::{Actor, CommitId, StreamId};
use event_log::{Append, EventRecord, Expected};
use serde_json::json;

use super::{
    client::{Client, code},
    region::{ANNA, BIRCH, EVA, GUN, RITA, resident, staff},
    story::{submission, submit},
};

/// The next commit of `stream` is one that a newer program wrote.
async fn poison(client: &Client, stream: StreamId, id: u128) {
    let (engine, log) = (&client.region.engine, client.region.engine.log());
    let head = log.stream_head(stream).await.unwrap().unwrap();
    let now = engine.now();
    let record = EventRecord {
        type_id: 60_000,
        schema_version: 1,
        clear: vec![].into(),
        sealed: vec![].into(),
    };
    let append = Append {
        stream,
        expected: Expected::Head(head.position),
        commit_id: CommitId(id),
        fingerprint: [0; 32],
        occurred_at: now,
        recorded_at: now,
        actor: Actor::System,
        correlation: "poison".to_owned(),
        events: vec![record],
    };
    let position = log.append(append).await.unwrap().position;
    engine.wait_for(position).await.unwrap();
}

async fn get(client: &Client, path: &str) -> (StatusCode, String) {
    let reply = client.send(Request::get(path).body(Body::empty()).unwrap()).await;
    (reply.status, reply.body)
}

#[tokio::test]
async fn staff_whose_story_cannot_be_read_open_no_session_and_operators_are_told() {
    let client = Client::new().await;
    let query = "{ viewer { actor { staff { id } } } }";
    let asked = async |who| code(&client.ask(&staff(who), query, json!({})).await);
    assert_eq!(asked(RITA).await, None);
    let watching = "subscription { inboxChanged { caseId } }";
    let mut watch = client.watch(&staff(RITA), watching, json!({})).await;
    assert!(!get(&client, "/readyz").await.1.contains("parked"));
    assert!(!get(&client, "/metrics").await.1.contains("arende_parked_streams{"));

    let before = *client.region.engine.log().head().borrow();
    poison(&client, StreamId::Staff(RITA), 77).await;
    assert_eq!(asked(RITA).await.as_deref(), Some("FORBIDDEN"));
    submit(&client, "s").await;
    assert_eq!(code(&watch.next().await.unwrap()).as_deref(), Some("FORBIDDEN"));
    let me = "{ viewer { actor { staff { id } } } }";
    let anna = client.data(&staff(ANNA), me, json!({})).await;
    assert_eq!(anna["viewer"]["actor"]["staff"]["id"], ANNA.to_string(), "others go on");

    // Who can do what does not name them any more, and what was so is told as ever.
    let query = "query Q($scope: StatisticsScope!, $asOf: AsOf) {
        assignments(scope: $scope, asOf: $asOf, first: 100) { nodes { staff { id } endedReason } } }";
    let names_rita = async |as_of: serde_json::Value| {
        let variables = json!({ "scope": { "unitId": BIRCH.to_string() }, "asOf": as_of });
        let told = client.data(&staff(GUN), query, variables).await;
        let nodes = told["assignments"]["nodes"].as_array().unwrap().clone();
        nodes.iter().any(|it| it["staff"]["id"] == RITA.to_string())
    };
    assert!(names_rita(json!({ "position": before.to_string() })).await);
    assert!(!names_rita(json!(null)).await);

    let (status, ready) = get(&client, "/readyz").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        ready.ends_with("parked, by every: 1 streams\nparked: 1 staff open no session\n"),
        "{ready}"
    );
    let (_, metrics) = get(&client, "/metrics").await;
    assert!(metrics.contains("\narende_parked_streams{model=\"every\"} 1\n"), "{metrics}");
}

#[tokio::test]
async fn a_unit_whose_story_cannot_be_read_takes_no_new_cases_and_handles_those_it_has() {
    let client = Client::new().await;
    let case = submit(&client, "before").await;
    poison(&client, StreamId::Unit(BIRCH), 78).await;
    let payload = client.try_command(&resident(EVA), "submitCase", submission("after")).await;
    assert_eq!(payload["userErrors"][0]["field"], "unitId");
    assert_eq!(payload["userErrors"][0]["code"], "FIELD_INVALID", "{payload}");
    let input = json!({ "caseId": case, "idempotencyKey": "d", "handlerId": ANNA.to_string() });
    let payload = client.command(&staff(RITA), "distributeCase", input).await;
    assert_eq!(payload["case"]["state"], "DISTRIBUTED");
    assert!(get(&client, "/readyz").await.1.ends_with("parked: 1 units take no new cases\n"));
}
