//! What happens to a case. Stored for good: a released struct never changes; a new shape is a new
//! version beside it (docs/events.md).

use serde::{Deserialize, Serialize};

use super::{AttachedFile, State, Thread};
use crate::{
    CareProviderId, CaseId, CaseTypeId, MessageId, RegionId, ResidentId, StaffId, UnitId,
    deadline::Deadline,
};

/// Who started a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A resident sent it.
    Resident,
    /// The unit opened it (omvänt ärende).
    Unit,
}

/// Why a case was closed without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The resident took it back (återkalla).
    Withdrawn,
    /// The same matter stands in another case.
    Duplicate,
    /// It will not be worked on.
    Cancelled,
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type,)*
            }

            impl From<$name> for Event {
                fn from(event: $name) -> Self {
                    Self::$name(event)
                }
            }
        )*

        /// What happened to a case.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "type")]
        pub enum Event {
            $($(#[$doc])* $name($name),)*
        }

        impl Event {
            /// The event's name, as the catalogue and GraphQL write it.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => stringify!($name),)* }
            }
        }
    };
}

events! {
    /// A resident, or a proxy, sent a case to a unit (skicka ärende).
    CaseSubmitted {
        /// The tenant.
        region: RegionId,
        /// The care provider the unit belonged to.
        provider: CareProviderId,
        /// The unit it came to. For a central type, the central unit.
        unit: UnitId,
        /// Its type.
        case_type: CaseTypeId,
        /// The resident it concerns.
        subject: ResidentId,
        /// Who sent it: the subject, or a proxy.
        submitted_by: ResidentId,
        /// The version of the form that was shown.
        form_version: u32,
        /// The version of the terms (villkorstext) that was shown.
        terms_version: u32,
        /// When the first response is due, never to be reckoned again; none for types without.
        deadline: Option<Deadline>,
        /// The older case that this one goes on from, where there is one.
        follows_up: Option<CaseId>,
        /// The first message: answers to the form, sealed.
        message: MessageId,
    }
    /// A unit opened a case to a resident who knows of it (omvänt ärende).
    CaseOpened {
        /// The tenant.
        region: RegionId,
        /// The care provider the unit belonged to.
        provider: CareProviderId,
        /// The unit.
        unit: UnitId,
        /// Its type.
        case_type: CaseTypeId,
        /// The resident it concerns.
        subject: ResidentId,
        /// The handler who opened it and so holds it; none where a receiver did.
        handler: Option<StaffId>,
        /// The first message, sealed.
        message: MessageId,
    }
    /// The case was given to its first handler (fördela).
    CaseDistributed {
        /// The handler.
        to: StaffId,
    }
    /// The case went from one handler to another (omfördela).
    CaseReassigned {
        /// Who held it.
        from: StaffId,
        /// Who holds it.
        to: StaffId,
    }
    /// The case went back to the unit's queue (återta till inkorgen).
    CaseReturned {
        /// Who held it.
        from: StaffId,
    }
    /// The case was sent on to another unit (skicka vidare). Its deadline goes with it.
    CaseRedirected {
        /// The unit that had it.
        from: UnitId,
        /// The unit that has it.
        to: UnitId,
        /// The care provider that `to` belonged to.
        provider: CareProviderId,
    }
    /// The resident agreed to a redirect to another care provider.
    RedirectConsented {
        /// Which.
        to: CareProviderId,
    }
    /// The resident got a part of the answer (delsvar).
    CasePartiallyAnswered {
        /// The partial answer, sealed.
        message: MessageId,
    }
    /// The handler asked the resident something (motfråga).
    CounterQuestionAsked {
        /// The question, sealed.
        message: MessageId,
    }
    /// The resident, or a proxy, answered a counter-question or added something.
    ResidentReplied {
        /// The reply, sealed.
        message: MessageId,
        /// When the unit's turn is up.
        turn: Deadline,
    }
    /// The resident got the answer (besvara).
    CaseAnswered {
        /// The answer, sealed.
        message: MessageId,
    }
    /// The case was closed (avsluta).
    CaseClosed {
        /// Why, where it was not answered.
        reason: Option<CloseReason>,
    }
    /// A resident's follow-up took up an answered or closed case again.
    CaseReopened {
        /// The follow-up, sealed.
        message: MessageId,
        /// Who holds it; none where the handler is gone.
        handler: Option<StaffId>,
        /// When the unit's turn is up.
        turn: Deadline,
    }
    /// The resident took the case back before the answer (återkalla).
    CaseWithdrawn {}
    /// Staff noted something that the resident never sees (intern anteckning).
    NoteAdded {
        /// The note, sealed.
        message: MessageId,
    }
    /// Files went with a message, in the commit that brought it (bilagor).
    AttachmentsAdded {
        /// The message.
        message: MessageId,
        /// The files, in their sender's order. What they are called, and their keys, are sealed.
        #[serde(deserialize_with = "crate::list::read")]
        files: Vec<AttachedFile>,
    }
    /// What a unit wrote as it opened the case answers a form.
    FormAnswered {
        /// The message, in the same commit.
        message: MessageId,
        /// The version of the type's form that was shown.
        form_version: u32,
    }
}

impl Event {
    /// The message or note that the event carries, if any.
    pub const fn message(&self) -> Option<MessageId> {
        match self {
            Self::CaseSubmitted(it) => Some(it.message),
            Self::CaseOpened(it) => Some(it.message),
            Self::CasePartiallyAnswered(it) => Some(it.message),
            Self::CounterQuestionAsked(it) => Some(it.message),
            Self::ResidentReplied(it) => Some(it.message),
            Self::CaseAnswered(it) => Some(it.message),
            Self::CaseReopened(it) => Some(it.message),
            Self::NoteAdded(it) => Some(it.message),
            Self::CaseDistributed(_)
            | Self::CaseReassigned(_)
            | Self::CaseReturned(_)
            | Self::CaseRedirected(_)
            | Self::RedirectConsented(_)
            | Self::CaseClosed(_)
            | Self::CaseWithdrawn(_)
            | Self::AttachmentsAdded(_)
            | Self::FormAnswered(_) => None,
        }
    }
}

impl CaseSubmitted {
    /// The case that starts here.
    pub(super) fn thread(&self) -> Thread {
        Thread {
            origin: Origin::Resident,
            region: self.region,
            provider: self.provider,
            unit: self.unit,
            case_type: self.case_type,
            subject: self.subject,
            handler: None,
            state: State::Received,
            close_reason: None,
            closed_at: None,
            deadline: self.deadline,
            consents: [].into(),
            messages: [self.message].into(),
            files: [].into(),
        }
    }
}

impl CaseOpened {
    /// The case that starts here. No deadline: the resident waits for nothing yet.
    pub(super) fn thread(&self) -> Thread {
        Thread {
            origin: Origin::Unit,
            region: self.region,
            provider: self.provider,
            unit: self.unit,
            case_type: self.case_type,
            subject: self.subject,
            handler: self.handler,
            state: if self.handler.is_some() { State::Distributed } else { State::Received },
            close_reason: None,
            closed_at: None,
            deadline: None,
            consents: [].into(),
            messages: [self.message].into(),
            files: [].into(),
        }
    }
}
