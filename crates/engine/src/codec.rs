//! How events become bytes: bincode, and a registry of type ids that only ever grows.
//!
//! The bytes are bincode's version 1 layout: fixed-width little-endian integers, lengths as
//! `u64`, an enum's variant as `u32`. Each type of event is encoded by its own struct, never as a
//! variant of [`domain::Event`], so that reordering Rust code cannot change what is on disk.
//! docs/events.md lists them all.
//!
//! An unknown type or version stops the reader; nothing is skipped.

mod registry;
#[cfg(test)]
mod tests;

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

pub use self::registry::{CATALOGUE, CatalogueEntry, decode, encode};

/// Why stored bytes could not be read.
#[derive(Debug, Error)]
pub enum CodecError {
    /// A type id that this program does not know.
    #[error("event type {type_id} is unknown; it was written by a newer version of arende")]
    UnknownType {
        /// The id.
        type_id: u16,
    },
    /// A schema version that this program does not know.
    #[error("version {schema_version} of {name} is unknown; it was written by a newer arende")]
    UnknownVersion {
        /// The type's name.
        name: &'static str,
        /// The version.
        schema_version: u16,
    },
    /// The bytes are not what they should be.
    #[error("failed to decode {what}: {source}")]
    Malformed {
        /// Of what.
        what: &'static str,
        /// How.
        source: bincode::error::DecodeError,
    },
    /// Something follows where the end should be.
    #[error("failed to decode {what}: {bytes} bytes are left over")]
    LeftOver {
        /// Of what.
        what: &'static str,
        /// How many.
        bytes: usize,
    },
    /// It would not encode.
    #[error("failed to encode {what}: {source}")]
    Unencodable {
        /// What.
        what: &'static str,
        /// Why.
        source: bincode::error::EncodeError,
    },
}

/// The bytes of `value`, a stored type.
pub fn to_bytes<T: Serialize>(what: &'static str, value: &T) -> Result<Vec<u8>, CodecError> {
    bincode::serde::encode_to_vec(value, bincode::config::legacy())
        .map_err(|source| CodecError::Unencodable { what, source })
}

/// The stored type that `bytes` are, all of them.
pub fn from_bytes<T: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<T, CodecError> {
    // A length in a damaged payload must not make us allocate more than it could hold.
    let config = bincode::config::legacy().with_limit::<{ 1 << 20 }>();
    let (value, read) = bincode::serde::decode_from_slice(bytes, config)
        .map_err(|source| CodecError::Malformed { what, source })?;
    match bytes.len() - read {
        0 => Ok(value),
        bytes => Err(CodecError::LeftOver { what, bytes }),
    }
}
