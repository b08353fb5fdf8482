//! A unit's own options: set, shown, answered and looked back at.

use domain::CaseTypeId;

use super::*;

/// The shipped type whose first question units may have options of their own in, offered by Birch
/// and Aspen.
async fn contact(client: &Client) -> String {
    let input = json!({ "idempotencyKey": "t", "regionId": NORD.to_string(),
        "caseType": { "shipped": { "key": "specialist_contact" } } });
    let contact = done(client, &staff(GUN), "defineCaseType", "caseType", input).await;
    for unit in [BIRCH, ASPEN] {
        offer(client, unit, &contact).await;
    }
    contact
}

async fn offer(client: &Client, unit: UnitId, case_type: &str) {
    let input = json!({ "idempotencyKey": format!("offer {unit} {case_type}"),
        "unitId": unit.to_string(), "caseTypeId": case_type });
    done(client, &staff(GUN), "offerCaseType", "unit", input).await;
}

/// The payload of setting the options of `unit`, by whoever asks.
async fn set(
    client: &Client,
    by: StaffId,
    (unit, case_type, field): (UnitId, &str, &str),
    values: &[&str],
) -> Value {
    let option = |value: &&str| json!({ "value": value, "label": { "sv": format!("{value}!") } });
    let key = format!("{by} {unit} {case_type} {field} {values:?}");
    let input = json!({ "idempotencyKey": key, "unitId": unit.to_string(),
        "caseTypeId": case_type, "field": field,
        "options": values.iter().map(option).collect::<Vec<_>>() });
    ask(client, &staff(by), "setUnitOptions", "unit { id }", input).await
}

/// The values that the first question takes, as a form with these arguments and its JSON Schema
/// tell them.
async fn shown(client: &Client, case_type: &str, arguments: &str) -> Vec<String> {
    let query = format!(
        "query Q($id: ID!) {{ node(id: $id) {{ ... on CaseType {{ form{arguments} {{
            version jsonSchema fields {{ key options {{ value labelSv }} }} }} }} }} }}"
    );
    let told = client.data(&resident(EVA), &query, json!({ "id": case_type })).await;
    let form = &told["node"]["form"];
    assert_eq!(form["version"], 1);
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let first = &form["fields"][0];
    let options = first["options"].as_array().unwrap();
    let values: Vec<String> = options.iter().map(|it| text(&it["value"])).collect();
    let schema: Value = serde_json::from_str(form["jsonSchema"].as_str().unwrap()).unwrap();
    let of_schema = &schema["properties"][text(&first["key"])]["oneOf"];
    let of_schema = of_schema.as_array().unwrap();
    assert_eq!(of_schema.iter().map(|it| text(&it["const"])).collect::<Vec<_>>(), values);
    values
}

fn of_unit(unit: UnitId) -> String {
    format!("(unitId: \"{unit}\")")
}

fn case(unit: UnitId, case_type: &str, key: &str, whom: &str) -> Value {
    json!({ "idempotencyKey": key, "unitId": unit.to_string(), "caseTypeId": case_type,
        "formVersion": 1, "termsVersion": 1, "answers": [
            { "field": "function", "value": { "text": whom } },
            { "field": "question", "value": { "text": "När har ni tid?" } } ] })
}

#[tokio::test]
async fn answers_are_held_to_the_options_of_the_unit_at_that_moment() {
    let client = Client::new().await;
    let contact = contact(&client).await;
    let of_type = shown(&client, &contact, "").await;
    assert!(of_type.contains(&"dietitian".to_owned()));
    let choice = (BIRCH, &*contact, "function");
    let payload = set(&client, ULLA, choice, &["foot_care", "other"]).await;
    assert_eq!(payload["event"]["type"], "UnitOptionsSet");
    assert_eq!(payload["unit"]["id"], BIRCH.to_string());

    assert_eq!(shown(&client, &contact, &of_unit(BIRCH)).await, ["foot_care", "other"]);
    // Another unit, none at all, one of another region, and what is no unit.
    let elsewhere = [of_unit(ASPEN), String::new(), of_unit(DUNE), "(unitId: \"x\")".to_owned()];
    for arguments in elsewhere {
        assert_eq!(shown(&client, &contact, &arguments).await, of_type, "{arguments}");
    }

    let eva = resident(EVA);
    for (key, unit, whom, is_taken) in [
        ("a", BIRCH, "foot_care", true),
        ("b", BIRCH, "dietitian", false),
        ("c", ASPEN, "dietitian", true),
        ("d", ASPEN, "foot_care", false),
    ] {
        let payload = client.try_command(&eva, "submitCase", case(unit, &contact, key, whom)).await;
        let expected: &[_] =
            if is_taken { &[] } else { &[("FIELD_INVALID", Some("answers.function"))] };
        assert_eq!(codes(&payload), expected, "{whom} at {unit}");
    }
}

#[tokio::test]
async fn an_answer_outlives_the_option_that_it_was() {
    let client = Client::new().await;
    let contact = contact(&client).await;
    let choice = (BIRCH, &*contact, "function");
    set(&client, ULLA, choice, &["foot_care", "other"]).await;
    let eva = resident(EVA);
    let first = client.command(&eva, "submitCase", case(BIRCH, &contact, "a", "foot_care")).await;
    client.region.wait_hours(1);
    set(&client, ULLA, choice, &["wound_care"]).await;

    // The case says what was chosen, and the form of that moment what it was called.
    let query = "query Q($id: ID!) { case(id: $id) { caseType { id } unit { id }
        messages(first: 1) { nodes { position answers { field text } } } } }";
    for by in [eva, staff(RITA)] {
        let told = client.data(&by, query, json!({ "id": first["case"]["id"] })).await;
        let message = &told["case"]["messages"]["nodes"][0];
        assert_eq!(message["answers"][0], json!({ "field": "function", "text": "foot_care" }));
        let then = format!("asOf: {{ position: {} }}", message["position"]);
        let arguments = format!("(unitId: \"{BIRCH}\", version: 1, {then})");
        assert_eq!(shown(&client, &contact, &arguments).await, ["foot_care", "other"]);
    }
    assert_eq!(shown(&client, &contact, &of_unit(BIRCH)).await, ["wound_care"]);

    // What was sent stays sent, and is not taken again.
    let again = client.command(&eva, "submitCase", case(BIRCH, &contact, "a", "foot_care")).await;
    assert_eq!((&again["replayed"], &again["case"]["id"]), (&json!(true), &first["case"]["id"]));
    let other = client.try_command(&eva, "submitCase", case(BIRCH, &contact, "b", "foot_care"));
    assert_eq!(codes(&other.await), [("FIELD_INVALID", Some("answers.function"))]);

    // Without any, the form's are back.
    set(&client, ULLA, choice, &[]).await;
    let of_type = shown(&client, &contact, "").await;
    assert_eq!(shown(&client, &contact, &of_unit(BIRCH)).await, of_type);
}

/// A type of the region's own with a choice that units may have options of their own in: one that
/// units start, or one that residents start and that is central to a unit.
async fn kit(client: &Client, central: Option<UnitId>) -> String {
    let option = |value: &str| json!({ "value": value, "label": { "sv": "Val" } });
    let fields = json!([{ "key": "function", "label": { "sv": "Vad?" }, "type": "CHOICE",
            "options": [option("kit"), option("visit")], "unitMayReplace": true },
        { "key": "question", "label": { "sv": "Fråga" }, "type": "TEXT" }]);
    let (scope, started_by) =
        if central.is_some() { ("CENTRAL", "RESIDENT") } else { ("REGION_COMMON", "UNIT") };
    let input = json!({ "idempotencyKey": "t", "regionId": NORD.to_string(),
        "caseType": { "own": { "terms": { "sv": "Ring 112." }, "definition": {
            "key": "kit", "name": { "sv": "Prov", "en": "Test" }, "scope": scope,
            "centralUnitId": central.map(|it| it.to_string()), "workingDays": 2,
            "startedBy": started_by, "fields": fields } } } });
    done(client, &staff(GUN), "defineCaseType", "caseType", input).await
}

#[tokio::test]
async fn what_a_unit_opens_is_held_to_its_own_options_too() {
    let client = Client::new().await;
    let kit = kit(&client, None).await;
    offer(&client, BIRCH, &kit).await;
    assert_eq!(codes(&set(&client, ULLA, (BIRCH, &kit, "function"), &["blood"]).await), []);
    let open = async |key: &str, whom: &str| {
        let mut input = case(BIRCH, &kit, key, whom);
        let all = input.as_object_mut().unwrap();
        all.retain(|field, _| !["unitId", "termsVersion"].contains(&field.as_str()));
        all.insert("subjectId".into(), json!(EVA.to_string()));
        all.insert("residentInformed".into(), json!(true));
        client.try_command(&staff(ANNA), "openCase", input).await
    };
    let refused = open("a", "visit").await;
    assert_eq!(codes(&refused), [("FIELD_INVALID", Some("answers.function"))]);
    assert_eq!(codes(&open("a", "blood").await), []);
}

#[tokio::test]
async fn a_central_type_has_the_options_of_the_unit_that_its_cases_go_to() {
    let client = Client::new().await;
    let kit = kit(&client, Some(ASPEN)).await;
    offer(&client, BIRCH, &kit).await;

    let refused = set(&client, ULLA, (BIRCH, &kit, "function"), &["blood"]).await;
    assert_eq!(codes(&refused), [("FIELD_INVALID", Some("caseTypeId"))]);
    let payload = set(&client, GUN, (ASPEN, &kit, "function"), &["kit", "blood"]).await;
    assert_eq!(codes(&payload), []);
    for unit in [BIRCH, ASPEN] {
        assert_eq!(shown(&client, &kit, &of_unit(unit)).await, ["kit", "blood"]);
    }
    let eva = resident(EVA);
    client.command(&eva, "submitCase", case(BIRCH, &kit, "a", "blood")).await;
    let refused = client.try_command(&eva, "submitCase", case(BIRCH, &kit, "b", "visit")).await;
    assert_eq!(codes(&refused), [("FIELD_INVALID", Some("answers.function"))]);
}

#[tokio::test]
async fn what_is_wrong_with_options_is_told_in_both_languages_and_where() {
    let client = Client::new().await;
    let input = json!({ "idempotencyKey": "t", "regionId": NORD.to_string(),
        "caseType": { "shipped": { "key": "request_certificate" } } });
    let certificate = done(&client, &staff(GUN), "defineCaseType", "caseType", input).await;
    let query = "mutation M($input: SetUnitOptionsInput!) { setUnitOptions(input: $input) {
        unit { id } position userErrors { code message messageSv field } } }";
    let ask = async |unit: UnitId, case_type: &str, field: &str, values: &[&str]| {
        let option = |it: &&str| json!({ "value": it, "label": { "sv": "Val" } });
        let options: Vec<Value> = values.iter().map(option).collect();
        let input = json!({ "idempotencyKey": format!("{unit} {case_type} {field} {values:?}"),
            "unitId": unit.to_string(), "caseTypeId": case_type, "field": field,
            "options": options });
        client.ask(&staff(GUN), query, json!({ "input": input })).await
    };
    let told = async |case_type: &str, field: &str, values: &[&str]| {
        let mut told = ask(BIRCH, case_type, field, values).await["data"]["setUnitOptions"].take();
        assert_eq!(told["unit"], Value::Null);
        told["userErrors"].take()
    };
    let errors = told(&certificate, "certificate", &["work", "Skola"]).await;
    assert_eq!(
        errors,
        json!([
            { "code": "FIELD_INVALID", "field": "options",
              "message": "`certificate` has the option `Skola`, which is none: lowercase \
                          letters, digits and `_`, 40 in all",
              "messageSv": errors[0]["messageSv"] },
            { "code": "FIELD_INVALID", "field": "options",
              "message": "`certificate_other` is shown by an answer that `certificate` cannot have",
              "messageSv": errors[1]["messageSv"] },
        ])
    );
    let swedish: Vec<&str> =
        errors.as_array().unwrap().iter().map(|it| it["messageSv"].as_str().unwrap()).collect();
    assert!(
        swedish[0].contains("Skola") && swedish[1].contains("certificate_other"),
        "{swedish:?}"
    );

    let errors = told(&certificate, "other", &["x"]).await;
    assert_eq!(
        errors,
        json!([{ "code": "FIELD_INVALID", "field": "field",
            "message": "`other` is no choice of the newest form whose options a unit may replace",
            "messageSv": "”other” är inget val i det senaste formuläret där enheten får ha egna \
                          svarsalternativ." }])
    );
    let nothing = CaseTypeId::new(99).to_string();
    let errors = told(&nothing, "certificate", &["other"]).await;
    assert_eq!(errors[0]["field"], "caseTypeId");
    // A unit of another region is as one that is not there.
    for unit in [DUNE, UnitId::new(99)] {
        let answer = ask(unit, &certificate, "certificate", &["other"]).await;
        assert_eq!(code(&answer).as_deref(), Some("NOT_FOUND"));
    }
}

#[tokio::test]
async fn the_region_may_keep_the_options_of_its_units_to_itself() {
    let client = Client::new().await;
    let contact = contact(&client).await;
    let choice = (BIRCH, &*contact, "function");
    for by in [RITA, ANNA, VERA, AXEL] {
        let refused = set(&client, by, choice, &["other"]).await;
        assert_eq!(codes(&refused), [("NOT_ALLOWED", None)], "{by}");
    }
    let refused = set(&client, ULLA, (ASPEN, &*contact, "function"), &["other"]).await;
    assert_eq!(codes(&refused), [("NOT_ALLOWED", None)]);
    let input = json!({ "idempotencyKey": "e", "regionId": NORD.to_string(), "editors": "REGION" });
    done(&client, &staff(GUN), "setUnitEditors", "region", input).await;
    let refused = set(&client, ULLA, choice, &["other"]).await;
    assert_eq!(codes(&refused), [("NOT_ALLOWED", None)]);
    assert_eq!(codes(&set(&client, GUN, choice, &["other"]).await), []);
    assert_eq!(shown(&client, &contact, &of_unit(BIRCH)).await, ["other"]);
}
