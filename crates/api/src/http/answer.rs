//! What a request is answered with: status and body.
//!
//! A request that was never carried out has no `data`. Every error has a code of the closed list
//! and the request's id; the log position that the read models covered goes with every answer.

use async_graphql::{PathSegment, Pos, Response as GraphqlResponse, ServerError, Value};
use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Position;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::accept::MediaType;
use crate::schema::error::{Code, Refusal};

/// What the library says when a query is dearer or deeper than the limits, and what we say.
const TOO_MUCH: [(&str, &str); 2] = [
    ("Query is too complex.", "the query asks for too much; take smaller pages or fewer fields"),
    ("Query is nested too deep.", "the query is nested too deep; ask in two steps"),
];

/// One error, as it goes out.
#[derive(Debug, Serialize)]
pub(super) struct AnswerError {
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Pos>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    path: Vec<PathSegment>,
    extensions: ErrorExtensions,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorExtensions {
    code: String,
    request_id: String,
    /// What people are told in Swedish, where they can do something about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    message_sv: Option<String>,
}

/// An answer, whatever the transport.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<AnswerError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<Extensions>,
}

#[derive(Debug, Serialize)]
struct Extensions {
    position: String,
}

/// A request that was not carried out.
#[derive(Debug)]
pub(super) struct Rejected {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) locations: Vec<Pos>,
}

impl Rejected {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), locations: vec![] }
    }
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code(), refusal.message())
    }
}

impl Answer {
    /// What became of an operation that was carried out, or was found wanting by the library.
    pub(super) fn of(response: GraphqlResponse, request_id: &str, covered: Position) -> Self {
        let GraphqlResponse { data, errors, .. } = response;
        // An error without a path was found before anything was carried out.
        let never_ran = data == Value::Null && !errors.is_empty();
        let never_ran = never_ran && errors.iter().all(|error| error.path.is_empty());
        let error = |error| AnswerError::of(error, request_id, never_ran);
        Self {
            errors: errors.into_iter().map(error).collect(),
            data: (!never_ran).then_some(data),
            extensions: Some(Extensions { position: covered.to_string() }),
        }
    }

    pub(super) fn rejected(rejected: Rejected, request_id: &str) -> Self {
        let Rejected { code, message, locations } = rejected;
        let error = AnswerError {
            message,
            locations,
            path: vec![],
            extensions: ErrorExtensions {
                code: code.as_str().to_owned(),
                request_id: request_id.to_owned(),
                message_sv: None,
            },
        };
        Self { errors: vec![error], data: None, extensions: None }
    }

    /// Whether nothing was carried out.
    pub(super) fn is_request_error(&self) -> bool {
        self.data.is_none()
    }

    pub(super) fn errors(&self) -> &[AnswerError] {
        &self.errors
    }

    /// The code of the first error, for the log and the metrics; `OK` without one.
    pub(super) fn outcome(&self) -> &str {
        self.errors.first().map_or("OK", |error| error.extensions.code.as_str())
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }

    /// The status of the answer as `media`. As `application/json`, a well-formed request is
    /// answered with 200 even if it cannot be carried out.
    fn status(&self, media: MediaType) -> StatusCode {
        if !self.is_request_error() {
            return StatusCode::OK;
        }
        match self.outcome() {
            "UNAUTHENTICATED" => StatusCode::UNAUTHORIZED,
            "FORBIDDEN" => StatusCode::FORBIDDEN,
            "UNAVAILABLE" => StatusCode::SERVICE_UNAVAILABLE,
            "INTERNAL" => StatusCode::INTERNAL_SERVER_ERROR,
            "BAD_REQUEST" => StatusCode::BAD_REQUEST,
            _ if media == MediaType::Json => StatusCode::OK,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    pub(super) fn into_response(self, media: MediaType) -> Response {
        let status = self.status(media);
        self.with_status(status, media)
    }

    pub(super) fn with_status(self, status: StatusCode, media: MediaType) -> Response {
        let mut response = (status, Body::from(self.to_json())).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }

    /// As [`Answer::into_response`], to a GET: 304 where the client has the same answer already.
    /// The log position is no part of what makes answers the same.
    pub(super) fn into_cached_response(self, media: MediaType, asked: &HeaderMap) -> Response {
        let tag = self.entity_tag();
        let known = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let is_known = known.flat_map(|it| it.split(',')).any(|it| it.trim() == tag);
        let unchanged = is_known && self.status(media) == StatusCode::OK;
        let mut response = if unchanged {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            self.into_response(media)
        };
        let headers = response.headers_mut();
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(ETAG, tag);
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(VARY, HeaderValue::from_static("accept, authorization"));
        response
    }

    fn entity_tag(&self) -> String {
        let data = serde_json::to_vec(&self.data).unwrap_or_default();
        let digest: [u8; 32] = Sha256::new()
            .chain_update(data)
            .chain_update([u8::from(self.errors.is_empty())])
            .finalize()
            .into();
        format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..18]))
    }
}

impl AnswerError {
    fn of(error: ServerError, request_id: &str, never_ran: bool) -> Self {
        let ServerError { message, locations, path, extensions, .. } = error;
        let too_much = TOO_MUCH.iter().find(|(said, _)| *said == message).map(|(_, ours)| *ours);
        let code = match extensions.as_ref().and_then(|it| it.get("code")) {
            Some(Value::String(code)) => code.clone(),
            _ if too_much.is_some() => Code::TooComplex.as_str().to_owned(),
            _ if never_ran => Code::ValidationFailed.as_str().to_owned(),
            // What the library says of an argument, once fields are being resolved.
            _ => Code::BadRequest.as_str().to_owned(),
        };
        let message = too_much.map_or(message, str::to_owned);
        let message_sv = match extensions.as_ref().and_then(|it| it.get("messageSv")) {
            Some(Value::String(text)) => Some(text.clone()),
            _ => None,
        };
        let extensions = ErrorExtensions { code, request_id: request_id.to_owned(), message_sv };
        Self { message, locations, path, extensions }
    }
}
