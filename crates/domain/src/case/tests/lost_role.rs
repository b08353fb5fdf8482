//! Lena was a handler of the unit and is none any more: she keeps no case.

use super::{super::is_to_be_reassigned, given::World, *};

const LENA: StaffId = StaffId::new(8);

fn lena() -> Actor {
    Actor::Staff { who: LENA, role: Role::Handler, unit: Some(UNIT) }
}

fn held() -> [Event; 2] {
    [submitted(), CaseDistributed { to: LENA }.into()]
}

fn waits_for_another(history: impl IntoIterator<Item = Event>) -> bool {
    let case = given(history).case;
    let thread = case.thread().unwrap();
    is_to_be_reassigned(thread.state, thread.handler, thread.unit, &World, monday())
}

#[test]
fn whoever_is_no_handler_at_the_unit_does_nothing_with_the_case_they_hold() {
    let message = message(9);
    for command in [
        answer(9),
        Command::AskCounterQuestion { message },
        Command::SendPartialAnswer { message },
        Command::AddNote { message },
        Command::Reassign { to: BO },
        Command::Return,
        Command::Redirect { to: OTHER_UNIT },
        close(CloseReason::Cancelled),
    ] {
        given(held()).when(lena(), command).then_rejected(Rejection::NotAllowed);
    }
    given([]).when(lena(), Command::Open(opening())).then_rejected(Rejection::NotAllowed);
}

#[test]
fn what_they_hold_is_to_be_reassigned_and_the_receiver_does() {
    assert!(waits_for_another(held()));
    given(held()).when(receiver(), Command::Reassign { to: ANNA }).then([CaseReassigned {
        from: LENA,
        to: ANNA,
    }
    .into()]);
    given(held()).when(receiver(), Command::Return).then([CaseReturned { from: LENA }.into()]);
    let then = |last| held().into_iter().chain([last]);
    assert!(waits_for_another(then(asked())) && waits_for_another(then(answered())));
}

#[test]
fn nothing_is_to_be_reassigned_that_is_over_that_nobody_holds_or_that_a_handler_holds() {
    assert!(!waits_for_another([submitted()]));
    assert!(!waits_for_another([submitted(), distributed()]));
    let over = CaseClosed { reason: None };
    assert!(!waits_for_another(held().into_iter().chain([answered(), over.into()])));
    let taken = CaseReassigned { from: LENA, to: ANNA };
    assert!(!waits_for_another(held().into_iter().chain([taken.into()])));
}

#[test]
fn what_they_hold_is_not_given_to_them_again_as_if_they_could_answer_it() {
    for command in [Command::Reassign { to: LENA }, Command::Distribute { to: LENA }] {
        given(held()).when(receiver(), command).then_rejected(Rejection::NotAHandler { to: LENA });
    }
    let again = Command::Reassign { to: ANNA };
    given([submitted(), distributed()]).when(receiver(), again).then_nothing();
}
