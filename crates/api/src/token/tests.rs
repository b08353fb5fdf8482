//! Tokens that are believed, and every way in which one is not.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Actor, ResidentId, Role, StaffId, UnitId,
    identity::{HsaId, Mode},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{DevIssuer, Employed, KeySet, KeySetError, TokenError, Who};

fn now() -> Timestamp {
    "2026-03-02T09:00:00+01:00".parse().unwrap()
}

fn in_an_hour() -> Timestamp {
    now() + SignedDuration::from_hours(1)
}

fn issuer() -> DevIssuer {
    DevIssuer::from_seed([7; 32])
}

const ANNA: Actor =
    Actor::Staff { who: StaffId::new(2), role: Role::Handler, unit: Some(UnitId::new(1)) };

#[test]
fn a_token_says_who_in_which_assignment_and_why() {
    let keys = issuer().key_set().unwrap();
    let eva = Actor::Resident { who: ResidentId::new(1), on_behalf_of: None };
    let auditor = Actor::Staff { who: StaffId::new(3), role: Role::Auditor, unit: None };
    for actor in [ANNA, eva, auditor, Actor::System] {
        let token = issuer().token(&actor, in_an_hour()).unwrap();
        let viewer = keys.verify(&token, now()).unwrap();
        assert_eq!(viewer.who, Who::Known(actor));
        let purpose = matches!(actor, Actor::Staff { .. }).then_some("Vård och behandling");
        assert_eq!(viewer.purpose.as_deref(), purpose);
    }
}

#[test]
fn a_token_is_good_for_its_time_alone() {
    let keys = issuer().key_set().unwrap();
    let token = issuer().token(&ANNA, in_an_hour()).unwrap();
    let after = |seconds| in_an_hour() + SignedDuration::from_secs(seconds);
    assert!(keys.verify(&token, after(29)).is_ok());
    assert!(matches!(keys.verify(&token, after(30)), Err(TokenError::Expired)));
}

#[test]
fn a_token_that_was_changed_is_not_believed() {
    let keys = issuer().key_set().unwrap();
    let token = issuer().token(&ANNA, in_an_hour()).unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let claims = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
    let mut claims: Value = serde_json::from_slice(&claims).unwrap();
    claims["role"] = json!("auditor");
    let forged = URL_SAFE_NO_PAD.encode(claims.to_string());
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"development"}"#);
    let symmetric = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","kid":"development"}"#);
    for token in [
        format!("{}.{forged}.{}", parts[0], parts[2]),
        format!("{none}.{}.", parts[1]),
        format!("{symmetric}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        String::new(),
        "a.b.c".to_owned(),
    ] {
        assert!(matches!(keys.verify(&token, now()), Err(TokenError::Invalid(_))), "{token}");
    }
}

#[test]
fn another_issuer_is_not_believed() {
    let keys = issuer().key_set().unwrap();
    let other = DevIssuer::from_seed([8; 32]).token(&ANNA, in_an_hour()).unwrap();
    assert!(matches!(keys.verify(&other, now()), Err(TokenError::Invalid(_))));
}

/// Signed rightly, and yet not enough.
#[test]
fn what_a_token_must_say_is_missed() {
    use jsonwebtoken::{Algorithm, Header, encode};

    let keys = issuer().key_set().unwrap();
    let good = json!({
        "iss": "arende-development", "aud": "arende", "sub": "staff_2", "role": "handler",
        "unit": "unit_1", "acr": "http://id.sambi.se/loa/loa3", "exp": in_an_hour().as_second(),
    });
    let sign = |claims: &Value, kid: Option<&str>| {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = kid.map(str::to_owned);
        encode(&header, claims, &issuer().key).unwrap()
    };
    let verify = |claims: &Value| keys.verify(&sign(claims, Some("development")), now());
    assert_eq!(verify(&good).unwrap().who, Who::Known(ANNA));

    let with = |claim: &str, value: Value| {
        let mut claims = good.clone();
        claims[claim] = value;
        claims
    };
    for (claim, value) in [
        ("iss", json!("someone-else")),
        ("aud", json!("another-service")),
        ("exp", json!("tomorrow")),
        ("role", json!("king")),
        ("unit", json!("birch")),
    ] {
        let refused = verify(&with(claim, value));
        assert!(matches!(refused, Err(TokenError::Invalid(_))), "{claim}: {refused:?}");
    }
    for value in [json!("http://id.sambi.se/loa/loa2"), Value::Null] {
        assert!(matches!(verify(&with("acr", value)), Err(TokenError::Assurance)));
    }
    for (claim, value) in
        [("sub", json!("case_1")), ("sub", json!("resident_1")), ("role", Value::Null)]
    {
        assert!(matches!(verify(&with(claim, value)), Err(TokenError::Subject)), "{claim}");
    }
    assert!(matches!(verify(&with("sub", json!("Anna"))), Err(TokenError::HsaId(_))));
    let later = (now() + SignedDuration::from_secs(31)).as_second();
    assert!(matches!(verify(&with("nbf", json!(later))), Err(TokenError::TooEarly)));
    for kid in [None, Some("another")] {
        let refused = keys.verify(&sign(&good, kid), now());
        assert!(matches!(refused, Err(TokenError::UnknownKey)), "{kid:?}");
    }
}

#[test]
fn a_set_of_keys_needs_one_that_can_be_used() {
    let set = |text: &str| KeySet::new("issuer", "arende", text).map(|_| ());
    assert!(matches!(set("{"), Err(KeySetError::Malformed(_))));
    for keys in [
        r#"{"keys":[]}"#,
        r#"{"keys":[{"kty":"oct","kid":"a","alg":"HS256","k":"c2VjcmV0"}]}"#,
        r#"{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
    ] {
        assert!(matches!(set(keys), Err(KeySetError::Empty)), "{keys}");
    }
}

/// Tokens of e-ids say a number, and any subject; what they say is read and checked.
#[test]
fn a_token_may_say_who_by_a_number() {
    use domain::identity::{Sex, synthetic};
    use jiff::civil::date;

    let keys = issuer().key_set().unwrap();
    let (listed, made_up) =
        (synthetic(date(1981, 2, 28), Sex::Female), synthetic(date(1990, 2, 28), Sex::Female));
    for number in [listed, made_up] {
        let token = issuer().token_for_number(&number, Some("Eva Testsson"), in_an_hour()).unwrap();
        let bearer = keys.verify(&token, now()).unwrap();
        let claimed = &bearer.claim.as_ref().unwrap().number;
        assert_eq!((&bearer.who, claimed), (&Who::Numbered, &number));
        assert_eq!(format!("{:?}", bearer.claim), "Some(Claim(…))");
    }
    // Of any other issuer, only numbers that can be a person's.
    let live = KeySet { numbers: Mode::Live, ..keys };
    let verify = |number| {
        let token = issuer().token_for_number(&number, Some("Eva Testsson"), in_an_hour()).unwrap();
        live.verify(&token, now())
    };
    assert!(verify(listed).is_ok());
    assert!(matches!(verify(made_up), Err(TokenError::Number(_))));
    // A coordination number, by a claim of its own, as an issuer of e-ids would write it.
    let coordination = |number: &str| {
        let claims = json!({
            "iss": "arende-development", "aud": "arende", "sub": "9f1c", "name": "Eva Testsson",
            "acr": "http://id.elegnamnden.se/loa/1.0/loa3", "exp": in_an_hour().as_second(),
            "https://id.oidc.se/claim/coordinationNumber": number,
        });
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
        header.kid = Some("development".to_owned());
        let token = jsonwebtoken::encode(&header, &claims, &issuer().key).unwrap();
        live.verify(&token, now()).map(|bearer| bearer.claim.unwrap().number.expose_digits())
    };
    assert_eq!(coordination("189001619809").unwrap(), "189001619809");
    assert!(matches!(coordination("189001619808"), Err(TokenError::Number(_))));
}

/// Tokens of staff say an HSA-id, as the subject or beside another, and in which assignment.
#[test]
fn a_token_may_say_who_by_an_hsa_id() {
    let keys = issuer().key_set().unwrap();
    let hsa_id: HsaId = "SE2321000131-E000000000123".parse().unwrap();
    for unit in [Some(UnitId::new(1)), None] {
        let role = Role::Auditor;
        let token = issuer().token_for_hsa_id(&hsa_id, role, unit, in_an_hour()).unwrap();
        let bearer = keys.verify(&token, now()).unwrap();
        assert_eq!(bearer.who, Who::Employed(Employed { hsa_id: hsa_id.clone(), role, unit }));
        assert_eq!(bearer.purpose.as_deref(), Some("Vård och behandling"));
    }
    let said = |sub: &str, employee: Option<&str>, role: Option<&str>| {
        let claims = json!({
            "iss": "arende-development", "aud": "arende", "sub": sub, "role": role,
            "employeeHsaId": employee, "acr": "http://id.sambi.se/loa/loa3",
            "exp": in_an_hour().as_second(),
        });
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
        header.kid = Some("development".to_owned());
        let token = jsonwebtoken::encode(&header, &claims, &issuer().key).unwrap();
        keys.verify(&token, now()).map(|bearer| bearer.who)
    };
    let (role, unit) = (Role::Analyst, None);
    let employed = Who::Employed(Employed { hsa_id, role, unit });
    // However it is written, and beside whatever the issuer calls the person.
    let lower = "se2321000131-e000000000123";
    assert_eq!(said(lower, None, Some("analyst")).unwrap(), employed);
    assert_eq!(said("9f1c", Some(lower), Some("analyst")).unwrap(), employed);
    for wrong in ["SE232100013-E1", "SE2321000131-", "NO2321000131-E1", ""] {
        let refused = said("9f1c", Some(wrong), Some("analyst"));
        assert!(matches!(refused, Err(TokenError::HsaId(_))), "{wrong}: {refused:?}");
    }
    // Nobody is anything without a role.
    assert!(matches!(said(lower, Some(lower), None), Err(TokenError::Subject)));
}
