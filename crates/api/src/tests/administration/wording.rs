//! What is refused says what was asked and where, in English and in Swedish.

use serde_json::{Value, json};

use super::{
    super::{
        client::Client,
        region::{ADVICE, ANNA, BIRCH, EVA, GUN, NORD, RITA, resident, staff},
    },
    ask,
};

/// Code, field, English and Swedish of the only error there is.
fn told(payload: &Value) -> [&str; 4] {
    let errors = payload["userErrors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{payload}");
    ["code", "field", "message", "messageSv"].map(|it| errors[0][it].as_str().unwrap_or_default())
}

fn case_type(days: i64, age: i64) -> Value {
    json!({ "idempotencyKey": "k", "regionId": NORD.to_string(), "caseType": { "own": {
        "terms": { "sv": "Vid akuta besvär: ring 112." },
        "definition": { "key": "sleep", "name": { "sv": "Sömn" }, "scope": "REGION_COMMON",
            "workingDays": days, "minAge": age, "fields": [] } } } })
}

#[tokio::test]
async fn a_number_out_of_bounds_is_told_as_it_was_written() {
    let client = Client::new().await;
    for (days, age, expected) in [
        (
            -1,
            0,
            [
                "FIELD_INVALID",
                "workingDays",
                "-1 working days is not 1 to 60",
                "-1 vardagar är inte 1 till 60.",
            ],
        ),
        (
            261,
            0,
            [
                "FIELD_INVALID",
                "workingDays",
                "261 working days is not 1 to 60",
                "261 vardagar är inte 1 till 60.",
            ],
        ),
        (
            5,
            -4,
            [
                "FIELD_INVALID",
                "minAge",
                "-4 is no age: it is 0 to 255 years",
                "-4 är ingen ålder. Den är 0 till 255 år.",
            ],
        ),
    ] {
        let asked = case_type(days, age);
        let refused = ask(&client, &staff(GUN), "defineCaseType", "caseType { id }", asked).await;
        assert_eq!(told(&refused), expected);
    }
}

#[tokio::test]
async fn a_base_offering_that_says_too_little_is_told_by_field() {
    let client = Client::new().await;
    for (what, given, expected) in [
        ("key", json!(""), "FIELD_REQUIRED"),
        ("reference", json!(" "), "FIELD_REQUIRED"),
        ("validTo", json!("2025-12-31"), "FIELD_INVALID"),
        ("reviseBy", json!("2025-12-31"), "FIELD_INVALID"),
    ] {
        let mut own = json!({ "key": "nord", "reference": "RS 1", "validFrom": "2026-01-01",
            "reviseBy": "2027-01-01",
            "starts": { "public": "2026-01-01", "privateContracted": "2026-01-01" },
            "rows": [{ "caseTypeId": ADVICE.to_string(), "level": "MANDATORY",
                "unitKind": "CARE" }] });
        own[what] = given;
        let asked = json!({ "idempotencyKey": "k", "regionId": NORD.to_string(),
            "offering": { "own": own } });
        let refused = ask(&client, &staff(GUN), "decideBaseOffering", "region { id }", asked).await;
        let [code, field, _, sv] = told(&refused);
        assert_eq!((code, field), (expected, what));
        assert!(sv.contains("asutbud"), "{sv}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_unit_s_settings_is_told_where_it_stands() {
    let client = Client::new().await;
    let long = "x".repeat(501);
    for (changed, field) in [
        (json!({ "serviceArea": "MUNICIPALITIES" }), "settings.municipalities"),
        (json!({ "municipalities": ["Lund"] }), "settings.municipalities"),
        (json!({ "contact": { "web": long } }), "settings.contact"),
    ] {
        let mut settings = super::settings();
        settings.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
        let asked = json!({ "idempotencyKey": "k", "unitId": BIRCH.to_string(),
            "settings": settings });
        let refused = ask(&client, &staff(GUN), "changeUnitSettings", "unit { id }", asked).await;
        let [code, told_field, _, _] = told(&refused);
        assert_eq!((code, told_field), ("FIELD_INVALID", field));
    }
}

#[tokio::test]
async fn how_many_at_once_is_told_with_of_what() {
    let client = Client::new().await;
    let asked = json!({ "idempotencyKey": "k", "cases": { "oldest": 0 },
        "handlerIds": [ANNA.to_string()] });
    let query = "mutation M($input: DistributeCasesInput!) { distributeCases(input: $input) {
        userErrors { code field message messageSv } } }";
    let payload = client.data(&staff(RITA), query, json!({ "input": asked })).await;
    assert_eq!(
        told(&payload["distributeCases"]),
        [
            "FIELD_INVALID",
            "cases.oldest",
            "1 to 200 cases are taken at once",
            "1 till 200 ärenden tas emot på en gång.",
        ]
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_in_swedish_as_precisely_as_in_english() {
    let client = Client::new().await;
    let nowhere = "region_7ZZZZZZZZZZZZZZZZZZZZZZZZY";
    let person = |number: &str| json!({ "regionId": NORD.to_string(), "name": "Tess Testsson", "number": number });
    let post = json!({ "staffId": ANNA.to_string(), "role": "HANDLER", "reason": "vikarie",
        "place": { "unitId": BIRCH.to_string() },
        "from": "2026-05-01T00:00:00Z", "until": "2026-04-01T00:00:00Z" });
    let unnamed = json!({ "name": "Region Ny",
        "administrator": { "name": "Ny Testsson", "hsaId": "kalle" } });
    let rows: [(_, &str, &str, Value, [&str; 2]); 7] = [
        (
            staff(RITA),
            "registerResident",
            "resident",
            person("198102282385"),
            ["number", "Personnumrets kontrollsiffra stämmer inte."],
        ),
        (
            staff(RITA),
            "registerResident",
            "resident",
            person("19810228"),
            ["number", "Ett personnummer har 10 eller 12 siffror, det här 8."],
        ),
        (
            resident(EVA),
            "grantProxy",
            "resident",
            json!({ "proxyId": EVA.to_string() }),
            ["until", "Ange hur länge ombudet får företräda."],
        ),
        (
            staff(GUN),
            "grantRole",
            "staff",
            post,
            ["until", "Det som ges måste sluta efter att det börjar."],
        ),
        (
            domain::Actor::System,
            "registerRegion",
            "region",
            unnamed,
            ["administrator.hsaId", "Ett HSA-id ser ut som SE2321000131-E000000000123."],
        ),
        (
            staff(GUN),
            "registerStaff",
            "staff",
            json!({ "regionId": nowhere, "name": "X", "hsaId": "SE2321000131-E77" }),
            ["regionId", "Regionen finns inte."],
        ),
        (
            staff(GUN),
            "defineCaseType",
            "caseType",
            json!({ "regionId": NORD.to_string(), "caseType": { "shipped": { "key": "nope" } } }),
            ["caseType.shipped.key", "Den färdiga ärendetypen finns inte."],
        ),
    ];
    for (by, name, object, mut asked, expected) in rows {
        asked["idempotencyKey"] = json!("k");
        let refused = ask(&client, &by, name, &format!("{object} {{ id }}"), asked).await;
        let [_, field, _, sv] = told(&refused);
        assert_eq!([field, sv], expected, "{name}");
    }
}
