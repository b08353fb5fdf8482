//! An assignment in a division opens a session: its units, and nothing outside it.

use domain::{Actor, DivisionId, Role, UnitId};
use serde_json::{Value, json};

use super::{
    super::{
        client::{Client, code},
        region::{BIRCH, CEDAR, FAR, GUN, NEAR, NORD, SYD, staff},
        story::{distribute, submit},
    },
    ask, codes, done,
};

/// What grants or revokes `role` in `division`.
fn in_division(key: &str, who: &str, role: &str, division: DivisionId) -> Value {
    json!({ "idempotencyKey": key, "staffId": who, "role": role,
        "place": { "divisionId": division.to_string() }, "reason": "granskning" })
}

/// Someone new of region Nord.
async fn hired(client: &Client, key: &str, hsa_id: &str) -> String {
    let input = json!({ "idempotencyKey": key, "regionId": NORD.to_string(),
        "name": "Disa Testsson", "hsaId": hsa_id });
    done(client, &staff(GUN), "registerStaff", "staff", input).await
}

fn session(who: &str, role: Role) -> Actor {
    Actor::Staff { who: who.parse().unwrap(), role, unit: None }
}

async fn inbox(client: &Client, by: &Actor, unit: UnitId) -> Value {
    let query = "query Q($unit: ID!) { unitInbox(unitId: $unit, first: 9) { totalCount } }";
    client.data(by, query, json!({ "unit": unit.to_string() })).await["unitInbox"].take()
}

#[tokio::test]
async fn an_auditor_of_a_division_has_its_units_from_the_next_request_to_the_last() {
    let client = Client::new().await;
    let case = submit(&client, "s").await;
    distribute(&client, &case).await;
    let who = hired(&client, "h", "SE2321000131-E000000000011").await;
    let auditor = session(&who, Role::Auditor);
    let query = "query Q($case: ID!) { case(id: $case) { state resident { name }
        messages(first: 9) { totalCount } } }";
    let asked = json!({ "case": case });
    let before = client.ask(&auditor, query, asked.clone()).await;
    assert_eq!(code(&before).as_deref(), Some("FORBIDDEN"));

    let grant = in_division("g", &who, "AUDITOR", NEAR);
    done(&client, &staff(GUN), "grantRole", "staff", grant).await;
    let seen = client.data(&auditor, query, asked.clone()).await;
    let kept = json!({ "state": "DISTRIBUTED", "resident": { "name": null }, "messages": null });
    assert_eq!(seen["case"], kept);
    assert_eq!(inbox(&client, &auditor, BIRCH).await, json!({ "totalCount": 1 }));
    assert_eq!(inbox(&client, &auditor, CEDAR).await, Value::Null);

    // Another division: both are seen in one session.
    let grant = in_division("g2", &who, "AUDITOR", FAR);
    done(&client, &staff(GUN), "grantRole", "staff", grant).await;
    assert_eq!(inbox(&client, &auditor, CEDAR).await, json!({ "totalCount": 0 }));

    let revoke = in_division("r", &who, "AUDITOR", NEAR);
    done(&client, &staff(GUN), "revokeRole", "staff", revoke).await;
    assert_eq!(inbox(&client, &auditor, BIRCH).await, Value::Null);
    assert_eq!(client.data(&auditor, query, asked.clone()).await["case"], Value::Null);
    let revoke = in_division("r2", &who, "AUDITOR", FAR);
    done(&client, &staff(GUN), "revokeRole", "staff", revoke).await;
    let after = client.ask(&auditor, query, asked).await;
    assert_eq!(code(&after).as_deref(), Some("FORBIDDEN"));
}

#[tokio::test]
async fn an_analyst_of_a_division_has_its_figures_and_no_others() {
    let client = Client::new().await;
    submit(&client, "s").await;
    let who = hired(&client, "h", "SE2321000131-E000000000012").await;
    let grant = in_division("g", &who, "ANALYST", NEAR);
    done(&client, &staff(GUN), "grantRole", "staff", grant).await;
    let analyst = session(&who, Role::Analyst);
    let query = "query Q($scope: StatisticsScope!) { statistics(scope: $scope,
        period: { from: \"2026-03-01\", to: \"2026-03-31\" }) { received } }";
    for (scope, received) in [
        (json!({ "divisionId": NEAR.to_string() }), json!({ "received": 1 })),
        (json!({ "unitId": BIRCH.to_string() }), json!({ "received": 1 })),
        (json!({ "unitId": CEDAR.to_string() }), Value::Null),
        (json!({ "divisionId": FAR.to_string() }), Value::Null),
        (json!({ "regionId": NORD.to_string() }), Value::Null),
        (json!({ "regionId": SYD.to_string() }), Value::Null),
    ] {
        let told = client.data(&analyst, query, json!({ "scope": scope })).await;
        assert_eq!(told["statistics"], received, "{scope}");
    }
}

#[tokio::test]
async fn what_is_done_at_a_unit_or_for_a_region_is_not_granted_in_a_division() {
    let client = Client::new().await;
    let who = hired(&client, "h", "SE2321000131-E000000000013").await;
    for role in ["RECEIVER", "HANDLER", "UNIT_ADMIN", "REGION_ADMIN"] {
        let grant = in_division(role, &who, role, NEAR);
        let payload = ask(&client, &staff(GUN), "grantRole", "staff { id }", grant).await;
        assert_eq!(codes(&payload), [("FIELD_INVALID", Some("place"))], "{role}");
        let message = payload["userErrors"][0]["message"].as_str().unwrap();
        assert!(message.contains("that role cannot be held there"), "{message}");
    }
}
