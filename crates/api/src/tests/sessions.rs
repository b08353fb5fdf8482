//! Tokens that run out, requests that come at the same time, and a service that keeps its schema
//! to itself.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, header::CONTENT_TYPE},
};
use futures_util::future::join_all;
use serde_json::json;
use tower::ServiceExt as _;

use super::{
    client::{Client, code},
    region::{EVA, RITA, resident, staff},
    story::{submission, submit},
};
use crate::{PersistedDocuments, Service, router, token::DevIssuer};

#[tokio::test]
async fn a_stream_ends_with_the_token_that_it_was_opened_with() {
    let client = Client::new().await;
    let query = "subscription { inboxChanged { eventType } }";
    let mut watch = client.watch(&staff(RITA), query, json!({})).await;
    submit(&client, "first").await;
    submit(&client, "second").await;
    client.region.wait_hours(24 * 366);
    let refused = watch.next().await.unwrap();
    assert_eq!(code(&refused).as_deref(), Some("UNAUTHENTICATED"));
    assert_eq!(watch.next().await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_same_requests_at_once_one_is_carried_out_and_all_get_its_outcome() {
    let client = Client::new().await;
    let eva = resident(EVA);
    let sent = (0..8).map(|_| client.command(&eva, "submitCase", submission("key")));
    let payloads = join_all(sent).await;
    assert_eq!(payloads.iter().filter(|it| it["replayed"] == false).count(), 1);
    let cases: std::collections::BTreeSet<_> =
        payloads.iter().map(|it| it["case"]["id"].to_string()).collect();
    assert_eq!(cases.len(), 1);
}

#[tokio::test]
async fn a_service_may_keep_its_schema_to_itself() {
    let client = Client::new().await;
    let (_draining, draining) = tokio::sync::watch::channel(false);
    let silent = router(Service {
        engine: Arc::clone(&client.region.engine),
        keys: DevIssuer::from_seed([7; 32]).key_set().unwrap(),
        introspection: false,
        documents: PersistedDocuments::default(),
        draining,
    });
    for (query, expected) in [
        ("{ __schema { types { name } } }", None),
        ("{ __type(name: \"Case\") { name } }", None),
        ("{ __typename }", Some("Query")),
    ] {
        let body = Body::from(json!({ "query": query }).to_string());
        let request = Request::post("/graphql").header(CONTENT_TYPE, "application/json");
        let response = silent.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(answer["data"]["__typename"].as_str(), expected, "{query}: {answer}");
        let told = [&answer["data"]["__schema"], &answer["data"]["__type"]];
        assert!(told.iter().all(|it| it.is_null()), "{answer}");
    }
    let misspelt = json!({ "query": "{ __typenam }" }).to_string();
    let request = Request::post("/graphql").header(CONTENT_TYPE, "application/json");
    let response = silent.oneshot(request.body(Body::from(misspelt)).unwrap()).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert!(text.contains("GRAPHQL_VALIDATION_FAILED") && !text.contains("Did you mean"), "{text}");
}
