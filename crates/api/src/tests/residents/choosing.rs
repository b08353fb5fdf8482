//! Choosing a unit: found by words, and what it offers to whom.

use super::*;

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
