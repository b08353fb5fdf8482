//! What can be asked of a case, by whom, and what they must know of the world around it.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::{
    AttachedFile, CaseOpened, CaseSubmitted, CloseReason, Event, FormAnswered, Origin, Rejection,
};
use crate::{
    Actor, CareProviderId, CaseId, CaseTypeId, MessageId, RegionId, ResidentId, Role, StaffId,
    UnitId,
    deadline::{Deadline, Policy, local_date},
    identity::age_on,
    policy::Action,
};

/// What someone asks for. The text of a message travels beside the command.
///
/// Serialised only to be fingerprinted, so that a retry is known again: new variants and fields
/// go at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Command {
    /// A resident sends a case.
    Submit(Submission),
    /// A unit opens a case to a resident.
    Open(Opening),
    /// Give the case to its first handler.
    Distribute {
        /// The handler.
        to: StaffId,
    },
    /// Give the case to another handler.
    Reassign {
        /// The handler.
        to: StaffId,
    },
    /// Put the case back in the unit's queue.
    Return,
    /// Send the case on to another unit.
    Redirect {
        /// The unit.
        to: UnitId,
    },
    /// Agree to a redirect to another care provider.
    ConsentToRedirect {
        /// Which.
        to: CareProviderId,
    },
    /// Answer in part.
    SendPartialAnswer {
        /// The partial answer.
        message: MessageId,
    },
    /// Ask the resident back.
    AskCounterQuestion {
        /// The question.
        message: MessageId,
    },
    /// Reply to a question, add something, or follow up on an answer.
    Reply {
        /// The reply.
        message: MessageId,
    },
    /// Answer.
    Answer {
        /// The answer.
        message: MessageId,
    },
    /// Finish. Without an answer only for a reason.
    Close {
        /// Why, where the case was not answered.
        reason: Option<CloseReason>,
    },
    /// Take the case back.
    Withdraw,
    /// Note something that the resident never sees.
    AddNote {
        /// The note.
        message: MessageId,
    },
    /// Give the case to another handler, if that one still holds it.
    ReassignFrom {
        /// Who holds it.
        from: StaffId,
        /// The handler.
        to: StaffId,
    },
    /// Say something, with files beside it.
    Attach {
        /// The files.
        files: Vec<AttachedFile>,
        /// What says it.
        to: Box<Self>,
    },
}

impl Command {
    /// Whether the command starts a case.
    pub fn starts_case(&self) -> bool {
        matches!(self.without_files(), Self::Submit(_) | Self::Open(_))
    }

    /// The command itself, without the files beside what it says.
    pub fn without_files(&self) -> &Self {
        match self {
            Self::Attach { to, .. } => to.without_files(),
            it => it,
        }
    }

    /// What is done with the case, as the table of who may do what has it.
    pub fn action(&self) -> Action {
        match self {
            Self::Submit(_) => Action::Submit,
            Self::Open(_) => Action::Open,
            Self::Distribute { .. } => Action::Distribute,
            Self::Reassign { .. } => Action::Reassign,
            Self::ReassignFrom { .. } => Action::TakeFromAbsent,
            Self::Return => Action::Return,
            Self::Redirect { .. } => Action::Redirect,
            Self::ConsentToRedirect { .. } => Action::ConsentToRedirect,
            Self::SendPartialAnswer { .. } => Action::SendPartialAnswer,
            Self::AskCounterQuestion { .. } => Action::AskCounterQuestion,
            Self::Reply { .. } => Action::Reply,
            Self::Answer { .. } => Action::Answer,
            Self::Close { .. } => Action::Close,
            Self::Withdraw => Action::Withdraw,
            Self::AddNote { .. } => Action::AddNote,
            Self::Attach { to, .. } => to.action(),
        }
    }

    /// The message or note that the command brings, if any.
    pub fn message(&self) -> Option<MessageId> {
        match self {
            Self::Submit(Submission { message, .. })
            | Self::Open(Opening { message, .. })
            | Self::SendPartialAnswer { message }
            | Self::AskCounterQuestion { message }
            | Self::Reply { message }
            | Self::Answer { message }
            | Self::AddNote { message } => Some(*message),
            Self::Attach { to, .. } => to.message(),
            Self::Distribute { .. }
            | Self::Reassign { .. }
            | Self::ReassignFrom { .. }
            | Self::Return
            | Self::Redirect { .. }
            | Self::ConsentToRedirect { .. }
            | Self::Close { .. }
            | Self::Withdraw => None,
        }
    }
}

/// A case on its way in from a resident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Submission {
    /// The unit it is sent to.
    pub unit: UnitId,
    /// Its type.
    pub case_type: CaseTypeId,
    /// The resident it concerns.
    pub subject: ResidentId,
    /// The version of the form that was shown.
    pub form_version: u32,
    /// The version of the terms that was shown.
    pub terms_version: u32,
    /// The older case that it goes on from.
    pub follows_up: Option<CaseId>,
    /// The first message.
    pub message: MessageId,
}

/// A case that a unit starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opening {
    /// Its type.
    pub case_type: CaseTypeId,
    /// The resident it concerns.
    pub subject: ResidentId,
    /// Whether the resident knows of it; "under förutsättning att patienten vet om det".
    pub resident_informed: bool,
    /// The first message.
    pub message: MessageId,
    /// The version of the form that was shown; none where none was, as may be for a type that
    /// residents may start too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form_version: Option<u32>,
}

/// Who asks, when, and what is true around the case at that time.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Who asks, and in which capacity.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The rest of the world.
    pub around: &'a dyn Surroundings,
}

/// What the rules about a case need to know of units, staff, residents and case types.
pub trait Surroundings {
    /// What is known of `unit`; none if there is no such unit.
    fn unit(&self, unit: UnitId) -> Option<UnitFacts>;

    /// Whether `staff` is a handler at `unit` at `at`.
    fn handles(&self, staff: StaffId, unit: UnitId, at: Timestamp) -> bool;

    /// The type as `unit` offers it; none if it does not.
    fn offered(&self, unit: UnitId, case_type: CaseTypeId) -> Option<OfferedType>;

    /// Whether `who` may act for `subject` at `at`: a proxy, such as a guardian.
    fn acts_for(&self, who: ResidentId, subject: ResidentId, at: Timestamp) -> bool;

    /// What holds for cases of a type wherever they are.
    fn type_rules(&self, case_type: CaseTypeId) -> TypeRules;

    /// When `resident` was born; none where nobody knows. It is sealed, so it is known only where
    /// it was opened for the rules beforehand.
    fn birth_date(&self, resident: ResidentId) -> Option<Date>;

    /// Whether a case about `subject` is one of `who`'s own at `at`: their own matter, or that of
    /// someone they act for, unless its type is hidden from proxies.
    fn is_theirs(
        &self,
        who: ResidentId,
        subject: ResidentId,
        case_type: CaseTypeId,
        at: Timestamp,
    ) -> bool {
        who == subject
            || (self.acts_for(who, subject, at) && self.type_rules(case_type).for_proxies)
    }
}

/// What holds for cases of a type, wherever they are and whenever they began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeRules {
    /// Whether a proxy may send one, and see those that there are.
    pub for_proxies: bool,
    /// Whether the unit may answer in part and ask back.
    pub conversation: bool,
}

impl Default for TypeRules {
    /// What holds where nobody limited a type.
    fn default() -> Self {
        Self { for_proxies: true, conversation: true }
    }
}

/// What the rules need to know of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitFacts {
    /// The tenant.
    pub region: RegionId,
    /// The responsible organisation.
    pub provider: CareProviderId,
    /// Whether cases can be sent there.
    pub active: bool,
}

/// What the rules need to know of a case type at a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferedType {
    /// The unit that all cases of a central type go to.
    pub central_unit: Option<UnitId>,
    /// Working days until the first response is due; none where no clock runs.
    pub working_days: Option<u8>,
    /// How they are counted.
    pub policy: Policy,
    /// Who starts its cases; none where either may.
    pub started_by: Option<Origin>,
    /// The least age, in completed years, of a resident who sends one for themselves.
    pub min_age: Option<u8>,
    /// The newest version of the form.
    pub form_version: u32,
    /// The newest version of the terms.
    pub terms_version: u32,
}

impl Submission {
    pub(super) fn decide(&self, asked: &Asked<'_>) -> Result<CaseSubmitted, Rejection> {
        let Actor::Resident { who, .. } = asked.by else { return Err(Rejection::NotAllowed) };
        if who != self.subject && !asked.around.acts_for(who, self.subject, asked.at) {
            return Err(Rejection::NotAProxy);
        }
        active_unit(asked, self.unit)?;
        let offered = asked.around.offered(self.unit, self.case_type);
        let offered = offered.ok_or(Rejection::CaseTypeNotOffered)?;
        if offered.started_by == Some(Origin::Unit) {
            return Err(Rejection::StartedByUnits);
        }
        self.check_sender(asked, who, offered.min_age)?;
        check_shown("form", self.form_version, offered.form_version)?;
        check_shown("terms", self.terms_version, offered.terms_version)?;
        let unit = offered.central_unit.unwrap_or(self.unit);
        let UnitFacts { region, provider, .. } = active_unit(asked, unit)?;
        let deadline =
            offered.working_days.map(|days| Deadline::new(asked.at, days, offered.policy));
        Ok(CaseSubmitted {
            region,
            provider,
            unit,
            case_type: self.case_type,
            subject: self.subject,
            submitted_by: who,
            form_version: self.form_version,
            terms_version: self.terms_version,
            deadline: deadline
                .transpose()
                .map_err(|_| Rejection::OutsideCalendar { at: asked.at })?,
            follows_up: self.follows_up,
            message: self.message,
        })
    }
}

impl Submission {
    /// Whoever sends a case for themselves is old enough; for another, the type is not hidden from
    /// proxies.
    fn check_sender(
        &self,
        asked: &Asked<'_>,
        who: ResidentId,
        min_age: Option<u8>,
    ) -> Result<(), Rejection> {
        if who != self.subject {
            let rules = asked.around.type_rules(self.case_type);
            return if rules.for_proxies { Ok(()) } else { Err(Rejection::NotByProxy) };
        }
        let Some(min_age) = min_age else { return Ok(()) };
        let born = asked.around.birth_date(who).ok_or(Rejection::AgeUnknown { min_age })?;
        if age_on(born, local_date(asked.at)) < u16::from(min_age) {
            return Err(Rejection::TooYoung { min_age });
        }
        Ok(())
    }
}

impl Opening {
    pub(super) fn decide(&self, asked: &Asked<'_>) -> Result<Vec<Event>, Rejection> {
        let (handler, unit) = match asked.by {
            Actor::Staff { who, role: Role::Handler, unit: Some(unit) } => (Some(who), unit),
            Actor::Staff { role: Role::Receiver, unit: Some(unit), .. } => (None, unit),
            _ => return Err(Rejection::NotAllowed),
        };
        let UnitFacts { region, provider, .. } = active_unit(asked, unit)?;
        let offered = asked.around.offered(unit, self.case_type);
        let offered = offered.ok_or(Rejection::CaseTypeNotOffered)?;
        if handler.is_some_and(|who| !asked.around.handles(who, unit, asked.at)) {
            return Err(Rejection::NotAllowed);
        }
        if offered.started_by == Some(Origin::Resident) {
            return Err(Rejection::StartedByResidents);
        }
        if !self.resident_informed {
            return Err(Rejection::ResidentNotInformed);
        }
        let message = self.message;
        let is_for_units = offered.started_by == Some(Origin::Unit) && offered.form_version > 0;
        if is_for_units && self.form_version.is_none() {
            return Err(Rejection::VersionMissing);
        }
        let form = self.form_version.map(|form_version| {
            check_shown("form", form_version, offered.form_version)?;
            Ok(FormAnswered { message, form_version }.into())
        });
        let opened = CaseOpened {
            region,
            provider,
            unit,
            case_type: self.case_type,
            subject: self.subject,
            handler,
            message,
        };
        [Some(Ok(opened.into())), form].into_iter().flatten().collect()
    }
}

fn active_unit(asked: &Asked<'_>, unit: UnitId) -> Result<UnitFacts, Rejection> {
    let unit = asked.around.unit(unit).ok_or(Rejection::UnknownUnit)?;
    if unit.active { Ok(unit) } else { Err(Rejection::UnitNotActive) }
}

/// An older version may have been shown, a newer one than there is cannot.
fn check_shown(what: &'static str, shown: u32, newest: u32) -> Result<(), Rejection> {
    if (1..=newest).contains(&shown) {
        Ok(())
    } else {
        Err(Rejection::VersionUnknown { what, shown, newest })
    }
}
