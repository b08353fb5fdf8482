//! What is asked of the engine, and what it answers.

use domain::{
    Actor, AttachmentId, CaseId, CommitId, MessageId, Position,
    case::{Command, Content, Rejection},
};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::{Failure, history::HistoryEntry};

/// A command, from whom, and the key by which a retry is known again.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who asks, in which assignment.
    pub by: Actor,
    /// See [`commit_id`].
    pub id: CommitId,
    /// Names the request in logs and on the commit; at most 128 bytes, nothing personal.
    pub correlation: String,
    /// Which case.
    pub target: Target,
    /// What is asked.
    pub command: Command,
    /// What is said, where the command says something.
    pub content: Option<Content>,
}

/// A file that someone sent, to go with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedUpload {
    /// Which.
    pub id: AttachmentId,
    /// What its sender calls it.
    pub name: String,
}

/// Which case a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// One that starts with it.
    New,
    /// One that there is.
    Existing {
        /// Which.
        case: CaseId,
        /// The version that the asker has seen, where the request depends on it.
        expected_version: Option<u32>,
    },
}

/// A request that was granted. Its events are durable and the read models show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The case.
    pub case: CaseId,
    /// The commit; the case's last one where nothing had to happen.
    pub position: Position,
    /// The versions of the events that the commit holds; none where nothing had to happen.
    pub versions: std::ops::Range<u32>,
    /// Whether this was the answer to an earlier request with the same key.
    pub replayed: bool,
}

/// Why a request was not carried out. Nothing was written.
#[derive(Debug, Error)]
pub enum ExecuteError {
    /// The rules say no. Tell whoever asked.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The key was used for another request.
    #[error("the idempotency key was used for another request; use a new one")]
    KeyReused,
    /// The case has changed since the asker saw it.
    #[error("the case has changed since version {expected}; it is at version {actual}")]
    VersionConflict {
        /// What the asker had seen.
        expected: u32,
        /// What there is.
        actual: u32,
        /// The events since.
        since: Vec<HistoryEntry>,
    },
    /// Others kept writing first. Ask again.
    #[error("the case is being changed by others; try again")]
    Contended,
    /// Nobody asking can help. Tell an operator.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// The id of the commit that answers `actor`'s request with this idempotency key.
///
/// Made from both, so that two people may use the same key without meeting.
pub fn commit_id(actor: &Actor, idempotency_key: &str) -> CommitId {
    let mut digest = Sha256::new_with_prefix("arende commit id v1");
    match actor {
        Actor::Resident { who, .. } => digest.update([&[1][..], &who.get().to_be_bytes()].concat()),
        Actor::Staff { who, .. } => digest.update([&[2][..], &who.get().to_be_bytes()].concat()),
        Actor::System => digest.update([3]),
    }
    digest.update(idempotency_key);
    CommitId(first_128_bits(digest))
}

/// The id of the message that a request brings: each request brings one at the most.
pub const fn message_id(request: CommitId) -> MessageId {
    MessageId::new(request.0)
}

pub(crate) fn first_128_bits(digest: Sha256) -> u128 {
    let digest: [u8; 32] = digest.finalize().into();
    let mut bits = [0; 16];
    bits.copy_from_slice(&digest[..16]);
    u128::from_be_bytes(bits)
}
