//! What clients send with each mutation.

use async_graphql::{ID, InputObject, OneofObject};
use domain::case::{self, Content};

use crate::schema::types::CloseReason;

/// What a resident, or a proxy, sends to a unit (skicka ärende).
#[derive(InputObject)]
pub(crate) struct SubmitCaseInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    pub(crate) idempotency_key: ID,
    /// The care unit it is sent to.
    pub(crate) unit_id: ID,
    /// The case type (ärendetyp).
    pub(crate) case_type_id: ID,
    /// The resident it concerns; the viewer where none is named.
    pub(crate) subject_id: Option<ID>,
    /// The version of the form that was shown.
    pub(crate) form_version: i32,
    /// The version of the terms (villkorstext) that was shown.
    pub(crate) terms_version: i32,
    /// Free text. May be left out where the answers say it all.
    #[graphql(default)]
    pub(crate) text: String,
    /// The answers to the form, in its order.
    #[graphql(default)]
    pub(crate) answers: Vec<FormAnswerInput>,
    /// The older case that it goes on from.
    pub(crate) follows_up: Option<ID>,
    /// The files that go with it, 10 from staff and 5 from a resident at the most.
    #[graphql(default)]
    pub(crate) attachments: Vec<AttachmentInput>,
}

/// A file that goes with a message.
#[derive(InputObject)]
pub(crate) struct AttachmentInput {
    /// The upload: asked for with `requestUpload`, and sent, by the viewer, for this case, within the
    /// last day.
    pub(crate) upload_id: ID,
    /// What it is called, 1 to 255 bytes. Sealed, as what is written is.
    pub(crate) file_name: String,
}

/// The answer to one field of a form.
#[derive(InputObject)]
pub(crate) struct FormAnswerInput {
    /// The field's key; within a group a path such as `medicines.0.name`.
    field: String,
    /// What was answered.
    value: FormValueInput,
}

/// What was answered: exactly one of these.
#[derive(OneofObject)]
pub(crate) enum FormValueInput {
    /// Text, a date, a phone number, or the one option that was chosen.
    Text(String),
    /// The options that were chosen.
    Choices(Vec<String>),
    /// Yes or no.
    YesNo(bool),
}

/// What is said, and answered.
pub(crate) fn content(text: String, answers: Vec<FormAnswerInput>) -> Content {
    Content { text, answers: answers.into_iter().map(case::FormAnswer::from).collect() }
}

impl From<FormAnswerInput> for case::FormAnswer {
    fn from(FormAnswerInput { field, value }: FormAnswerInput) -> Self {
        let value = match value {
            FormValueInput::Text(text) => case::FormValue::Text(text),
            FormValueInput::Choices(choices) => case::FormValue::Choices(choices),
            FormValueInput::YesNo(yes) => case::FormValue::YesNo(yes),
        };
        Self { field, value }
    }
}

/// What a unit opens to a resident who knows of it (omvänt ärende).
#[derive(InputObject)]
pub(crate) struct OpenCaseInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    pub(crate) idempotency_key: ID,
    /// The case type (ärendetyp).
    pub(crate) case_type_id: ID,
    /// The resident it concerns.
    pub(crate) subject_id: ID,
    /// Whether the resident knows of it. Without that a unit may not open a case.
    pub(crate) resident_informed: bool,
    /// The version of the form that was shown. It may be left out, where none was, for a type that
    /// residents may start too.
    pub(crate) form_version: Option<i32>,
    /// The first message. May be left out where the answers say it all.
    #[graphql(default)]
    pub(crate) text: String,
    /// The answers to the form, in its order.
    #[graphql(default)]
    pub(crate) answers: Vec<FormAnswerInput>,
    /// The files that go with it, 10 from staff and 5 from a resident at the most.
    #[graphql(default)]
    pub(crate) attachments: Vec<AttachmentInput>,
}

macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(InputObject)]
        pub(crate) struct $name {
            /// Names this request, 1 to 255 characters: sent again, the first outcome is given
            /// again.
            pub(crate) idempotency_key: ID,
            /// The case.
            pub(crate) case_id: ID,
            /// The version of the case that the viewer has seen. If the case has changed since,
            /// nothing is done and the payload tells what happened.
            pub(crate) expected_version: Option<i32>,
            $($(#[$field_doc])* pub(crate) $field: $type,)*
        }

        impl $name {
            /// Which case, as it was seen.
            pub(crate) fn about(&self) -> super::About {
                super::About {
                    idempotency_key: self.idempotency_key.0.clone(),
                    case: crate::schema::id::read(&self.case_id),
                    expected_version: self.expected_version,
                }
            }
        }
    )*};
}

inputs! {
    /// Which case is given to its first handler (fördela).
    DistributeCaseInput {
        /// The handler, who works at the unit.
        handler_id: ID,
    }
    /// Which case is given to another handler (omfördela).
    ReassignCaseInput {
        /// The handler, who works at the unit.
        handler_id: ID,
    }
    /// Which case goes back to the unit's queue (återta till inkorgen).
    ReturnCaseInput {}
    /// Which case is sent on to another unit (skicka vidare).
    RedirectCaseInput {
        /// The unit.
        unit_id: ID,
    }
    /// Which case the resident lets go to another care provider.
    ConsentToRedirectInput {
        /// The care provider (vårdgivare).
        care_provider_id: ID,
    }
    /// Which case is answered in part (delsvar).
    SendPartialAnswerInput {
        /// The partial answer.
        text: String,
        /// The files that go with it, 10 from staff and 5 from a resident at the most.
        #[graphql(default)]
        attachments: Vec<AttachmentInput>,
    }
    /// In which case the resident is asked something (motfråga).
    AskCounterQuestionInput {
        /// The question.
        text: String,
        /// The files that go with it, 10 from staff and 5 from a resident at the most.
        #[graphql(default)]
        attachments: Vec<AttachmentInput>,
    }
    /// In which case the resident replies, adds something or follows up.
    ReplyToCaseInput {
        /// The reply.
        text: String,
        /// The files that go with it, 10 from staff and 5 from a resident at the most.
        #[graphql(default)]
        attachments: Vec<AttachmentInput>,
    }
    /// Which case is answered (besvara).
    AnswerCaseInput {
        /// The answer.
        text: String,
        /// The files that go with it, 10 from staff and 5 from a resident at the most.
        #[graphql(default)]
        attachments: Vec<AttachmentInput>,
    }
    /// Which case is closed (avsluta).
    CloseCaseInput {
        /// Why, where the case has not been answered.
        reason: Option<CloseReason>,
    }
    /// Which case the resident takes back (återkalla).
    WithdrawCaseInput {}
    /// In which case staff notes something (intern anteckning).
    AddNoteInput {
        /// The note, which the resident never sees.
        text: String,
    }
}
