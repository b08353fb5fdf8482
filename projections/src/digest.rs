//! One hash for each read model, to tell whether two ways to come by it gave the same.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::{ReadModels, state::Kept as _};

/// The read models by name, each with the fingerprint of its code.
///
/// Raise a model's number whenever the same log gives another result, however small: what was
/// saved by the earlier code is thrown away then. A test finds it when that was
/// forgotten.
pub const MODELS: [(&str, u32); 8] = [
    ("directory", 7),
    ("offerings", 2),
    ("assignments", 1),
    ("activity", 2),
    ("cases", 1),
    ("inboxes", 1),
    ("statistics", 1),
    ("parked", 1),
];

/// What each read model has come to, in the order of [`MODELS`].
pub type Digests = [ModelDigest; MODELS.len()];

/// What one read model has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelDigest {
    /// Which.
    pub model: &'static str,
    /// The fingerprint of its code.
    pub fingerprint: u32,
    /// SHA-256 of all that it holds, in an order that follows from the log alone.
    pub sha256: [u8; 32],
}

impl fmt::Display for ModelDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sha256.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl ReadModels {
    /// What each read model has come to, in the order of [`MODELS`]. Looks at everything there is:
    /// about a second for a million cases.
    pub fn digests(&self) -> Digests {
        MODELS.map(|(model, fingerprint)| {
            let mut hash = Sha256::new();
            self.put(model, &mut |bytes| hash.update(bytes));
            ModelDigest { model, fingerprint, sha256: hash.finalize().into() }
        })
    }

    fn put(&self, model: &str, each: &mut dyn FnMut(&[u8])) {
        let mut whole = |kept: &dyn Fn(&mut Vec<u8>)| {
            let mut out = Vec::new();
            kept(&mut out);
            each(&out);
        };
        match model {
            "directory" => whole(&|out| self.directory.put(out)),
            "offerings" => whole(&|out| self.offerings.put(out)),
            "assignments" => whole(&|out| self.assignments.put(out)),
            "activity" => whole(&|out| self.activity.put(out)),
            "cases" => {
                let book = &self.cases.book;
                book.ids().iter().for_each(|ids| ids.put_pieces(each));
                book.rows.put_pieces(each);
            }
            "parked" => whole(&|out| self.parked.put(out)),
            "inboxes" => self.cases.index.put(each),
            _ => whole(&|out| self.cases.book.flows.put(out)),
        }
    }
}
