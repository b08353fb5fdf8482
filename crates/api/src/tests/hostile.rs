//! What is sent to break the service, by those who need no token for it.

use std::fmt::Write as _;

use axum::{
    body::Body,
    http::{Request, header::CONTENT_TYPE},
};
use serde_json::json;

use super::client::Client;

/// The code that `document` is refused with; none where it is answered.
async fn code(client: &Client, document: &str) -> Option<String> {
    let body = json!({ "query": document }).to_string();
    let request = Request::post("/graphql").header(CONTENT_TYPE, "application/json");
    client.send(request.body(Body::from(body)).unwrap()).await.code()
}

#[tokio::test]
async fn what_is_nested_without_end_is_refused_and_breaks_nothing() {
    let client = Client::new().await;
    for (before, open, middle, close, after, expected) in [
        ("", "{ a ", "{ a }", "}", "", "GRAPHQL_PARSE_FAILED"),
        ("", "{ ... ", "{ a }", "}", "", "GRAPHQL_PARSE_FAILED"),
        ("{ __a(b: ", "[", "1", "]", ") }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ __a(b: ", "{ c: ", "1", "}", ") }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($a: ", "[", "Int", "]", ") { __a }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let (open, close) = (open.repeat(700), close.repeat(700));
        let document = format!("{before}{open}{middle}{close}{after}");
        assert_eq!(code(&client, &document).await.as_deref(), Some(expected), "{before}{middle}");
    }
}

#[tokio::test]
async fn fragments_that_double_each_other_are_refused() {
    let client = Client::new().await;
    let bomb = |levels: u32| {
        let mut text = "{ ...F0 }".to_owned();
        for n in 0..levels {
            let next = n + 1;
            let _ = write!(text, " fragment F{n} on Query {{ ...F{next} ...F{next} }}");
        }
        let _ = write!(text, " fragment F{levels} on Query {{ __typename }}");
        text
    };
    assert_eq!(code(&client, &bomb(3)).await, None);
    for levels in [20, 31, 300] {
        let code = code(&client, &bomb(levels)).await;
        assert_eq!(code.as_deref(), Some("QUERY_TOO_COMPLEX"), "{levels}");
    }
}

#[tokio::test]
async fn a_schema_that_is_asked_for_in_circles_is_refused() {
    let client = Client::new().await;
    let circle = |open: &str, rounds: usize| {
        let close = "}".repeat(open.matches('{').count() * rounds);
        format!("{{ __schema {{ types {{ {} name {close} }} }} }}", open.repeat(rounds))
    };
    for (open, rounds) in [("possibleTypes { interfaces { ", 1), ("fields { type { ", 2)] {
        assert_eq!(code(&client, &circle(open, rounds)).await, None, "{open}");
        let refused = code(&client, &circle(open, rounds + 1)).await;
        assert_eq!(refused.as_deref(), Some("QUERY_TOO_COMPLEX"), "{open}");
    }
}
