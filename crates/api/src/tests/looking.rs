//! Inboxes page by page, colours and statistics, and all of it as it was.

use serde_json::{Value, json};

use super::{
    client::{Client, code},
    region::{AXEL, BIRCH, GUN, NEAR, NORD, RITA, ULLA, staff},
    story::{distribute, state, submit, with},
};

#[tokio::test]
async fn an_inbox_is_paged_forwards_and_backwards() {
    let client = Client::new().await;
    let mut cases = vec![];
    for n in 0..5 {
        cases.push(submit(&client, &format!("s{n}")).await);
        client.region.wait_hours(1);
    }
    let query = "query Q($unit: ID!, $first: Int, $after: String, $last: Int, $before: String) {
        unitInbox(unitId: $unit, orderBy: RECEIVED_AT, first: $first, after: $after, last: $last, before: $before) {
            nodes { id } totalCount
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let page = async |mut variables: Value| {
        variables["unit"] = json!(BIRCH.to_string());
        let mut data = client.data(&staff(RITA), query, variables).await;
        let inbox = data["unitInbox"].take();
        let ids: Vec<_> = inbox["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(inbox["totalCount"], 5);
        (ids, inbox["pageInfo"].clone())
    };
    let (ids, info) = page(json!({ "first": 2 })).await;
    assert_eq!(ids, cases[..2]);
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(true), &json!(false)));
    let (ids, info) = page(json!({ "first": 9, "after": info["endCursor"] })).await;
    assert_eq!(ids, cases[2..]);
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(false), &json!(true)));
    let (ids, info) = page(json!({ "last": 2, "before": info["startCursor"] })).await;
    assert_eq!(ids, cases[..2]);
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(true), &json!(false)));

    for wrong in [
        json!({}),
        json!({ "first": 0 }),
        json!({ "first": 101 }),
        json!({ "first": 1, "last": 1 }),
    ] {
        let answer = client.ask(&staff(RITA), query, with(wrong, "unit", BIRCH.to_string())).await;
        assert_eq!(code(&answer).as_deref(), Some("PAGE_SIZE_REQUIRED"));
    }
    let wrong = json!({ "first": 1, "after": "nonsense", "unit": BIRCH.to_string() });
    assert_eq!(code(&client.ask(&staff(RITA), query, wrong).await).as_deref(), Some("BAD_REQUEST"));
}

#[tokio::test]
async fn a_late_case_shows_red_and_statistics_count_it() {
    let client = Client::new().await;
    let case = submit(&client, "s").await;
    let query = "query Q($unit: ID!) {
        unitInbox(unitId: $unit, first: 1, filter: { slaStates: [OVERDUE, DUE_TODAY] }) { nodes { slaState } } }";
    let colour = async || {
        let data = client.data(&staff(RITA), query, json!({ "unit": BIRCH.to_string() })).await;
        data["unitInbox"]["nodes"][0]["slaState"].clone()
    };
    // Sent on a Monday at nine, two working days: the last is Wednesday.
    assert_eq!(colour().await, Value::Null);
    client.region.wait_hours(48);
    assert_eq!(colour().await, "DUE_TODAY");
    client.region.wait_hours(15);
    assert_eq!(colour().await, "OVERDUE");

    let query = "query Q($scope: StatisticsScope!, $asOf: AsOf) {
        statistics(scope: $scope, period: { from: \"2026-03-01\", to: \"2026-03-31\" }, asOf: $asOf) {
            policy received open overdue dueToday respondedOnTime { numerator denominator ratio }
            timeToFirstResponse { count p50 mean } byCaseType { count caseType { nameEn } } } }";
    let figures = async |actor, scope: Value, as_of: Value| {
        let mut data = client.data(&actor, query, json!({ "scope": scope, "asOf": as_of })).await;
        data["statistics"].take()
    };
    let unit = json!({ "unitId": BIRCH.to_string() });
    let expected = json!({
        "policy": "SE-EOD-1", "received": 1, "open": 1, "overdue": 1, "dueToday": 0,
        "respondedOnTime": { "numerator": 0, "denominator": 1, "ratio": 0.0 },
        "timeToFirstResponse": { "count": 0, "p50": null, "mean": null },
        "byCaseType": [{ "count": 1, "caseType": { "nameEn": "Advice" } }],
    });
    assert_eq!(figures(staff(ULLA), unit.clone(), Value::Null).await, expected);
    assert_eq!(
        figures(staff(GUN), json!({ "divisionId": NEAR.to_string() }), Value::Null).await,
        expected
    );
    assert_eq!(
        figures(staff(AXEL), json!({ "regionId": NORD.to_string() }), Value::Null).await,
        expected
    );
    assert_eq!(figures(staff(RITA), unit.clone(), Value::Null).await, Value::Null);

    // Before it was due nothing is late; before it was sent nothing is there.
    let then = json!({ "time": "2026-03-04T12:00:00+01:00" });
    let earlier = figures(staff(ULLA), unit.clone(), then).await;
    assert_eq!((&earlier["overdue"], &earlier["dueToday"]), (&json!(0), &json!(1)));
    let before =
        figures(staff(ULLA), unit.clone(), json!({ "time": "2026-03-01T12:00:00Z" })).await;
    assert_eq!(before, Value::Null, "the unit was not registered then");
    let beyond = figures(staff(ULLA), unit, json!({ "position": "1000" })).await;
    assert_eq!(beyond, Value::Null);
    assert_eq!(state(&client, &staff(RITA), &case).await, "RECEIVED");
}

#[tokio::test]
async fn a_case_can_be_seen_as_it_was() {
    let client = Client::new().await;
    let case = submit(&client, "s").await;
    client.region.wait_hours(1);
    distribute(&client, &case).await;
    let query = "query Q($id: ID!, $asOf: AsOf) { case(id: $id, asOf: $asOf) { state version }
        caseHistory(caseId: $id, asOf: $asOf, first: 10) { nodes { type hash } } }";
    let at = async |as_of: Value| {
        client.data(&staff(RITA), query, json!({ "id": case, "asOf": as_of })).await
    };
    for as_of in [
        json!({ "time": "2026-03-02T08:30:00Z" }),
        json!({ "recordedTime": "2026-03-02T09:30:00+01:00" }),
    ] {
        let data = at(as_of).await;
        assert_eq!(data["case"], json!({ "state": "RECEIVED", "version": 1 }));
        assert_eq!(data["caseHistory"]["nodes"].as_array().unwrap().len(), 1);
    }
    let data = at(Value::Null).await;
    assert_eq!(data["case"], json!({ "state": "DISTRIBUTED", "version": 2 }));
    assert_eq!(data["caseHistory"]["nodes"][1]["type"], "CASE_DISTRIBUTED");
    assert_eq!(data["caseHistory"]["nodes"][1]["hash"].as_str().unwrap().len(), 64);
    assert_eq!(
        at(json!({ "position": "4000" })).await,
        json!({ "case": null, "caseHistory": null })
    );
}
