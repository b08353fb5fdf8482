//! What is elsewhere looks like nothing, and the operator does no more than to found.

use super::*;

/// What is in another region, or nowhere: the same answer to whoever asks.
#[expect(clippy::too_many_lines, reason = "one table")]
#[tokio::test]
async fn what_is_elsewhere_looks_like_nothing() {
    let client = Client::new().await;
    let nothing = "1234567890";
    let targets = [
        ("activateUnit", "unitId", DUNE.to_string(), "unit", json!({})),
        ("deactivateUnit", "unitId", DUNE.to_string(), "unit", json!({})),
        (
            "changeUnitSettings",
            "unitId",
            DUNE.to_string(),
            "unit",
            json!({ "settings": settings() }),
        ),
        (
            "offerCaseType",
            "unitId",
            DUNE.to_string(),
            "unit",
            json!({ "caseTypeId": ADVICE.to_string() }),
        ),
        (
            "withdrawCaseType",
            "unitId",
            DUNE.to_string(),
            "unit",
            json!({ "caseTypeId": ADVICE.to_string() }),
        ),
        (
            "approveNotApplicable",
            "unitId",
            DUNE.to_string(),
            "unit",
            json!({ "caseTypeId": ADVICE.to_string(), "reason": "görs inte" }),
        ),
        (
            "withdrawNotApplicable",
            "unitId",
            DUNE.to_string(),
            "unit",
            json!({ "caseTypeId": ADVICE.to_string() }),
        ),
        (
            "registerUnit",
            "divisionId",
            SOUTH.to_string(),
            "unit",
            json!({ "name": "X",
            "hsaId": "SE2321000131-E000000000002", "kind": "CARE", "settings": settings() }),
        ),
        ("registerDivision", "regionId", SYD.to_string(), "division", json!({ "name": "X" })),
        ("setUnitEditors", "regionId", SYD.to_string(), "region", json!({ "editors": "REGION" })),
        (
            "setAdministratorBounds",
            "regionId",
            SYD.to_string(),
            "region",
            json!({ "fewest": 1, "most": 2 }),
        ),
        (
            "registerStaff",
            "regionId",
            SYD.to_string(),
            "staff",
            json!({ "name": "X", "hsaId": "SE2321000131-E000000000002" }),
        ),
        (
            "revokeRole",
            "staffId",
            SAM.to_string(),
            "staff",
            json!({ "role": "RECEIVER",
            "place": { "unitId": DUNE.to_string() }, "reason": "slutar" }),
        ),
        (
            "grantRole",
            "staffId",
            SAM.to_string(),
            "staff",
            json!({ "role": "RECEIVER",
            "place": { "unitId": DUNE.to_string() }, "reason": "börjar" }),
        ),
        (
            "offerCaseType",
            "caseTypeId",
            "casetype_99".to_owned(),
            "unit",
            json!({ "unitId": BIRCH.to_string() }),
        ),
    ];
    let administrators = [GUN, ULLA, VERA, AXEL, RITA, ANNA].map(staff);
    for by in administrators.into_iter().chain([resident(EVA)]) {
        for (n, (name, field, elsewhere, object, rest)) in targets.iter().enumerate() {
            let mut answers = vec![];
            let prefix = elsewhere.split_once('_').unwrap().0;
            for (m, target) in [elsewhere.clone(), format!("{prefix}_{nothing}")].iter().enumerate()
            {
                let mut input = rest.clone();
                input["idempotencyKey"] = json!(format!("{n} {m}"));
                input[*field] = json!(target);
                let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
                let query = format!(
                    "mutation M($input: {input_type}!) {{ {name}(input: $input) {{
                    {object} {{ id }} position userErrors {{ code message field }} }} }}"
                );
                let mut answer = client.ask(&by, &query, json!({ "input": input })).await;
                answer["extensions"].take();
                for error in answer["errors"].as_array_mut().into_iter().flatten() {
                    error["extensions"]["requestId"].take();
                }
                answers.push(answer);
            }
            // Residents may turn to any unit that takes cases, and so know that it is there.
            if matches!(by, Actor::Resident { .. }) && *field != "staffId" {
                assert_eq!(answers[0]["data"][name]["position"], Value::Null);
                continue;
            }
            assert_eq!(answers[0], answers[1], "{name} by {by:?}");
            assert!(answers[0]["data"][name]["position"].is_null(), "{name} by {by:?}");
        }
    }
}

#[tokio::test]
async fn the_operator_founds_and_leaves_everything_else_to_the_region() {
    let client = Client::new().await;
    let operator = Actor::System;
    let input = json!({ "idempotencyKey": "d", "regionId": NORD.to_string(), "name": "X" });
    let refused = ask(&client, &operator, "registerDivision", "division { id }", input).await;
    assert_eq!(codes(&refused), [("NOT_ALLOWED", None)]);
    for by in [staff(GUN), staff(ULLA), resident(EVA)] {
        let administrator = json!({ "name": "X", "hsaId": "SE2321000131-E000000000001" });
        let input = json!({ "idempotencyKey": "r", "name": "X", "administrator": administrator });
        let refused = ask(&client, &by, "registerRegion", "region { id }", input).await;
        assert_eq!(codes(&refused), [("NOT_ALLOWED", None)]);
    }
    let told = client
        .data(
            &operator,
            "query Q($id: ID!) { unitInbox(unitId: $id, first: 1) { totalCount }
            handlerInbox(first: 1) { totalCount } residentInbox(first: 1) { totalCount }
            viewer { actor { capacity } permissions } }",
            json!({ "id": BIRCH.to_string() }),
        )
        .await;
    assert_eq!(told["unitInbox"], Value::Null);
    assert_eq!(told["handlerInbox"], Value::Null);
    assert_eq!(told["residentInbox"], Value::Null);
    assert_eq!(told["viewer"], json!({ "actor": { "capacity": "SYSTEM" }, "permissions": [] }));
}
