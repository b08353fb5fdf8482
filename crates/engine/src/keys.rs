//! Keys to what people wrote: a key for each stream, wrapped by a key for each resident and care
//! provider, wrapped by the master key. Destroying a key is how content is disposed of.
//!
//! ```text
//! master key (file or environment) ─▶ key of (resident, care provider) ─▶ key of one case
//!                                  └▶ key of one member of staff, or of one resident's record
//! ```
//!
//! The store is a sled database of its own, apart from the log, so that a copy of the log alone
//! tells nothing. A key is durable before anything sealed with it is appended.

mod master;
mod seal;
mod store;
#[cfg(test)]
mod tests;

use domain::{CareProviderId, ResidentId};
use thiserror::Error;

pub use self::{
    master::MasterKey,
    seal::{Place, SEALED_VERSION},
    store::{KeyStore, Records, WrappedKey},
};

/// A key of 256 bits. It is wiped when dropped, and never printed.
#[derive(Clone)]
pub struct Key(zeroize::Zeroizing<[u8; Key::BYTES]>);

impl Key {
    /// Its length.
    pub const BYTES: usize = 32;

    /// A key from `bytes`.
    pub fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(zeroize::Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &*self.0
    }
}

/// Whose key wraps a stream's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A resident's dealings with one care provider, so that they can be disposed of together.
    Resident(ResidentId, CareProviderId),
    /// The service: staff, and residents' own records.
    Service,
}

/// Why a key could not be had, or a payload not be opened.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The key store could not be read or written.
    #[error("the key store failed while {doing}: {source}")]
    Store {
        /// What it was doing.
        doing: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The store was made with another master key.
    #[error("the master key is not the one this key store was made with")]
    WrongMaster,
    /// A master key that is not 64 hexadecimal digits.
    #[error("the master key in {place} is not 64 hexadecimal digits")]
    MalformedMaster {
        /// The file or variable.
        place: String,
    },
    /// A record of the store is not what it should be.
    #[error("the key store holds a damaged record for {what}")]
    DamagedRecord {
        /// Whose.
        what: String,
    },
    /// No such key: never made, or destroyed.
    #[error("the key to {what} does not exist or was destroyed")]
    NoKey {
        /// Whose.
        what: String,
    },
    /// The payload was not sealed by that key at that place.
    #[error("the sealed content of {what} does not verify")]
    DoesNotVerify {
        /// Where.
        what: String,
    },
}
