//! A region is set up and looked after through the API alone.

use domain::{Actor, RegionId, Role, StaffId, UnitId};
use serde_json::{Value, json};

use super::{
    client::{Client, code},
    region::{
        ADVICE, ANNA, ASPEN, AXEL, BIRCH, DUNE, EVA, GUN, NEAR, NORD, RENEWAL, RITA, SAM, SOUTH,
        SYD, ULLA, VERA, resident, staff,
    },
};

/// The payload of `name`, with `changed` of what it changed.
async fn ask(client: &Client, by: &Actor, name: &str, changed: &str, input: Value) -> Value {
    let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let query = format!(
        "mutation M($input: {input_type}!) {{ {name}(input: $input) {{
            {changed} position replayed event {{ type version actor {{ capacity }} }}
            userErrors {{ code message field }} }} }}"
    );
    let mut data = client.data(by, &query, json!({ "input": input })).await;
    data[name].take()
}

/// The id of what `name` changed, which must not be refused.
async fn done(client: &Client, by: &Actor, name: &str, object: &str, input: Value) -> String {
    let payload = ask(client, by, name, &format!("{object} {{ id }}"), input).await;
    assert_eq!(payload["userErrors"], json!([]), "{name}");
    payload[object]["id"].as_str().unwrap().to_owned()
}

fn codes(payload: &Value) -> Vec<(&str, Option<&str>)> {
    let errors = payload["userErrors"].as_array().unwrap();
    errors.iter().map(|it| (it["code"].as_str().unwrap(), it["field"].as_str())).collect()
}

fn settings() -> Value {
    json!({ "ownership": "PUBLIC", "ownedSince": "2020-01-01", "physical": true,
        "serviceArea": "COUNTRY", "contact": { "phone": "010-123 45 67" } })
}

/// Region Ny, with one unit that takes cases; its administrator and the unit.
async fn founded(client: &Client) -> (RegionId, Actor, UnitId) {
    let administrator = json!({ "name": "Ny Testsson", "hsaId": "SE2321000131-E000000000001" });
    let input =
        json!({ "idempotencyKey": "r", "name": "Region Ny", "administrator": administrator });
    let changed = "region { id } administrator { id }";
    let payload = ask(client, &Actor::System, "registerRegion", changed, input).await;
    let region = payload["region"]["id"].as_str().unwrap().to_owned();
    let who = payload["administrator"]["id"].as_str().unwrap().parse().unwrap();
    let by_place = "query Q($scope: StatisticsScope!) { assignments(scope: $scope, first: 9) {
        nodes { staff { id name } role region { id } reason } } }";
    let id: RegionId = region.parse().unwrap();
    let admin = Actor::Staff { who, role: Role::RegionAdmin, unit: None };
    let told = client.data(&admin, by_place, json!({ "scope": { "regionId": region } })).await;
    assert_eq!(told["assignments"]["nodes"][0]["staff"]["name"], "Ny Testsson");
    assert!(told["assignments"]["nodes"][0]["reason"].as_str().unwrap().contains("beginning"));

    let input = json!({ "idempotencyKey": "d", "regionId": region, "name": "Primärvården" });
    let division = done(client, &admin, "registerDivision", "division", input).await;
    let input = json!({ "idempotencyKey": "u", "divisionId": division,
        "hsaId": "SE2321000131-E000000000002", "name": "Nya vårdcentralen", "kind": "CARE",
        "settings": settings() });
    let unit = done(client, &admin, "registerUnit", "unit", input).await;
    (id, admin, unit.parse().unwrap())
}

async fn employed(
    client: &Client,
    by: &Actor,
    region: RegionId,
    unit: UnitId,
    role: &str,
) -> StaffId {
    let input = json!({ "idempotencyKey": format!("staff {role}"), "regionId": region.to_string(),
        "name": "Nina Testsson", "hsaId": "SE2321000131-E000000000003" });
    let who = done(client, by, "registerStaff", "staff", input).await;
    let input = json!({ "idempotencyKey": format!("role {role}"), "staffId": who, "role": role,
        "place": { "unitId": unit.to_string() }, "reason": "anställd" });
    done(client, by, "grantRole", "staff", input).await.parse().unwrap()
}

#[tokio::test]
async fn a_region_comes_to_be_and_a_case_goes_through_it() {
    let client = Client::new().await;
    let (region, admin, unit) = founded(&client).await;
    let lacks = "query Q($id: ID!) { node(id: $id) { ... on CareUnit { lacks active
        settings { ownership serviceArea contact { phone } } hsaId } } }";
    let id = json!({ "id": unit.to_string() });
    let told = client.data(&admin, lacks, id.clone()).await;
    assert_eq!(told["node"]["lacks"], json!(["RECEIVER", "HANDLER", "CASE_TYPE"]));
    assert_eq!(told["node"]["settings"]["contact"]["phone"], "010-123 45 67");

    let early = json!({ "idempotencyKey": "a", "unitId": unit.to_string() });
    let payload = ask(&client, &admin, "activateUnit", "unit { id }", early).await;
    assert_eq!(codes(&payload), [("INVALID_STATE", None); 3]);
    assert_eq!(payload["unit"], Value::Null);

    let receiver = employed(&client, &admin, region, unit, "RECEIVER").await;
    employed(&client, &admin, region, unit, "HANDLER").await;
    let input = json!({ "idempotencyKey": "t", "regionId": region.to_string(),
        "caseType": { "shipped": { "key": "advice" } } });
    let advice = done(&client, &admin, "defineCaseType", "caseType", input).await;
    let input = json!({ "idempotencyKey": "o", "unitId": unit.to_string(), "caseTypeId": advice });
    done(&client, &admin, "offerCaseType", "unit", input).await;
    let input = json!({ "idempotencyKey": "b", "unitId": unit.to_string() });
    let payload = ask(&client, &admin, "activateUnit", "unit { active lacks }", input).await;
    assert_eq!(payload["unit"], json!({ "active": true, "lacks": [] }));
    assert_eq!(payload["event"]["type"], "UnitActivated");
    assert_eq!(payload["event"]["actor"]["capacity"], "REGION_ADMIN");

    let answers = json!([
        { "field": "about", "value": { "text": "me" } },
        { "field": "question", "value": { "text": "Ont i halsen sedan i går." } },
    ]);
    let input = json!({ "idempotencyKey": "s", "unitId": unit.to_string(), "caseTypeId": advice,
        "formVersion": 1, "termsVersion": 1, "answers": answers });
    let payload = client.command(&resident(EVA), "submitCase", input).await;
    let receiver = Actor::Staff { who: receiver, role: Role::Receiver, unit: Some(unit) };
    let inbox = "query Q($id: ID!) { unitInbox(unitId: $id, first: 9) { nodes { id } } }";
    let told = client.data(&receiver, inbox, id).await;
    assert_eq!(told["unitInbox"]["nodes"][0]["id"], payload["case"]["id"]);

    let input = json!({ "idempotencyKey": "x", "unitId": unit.to_string() });
    let payload = ask(&client, &admin, "deactivateUnit", "unit { id }", input).await;
    assert_eq!(codes(&payload), [("INVALID_STATE", None)], "a case is open");
}

#[tokio::test]
async fn a_retry_gives_the_first_outcome_and_another_content_is_refused() {
    let client = Client::new().await;
    let input = |name: &str| {
        json!({ "idempotencyKey": "k", "regionId": NORD.to_string(),
        "name": name })
    };
    let first =
        ask(&client, &staff(GUN), "registerDivision", "division { id name }", input("Tand")).await;
    let again =
        ask(&client, &staff(GUN), "registerDivision", "division { id name }", input("Tand")).await;
    assert_eq!((&first["division"], &first["position"]), (&again["division"], &again["position"]));
    assert_eq!((&first["replayed"], &again["replayed"]), (&json!(false), &json!(true)));
    assert_eq!(first["event"], again["event"]);
    let other =
        ask(&client, &staff(GUN), "registerDivision", "division { id }", input("Mun")).await;
    assert_eq!(codes(&other), [("IDEMPOTENCY_KEY_REUSED", Some("idempotencyKey"))]);

    // Founding is three commits; asked for again, each is found.
    let administrator = json!({ "name": "Ny Testsson", "hsaId": "SE2321000131-E000000000001" });
    let input = json!({ "idempotencyKey": "r", "name": "Region Ny",
        "administrator": administrator });
    for _ in 0..2 {
        done(&client, &Actor::System, "registerRegion", "region", input.clone()).await;
    }
    client.region.engine.view(None).await.unwrap().unwrap().with(|models, _| {
        assert_eq!(models.directory().regions().count(), 3);
    });
}

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
async fn a_form_that_is_written_wrong_is_told_all_at_once_by_field() {
    let client = Client::new().await;
    let field = |key: &str, kind: &str, rest: Value| {
        let mut it = json!({ "key": key, "label": { "sv": "Fråga" }, "type": kind });
        it.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        it
    };
    let define = |fields: Value| {
        json!({ "idempotencyKey": "k", "regionId": NORD.to_string(),
        "caseType": { "own": { "terms": { "sv": "Vid akuta besvär: ring 112." }, "definition": {
            "key": "sleep", "name": { "sv": "Sömn", "en": "Sleep" }, "scope": "UNIT_OWN",
            "ownerId": BIRCH.to_string(), "workingDays": 5, "fields": fields } } } })
    };
    let wrong = json!([
        field("since", "DATE", json!({ "maxLength": 5 })),
        field("hours", "TEXT", json!({ "minLength": -1 })),
        field(
            "items",
            "GROUP",
            json!({ "fields": [field("x", "YES_NO", json!({ "options": [] }))] })
        ),
        field("why", "TEXT", json!({ "showIf": { "field": "since", "is": "a", "yes": true } })),
    ]);
    let refused =
        ask(&client, &staff(ULLA), "defineCaseType", "caseType { id }", define(wrong)).await;
    assert_eq!(
        codes(&refused),
        [
            ("FIELD_INVALID", Some("fields.since.maxLength")),
            ("FIELD_INVALID", Some("fields.hours.minLength")),
            ("FIELD_INVALID", Some("fields.items.x.options")),
            ("FIELD_INVALID", Some("fields.why.showIf")),
        ]
    );
    let flawed = json!([field("Since", "DATE", json!({})), field("c", "CHOICE", json!({}))]);
    let refused =
        ask(&client, &staff(ULLA), "defineCaseType", "caseType { id }", define(flawed)).await;
    assert_eq!(
        codes(&refused),
        [("FIELD_INVALID", Some("fields.Since")), ("FIELD_INVALID", Some("fields.c"))]
    );
    // The unit's own administrator defines, offers and revises; another unit's may not.
    let asked = |most: i64| {
        json!([
            field("nights", "YES_NO", json!({ "required": true })),
            field(
                "hours",
                "TEXT",
                json!({ "maxLength": most,
            "showIf": { "field": "nights", "yes": true } })
            ),
        ])
    };
    let own = done(&client, &staff(ULLA), "defineCaseType", "caseType", define(asked(50))).await;
    let input = json!({ "idempotencyKey": "o", "unitId": BIRCH.to_string(), "caseTypeId": own });
    done(&client, &staff(ULLA), "offerCaseType", "unit", input).await;
    let input = json!({ "idempotencyKey": "p", "unitId": ASPEN.to_string(), "caseTypeId": own });
    let refused = ask(&client, &staff(GUN), "offerCaseType", "unit { id }", input).await;
    assert_eq!(codes(&refused), [("CASE_TYPE_NOT_OFFERED", Some("caseTypeId"))]);
    let mut definition = define(asked(80))["caseType"]["own"]["definition"].take();
    let revise = |definition: &Value| {
        json!({ "idempotencyKey": "v", "caseTypeId": own,
        "definition": definition })
    };
    let payload = ask(
        &client,
        &staff(ULLA),
        "reviseCaseType",
        "caseType { formVersion owner { id } form { fields { maxLength showIf { yes } } } }",
        revise(&definition),
    )
    .await;
    assert_eq!(payload["caseType"]["formVersion"], 2);
    assert_eq!(payload["caseType"]["form"]["fields"][1]["maxLength"], 80);
    definition["key"] = json!("other");
    let mut moved = revise(&definition);
    moved["idempotencyKey"] = json!("w");
    let refused = ask(&client, &staff(ULLA), "reviseCaseType", "caseType { id }", moved).await;
    assert_eq!(codes(&refused), [("FIELD_INVALID", Some("scope"))]);
}

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
            units(first: 9) { nodes { unit { id } obliged cells { caseType { key } level status } } }
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
    let told = client.data(&staff(AXEL), query, own).await;
    let cells = &told["compliance"]["units"]["nodes"][0]["cells"];
    assert_eq!(
        (&cells[0]["status"], &cells[1]["status"]),
        (&json!("OFFERED"), &json!("NOT_APPLICABLE"))
    );

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
        ["OFFERING_TO_REVISE", "ADMINISTRATORS", "ADMINISTRATORS"],
        "Aspen and Cedar have no administrator"
    );
    for by in [VERA, AXEL, RITA] {
        let told =
            client.data(&staff(by), odd, json!({ "scope": { "unitId": BIRCH.to_string() } })).await;
        assert_eq!(told["warnings"], Value::Null);
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
