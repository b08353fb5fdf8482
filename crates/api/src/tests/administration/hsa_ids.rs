//! Staff are found by their HSA-ids, and sessions are theirs who have them.

use domain::{Actor, Role};
use serde_json::{Value, json};

use super::{
    super::{
        client::{Client, code},
        region::{BIRCH, BO, GUN, NORD, ULLA, staff},
        story::submit,
    },
    ask, codes, done,
};

const OLD: &str = "SE2321000131-E000000000021";
const NEW: &str = "SE2321000131-E000000000022";
const ME: &str = "{ viewer { actor { staff { id name } } } }";

/// A handler of Birch who was registered with [`OLD`].
async fn handler(client: &Client) -> String {
    let input = json!({ "idempotencyKey": "h", "regionId": NORD.to_string(),
        "name": "Disa Testsson", "hsaId": OLD });
    let who = done(client, &staff(ULLA), "registerStaff", "staff", input).await;
    let input = json!({ "idempotencyKey": "g", "staffId": who, "role": "HANDLER",
        "place": { "unitId": BIRCH.to_string() }, "reason": "anställd" });
    done(client, &staff(ULLA), "grantRole", "staff", input).await
}

/// Who the bearer of a handler's token for `hsa_id` is at Birch; the code of the refusal where they
/// are nobody.
async fn bearer(client: &Client, hsa_id: &str) -> Result<Value, String> {
    let token = client.token_of_staff(hsa_id, Role::Handler, Some(BIRCH));
    let mut answer = client.ask_with(&token, ME, json!({})).await;
    match code(&answer) {
        Some(code) => Err(code),
        None => Ok(answer["data"]["viewer"]["actor"]["staff"].take()),
    }
}

fn replace(key: &str, who: &str, hsa_id: &str, name: Option<&str>) -> Value {
    json!({ "idempotencyKey": key, "staffId": who, "hsaId": hsa_id, "name": name })
}

#[tokio::test]
async fn an_hsa_id_opens_the_session_of_whoever_has_it_and_no_other() {
    let client = Client::new().await;
    let who = handler(&client).await;
    let disa = json!({ "id": who, "name": "Disa Testsson" });
    assert_eq!(bearer(&client, OLD).await, Ok(disa.clone()));
    assert_eq!(bearer(&client, &OLD.to_lowercase()).await, Ok(disa));
    // An HSA-id that nobody has, and assignments that its bearer does not have, are answered alike.
    assert_eq!(bearer(&client, NEW).await, Err("FORBIDDEN".to_owned()));
    for (role, unit) in [(Role::Receiver, Some(BIRCH)), (Role::Handler, None)] {
        let token = client.token_of_staff(OLD, role, unit);
        let answer = client.ask_with(&token, ME, json!({})).await;
        assert_eq!(code(&answer).as_deref(), Some("FORBIDDEN"), "{role:?}");
    }
    // By our own id it is the same person.
    let own = Actor::Staff { who: who.parse().unwrap(), role: Role::Handler, unit: Some(BIRCH) };
    assert_eq!(client.data(&own, ME, json!({})).await["viewer"]["actor"]["staff"]["id"], who);
}

#[tokio::test]
async fn a_replaced_hsa_id_opens_no_session_and_ends_those_that_it_opened() {
    let client = Client::new().await;
    let who = handler(&client).await;
    let token = client.token_of_staff(OLD, Role::Handler, Some(BIRCH));
    let watching = "subscription { inboxChanged { caseId } }";
    let mut watch = client.watch_with(&token, watching, json!({})).await;

    let asked = replace("r", &who, NEW, None);
    done(&client, &staff(GUN), "replaceStaffIdentity", "staff", asked.clone()).await;
    let again = ask(&client, &staff(GUN), "replaceStaffIdentity", "staff { id }", asked).await;
    assert_eq!(again["replayed"], true);
    assert_eq!(again["event"]["type"], "StaffIdentityReplaced");
    assert_eq!(bearer(&client, OLD).await, Err("FORBIDDEN".to_owned()));
    submit(&client, "s").await;
    assert_eq!(code(&watch.next().await.unwrap()).as_deref(), Some("FORBIDDEN"));
    assert_eq!(watch.next().await, None);

    // The name is kept where none is said.
    assert_eq!(bearer(&client, NEW).await, Ok(json!({ "id": who, "name": "Disa Testsson" })));
    let asked = replace("n", &who, OLD, Some("Disa Nytestsson"));
    done(&client, &staff(GUN), "replaceStaffIdentity", "staff", asked).await;
    assert_eq!(bearer(&client, OLD).await, Ok(json!({ "id": who, "name": "Disa Nytestsson" })));
}

#[tokio::test]
async fn staff_from_before_hsa_ids_were_recorded_get_one() {
    let client = Client::new().await;
    assert_eq!(bearer(&client, NEW).await, Err("FORBIDDEN".to_owned()));
    let asked = replace("r", &BO.to_string(), NEW, None);
    done(&client, &staff(GUN), "replaceStaffIdentity", "staff", asked).await;
    let bo = json!({ "id": BO.to_string(), "name": "Bo Testsson" });
    assert_eq!(bearer(&client, NEW).await, Ok(bo));
}

#[tokio::test]
async fn an_hsa_id_is_one_person_s_and_nobody_gives_themselves_another() {
    let client = Client::new().await;
    handler(&client).await;
    let (gun, bo) = (GUN.to_string(), BO.to_string());
    for (by, asked, expected) in [
        (GUN, replace("1", &bo, OLD, None), ("INVALID_STATE", Some("hsaId"))),
        (GUN, replace("2", &bo, "SE1-2", None), ("FIELD_INVALID", Some("hsaId"))),
        (GUN, replace("3", &gun, NEW, None), ("NOT_ALLOWED", Some("staffId"))),
        (ULLA, replace("4", &bo, NEW, None), ("NOT_ALLOWED", None)),
    ] {
        let refused = ask(&client, &staff(by), "replaceStaffIdentity", "staff { id }", asked).await;
        assert_eq!(codes(&refused), [expected]);
    }
    let input = json!({ "idempotencyKey": "again", "regionId": NORD.to_string(),
        "name": "Dan Testsson", "hsaId": OLD.to_lowercase() });
    let refused = ask(&client, &staff(ULLA), "registerStaff", "staff { id }", input).await;
    assert_eq!(codes(&refused), [("INVALID_STATE", Some("hsaId"))]);
    // No region comes to be that would have no administrator.
    let administrator = json!({ "name": "Dan Testsson", "hsaId": OLD });
    let input =
        json!({ "idempotencyKey": "r", "name": "Region Ny", "administrator": administrator });
    let refused = ask(&client, &Actor::System, "registerRegion", "region { id }", input).await;
    assert_eq!(codes(&refused), [("INVALID_STATE", Some("administrator.hsaId"))]);
    let view = client.region.engine.view(None).await.unwrap().unwrap();
    assert_eq!(view.with(|models, _| models.directory().regions().count()), 2);
}

#[tokio::test]
async fn a_name_changes_alone_and_the_hsa_id_opens_sessions_as_before() {
    let client = Client::new().await;
    let who = handler(&client).await;
    let name = |key: &str, who: &str, name: &str| json!({ "idempotencyKey": key, "staffId": who, "name": name });
    let asked = name("n", &who, "Disa Nytestsson");
    done(&client, &staff(GUN), "changeStaffName", "staff", asked.clone()).await;
    let disa = json!({ "id": who, "name": "Disa Nytestsson" });
    assert_eq!(bearer(&client, OLD).await, Ok(disa));
    let again = ask(&client, &staff(GUN), "changeStaffName", "staff { id }", asked).await;
    assert_eq!(
        (&again["replayed"], &again["event"]["type"]),
        (&json!(true), &json!("StaffIdentityReplaced"))
    );
    // The name that they have is no news; one that comes with the HSA-id that they have is kept.
    let same = name("same", &who, "Disa Nytestsson");
    let nothing = ask(&client, &staff(GUN), "changeStaffName", "staff { id }", same).await;
    assert_eq!((&nothing["event"], &nothing["userErrors"]), (&Value::Null, &json!([])));
    let asked = replace("with", &who, OLD, Some("Disa Tredje Testsson"));
    done(&client, &staff(GUN), "replaceStaffIdentity", "staff", asked).await;
    assert_eq!(bearer(&client, OLD).await.unwrap()["name"], "Disa Tredje Testsson");

    for (by, asked, expected) in [
        (GUN, name("1", &who, "  "), ("FIELD_REQUIRED", Some("name"))),
        (GUN, name("2", &GUN.to_string(), "Gun Nytestsson"), ("NOT_ALLOWED", Some("staffId"))),
        (GUN, name("3", &BO.to_string(), "Bo Nytestsson"), ("INVALID_STATE", Some("staffId"))),
        (ULLA, name("4", &who, "Disa Testsson"), ("NOT_ALLOWED", None)),
    ] {
        let refused = ask(&client, &staff(by), "changeStaffName", "staff { id }", asked).await;
        assert_eq!(codes(&refused), [expected]);
    }
}
