//! Protected identities (skyddade personuppgifter).

use super::*;

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
        let theirs = answer(&client, &actor, "setProtectedIdentity", protect.clone()).await;
        let nobodys = answer(&client, &actor, "setProtectedIdentity", absent.clone()).await;
        assert_eq!(theirs, nobodys, "{actor:?}");
        assert_eq!(code(&theirs).as_deref(), Some("NOT_FOUND"));
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
