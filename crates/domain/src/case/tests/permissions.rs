//! The permission column of DOMAIN's "Who may do what", read as a table: one line per command,
//! one letter per asker.

use super::{
    super::{Case, Command, Rejection},
    given::{
        ANNA, BO, EVA, KIM, OTHER_UNIT, PRIVATE_PROVIDER, RITA, UNIT, answer, asked_by, given,
        message, opening, reply, stranger, submission, submitted,
    },
};
use crate::{
    Actor, Role, StaffId, UnitId,
    case::{CaseDistributed, CaseSubmitted, CloseReason, Event, Submission},
};

fn staff(who: StaffId, role: Role, unit: impl Into<Option<UnitId>>) -> Actor {
    Actor::Staff { who, role, unit: unit.into() }
}

/// The columns: the resident, a proxy, another resident; receivers of the unit and of another;
/// the handler who holds the case, another of the unit, the holder in an assignment elsewhere;
/// a unit and a regional administrator, an auditor, an analyst, and the service itself.
fn askers() -> [Actor; 13] {
    [
        Actor::Resident { who: KIM, on_behalf_of: None },
        Actor::Resident { who: EVA, on_behalf_of: Some(KIM) },
        stranger(),
        staff(RITA, Role::Receiver, UNIT),
        staff(RITA, Role::Receiver, OTHER_UNIT),
        staff(ANNA, Role::Handler, UNIT),
        staff(BO, Role::Handler, UNIT),
        staff(ANNA, Role::Handler, OTHER_UNIT),
        staff(ANNA, Role::UnitAdmin, UNIT),
        staff(ANNA, Role::RegionAdmin, None),
        staff(ANNA, Role::Auditor, UNIT),
        staff(ANNA, Role::Analyst, UNIT),
        Actor::System,
    ]
}

/// A letter for each asker: granted, not allowed, held by another, or (not) offered at their unit.
fn row(case: &Case, command: &Command) -> String {
    let letter = |by| match case.decide(&asked_by(by), command) {
        Ok(_) => 'y',
        Err(Rejection::NotAllowed | Rejection::NotAProxy) => '-',
        Err(Rejection::HeldByAnother { handler: ANNA }) => 'h',
        Err(Rejection::CaseTypeNotOffered) => 'o',
        Err(other) => panic!("{by:?} asks for {command:?}: {other}"),
    };
    askers().map(letter).iter().collect()
}

/// Kim's case, held by Anna.
fn held() -> Case {
    let Event::CaseSubmitted(submitted) = submitted() else { unreachable!() };
    let submitted = CaseSubmitted { subject: KIM, ..submitted };
    given([submitted.into(), CaseDistributed { to: ANNA }.into()]).case
}

#[test]
fn what_each_may_ask_of_a_case_is_as_agreed() {
    let message = message(9);
    for (command, expected) in [
        (Command::Distribute { to: ANNA }, "---y---------"),
        (Command::Reassign { to: BO }, "---y-yh------"),
        (Command::ReassignFrom { from: ANNA, to: BO }, "---y---------"),
        (Command::Return, "---y-yh------"),
        (Command::Redirect { to: OTHER_UNIT }, "---y-yh------"),
        (Command::ConsentToRedirect { to: PRIVATE_PROVIDER }, "yy-----------"),
        (Command::SendPartialAnswer { message }, "---y-yh------"),
        (Command::AskCounterQuestion { message }, "-----yh------"),
        (reply(9), "yy-----------"),
        (answer(9), "-----yh------"),
        (Command::Close { reason: Some(CloseReason::Duplicate) }, "---y-yh------"),
        (Command::Withdraw, "yy-----------"),
        (Command::AddNote { message }, "---y-yh------"),
    ] {
        assert_eq!(row(&held(), &command), expected, "{command:?}");
    }
}

#[test]
fn who_may_start_a_case_is_as_agreed() {
    let submit = Command::Submit(Submission { subject: KIM, ..submission() });
    assert_eq!(row(&Case::default(), &submit), "yy-----------");
    // The other unit does not offer the type.
    assert_eq!(row(&Case::default(), &Command::Open(opening())), "---yoyyo-----");
}
