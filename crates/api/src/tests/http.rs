//! The rules of GraphQL over HTTP, and our own.

use axum::{
    body::Body,
    http::{
        Method, Request, StatusCode,
        header::{
            ACCEPT, ACCEPT_ENCODING, ALLOW, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
            IF_NONE_MATCH, LOCATION, WWW_AUTHENTICATE,
        },
        request::Builder,
    },
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    client::{Client, Reply},
    region::{ANNA, BIRCH, EVA, RITA, resident, staff},
};

const GRAPHQL: &str = "application/graphql-response+json";

fn post() -> Builder {
    Request::post("/graphql").header(CONTENT_TYPE, "application/json")
}

async fn send(client: &Client, builder: Builder, body: impl Into<Body>) -> Reply {
    client.send(builder.body(body.into()).unwrap()).await
}

fn query(text: &str) -> String {
    json!({ "query": text }).to_string()
}

/// Percent-encodes all but letters and digits.
fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

#[tokio::test]
async fn the_answer_takes_the_form_that_was_asked_for() {
    let client = Client::new().await;
    for (accept, expected) in [
        (None, "application/json; charset=utf-8"),
        (Some("*/*"), "application/json; charset=utf-8"),
        (Some(GRAPHQL), "application/graphql-response+json; charset=utf-8"),
    ] {
        let request = accept.map_or(post(), |accept| post().header(ACCEPT, accept));
        let reply = send(&client, request, query("{ __typename }")).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.headers[CONTENT_TYPE], expected, "{accept:?}");
        assert_eq!(reply.json()["data"], json!({ "__typename": "Query" }));
    }
    let reply = send(&client, post().header(ACCEPT, "text/plain"), query("{ __typename }")).await;
    assert_eq!(reply.status, StatusCode::NOT_ACCEPTABLE);
}

/// (what is sent, status as graphql-response, status as json, code)
#[tokio::test]
async fn what_cannot_be_carried_out_has_no_data_and_says_why() {
    let client = Client::new().await;
    for (body, strict, legacy, code) in [
        ("{".to_owned(), 400, 400, "BAD_REQUEST"),
        ("[]".to_owned(), 400, 400, "BAD_REQUEST"),
        (json!({}).to_string(), 400, 400, "BAD_REQUEST"),
        (json!({ "query": 7 }).to_string(), 400, 400, "BAD_REQUEST"),
        (query("{"), 400, 200, "GRAPHQL_PARSE_FAILED"),
        (query("{ nothing }"), 401, 401, "UNAUTHENTICATED"),
        (query("{ __nothing }"), 400, 200, "GRAPHQL_VALIDATION_FAILED"),
        (
            query("query A { __typename } query B { __typename }"),
            400,
            200,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (query("{ viewer { expiresAt } }"), 401, 401, "UNAUTHENTICATED"),
        (
            query("{ __typename ...F } fragment F on Query { viewer { expiresAt } }"),
            401,
            401,
            "UNAUTHENTICATED",
        ),
        (
            query(
                "mutation { withdrawCase(input: { caseId: 1, idempotencyKey: 1 }) { replayed } }",
            ),
            401,
            401,
            "UNAUTHENTICATED",
        ),
        (
            json!({ "query": "{ __typename }", "operationName": "X" }).to_string(),
            400,
            200,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            json!({ "query": "{ __typename }", "extensions": { "minPosition": 7 } }).to_string(),
            400,
            400,
            "BAD_REQUEST",
        ),
        (json!({ "documentId": "unknown" }).to_string(), 400, 200, "PERSISTED_QUERY_NOT_FOUND"),
    ] {
        for (accept, status) in [(GRAPHQL, strict), ("application/json", legacy)] {
            let reply = send(&client, post().header(ACCEPT, accept), body.clone()).await;
            assert_eq!(reply.status.as_u16(), status, "{body} as {accept}: {}", reply.body);
            assert_eq!(reply.code().as_deref(), Some(code), "{body}");
            assert_eq!(reply.json().get("data"), None, "{body}");
            let id = reply.headers["x-request-id"].to_str().unwrap();
            assert_eq!(reply.json()["errors"][0]["extensions"]["requestId"], id);
        }
    }
    let reply = send(&client, post(), query("{ viewer { expiresAt } }")).await;
    assert_eq!(reply.headers[WWW_AUTHENTICATE], "Bearer");
}

#[tokio::test]
async fn only_json_is_taken_and_only_so_much_of_it() {
    let client = Client::new().await;
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = Request::post("/graphql").header(CONTENT_TYPE, content_type);
        let reply = send(&client, request, query("{ __typename }")).await;
        assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
    let reply = send(&client, Request::post("/graphql"), query("{ __typename }")).await;
    assert_eq!(reply.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = query(&format!("{{ __typename }} # {}", "x".repeat(1 << 20)));
    assert_eq!(send(&client, post(), large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let request = Request::builder().method(method).uri("/graphql");
        let reply = send(&client, request, "").await;
        assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(reply.headers[ALLOW], "GET, POST");
    }
}

#[tokio::test]
async fn a_get_asks_and_never_changes() {
    let client = Client::new().await;
    let get = |text: &str| Request::get(format!("/graphql?query={}", encoded(text)));
    let reply = send(&client, get("{ __typename }"), "").await;
    assert_eq!(
        (reply.status, &reply.json()["data"]["__typename"]),
        (StatusCode::OK, &json!("Query"))
    );
    let mutation =
        "mutation { withdrawCase(input: { caseId: 1, idempotencyKey: 1 }) { replayed } }";
    let reply = send(&client, get(mutation), "").await;
    assert_eq!(
        (reply.status, &reply.headers[ALLOW]),
        (StatusCode::METHOD_NOT_ALLOWED, &"GET, POST".parse().unwrap())
    );
    let two = "query A { a: __typename } query B { b: __typename }";
    let reply =
        send(&client, Request::get(format!("/graphql?query={}&operationName=B", encoded(two))), "")
            .await;
    assert_eq!(reply.json()["data"], json!({ "b": "Query" }));
    let reply = send(&client, Request::get("/graphql?variables=%7B"), "").await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    let subscription = get("subscription { inboxChanged { position } }");
    let reply = send(&client, subscription, "").await;
    assert_eq!(
        (reply.status, reply.code().as_deref()),
        (StatusCode::BAD_REQUEST, Some("BAD_REQUEST"))
    );
}

#[tokio::test]
async fn a_poll_of_what_has_not_changed_is_304() {
    let client = Client::new().await;
    let text = format!("{{ unitInbox(unitId: \"{BIRCH}\", first: 9) {{ totalCount }} }}");
    let get = || {
        let token = client.token(&staff(RITA));
        Request::get(format!("/graphql?query={}", encoded(&text)))
            .header(AUTHORIZATION, format!("Bearer {token}"))
    };
    let reply = send(&client, get(), "").await;
    let tag = reply.headers[ETAG].clone();
    let again = send(&client, get().header(IF_NONE_MATCH, &tag), "").await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let submission = json!({
        "idempotencyKey": "s", "unitId": BIRCH.to_string(), "caseTypeId": "type_1",
        "formVersion": 1, "termsVersion": 1, "text": "Hej",
    });
    client.command(&resident(EVA), "submitCase", submission).await;
    let changed = send(&client, get().header(IF_NONE_MATCH, &tag), "").await;
    assert_eq!(changed.json()["data"]["unitInbox"]["totalCount"], 1);
    assert_ne!(changed.headers[ETAG], tag);
}

#[tokio::test]
async fn a_token_that_is_not_believed_is_no_token_at_all() {
    let client = Client::new().await;
    let good = client.token(&staff(ANNA));
    for value in ["Bearer x.y.z", "Basic YTpi", &format!("Bearer {good}x")] {
        let reply =
            send(&client, post().header(AUTHORIZATION, value), query("{ __typename }")).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{value}");
        assert_eq!(reply.code().as_deref(), Some("UNAUTHENTICATED"));
    }
    let ask = post().header(AUTHORIZATION, format!("bearer {good}"));
    let reply = send(&client, ask, query("{ viewer { actor { capacity } permissions } }")).await;
    let viewer = json!({ "actor": { "capacity": "HANDLER" }, "permissions": ["HANDLER_INBOX", "STAFF", "FIND_RESIDENT"] });
    assert_eq!(reply.json()["data"]["viewer"], viewer);
    // A year and a day on.
    client.region.world.set(client.region.engine.now() + SignedDuration::from_hours(24 * 366));
    let late = post().header(AUTHORIZATION, format!("Bearer {good}"));
    let reply = send(&client, late, query("{ viewer { expiresAt } }")).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_place_left_for_a_token_names_nobody() {
    let client = Client::new().await;
    for bearer in ["Bearer", "Bearer ", "bearer"] {
        let ask = |text| send(&client, post().header(AUTHORIZATION, bearer), query(text));
        let reply = ask("{ __schema { queryType { name } } }").await;
        assert_eq!(reply.json()["data"]["__schema"]["queryType"]["name"], "Query", "{bearer:?}");
        let reply = ask("{ viewer { expiresAt } }").await;
        assert_eq!(reply.code().as_deref(), Some("UNAUTHENTICATED"), "{bearer:?}");
        let message = reply.json()["errors"][0]["message"].take();
        assert_eq!(message, "say who you are: `Authorization: Bearer` and a token", "{bearer:?}");
    }
}

#[tokio::test]
async fn a_request_is_named_and_every_answer_says_what_it_covers() {
    let client = Client::new().await;
    let token = format!("Bearer {}", client.token(&staff(RITA)));
    let ask = || post().header(AUTHORIZATION, &token);
    let reply =
        send(&client, ask().header("x-request-id", "mine-7"), query("{ viewer { expiresAt } }"))
            .await;
    assert_eq!(reply.headers["x-request-id"], "mine-7");
    let head = client.region.engine.log().head().borrow().to_string();
    assert_eq!(reply.json()["extensions"]["position"], head);
    let reply =
        send(&client, ask().header("x-request-id", "not plain"), query("{ viewer { expiresAt } }"))
            .await;
    assert!(reply.headers["x-request-id"].to_str().unwrap().starts_with("request_"));

    let at = |position: &str| {
        json!({ "query": "{ viewer { expiresAt } }", "extensions": { "minPosition": position } })
            .to_string()
    };
    assert_eq!(send(&client, ask(), at(&head)).await.status, StatusCode::OK);
    let reply = send(&client, ask(), at("999999")).await;
    assert_eq!(
        (reply.status, reply.code().as_deref()),
        (StatusCode::SERVICE_UNAVAILABLE, Some("UNAVAILABLE"))
    );
}

#[tokio::test]
async fn limits_are_kept() {
    let client = Client::new().await;
    let token = format!("Bearer {}", client.token(&staff(RITA)));
    let ask = || post().header(AUTHORIZATION, &token).header(ACCEPT, GRAPHQL);
    let case = "case(id: 1) { followsUp { ".to_owned()
        + &"followsUp { ".repeat(14)
        + "id"
        + &" }".repeat(16);
    let reply = send(&client, ask(), query(&format!("{{ {case} }}"))).await;
    assert_eq!(
        (reply.status, reply.code().as_deref()),
        (StatusCode::BAD_REQUEST, Some("QUERY_TOO_COMPLEX"))
    );
    assert!(
        reply.body.contains("the query is nested too deep; ask in two steps"),
        "{}",
        reply.body
    );
    let dear = "{ units(first: 100) { nodes { handlers(first: 100) { nodes { name } } } } }";
    let reply = send(&client, ask(), query(dear)).await;
    assert_eq!(reply.code().as_deref(), Some("QUERY_TOO_COMPLEX"));
    assert!(reply.body.contains("take smaller pages or fewer fields"), "{}", reply.body);
}

#[tokio::test]
async fn a_document_can_be_named_instead_of_sent() {
    let client = Client::new().await;
    let token = format!("Bearer {}", client.token(&staff(RITA)));
    let body = json!({ "documentId": "who" }).to_string();
    let reply = send(&client, post().header(AUTHORIZATION, token), body).await;
    assert_eq!(reply.json()["data"]["viewer"]["actor"]["capacity"], "RECEIVER");
}

#[tokio::test]
async fn a_browser_gets_graphiql_and_nothing_from_elsewhere() {
    let client = Client::new().await;
    let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    let reply = send(&client, Request::get("/graphql").header(ACCEPT, browser), "").await;
    assert_eq!(reply.headers[CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(
        reply.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'")
    );
    assert!(reply.body.contains("<title>Ärende – GraphiQL</title>"));
    let sources = ["<script src=", "<link rel=\"stylesheet\"", "@import url(http"];
    assert!(sources.iter().all(|it| !reply.body.contains(it)), "the page asks for something else");
    let gzip = Request::get("/graphql").header(ACCEPT, browser).header(ACCEPT_ENCODING, "gzip, br");
    let response =
        tower::ServiceExt::oneshot(client.router.clone(), gzip.body(Body::empty()).unwrap());
    assert_eq!(response.await.unwrap().headers()[CONTENT_ENCODING], "gzip");
    let reply = send(&client, Request::get("/"), "").await;
    assert_eq!(reply.headers[LOCATION], "/graphql");
}

#[tokio::test]
async fn operators_are_told_how_it_is() {
    let client = Client::new().await;
    let get = async |path: &str| send(&client, Request::get(path), "").await;
    assert_eq!(get("/healthz").await.body, "ok\n");
    let ready = get("/readyz").await;
    assert_eq!(ready.status, StatusCode::OK);
    let parts = ready.body.lines().map(|line| line.strip_suffix(": ok").unwrap());
    let expected = [
        "logs and read models",
        "caught up",
        "log as last verified",
        "access log as last verified",
        "checkpoints",
        "not stopping",
    ];
    assert_eq!(parts.collect::<Vec<_>>(), expected);
    client.draining.send_replace(true);
    let stopping = get("/readyz").await;
    assert_eq!(stopping.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(stopping.body.contains("not stopping: the service is stopping"), "{}", stopping.body);
    send(&client, post(), query("{ __typename }")).await;
    let metrics = get("/metrics").await.body;
    assert!(
        metrics.contains(r#"arende_answers_total{operation="query",outcome="OK"} 1"#),
        "{metrics}"
    );
    assert!(metrics.contains("arende_log_head "), "{metrics}");
    assert_eq!(get("/nowhere").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_log_that_does_not_verify_or_is_not_the_one_that_was_signed_is_no_ready_one() {
    let client = Client::new().await;
    let board = client.region.engine.soundness();
    let ready = async || send(&client, Request::get("/readyz"), "").await;
    let bad = "position 3 does not verify: its hash differs";
    board.note_access(|it| it.fault = Some(bad.into()));
    let reply = ready().await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(reply.body.contains(&format!("\naccess log as last verified: {bad}\n")));
    board.note_access(|it| it.fault = None);
    assert_eq!(ready().await.status, StatusCode::OK);
    board.note_signing(|it| it.refused = Some("its tail was cut off".into()));
    let reply = ready().await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(reply.body.contains("\ncheckpoints: its tail was cut off\n"), "{}", reply.body);
}

#[tokio::test]
async fn a_stream_of_events_ends_as_its_protocol_says() {
    let client = Client::new().await;
    let stream = || post().header(ACCEPT, "text/event-stream");
    let token = format!("Bearer {}", client.token(&staff(RITA)));
    let reply =
        send(&client, stream().header(AUTHORIZATION, &token), query("{ __typename }")).await;
    assert_eq!(reply.headers[CONTENT_TYPE], "text/event-stream");
    let (first, rest) = reply.body.split_once("\n\n").unwrap();
    assert!(
        first.starts_with("event: next\ndata: {\"data\":{\"__typename\":\"Query\"}"),
        "{first}"
    );
    assert_eq!(rest, "event: complete\ndata:\n\n");
    // What is wrong with the operation is told in the stream, where such clients look.
    let reply = send(&client, stream().header(AUTHORIZATION, &token), query("{")).await;
    assert!(reply.body.contains("GRAPHQL_PARSE_FAILED"), "{}", reply.body);
    let unknown = query("subscription { caseEvents(caseId: \"case_7\") { type } }");
    let reply = send(&client, stream().header(AUTHORIZATION, &token), unknown).await;
    let data = reply.body.lines().find_map(|it| it.strip_prefix("data: ")).unwrap();
    let answer: Value = serde_json::from_str(data).unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
    let reply = send(&client, stream(), query("subscription { inboxChanged { position } }")).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
}

/// A service that is about to stop lets its streams end.
#[tokio::test]
async fn streams_end_when_the_service_stops() {
    let client = Client::new().await;
    let mut watch =
        client.watch(&staff(RITA), "subscription { inboxChanged { position } }", json!({})).await;
    client.draining.send_replace(true);
    assert_eq!(watch.next().await, None);
}
