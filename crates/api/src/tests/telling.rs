//! What a refusal tells: enough to put it right, and nothing of what is not the asker's to know.

use serde_json::{Value, json};

use super::{
    client::Client,
    region::{ADVICE, AXEL, EBBA, EVA, GUN, OLLE, PRIVATE, ULLA, VERA, resident, staff},
    story::{submission, submit, with},
};

/// Whoever may not open cases learns of nobody whether they are registered.
#[tokio::test]
async fn who_is_registered_is_told_to_those_who_open_cases_alone() {
    let client = Client::new().await;
    let input = |subject: &str| -> Value {
        json!({
            "idempotencyKey": "o", "caseTypeId": ADVICE.to_string(), "subjectId": subject,
            "residentInformed": true, "text": "Hej",
        })
    };
    for actor in [resident(OLLE), staff(ULLA), staff(VERA), staff(AXEL), staff(GUN)] {
        let theirs = client.try_command(&actor, "openCase", input(&EVA.to_string())).await;
        let absent = client.try_command(&actor, "openCase", input("resident_99")).await;
        assert_eq!(theirs["userErrors"][0]["code"], "NOT_ALLOWED", "{actor:?}");
        assert_eq!(theirs, absent, "{actor:?}");
    }
}

/// A case goes on from one of the same resident's that the sender sees.
#[tokio::test]
async fn a_case_follows_up_only_the_same_residents() {
    let client = Client::new().await;
    let own = submit(&client, "own").await;
    let child = |key: &str, older: &str| {
        let input = with(submission(key), "subjectId", EBBA.to_string());
        with(input, "followsUp", older)
    };
    let refused = client.try_command(&resident(EVA), "submitCase", child("c", &own)).await;
    let error = &refused["userErrors"][0];
    assert_eq!((&error["code"], &error["field"]), (&json!("FIELD_INVALID"), &json!("followsUp")));

    let follow = |key: &str, older: &str| with(submission(key), "followsUp", older);
    client.command(&resident(EVA), "submitCase", follow("mine", &own)).await;
    let theirs = client.try_command(&resident(OLLE), "submitCase", follow("o", &own)).await;
    let absent = client.try_command(&resident(OLLE), "submitCase", follow("o", "case_99")).await;
    assert_eq!(theirs["userErrors"][0]["message"], "there is no such case");
    assert_eq!(theirs, absent);
}

#[tokio::test]
async fn a_resident_consents_to_a_care_provider_that_there_is() {
    let client = Client::new().await;
    let case = submit(&client, "s").await;
    let input = |to: &str| json!({ "idempotencyKey": "c", "caseId": case, "careProviderId": to });
    for to in ["provider_99", "nonsense"] {
        let refused = client.try_command(&resident(EVA), "consentToRedirect", input(to)).await;
        let error = &refused["userErrors"][0];
        let expected = (&json!("FIELD_INVALID"), &json!("careProviderId"));
        assert_eq!((&error["code"], &error["field"]), expected, "{to}");
    }
    client.command(&resident(EVA), "consentToRedirect", input(&PRIVATE.to_string())).await;
}
