//! How a file lies on disk: XChaCha20-Poly1305 in pieces, so that neither sealing nor opening needs
//! the whole of it in memory.
//!
//! ```text
//! version u8 = 1 │ nonce [19] │ pieces: ciphertext of at most 64 KiB, and its tag [16]
//! ```
//!
//! The pieces are chained as in the STREAM construction (`aead::stream`, big-endian counter of 32
//! bits and a flag for the last), so that none can be left out, moved or cut off. The associated
//! data of each is the attachment's id, 16 bytes, big-endian.

use bytes::{Buf as _, Bytes, BytesMut};
use chacha20poly1305::{
    XChaCha20Poly1305,
    aead::{
        Payload,
        generic_array::GenericArray,
        stream::{DecryptorBE32, EncryptorBE32},
    },
};
use domain::{
    AttachmentId,
    case::{AttachedFile, FileHash},
};
use futures_util::{Stream, StreamExt as _, stream};
use object_store::{ObjectStore, ObjectStoreExt as _};
use sha2::{Digest, Sha256};

use super::{FileFault, address};
use crate::{World, keys::Key};

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 19;
const TAG_BYTES: usize = 16;
/// Of clear text in a piece.
const PIECE_BYTES: usize = 64 * 1024;

/// How long a file of so many bytes is as it lies sealed.
pub(super) const fn sealed_bytes(clear: u64) -> u64 {
    let pieces = clear.div_ceil(PIECE_BYTES as u64);
    1 + NONCE_BYTES as u64 + clear + pieces * TAG_BYTES as u64
}

/// A file on its way to disk.
pub(super) struct Sealer {
    encryptor: EncryptorBE32<XChaCha20Poly1305>,
    id: [u8; 16],
    clear: BytesMut,
    sealed: BytesMut,
    digest: Sha256,
}

impl Sealer {
    pub(super) fn new(world: &dyn World, key: &Key, id: AttachmentId) -> Self {
        let mut nonce = [0; NONCE_BYTES];
        world.fill(&mut nonce);
        let cipher = key.cipher();
        let mut sealed = BytesMut::from(&[VERSION][..]);
        sealed.extend_from_slice(&nonce);
        Self {
            encryptor: EncryptorBE32::from_aead(cipher, GenericArray::from_slice(&nonce)),
            id: id.get().to_be_bytes(),
            clear: BytesMut::new(),
            sealed,
            digest: Sha256::new(),
        }
    }

    /// Takes more of the file. None only where it is longer than the cipher takes, 256 TiB.
    pub(super) fn take(&mut self, mut bytes: Bytes) -> Option<()> {
        while !bytes.is_empty() {
            // The last piece is sealed as such, so a full one waits for what follows it.
            if self.clear.len() == PIECE_BYTES {
                let piece = Payload { msg: &self.clear, aad: &self.id };
                self.sealed.extend_from_slice(&self.encryptor.encrypt_next(piece).ok()?);
                self.clear.clear();
            }
            let room = (PIECE_BYTES - self.clear.len()).min(bytes.len());
            self.clear.extend_from_slice(&bytes.split_to(room));
        }
        Some(())
    }

    /// What is sealed and was not drained yet, in bytes.
    pub(super) fn sealed_bytes(&self) -> usize {
        self.sealed.len()
    }

    /// What has been sealed so far.
    pub(super) fn drain(&mut self) -> Bytes {
        let sealed = self.sealed.split().freeze();
        self.digest.update(&sealed);
        sealed
    }

    /// The end of the file, and the hash of all that was drained.
    pub(super) fn finish(self) -> Option<(Bytes, FileHash)> {
        let Self { encryptor, id, clear, mut sealed, mut digest } = self;
        let piece = Payload { msg: &clear, aad: &id };
        sealed.extend_from_slice(&encryptor.encrypt_last(piece).ok()?);
        digest.update(&sealed);
        Some((sealed.freeze(), FileHash(digest.finalize().into())))
    }
}

/// A file that someone may read, on its way to them.
pub struct OpenedFile {
    /// Which.
    pub file: AttachedFile,
    /// What its sender called it.
    pub name: String,
    /// Its bytes. An error where they are not what was attached; whoever has read so far must not
    /// be told that this was all.
    pub bytes: stream::BoxStream<'static, std::io::Result<Bytes>>,
}

/// The bytes of `file` in `store`, opened piece by piece.
pub(super) async fn open(
    store: &dyn ObjectStore,
    file: AttachedFile,
    key: &Key,
) -> Result<impl Stream<Item = std::io::Result<Bytes>> + Send + use<>, FileFault> {
    let sealed = match store.get(&address(file.hash)).await {
        Err(object_store::Error::NotFound { .. }) => return Err(FileFault::Missing),
        found => found?.into_stream(),
    };
    let opener = Opener {
        cipher: key.cipher(),
        decryptor: None,
        id: file.id.get().to_be_bytes(),
        left: file.bytes,
        sealed: sealed.boxed(),
        buffer: BytesMut::new(),
    };
    Ok(stream::try_unfold(opener, |mut opener| async move {
        Ok(opener.next().await?.map(|piece| (piece, opener)))
    }))
}

struct Opener {
    cipher: XChaCha20Poly1305,
    /// There once the header is read; gone once the last piece is.
    decryptor: Option<DecryptorBE32<XChaCha20Poly1305>>,
    id: [u8; 16],
    /// Of clear text.
    left: u64,
    sealed: stream::BoxStream<'static, object_store::Result<Bytes>>,
    buffer: BytesMut,
}

impl Opener {
    async fn next(&mut self) -> std::io::Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        if self.decryptor.is_none() {
            self.fill(1 + NONCE_BYTES).await?;
            let header = self.buffer.split_to(1 + NONCE_BYTES);
            if header[0] != VERSION {
                return Err(altered());
            }
            let nonce = GenericArray::from_slice(&header[1..]);
            self.decryptor = Some(DecryptorBE32::from_aead(self.cipher.clone(), nonce));
        }
        let clear = usize::try_from(self.left).map_or(PIECE_BYTES, |left| left.min(PIECE_BYTES));
        self.fill(clear + TAG_BYTES).await?;
        let piece = self.buffer.split_to(clear + TAG_BYTES);
        let piece = Payload { msg: &piece, aad: &self.id };
        self.left -= clear as u64;
        let mut decryptor = self.decryptor.take().ok_or_else(altered)?;
        let opened = if self.left == 0 {
            decryptor.decrypt_last(piece)
        } else {
            let opened = decryptor.decrypt_next(piece);
            self.decryptor = Some(decryptor);
            opened
        };
        opened.map(|clear| Some(Bytes::from(clear))).map_err(|_| altered())
    }

    /// Has so many bytes in the buffer.
    async fn fill(&mut self, bytes: usize) -> std::io::Result<()> {
        while self.buffer.remaining() < bytes {
            let part = self.sealed.next().await.ok_or_else(altered)?;
            self.buffer.extend_from_slice(&part.map_err(std::io::Error::other)?);
        }
        Ok(())
    }
}

fn altered() -> std::io::Error {
    std::io::Error::other("the file is not what was attached")
}
