//! Asking to send a file. The file itself is sent by HTTP, to the address that is answered.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    Actor, AttachmentId, CaseId, Role,
    case::FILE_BYTES_MAX,
    policy::{Sight, may_see},
};
use engine::{
    attachments::{Ticket, UploadTicket},
    commit_id,
};
use jiff::SignedDuration;

use super::{
    error::Refusal,
    id,
    mutation::{UserError, UserErrorCode},
    scalars::DateTime,
};
use crate::{asking::Asking, http::file_path};

/// How long a file may be sent once it was asked for, in minutes.
const SEND_WITHIN_MINUTES: i64 = 15;

/// Commands about files.
#[derive(Default)]
pub(crate) struct AttachmentMutation;

/// Which file the viewer is about to send.
#[derive(InputObject)]
pub(crate) struct RequestUploadInput {
    /// Names this request, 1 to 255 characters: sent again, it answers with the same upload, and a
    /// link that is good anew.
    idempotency_key: ID,
    /// The case whose message it goes with; none for a case that is still to be sent or opened.
    case_id: Option<ID>,
    /// Its length in bytes, 1 to 20971520.
    bytes: i32,
}

/// Where a file is to be sent.
#[derive(SimpleObject)]
pub(crate) struct Upload {
    /// Names the file, in `attachments` of the message that it goes with.
    id: ID,
    /// Where it is to be sent with PUT, relative to the address of the API: the bytes of the file,
    /// as they are.
    url: String,
    /// From when on it is no longer taken there. Once it is sent, it may be named in a message for
    /// a day.
    expires_at: DateTime,
}

/// What became of `requestUpload`.
#[derive(SimpleObject)]
pub(crate) struct RequestUploadPayload {
    /// Where the file is to be sent; none where it is not taken.
    upload: Option<Upload>,
    /// What is to be put right; empty where there is an upload.
    user_errors: Vec<UserError>,
}

#[Object]
impl AttachmentMutation {
    /// Asks to send a file that will go with a message: a PDF, or a picture as JPEG, PNG or GIF; by
    /// its content, whatever it is called. For those who write messages.
    async fn request_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which file.")] input: RequestUploadInput,
    ) -> Result<RequestUploadPayload> {
        let asking = Asking::of(ctx)?;
        let case: Option<CaseId> = input.case_id.as_ref().map(id::read);
        if let Some(case) = case {
            let seen = asking.present(case).await?;
            if !seen.is_some_and(|(_, standing, _)| may_see(standing.relation, Sight::Case)) {
                return Err(Refusal::not_found().into());
            }
        }
        if let Err(error) = UserError::check_key(&input.idempotency_key) {
            return Ok(refused(error));
        }
        let who = asking.viewer.actor;
        if !writes_messages(&who) {
            let why = "this assignment writes no messages";
            let error = UserError::new(UserErrorCode::NotAllowed, None, why);
            return Ok(refused(error.in_swedish("Uppdraget skriver inga meddelanden.")));
        }
        let bytes = u64::try_from(input.bytes).unwrap_or(0);
        if !(1..=FILE_BYTES_MAX).contains(&bytes) {
            let why = format!("a file has 1 to {FILE_BYTES_MAX} bytes");
            let error = UserError::new(UserErrorCode::FieldInvalid, "bytes", why);
            let why = format!("En fil har 1 till {FILE_BYTES_MAX} byte.");
            return Ok(refused(error.in_swedish(why)));
        }
        let files = asking.engine.attachments().ok_or_else(Refusal::unavailable)?;
        // Apart from the requests that write.
        let key = format!("upload {}", input.idempotency_key.0);
        let id = AttachmentId::new(commit_id(&who, &key).0);
        let expires_at = asking.engine.now() + SignedDuration::from_mins(SEND_WITHIN_MINUTES);
        let ticket = Ticket::Upload(UploadTicket { id, who, case, bytes, expires_at });
        let url = file_path(&files.sign(&ticket));
        let upload = Upload { id: id.into(), url, expires_at: expires_at.into() };
        Ok(RequestUploadPayload { upload: Some(upload), user_errors: vec![] })
    }
}

const fn writes_messages(who: &Actor) -> bool {
    matches!(
        who,
        Actor::Resident { .. } | Actor::Staff { role: Role::Receiver | Role::Handler, .. }
    )
}

fn refused(error: UserError) -> RequestUploadPayload {
    RequestUploadPayload { upload: None, user_errors: vec![error] }
}
