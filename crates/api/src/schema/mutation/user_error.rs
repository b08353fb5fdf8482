//! What a person can put right, as data: a code for programs, a sentence for people, a field.

use std::borrow::Cow;

use async_graphql::{Enum, SimpleObject};
use domain::{
    case::Rejection,
    form::{FieldProblem, Language, Problem},
};

use crate::schema::error::Refusal;

/// The most characters an idempotency key has.
pub(crate) const KEY_CHARS_MAX: usize = 255;

/// What kind of thing is to be put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum UserErrorCode {
    /// The case stands where this cannot be done.
    InvalidState,
    /// The case has changed since `expectedVersion`; `conflict` tells how.
    VersionConflict,
    /// Something that must be there is missing.
    FieldRequired,
    /// What a field holds cannot be taken.
    FieldInvalid,
    /// This assignment, or this person, may not do that with this case.
    NotAllowed,
    /// The unit does not offer the case type.
    CaseTypeNotOffered,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
    /// Others keep changing the case; the same request may be sent again.
    Contended,
    /// One of several things that were named is not there, or not the viewer's to see.
    NotFound,
    /// The case is parked until an operator has looked.
    Unavailable,
}

impl UserErrorCode {
    /// What is to be put right, in Swedish, where nothing more precise is said.
    const fn text_sv(self) -> &'static str {
        match self {
            Self::InvalidState => "Det går inte i det läge som råder.",
            Self::VersionConflict => "Ärendet har ändrats sedan du såg det.",
            Self::FieldRequired => "Något som måste anges saknas.",
            Self::FieldInvalid => "Det som angetts kan inte tas emot.",
            Self::NotAllowed => "Uppdraget ger inte rätt att göra detta.",
            Self::CaseTypeNotOffered => "Enheten erbjuder inte den ärendetypen.",
            Self::IdempotencyKeyReused => {
                "Begärans nyckel har använts till en annan begäran. Använd en ny."
            }
            Self::Contended => "Någon annan ändrar samtidigt. Försök igen.",
            Self::NotFound => "Ärendet finns inte.",
            Self::Unavailable => "Ärendet är spärrat tills driften har sett på det.",
        }
    }
}

/// What is to be put right. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(crate) struct UserError {
    /// For programs.
    pub(crate) code: UserErrorCode,
    /// For people, in English.
    pub(crate) message: String,
    /// For people, in Swedish.
    pub(crate) message_sv: Cow<'static, str>,
    /// The input's field that it is about, such as `handlerId`, or the answer to a form, such as
    /// `answers.medicines.0.name`; none where it is about the whole.
    pub(crate) field: Option<Cow<'static, str>>,
}

impl UserError {
    pub(crate) fn new(
        code: UserErrorCode,
        field: impl Into<Option<&'static str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            message: message.into(),
            message_sv: Cow::Borrowed(code.text_sv()),
            field: field.into().map(Cow::Borrowed),
        }
    }

    /// For what is not there, and for what the viewer may not know of: the same words. `what_sv` is
    /// what it is in Swedish, as a sentence begins with it.
    pub(crate) fn unknown(field: &'static str, what: &str, what_sv: &str) -> Self {
        let message = format!("there is no such {what}");
        let error = Self::new(UserErrorCode::FieldInvalid, field, message);
        error.in_swedish(format!("{what_sv} finns inte."))
    }

    /// Says more precisely in Swedish what `code` says in general.
    pub(crate) fn in_swedish(self, text: impl Into<Cow<'static, str>>) -> Self {
        Self { message_sv: text.into(), ..self }
    }

    /// All that `rejection` says: one error for each problem with the answers to a form, each
    /// naming its answer as `answers.` and the field's path; otherwise one.
    pub(crate) fn all(rejection: &Rejection) -> Result<Vec<Self>, Refusal> {
        let Rejection::FormProblems { problems } = rejection else {
            return Ok(vec![Self::of(rejection)?]);
        };
        let error = |it: &FieldProblem| {
            let code = match it.problem {
                Problem::Required => UserErrorCode::FieldRequired,
                _ => UserErrorCode::FieldInvalid,
            };
            let field = format!("answers.{}", it.field);
            let text = it.problem.text(Language::En);
            let error = Self::new(code, None, text).in_swedish(it.problem.text(Language::Sv));
            Self { field: Some(field.into()), ..error }
        };
        Ok(problems.iter().map(error).collect())
    }

    /// What `rejection` says to whoever asked. One row for each, so that a new one is not
    /// forgotten. A case that is not there is no user error.
    pub(crate) fn of(rejection: &Rejection) -> Result<Self, Refusal> {
        use UserErrorCode::{
            CaseTypeNotOffered, FieldInvalid, FieldRequired, InvalidState, NotAllowed,
        };

        let (code, field) = match rejection {
            Rejection::NotStarted => return Err(Refusal::not_found()),
            Rejection::AlreadyStarted => (InvalidState, None),
            Rejection::NotAllowed => (NotAllowed, None),
            Rejection::HeldByAnother { .. } => (NotAllowed, None),
            Rejection::NotDistributed => (InvalidState, None),
            Rejection::AlreadyDistributed { .. } => (InvalidState, None),
            Rejection::NobodyToGiveTo => (FieldRequired, Some("handlerIds")),
            Rejection::GivenToItsHolder { .. } => (FieldInvalid, Some("handlerIds")),
            Rejection::NotHeldBy { .. } => (InvalidState, None),
            Rejection::NotAHandler { .. } => (FieldInvalid, Some("handlerId")),
            Rejection::UnknownUnit => (FieldInvalid, Some("unitId")),
            Rejection::UnitNotActive => (FieldInvalid, Some("unitId")),
            Rejection::CaseTypeNotOffered => (CaseTypeNotOffered, Some("caseTypeId")),
            Rejection::VersionUnknown { what: "terms", .. } => (FieldInvalid, Some("termsVersion")),
            Rejection::VersionUnknown { .. } => (FieldInvalid, Some("formVersion")),
            Rejection::VersionMissing => (FieldRequired, Some("formVersion")),
            Rejection::FormProblems { .. } => (FieldInvalid, Some("answers")),
            Rejection::NotByProxy => (NotAllowed, Some("subjectId")),
            Rejection::StartedByUnits => (NotAllowed, Some("caseTypeId")),
            Rejection::StartedByResidents => (NotAllowed, Some("caseTypeId")),
            Rejection::TooYoung { .. } => (NotAllowed, Some("caseTypeId")),
            Rejection::AgeUnknown { .. } => (NotAllowed, Some("caseTypeId")),
            Rejection::NoConversation => (InvalidState, None),
            Rejection::MessageMissing => (FieldRequired, Some("text")),
            Rejection::MessageTooLong { .. } => (FieldInvalid, Some("text")),
            Rejection::NothingToAttachTo => (FieldInvalid, Some("attachments")),
            Rejection::TooManyFiles { .. } => (FieldInvalid, Some("attachments")),
            Rejection::FileTooLarge { .. } => (FieldInvalid, Some("attachments")),
            Rejection::FileNameInvalid => (FieldInvalid, Some("attachments.fileName")),
            Rejection::UnknownUpload => (FieldInvalid, Some("attachments.uploadId")),
            Rejection::AlreadyAttached { .. } => (FieldInvalid, Some("attachments.uploadId")),
            Rejection::NotAProxy => (NotAllowed, Some("subjectId")),
            Rejection::ResidentNotInformed => (FieldInvalid, Some("residentInformed")),
            Rejection::ConsentNeeded { .. } => (NotAllowed, Some("unitId")),
            Rejection::AlreadyAsked => (InvalidState, None),
            Rejection::AlreadyAnswered => (InvalidState, None),
            Rejection::NotAnswered => (InvalidState, Some("reason")),
            Rejection::Closed => (InvalidState, None),
            Rejection::Withdrawn => (InvalidState, None),
            Rejection::ReopenWindowPassed { .. } => (InvalidState, None),
            Rejection::OutsideCalendar { .. } => (InvalidState, None),
        };
        let error = Self::new(code, field, rejection.text(Language::En));
        Ok(error.in_swedish(rejection.text(Language::Sv)))
    }

    /// Refuses a key that names nothing, and one that is too long to be kept.
    pub(crate) fn check_key(key: &str) -> Result<(), Self> {
        match key.chars().count() {
            1..=KEY_CHARS_MAX => Ok(()),
            _ => Err(Self::new(
                UserErrorCode::FieldInvalid,
                "idempotencyKey",
                format!("the idempotency key has 1 to {KEY_CHARS_MAX} characters"),
            )
            .in_swedish(format!("Begärans nyckel ska ha 1 till {KEY_CHARS_MAX} tecken."))),
        }
    }
}
