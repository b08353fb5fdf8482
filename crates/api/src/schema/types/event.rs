//! What happened to a case: one object type for each event of the catalogue, all a `CaseEvent`.
//!
//! Everything that stands in clear in the log is here. What was said is not: it is read through
//! the case's `messages`, which the access log knows of.

use async_graphql::{Enum, ID, Interface, SimpleObject};
use domain::{Event, case, deadline};
use engine::HistoryEntry;

use super::{Actor, AttachedFile, CareUnit, CaseType, CloseReason, Region, Resident, StaffMember};
use crate::schema::scalars::{DateTime, Position};

/// When something is due, and by which rule. Reckoned once and never again.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Deadline {
    /// The instant from which it is late: in time means before it.
    due_at: DateTime,
    /// The rule it was reckoned by, such as `SE-EOD-1`.
    policy: String,
    /// The edition of the calendar of working days it was reckoned with.
    calendar_version: i32,
}

impl From<deadline::Deadline> for Deadline {
    fn from(it: deadline::Deadline) -> Self {
        Self {
            due_at: it.due_at.into(),
            policy: it.policy.id().to_owned(),
            calendar_version: i32::from(it.calendar_version),
        }
    }
}

/// Makes people of ids: with their names, or without.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct People {
    /// Whether the viewer may see names.
    pub(crate) named: bool,
    /// Whether also of those whose identity is protected.
    pub(crate) protected: bool,
    /// Whether the viewer may know of the older case that the case goes on from.
    pub(crate) older: bool,
}

impl People {
    /// With their names, but for those whose identity is protected.
    pub(crate) const NAMED: Self = Self { named: true, protected: false, older: false };

    pub(crate) fn staff(self, id: domain::StaffId) -> StaffMember {
        StaffMember { id, named: self.named }
    }

    pub(crate) fn resident(self, id: domain::ResidentId) -> Resident {
        Resident { id, named: self.named, protected: self.protected }
    }
}

pub(crate) fn number(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

macro_rules! events {
    (|$people:ident| $($(#[$doc:meta])* $name:ident |$it:ident| {
        $($(#[$field_doc:meta])* $field:ident: $type:ty = $value:expr,)*
    })*) => {
        /// Which event it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        pub(crate) enum CaseEventType {
            $($(#[$doc])* $name,)*
        }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, SimpleObject)]
            pub(crate) struct $name {
                /// Names the event.
                #[graphql(owned)]
                id: ID,
                /// Which event it is.
                #[graphql(owned)]
                r#type: CaseEventType,
                /// The place in the log of the commit that holds it.
                #[graphql(owned)]
                position: Position,
                /// Which event of the case it is: 1, 2, 3, …
                #[graphql(owned)]
                version: i32,
                /// When it took place.
                #[graphql(owned)]
                occurred_at: DateTime,
                /// When the log learned of it. The same as `occurredAt` but for what was imported
                /// or registered late.
                #[graphql(owned)]
                recorded_at: DateTime,
                /// Who did it, in which assignment.
                #[graphql(owned)]
                actor: Actor,
                /// The hash of the commit that holds it, which covers all commits before it.
                #[graphql(owned)]
                hash: String,
                $($(#[$field_doc])* $field: $type,)*
            }
        )*

        /// Something that happened to a case. It never changes.
        #[derive(Debug, Clone, Interface)]
        #[graphql(
            field(name = "id", ty = "ID", desc = "Names the event."),
            field(name = "type", ty = "CaseEventType", desc = "Which event it is."),
            field(
                name = "position",
                ty = "Position",
                desc = "The place in the log of the commit that holds it."
            ),
            field(
                name = "version",
                ty = "i32",
                desc = "Which event of the case it is: 1, 2, 3, … A viewer from whom some events are kept sees gaps."
            ),
            field(name = "occurred_at", ty = "DateTime", desc = "When it took place."),
            field(
                name = "recorded_at",
                ty = "DateTime",
                desc = "When the log learned of it. The same as `occurredAt` but for what was imported or registered late."
            ),
            field(name = "actor", ty = "Actor", desc = "Who did it, in which assignment."),
            field(
                name = "hash",
                ty = "String",
                desc = "The hash of the commit that holds it, which covers all commits before it."
            )
        )]
        pub(crate) enum CaseEvent {
            $($name($name),)*
        }

        impl From<&case::Event> for CaseEventType {
            fn from(event: &case::Event) -> Self {
                match event { $(case::Event::$name(_) => Self::$name,)* }
            }
        }

        impl CaseEvent {
            /// The event in `entry`; none where it is not a case's.
            pub(crate) fn new(entry: &HistoryEntry, $people: People) -> Option<Self> {
                let recorded = &entry.recorded;
                let Event::Case(event) = &recorded.event else { return None };
                Some(match event {
                    $(case::Event::$name($it) => {
                        let _ = $it;
                        Self::$name($name {
                            id: ID(format!("event_{}.{}", recorded.stream, recorded.version)),
                            r#type: CaseEventType::$name,
                            position: recorded.position.into(),
                            version: number(recorded.version),
                            occurred_at: recorded.occurred_at.into(),
                            recorded_at: recorded.recorded_at.into(),
                            actor: Actor::new(recorded.actor, $people),
                            hash: entry.hash.to_string(),
                            $($field: $value,)*
                        })
                    })*
                })
            }
        }
    };
}

events! { |people|
    /// A resident, or a proxy, sent a case to a unit (skicka ärende).
    CaseSubmitted |it| {
        /// The region.
        region: Region = Region { id: it.region },
        /// The care provider (vårdgivare) the unit belonged to.
        care_provider_id: ID = it.provider.into(),
        /// The unit it came to. For a central type, the central unit.
        unit: CareUnit = CareUnit { id: it.unit },
        /// Its type.
        case_type: CaseType = CaseType { id: it.case_type },
        /// The resident it concerns.
        subject: Resident = people.resident(it.subject),
        /// Who sent it: the subject, or a proxy (ombud).
        submitted_by: Resident = people.resident(it.submitted_by),
        /// The version of the form that was shown.
        form_version: i32 = number(it.form_version),
        /// The version of the terms (villkorstext) that was shown.
        terms_version: i32 = number(it.terms_version),
        /// When the first response is due; none for types without a deadline.
        deadline: Option<Deadline> = it.deadline.map(Deadline::from),
        /// The older case that it goes on from; none where there is none, or where the viewer may
        /// not see it.
        follows_up: Option<ID> = it.follows_up.filter(|_| people.older).map(ID::from),
        /// The first message.
        message_id: ID = it.message.into(),
    }
    /// A unit opened a case to a resident who knows of it (omvänt ärende).
    CaseOpened |it| {
        /// The region.
        region: Region = Region { id: it.region },
        /// The care provider (vårdgivare) the unit belonged to.
        care_provider_id: ID = it.provider.into(),
        /// The unit.
        unit: CareUnit = CareUnit { id: it.unit },
        /// Its type.
        case_type: CaseType = CaseType { id: it.case_type },
        /// The resident it concerns.
        subject: Resident = people.resident(it.subject),
        /// The handler who opened it and so holds it; none where a receiver did.
        handler: Option<StaffMember> = it.handler.map(|it| people.staff(it)),
        /// The first message.
        message_id: ID = it.message.into(),
    }
    /// The case was given to its first handler (fördela).
    CaseDistributed |it| {
        /// The handler.
        to: StaffMember = people.staff(it.to),
    }
    /// The case went from one handler to another (omfördela).
    CaseReassigned |it| {
        /// Who held it.
        from: StaffMember = people.staff(it.from),
        /// Who holds it.
        to: StaffMember = people.staff(it.to),
    }
    /// The case went back to the unit's queue (återta till inkorgen).
    CaseReturned |it| {
        /// Who held it.
        from: StaffMember = people.staff(it.from),
    }
    /// The case was sent on to another unit (skicka vidare). Its deadline goes with it.
    CaseRedirected |it| {
        /// The unit that had it.
        from: CareUnit = CareUnit { id: it.from },
        /// The unit that has it.
        to: CareUnit = CareUnit { id: it.to },
        /// The care provider (vårdgivare) that `to` belonged to.
        care_provider_id: ID = it.provider.into(),
    }
    /// The resident agreed to a redirect to another care provider.
    RedirectConsented |it| {
        /// Which care provider (vårdgivare).
        care_provider_id: ID = it.to.into(),
    }
    /// The resident got a part of the answer (delsvar).
    CasePartiallyAnswered |it| {
        /// The partial answer.
        message_id: ID = it.message.into(),
    }
    /// The handler asked the resident something (motfråga).
    CounterQuestionAsked |it| {
        /// The question.
        message_id: ID = it.message.into(),
    }
    /// The resident, or a proxy, answered a counter-question or added something.
    ResidentReplied |it| {
        /// The reply.
        message_id: ID = it.message.into(),
        /// When the unit's turn is up.
        turn: Deadline = it.turn.into(),
    }
    /// The resident got the answer (besvara).
    CaseAnswered |it| {
        /// The answer.
        message_id: ID = it.message.into(),
    }
    /// The case was closed (avsluta).
    CaseClosed |it| {
        /// Why, where it was not answered.
        reason: Option<CloseReason> = it.reason.map(CloseReason::from),
    }
    /// A resident's follow-up took up an answered or closed case again.
    CaseReopened |it| {
        /// The follow-up.
        message_id: ID = it.message.into(),
        /// Who holds it; none where the handler is gone.
        handler: Option<StaffMember> = it.handler.map(|it| people.staff(it)),
        /// When the unit's turn is up.
        turn: Deadline = it.turn.into(),
    }
    /// The resident took the case back before the answer (återkalla).
    CaseWithdrawn |it| {}
    /// Staff noted something that the resident never sees (intern anteckning).
    NoteAdded |it| {
        /// The note.
        message_id: ID = it.message.into(),
    }
    /// What a unit wrote as it opened the case answers a form.
    FormAnswered |it| {
        /// The message, in the same commit.
        message_id: ID = it.message.into(),
        /// The version of the type's form that was shown.
        form_version: i32 = number(it.form_version),
    }
    /// Files went with a message, in the commit that brought it (bilagor).
    AttachmentsAdded |it| {
        /// The message.
        message_id: ID = it.message.into(),
        /// The files, in their sender's order.
        files: Vec<AttachedFile> = it.files.iter().map(AttachedFile::from).collect(),
    }
}
