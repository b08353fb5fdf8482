//! A region is set up and looked after through the API alone.

mod divisions;
mod hsa_ids;
mod opening;
mod overseeing;
mod permitted;
mod refusing;
mod unit_options;
mod wording;

use domain::{Actor, RegionId, Role, StaffId, UnitId};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    client::{Client, code},
    region::{
        ADVICE, ANNA, ASPEN, AXEL, BIRCH, CEDAR, DUNE, EVA, GUN, NEAR, NORD, RENEWAL, RITA, SAM,
        SOUTH, SYD, ULLA, VERA, resident, staff,
    },
};

/// The payload of `name`, with `changed` of what it changed.
async fn ask(client: &Client, by: &Actor, name: &str, changed: &str, input: Value) -> Value {
    let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let query = format!(
        "mutation M($input: {input_type}!) {{ {name}(input: $input) {{
            {changed} position replayed event {{ type version actor {{ capacity }} }}
            userErrors {{ code message messageSv field }} }} }}"
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
        "name": "Nina Testsson", "hsaId": format!("SE2321000131-{role}") });
    let who = done(client, by, "registerStaff", "staff", input).await;
    let input = json!({ "idempotencyKey": format!("role {role}"), "staffId": who, "role": role,
        "place": { "unitId": unit.to_string() }, "reason": "anställd" });
    done(client, by, "grantRole", "staff", input).await.parse().unwrap()
}

#[tokio::test]
async fn of_units_that_are_registered_with_one_hsa_id_one_is() {
    let client = Client::new().await;
    let (_, admin, unit) = founded(&client).await;
    let division = "query Q($id: ID!) { node(id: $id) { ... on CareUnit { division { id } } } }";
    let told = client.data(&admin, division, json!({ "id": unit.to_string() })).await;
    let register = |key: u32, hsa_id: &str| {
        let input = json!({ "idempotencyKey": key.to_string(), "name": "Andra vårdcentralen",
            "divisionId": told["node"]["division"]["id"], "hsaId": hsa_id, "kind": "CARE",
            "settings": settings() });
        ask(&client, &admin, "registerUnit", "unit { id }", input)
    };
    let refused = register(1, "se2321000131-e000000000002 ").await;
    assert_eq!(codes(&refused), [("INVALID_STATE", Some("hsaId"))]);
    assert_eq!(refused["userErrors"][0]["messageSv"], "HSA-id:t är en annan enhets.");

    let at_once = join_all((2..10).map(|key| register(key, "SE2321000131-E000000000003"))).await;
    let made = at_once.iter().filter(|it| codes(it).is_empty()).count();
    assert_eq!(made, 1);
}

#[tokio::test]
async fn of_case_types_that_are_defined_with_one_key_one_is() {
    let client = Client::new().await;
    let (region, admin, unit) = founded(&client).await;
    let define = |key: u32, shipped: Value| {
        let input = json!({ "idempotencyKey": key.to_string(), "regionId": region.to_string(),
            "caseType": { "shipped": shipped } });
        ask(&client, &admin, "defineCaseType", "caseType { id }", input)
    };
    let at_once = join_all((1..9).map(|key| define(key, json!({ "key": "advice" })))).await;
    let (made, refused): (Vec<_>, Vec<_>) = at_once.iter().partition(|it| codes(it).is_empty());
    assert_eq!((made.len(), refused.len()), (1, 7));
    assert_eq!(codes(refused[0]), [("INVALID_STATE", Some("key"))]);

    let own = json!({ "key": "unit_defined", "ownerId": unit.to_string() });
    assert_eq!(codes(&define(10, own.clone()).await), []);
    assert_eq!(codes(&define(11, own).await), [("INVALID_STATE", Some("key"))]);
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
