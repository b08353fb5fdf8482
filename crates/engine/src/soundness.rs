//! What is known of the logs' soundness while they are open: what the last verification found, and
//! what was last signed. A board: whoever verifies and signs writes on it, operators read it.

use std::sync::{Arc, Mutex, PoisonError};

use domain::Position;
use jiff::Timestamp;

/// The board.
#[derive(Debug, Default)]
pub struct Soundness {
    log: Mutex<Verification>,
    access: Mutex<Verification>,
    signing: Mutex<Signing>,
}

/// What is known of one log's verification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// How far the verification has come that is under way, or was the last.
    pub position: Position,
    /// When a verification last came to its end and found the log sound.
    pub completed_at: Option<Timestamp>,
    /// How many found a fault, or could not read the log.
    pub failures: u64,
    /// What the last one found, and where; none if it found the log sound, or has yet to end.
    pub fault: Option<Arc<str>>,
    /// Blocks that the store was given at its opening, since a crash had left it behind.
    pub redone: u64,
    /// Blocks that the store had lost or changed, and that were mended at its opening: damage.
    pub mended: u64,
}

/// What is known of checkpoints that are written while the log is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signing {
    /// How many commits the last one is over.
    pub size: u64,
    /// When it was written.
    pub signed_at: Option<Timestamp>,
    /// How many could not be written, or copied to where copies go.
    pub failures: u64,
    /// Why none is signed any more: the log is not the one that was signed before.
    pub refused: Option<Arc<str>>,
}

impl Soundness {
    /// What is known of the log's verification.
    pub fn log(&self) -> Verification {
        look(&self.log)
    }

    /// What is known of the access log's.
    pub fn access(&self) -> Verification {
        look(&self.access)
    }

    /// What is known of checkpoints.
    pub fn signing(&self) -> Signing {
        look(&self.signing)
    }

    /// Writes down what became known of the log's verification.
    pub fn note_log(&self, change: impl FnOnce(&mut Verification)) {
        note(&self.log, change);
    }

    /// Writes down what became known of the access log's.
    pub fn note_access(&self, change: impl FnOnce(&mut Verification)) {
        note(&self.access, change);
    }

    /// Writes down what became known of checkpoints.
    pub fn note_signing(&self, change: impl FnOnce(&mut Signing)) {
        note(&self.signing, change);
    }
}

fn look<T: Clone>(entry: &Mutex<T>) -> T {
    entry.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn note<T>(entry: &Mutex<T>, change: impl FnOnce(&mut T)) {
    change(&mut entry.lock().unwrap_or_else(PoisonError::into_inner));
}
