//! What became of a command about residents, and what each mutation answers with.

use async_graphql::SimpleObject;
use domain::{
    Position as LogPosition, StreamId,
    organisation::{Rejection, ResidentRejection},
};
use engine::{AdministerError, Administration, Change, Secret, commit_id};

use crate::{
    asking::Asking,
    policy::acting_for,
    schema::{
        administration::{answer::OrganisationEvent, refused::errors},
        error::Refusal,
        mutation::user_error::{UserError, UserErrorCode},
        scalars::Position,
        types::{Region, Resident},
    },
};

/// What became of a command.
#[derive(Default)]
pub(crate) struct Outcome {
    stream: Option<StreamId>,
    event: Option<OrganisationEvent>,
    position: Option<LogPosition>,
    replayed: bool,
    user_errors: Vec<UserError>,
}

impl Outcome {
    pub(crate) fn refused(error: UserError) -> Self {
        Self::refused_for(vec![error])
    }

    pub(crate) fn refused_for(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }

    /// For a resident who is not there, and for one who is not the viewer's to change.
    pub(crate) fn unknown() -> Self {
        rejected(ResidentRejection::NoSuchResident)
    }
}

/// Has the engine carry out `change`.
pub(crate) async fn carry_out(
    asking: &Asking,
    key: &str,
    change: Change,
    secret: Option<Secret>,
) -> Result<Outcome, Refusal> {
    if let Err(error) = UserError::check_key(key) {
        return Ok(Outcome::refused(error));
    }
    if !asking.may_found(&change) {
        return Ok(rejected(Rejection::NotAllowed));
    }
    let subject = match change.stream() {
        StreamId::Resident(subject) => Some(subject),
        _ => None,
    };
    let by = acting_for(asking.viewer.actor, subject);
    let id = commit_id(&by, key);
    let correlation = asking.request_id.clone();
    let asked = Administration { by, id, correlation, change, secret };
    match asking.engine.administer(asked).await {
        Ok(done) => {
            asking.cover(done.position);
            let story = asking.engine.story(done.stream).await;
            let story = story.map_err(|failure| asking.failed(&failure))?;
            let first = story.iter().find(|it| done.versions.contains(&it.recorded.version));
            Ok(Outcome {
                stream: Some(done.stream),
                event: first.map(OrganisationEvent::new),
                position: Some(done.position),
                replayed: done.replayed,
                user_errors: vec![],
            })
        }
        Err(AdministerError::Rejected(rejection)) => Ok(rejected(rejection)),
        Err(error @ AdministerError::KeyReused) => {
            let code = UserErrorCode::IdempotencyKeyReused;
            Ok(Outcome::refused(UserError::new(code, "idempotencyKey", error.to_string())))
        }
        Err(error @ AdministerError::Contended) => {
            let code = UserErrorCode::Contended;
            Ok(Outcome::refused(UserError::new(code, None, error.to_string())))
        }
        Err(AdministerError::Failed(failure)) => Err(asking.failed(&failure)),
    }
}

/// What the rules say without being asked, in the same words.
pub(crate) fn rejected(rejection: impl Into<Rejection>) -> Outcome {
    Outcome::refused_for(errors(&rejection.into()))
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $type:ident of $stream:ident })*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub(crate) struct $name {
            $(#[$field_doc])*
            $field: Option<$type>,
            /// The first thing that happened; none where it was so already, or nothing was done.
            event: Option<OrganisationEvent>,
            /// The place in the log of what happened, or of the last that did where it was so
            /// already; none where nothing was done.
            position: Option<Position>,
            /// Whether this is the outcome of an earlier request with the same idempotency key.
            replayed: bool,
            /// What is to be put right; empty where it was done.
            user_errors: Vec<UserError>,
        }

        impl From<Outcome> for $name {
            fn from(outcome: Outcome) -> Self {
                let Outcome { stream, event, position, replayed, user_errors } = outcome;
                let $field = match stream {
                    Some(StreamId::$stream(id)) => Some(payloads!(@$stream id)),
                    _ => None,
                };
                Self { $field, event, position: position.map(Position), replayed, user_errors }
            }
        }
    )*};
    (@Resident $id:ident) => { Resident::named($id) };
    (@Region $id:ident) => { Region { id: $id } };
}

payloads! {
    /// What became of `registerResident`.
    RegisterResidentPayload {
        /// The resident; none where nothing was done.
        resident: Resident of Resident
    }
    /// What became of `changeContactPreferences`.
    ChangeContactPreferencesPayload {
        /// The resident; none where nothing was done.
        resident: Resident of Resident
    }
    /// What became of `setProtectedIdentity`.
    SetProtectedIdentityPayload {
        /// The resident; none where nothing was done.
        resident: Resident of Resident
    }
    /// What became of `grantProxy`.
    GrantProxyPayload {
        /// The resident who is acted for; none where nothing was done.
        resident: Resident of Resident
    }
    /// What became of `revokeProxy`.
    RevokeProxyPayload {
        /// The resident who was acted for; none where nothing was done.
        resident: Resident of Resident
    }
    /// What became of `replaceIdentity`.
    ReplaceIdentityPayload {
        /// The resident; none where nothing was done.
        resident: Resident of Resident
    }
    /// What became of `setGuardianLimit`.
    SetGuardianLimitPayload {
        /// The region; none where nothing was done.
        region: Region of Region
    }
}
