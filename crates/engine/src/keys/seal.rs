//! Sealing: XChaCha20-Poly1305, bound to the place in the log where the payload stands.
//!
//! ```text
//! version u8 = 1 │ nonce [24] │ ciphertext and tag
//! associated data: stream kind u8 │ stream id u128 │ event version u32 │ type id u16   (big-endian)
//! ```

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use domain::StreamId;

use super::{Key, KeyError};
use crate::World;

/// The first byte of everything sealed.
pub const SEALED_VERSION: u8 = 1;

const NONCE_BYTES: usize = 24;

/// Where a sealed payload stands. Moved anywhere else it no longer opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Whose story.
    pub stream: StreamId,
    /// Which event of it.
    pub version: u32,
    /// Of which type.
    pub type_id: u16,
}

impl Place {
    fn associated_data(&self) -> Vec<u8> {
        let (kind, id) = self.stream.to_parts();
        let mut data = vec![kind];
        data.extend_from_slice(&id.to_be_bytes());
        data.extend_from_slice(&self.version.to_be_bytes());
        data.extend_from_slice(&self.type_id.to_be_bytes());
        data
    }
}

impl Key {
    /// Seals `plain` so that only this key opens it, and only at `place`.
    pub fn seal(&self, world: &dyn World, place: Place, plain: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.seal_with(world, &place.associated_data(), plain).ok_or_else(|| does_not_verify(place))
    }

    /// What was sealed at `place`.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.open_with(&place.associated_data(), sealed).ok_or_else(|| does_not_verify(place))
    }

    /// The cipher that the key is for.
    pub(crate) fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }

    /// None only if `plain` is longer than the cipher takes, 256 GiB.
    pub(crate) fn seal_with(&self, world: &dyn World, aad: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_BYTES];
        world.fill(&mut nonce);
        let cipher = self.cipher();
        let payload = Payload { msg: plain, aad };
        let sealed = cipher.encrypt(XNonce::from_slice(&nonce), payload).ok()?;
        Some([&[SEALED_VERSION], &nonce[..], &sealed].concat())
    }

    pub(crate) fn open_with(&self, aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (&version, rest) = sealed.split_first()?;
        if version != SEALED_VERSION || rest.len() < NONCE_BYTES {
            return None;
        }
        let (nonce, sealed) = rest.split_at(NONCE_BYTES);
        let cipher = self.cipher();
        cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad }).ok()
    }
}

fn does_not_verify(place: Place) -> KeyError {
    KeyError::DoesNotVerify { what: format!("{}, event {}", place.stream, place.version) }
}
