//! Who may see what, and do what: DOMAIN's "Who may do what", as three tables.
//!
//! | what is seen | receiver | holder | resident | auditor | admins, analyst, others |
//! |---|---|---|---|---|---|
//! | a case and its history | own unit's | own | own | in their place | – |
//! | messages, names | yes | yes | yes, but of types hidden from proxies none | – | – |
//! | names of those whose identity is protected | – | yes | their own | – | – |
//! | internal notes | yes | yes | – | that they were made | – |
//! | that it is to be reassigned | yes | yes | – | yes | – |
//!
//! | what is done with a case | receiver | holder | resident | others |
//! |---|---|---|---|---|
//! | submit, reply, withdraw, consent to a redirect | – | – | own | – |
//! | open | at own unit | at own unit | – | – |
//! | distribute, take from an absent handler | own unit's | – | – | – |
//! | reassign, return, redirect, partial answer, close, note | own unit's | own | – | – |
//! | counter-question, answer | – | own | – | – |
//!
//! | question | receiver | handler | resident | unit admin | region admin | auditor | analyst |
//! |---|---|---|---|---|---|---|---|
//! | a unit's inbox | own unit | – | – | – | – | in their place | – |
//! | who holds how much at a unit | own unit | – | – | – | – | – | – |
//! | the cases I hold, my own cases | – | yes | yes | – | – | – | – |
//! | statistics | – | – | – | own unit | own region | – | in their place |
//! | whether units offer what they must | – | – | – | own unit | own region | – | in their place |
//! | who may do what, and why | – | – | – | own unit | own region | in their place | – |
//! | what is odd | – | – | – | own unit | own region | – | – |
//! | who has a number | yes | yes | – | – | yes | – | – |
//!
//! What a viewer is to a case is a fact about now, which the asker brings: [`Relation`] for a
//! case, [`Reach`] for a place. Whatever they may not see or ask is answered as if it were not there;
//! what they see and may not do is refused. Whether what they may do can be done as the case stands
//! is the case's own rule. What is done around cases is settled in `organisation::asking`.

#[cfg(test)]
mod tests;

use crate::{Actor, Role};

/// What a session acts as: one role at a time, or a resident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capacity {
    /// A resident (invånare), or a proxy for one.
    Resident,
    /// A member of staff in one role.
    Staff(Role),
}

impl Capacity {
    /// Every capacity.
    pub const ALL: [Self; 7] = [
        Self::Resident,
        Self::Staff(Role::Receiver),
        Self::Staff(Role::Handler),
        Self::Staff(Role::UnitAdmin),
        Self::Staff(Role::RegionAdmin),
        Self::Staff(Role::Auditor),
        Self::Staff(Role::Analyst),
    ];

    /// The capacity that `actor` acts in; none for the service itself, which is no viewer.
    pub const fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::Resident { .. } => Some(Self::Resident),
            Actor::Staff { role, .. } => Some(Self::Staff(*role)),
            Actor::System => None,
        }
    }
}

/// What a viewer is to one case, at the moment of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The resident it concerns, or someone who may act for them.
    Resident,
    /// A receiver of the unit that has it.
    Receiver,
    /// The handler who holds it, at the unit that has it.
    Holder,
    /// A handler of the unit that has it, who does not hold it.
    OtherHandler,
    /// An auditor of the unit that has it, of its division, or of its region.
    Auditor,
    /// Anyone else.
    Stranger,
}

impl Relation {
    /// Every relation.
    pub const ALL: [Self; 6] = [
        Self::Resident,
        Self::Receiver,
        Self::Holder,
        Self::OtherHandler,
        Self::Auditor,
        Self::Stranger,
    ];
}

/// What can be seen of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sight {
    /// That it is there: state, deadlines, unit, handler, and what happened to it.
    Case,
    /// That notes were made, and when.
    Notes,
    /// That it is to be reassigned: its handler is none at the unit.
    ToBeReassigned,
    /// What the resident and the unit wrote to each other.
    Messages,
    /// What staff noted among themselves.
    NoteTexts,
    /// Who the people in it are, by name.
    Names,
    /// Who those are whose identity is protected (skyddade personuppgifter). Everyone sees their
    /// own name.
    ProtectedNames,
}

impl Sight {
    /// Every part.
    pub const ALL: [Self; 7] = [
        Self::Case,
        Self::Notes,
        Self::ToBeReassigned,
        Self::Messages,
        Self::NoteTexts,
        Self::Names,
        Self::ProtectedNames,
    ];
}

/// Whether a viewer of that `relation` may see that part of a case.
pub const fn may_see(relation: Relation, sight: Sight) -> bool {
    match (relation, sight) {
        (Relation::Holder, _) => true,
        (_, Sight::ProtectedNames) => false,
        (Relation::Receiver, _) => true,
        (Relation::Resident, Sight::Case | Sight::Messages | Sight::Names) => true,
        (Relation::Resident, Sight::Notes | Sight::ToBeReassigned | Sight::NoteTexts) => false,
        (Relation::Auditor, Sight::Case | Sight::Notes | Sight::ToBeReassigned) => true,
        (Relation::Auditor, Sight::Messages | Sight::NoteTexts | Sight::Names) => false,
        (Relation::OtherHandler | Relation::Stranger, _) => false,
    }
}

/// What can be done with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A resident sends it.
    Submit,
    /// A unit opens it to a resident.
    Open,
    /// It is given to its first handler.
    Distribute,
    /// It is given to another handler.
    Reassign,
    /// It is given to another handler with all that an absent one holds.
    TakeFromAbsent,
    /// It is put back in the unit's queue.
    Return,
    /// It is sent on to another unit.
    Redirect,
    /// The resident agrees to a redirect to another care provider.
    ConsentToRedirect,
    /// It is answered in part.
    SendPartialAnswer,
    /// The resident is asked back.
    AskCounterQuestion,
    /// The resident replies, adds something, or follows up.
    Reply,
    /// It is answered.
    Answer,
    /// It is finished.
    Close,
    /// The resident takes it back.
    Withdraw,
    /// Something is noted that the resident never sees.
    AddNote,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 15] = [
        Self::Submit,
        Self::Open,
        Self::Distribute,
        Self::Reassign,
        Self::TakeFromAbsent,
        Self::Return,
        Self::Redirect,
        Self::ConsentToRedirect,
        Self::SendPartialAnswer,
        Self::AskCounterQuestion,
        Self::Reply,
        Self::Answer,
        Self::Close,
        Self::Withdraw,
        Self::AddNote,
    ];
}

/// Whether someone of that `relation` may do that with a case. An auditor looks, and no more.
pub const fn may_do(relation: Relation, action: Action) -> bool {
    match action {
        Action::Submit | Action::Reply | Action::Withdraw | Action::ConsentToRedirect => {
            matches!(relation, Relation::Resident)
        }
        Action::Open => {
            matches!(relation, Relation::Receiver | Relation::Holder | Relation::OtherHandler)
        }
        Action::Distribute | Action::TakeFromAbsent => matches!(relation, Relation::Receiver),
        Action::Reassign
        | Action::Return
        | Action::Redirect
        | Action::SendPartialAnswer
        | Action::Close
        | Action::AddNote => matches!(relation, Relation::Receiver | Relation::Holder),
        Action::AskCounterQuestion | Action::Answer => matches!(relation, Relation::Holder),
    }
}

/// A question about more than one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// Every case of a unit (enhetens inkorg).
    UnitInbox,
    /// The cases that the viewer holds.
    HandlerInbox,
    /// The cases that concern the viewer.
    ResidentInbox,
    /// Statistics of a unit, a division or a region.
    Statistics,
    /// Who works at a unit, by name.
    Staff,
    /// Who holds how many cases at a unit, and when they were last seen.
    Workload,
    /// Whether units offer what they must.
    Compliance,
    /// Who may do what, since when, by whom, and why.
    Assignments,
    /// What is odd, and what a unit lacks before it can take cases.
    Warnings,
    /// Which resident has a number.
    FindResident,
}

impl Question {
    /// Every question.
    pub const ALL: [Self; 10] = [
        Self::UnitInbox,
        Self::HandlerInbox,
        Self::ResidentInbox,
        Self::Statistics,
        Self::Staff,
        Self::Workload,
        Self::Compliance,
        Self::Assignments,
        Self::Warnings,
        Self::FindResident,
    ];
}

/// Where what is asked about lies, seen from where the session's role holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// It is that very place, or the viewer's own.
    Own,
    /// It lies within that place: a unit or division of the region, a unit of the division.
    Within,
    /// It lies elsewhere.
    Elsewhere,
}

impl Reach {
    /// Every reach.
    pub const ALL: [Self; 3] = [Self::Own, Self::Within, Self::Elsewhere];
}

/// Whether someone in that `capacity` may ask that `question` about something that far away.
pub const fn may_ask(capacity: Capacity, question: Question, reach: Reach) -> bool {
    use Role::{Analyst, Auditor, Handler, Receiver, RegionAdmin, UnitAdmin};

    match (question, capacity, reach) {
        (_, _, Reach::Elsewhere) => false,

        (Question::UnitInbox, Capacity::Staff(Receiver), Reach::Own) => true,
        (Question::UnitInbox, Capacity::Staff(Auditor), _) => true,
        (Question::UnitInbox, _, _) => false,

        (Question::HandlerInbox, Capacity::Staff(Handler), Reach::Own) => true,
        (Question::HandlerInbox, _, _) => false,
        (Question::ResidentInbox, Capacity::Resident, Reach::Own) => true,
        (Question::ResidentInbox, _, _) => false,

        (Question::Statistics, Capacity::Staff(UnitAdmin), Reach::Own) => true,
        (Question::Statistics, Capacity::Staff(RegionAdmin | Analyst), _) => true,
        (Question::Statistics, _, _) => false,

        (Question::Staff, Capacity::Staff(Receiver | Handler | UnitAdmin), Reach::Own) => true,
        (Question::Staff, Capacity::Staff(RegionAdmin), _) => true,
        (Question::Staff, _, _) => false,

        (Question::Workload, Capacity::Staff(Receiver), Reach::Own) => true,
        (Question::Workload, _, _) => false,

        (Question::Compliance, Capacity::Staff(UnitAdmin), Reach::Own) => true,
        (Question::Compliance, Capacity::Staff(RegionAdmin | Analyst), _) => true,
        (Question::Compliance, _, _) => false,

        (Question::Assignments, Capacity::Staff(UnitAdmin), Reach::Own) => true,
        (Question::Assignments, Capacity::Staff(RegionAdmin | Auditor), _) => true,
        (Question::Assignments, _, _) => false,

        (Question::Warnings, Capacity::Staff(UnitAdmin), Reach::Own) => true,
        (Question::Warnings, Capacity::Staff(RegionAdmin), _) => true,
        (Question::Warnings, _, _) => false,
        (Question::FindResident, Capacity::Staff(Receiver | Handler | RegionAdmin), _) => true,
        (Question::FindResident, _, _) => false,
    }
}
