//! Documents, parsed once: those that clients send again and again, those that they name by a hash
//! (automatic persisted queries), and those that the service was started with.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::parser::{parse_query, types::ExecutableDocument};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::params::Params;
use crate::{
    limits::{self, Extent},
    schema::error::Code,
};

/// The most that the documents kept hold together, in bytes of text; parsed, they take up to some
/// hundred times that. The oldest make room.
const KEPT_BYTES_MAX: usize = 512 * 1024;

/// The longest document that is kept, in bytes.
const DOCUMENT_BYTES_MAX: usize = 16 * 1024;

/// Documents by name, from a manifest: a JSON object of ids and texts.
#[derive(Debug, Default)]
pub struct PersistedDocuments {
    documents: BTreeMap<String, Arc<ExecutableDocument>>,
}

/// Why a manifest was not taken.
#[derive(Debug, Error)]
pub enum PersistedDocumentsError {
    /// It is not a JSON object of texts.
    #[error("the manifest is not a JSON object of ids and documents: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A text is no document.
    #[error("document `{id}` does not parse: {why}")]
    Document {
        /// Which.
        id: String,
        /// Why not.
        why: String,
    },
}

impl PersistedDocuments {
    /// The documents in the manifest `text`.
    pub fn from_manifest(text: &str) -> Result<Self, PersistedDocumentsError> {
        let texts: BTreeMap<String, String> = serde_json::from_str(text)?;
        let mut documents = BTreeMap::new();
        for (id, text) in texts {
            let document = parse_query(&text).map_err(|error| {
                PersistedDocumentsError::Document { id: id.clone(), why: error.to_string() }
            })?;
            documents.insert(id, Arc::new(document));
        }
        Ok(Self { documents })
    }
}

/// Why a request has no document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoDocument {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) locations: Vec<async_graphql::Pos>,
}

impl NoDocument {
    fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), locations: vec![] }
    }
}

/// What a client that names a document by its hash sends, by Apollo's convention.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PersistedQuery {
    version: u32,
    sha256_hash: String,
}

type Hash = [u8; 32];

pub(super) struct Documents {
    persisted: PersistedDocuments,
    recent: Mutex<Recent>,
}

/// Looked up and never iterated; the order of leaving is the queue's.
#[derive(Default)]
struct Recent {
    documents: HashMap<Hash, Arc<ExecutableDocument>>,
    /// Which came when, and how long each is.
    order: VecDeque<(Hash, usize)>,
    bytes: usize,
}

impl Documents {
    pub(super) fn new(persisted: PersistedDocuments) -> Self {
        Self { persisted, recent: Mutex::default() }
    }

    /// The document that `params` send or name.
    pub(super) fn find(&self, params: &Params) -> Result<Arc<ExecutableDocument>, NoDocument> {
        if let Some(id) = &params.document_id {
            let document = self.persisted.documents.get(id).cloned();
            return document.ok_or_else(not_found);
        }
        let named = match params.extensions.get("persistedQuery") {
            None => None,
            Some(value) => Some(read_hash(value)?),
        };
        match (&params.query, named) {
            (None, Some(hash)) => self.recent().documents.get(&hash).cloned().ok_or_else(not_found),
            (None, None) => Err(NoDocument::new(Code::BadRequest, "`query` is missing")),
            (Some(text), named) => {
                let hash = Sha256::digest(text).into();
                if named.is_some_and(|named| named != hash) {
                    let why = "`persistedQuery.sha256Hash` is not the hash of `query`";
                    return Err(NoDocument::new(Code::BadRequest, why));
                }
                self.parse(text, hash)
            }
        }
    }

    fn parse(&self, text: &str, hash: Hash) -> Result<Arc<ExecutableDocument>, NoDocument> {
        if let Some(document) = self.recent().documents.get(&hash) {
            return Ok(document.clone());
        }
        if limits::tokens(text) > limits::TOKENS_MAX {
            let why = format!("the document has more than {} tokens", limits::TOKENS_MAX);
            return Err(NoDocument::new(Code::TooComplex, why));
        }
        let document = parse_query(text).map_err(|error| NoDocument {
            locations: error.positions().collect(),
            ..NoDocument::new(Code::ParseFailed, error.to_string())
        })?;
        check(&document)?;
        let document = Arc::new(document);
        self.recent().keep(hash, text.len(), Arc::clone(&document));
        Ok(document)
    }

    fn recent(&self) -> std::sync::MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses a document that comes to more than a request may ask for.
fn check(document: &ExecutableDocument) -> Result<(), NoDocument> {
    let refused = |why| Err(NoDocument::new(Code::TooComplex, why));
    let (aliases, most) = (limits::aliases(document), limits::ALIASES_MAX);
    if aliases > most {
        return refused(format!("the document has {aliases} aliases; at most {most} are taken"));
    }
    let Extent { selections, lists_of_types } = Extent::of(document);
    if selections > limits::SELECTIONS_MAX {
        let most = limits::SELECTIONS_MAX;
        return refused(format!("the document comes to more than {most} selections"));
    }
    if lists_of_types > limits::LISTS_OF_TYPES_MAX {
        let most = limits::LISTS_OF_TYPES_MAX;
        return refused(format!("at most {most} lists of types are described within each other"));
    }
    Ok(())
}

impl Recent {
    fn keep(&mut self, hash: Hash, bytes: usize, document: Arc<ExecutableDocument>) {
        if bytes > DOCUMENT_BYTES_MAX || self.documents.insert(hash, document).is_some() {
            return;
        }
        self.order.push_back((hash, bytes));
        self.bytes += bytes;
        while self.bytes > KEPT_BYTES_MAX
            && let Some((oldest, bytes)) = self.order.pop_front()
        {
            self.documents.remove(&oldest);
            self.bytes -= bytes;
        }
    }
}

fn not_found() -> NoDocument {
    NoDocument::new(Code::PersistedQueryNotFound, "PersistedQueryNotFound")
}

fn read_hash(value: &serde_json::Value) -> Result<Hash, NoDocument> {
    let malformed = || {
        let why = "`persistedQuery` is not { version: 1, sha256Hash: 64 hexadecimal digits }";
        NoDocument::new(Code::BadRequest, why)
    };
    let named = PersistedQuery::deserialize(value).map_err(|_| malformed())?;
    let digits = named.sha256_hash.as_bytes();
    if named.version != 1 || digits.len() != 64 {
        return Err(malformed());
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = digit(pair[0]).zip(digit(pair[1])).ok_or_else(malformed)?;
        *byte = pair.0 << 4 | pair.1;
    }
    Ok(hash)
}

#[cfg(test)]
mod tests {
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

        let other =
            json!({ "query": "{ viewer { id } }", "extensions": { "persistedQuery": named } });
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
}
