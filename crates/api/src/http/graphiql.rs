//! GraphiQL, from the binary: no other server is asked for anything.
//!
//! The page is made by `graphiql/build.mjs` of this crate; where its parts come from stands beside
//! it in `graphiql/README.md`.

use std::io::Read as _;

use axum::{
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
            CONTENT_TYPE, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
};
use flate2::read::GzDecoder;

use super::accept::MediaType;

/// The page, gzipped.
const PAGE: &[u8] = include_bytes!("../../graphiql/graphiql.html.gz");

/// Everything comes from the page itself; it may talk to this service alone.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; \
                      worker-src blob:; style-src 'unsafe-inline'; img-src data:; font-src data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (CONTENT_TYPE, HeaderValue::from_static(MediaType::Html.content_type())),
    (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (VARY, HeaderValue::from_static("accept, accept-encoding")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// The page, as the client can read it.
pub(super) fn page(headers: &HeaderMap) -> Response {
    if takes_gzip(headers) {
        return (HEADERS, [(CONTENT_ENCODING, HeaderValue::from_static("gzip"))], PAGE)
            .into_response();
    }
    let mut plain = Vec::new();
    match GzDecoder::new(PAGE).read_to_end(&mut plain) {
        Ok(_) => (HEADERS, plain).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|it| it.to_str().ok());
    let mut codings = values.flat_map(|it| it.split(','));
    codings.any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}
