//! Residents as clients see them: the first login, who acts for whom, and what stays hidden.

mod choosing;
mod protected;
mod proxies;

use domain::{
    Actor, CaseTypeId, Position, ResidentId, StreamId,
    case::Origin,
    deadline::Policy,
    identity::{NationalId, Sex, synthetic},
    organisation::{
        CaseTypeDefined, CaseTypeLimited, CaseTypeOffered, ProtectedIdentitySet, Scope, Secrecy,
    },
};
use engine::access::{Action, readings};
use event_log::EventLog as _;
use jiff::civil::date;
use serde_json::{Value, json};

use super::{
    client::{Client, code},
    region::{
        ADVICE, ANNA, ASPEN, BIRCH, CEDAR, EBBA, EVA, GUN, NEAR, NORD, OLLE, RENEWAL, RITA, SAM,
        SYD, ULLA, VERA, resident, staff,
    },
};

/// From 15 on, hidden from proxies, answered once.
const TEST: CaseTypeId = CaseTypeId::new(3);
/// Hidden from proxies, for everyone.
const SECRET: CaseTypeId = CaseTypeId::new(4);

/// Turns 13 on Wednesday 4 March 2026.
fn kim() -> NationalId {
    synthetic(date(2013, 3, 4), Sex::Male)
}

/// Turns 15 on Tuesday 3 March 2026.
fn tess() -> NationalId {
    synthetic(date(2011, 3, 3), Sex::Female)
}

const REGISTER: &str =
    "mutation M($input: RegisterResidentInput!) { registerResident(input: $input) {
    resident { id name } position replayed userErrors { code field message } } }";

async fn hidden_types(client: &mut Client) {
    for (id, key, min_age) in [(TEST, "test", Some(15)), (SECRET, "secret", None)] {
        let defined = CaseTypeDefined {
            region: NORD,
            key: key.into(),
            name_sv: format!("Hemlig {key}"),
            name_en: format!("Hidden {key}"),
            scope: Scope::RegionCommon,
            central_unit: None,
            working_days: Some(2),
            policy: Policy::Eod,
            form_version: 1,
            terms_version: 1,
        };
        let limited = CaseTypeLimited {
            owner: None,
            started_by: Origin::Resident,
            min_age,
            by_proxy: false,
            secrecy: Secrecy::High,
            conversation: false,
        };
        let changes = vec![defined.into(), limited.into()];
        client.region.register(StreamId::CaseType(id), changes, None).await;
        let offered = CaseTypeOffered { case_type: id };
        client.region.register(StreamId::Unit(BIRCH), vec![offered.into()], None).await;
    }
}

/// The account of whoever logs in with `number` for the first time.
async fn account_of(client: &Client, number: &NationalId, name: &str) -> ResidentId {
    let token = client.token_for(number, name);
    let input = json!({ "idempotencyKey": "first login", "regionId": NORD.to_string() });
    let mut answer = client.ask_with(&token, REGISTER, json!({ "input": input })).await;
    assert_eq!(answer["errors"], Value::Null);
    let payload = answer["data"]["registerResident"].take();
    assert_eq!(payload["userErrors"], json!([]));
    assert_eq!(payload["resident"]["name"], name);
    payload["resident"]["id"].as_str().unwrap().parse().unwrap()
}

/// What became of a command about a resident.
async fn command(client: &Client, actor: &Actor, name: &str, input: Value) -> Value {
    let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let query = format!(
        "mutation M($input: {input_type}!) {{ {name}(input: $input) {{
            resident {{ id }} position replayed userErrors {{ code field message }} }} }}"
    );
    let mut data = client.data(actor, &query, json!({ "input": input })).await;
    data[name].take()
}

/// The whole answer to a command about a resident, but for what the request is called.
async fn answer(client: &Client, actor: &Actor, name: &str, input: Value) -> Value {
    let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let query = format!(
        "mutation M($input: {input_type}!) {{ {name}(input: $input) {{
            position userErrors {{ code field message }} }} }}"
    );
    let mut answer = client.ask(actor, &query, json!({ "input": input })).await;
    answer["extensions"].take();
    for error in answer["errors"].as_array_mut().into_iter().flatten() {
        error["extensions"]["requestId"].take();
    }
    answer
}

async fn done(client: &Client, actor: &Actor, name: &str, input: Value) -> Value {
    let payload = command(client, actor, name, input).await;
    assert_eq!(payload["userErrors"], json!([]), "{name}");
    payload
}

fn send(case_type: CaseTypeId, subject: ResidentId, key: &str) -> Value {
    json!({
        "idempotencyKey": key, "unitId": BIRCH.to_string(), "caseTypeId": case_type.to_string(),
        "subjectId": subject.to_string(), "formVersion": 1, "termsVersion": 1, "text": "Hej",
    })
}

async fn sent(client: &Client, actor: &Actor, input: Value) -> String {
    let payload = client.command(actor, "submitCase", input).await;
    payload["case"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn whoever_logs_in_for_the_first_time_makes_an_account_and_nothing_else() {
    let client = Client::new().await;
    let token = client.token_for(&tess(), "Tess Testsson");
    for query in [
        "{ viewer { expiresAt } }",
        "{ units(first: 1) { totalCount } }",
        "{ account { resident { id } } }",
        "{ residentInbox(first: 1) { totalCount } }",
        "{ node(id: \"resident_1\") { id } }",
        "mutation { withdrawCase(input: { idempotencyKey: \"k\", caseId: \"case_1\" }) { replayed } }",
    ] {
        let answer = client.ask_with(&token, query, json!({})).await;
        assert_eq!(code(&answer).as_deref(), Some("FORBIDDEN"), "{query}: {answer}");
    }
    let wrong = json!({
        "idempotencyKey": "w", "regionId": NORD.to_string(), "number": kim().expose_digits(),
    });
    let refused = client.ask_with(&token, REGISTER, json!({ "input": wrong })).await;
    let error = &refused["data"]["registerResident"]["userErrors"][0];
    assert_eq!((&error["code"], &error["field"]), (&json!("FIELD_INVALID"), &json!("number")));

    let id = account_of(&client, &tess(), "Tess Testsson").await;
    assert_eq!(account_of(&client, &tess(), "Tess Testsson").await, id, "asked again");
    let query = "{ account { resident { id name protectedIdentity } region { id }
        contactPreferences { byEmail } proxies { until } actsFor { until } } }";
    let account = client.ask_with(&token, query, json!({})).await["data"]["account"].take();
    let expected = json!({
        "resident": { "id": id.to_string(), "name": "Tess Testsson", "protectedIdentity": false },
        "region": { "id": NORD.to_string() },
        "contactPreferences": null, "proxies": [], "actsFor": [],
    });
    assert_eq!(account, expected);
    // By our own id it is the same person.
    assert_eq!(client.data(&resident(id), query, json!({})).await["account"], account);
    // Whoever was registered before there were numbers comes by their own id, as ever.
    let eva = client.data(&resident(EVA), query, json!({})).await;
    assert_eq!(eva["account"]["resident"]["name"], "Eva Testsson");
}

#[tokio::test]
async fn a_replaced_number_opens_no_session_and_ends_those_that_it_opened() {
    let client = Client::new().await;
    let id = account_of(&client, &tess(), "Tess Testsson").await;
    let old = client.token_for(&tess(), "Tess Testsson");
    let number = synthetic(date(2011, 3, 3), Sex::Male);
    let replace = json!({
        "idempotencyKey": "r", "residentId": id.to_string(), "number": number.expose_digits(),
    });
    let watching = "subscription { inboxChanged(after: \"0\") { caseId } }";
    let mut watch = client.watch_with(&old, watching, json!({})).await;
    sent(&client, &resident(id), send(ADVICE, id, "before")).await;
    assert!(watch.data().await["inboxChanged"]["caseId"].is_string());
    let first = done(&client, &staff(GUN), "replaceIdentity", replace.clone()).await;
    let again = done(&client, &staff(GUN), "replaceIdentity", replace).await;
    assert_eq!((&again["position"], &again["replayed"]), (&first["position"], &json!(true)));
    let query = "{ viewer { actor { resident { id name } } } }";
    let answer = client.ask_with(&old, query, json!({})).await;
    assert_eq!(code(&answer).as_deref(), Some("FORBIDDEN"), "{answer}");
    sent(&client, &resident(id), send(ADVICE, id, "after")).await;
    assert_eq!(code(&watch.next().await.unwrap()).as_deref(), Some("FORBIDDEN"));
    assert_eq!(watch.next().await, None);
    let new = client.token_for(&number, "Tess Testsson");
    let answer = client.ask_with(&new, query, json!({})).await;
    let me = json!({ "id": id.to_string(), "name": "Tess Testsson" });
    assert_eq!(answer["data"]["viewer"]["actor"]["resident"], me);
}

#[tokio::test]
async fn a_name_changes_alone_and_the_number_finds_the_same_resident() {
    let client = Client::new().await;
    let id = account_of(&client, &tess(), "Tess Testsson").await;
    let token = client.token_for(&tess(), "Tess Testsson");
    let change = |key: &str, who: ResidentId, name: &str| json!({ "idempotencyKey": key, "residentId": who.to_string(), "name": name });
    done(&client, &staff(GUN), "changeResidentName", change("n", id, "Tess Nytestsson")).await;
    let query = "{ viewer { actor { resident { id name } } } }";
    let answer = client.ask_with(&token, query, json!({})).await;
    let me = json!({ "id": id.to_string(), "name": "Tess Nytestsson" });
    assert_eq!(answer["data"]["viewer"]["actor"]["resident"], me);
    for (key, who, name, code, field) in [
        ("1", id, " ", "FIELD_REQUIRED", "name"),
        ("2", EVA, "Eva Nytestsson", "INVALID_STATE", "residentId"),
    ] {
        let input = json!({ "input": change(key, who, name) });
        let mutation = "mutation M($input: ChangeResidentNameInput!) {
            changeResidentName(input: $input) { userErrors { code field messageSv } } }";
        let answer = client.data(&staff(GUN), mutation, input).await;
        let error = &answer["changeResidentName"]["userErrors"][0];
        assert_eq!((&error["code"], &error["field"]), (&json!(code), &json!(field)));
        assert!(error["messageSv"].as_str().is_some_and(|it| it.contains("amn")), "{error}");
    }
}

#[tokio::test]
async fn staff_find_and_register_residents_by_number_and_the_access_log_has_it() {
    let client = Client::new().await;
    let find = "query Q($number: String!) { findResident(number: $number) { id name } }";
    let found = async |actor: &Actor| {
        let variables = json!({ "number": tess().expose_digits() });
        client.data(actor, find, variables).await["findResident"].clone()
    };
    assert_eq!(found(&staff(RITA)).await, Value::Null);
    let register = json!({
        "input": {
            "idempotencyKey": "walk-in", "regionId": NORD.to_string(), "name": "Tess Testsson",
            "number": tess().expose_digits(),
        },
    });
    let mut answer = client.data(&staff(ANNA), REGISTER, register.clone()).await;
    let registered = answer["registerResident"]["resident"].take();
    assert_eq!(registered["name"], "Tess Testsson");
    for actor in [staff(RITA), staff(ANNA), staff(GUN), staff(SAM)] {
        assert_eq!(found(&actor).await, registered, "{actor:?}");
    }
    for actor in [staff(ULLA), staff(VERA), resident(EVA)] {
        assert_eq!(found(&actor).await, Value::Null, "{actor:?}");
        let payload = client.data(&actor, REGISTER, register.clone()).await;
        let error = &payload["registerResident"]["userErrors"][0];
        assert!(matches!(error["code"].as_str(), Some("NOT_ALLOWED" | "FIELD_REQUIRED")));
    }
    for (number, why, sv) in [
        (
            "12",
            "a personal number has 10 or 12 digits, this one 2",
            "10 eller 12 siffror, det här 2.",
        ),
        (
            "198102282385",
            "the personal number's check digit is wrong",
            "kontrollsiffra stämmer inte.",
        ),
    ] {
        let answer = client.ask(&staff(RITA), find, json!({ "number": number })).await;
        let error = &answer["errors"][0];
        assert_eq!(
            (&error["message"], &error["extensions"]["code"]),
            (&json!(why), &json!("BAD_REQUEST"))
        );
        assert!(error["extensions"]["messageSv"].as_str().unwrap().ends_with(sv), "{answer}");
        let nobody = client.data(&staff(ULLA), find, json!({ "number": number })).await;
        assert_eq!(nobody["findResident"], Value::Null, "who may not ask learns nothing");
    }
    let id: ResidentId = registered["id"].as_str().unwrap().parse().unwrap();
    let mut looked = vec![];
    for commit in client.region.access.page(Position::START, 99).await.unwrap() {
        for reading in readings(&commit).unwrap() {
            if reading.opened.action == Action::FindResident {
                looked.push((reading.reader, reading.opened.what));
            }
        }
    }
    let her = vec![StreamId::Resident(id)];
    let expected = [
        (staff(RITA), vec![]),
        (staff(ANNA), vec![]),
        (staff(RITA), her.clone()),
        (staff(ANNA), her.clone()),
        (staff(GUN), her.clone()),
        (staff(SAM), her),
    ];
    assert_eq!(looked, expected);
    let open = json!({
        "idempotencyKey": "o", "caseTypeId": ADVICE.to_string(), "subjectId": id.to_string(),
        "residentInformed": true, "text": "Hej",
    });
    client.command(&staff(RITA), "openCase", open).await;
}
