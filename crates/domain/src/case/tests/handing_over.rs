//! Who holds a case, and where it goes.

use super::*;

#[test]
fn a_receiver_distributes_to_a_handler() {
    given([submitted()]).when(receiver(), Command::Distribute { to: ANNA }).then([distributed()]);
}

#[test]
fn only_a_receiver_of_the_unit_distributes() {
    let elsewhere = Actor::Staff { who: RITA, role: Role::Receiver, unit: Some(OTHER_UNIT) };
    for by in [anna(), eva(), elsewhere] {
        given([submitted()])
            .when(by, Command::Distribute { to: ANNA })
            .then_rejected(Rejection::NotAllowed);
    }
}

#[test]
fn a_case_goes_only_to_a_handler_of_the_unit() {
    given([submitted()])
        .when(receiver(), Command::Distribute { to: RITA })
        .then_rejected(Rejection::NotAHandler { to: RITA });
    given([submitted(), distributed()])
        .when(receiver(), Command::Reassign { to: StaffId::new(9) })
        .then_rejected(Rejection::NotAHandler { to: StaffId::new(9) });
}

#[test]
fn a_distributed_case_is_reassigned_not_distributed_again() {
    given([submitted(), distributed()])
        .when(receiver(), Command::Distribute { to: BO })
        .then_rejected(Rejection::AlreadyDistributed { handler: ANNA });
    given([submitted()])
        .when(receiver(), Command::Reassign { to: BO })
        .then_rejected(Rejection::NotDistributed);
    for by in [receiver(), anna()] {
        given([submitted(), distributed()])
            .when(by, Command::Reassign { to: BO })
            .then([CaseReassigned { from: ANNA, to: BO }.into()]);
    }
}

#[test]
fn a_case_is_taken_from_a_handler_only_while_they_hold_it() {
    let from_anna = Command::ReassignFrom { from: ANNA, to: BO };
    let reassigned = Event::from(CaseReassigned { from: ANNA, to: BO });
    given([submitted(), distributed()])
        .when(receiver(), from_anna.clone())
        .then([reassigned.clone()]);
    given([submitted(), distributed(), reassigned])
        .when(receiver(), from_anna.clone())
        .then_nothing();
    let not_held = Rejection::NotHeldBy { handler: ANNA };
    given([submitted()]).when(receiver(), from_anna).then_rejected(not_held);
    given([submitted(), distributed()])
        .when(receiver(), Command::ReassignFrom { from: BO, to: BO })
        .then_rejected(Rejection::NotHeldBy { handler: BO });
    given([submitted(), distributed()])
        .when(receiver(), Command::ReassignFrom { from: ANNA, to: RITA })
        .then_rejected(Rejection::NotAHandler { to: RITA });
}

#[test]
fn a_handler_does_not_take_a_case_from_another() {
    given([submitted(), distributed()])
        .when(bo(), Command::Reassign { to: BO })
        .then_rejected(Rejection::HeldByAnother { handler: ANNA });
}

#[test]
fn a_returned_case_waits_in_the_queue() {
    let returned = Event::from(CaseReturned { from: ANNA });
    given([submitted(), distributed()]).when(anna(), Command::Return).then([returned.clone()]);
    given([submitted()]).when(receiver(), Command::Return).then_nothing();
    assert_eq!(state([submitted(), distributed(), returned]), State::Received);
}

#[test]
fn a_redirect_clears_the_handler_and_keeps_the_deadline() {
    let redirected = Event::from(CaseRedirected { from: UNIT, to: OTHER_UNIT, provider: PROVIDER });
    given([submitted(), distributed()])
        .when(anna(), Command::Redirect { to: OTHER_UNIT })
        .then_and(redirected.clone());
    let case = given([submitted(), distributed(), redirected]).case;
    let thread = case.thread().unwrap();
    assert_eq!((thread.unit, thread.handler), (OTHER_UNIT, None));
    assert_eq!(thread.state, State::Received);
    assert_eq!(thread.deadline, Some(due("2026-03-05T00:00:00+01:00")));
}

#[test]
fn a_redirect_leaves_an_answered_or_awaiting_case_in_its_state() {
    let redirected = Event::from(CaseRedirected { from: UNIT, to: OTHER_UNIT, provider: PROVIDER });
    let history = |last| [submitted(), distributed(), last, redirected.clone()];
    assert_eq!(state(history(asked())), State::AwaitingResident);
    assert_eq!(state(history(answered())), State::Answered);
    let partial = CasePartiallyAnswered { message: message(4) };
    assert_eq!(state(history(partial.into())), State::Received);
}

#[test]
fn another_care_provider_needs_the_residents_consent() {
    let consented = Event::from(RedirectConsented { to: PRIVATE_PROVIDER });
    given([submitted()])
        .when(receiver(), Command::Redirect { to: PRIVATE_UNIT })
        .then_rejected(Rejection::ConsentNeeded { provider: PRIVATE_PROVIDER });
    given([submitted()])
        .when(eva(), Command::ConsentToRedirect { to: PRIVATE_PROVIDER })
        .then([consented.clone()]);
    let to_private = CaseRedirected { from: UNIT, to: PRIVATE_UNIT, provider: PRIVATE_PROVIDER };
    given([submitted(), consented])
        .when(receiver(), Command::Redirect { to: PRIVATE_UNIT })
        .then_and(to_private.into());
}

#[test]
fn a_redirect_goes_to_an_active_unit_of_the_region() {
    for (to, rejection) in
        [(CLOSED_UNIT, Rejection::UnitNotActive), (UnitId::new(9), Rejection::UnknownUnit)]
    {
        given([submitted()]).when(receiver(), Command::Redirect { to }).then_rejected(rejection);
    }
    given([submitted()]).when(receiver(), Command::Redirect { to: UNIT }).then_nothing();
}
