//! What staff say in a case, and how it ends.

use super::*;

#[test]
fn the_handler_answers_and_closes() {
    given([submitted(), distributed()]).when(anna(), answer(3)).then([answered()]);
    given([submitted(), distributed(), answered()]).when(anna(), close(None)).then([closed(None)]);
}

#[test]
fn only_the_handler_who_holds_the_case_answers_or_asks() {
    for command in [answer(3), Command::AskCounterQuestion { message: message(3) }] {
        given([submitted(), distributed()])
            .when(bo(), command.clone())
            .then_rejected(Rejection::HeldByAnother { handler: ANNA });
        given([submitted(), distributed()])
            .when(receiver(), command.clone())
            .then_rejected(Rejection::NotAllowed);
        given([submitted()]).when(anna(), command).then_rejected(Rejection::NotDistributed);
    }
}

#[test]
fn a_receiver_may_answer_in_part_before_the_case_is_distributed() {
    let partial = Command::SendPartialAnswer { message: message(2) };
    given([submitted()])
        .when(receiver(), partial)
        .then([CasePartiallyAnswered { message: message(2) }.into()]);
}

#[test]
fn a_counter_question_awaits_the_resident_until_the_reply() {
    let question = Command::AskCounterQuestion { message: message(2) };
    given([submitted(), distributed()]).when(anna(), question).then([asked()]);
    let turn = due("2026-03-05T00:00:00+01:00");
    let replied = Event::from(ResidentReplied { message: message(3), turn });
    given([submitted(), distributed(), asked()]).when(eva(), reply(3)).then([replied.clone()]);
    assert_eq!(state([submitted(), distributed(), asked()]), State::AwaitingResident);
    assert_eq!(state([submitted(), distributed(), asked(), replied]), State::Distributed);
}

#[test]
fn one_counter_question_at_a_time() {
    let another = Command::AskCounterQuestion { message: message(5) };
    given([submitted(), distributed(), asked()])
        .when(anna(), another)
        .then_rejected(Rejection::AlreadyAsked);
}

#[test]
fn a_case_is_answered_once() {
    for command in [
        answer(5),
        Command::SendPartialAnswer { message: message(5) },
        Command::AskCounterQuestion { message: message(5) },
    ] {
        given([submitted(), distributed(), answered()])
            .when(anna(), command)
            .then_rejected(Rejection::AlreadyAnswered);
    }
}

#[test]
fn a_case_is_closed_after_an_answer_or_with_a_reason() {
    given([submitted(), distributed()])
        .when(anna(), close(None))
        .then_rejected(Rejection::NotAnswered);
    for reason in [CloseReason::Withdrawn, CloseReason::Duplicate, CloseReason::Cancelled] {
        given([submitted()]).when(receiver(), close(reason)).then([closed(Some(reason))]);
    }
    given([submitted(), closed(Some(CloseReason::Duplicate))])
        .when(receiver(), close(CloseReason::Cancelled))
        .then_rejected(Rejection::Closed);
}

#[test]
fn staff_note_what_the_resident_never_sees() {
    for by in [receiver(), anna()] {
        given([submitted(), distributed(), answered(), closed(None)])
            .when(by, Command::AddNote { message: message(7) })
            .then([NoteAdded { message: message(7) }.into()]);
    }
    given([submitted()])
        .when(eva(), Command::AddNote { message: message(7) })
        .then_rejected(Rejection::NotAllowed);
}

#[test]
fn a_closed_case_takes_no_more_work() {
    let history = || [submitted(), distributed(), answered(), closed(None)];
    for command in [
        answer(8),
        Command::Return,
        Command::Reassign { to: BO },
        Command::Redirect { to: OTHER_UNIT },
    ] {
        given(history()).when(anna(), command).then_rejected(Rejection::Closed);
    }
}

/// Someone's home test for chlamydia, held by Anna.
fn home_test() -> [Event; 2] {
    let Event::CaseSubmitted(event) = submitted() else { unreachable!() };
    [CaseSubmitted { case_type: CHLAMYDIA_TEST, ..event }.into(), distributed()]
}

#[test]
fn a_type_without_conversation_is_answered_once() {
    let partial = Command::SendPartialAnswer { message: message(3) };
    let question = Command::AskCounterQuestion { message: message(3) };
    for (by, command) in [(receiver(), partial.clone()), (anna(), partial), (anna(), question)] {
        given(home_test()).when(by, command).then_rejected(Rejection::NoConversation);
    }
    given(home_test()).when(anna(), answer(3)).then([answered()]);
}

#[test]
fn a_case_of_a_hidden_type_is_the_residents_alone() {
    let of_kim = || {
        home_test().map(|event| match event {
            Event::CaseSubmitted(it) => CaseSubmitted { subject: KIM, ..it }.into(),
            other => other,
        })
    };
    for command in [reply(3), Command::Withdraw] {
        given(of_kim()).when(eva_for_kim(), command.clone()).then_rejected(Rejection::NotAllowed);
        let kim = Actor::Resident { who: KIM, on_behalf_of: None };
        assert!(given(of_kim()).when(kim, command).is_granted());
    }
}
