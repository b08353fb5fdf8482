//! The words clients may choose from and are answered with.

use async_graphql::Enum;
use domain::{Actor, Role, case, case::clock, organisation, policy};

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "case::State")]
pub(crate) enum CaseState {
    /// In the unit's queue: nobody holds it.
    Received,
    /// A handler holds it.
    Distributed,
    /// The resident has got a partial answer (delsvar), and more is to come.
    PartiallyAnswered,
    /// A counter-question (motfråga) waits for the resident.
    AwaitingResident,
    /// The resident has the answer.
    Answered,
    /// Over, unless a follow-up reopens it.
    Closed,
}

/// Where a case stands against the deadline of its first response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "clock::SlaState")]
pub(crate) enum SlaState {
    /// No clock runs: a case that a unit started, a type without a deadline, a cancelled clock.
    None,
    /// Not yet due, and not on this day.
    OnTime,
    /// The last day to respond (gul).
    DueToday,
    /// Without a response, and due (rödmarkerat).
    Overdue,
    /// Responded in time.
    Met,
    /// Responded too late, or closed without a word.
    Missed,
}

/// Who started a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "case::Origin")]
pub(crate) enum CaseOrigin {
    /// A resident sent it.
    Resident,
    /// The unit opened it (omvänt ärende).
    Unit,
}

/// Why a case was closed without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "case::CloseReason")]
pub(crate) enum CloseReason {
    /// The resident took it back (återkalla).
    Withdrawn,
    /// The same matter stands in another case.
    Duplicate,
    /// It will not be worked on.
    Cancelled,
}

/// Who decides name and form of a case type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "organisation::Scope")]
pub(crate) enum CaseTypeScope {
    /// Handled by one unit for the whole region, whichever unit it starts from.
    Central,
    /// Common to the region.
    RegionCommon,
    /// One unit's own.
    UnitOwn,
}

/// What kind of care a unit gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "organisation::UnitKind")]
pub(crate) enum CareUnitKind {
    /// Care.
    Care,
    /// Dental care.
    Dental,
}

/// What someone acts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Capacity {
    /// A resident (invånare), or a proxy for one.
    Resident,
    /// A case receiver (ärendemottagare) of a unit.
    Receiver,
    /// A case handler (ärendehanterare) of a unit.
    Handler,
    /// An administrator of a unit.
    UnitAdmin,
    /// An administrator of a region.
    RegionAdmin,
    /// An access auditor.
    Auditor,
    /// An analyst.
    Analyst,
    /// The service itself, such as an import.
    System,
}

impl From<Actor> for Capacity {
    fn from(actor: Actor) -> Self {
        match actor {
            Actor::Resident { .. } => Self::Resident,
            Actor::Staff { role: Role::Receiver, .. } => Self::Receiver,
            Actor::Staff { role: Role::Handler, .. } => Self::Handler,
            Actor::Staff { role: Role::UnitAdmin, .. } => Self::UnitAdmin,
            Actor::Staff { role: Role::RegionAdmin, .. } => Self::RegionAdmin,
            Actor::Staff { role: Role::Auditor, .. } => Self::Auditor,
            Actor::Staff { role: Role::Analyst, .. } => Self::Analyst,
            Actor::System => Self::System,
        }
    }
}

/// What a session may ask about, so that a client shows only what leads somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "policy::Question")]
pub(crate) enum Permission {
    /// `unitInbox`.
    UnitInbox,
    /// `handlerInbox`.
    HandlerInbox,
    /// `residentInbox`.
    ResidentInbox,
    /// `statistics`.
    Statistics,
    /// Who works at a unit.
    Staff,
    /// `findResident`.
    FindResident,
}

/// What a message is in its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum MessageKind {
    /// The resident's first message: answers to the form.
    Submission,
    /// The unit's first message, in a case that it opened.
    Opening,
    /// A partial answer (delsvar).
    PartialAnswer,
    /// A counter-question (motfråga).
    CounterQuestion,
    /// The resident's reply, or an addition.
    Reply,
    /// The answer (svar).
    Answer,
    /// The resident's follow-up, which took the case up again.
    FollowUp,
    /// An internal note (intern anteckning), never shown to the resident.
    Note,
}

impl MessageKind {
    /// The kind of message that `event` carries, if it carries one.
    pub(crate) const fn of(event: &case::Event) -> Option<Self> {
        match event {
            case::Event::CaseSubmitted(_) => Some(Self::Submission),
            case::Event::CaseOpened(_) => Some(Self::Opening),
            case::Event::CasePartiallyAnswered(_) => Some(Self::PartialAnswer),
            case::Event::CounterQuestionAsked(_) => Some(Self::CounterQuestion),
            case::Event::ResidentReplied(_) => Some(Self::Reply),
            case::Event::CaseAnswered(_) => Some(Self::Answer),
            case::Event::CaseReopened(_) => Some(Self::FollowUp),
            case::Event::NoteAdded(_) => Some(Self::Note),
            case::Event::CaseDistributed(_)
            | case::Event::CaseReassigned(_)
            | case::Event::CaseReturned(_)
            | case::Event::CaseRedirected(_)
            | case::Event::RedirectConsented(_)
            | case::Event::CaseClosed(_)
            | case::Event::CaseWithdrawn(_) => None,
        }
    }
}
