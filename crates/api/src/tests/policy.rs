//! Who sees what of cases, units and people, by name; and that what is not theirs looks like
//! nothing. `matrix.rs` has everyone against every field.

use std::{collections::BTreeMap, fmt::Write as _};

use domain::Actor;
use expect_test::expect;
use serde_json::{Value, json};

use super::{
    client::{Client, code},
    region::{
        ADVICE, ANNA, ASPEN, AXEL, BIRCH, BO, CEDAR, DUNE, EBBA, EVA, FAR, GUN, HANNA, KIM, NEAR,
        NORD, OLLE, RITA, ROLF, SAM, SYD, ULLA, VERA, VIDE, everyone, resident, staff,
    },
};

/// Eva's case at Birch, held by Anna, with a note.
async fn held_case(client: &Client) -> String {
    let submission = json!({
        "idempotencyKey": "s", "unitId": BIRCH.to_string(), "caseTypeId": ADVICE.to_string(),
        "formVersion": 1, "termsVersion": 1, "text": "Hej",
    });
    let payload = client.command(&resident(EVA), "submitCase", submission).await;
    let case = payload["case"]["id"].as_str().unwrap().to_owned();
    let to = json!({ "idempotencyKey": "d", "caseId": case, "handlerId": ANNA.to_string() });
    client.command(&staff(RITA), "distributeCase", to).await;
    let note = json!({ "idempotencyKey": "n", "caseId": case, "text": "Hm" });
    client.command(&staff(RITA), "addNote", note).await;
    case
}

fn name(actor: &Actor) -> &'static str {
    let residents = [(EVA, "Eva"), (EBBA, "Ebba"), (OLLE, "Olle")];
    let members = [
        (RITA, "Rita"),
        (ANNA, "Anna"),
        (BO, "Bo"),
        (ULLA, "Ulla"),
        (ROLF, "Rolf"),
        (HANNA, "Hanna"),
        (KIM, "Kim"),
        (SAM, "Sam"),
        (GUN, "Gun"),
        (VERA, "Vera"),
        (VIDE, "Vide"),
        (AXEL, "Axel"),
    ];
    match *actor {
        Actor::Resident { who, .. } => residents.iter().find(|it| it.0 == who).unwrap().1,
        Actor::Staff { who, .. } => members.iter().find(|it| it.0 == who).unwrap().1,
        Actor::System => "System",
    }
}

/// `Anna Rita`: those for whom `sees` holds, in the order of the region's picture.
async fn those(sees: impl AsyncFn(Actor) -> bool) -> String {
    let mut names = vec![];
    for actor in everyone() {
        if sees(actor).await {
            names.push(name(&actor));
        }
    }
    names.join(" ")
}

/// The whole table, kept by hand. Read a difference as what it is: someone sees more, or less.
#[expect(clippy::too_many_lines, reason = "one table")]
#[tokio::test]
async fn everyone_sees_what_is_theirs_and_nothing_else() {
    let client = Client::new().await;
    let case = held_case(&client).await;
    let id = json!({ "id": case });
    let of_case = [
        ("the case", "case(id: $id) { id }", "/case/id"),
        (
            "its history",
            "caseHistory(caseId: $id, first: 9) { totalCount }",
            "/caseHistory/totalCount",
        ),
        ("by its id", "node(id: $id) { id }", "/node/id"),
        (
            "messages",
            "case(id: $id) { messages(first: 9) { totalCount } }",
            "/case/messages/totalCount",
        ),
        ("names", "case(id: $id) { resident { name } }", "/case/resident/name"),
    ];
    let mut table = String::new();
    for (what, field, pointer) in of_case {
        let query = format!("query Q($id: ID!) {{ {field} }}");
        let sees = async |actor| {
            let data = client.data(&actor, &query, id.clone()).await;
            !data.pointer(pointer).unwrap_or(&Value::Null).is_null()
        };
        writeln!(table, "{what}: {}", those(sees).await).unwrap();
    }
    for (what, unit) in [("Birch", BIRCH), ("Aspen", ASPEN), ("Cedar", CEDAR), ("Dune", DUNE)] {
        let query = "query Q($id: ID!) { unitInbox(unitId: $id, first: 9) { totalCount } }";
        let sees = async |actor| {
            let data = client.data(&actor, query, json!({ "id": unit.to_string() })).await;
            !data["unitInbox"].is_null()
        };
        writeln!(table, "inbox of {what}: {}", those(sees).await).unwrap();
    }
    for (what, field) in [("own cases held", "handlerInbox"), ("own cases", "residentInbox")] {
        let query = format!("{{ {field}(first: 9) {{ totalCount }} }}");
        let sees = async |actor| !client.data(&actor, &query, json!({})).await[field].is_null();
        writeln!(table, "{what}: {}", those(sees).await).unwrap();
    }
    let scopes = [
        ("Birch", json!({ "unitId": BIRCH.to_string() })),
        ("Cedar", json!({ "unitId": CEDAR.to_string() })),
        ("division Near", json!({ "divisionId": NEAR.to_string() })),
        ("division Far", json!({ "divisionId": FAR.to_string() })),
        ("region Nord", json!({ "regionId": NORD.to_string() })),
        ("region Syd", json!({ "regionId": SYD.to_string() })),
    ];
    for (what, scope) in scopes {
        let query = "query Q($scope: StatisticsScope!) { statistics(scope: $scope,
            period: { from: \"2026-03-01\", to: \"2026-03-31\" }) { received } }";
        let sees = async |actor| {
            let data = client.data(&actor, query, json!({ "scope": scope })).await;
            !data["statistics"].is_null()
        };
        writeln!(table, "statistics of {what}: {}", those(sees).await).unwrap();
    }
    for (what, id) in [
        ("unit Birch", BIRCH.to_string()),
        ("unit Dune", DUNE.to_string()),
        ("region Nord", NORD.to_string()),
        ("case type Advice", ADVICE.to_string()),
        ("resident Ebba", EBBA.to_string()),
        ("staff Anna", ANNA.to_string()),
    ] {
        let query = "query Q($id: ID!) { node(id: $id) { id } }";
        let sees =
            async |actor| !client.data(&actor, query, json!({ "id": id })).await["node"].is_null();
        writeln!(table, "{what}: {}", those(sees).await).unwrap();
    }
    let query = "query Q($id: ID!) { node(id: $id) { ... on CareUnit { handlers(first: 9) { totalCount } } } }";
    let sees = async |actor| {
        let data = client.data(&actor, query, json!({ "id": BIRCH.to_string() })).await;
        !data["node"]["handlers"].is_null()
    };
    writeln!(table, "handlers of Birch: {}", those(sees).await).unwrap();
    expect![[r"
        the case: Eva Rita Anna Vera
        its history: Eva Rita Anna Vera
        by its id: Eva Rita Anna Vera
        messages: Eva Rita Anna
        names: Eva Rita Anna
        inbox of Birch: Rita Vera
        inbox of Aspen: Rolf Vera Vide
        inbox of Cedar: Kim Vera
        inbox of Dune: Sam
        own cases held: Anna Bo Hanna
        own cases: Eva Ebba Olle
        statistics of Birch: Ulla Gun Axel
        statistics of Cedar: Gun Axel
        statistics of division Near: Gun Axel
        statistics of division Far: Gun Axel
        statistics of region Nord: Gun Axel
        statistics of region Syd: 
        unit Birch: Eva Ebba Olle Rita Anna Bo Ulla Rolf Hanna Kim Gun Vera Vide Axel
        unit Dune: Eva Ebba Olle Sam
        region Nord: Eva Ebba Olle Rita Anna Bo Ulla Rolf Hanna Kim Gun Vera Vide Axel
        case type Advice: Eva Ebba Olle Rita Anna Bo Ulla Rolf Hanna Kim Gun Vera Vide Axel
        resident Ebba: Eva Ebba
        staff Anna: Rita Anna Bo Ulla Gun
        handlers of Birch: Rita Anna Bo Ulla Gun
    "]]
    .assert_eq(&table);
}

/// Byte for byte but for the ids: nobody can tell what is not theirs from what is not there.
#[tokio::test]
async fn what_is_not_yours_looks_like_what_is_not_there() {
    let client = Client::new().await;
    let case = held_case(&client).await;
    let absent = "case_01JQ7Y3RSB9W1T5N4Q0Z0C2XKM";
    let of_case = [
        "query Q($id: ID!) { case(id: $id) { id state } }",
        "query Q($id: ID!) { node(id: $id) { id } }",
        "query Q($id: ID!) { nodes(ids: [$id, $id]) { id } }",
        "query Q($id: ID!) { caseHistory(caseId: $id, first: 9) { totalCount } }",
        "query Q($id: ID!) { caseHistory(caseId: $id) { totalCount } }",
        "query Q($id: ID!) { case(id: $id, asOf: { time: \"2026-03-02T10:00:00Z\" }) { id } }",
        "mutation M($id: ID!) { answerCase(input: { caseId: $id, idempotencyKey: \"k\", text: \"x\" }) { userErrors { code message } } }",
        "mutation M($id: ID!) { closeCase(input: { caseId: $id, idempotencyKey: \"c\", expectedVersion: 1 }) { conflict { actualVersion } } }",
    ];
    let of_unit = [
        "query Q($id: ID!) { unitInbox(unitId: $id, first: 9) { totalCount } }",
        "query Q($id: ID!) { statistics(scope: { unitId: $id }, period: { from: \"2026-03-01\", to: \"2026-03-02\" }) { open } }",
    ];
    let of_person = ["query Q($id: ID!) { node(id: $id) { id } }"];
    let pairs = [
        (&of_case[..], case.clone(), absent),
        (&of_unit[..], DUNE.to_string(), "unit_01JQ7Y3RSB9W1T5N4Q0Z0C2XKM"),
        (&of_person[..], EBBA.to_string(), "resident_01JQ7Y3RSB9W1T5N4Q0Z0C2XKM"),
        (&of_person[..], SAM.to_string(), "staff_01JQ7Y3RSB9W1T5N4Q0Z0C2XKM"),
    ];
    let answer = async |actor: &Actor, query: &str, id: &str| {
        let mut answer = client.ask(actor, query, json!({ "id": id })).await;
        if let Some(extensions) = answer.pointer_mut("/errors/0/extensions") {
            extensions["requestId"] = json!("the request's");
        }
        answer.to_string().replace(id, "the id")
    };
    let mut compared = BTreeMap::<&str, u32>::new();
    for actor in [resident(OLLE), staff(BO), staff(ULLA), staff(GUN), staff(AXEL), staff(KIM)] {
        for (queries, theirs, absent) in &pairs {
            for query in *queries {
                let (theirs, absent) =
                    (answer(&actor, query, theirs).await, answer(&actor, query, absent).await);
                assert_eq!(theirs, absent, "{query} by {}", name(&actor));
                *compared.entry(name(&actor)).or_default() += 1;
            }
        }
    }
    assert!(compared.values().all(|it| *it == 12), "{compared:?}");
}

#[tokio::test]
async fn a_role_that_was_taken_away_is_gone_at_the_next_request() {
    let mut client = Client::new().await;
    let case = held_case(&client).await;
    let query = "query Q($id: ID!) { case(id: $id) { state } }";
    let id = json!({ "id": case });
    assert_eq!(client.data(&staff(ANNA), query, id.clone()).await["case"]["state"], "DISTRIBUTED");
    let watching = "subscription S($id: ID!) { caseEvents(caseId: $id, after: \"0\") { type } }";
    let mut watch = client.watch(&staff(ANNA), watching, id.clone()).await;
    assert_eq!(watch.data().await["caseEvents"]["type"], "CASE_SUBMITTED");
    client.region.revoke(ANNA).await;
    let answer = client.ask(&staff(ANNA), query, id).await;
    assert_eq!(code(&answer).as_deref(), Some("FORBIDDEN"));
    let refused = watch.next().await.unwrap();
    assert_eq!(code(&refused).as_deref(), Some("FORBIDDEN"));
    assert_eq!(watch.next().await, None);
}

/// The receiver looks back, and sees of the past only what is still theirs to see.
#[tokio::test]
async fn the_past_is_shown_to_those_who_may_look_at_present() {
    let client = Client::new().await;
    let case = held_case(&client).await;
    client.region.wait_hours(1);
    let query = "query Q($unit: ID!, $asOf: AsOf) {
        unitInbox(unitId: $unit, asOf: $asOf, first: 9) { totalCount nodes { id } } }";
    let then = json!({ "time": "2026-03-02T09:30:00+01:00" });
    let variables = json!({ "unit": BIRCH.to_string(), "asOf": then });
    let inbox =
        async || client.data(&staff(RITA), query, variables.clone()).await["unitInbox"].clone();
    assert_eq!(inbox().await, json!({ "totalCount": 1, "nodes": [{ "id": case }] }));
    let away = json!({ "idempotencyKey": "r", "caseId": case, "unitId": ASPEN.to_string() });
    client.command(&staff(RITA), "redirectCase", away).await;
    assert_eq!(inbox().await, json!({ "totalCount": 0, "nodes": [] }));
}
