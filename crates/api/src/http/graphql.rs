//! `/graphql`: one request, one answer, or a stream of them.

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use axum::{
    body::{Body, to_bytes},
    extract::{Extension, Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header::ALLOW},
    response::Response,
};

use super::{
    Shared,
    accept::{MediaType, negotiate},
    answer::{Answer, Rejected},
    graphiql,
    operation::{Operation, Parsed},
    params::{Params, QueryString, is_json},
    request_id::RequestId,
    session, sse,
};
use crate::{
    limits,
    schema::error::{Code, Refusal},
};

const TO_GET: &[MediaType] =
    &[MediaType::Json, MediaType::GraphqlResponse, MediaType::EventStream, MediaType::Html];
const TO_POST: &[MediaType] =
    &[MediaType::Json, MediaType::GraphqlResponse, MediaType::EventStream];

/// `GET /graphql`: a query, or GraphiQL for a browser.
pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    query: Result<Query<QueryString>, QueryRejection>,
) -> Response {
    let Some(media) = negotiate(&headers, TO_GET) else { return not_acceptable(&id) };
    if media == MediaType::Html {
        return graphiql::page(&headers);
    }
    let params = match query {
        Ok(Query(query)) => Params::from_query_string(&query),
        Err(rejection) => Err(rejection.body_text()),
    };
    let parsed = match parse(&shared, params) {
        Ok(parsed) => parsed,
        Err(rejected) if media == MediaType::EventStream => return sse::rejected(rejected, &id),
        Err(rejected) => return Answer::rejected(rejected, &id.0).into_response(media),
    };
    if parsed.kind == OperationType::Mutation {
        let why = "a mutation goes by POST";
        return refused(StatusCode::METHOD_NOT_ALLOWED, why, media, &id);
    }
    match prepare(&shared, parsed, media, &headers, &id).await {
        Ok(operation) if media == MediaType::EventStream => sse::stream(shared, operation),
        Ok(operation) => operation.execute(&shared).await.into_cached_response(media, &headers),
        Err(answer) => answer.into_response(media.of_one()),
    }
}

/// `POST /graphql`: any operation.
pub(super) async fn post(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(media) = negotiate(&headers, TO_POST) else { return not_acceptable(&id) };
    if !is_json(&headers) {
        let why = "the body must be `application/json` in UTF-8";
        return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, why, media, &id);
    }
    let Ok(body) = to_bytes(body, limits::BODY_BYTES_MAX).await else {
        let why = "the body is larger than 1 MiB, or was cut off";
        return refused(StatusCode::PAYLOAD_TOO_LARGE, why, media, &id);
    };
    let parsed = match parse(&shared, Params::from_json(&body)) {
        Ok(parsed) => parsed,
        Err(rejected) if media == MediaType::EventStream => return sse::rejected(rejected, &id),
        Err(rejected) => return Answer::rejected(rejected, &id.0).into_response(media),
    };
    match prepare(&shared, parsed, media, &headers, &id).await {
        Ok(operation) if media == MediaType::EventStream => sse::stream(shared, operation),
        Ok(operation) => operation.execute(&shared).await.into_response(media),
        Err(answer) => answer.into_response(media.of_one()),
    }
}

/// Any other method.
pub(super) async fn other_method(Extension(id): Extension<RequestId>) -> Response {
    let why = "only GET and POST are taken";
    refused(StatusCode::METHOD_NOT_ALLOWED, why, MediaType::Json, &id)
}

fn parse(shared: &Shared, params: Result<Params, String>) -> Result<Parsed, Rejected> {
    let params = params.map_err(|why| Rejected::new(Code::BadRequest, why))?;
    Parsed::new(shared, params)
}

/// The operation, ready to be carried out on this transport.
async fn prepare(
    shared: &Shared,
    parsed: Parsed,
    media: MediaType,
    headers: &HeaderMap,
    id: &RequestId,
) -> Result<Operation, Answer> {
    let prepared = async {
        if parsed.kind == OperationType::Subscription && media != MediaType::EventStream {
            let why = "a subscription needs `Accept: text/event-stream`, or /graphql/ws";
            return Err(Rejected::new(Code::BadRequest, why));
        }
        let viewer = session::of_headers(shared, headers, &id.0);
        let viewer = viewer.map_err(|_| Rejected::from(Refusal::not_believed()))?;
        parsed.authorise(shared, viewer, &id.0).await
    };
    prepared.await.map_err(|rejected| Answer::rejected(rejected, &id.0))
}

fn not_acceptable(id: &RequestId) -> Response {
    let why = "answers are application/graphql-response+json, application/json or, to \
               subscriptions, text/event-stream";
    refused(StatusCode::NOT_ACCEPTABLE, why, MediaType::Json, id)
}

fn refused(status: StatusCode, why: &str, media: MediaType, id: &RequestId) -> Response {
    let answer = Answer::rejected(Rejected::new(Code::BadRequest, why), &id.0);
    let mut response = answer.with_status(status, media.of_one());
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST"));
    }
    response
}
