//! Guardians and other proxies, until when they act, and what stays hidden from them.

use super::*;

#[tokio::test]
async fn a_guardian_sees_and_sends_until_the_thirteenth_birthday_and_nothing_from_then_on() {
    let client = Client::new().await;
    let (eva, child) = (resident(EVA), account_of(&client, &kim(), "Kim Testsson").await);
    let grant = json!({
        "idempotencyKey": "g", "residentId": child.to_string(), "proxyId": EVA.to_string(),
        "guardian": true,
    });
    let refused = answer(&client, &eva, "grantProxy", grant.clone()).await;
    assert_eq!(code(&refused).as_deref(), Some("NOT_FOUND"));
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
    let elsewhere = json!({ "idempotencyKey": "a", "regionId": SYD.to_string(), "years": 16,
        "validFrom": "2026-03-03" });
    let elsewhere = answer(&client, &staff(GUN), "setGuardianLimit", elsewhere).await;
    assert_eq!(code(&elsewhere).as_deref(), Some("NOT_FOUND"));
    let ulla = limit(&staff(ULLA), NORD.to_string(), 16, "b").await;
    assert_eq!(ulla, refused("NOT_ALLOWED", Value::Null));
    let odd = limit(&staff(GUN), NORD.to_string(), 300, "c").await;
    assert_eq!(odd, refused("FIELD_INVALID", json!("years")));
    let done_so = limit(&staff(GUN), NORD.to_string(), 16, "d").await;
    assert_eq!(done_so, json!({ "region": { "id": NORD.to_string() }, "userErrors": [] }));
    let decided = "query Q($id: ID!) { node(id: $id) { ... on Region {
        guardianLimits { validFrom years } administratorBounds { fewest most } } } }";
    let decided = client.data(&staff(ULLA), decided, json!({ "id": NORD.to_string() })).await;
    let expected = json!({ "guardianLimits": [{ "validFrom": "2026-03-03", "years": 16 }],
        "administratorBounds": { "fewest": 1, "most": 2 } });
    assert_eq!(decided["node"], expected);
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
