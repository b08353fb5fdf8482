//! Who may do what, and whether units offer what they must, as of any moment.

use super::*;

#[tokio::test]
async fn who_may_do_what_is_told_as_of_any_day_and_taken_at_the_next_request() {
    let client = Client::new().await;
    let granted = client.region.engine.now();
    let input = json!({ "idempotencyKey": "g", "staffId": RITA.to_string(), "role": "HANDLER",
        "place": { "unitId": BIRCH.to_string() }, "trainedAt": "2026-02-01T08:00:00Z",
        "reason": "Ersätter Bo i mars." });
    done(&client, &staff(ULLA), "grantRole", "staff", input).await;
    let rita = Actor::Staff { who: RITA, role: Role::Handler, unit: Some(BIRCH) };
    assert_eq!(code(&client.ask(&rita, "{ viewer { expiresAt } }", json!({})).await), None);

    client.region.wait_hours(48);
    let input = json!({ "idempotencyKey": "r", "staffId": RITA.to_string(), "role": "HANDLER",
        "place": { "unitId": BIRCH.to_string() }, "reason": "Bo är tillbaka." });
    done(&client, &staff(ULLA), "revokeRole", "staff", input).await;
    let refused = client.ask(&rita, "{ viewer { expiresAt } }", json!({})).await;
    assert_eq!(code(&refused).as_deref(), Some("FORBIDDEN"));

    let query = "query Q($scope: StatisticsScope!, $asOf: AsOf) {
        assignments(scope: $scope, asOf: $asOf, first: 99) { totalCount nodes {
            staff { id } role unit { id } grantedBy { capacity staff { name } } reason inForce
            trainedAt endedReason } } }";
    let ritas = async |by: StaffId, scope: Value, as_of: Value| {
        let variables = json!({ "scope": scope, "asOf": as_of });
        let told = client.data(&staff(by), query, variables).await;
        let nodes = told["assignments"]["nodes"].as_array().cloned().unwrap_or_default();
        let of_rita = |it: &Value| it["staff"]["id"] == RITA.to_string() && it["role"] == "HANDLER";
        nodes.into_iter().filter(of_rita).collect::<Vec<_>>()
    };
    let unit = json!({ "unitId": BIRCH.to_string() });
    assert_eq!(ritas(ULLA, unit.clone(), Value::Null).await, Vec::<Value>::new());
    let then = json!({ "time": (granted + jiff::SignedDuration::from_hours(1)).to_string() });
    for (by, scope) in [
        (ULLA, unit.clone()),
        (GUN, unit.clone()),
        (VERA, json!({ "divisionId": NEAR.to_string() })),
        (GUN, json!({ "regionId": NORD.to_string() })),
    ] {
        let found = ritas(by, scope, then.clone()).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["reason"], "Ersätter Bo i mars.");
        assert_eq!(found[0]["endedReason"], "Bo är tillbaka.");
        assert_eq!(found[0]["inForce"], false);
        assert_eq!(found[0]["grantedBy"]["staff"]["name"], "Ulla Testsson");
    }
    for by in [RITA, ANNA, AXEL, SAM] {
        let variables = json!({ "scope": unit, "asOf": then });
        let told = client.data(&staff(by), query, variables).await;
        assert_eq!(told["assignments"], Value::Null, "{by}");
    }
    let own = json!({ "idempotencyKey": "o", "staffId": ULLA.to_string(), "role": "RECEIVER",
        "place": { "unitId": BIRCH.to_string() }, "reason": "för att" });
    let refused = ask(&client, &staff(ULLA), "grantRole", "staff { id }", own).await;
    assert_eq!(codes(&refused), [("NOT_ALLOWED", Some("staffId"))]);
}

#[tokio::test]
async fn what_units_must_offer_is_decided_and_held_against_what_they_do() {
    let client = Client::new().await;
    let row = |case_type: domain::CaseTypeId, level: &str| {
        json!({
        "caseTypeId": case_type.to_string(), "level": level, "unitKind": "CARE" })
    };
    let offering = json!({ "own": { "key": "nord", "reference": "RS 7-2026",
        "validFrom": "2026-03-01", "reviseBy": "2026-03-03",
        "starts": { "public": "2026-03-01", "privateContracted": "2026-09-01" },
        "rows": [row(ADVICE, "MANDATORY"), row(RENEWAL, "RECOMMENDED")] } });
    let input = json!({ "idempotencyKey": "b", "regionId": NORD.to_string(),
        "offering": offering });
    let payload = ask(
        &client,
        &staff(GUN),
        "decideBaseOffering",
        "region { baseOfferings { key version reference rows { level caseType { key } } } }",
        input,
    )
    .await;
    assert_eq!(payload["region"]["baseOfferings"][0]["rows"][1]["caseType"]["key"], "renewal");

    let query = "query Q($scope: StatisticsScope!, $asOf: AsOf) {
        compliance(scope: $scope, offering: \"nord\", asOf: $asOf) { version reference day
            total { units obliged connected base offered ratio }
            divisions { division { name } tally { offered } }
            units(first: 9) { nodes { unit { id } obliged cells { caseType { key } level status
                approval { at reason by { staff { name } } } } } }
            lacking: units(first: 9, missing: RECOMMENDED) { totalCount nodes { unit { id } } } } }";
    let told =
        client.data(&staff(GUN), query, json!({ "scope": { "regionId": NORD.to_string() } })).await;
    let compliance = &told["compliance"];
    assert_eq!((&compliance["version"], &compliance["day"]), (&json!(1), &json!("2026-03-02")));
    assert_eq!(compliance["total"]["units"], 3);
    assert_eq!(compliance["total"]["ratio"], 1.0);
    assert_eq!(compliance["lacking"]["totalCount"], 2, "Birch renews prescriptions");
    let before = json!({ "scope": { "unitId": ASPEN.to_string() },
        "asOf": { "time": "2026-02-28T12:00:00Z" } });
    let told = client.data(&staff(GUN), query, before).await;
    assert_eq!(told["compliance"], Value::Null, "the unit was not registered by then");

    let input = json!({ "idempotencyKey": "n", "unitId": ASPEN.to_string(),
        "caseTypeId": RENEWAL.to_string(), "reason": "Skriver inga recept." });
    done(&client, &staff(GUN), "approveNotApplicable", "unit", input).await;
    let own = json!({ "scope": { "unitId": ASPEN.to_string() } });
    let told = client.data(&staff(AXEL), query, own.clone()).await;
    let cells = &told["compliance"]["units"]["nodes"][0]["cells"];
    assert_eq!(
        (&cells[0]["status"], &cells[1]["status"]),
        (&json!("OFFERED"), &json!("NOT_APPLICABLE"))
    );
    assert_eq!(cells[1]["approval"], Value::Null, "an analyst learns of figures");
    let told = client.data(&staff(GUN), query, own.clone()).await;
    let cells = &told["compliance"]["units"]["nodes"][0]["cells"];
    assert_eq!(cells[0]["approval"], Value::Null);
    let approval = json!({ "at": cells[1]["approval"]["at"], "reason": "Skriver inga recept.",
        "by": { "staff": { "name": "Gun Testsson" } } });
    assert_eq!(cells[1]["approval"], approval);
    let approved_at = approval["at"].as_str().unwrap();

    // It held from then until it was withdrawn, whoever asks when.
    client.region.wait_hours(1);
    let input = json!({ "idempotencyKey": "w", "unitId": ASPEN.to_string(),
        "caseTypeId": RENEWAL.to_string() });
    done(&client, &staff(GUN), "withdrawNotApplicable", "unit", input).await;
    let status = async |scope: Value| {
        let told = client.data(&staff(GUN), query, scope).await;
        let cell = &told["compliance"]["units"]["nodes"][0]["cells"][1];
        (cell["status"].clone(), cell["approval"]["reason"].clone())
    };
    assert_eq!(status(own).await, (json!("MISSING"), Value::Null));
    let then = json!({ "scope": { "unitId": ASPEN.to_string() }, "asOf": { "time": approved_at } });
    assert_eq!(status(then).await, (json!("NOT_APPLICABLE"), json!("Skriver inga recept.")));

    let bounds = "region { administratorBounds { fewest most } divisions { name } }";
    let mut fewest_most = vec![];
    for (key, fewest, most) in [("2", 2, 3), ("1", 1, 2), ("0", 0, 2)] {
        let input = json!({ "idempotencyKey": format!("bounds {key}"),
            "regionId": NORD.to_string(), "fewest": fewest, "most": most });
        let payload = ask(&client, &staff(GUN), "setAdministratorBounds", bounds, input).await;
        fewest_most.push(payload["region"]["administratorBounds"].clone());
        if payload["region"].is_object() {
            let names = json!([{ "name": "Länssjukvården" }, { "name": "Närsjukvården" }]);
            assert_eq!(payload["region"]["divisions"], names);
        }
    }
    let decided = |fewest: u32, most: u32| json!({ "fewest": fewest, "most": most });
    assert_eq!(fewest_most, [decided(2, 3), decided(1, 2), Value::Null], "the last is refused");
    let by_name = "query Q($scope: StatisticsScope!) { compliance(scope: $scope, offering: \"x\") {
        divisions { division { name } } } }";
    let scope = json!({ "scope": { "regionId": NORD.to_string() } });
    let told = client.data(&staff(GUN), by_name, scope).await;
    let first = &told["compliance"]["divisions"][0]["division"]["name"];
    assert_eq!(first, "Länssjukvården", "in order of name");

    client.region.wait_hours(48);
    let odd = "query Q($scope: StatisticsScope!) { warnings(scope: $scope) {
        code message messageSv unit { id } region { id } } }";
    let told =
        client.data(&staff(GUN), odd, json!({ "scope": { "regionId": NORD.to_string() } })).await;
    let sv = told["warnings"][1]["messageSv"].as_str().unwrap();
    assert_eq!(sv, "Enheten har 0 administratörer. Den bör ha 1 till 2.");
    let codes: Vec<_> = told["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["OFFERING_TO_REVISE", "ADMINISTRATORS", "CHECKLIST_OPEN", "ADMINISTRATORS"],
        "Aspen and Cedar have no administrator, and Cedar has no handler"
    );
    let lacking = &told["warnings"][2];
    assert_eq!(lacking["unit"]["id"], CEDAR.to_string());
    assert_eq!(lacking["messageSv"], "Enheten tar emot ärenden men saknar en ärendehanterare.");
    for by in [VERA, AXEL, RITA] {
        let told =
            client.data(&staff(by), odd, json!({ "scope": { "unitId": BIRCH.to_string() } })).await;
        assert_eq!(told["warnings"], Value::Null);
    }
}
