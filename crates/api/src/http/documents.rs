//! Documents, parsed once: those that clients send again and again, those that they name by a hash
//! (automatic persisted queries), and those that the service was started with.

#[cfg(test)]
mod tests;

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
