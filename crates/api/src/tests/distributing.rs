//! A receiver sees who holds how much, and gives many cases at once.

use serde_json::{Value, json};

use super::{
    client::{Client, code},
    region::{ANNA, ASPEN, BIRCH, BO, EVA, HANNA, RITA, ROLF, ULLA, VERA, resident, staff},
    story::{about, distribute, submit, with},
};

const WORKLOAD: &str =
    "query Q($unit: ID!, $asOf: AsOf) { unitWorkload(unitId: $unit, asOf: $asOf) {
    asOf undistributed toBeReassigned
    handlers { handler { id name } open overdue dueToday awaitingResident lastSeenAt handlerUntil }
    formerHandlers { handler { id } open overdue lastSeenAt } } }";

const RESULTS: &str = "results { caseId handler { id } event { type } replayed
    case { version handler { id } } userErrors { code field message messageSv } }
    position replayed remaining userErrors { code field message messageSv }";

/// What became of a bulk command.
async fn bulk(client: &Client, actor: &domain::Actor, name: &str, input: Value) -> Value {
    let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let query =
        format!("mutation M($input: {input_type}!) {{ {name}(input: $input) {{ {RESULTS} }} }}");
    client.data(actor, &query, json!({ "input": input })).await[name].take()
}

fn oldest(key: &str, count: i32) -> Value {
    let handlers = [ANNA, BO].map(|it| it.to_string());
    json!({ "idempotencyKey": key, "cases": { "oldest": count }, "handlerIds": handlers })
}

/// Case, handler, and the code of the first error, of each result.
fn told(payload: &Value) -> Vec<(String, String, String)> {
    let text = |it: &Value| it.as_str().unwrap_or("-").to_owned();
    let results = payload["results"].as_array().unwrap().iter();
    let result = |it: &Value| {
        (text(&it["caseId"]), text(&it["handler"]["id"]), text(&it["userErrors"][0]["code"]))
    };
    results.map(result).collect()
}

fn row(case: &str, handler: &str, code: &str) -> (String, String, String) {
    (case.to_owned(), handler.to_owned(), code.to_owned())
}

async fn queue(client: &Client, cases: usize) -> Vec<String> {
    let mut all = vec![];
    for n in 0..cases {
        all.push(submit(client, &format!("s{n}")).await);
    }
    all
}

#[tokio::test]
async fn a_receiver_sees_who_holds_how_much_and_when_they_were_last_seen() {
    let mut client = Client::new().await;
    let cases = queue(&client, 3).await;
    distribute(&client, &cases[0]).await;
    client.region.wait_hours(1);
    let question = with(about(&cases[0], "q"), "text", "Har du feber?");
    client.command(&staff(ANNA), "askCounterQuestion", question).await;
    let to_bo = with(about(&cases[1], "bo"), "handlerId", BO.to_string());
    client.command(&staff(RITA), "distributeCase", to_bo).await;
    client.region.wait_hours(71);

    let unit = json!({ "unit": BIRCH.to_string() });
    let workload = client.data(&staff(RITA), WORKLOAD, unit.clone()).await["unitWorkload"].take();
    let anna = json!({
        "handler": { "id": ANNA.to_string(), "name": "Anna Testsson" },
        "open": 1, "overdue": 0, "dueToday": 0, "awaitingResident": 1,
        "lastSeenAt": "2026-03-02T09:00:00.000Z", "handlerUntil": null,
    });
    let bo = json!({
        "handler": { "id": BO.to_string(), "name": "Bo Testsson" },
        "open": 1, "overdue": 1, "dueToday": 0, "awaitingResident": 0,
        "lastSeenAt": null, "handlerUntil": null,
    });
    assert_eq!(workload["handlers"], json!([anna.clone(), bo.clone()]));
    assert_eq!((&workload["undistributed"], &workload["toBeReassigned"]), (&json!(1), &json!(0)));

    client.region.revoke(BO).await;
    let workload = client.data(&staff(RITA), WORKLOAD, unit.clone()).await["unitWorkload"].take();
    let former = json!({
        "handler": { "id": BO.to_string() }, "open": 1, "overdue": 1, "lastSeenAt": null,
    });
    assert_eq!(workload["formerHandlers"], json!([former]));
    assert_eq!((&workload["handlers"][1], &workload["toBeReassigned"]), (&Value::Null, &json!(1)));

    // As it was when Bo had just got the case, and before there was any.
    let at = json!({ "unit": BIRCH.to_string(), "asOf": { "time": "2026-03-02T09:00:00Z" } });
    let workload = client.data(&staff(RITA), WORKLOAD, at).await["unitWorkload"].take();
    assert_eq!(workload["asOf"], "2026-03-02T09:00:00.000Z");
    assert_eq!(workload["handlers"], json!([anna, with(bo, "overdue", 0)]));
    assert_eq!(workload["formerHandlers"], json!([]));
    let at = json!({ "unit": BIRCH.to_string(), "asOf": { "time": "2026-03-02T07:59:00Z" } });
    let workload = client.data(&staff(RITA), WORKLOAD, at).await["unitWorkload"].take();
    assert_eq!((&workload["undistributed"], &workload["handlers"]), (&json!(0), &json!([])));

    // It is for those who distribute.
    for actor in [staff(ANNA), staff(ULLA), staff(VERA), staff(ROLF), resident(EVA)] {
        let data = client.data(&actor, WORKLOAD, unit.clone()).await;
        assert_eq!(data["unitWorkload"], Value::Null, "{actor:?}");
    }
}

#[tokio::test]
async fn the_oldest_cases_are_spread_over_handlers_and_asking_again_changes_nothing() {
    let client = Client::new().await;
    let cases = queue(&client, 4).await;
    distribute(&client, &cases[0]).await;
    let (anna, bo) = (ANNA.to_string(), BO.to_string());
    let first = bulk(&client, &staff(RITA), "distributeCases", oldest("bulk", 2)).await;
    assert_eq!(told(&first), [row(&cases[1], &bo, "-"), row(&cases[2], &anna, "-")]);
    assert_eq!((&first["remaining"], &first["replayed"]), (&json!(1), &json!(false)));
    let result = &first["results"][0];
    assert_eq!(result["event"]["type"], "CASE_DISTRIBUTED");
    assert_eq!(result["case"], json!({ "version": 2, "handler": { "id": bo } }));

    let again = bulk(&client, &staff(RITA), "distributeCases", oldest("bulk", 2)).await;
    assert_eq!((told(&again), &again["position"]), (told(&first), &first["position"]));
    assert_eq!(
        (&again["replayed"], &again["results"][0]["replayed"]),
        (&json!(true), &json!(true))
    );

    let other = bulk(&client, &staff(RITA), "distributeCases", oldest("bulk", 3)).await;
    assert_eq!(other["userErrors"][0]["code"], "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(other["results"], json!([]));
}

#[tokio::test]
async fn each_case_that_was_named_has_a_result_and_one_does_not_stop_the_others() {
    let client = Client::new().await;
    let cases = queue(&client, 3).await;
    distribute(&client, &cases[1]).await;
    let away = with(about(&cases[2], "away"), "unitId", ASPEN.to_string());
    client.command(&staff(RITA), "redirectCase", away).await;
    let bo = BO.to_string();
    let absent = "case_01JQ7Y3RSB9W1T5N4Q0Z0C2XKM";
    let input = json!({
        "idempotencyKey": "bulk", "handlerIds": [bo],
        "cases": { "caseIds": [absent, "no id", cases[2], cases[1], cases[0], cases[0]] },
    });
    let done = bulk(&client, &staff(RITA), "distributeCases", input.clone()).await;
    let expected = [
        row(&cases[0], &bo, "-"),
        row(&cases[1], &bo, "INVALID_STATE"),
        row(absent, "-", "NOT_FOUND"),
        row("no id", "-", "NOT_FOUND"),
        // At another unit: as one that is not there.
        row(&cases[2], "-", "NOT_FOUND"),
    ];
    assert_eq!(told(&done), expected);
    let blank = |result: &Value| with(result.clone(), "caseId", "the id");
    for other in [3, 4] {
        assert_eq!(blank(&done["results"][2]), blank(&done["results"][other]));
    }
    let why = &done["results"][1]["userErrors"][0];
    assert_eq!(why["messageSv"], "Ärendet är redan fördelat. Omfördela det i stället.");
    let again = bulk(&client, &staff(RITA), "distributeCases", input).await;
    assert_eq!(told(&again), expected);
}

#[tokio::test]
async fn all_that_a_former_handler_holds_goes_to_others() {
    let mut client = Client::new().await;
    let cases = queue(&client, 3).await;
    for case in &cases {
        let input = with(about(case, case), "handlerId", ANNA.to_string());
        client.command(&staff(RITA), "distributeCase", input).await;
    }
    client.region.revoke(ANNA).await;
    let input = json!({
        "idempotencyKey": "away", "fromHandlerId": ANNA.to_string(), "handlerIds": [BO.to_string()],
    });
    let done = bulk(&client, &staff(RITA), "reassignAllCases", input).await;
    let expected: Vec<_> = cases.iter().map(|case| row(case, &BO.to_string(), "-")).collect();
    assert_eq!((told(&done), &done["remaining"]), (expected, &json!(0)));
    assert_eq!(done["results"][0]["event"]["type"], "CASE_REASSIGNED");
    let unit = json!({ "unit": BIRCH.to_string() });
    let workload = client.data(&staff(RITA), WORKLOAD, unit).await["unitWorkload"].take();
    assert_eq!(
        (&workload["toBeReassigned"], &workload["handlers"][0]["open"]),
        (&json!(0), &json!(3))
    );
}

#[tokio::test]
async fn what_is_wrong_with_the_whole_is_told_of_the_whole() {
    let client = Client::new().await;
    queue(&client, 1).await;
    let handlers = |ids: Value| with(oldest("key", 1), "handlerIds", ids);
    let cases = |cases: Value| with(oldest("key", 1), "cases", cases);
    let many: Vec<_> = (0..201).map(|n| format!("case_{n}")).collect();
    for (actor, input, code, field) in [
        (RITA, oldest("", 1), "FIELD_INVALID", json!("idempotencyKey")),
        (RITA, oldest("key", 0), "FIELD_INVALID", json!("cases.oldest")),
        (RITA, oldest("key", 201), "FIELD_INVALID", json!("cases.oldest")),
        (RITA, cases(json!({ "caseIds": many })), "FIELD_INVALID", json!("cases.caseIds")),
        (RITA, handlers(json!([])), "FIELD_REQUIRED", json!("handlerIds")),
        (RITA, handlers(json!([HANNA.to_string()])), "FIELD_INVALID", json!("handlerIds")),
        (RITA, handlers(json!(["nobody"])), "FIELD_INVALID", json!("handlerIds")),
        (ANNA, oldest("key", 1), "NOT_ALLOWED", Value::Null),
        (ULLA, oldest("key", 1), "NOT_ALLOWED", Value::Null),
        (VERA, oldest("key", 1), "NOT_ALLOWED", Value::Null),
    ] {
        let refused = bulk(&client, &staff(actor), "distributeCases", input.clone()).await;
        let error = &refused["userErrors"][0];
        assert_eq!((&error["code"], &error["field"]), (&json!(code), &field), "{input}");
        assert_eq!((&refused["results"], &refused["position"]), (&json!([]), &Value::Null));
        assert!(!error["messageSv"].as_str().unwrap().is_empty());
    }
    let same = json!({
        "idempotencyKey": "same", "fromHandlerId": ANNA.to_string(), "handlerIds": [ANNA.to_string()],
    });
    let refused = bulk(&client, &staff(RITA), "reassignAllCases", same).await;
    assert_eq!(refused["userErrors"][0]["field"], "handlerIds");
}

/// The log takes nothing more in the midst of it; the rest is done when it does again.
#[tokio::test]
async fn a_failure_is_no_result_and_asking_again_does_the_rest() {
    let client = Client::new().await;
    let cases = queue(&client, 3).await;
    client.region.log.leave_room_for(2);
    let query =
        "mutation M($input: DistributeCasesInput!) { distributeCases(input: $input) { position } }";
    let failed = client.ask(&staff(RITA), query, json!({ "input": oldest("bulk", 3) })).await;
    assert_eq!(code(&failed).as_deref(), Some("UNAVAILABLE"));
    client.region.log.leave_room_for(u32::MAX);
    let done = bulk(&client, &staff(RITA), "distributeCases", oldest("bulk", 3)).await;
    let handlers = [ANNA, BO, ANNA].map(|it| it.to_string());
    let expected: Vec<_> =
        cases.iter().zip(&handlers).map(|(case, to)| row(case, to, "-")).collect();
    assert_eq!(told(&done), expected);
    let replayed: Vec<_> =
        done["results"].as_array().unwrap().iter().map(|it| it["replayed"].clone()).collect();
    assert_eq!(replayed, [json!(true), json!(false), json!(false)]);
}
