//! A commit on its way into the log: events encoded, what was said sealed.

use bytes::Bytes;
use domain::{
    Actor, CommitId, Event, StreamId,
    case::{Content, FileSecrets},
    organisation::{ContactDetails, Person},
};
use event_log::{Append, EventRecord, Expected, Head};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{
    Failure, World,
    codec::{self, CATALOGUE, CodecError},
    keys::{Key, KeyStore, Owner, Place},
};

/// What a draft has to seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// What someone wrote in a case.
    Content(Content),
    /// Who someone is.
    Person(Person),
    /// How a resident is reached.
    Contact(ContactDetails),
    /// What someone wrote in a case, and what the files beside it are called, with their keys.
    Letter(Content, FileSecrets),
}

/// One commit, before it is encoded and sealed.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Whose story it belongs to.
    pub stream: StreamId,
    /// Where that story stood when the events were decided.
    pub head: Option<Head>,
    /// Which request it answers.
    pub commit_id: CommitId,
    /// What tells that request from another with the same id.
    pub fingerprint: [u8; 32],
    /// When it took place.
    pub occurred_at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// Names the request.
    pub correlation: String,
    /// What happened.
    pub events: Vec<Event>,
    /// What is sealed, each part into the first event that has room for it.
    pub secret: Option<Secret>,
    /// Whose key wraps the stream's.
    pub owner: Owner,
    /// Whether the stream holds something sealed already, so that it must have a key: one that was
    /// lost or destroyed is never replaced by a new one without a word.
    pub has_sealed: bool,
}

impl Draft {
    /// The commit as the log takes it. The stream's key may be new: sync the store before the
    /// append.
    pub(crate) fn seal(self, world: &dyn World, keys: &KeyStore) -> Result<Append, Failure> {
        let parts = self.secret.as_ref().map(Secret::parts).transpose()?;
        let mut parts = parts.unwrap_or_default();
        let next = self.head.map_or(0, |head| head.version) + 1;
        let mut records = Vec::with_capacity(self.events.len());
        for (version, event) in (next..).zip(&self.events) {
            let (type_id, schema_version, clear) = codec::encode(event)?;
            let kind = sealed_kind(type_id);
            let part = parts.iter().position(|(name, _)| Some(*name) == kind);
            let sealed = match part.map(|part| parts.remove(part)) {
                Some((_, plain)) => {
                    let key = if self.has_sealed {
                        keys.get(self.stream)?
                    } else {
                        keys.get_or_create(world, self.stream, self.owner)?
                    };
                    let place = Place { stream: self.stream, version, type_id };
                    Bytes::from(key.seal(world, place, &plain)?)
                }
                None => Bytes::new(),
            };
            records.push(EventRecord { type_id, schema_version, clear: clear.into(), sealed });
        }
        Ok(Append {
            stream: self.stream,
            expected: self.head.map_or(Expected::NoStream, |head| Expected::Head(head.position)),
            commit_id: self.commit_id,
            fingerprint: self.fingerprint,
            occurred_at: self.occurred_at,
            recorded_at: world.now(),
            actor: self.actor,
            correlation: self.correlation,
            events: records,
        })
    }
}

impl Draft {
    /// Tells these events from others, for a commit that no request's fingerprint stands for.
    pub(crate) fn own_fingerprint(&self, key: &Key) -> Result<[u8; 32], Failure> {
        let (kind, id) = self.stream.to_parts();
        let mut parts = vec![vec![kind], id.to_be_bytes().to_vec()];
        for event in &self.events {
            parts.push(codec::encode(event)?.2);
        }
        parts.extend(self.secret.as_ref().map(Secret::to_bytes).transpose()?);
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        Ok(fingerprint(key, &parts))
    }
}

impl Secret {
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, CodecError> {
        Ok(self.parts()?.into_iter().flat_map(|(_, bytes)| bytes).collect())
    }

    /// Each part, by what the catalogue calls it.
    fn parts(&self) -> Result<Vec<(&'static str, Vec<u8>)>, CodecError> {
        let content = |it| Ok(("Content", codec::to_bytes("Content", it)?));
        Ok(match self {
            Self::Content(it) => vec![content(it)?],
            Self::Person(it) => vec![("Person", codec::to_bytes("Person", it)?)],
            Self::Contact(it) => vec![("ContactDetails", codec::to_bytes("ContactDetails", it)?)],
            Self::Letter(it, files) => {
                vec![content(it)?, ("FileSecrets", codec::to_bytes("FileSecrets", files)?)]
            }
        })
    }
}

/// What an event has room for.
fn sealed_kind(type_id: u16) -> Option<&'static str> {
    let index = CATALOGUE.binary_search_by_key(&type_id, |entry| entry.type_id).ok()?;
    CATALOGUE[index].sealed
}

/// Tells requests apart without telling what they say: a digest under a key of its own, since
/// the digest of a "yes" could be guessed.
pub(crate) fn fingerprint(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new_with_prefix(key.bytes());
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}
