//! Files that go with messages (bilagor): what stands in clear of each, and, for whoever may read
//! the message, what it is called and where to fetch it.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::case;
use engine::attachments::{DownloadTicket, Ticket};
use jiff::SignedDuration;

use super::message::Letters;
use crate::{
    asking::{Asking, PURPOSE},
    http::file_path,
    schema::error::Refusal,
};

/// How long a link to a file is good, in minutes.
const LINK_MINUTES: i64 = 5;

/// What a file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::case::MediaType")]
pub(crate) enum AttachmentMediaType {
    /// A PDF document.
    Pdf,
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A GIF picture.
    Gif,
}

/// What the log tells of a file that went with a message.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct AttachedFile {
    /// Names the file.
    id: ID,
    /// What it is.
    media_type: AttachmentMediaType,
    /// Its length in bytes.
    bytes: i32,
    /// The SHA-256 of the file as it lies sealed, in hexadecimal.
    hash: String,
}

impl From<&case::AttachedFile> for AttachedFile {
    fn from(it: &case::AttachedFile) -> Self {
        Self {
            id: it.id.into(),
            media_type: it.media_type.into(),
            bytes: length(it),
            hash: it.hash.to_string(),
        }
    }
}

/// 20 MiB fit.
fn length(file: &case::AttachedFile) -> i32 {
    i32::try_from(file.bytes).unwrap_or(i32::MAX)
}

/// A file that went with a message, for whoever may read the message.
pub(crate) struct Attachment {
    pub(super) file: case::AttachedFile,
    /// Where its name stands: in which of the page's events, and as which of its files.
    pub(super) place: (usize, usize),
    pub(super) page: Arc<Letters>,
}

/// A file that went with a message (bilaga).
#[Object]
impl Attachment {
    /// Names the file.
    async fn id(&self) -> ID {
        self.file.id.into()
    }

    /// What it is, by its content.
    async fn media_type(&self) -> AttachmentMediaType {
        self.file.media_type.into()
    }

    /// Its length in bytes.
    async fn bytes(&self) -> i32 {
        length(&self.file)
    }

    /// The SHA-256 of the file as it lies sealed, in hexadecimal.
    async fn hash(&self) -> String {
        self.file.hash.to_string()
    }

    /// What its sender called it; none where it has been destroyed (gallrat). Written to the access
    /// log (åtkomstlogg) together with the page's messages.
    #[graphql(complexity = 3)]
    async fn file_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let asking = Asking::of(ctx)?;
        Ok(self.page.file_name(&asking, self.place).await?)
    }

    /// Where the file can be fetched with GET for five minutes, relative to the address of the API.
    /// Whether the viewer may read it is asked again then, and each fetch is written to the access
    /// log; this link by itself is no reading.
    #[expect(clippy::unused_async, reason = "every field is asynchronous")]
    async fn download_url(&self, ctx: &Context<'_>) -> Result<String> {
        let asking = Asking::of(ctx)?;
        let files = asking.engine.attachments().ok_or_else(Refusal::unavailable)?;
        let ticket = Ticket::Download(DownloadTicket {
            id: self.file.id,
            case: self.page.case(),
            who: asking.viewer.actor,
            purpose: asking.viewer.purpose.clone().unwrap_or_else(|| PURPOSE.to_owned()),
            expires_at: asking.engine.now() + SignedDuration::from_mins(LINK_MINUTES),
        });
        Ok(file_path(&files.sign(&ticket)))
    }
}
