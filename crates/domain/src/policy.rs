//! Who may see what: DOMAIN's "Who may do what", as two tables.
//!
//! | what | receiver | holder | resident | auditor | admins, analyst, others |
//! |---|---|---|---|---|---|
//! | a case and its history | own unit's | own | own | in their place | – |
//! | messages, names | yes | yes | yes, but of types hidden from proxies none | – | – |
//! | names of those whose identity is protected | – | yes | their own | – | – |
//! | internal notes | yes | yes | – | that they were made | – |
//!
//! | question | receiver | handler | resident | unit admin | region admin | auditor | analyst |
//! |---|---|---|---|---|---|---|---|
//! | a unit's inbox | own unit | – | – | – | – | in their place | – |
//! | the cases I hold, my own cases | – | yes | yes | – | – | – | – |
//! | statistics | – | – | – | own unit | own region | – | in their place |
//! | whether units offer what they must | – | – | – | own unit | own region | – | in their place |
//! | who may do what, and why | – | – | – | own unit | own region | in their place | – |
//! | what is odd | – | – | – | own unit | own region | – | – |
//! | who has a number | yes | yes | – | – | yes | – | – |
//!
//! What a viewer is to a case is a fact about now, which the asker brings: [`Relation`] for a
//! case, [`Reach`] for a place. Who may *change* a case once they see it is the case's own rule
//! (`case::permission`). Whatever these tables refuse is answered as if it were not there.

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
    /// An auditor of the unit that has it, or of its region.
    Auditor,
    /// Anyone else.
    Stranger,
}

impl Relation {
    /// Every relation.
    pub const ALL: [Self; 5] =
        [Self::Resident, Self::Receiver, Self::Holder, Self::Auditor, Self::Stranger];
}

/// What can be seen of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sight {
    /// That it is there: state, deadlines, unit, handler, and what happened to it.
    Case,
    /// That notes were made, and when.
    Notes,
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
    pub const ALL: [Self; 6] = [
        Self::Case,
        Self::Notes,
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
        (Relation::Resident, Sight::Notes | Sight::NoteTexts) => false,
        (Relation::Auditor, Sight::Case | Sight::Notes) => true,
        (Relation::Auditor, Sight::Messages | Sight::NoteTexts | Sight::Names) => false,
        (Relation::Stranger, _) => false,
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
    pub const ALL: [Self; 9] = [
        Self::UnitInbox,
        Self::HandlerInbox,
        Self::ResidentInbox,
        Self::Statistics,
        Self::Staff,
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
    /// It lies within that place: a unit or division of the region.
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
