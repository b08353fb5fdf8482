//! Checkpoints: a log's size and root, signed, for others to keep.
//!
//! The text is that of C2SP's tlog-checkpoint, the signature that of its signed-note with Ed25519,
//! so that tools of other makes read both. Whoever has a checkpoint can tell later whether a log
//! still begins with what was signed.
//!
//! ```text
//! origin          the name of the key, which is the name of the log
//! 1200            how many commits
//! TszzRgjT…=      the root of the tree over them, base64
//!
//! — origin r9g…=  the signature
//! ```

mod key;
#[cfg(test)]
mod tests;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use signed_note::{Note, NoteError, VerifierList};
use thiserror::Error;

pub use self::key::{KeyError, PublicKey, SecretKey};
use crate::{Hash, merkle::Frontier};

/// A log as it was when it had so many commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: the name of the key that signs for it.
    pub origin: String,
    /// How many commits it had.
    pub size: u64,
    /// The root of the Merkle tree over them.
    pub root: Hash,
}

/// Why a text is not a checkpoint that can be relied on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// It is not a signed note.
    #[error("it is not a signed note")]
    NotANote,
    /// The key has not signed it.
    #[error("the key of {name} has not signed it; was it signed with another key?")]
    Unsigned {
        /// Whose key was asked for.
        name: String,
    },
    /// The key is said to have signed it, and has not.
    #[error("the signature of {name} does not verify: it was changed after it was signed")]
    Signature {
        /// Whose.
        name: String,
    },
    /// It was signed, but does not say what a checkpoint says.
    #[error("its {line} is not that of a checkpoint")]
    Text {
        /// Which line.
        line: &'static str,
    },
    /// It speaks of another log than its key does.
    #[error("it is for the log {origin}, but its key signs for {name}")]
    Origin {
        /// Of which log.
        origin: String,
        /// Whose key signed it.
        name: String,
    },
    /// It could not be signed.
    #[error("it could not be signed with the key of {name}")]
    Signing {
        /// Whose.
        name: String,
    },
}

impl Checkpoint {
    /// The log that `key` signs for, as it is with these commits.
    pub fn of(key: &PublicKey, frontier: &Frontier) -> Self {
        let (size, root) = (frontier.size(), frontier.root());
        Self { origin: key.name().to_owned(), size, root }
    }

    /// The checkpoint as a signed note.
    pub fn sign(&self, key: &SecretKey) -> Result<String, CheckpointError> {
        let name = || key.public().name().to_owned();
        if self.origin != key.public().name() {
            return Err(CheckpointError::Origin { origin: self.origin.clone(), name: name() });
        }
        let failed = || CheckpointError::Signing { name: name() };
        let mut note = Note::new(self.text().as_bytes(), &[]).map_err(|_| failed())?;
        note.add_sigs(&[key.signer()]).map_err(|_| failed())?;
        String::from_utf8(note.to_bytes()).map_err(|_| failed())
    }

    /// The checkpoint in `note`, if the holder of `key` signed it.
    ///
    /// Signatures of others may stand beside it; they are not looked at.
    pub fn verify(note: &str, key: &PublicKey) -> Result<Self, CheckpointError> {
        let name = || key.name().to_owned();
        let note = Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointError::NotANote)?;
        let known = VerifierList::new(vec![Box::new(key.verifier().clone())]);
        note.verify(&known).map_err(|error| match error {
            NoteError::InvalidSignature { .. } => CheckpointError::Signature { name: name() },
            _ => CheckpointError::Unsigned { name: name() },
        })?;
        let checkpoint = Self::read(note.text())?;
        if checkpoint.origin != key.name() {
            return Err(CheckpointError::Origin { origin: checkpoint.origin, name: name() });
        }
        Ok(checkpoint)
    }

    /// What `note` says, whoever signed it: to be compared with a log, and not to be relied on.
    pub fn unverified(note: &str) -> Result<Self, CheckpointError> {
        let note = Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointError::NotANote)?;
        Self::read(note.text())
    }

    fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64_STANDARD.encode(self.root.0))
    }

    /// Lines after the third may say more; we know of nothing that they could say.
    fn read(text: &[u8]) -> Result<Self, CheckpointError> {
        let bad = |line| CheckpointError::Text { line };
        let text = std::str::from_utf8(text).map_err(|_| bad("text"))?;
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        let origin = lines.next().filter(|it| !it.is_empty()).ok_or(bad("origin"))?;
        let size = lines.next().ok_or(bad("size"))?;
        // One spelling for each number: neither `+7` nor `007`.
        let number = size.parse::<u64>().ok().filter(|it| it.to_string() == size);
        let root = lines.next().and_then(|it| BASE64_STANDARD.decode(it).ok());
        let root = root.and_then(|it| it.try_into().ok()).ok_or(bad("root"))?;
        if lines.any(str::is_empty) {
            return Err(bad("extension"));
        }
        let size = number.ok_or(bad("size"))?;
        Ok(Self { origin: origin.to_owned(), size, root: Hash(root) })
    }
}
