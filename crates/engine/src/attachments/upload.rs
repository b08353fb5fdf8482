//! What came in and was not attached yet: its record, and who holds it.

use std::sync::Arc;

use domain::{
    Actor, AttachmentId, CaseId, StreamId,
    case::{AttachedFile, FileSecret},
};
use jiff::{SignedDuration, Timestamp};
use object_store::{ObjectStoreExt as _, PutPayload};
use serde::{Deserialize, Serialize};

use super::{ATTACH_WITHIN_HOURS, Attachments, Waiting, address, record};
use crate::Failure;

/// What is known of an upload, sealed by the service until it is attached.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Upload {
    /// Who sent it.
    pub(super) who: StreamId,
    /// For which case; none for one that is still to begin.
    pub(super) case: Option<CaseId>,
    pub(super) file: AttachedFile,
    /// The key that it lies sealed under.
    pub(super) key: [u8; 32],
    /// When it was there.
    #[serde(with = "domain::time::ms")]
    pub(super) stored_at: Timestamp,
    /// The case that a request set about attaching it to.
    pub(super) claimed_by: Option<CaseId>,
}

/// Uploads that a request is attaching: nobody else can until it lets go of them.
pub(crate) struct Claims {
    attachments: Arc<Attachments>,
    uploads: Vec<Upload>,
}

/// Why uploads are not to be had.
pub(crate) enum NoClaim {
    /// No such upload of that person, for that case, from the last day.
    Unknown,
    /// Another request has it.
    Held,
    /// An operator must look.
    Failed(Failure),
}

/// Whoever is logged in, whatever they act as. None for the service, which uploads nothing.
pub(super) const fn person(actor: &Actor) -> Option<StreamId> {
    match actor {
        Actor::Resident { who, .. } => Some(StreamId::Resident(*who)),
        Actor::Staff { who, .. } => Some(StreamId::Staff(*who)),
        Actor::System => None,
    }
}

impl Attachments {
    /// Holds the uploads `ids`, which `who` sent for `case`.
    pub(crate) async fn claim(
        self: &Arc<Self>,
        who: &Actor,
        case: Option<CaseId>,
        ids: &[AttachmentId],
    ) -> Result<Claims, NoClaim> {
        let mut claims = Claims { attachments: Arc::clone(self), uploads: vec![] };
        let oldest = self.world.now() - SignedDuration::from_hours(ATTACH_WITHIN_HOURS);
        for id in ids {
            // One that is named twice is the rules' to refuse.
            if let Some(twice) = claims.uploads.iter().find(|it| it.file.id == *id).cloned() {
                claims.uploads.push(twice);
                continue;
            }
            match self.waits().get_mut(id) {
                Some(it) if Some(it.who) != person(who) || it.stored_at < oldest => {
                    return Err(NoClaim::Unknown);
                }
                Some(Waiting { is_held: true, .. }) => return Err(NoClaim::Held),
                Some(it) => it.is_held = true,
                None => return Err(NoClaim::Unknown),
            }
            let found = self.upload(*id).await;
            let Ok(Some(upload)) = found else {
                self.let_go(*id);
                return Err(found.err().map_or(NoClaim::Unknown, NoClaim::Failed));
            };
            let is_for = upload.case == case;
            claims.uploads.push(upload);
            if !is_for {
                return Err(NoClaim::Unknown);
            }
        }
        Ok(claims)
    }

    /// The record of an upload, if it is there and so is its file.
    pub(super) async fn upload(&self, id: AttachmentId) -> Result<Option<Upload>, Failure> {
        let sealed = match self.store.get(&record(id)).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            found => found?.bytes().await?,
        };
        let upload = self.unseal(id, &sealed).ok_or(Failure::UploadDamaged { id })?;
        match self.store.head(&address(upload.file.hash)).await {
            Ok(_) => Ok(Some(upload)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The record that `sealed` holds.
    pub(super) fn unseal(&self, id: AttachmentId, sealed: &[u8]) -> Option<Upload> {
        let plain = self.record_key.open_with(&id.get().to_be_bytes(), sealed)?;
        serde_json::from_slice(&plain).ok()
    }

    /// Writes the record of an upload.
    pub(super) async fn note(&self, upload: &Upload) -> Result<(), Failure> {
        let id = upload.file.id;
        let json = serde_json::to_vec(upload).unwrap_or_default();
        let sealed = self.record_key.seal_with(&*self.world, &id.get().to_be_bytes(), &json);
        let sealed = sealed.ok_or(Failure::UploadDamaged { id })?;
        self.store.put(&record(id), PutPayload::from(sealed)).await?;
        Ok(())
    }

    fn let_go(&self, id: AttachmentId) {
        if let Some(it) = self.waits().get_mut(&id) {
            it.is_held = false;
        }
    }
}

impl Claims {
    /// The case that a request which ended in the midst set about attaching each to, but for
    /// `case`.
    pub(crate) fn claimed(&self) -> impl Iterator<Item = (AttachmentId, CaseId)> {
        self.uploads.iter().filter_map(|it| Some((it.file.id, it.claimed_by?)))
    }

    /// The files, in the order they were named.
    pub(crate) fn files(&self) -> Vec<AttachedFile> {
        self.uploads.iter().map(|it| it.file).collect()
    }

    /// What is sealed with them, with the names that their sender gives them.
    pub(crate) fn secrets(&self, names: impl Iterator<Item = String>) -> Vec<FileSecret> {
        let secret = |(upload, name): (&Upload, _)| FileSecret { name, key: upload.key };
        self.uploads.iter().zip(names).map(secret).collect()
    }

    /// Writes down that they are about to be attached to `case`: after a crash their files are kept
    /// if they were.
    pub(crate) async fn note(&mut self, case: CaseId) -> Result<(), Failure> {
        for upload in &mut self.uploads {
            upload.claimed_by = Some(case);
            self.attachments.note(upload).await?;
        }
        Ok(())
    }

    /// They are attached: their records, and with them the keys beside the case's, are removed.
    pub(crate) async fn settle(self) {
        for upload in &self.uploads {
            let id = upload.file.id;
            match self.attachments.remove(&record(id)).await {
                Ok(()) => drop(self.attachments.waits().remove(&id)),
                Err(error) => {
                    tracing::warn!(%id, %error, "an upload's record stays until it is swept away");
                }
            }
        }
    }
}

impl Drop for Claims {
    fn drop(&mut self) {
        for upload in &self.uploads {
            self.attachments.let_go(upload.file.id);
        }
    }
}
