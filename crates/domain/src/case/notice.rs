//! What leaves the service when a case has news for someone: that there is some.
//!
//! A notification may be read by whoever holds the phone. It says nothing personal, not even which
//! unit or what kind of case: a [`Notice`] has no room for it.
//!
//! Source: DOMAIN, rule 10.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CaseDistributed, CaseReassigned, Event};
use crate::{ResidentId, StaffId};

/// A notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// To a resident: something waits to be read in one of their cases.
    NewMessage,
    /// To a handler: they hold a case that someone else gave them.
    CaseGiven,
}

/// Who is told. Stored, in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// A resident, for themselves or for whom they act.
    Resident(ResidentId),
    /// A member of staff.
    Staff(StaffId),
}

/// By their id.
impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resident(who) => write!(f, "{who}"),
            Self::Staff(who) => write!(f, "{who}"),
        }
    }
}

impl Notice {
    /// Every notice.
    pub const ALL: [Self; 2] = [Self::NewMessage, Self::CaseGiven];

    /// Its name, for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NewMessage => "NEW_MESSAGE",
            Self::CaseGiven => "CASE_GIVEN",
        }
    }

    /// Its whole text in Swedish.
    pub const fn text_sv(self) -> &'static str {
        match self {
            Self::NewMessage => "Du har ett nytt meddelande.",
            Self::CaseGiven => "Du har fått ett ärende.",
        }
    }

    /// Its whole text in English.
    pub const fn text_en(self) -> &'static str {
        match self {
            Self::NewMessage => "You have a new message.",
            Self::CaseGiven => "You have been given a case.",
        }
    }
}

impl Event {
    /// What the resident is told of the event, if anything: that staff have written to them.
    pub const fn notice(&self) -> Option<Notice> {
        match self {
            Self::CaseOpened(_)
            | Self::CasePartiallyAnswered(_)
            | Self::CounterQuestionAsked(_)
            | Self::CaseAnswered(_) => Some(Notice::NewMessage),
            Self::CaseSubmitted(_)
            | Self::CaseDistributed(_)
            | Self::CaseReassigned(_)
            | Self::CaseReturned(_)
            | Self::CaseRedirected(_)
            | Self::RedirectConsented(_)
            | Self::ResidentReplied(_)
            | Self::CaseClosed(_)
            | Self::CaseReopened(_)
            | Self::CaseWithdrawn(_)
            | Self::NoteAdded(_)
            | Self::AttachmentsAdded(_)
            | Self::FormAnswered(_) => None,
        }
    }

    /// Whom the event gave the case to. Unless they took it themselves, they are told
    /// [`Notice::CaseGiven`].
    pub const fn given_to(&self) -> Option<StaffId> {
        match self {
            Self::CaseDistributed(CaseDistributed { to })
            | Self::CaseReassigned(CaseReassigned { to, .. }) => Some(*to),
            _ => None,
        }
    }
}
