//! The words clients may choose from and are answered with.

use async_graphql::Enum;
use domain::{Actor, Role, case, case::clock, deadline, form, organisation, policy};

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

/// What a unit must have before it takes cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "organisation::ChecklistItem")]
pub(crate) enum ChecklistItem {
    /// Someone who receives cases.
    Receiver,
    /// Someone who answers them.
    Handler,
    /// A case type on offer.
    CaseType,
    /// A phone number or an address.
    Contact,
}

/// Who runs a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "organisation::Ownership")]
pub(crate) enum UnitOwnership {
    /// The region.
    Public,
    /// Someone else, by contract (privat vårdgivare med avtal).
    PrivateContracted,
}

/// Whom a unit serves (betjäningsområde).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ServiceAreaKind {
    /// Everyone, wherever they live.
    Country,
    /// Those who live in the region.
    Region,
    /// Those who live in certain municipalities.
    Municipalities,
}

/// Who changes the settings of a region's units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "organisation::Editors")]
pub(crate) enum UnitEditors {
    /// The unit's administrators, and the region's.
    Unit,
    /// The region's administrators alone.
    Region,
}

/// How much a base offering (basutbud) asks for a case type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "organisation::Level")]
pub(crate) enum OfferingLevel {
    /// Each unit it is for must offer it.
    Mandatory,
    /// Units should offer it.
    Recommended,
    /// Units may offer it.
    Optional,
}

/// How the cases of a type are kept from others than those who work with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "organisation::Secrecy")]
pub(crate) enum CaseTypeSecrecy {
    /// As all cases are.
    Normal,
    /// Hidden from proxies as well, a guardian (vårdnadshavare) among them.
    High,
}

/// How the working days of a deadline are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "deadline::Policy")]
pub(crate) enum DeadlinePolicy {
    /// `SE-EOD-1`, the default: until the midnight that ends the last day.
    Eod,
    /// `SE-OFFICE-1700-1`: until 17:00 on the last day.
    Office1700,
    /// `SE-SAME-TIME-1`: the same clock time on the last day.
    SameTime,
    /// `SE-EOD-SAT-1`: as `EOD`, and Saturdays work.
    EodSat,
    /// `SE-EOD-NOEVES-1`: as `EOD`, and the three eves work.
    EodNoeves,
}

/// A register that an answer must be found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "form::Lookup")]
pub(crate) enum FormLookup {
    /// The units of the region, by HSA-id.
    UnitDirectory,
}

/// What a member of staff may act as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Role")]
pub(crate) enum StaffRole {
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
    /// `unitWorkload`.
    Workload,
    /// `compliance`.
    Compliance,
    /// `assignments`.
    Assignments,
    /// `warnings`.
    Warnings,
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
            | case::Event::CaseWithdrawn(_)
            | case::Event::AttachmentsAdded(_)
            | case::Event::FormAnswered(_) => None,
        }
    }
}
