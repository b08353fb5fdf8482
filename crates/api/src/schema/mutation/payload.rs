//! What each mutation answers with. All alike, each under its own name, so that each can grow.

use async_graphql::SimpleObject;
use domain::Position as LogPosition;
use engine::{Done, HistoryEntry};

use super::user_error::{UserError, UserErrorCode};
use crate::{
    asking::Asking,
    schema::{
        error::Refusal,
        scalars::Position,
        types::{Case, CaseEvent, event::number},
    },
};

/// What happened to a case since the viewer saw it.
#[derive(SimpleObject)]
pub(crate) struct VersionConflict {
    /// The version that the viewer had seen.
    expected_version: i32,
    /// The version that there is.
    actual_version: i32,
    /// The events since, oldest first.
    events_since: Vec<CaseEvent>,
}

/// What became of a command.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) case: Option<Case>,
    pub(crate) event: Option<CaseEvent>,
    pub(crate) position: Option<LogPosition>,
    pub(crate) replayed: bool,
    pub(crate) user_errors: Vec<UserError>,
    conflict: Option<VersionConflict>,
}

impl Outcome {
    /// What was done, as the viewer may see it. Whoever sent a case away sees it no more.
    pub(crate) async fn done(asking: &Asking, done: Done) -> Result<Self, Refusal> {
        let history = asking.engine.history(done.case).await;
        let history = history.map_err(|failure| asking.failed(&failure))?;
        let case = Case::find(asking, done.case, None).await?;
        let people = case.as_ref().map(Case::people).unwrap_or_default();
        let event = history
            .iter()
            .find(|entry| done.versions.contains(&entry.recorded.version))
            .and_then(|entry| CaseEvent::new(entry, people));
        asking.cover(done.position);
        let (position, replayed) = (Some(done.position), done.replayed);
        Ok(Self { case, event, position, replayed, ..Self::default() })
    }

    pub(crate) fn refused(error: UserError) -> Self {
        Self::refused_for(vec![error])
    }

    pub(crate) fn refused_for(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }

    /// Someone else was quicker: the case as it stands, and what the viewer may see of what
    /// happened.
    pub(crate) async fn conflict(
        asking: &Asking,
        case: domain::CaseId,
        (expected, actual): (u32, u32),
        since: &[HistoryEntry],
    ) -> Result<Self, Refusal> {
        let case = Case::find(asking, case, None).await?.ok_or_else(Refusal::not_found)?;
        let events_since = since
            .iter()
            .filter(|entry| case.shows(entry))
            .filter_map(|entry| CaseEvent::new(entry, case.people()))
            .collect();
        let error = UserError::new(
            UserErrorCode::VersionConflict,
            "expectedVersion",
            format!("the case has changed since version {expected}; it is at version {actual}"),
        )
        .in_swedish(format!(
            "Ärendet har ändrats sedan version {expected}; nu är det version {actual}."
        ));
        Ok(Self {
            case: Some(case),
            conflict: Some(VersionConflict {
                expected_version: number(expected),
                actual_version: number(actual),
                events_since,
            }),
            ..Self::refused(error)
        })
    }
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub(crate) struct $name {
            /// The case as it stands; none where nothing was done, or where the viewer sees it no
            /// more.
            case: Option<Case>,
            /// What happened; none where it was so already, or nothing was done.
            event: Option<CaseEvent>,
            /// The place in the log of what happened, or of the case's last event where it was so
            /// already; none where nothing was done.
            position: Option<Position>,
            /// Whether this is the outcome of an earlier request with the same idempotency key.
            replayed: bool,
            /// What is to be put right; empty where it was done.
            user_errors: Vec<UserError>,
            /// What happened since `expectedVersion`, where that stood in the way.
            conflict: Option<VersionConflict>,
        }

        impl From<Outcome> for $name {
            fn from(outcome: Outcome) -> Self {
                let Outcome { case, event, position, replayed, user_errors, conflict } = outcome;
                let position = position.map(Position);
                Self { case, event, position, replayed, user_errors, conflict }
            }
        }
    )*};
}

payloads! {
    /// What became of `submitCase`.
    SubmitCasePayload,
    /// What became of `openCase`.
    OpenCasePayload,
    /// What became of `distributeCase`.
    DistributeCasePayload,
    /// What became of `reassignCase`.
    ReassignCasePayload,
    /// What became of `returnCase`.
    ReturnCasePayload,
    /// What became of `redirectCase`.
    RedirectCasePayload,
    /// What became of `consentToRedirect`.
    ConsentToRedirectPayload,
    /// What became of `sendPartialAnswer`.
    SendPartialAnswerPayload,
    /// What became of `askCounterQuestion`.
    AskCounterQuestionPayload,
    /// What became of `replyToCase`.
    ReplyToCasePayload,
    /// What became of `answerCase`.
    AnswerCasePayload,
    /// What became of `closeCase`.
    CloseCasePayload,
    /// What became of `withdrawCase`.
    WithdrawCasePayload,
    /// What became of `addNote`.
    AddNotePayload,
}
