//! Who asks: the bearer of the token in `Authorization`, or nobody.

use axum::http::{HeaderMap, header::AUTHORIZATION};

use super::Shared;
use crate::token::Bearer;

/// A token was given and not believed. Why is in the log; the client is told that it was not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotBelieved;

/// The bearer of the token in `headers`; nobody where there is none.
pub(super) fn of_headers(
    shared: &Shared,
    headers: &HeaderMap,
    request_id: &str,
) -> Result<Option<Bearer>, NotBelieved> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let text = value.to_str().map_err(|_| NotBelieved)?;
    of_authorization(shared, text, request_id)
}

/// The bearer of the token in the text of an Authorization header. `Bearer` and nothing names
/// nobody: so GraphiQL asks for the schema until a token is put in.
pub(super) fn of_authorization(
    shared: &Shared,
    text: &str,
    request_id: &str,
) -> Result<Option<Bearer>, NotBelieved> {
    let (scheme, token) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(NotBelieved);
    }
    if token.is_empty() {
        return Ok(None);
    }
    let bearer = shared.keys.verify(token.trim(), shared.engine.now()).map_err(|error| {
        tracing::warn!(request_id, %error, "a token was not believed");
        NotBelieved
    })?;
    Ok(Some(bearer))
}
