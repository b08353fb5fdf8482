//! Documents by hash and by name.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::{DOCUMENT_BYTES_MAX, Documents, KEPT_BYTES_MAX, PersistedDocuments};
use crate::{http::params::Params, schema::error::Code};

fn params(value: serde_json::Value) -> Params {
    Params::from_value(value).unwrap()
}

fn code(documents: &Documents, value: serde_json::Value) -> Option<Code> {
    documents.find(&params(value)).err().map(|it| it.code)
}

#[test]
fn a_document_is_known_by_its_hash_once_it_was_sent() {
    let documents = Documents::new(PersistedDocuments::default());
    let text = "{ viewer { expiresAt } }";
    let hash = format!("{:x}", Sha256::digest(text));
    let named = json!({ "version": 1, "sha256Hash": hash });
    let by_hash = json!({ "extensions": { "persistedQuery": named } });
    assert_eq!(code(&documents, by_hash.clone()), Some(Code::PersistedQueryNotFound));
    let sent = json!({ "query": text, "extensions": { "persistedQuery": named } });
    assert_eq!(code(&documents, sent), None);
    assert_eq!(code(&documents, by_hash), None);

    let other = json!({ "query": "{ viewer { id } }", "extensions": { "persistedQuery": named } });
    assert_eq!(code(&documents, other), Some(Code::BadRequest));
    for named in [
        json!(7),
        json!({ "version": 2, "sha256Hash": hash }),
        json!({ "version": 1, "sha256Hash": "é".repeat(32) }),
    ] {
        let sent = json!({ "extensions": { "persistedQuery": named } });
        assert_eq!(code(&documents, sent), Some(Code::BadRequest));
    }
}

/// Whoever sends documents without a token fills no more than that.
#[test]
fn documents_are_kept_as_long_as_there_is_room() {
    let documents = Documents::new(PersistedDocuments::default());
    let send = |name: &str, bytes: usize| {
        let text = format!("{{ {name} # {} \n }}", "x".repeat(bytes));
        assert_eq!(code(&documents, json!({ "query": text })), None);
        let hash = format!("{:x}", Sha256::digest(text));
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } })
    };
    let first = send("first", 1_000);
    let long = send("long", DOCUMENT_BYTES_MAX);
    assert_eq!(code(&documents, first.clone()), None);
    assert_eq!(code(&documents, long), Some(Code::PersistedQueryNotFound));
    for n in 0..40 {
        send(&format!("a{n}"), 15_000);
    }
    assert_eq!(code(&documents, first), Some(Code::PersistedQueryNotFound));
    let recent = documents.recent();
    assert!(recent.bytes <= KEPT_BYTES_MAX);
    assert_eq!(recent.documents.len(), recent.order.len());
}

#[test]
fn a_manifest_gives_documents_by_name() {
    let manifest = r#"{"inbox":"{ viewer { expiresAt } }"}"#;
    let documents = Documents::new(PersistedDocuments::from_manifest(manifest).unwrap());
    assert_eq!(code(&documents, json!({ "documentId": "inbox" })), None);
    let unknown = json!({ "documentId": "another" });
    assert_eq!(code(&documents, unknown), Some(Code::PersistedQueryNotFound));
    for manifest in ["[]", r#"{"a":7}"#, r#"{"a":"{"}"#] {
        assert!(PersistedDocuments::from_manifest(manifest).is_err(), "{manifest}");
    }
}

#[test]
fn what_is_too_long_is_not_even_parsed() {
    let documents = Documents::new(PersistedDocuments::default());
    let long = format!("{{ {} }}", "a ".repeat(4_000));
    assert_eq!(code(&documents, json!({ "query": long })), Some(Code::TooComplex));
    let aliases: Vec<_> = (0..51).map(|n| format!("a{n}: viewer {{ expiresAt }}")).collect();
    let many = format!("{{ {} }}", aliases.join(" "));
    assert_eq!(code(&documents, json!({ "query": many })), Some(Code::TooComplex));
    assert_eq!(code(&documents, json!({ "query": "{" })), Some(Code::ParseFailed));
    assert_eq!(code(&documents, json!({})), Some(Code::BadRequest));
}
