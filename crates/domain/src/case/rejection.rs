//! Why a command was refused.

mod swedish;

use jiff::Timestamp;
use thiserror::Error;

use super::{FILE_BYTES_MAX, FILE_NAME_BYTES_MAX, REOPEN_WINDOW_DAYS, TEXT_BYTES_MAX};
use crate::{
    AttachmentId, CareProviderId, StaffId,
    deadline::local_date,
    form::{FieldProblem, Language},
};

/// Why a command was refused, in words a caseworker can act on.
///
/// A rejection is an answer, not a failure: it is never logged as an error and never retried.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    /// There is no such case.
    #[error("there is no such case")]
    NotStarted,
    /// The id belongs to a case that has started.
    #[error("the case has started already")]
    AlreadyStarted,
    /// The asker's role does not do this.
    #[error("this assignment may not do that with this case")]
    NotAllowed,
    /// Another handler holds it.
    #[error("the case is held by {handler}; ask a case receiver to reassign it")]
    HeldByAnother {
        /// Who.
        handler: StaffId,
    },
    /// Nobody holds it.
    #[error("the case has not been distributed; ask a case receiver to distribute it")]
    NotDistributed,
    /// Someone holds it, so it is reassigned, not distributed.
    #[error("the case has been distributed to {handler}; reassign it instead")]
    AlreadyDistributed {
        /// Who.
        handler: StaffId,
    },
    /// The chosen person does not answer cases there.
    #[error("{to} is not a case handler at the unit")]
    NotAHandler {
        /// Whom.
        to: StaffId,
    },
    /// Cases were to be given to nobody.
    #[error("name at least one case handler to give the cases to")]
    NobodyToGiveTo,
    /// Cases were to be taken from someone and given to the same.
    #[error("{handler} holds the cases already; name others to give them to")]
    GivenToItsHolder {
        /// Who.
        handler: StaffId,
    },
    /// A case was to be taken from someone who does not hold it.
    #[error("the case is not held by {handler} any more")]
    NotHeldBy {
        /// Who.
        handler: StaffId,
    },
    /// No such unit in the region.
    #[error("there is no such care unit in the region")]
    UnknownUnit,
    /// The unit takes no cases.
    #[error("the care unit is not active")]
    UnitNotActive,
    /// The unit does not offer the type.
    #[error("the care unit does not offer this case type")]
    CaseTypeNotOffered,
    /// The named version of a form or terms text does not exist.
    #[error("version {shown} of the {what} does not exist; the newest is {newest}")]
    VersionUnknown {
        /// `form` or `terms`.
        what: &'static str,
        /// The version that was named.
        shown: u32,
        /// The newest there is.
        newest: u32,
    },
    /// There is a form to answer, or there are answers, and it is not said which version was shown.
    #[error("say which version of the form was shown")]
    VersionMissing,
    /// The form was not answered as it asks.
    #[error("the form was not answered as it asks: {}", told(.problems))]
    FormProblems {
        /// All that is wrong with the answers.
        problems: Vec<FieldProblem>,
    },
    /// A proxy may not send cases of this type.
    #[error("only the resident may send cases of this type, not a proxy")]
    NotByProxy,
    /// Units start the cases of this type.
    #[error("cases of this type are started by the care unit, not by residents")]
    StartedByUnits,
    /// Residents start the cases of this type.
    #[error("cases of this type are started by residents, not by the care unit")]
    StartedByResidents,
    /// Not old enough for the type.
    #[error("cases of this type are sent by those who have turned {min_age}")]
    TooYoung {
        /// In completed years.
        min_age: u8,
    },
    /// Nobody knows whether they are old enough for the type.
    #[error(
        "cases of this type are sent by those who have turned {min_age}, and the date of birth is \
         not known"
    )]
    AgeUnknown {
        /// In completed years.
        min_age: u8,
    },
    /// Cases of this type are answered once.
    #[error("cases of this type take no partial answer and no counter-question; answer it")]
    NoConversation,
    /// A message that says nothing.
    #[error("the message is empty")]
    MessageMissing,
    /// A message that says too much.
    #[error("the message is {bytes} bytes long; at most {TEXT_BYTES_MAX} are taken")]
    MessageTooLong {
        /// Its length.
        bytes: usize,
    },
    /// No message that files go with.
    #[error("files go with a message to or from the resident, and with nothing else")]
    NothingToAttachTo,
    /// More files than go with one message.
    #[error("{files} files are too many; at most {most} go with one message")]
    TooManyFiles {
        /// How many there were.
        files: usize,
        /// How many there may be.
        most: usize,
    },
    /// A file that is empty or too large.
    #[error("a file has 1 to {FILE_BYTES_MAX} bytes, and this one {bytes}")]
    FileTooLarge {
        /// Its length.
        bytes: u64,
    },
    /// A name that no file can be saved under.
    #[error(
        "a file name has 1 to {FILE_NAME_BYTES_MAX} bytes and no slash, backslash or control \
         character"
    )]
    FileNameInvalid,
    /// No such upload, or one of someone else's, or for another case.
    #[error("there is no such upload; ask for one, send the file, and name it within a day")]
    UnknownUpload,
    /// The file was attached before.
    #[error("{file} has been attached already; each upload is named once")]
    AlreadyAttached {
        /// Which.
        file: AttachmentId,
    },
    /// Not the resident's proxy.
    #[error("not a proxy for that resident")]
    NotAProxy,
    /// A unit may only start a case that the resident knows of.
    #[error("the resident must know of the case before a unit opens it")]
    ResidentNotInformed,
    /// The other care provider needs the resident's consent.
    #[error("the resident has not consented to a redirect to {provider}")]
    ConsentNeeded {
        /// Which.
        provider: CareProviderId,
    },
    /// A question is out already.
    #[error("a counter-question already awaits the resident")]
    AlreadyAsked,
    /// It has its answer.
    #[error("the case has been answered")]
    AlreadyAnswered,
    /// It has no answer yet.
    #[error("the case has not been answered; answer it, or close it with a reason")]
    NotAnswered,
    /// It is over.
    #[error("the case is closed")]
    Closed,
    /// The resident took it back.
    #[error("the case was withdrawn; send a new case")]
    Withdrawn,
    /// Too late for the same case.
    #[error(
        "the case was closed on {}, more than {REOPEN_WINDOW_DAYS} days ago; \
         send a new case that follows it up",
        local_date(*.closed_at)
    )]
    ReopenWindowPassed {
        /// When.
        closed_at: Timestamp,
    },
    /// No calendar for that year.
    #[error("{at} lies outside the calendar of working days")]
    OutsideCalendar {
        /// When.
        at: Timestamp,
    },
}

fn told(problems: &[FieldProblem]) -> String {
    let told = |it: &FieldProblem| format!("{}: {}", it.field, it.problem.text(Language::En));
    problems.iter().map(told).collect::<Vec<_>>().join(" ")
}
