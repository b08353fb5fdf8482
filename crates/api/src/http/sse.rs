//! Server-sent events, by the graphql-sse protocol in its "distinct connections" mode: one
//! connection for one operation, `next` for each answer, then `complete`.
//!
//! Written out here: `complete` has a `data` line that is empty, without which a browser's
//! `EventSource` does not tell of it, and axum's `Sse` leaves an empty line out.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt as _, stream};

use super::{
    Shared,
    accept::MediaType,
    answer::{Answer, Rejected},
    operation::Operation,
    request_id::RequestId,
};
use crate::limits;

/// A comment, so that whoever stands between does not take a quiet stream for a dead one.
const KEEP_ALIVE: &str = ":\n\n";
const COMPLETE: &str = "event: complete\ndata:\n\n";

/// What `operation` comes to, as it comes.
pub(super) fn stream(shared: Arc<Shared>, operation: Operation) -> Response {
    respond(operation.stream(shared))
}

/// A request that is no operation: told in the stream, where such clients look for it.
pub(super) fn rejected(rejected: Rejected, id: &RequestId) -> Response {
    respond(stream::iter([Answer::rejected(rejected, &id.0)]))
}

fn respond(answers: impl Stream<Item = Answer> + Send + 'static) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(MediaType::EventStream.content_type())),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let events = stream::unfold(Some(answers.boxed()), async |state| {
        let mut answers = state?;
        let quiet = Duration::from_millis(limits::KEEP_ALIVE_MS);
        Some(match tokio::time::timeout(quiet, answers.next()).await {
            // Compact JSON has no line breaks, so it is one `data` line.
            Ok(Some(answer)) => {
                (format!("event: next\ndata: {}\n\n", answer.to_json()), Some(answers))
            }
            Ok(None) => (COMPLETE.to_owned(), None),
            Err(_) => (KEEP_ALIVE.to_owned(), Some(answers)),
        })
    });
    (headers, Body::from_stream(events.map(Ok::<_, Infallible>))).into_response()
}
