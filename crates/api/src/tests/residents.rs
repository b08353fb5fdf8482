//! Residents as clients see them: the first login, who acts for whom, and what stays hidden.

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
    let first = done(&client, &staff(GUN), "replaceIdentity", replace.clone()).await;
    let again = done(&client, &staff(GUN), "replaceIdentity", replace).await;
    assert_eq!((&again["position"], &again["replayed"]), (&first["position"], &json!(true)));
    let query = "{ viewer { actor { resident { id name } } } }";
    let answer = client.ask_with(&old, query, json!({})).await;
    assert_eq!(code(&answer).as_deref(), Some("FORBIDDEN"), "{answer}");
    let new = client.token_for(&number, "Tess Testsson");
    let answer = client.ask_with(&new, query, json!({})).await;
    let me = json!({ "id": id.to_string(), "name": "Tess Testsson" });
    assert_eq!(answer["data"]["viewer"]["actor"]["resident"], me);
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
    for number in ["", "12", "198102282385"] {
        let nobody = client.data(&staff(RITA), find, json!({ "number": number })).await;
        assert_eq!(nobody["findResident"], Value::Null, "{number}");
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

#[tokio::test]
async fn a_guardian_sees_and_sends_until_the_thirteenth_birthday_and_nothing_from_then_on() {
    let client = Client::new().await;
    let (eva, child) = (resident(EVA), account_of(&client, &kim(), "Kim Testsson").await);
    let grant = json!({
        "idempotencyKey": "g", "residentId": child.to_string(), "proxyId": EVA.to_string(),
        "guardian": true,
    });
    let refused = command(&client, &eva, "grantProxy", grant.clone()).await;
    assert_eq!(refused["userErrors"][0]["message"], "there is no such resident");
    done(&client, &staff(GUN), "grantProxy", grant).await;
    let acts_for = "{ account { actsFor { resident { id name } until } } }";
    let until = json!("2026-03-03T23:00:00.000Z");
    let whom = json!({ "id": child.to_string(), "name": "Kim Testsson" });
    assert_eq!(
        client.data(&eva, acts_for, json!({})).await["account"]["actsFor"],
        json!([{ "resident": { "id": EBBA.to_string(), "name": "Ebba Testsson" },
                 "until": "2029-12-31T23:00:00.000Z" },
               { "resident": whom, "until": until }])
    );
    // Tuesday, 23:59:59.999: the day before.
    client.region.world.set("2026-03-03T23:59:59.999+01:00".parse().unwrap());
    let case = sent(&client, &eva, send(ADVICE, child, "before")).await;
    let query = "query Q($id: ID!) { case(id: $id) { id } node(id: $id) { id }
        caseHistory(caseId: $id, first: 9) { totalCount }
        residentInbox(first: 9) { totalCount nodes { id } } }";
    let seen = client.data(&eva, query, json!({ "id": case })).await;
    assert_eq!(
        (&seen["case"]["id"], &seen["residentInbox"]["totalCount"]),
        (&json!(case), &json!(1))
    );
    // Wednesday, 00:00.
    client.region.world.set("2026-03-04T00:00:00+01:00".parse().unwrap());
    let hers = client.ask(&eva, query, json!({ "id": case })).await.to_string();
    let absent = "case_01JQ7Y3RSB9W1T5N4Q0Z0C2XKM";
    let nobodys = client.ask(&eva, query, json!({ "id": absent })).await.to_string();
    assert_eq!(hers.replace(&case, "the id"), nobodys.replace(absent, "the id"));
    let refused = client.try_command(&eva, "submitCase", send(ADVICE, child, "after")).await;
    assert_eq!(refused["userErrors"][0]["code"], "NOT_ALLOWED");
    let acts = client.data(&eva, acts_for, json!({})).await;
    assert_eq!(acts["account"]["actsFor"].as_array().unwrap().len(), 1, "Ebba alone");
    let own = client.data(&resident(child), query, json!({ "id": case })).await;
    assert_eq!(own["case"]["id"], json!(case));
}

/// A child's case of a hidden type is to the guardian as one that is not there: in every question,
/// count and subscription, and where a later case goes on from it.
#[tokio::test]
async fn a_case_of_a_hidden_type_is_not_there_for_a_guardian() {
    let mut client = Client::new().await;
    hidden_types(&mut client).await;
    let (eva, ebba) = (resident(EVA), resident(EBBA));
    let refused = client.try_command(&eva, "submitCase", send(SECRET, EBBA, "by proxy")).await;
    let by_proxy = "only the resident may send cases of this type, not a proxy";
    assert_eq!(refused["userErrors"][0]["message"], by_proxy);

    let inbox = "subscription { inboxChanged(after: \"0\") { caseId eventType } }";
    let mut watch = client.watch(&eva, inbox, json!({})).await;
    let hidden = sent(&client, &ebba, send(SECRET, EBBA, "hidden")).await;
    let mut open = send(ADVICE, EBBA, "open");
    open["followsUp"] = json!(hidden);
    let open = sent(&client, &ebba, open).await;
    let seen = watch.data().await["inboxChanged"].take();
    assert_eq!(seen, json!({ "caseId": open, "eventType": "CASE_SUBMITTED" }));

    let absent = "case_01JQ7Y3RSB9W1T5N4Q0Z0C2XKM";
    for query in [
        "query Q($id: ID!) { case(id: $id) { id state } }",
        "query Q($id: ID!) { case(id: $id, asOf: { time: \"2026-03-02T10:00:00Z\" }) { id } }",
        "query Q($id: ID!) { node(id: $id) { id } }",
        "query Q($id: ID!) { nodes(ids: [$id, $id]) { id } }",
        "query Q($id: ID!) { caseHistory(caseId: $id, first: 9) { totalCount } }",
        "mutation M($id: ID!) { withdrawCase(input: { caseId: $id, idempotencyKey: \"w\" }) { userErrors { code message } } }",
        "mutation M($id: ID!) { replyToCase(input: { caseId: $id, idempotencyKey: \"r\", text: \"x\" }) { userErrors { code } } }",
    ] {
        let answer = async |id: &str| {
            let mut answer = client.ask(&eva, query, json!({ "id": id })).await;
            if let Some(extensions) = answer.pointer_mut("/errors/0/extensions") {
                extensions["requestId"] = json!("the request's");
            }
            answer.to_string().replace(id, "the id")
        };
        assert_eq!(answer(&hidden).await, answer(absent).await, "{query}");
    }
    let follow = |older: &str, key: &str| {
        let mut input = send(ADVICE, EBBA, key);
        input["followsUp"] = json!(older);
        input
    };
    let after_hidden = client.try_command(&eva, "submitCase", follow(&hidden, "f")).await;
    let after_absent = client.try_command(&eva, "submitCase", follow(absent, "f")).await;
    assert_eq!(after_hidden, after_absent);

    let query = "query Q($id: ID!) { case(id: $id) { followsUp { id } history(first: 9) {
        nodes { ... on CaseSubmitted { followsUp } } } }
        residentInbox(first: 9) { totalCount nodes { id } } }";
    let guardians = client.data(&eva, query, json!({ "id": open })).await;
    let expected = |older: Value, cases: Value| {
        json!({
            "case": {
                "followsUp": if older.is_null() { Value::Null } else { json!({ "id": older }) },
                "history": { "nodes": [{ "followsUp": older }] },
            },
            "residentInbox": { "totalCount": cases.as_array().unwrap().len(), "nodes": cases },
        })
    };
    assert_eq!(guardians, expected(Value::Null, json!([{ "id": open }])));
    assert!(!guardians.to_string().contains(&hidden));
    let own = client.data(&ebba, query, json!({ "id": open })).await;
    assert_eq!(own["residentInbox"]["totalCount"], 2);
    assert_eq!(own["case"], expected(json!(hidden), json!([]))["case"]);
}

#[tokio::test]
async fn what_a_unit_offers_is_told_to_each_resident_with_what_stands_in_the_way() {
    let mut client = Client::new().await;
    hidden_types(&mut client).await;
    let tess_id = account_of(&client, &tess(), "Tess Testsson").await;
    let query = "query Q($unit: ID!, $subject: ID) { node(id: $unit) { ... on CareUnit {
        offering(residentId: $subject) { caseType { key } goesTo { id } canBeSent refusal { code message } } } } }";
    let offering = async |actor: &Actor, subject: Option<ResidentId>| {
        let subject = subject.map(|it| it.to_string());
        let variables = json!({ "unit": BIRCH.to_string(), "subject": subject });
        client.data(actor, query, variables).await["node"]["offering"].clone()
    };
    let told = |offers: &Value| {
        let line = |it: &Value| {
            assert_eq!(it["goesTo"]["id"], BIRCH.to_string());
            assert_eq!(it["canBeSent"].as_bool().unwrap(), it["refusal"].is_null());
            let why = it["refusal"]["message"].as_str().unwrap_or("yes");
            format!("{}: {why}", it["caseType"]["key"].as_str().unwrap())
        };
        offers.as_array().unwrap().iter().map(line).collect::<Vec<_>>()
    };
    let tess_sees = told(&offering(&resident(tess_id), None).await);
    let young = "test: cases of this type are sent by those who have turned 15";
    assert_eq!(tess_sees, ["advice: yes", "renewal: yes", young, "secret: yes"]);
    client.region.world.set("2026-03-03T00:00:00+01:00".parse().unwrap());
    let grown = told(&offering(&resident(tess_id), None).await);
    assert_eq!(grown, ["advice: yes", "renewal: yes", "test: yes", "secret: yes"]);
    sent(&client, &resident(tess_id), send(TEST, tess_id, "test")).await;

    let for_ebba = told(&offering(&resident(EVA), Some(EBBA)).await);
    let hidden = "only the resident may send cases of this type, not a proxy";
    assert_eq!(
        for_ebba,
        ["advice: yes", "renewal: yes", &format!("test: {hidden}"), &format!("secret: {hidden}")]
    );
    for (actor, subject) in
        [(resident(EVA), Some(OLLE)), (staff(RITA), None), (staff(RITA), Some(EVA))]
    {
        assert_eq!(offering(&actor, subject).await, Value::Null);
    }
}

#[tokio::test]
async fn units_are_found_by_name_division_and_service_whatever_the_accents() {
    let client = Client::new().await;
    let query = "query Q($filter: UnitFilter) { units(first: 9, filter: $filter) {
        totalCount nodes { id } } }";
    let found = async |filter: Value| {
        let data = client.data(&resident(OLLE), query, json!({ "filter": filter })).await;
        let nodes = data["units"]["nodes"].as_array().unwrap().clone();
        assert_eq!(data["units"]["totalCount"], nodes.len());
        nodes.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (birch, aspen, cedar) = (BIRCH.to_string(), ASPEN.to_string(), CEDAR.to_string());
    assert_eq!(found(Value::Null).await.len(), 4);
    for (search, expected) in [
        ("bjorken", vec![&birch]),
        ("BJÖRKEN vardcentral", vec![&birch]),
        ("narsjukvarden", vec![&aspen, &birch]),
        ("länssjukvården", vec![&cedar]),
        ("fornya RECEPT", vec![&birch]),
        ("prescription", vec![&birch]),
        ("björken aspen", vec![]),
    ] {
        assert_eq!(
            found(json!({ "search": search })).await.iter().collect::<Vec<_>>(),
            expected,
            "{search}"
        );
    }
    assert_eq!(
        found(json!({ "divisionId": NEAR.to_string() })).await,
        [aspen.clone(), birch.clone()]
    );
    assert_eq!(found(json!({ "caseTypeId": RENEWAL.to_string() })).await, [BIRCH.to_string()]);
    assert_eq!(found(json!({ "kind": "DENTAL" })).await, [""; 0]);
    let both = json!({ "divisionId": NEAR.to_string(), "search": "asp" });
    assert_eq!(found(both).await, [aspen]);
    let long = json!({ "filter": { "search": "a".repeat(201) } });
    let refused = client.ask(&resident(OLLE), query, long).await;
    assert_eq!(code(&refused).as_deref(), Some("BAD_REQUEST"));
}

#[tokio::test]
async fn a_protected_identity_is_known_to_whoever_handles_the_case_alone() {
    let client = Client::new().await;
    let (eva, olle) = (resident(EVA), resident(OLLE));
    let protect =
        json!({ "idempotencyKey": "p", "residentId": OLLE.to_string(), "protected": true });
    done(&client, &staff(GUN), "setProtectedIdentity", protect.clone()).await;
    // Not theirs to decide, and not there: the same words.
    let mut absent = protect.clone();
    absent["residentId"] = json!("resident_01JQ7Y3RSB9W1T5N4Q0Z0C2XKM");
    for actor in [eva, staff(RITA), staff(ULLA), staff(SAM)] {
        let theirs = command(&client, &actor, "setProtectedIdentity", protect.clone()).await;
        let nobodys = command(&client, &actor, "setProtectedIdentity", absent.clone()).await;
        assert_eq!(theirs, nobodys, "{actor:?}");
        assert_eq!(theirs["userErrors"][0]["code"], "FIELD_INVALID");
    }
    let case = sent(&client, &olle, send(ADVICE, OLLE, "s")).await;
    let to = json!({ "idempotencyKey": "d", "caseId": case, "handlerId": ANNA.to_string() });
    client.command(&staff(RITA), "distributeCase", to).await;
    let query = "query Q($id: ID!) { case(id: $id) {
        resident { name protectedIdentity } submittedBy { name }
        history(first: 1) { nodes { ... on CaseSubmitted { subject { name } actor { resident { name } } } } } } }";
    let names = async |actor: &Actor| {
        let data = client.data(actor, query, json!({ "id": case })).await;
        let case = &data["case"];
        assert_eq!(case["resident"]["protectedIdentity"], true);
        let event = &case["history"]["nodes"][0];
        let shown = [
            &case["resident"]["name"],
            &case["submittedBy"]["name"],
            &event["subject"]["name"],
            &event["actor"]["resident"]["name"],
        ];
        assert!(shown.iter().all(|it| *it == shown[0]), "{data}");
        shown[0].clone()
    };
    assert_eq!(names(&staff(RITA)).await, Value::Null);
    assert_eq!(names(&staff(ANNA)).await, "Olle Testsson");
    assert_eq!(names(&olle).await, "Olle Testsson");
    let mut open = protect;
    (open["protected"], open["idempotencyKey"]) = (json!(false), json!("q"));
    done(&client, &staff(GUN), "setProtectedIdentity", open).await;
    let query = "query Q($id: ID!) { case(id: $id) { resident { name } } }";
    let receivers = client.data(&staff(RITA), query, json!({ "id": case })).await;
    assert_eq!(receivers["case"]["resident"]["name"], "Olle Testsson");
}

/// One parent may be the one whom a child is protected from.
#[tokio::test]
async fn a_protected_identity_is_kept_from_a_proxy_too() {
    let mut client = Client::new().await;
    let protected = ProtectedIdentitySet { protected: true };
    client.region.register(StreamId::Resident(EBBA), vec![protected.into()], None).await;
    let query = "{ account { actsFor { resident { id name } } } }";
    let data = client.data(&resident(EVA), query, json!({})).await;
    let whom = json!([{ "resident": { "id": EBBA.to_string(), "name": null } }]);
    assert_eq!(data["account"]["actsFor"], whom);
}

#[tokio::test]
async fn a_resident_decides_how_they_are_told_of_news_and_who_acts_for_them() {
    let client = Client::new().await;
    let id = account_of(&client, &synthetic(date(1985, 5, 1), Sex::Female), "Gerd Testsson").await;
    let gerd = resident(id);
    let change = |key: &str, email: &str| json!({ "idempotencyKey": key, "byEmail": true, "byTextMessage": false, "email": email });
    let wrong = command(&client, &gerd, "changeContactPreferences", change("a", "gerd")).await;
    assert_eq!(wrong["userErrors"][0]["field"], "email");
    done(&client, &gerd, "changeContactPreferences", change("b", "gerd@example.se")).await;
    let gun = staff(GUN);
    let by_staff = command(&client, &gun, "changeContactPreferences", change("c", "a@b.se")).await;
    assert_eq!(by_staff["userErrors"][0]["code"], "NOT_ALLOWED");
    let query = "{ account { contactPreferences { byEmail byTextMessage email phone }
        proxies { resident { id } } } }";
    let mut account = client.data(&gerd, query, json!({})).await["account"].take();
    let expected =
        json!({ "byEmail": true, "byTextMessage": false, "email": "gerd@example.se", "phone": "" });
    assert_eq!(account["contactPreferences"].take(), expected);

    let grant = |key: &str, more: Value| {
        let mut input = json!({ "idempotencyKey": key, "proxyId": OLLE.to_string() });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let endless = command(&client, &gerd, "grantProxy", grant("d", json!({}))).await;
    assert_eq!(endless["userErrors"][0]["field"], "until");
    let until = json!({ "until": "2027-01-01T00:00:00Z" });
    done(&client, &gerd, "grantProxy", grant("e", until)).await;
    let case = sent(&client, &resident(OLLE), send(ADVICE, id, "for Gerd")).await;
    let query = "query Q($id: ID!) { case(id: $id) { resident { id } submittedBy { id } } }";
    let seen = client.data(&gerd, query, json!({ "id": case })).await;
    let both =
        json!({ "resident": { "id": id.to_string() }, "submittedBy": { "id": OLLE.to_string() } });
    assert_eq!(seen["case"], both);
    // The proxy gives it back, and asks again.
    let back =
        json!({ "idempotencyKey": "f", "residentId": id.to_string(), "proxyId": OLLE.to_string() });
    let first = done(&client, &resident(OLLE), "revokeProxy", back.clone()).await;
    let again = done(&client, &resident(OLLE), "revokeProxy", back).await;
    assert_eq!(again["position"], first["position"]);
    let gone = client.data(&resident(OLLE), query, json!({ "id": case })).await;
    assert_eq!(gone["case"], Value::Null);
}

#[tokio::test]
async fn a_region_decides_until_when_guardians_act_and_no_other_does() {
    let client = Client::new().await;
    let child = account_of(&client, &kim(), "Kim Testsson").await;
    let set = "mutation M($input: SetGuardianLimitInput!) { setGuardianLimit(input: $input) {
        region { id } userErrors { code field } } }";
    let limit = async |actor: &Actor, region: String, years: i32, key: &str| {
        let input = json!({
            "idempotencyKey": key, "regionId": region, "years": years, "validFrom": "2026-03-03",
        });
        client.data(actor, set, json!({ "input": input })).await["setGuardianLimit"].clone()
    };
    let refused = |code: &str, field: Value| json!({ "region": null, "userErrors": [{ "code": code, "field": field }] });
    let elsewhere = limit(&staff(GUN), SYD.to_string(), 16, "a").await;
    assert_eq!(elsewhere, refused("FIELD_INVALID", json!("regionId")));
    let ulla = limit(&staff(ULLA), NORD.to_string(), 16, "b").await;
    assert_eq!(ulla, refused("NOT_ALLOWED", Value::Null));
    let odd = limit(&staff(GUN), NORD.to_string(), 300, "c").await;
    assert_eq!(odd, refused("FIELD_INVALID", json!("years")));
    let done_so = limit(&staff(GUN), NORD.to_string(), 16, "d").await;
    assert_eq!(done_so, json!({ "region": { "id": NORD.to_string() }, "userErrors": [] }));
    let grant = json!({
        "idempotencyKey": "g", "residentId": child.to_string(), "proxyId": EVA.to_string(),
        "guardian": true,
    });
    done(&client, &staff(GUN), "grantProxy", grant).await;
    let query = "{ account { proxies { until } } }";
    let proxies = client.data(&resident(child), query, json!({})).await;
    let sixteen = json!([{ "until": "2029-03-03T23:00:00.000Z" }]);
    assert_eq!(proxies["account"]["proxies"], sixteen);
}
