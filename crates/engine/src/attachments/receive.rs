//! A file on its way in: counted, looked at, sealed and written, piece by piece.

use std::sync::Arc;

use bytes::{Buf as _, Bytes, BytesMut};
use domain::{
    AttachmentId, StreamId,
    case::{AttachedFile, FILE_BYTES_MAX, FileHash, MediaType},
};
use futures_util::{Stream, StreamExt as _};
use object_store::{MultipartUpload, ObjectStoreExt as _, PutPayload};
use thiserror::Error;

use super::{
    Attachments, RECEIVE_MAX, SILENCE_MAX, UPLOADS_WAITING_MAX, UploadTicket, Waiting, address,
    attached, incoming, sealed_file::Sealer, upload, upload::Upload,
};
use crate::{Failure, keys::Key};

/// How much is written at a time.
const PART_BYTES: usize = 1024 * 1024;

/// Why a file was not taken. Nothing of it is left.
#[derive(Debug, Error)]
pub enum ReceiveError {
    /// It has another length than was said.
    #[error("the file has another length than the {expected} bytes that were asked for")]
    Length {
        /// What was said.
        expected: u64,
    },
    /// It is none of what is taken, by its first bytes.
    #[error("the file is no PDF, JPEG, PNG or GIF")]
    MediaType,
    /// It is there, or coming.
    #[error("this file has come in already, or is coming in")]
    Twice,
    /// Whoever sends it has too many that go with no message.
    #[error("{UPLOADS_WAITING_MAX} files of yours wait to be named in a message; name them first")]
    TooMany,
    /// Too many are being received.
    #[error("too many files are coming in at present; try again")]
    Busy,
    /// Nothing came for so long, or so little, that nothing more is waited for.
    #[error("nothing more of the file came in")]
    Silent,
    /// The connection broke.
    #[error("the file did not come in whole")]
    Broken,
    /// An operator must look.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl ReceiveError {
    /// Why, in Swedish: one sentence or two. None where an operator must look.
    pub fn text_sv(&self) -> Option<String> {
        Some(match self {
            Self::Length { expected } => {
                format!("Filen är inte de {expected} byte lång som det sades.")
            }
            Self::MediaType => "Filen är ingen PDF, JPEG, PNG eller GIF.".to_owned(),
            Self::Twice => "Filen finns redan, eller håller på att tas emot.".to_owned(),
            Self::TooMany => format!(
                "{UPLOADS_WAITING_MAX} av dina filer väntar på att skickas med ett meddelande. \
                 Skicka dem först."
            ),
            Self::Busy => "För många filer tas emot just nu. Försök igen.".to_owned(),
            Self::Silent => "Inget mer av filen kom fram.".to_owned(),
            Self::Broken => "Filen kom inte fram hel.".to_owned(),
            Self::Failed(_) => return None,
        })
    }
}

impl Attachments {
    /// Takes in the file that `ticket` lets someone send. When this returns, it is on disk.
    pub async fn receive<E>(
        self: &Arc<Self>,
        ticket: &UploadTicket,
        body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<AttachedFile, ReceiveError> {
        let id = ticket.id;
        let Some(who) = upload::person(&ticket.who) else { return Err(ReceiveError::Broken) };
        let _place = self.places.try_acquire().map_err(|_| ReceiveError::Busy)?;
        let coming = self.expect(id, who)?;
        let mut bytes = [0; Key::BYTES];
        self.world.fill(&mut bytes);
        let key = Key::new(bytes);

        let path = incoming(id);
        let writing = self.store.put_multipart(&path).await.map_err(Failure::from)?;
        let mut writing = Writing { upload: Some(writing) };
        let sealer = Sealer::new(&*self.world, &key, id);
        let receiving = writing.write(ticket.bytes, sealer, body);
        let received = tokio::time::timeout(RECEIVE_MAX, receiving).await;
        let (media_type, hash) = received.map_err(|_| ReceiveError::Silent)??;
        let stored_at = self.world.now();
        let file = attached(id, hash, ticket.bytes, media_type);
        let record =
            Upload { who, case: ticket.case, file, key: bytes, stored_at, claimed_by: None };
        // All of it is here: whoever sent it may go away, and it is stored all the same.
        let finishing = tokio::spawn(async move {
            // The whole of it, not its fields: it is told when the file is there.
            let mut coming = coming;
            let attachments = Arc::clone(&coming.attachments);
            writing.complete().await?;
            attachments.note(&record).await?;
            attachments.store.rename(&path, &address(hash)).await?;
            coming.is_there = true;
            Ok::<_, Failure>(())
        });
        finishing.await.map_err(|_| ReceiveError::Broken)??;
        Ok(file)
    }

    /// Notes that the file is coming, so that it comes once, and not too many do.
    fn expect(self: &Arc<Self>, id: AttachmentId, who: StreamId) -> Result<Coming, ReceiveError> {
        let mut waits = self.waits();
        if waits.contains_key(&id) {
            return Err(ReceiveError::Twice);
        }
        if waits.values().filter(|it| it.who == who).count() >= UPLOADS_WAITING_MAX {
            return Err(ReceiveError::TooMany);
        }
        waits.insert(id, Waiting { who, stored_at: self.world.now(), is_held: true });
        Ok(Coming { attachments: Arc::clone(self), id, is_there: false })
    }
}

/// A file that is coming in. Forgotten when it does not.
struct Coming {
    attachments: Arc<Attachments>,
    id: AttachmentId,
    is_there: bool,
}

impl Drop for Coming {
    fn drop(&mut self) {
        let mut waits = self.attachments.waits();
        if !self.is_there {
            waits.remove(&self.id);
        } else if let Some(it) = waits.get_mut(&self.id) {
            it.is_held = false;
        }
    }
}

/// What is being written. Dropped, or failed, before it is complete, it leaves nothing.
struct Writing {
    upload: Option<Box<dyn MultipartUpload>>,
}

impl Writing {
    async fn write<E>(
        &mut self,
        expected: u64,
        mut sealer: Sealer,
        mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<(MediaType, FileHash), ReceiveError> {
        let length = || ReceiveError::Length { expected };
        if !(1..=FILE_BYTES_MAX).contains(&expected) {
            return Err(length());
        }
        let (mut received, mut head, mut media_type) = (0, BytesMut::new(), None);
        loop {
            let part = tokio::time::timeout(SILENCE_MAX, body.next()).await;
            let Some(part) = part.map_err(|_| ReceiveError::Silent)? else { break };
            let part = part.map_err(|_| ReceiveError::Broken)?;
            received += part.len() as u64;
            if received > expected {
                return Err(length());
            }
            if media_type.is_none() {
                let missing = MediaType::HEAD_BYTES - head.len();
                head.extend_from_slice(&part[..missing.min(part.len())]);
                if head.remaining() == MediaType::HEAD_BYTES {
                    let known = MediaType::of_content(&head).ok_or(ReceiveError::MediaType)?;
                    media_type = Some(known);
                }
            }
            sealer.take(part).ok_or_else(length)?;
            if sealer.sealed_bytes() >= PART_BYTES {
                self.put(sealer.drain()).await?;
            }
        }
        if received != expected {
            return Err(length());
        }
        let known = media_type.or_else(|| MediaType::of_content(&head));
        let media_type = known.ok_or(ReceiveError::MediaType)?;
        let (rest, hash) = sealer.finish().ok_or_else(length)?;
        self.put(rest).await?;
        Ok((media_type, hash))
    }

    async fn put(&mut self, part: Bytes) -> Result<(), Failure> {
        if let Some(upload) = &mut self.upload {
            upload.put_part(PutPayload::from_bytes(part)).await?;
        }
        Ok(())
    }

    async fn complete(mut self) -> Result<(), object_store::Error> {
        // Dropped while it completes, it may be whole under its name; the next start removes it.
        match self.upload.take() {
            Some(mut upload) => upload.complete().await.map(|_| ()),
            None => Ok(()),
        }
    }
}
