//! What is removed: what a crash left half-made, and what was sent and never used.

use domain::{AttachmentId, CaseId, Event, StreamId, case};
use jiff::SignedDuration;

use super::{ATTACH_WITHIN_HOURS, Attachments, Waiting, address, record};
use crate::{Engine, Failure, history};

/// How long an upload is kept, in hours: longer than it may be attached, so that no request is at
/// work on what is swept away.
const KEPT_HOURS: i64 = ATTACH_WITHIN_HOURS + 1;

impl Attachments {
    /// At the start, when nothing is coming in: removes what was, and finds what waits.
    pub(super) async fn remove_half_made(&self) -> Result<(), object_store::Error> {
        for path in self.names("incoming").await? {
            self.remove(&path).await?;
        }
        for path in self.names("uploads").await? {
            let id = path.filename().and_then(|name| name.parse::<AttachmentId>().ok());
            let Some(id) = id else { continue };
            match self.upload(id).await {
                Ok(Some(it)) => {
                    let (who, stored_at) = (it.who, it.stored_at);
                    self.waits().insert(id, Waiting { who, stored_at, is_held: false });
                }
                // Its file never got an address, or it was swept away without it.
                Ok(None) => self.remove(&path).await?,
                Err(failure) => tracing::error!(%id, %failure, "an upload cannot be attached"),
            }
        }
        Ok(())
    }
}

impl Engine {
    /// Removes uploads that nobody attached within a day. Gives how many there were.
    pub async fn sweep_uploads(&self) -> Result<usize, Failure> {
        let Some(attachments) = &self.attachments else { return Ok(0) };
        let oldest = self.now() - SignedDuration::from_hours(KEPT_HOURS);
        let old: Vec<AttachmentId> = attachments
            .waits()
            .iter()
            .filter(|(_, it)| !it.is_held && it.stored_at < oldest)
            .map(|(id, _)| *id)
            .collect();
        let mut removed = 0;
        for id in old {
            if let Some(upload) = attachments.upload(id).await? {
                let attached = match upload.claimed_by {
                    Some(case) => self.is_attached(id, case).await?,
                    None => false,
                };
                if !attached {
                    attachments.remove(&address(upload.file.hash)).await?;
                    removed += 1;
                }
            }
            attachments.remove(&record(id)).await?;
            attachments.waits().remove(&id);
        }
        Ok(removed)
    }

    /// Whether an event of `case` names the file.
    pub(crate) async fn is_attached(
        &self,
        id: AttachmentId,
        case: CaseId,
    ) -> Result<bool, Failure> {
        let entries = history::stream(&*self.log, StreamId::Case(case)).await?;
        Ok(entries.iter().any(|entry| match &entry.recorded.event {
            Event::Case(case::Event::AttachmentsAdded(it)) => it.files.iter().any(|it| it.id == id),
            _ => false,
        }))
    }
}
