//! A handler whose assignment was taken away, has ended or has not begun keeps no case.

use domain::{Actor, Role, StaffId};
use serde_json::{Value, json};

use super::{
    client::{Client, code},
    region::{ANNA, BIRCH, BO, EVA, OLLE, RITA, ULLA, VERA, resident, staff},
    story::{about, distribute, submit, with},
};

/// A handler at Birch for some hours.
const LENA: StaffId = StaffId::new(21);

fn lena() -> Actor {
    Actor::Staff { who: LENA, role: Role::Handler, unit: Some(BIRCH) }
}

/// What Rita finds at Birch: the cases that are to be reassigned, how many those are in the
/// statistics, and what the case says itself.
async fn to_be_reassigned(client: &Client) -> (Value, Value) {
    let query = "query Q($unit: ID!) {
        unitInbox(unitId: $unit, first: 9, filter: { toBeReassigned: true }) {
            nodes { id toBeReassigned } totalCount } }";
    let unit = json!({ "unit": BIRCH.to_string() });
    let inbox = client.data(&staff(RITA), query, unit.clone()).await["unitInbox"].take();
    let query = "query Q($unit: ID!) { statistics(scope: { unitId: $unit },
        period: { from: \"2026-03-01\", to: \"2026-03-31\" }) { toBeReassigned undistributed } }";
    let figures = client.data(&staff(ULLA), query, unit).await["statistics"].take();
    assert_eq!(inbox["totalCount"], figures["toBeReassigned"]);
    assert_eq!(figures["undistributed"], 0);
    (inbox["nodes"].clone(), figures["toBeReassigned"].clone())
}

#[tokio::test]
async fn what_a_former_handler_held_is_to_be_reassigned_and_no_longer_theirs() {
    let mut client = Client::new().await;
    let case = submit(&client, "s").await;
    distribute(&client, &case).await;
    assert_eq!(to_be_reassigned(&client).await, (json!([]), json!(0)));

    client.region.revoke(ANNA).await;
    let found = json!([{ "id": case, "toBeReassigned": true }]);
    assert_eq!(to_be_reassigned(&client).await, (found, json!(1)));
    let answer = with(about(&case, "a"), "text", "Svar");
    let query = "mutation M($input: AnswerCaseInput!) { answerCase(input: $input) { position } }";
    let refused = client.ask(&staff(ANNA), query, json!({ "input": answer })).await;
    assert_eq!(code(&refused).as_deref(), Some("FORBIDDEN"));

    let to = with(about(&case, "r"), "handlerId", BO.to_string());
    let payload = client.command(&staff(RITA), "reassignCase", to).await;
    assert_eq!(payload["case"]["handler"]["id"], BO.to_string());
    assert_eq!(to_be_reassigned(&client).await, (json!([]), json!(0)));
}

#[tokio::test]
async fn an_assignment_that_has_ended_is_as_one_that_was_taken_away() {
    let mut client = Client::new().await;
    client.region.assign(LENA, BIRCH, 1..5).await;
    let case = submit(&client, "s").await;
    let to = |key| with(about(&case, key), "handlerId", LENA.to_string());
    let early = client.try_command(&staff(RITA), "distributeCase", to("early")).await;
    assert_eq!(early["userErrors"][0]["field"], "handlerId");

    client.region.wait_hours(1);
    client.command(&staff(RITA), "distributeCase", to("d")).await;
    let inbox = "{ handlerInbox(first: 9) { nodes { id toBeReassigned } } }";
    let held = client.data(&lena(), inbox, json!({})).await["handlerInbox"]["nodes"].take();
    assert_eq!(held, json!([{ "id": case, "toBeReassigned": false }]));

    client.region.wait_hours(4);
    let found = json!([{ "id": case, "toBeReassigned": true }]);
    assert_eq!(to_be_reassigned(&client).await, (found, json!(1)));
    let refused = client.ask(&lena(), inbox, json!({})).await;
    assert_eq!(code(&refused).as_deref(), Some("FORBIDDEN"));
}

#[tokio::test]
async fn only_those_who_are_handlers_at_present_are_listed_and_known() {
    let mut client = Client::new().await;
    client.region.assign(LENA, BIRCH, 1..5).await;
    let query = "query Q($unit: ID!, $lena: ID!) {
        unit: node(id: $unit) { ... on CareUnit { handlers(first: 9) { nodes { id } } } }
        lena: node(id: $lena) { id } }";
    let variables = json!({ "unit": BIRCH.to_string(), "lena": LENA.to_string() });
    let seen = async || {
        let data = client.data(&staff(RITA), query, variables.clone()).await;
        let nodes = data["unit"]["handlers"]["nodes"].as_array().unwrap();
        let listed: Vec<_> = nodes.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
        (listed, !data["lena"].is_null())
    };
    let (anna, bo, lena) = (ANNA.to_string(), BO.to_string(), LENA.to_string());
    // Whoever begins in an hour is known, and no case can be given to them yet.
    assert_eq!(seen().await, (vec![anna.clone(), bo.clone()], true));
    client.region.wait_hours(1);
    assert_eq!(seen().await, (vec![anna.clone(), bo.clone(), lena], true));
    client.region.wait_hours(4);
    assert_eq!(seen().await, (vec![anna, bo], false));
}

/// Who works at a unit is not the resident's to follow; an auditor sees it, as they see the case.
#[tokio::test]
async fn a_resident_is_not_told_that_a_handler_is_gone() {
    let mut client = Client::new().await;
    let case = submit(&client, "s").await;
    distribute(&client, &case).await;
    client.region.revoke(ANNA).await;
    let query = "query Q($id: ID!) { case(id: $id) { toBeReassigned } }";
    for (actor, expected) in [
        (staff(RITA), json!({ "toBeReassigned": true })),
        (staff(VERA), json!({ "toBeReassigned": true })),
        (resident(EVA), json!({ "toBeReassigned": null })),
        (resident(OLLE), Value::Null),
    ] {
        let data = client.data(&actor, query, json!({ "id": case })).await;
        assert_eq!(data["case"], expected);
    }
    let inbox = "{ residentInbox(first: 9, filter: { toBeReassigned: true }) { totalCount } }";
    let refused = client.ask(&resident(EVA), inbox, json!({})).await;
    assert_eq!(code(&refused).as_deref(), Some("BAD_REQUEST"));
}

#[tokio::test]
async fn who_was_a_handler_then_is_what_the_past_is_judged_by() {
    let mut client = Client::new().await;
    let case = submit(&client, "s").await;
    distribute(&client, &case).await;
    client.region.wait_hours(2);
    client.region.revoke(ANNA).await;
    let query = "query Q($id: ID!, $unit: ID!, $asOf: AsOf) {
        case(id: $id, asOf: $asOf) { toBeReassigned }
        unitInbox(unitId: $unit, asOf: $asOf, first: 9, filter: { toBeReassigned: true }) {
            totalCount } }";
    for (time, expected) in
        [("2026-03-02T10:00:00+01:00", false), ("2026-03-02T11:00:00+01:00", true)]
    {
        let as_of = json!({ "time": time });
        let variables = json!({ "id": case, "unit": BIRCH.to_string(), "asOf": as_of });
        let data = client.data(&staff(RITA), query, variables).await;
        assert_eq!(data["case"]["toBeReassigned"], expected, "{time}");
        assert_eq!(data["unitInbox"]["totalCount"], i32::from(expected), "{time}");
    }
}
