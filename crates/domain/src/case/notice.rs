//! What leaves the service when a case has news for its resident: that there is some.
//!
//! A notification may be read by whoever holds the phone. It says nothing personal, not even which
//! unit or what kind of case: a [`Notice`] has no room for it.
//!
//! Source: DOMAIN, rule 10.

use super::Event;

/// A notification to a resident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Something waits to be read in one of their cases.
    NewMessage,
}

impl Notice {
    /// Its whole text in Swedish.
    pub const fn text_sv(self) -> &'static str {
        match self {
            Self::NewMessage => "Du har ett nytt meddelande.",
        }
    }

    /// Its whole text in English.
    pub const fn text_en(self) -> &'static str {
        match self {
            Self::NewMessage => "You have a new message.",
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
            | Self::NoteAdded(_) => None,
        }
    }
}
