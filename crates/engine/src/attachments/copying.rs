//! Copying files as they lie, sealed: one at a time, and none that is not what its address says.

use bytes::{Bytes, BytesMut};
use domain::case::{FILE_BYTES_MAX, FileHash};
use futures_util::TryStreamExt as _;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use sha2::{Digest, Sha256};

use super::{Attachments, FileFault, address, sealed_file::sealed_bytes};

/// The longest that a file can be as it lies sealed, in bytes.
pub const SEALED_BYTES_MAX: u64 = sealed_bytes(FILE_BYTES_MAX);

/// The file `hash` in `store` as it lies there, checked by its hash: at most [`SEALED_BYTES_MAX`].
pub async fn load(store: &dyn ObjectStore, hash: FileHash) -> Result<Bytes, FileFault> {
    let mut parts = match store.get(&address(hash)).await {
        Err(object_store::Error::NotFound { .. }) => return Err(FileFault::Missing),
        found => found?.into_stream(),
    };
    let (mut digest, mut file) = (Sha256::new(), BytesMut::new());
    while let Some(part) = parts.try_next().await? {
        digest.update(&part);
        // One that is longer is not the file, and only its hash is told.
        if (file.len() + part.len()) as u64 <= SEALED_BYTES_MAX {
            file.extend_from_slice(&part);
        }
    }
    let found = FileHash(digest.finalize().into());
    if found == hash { Ok(file.freeze()) } else { Err(FileFault::Altered { found }) }
}

/// Puts the file `hash` into `store`, where it may be already. The caller has checked it.
pub async fn put(
    store: &dyn ObjectStore,
    hash: FileHash,
    file: Bytes,
) -> Result<(), object_store::Error> {
    let path = address(hash);
    match store.head(&path).await {
        Err(object_store::Error::NotFound { .. }) => {
            store.put(&path, PutPayload::from_bytes(file)).await.map(|_| ())
        }
        found => found.map(|_| ()),
    }
}

impl Attachments {
    /// As [`load`], from where the service has its files.
    pub async fn load(&self, hash: FileHash) -> Result<Bytes, FileFault> {
        load(&*self.store, hash).await
    }
}
