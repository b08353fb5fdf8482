//! Examples first, then every short history there is.

mod answering;
mod attaching;
mod coming_back;
mod first_response_clock;
mod given;
mod handing_over;
mod laws;
mod lost_role;
mod permissions;
mod starting;
mod texts;

use self::given::{
    ADVICE, ANNA, BO, CENTRAL_UNIT, CHLAMYDIA_TEST, CLOSED_UNIT, EVA, KIM, OTHER_UNIT,
    PRIVATE_PROVIDER, PRIVATE_UNIT, PROVIDER, REGION, RITA, STAFF_MESSAGE, STRANGER, TESS, UNIT,
    anna, answer, asked_by, bo, close, due, eva, eva_for_kim, file, given, message, monday,
    opening, receiver, reply, stranger, submission, submitted, with_files,
};
use super::{
    AttachmentsAdded, CaseAnswered, CaseClosed, CaseDistributed, CaseOpened, CasePartiallyAnswered,
    CaseReassigned, CaseRedirected, CaseReopened, CaseReturned, CaseSubmitted, CaseWithdrawn,
    CloseReason, Command, CounterQuestionAsked, Event, FILE_BYTES_MAX, FormAnswered, MediaType,
    NoteAdded, Opening, RedirectConsented, Rejection, ResidentReplied, State, Submission,
    check_file_name,
    clock::{FirstResponse, SlaState},
};
use crate::{Actor, Role, StaffId, UnitId, deadline::Deadline};

fn distributed() -> Event {
    CaseDistributed { to: ANNA }.into()
}

fn asked() -> Event {
    CounterQuestionAsked { message: message(2) }.into()
}

fn answered() -> Event {
    CaseAnswered { message: message(3) }.into()
}

fn closed(reason: Option<CloseReason>) -> Event {
    CaseClosed { reason }.into()
}

fn state(history: impl IntoIterator<Item = Event>) -> State {
    given(history).case.thread().unwrap().state
}
