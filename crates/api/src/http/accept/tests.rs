//! What a client takes, read from its headers.

use axum::http::{HeaderMap, HeaderValue, header::ACCEPT};

use super::{MediaType, negotiate};

const JSON: &[MediaType] = &[MediaType::Json, MediaType::GraphqlResponse];

fn negotiated(accept: &[&str], offered: &[MediaType]) -> Option<MediaType> {
    let mut headers = HeaderMap::new();
    for value in accept {
        headers.append(ACCEPT, HeaderValue::from_str(value).unwrap());
    }
    negotiate(&headers, offered)
}

#[test]
fn the_client_has_its_way() {
    let (json, graphql) = (Some(MediaType::Json), Some(MediaType::GraphqlResponse));
    for (accept, expected) in [
        (&[][..], json),
        (&["*/*"][..], json),
        (&["application/*"][..], json),
        (&["application/graphql-response+json"][..], graphql),
        (&["application/graphql-response+json, application/json;q=0.9"][..], graphql),
        (&["application/json;q=0.9, application/graphql-response+json;q=0.85"][..], json),
        (&["application/json;q=0.9", "application/graphql-response+json"][..], graphql),
        (&["*/*;q=0.1, application/graphql-response+json;q=0.2"][..], graphql),
        (&["application/json;q=0, */*"][..], graphql),
        (&["APPLICATION/JSON ; charset=utf-8 ; Q=1"][..], json),
        (&["text/html"][..], None),
        (&["application/json;q=0"][..], None),
        (&["application/json;q=much"][..], None),
    ] {
        assert_eq!(negotiated(accept, JSON), expected, "{accept:?}");
    }
}

#[test]
fn a_browser_gets_a_page() {
    let offered = [MediaType::Json, MediaType::GraphqlResponse, MediaType::Html];
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
    assert_eq!(negotiated(&[browser], &offered), Some(MediaType::Html));
}
