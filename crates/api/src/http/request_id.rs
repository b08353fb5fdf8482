//! A name for each request, in and out, so that a client's complaint finds its line in the log.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use domain::CaseId;

use super::Shared;

/// The header that carries it.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest name that is taken from a client, in bytes: it is kept with what is written.
const BYTES_MAX: usize = 64;

/// The name of one request.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) Arc<str>);

/// Names the request: as the client does, where that is short and plain, else anew.
pub(super) async fn name(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response {
    let given = request.headers().get(X_REQUEST_ID).and_then(|value| value.to_str().ok());
    let name: Arc<str> = match given {
        Some(given) if is_plain(given) => given.into(),
        _ => fresh(&shared).into(),
    };
    request.extensions_mut().insert(RequestId(Arc::clone(&name)));
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    response
}

/// A name that nothing has had before: the digits of an id, without the word before them.
pub(super) fn fresh(shared: &Shared) -> String {
    let id = CaseId::new(shared.engine.world().new_id()).to_string();
    id.replacen(CaseId::PREFIX, "request", 1)
}

fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:+/=".contains(&byte);
    (1..=BYTES_MAX).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn a_name_is_short_and_plain() {
        assert!(is_plain("9f3c-request.7"));
        for text in ["", "two words", "name=\"x\"", "rå", &"a".repeat(65), "a\nb"] {
            assert!(!is_plain(text), "{text}");
        }
    }
}
