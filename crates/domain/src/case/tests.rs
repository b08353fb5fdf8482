//! Examples first, then every short history there is.

mod given;
mod laws;

use self::given::{
    ADVICE, ANNA, BO, CENTRAL_UNIT, CHLAMYDIA_TEST, CLOSED_UNIT, EVA, KIM, OTHER_UNIT,
    PRIVATE_PROVIDER, PRIVATE_UNIT, PROVIDER, REGION, RITA, STRANGER, UNIT, anna, answer, bo,
    close, due, eva, eva_for_kim, given, message, monday, opening, receiver, reply, stranger,
    submission, submitted,
};
use super::{
    CaseAnswered, CaseClosed, CaseDistributed, CaseOpened, CasePartiallyAnswered, CaseReassigned,
    CaseRedirected, CaseReopened, CaseReturned, CaseSubmitted, CaseWithdrawn, CloseReason, Command,
    CounterQuestionAsked, Event, NoteAdded, Opening, RedirectConsented, Rejection, ResidentReplied,
    State, Submission,
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

mod starting {
    use super::*;

    #[test]
    fn a_resident_submits_and_the_deadline_is_recorded() {
        given([]).when(eva(), Command::Submit(submission())).then([submitted()]);
    }

    #[test]
    fn a_guardian_submits_for_a_child() {
        let for_kim = Submission { subject: KIM, ..submission() };
        let Event::CaseSubmitted(event) = submitted() else { unreachable!() };
        given([]).when(eva_for_kim(), Command::Submit(for_kim)).then([CaseSubmitted {
            subject: KIM,
            submitted_by: EVA,
            ..event
        }
        .into()]);
    }

    #[test]
    fn a_guardian_no_longer_acts_for_a_child_who_turned_thirteen() {
        let for_kim = Submission { subject: KIM, ..submission() };
        given([])
            .when(eva_for_kim(), Command::Submit(for_kim))
            .hours_later(24 * 365)
            .then_rejected(Rejection::NotAProxy);
    }

    #[test]
    fn nobody_else_submits_for_a_resident() {
        given([])
            .when(stranger(), Command::Submit(submission()))
            .then_rejected(Rejection::NotAProxy);
        given([]).when(anna(), Command::Submit(submission())).then_rejected(Rejection::NotAllowed);
    }

    #[test]
    fn a_type_that_the_unit_does_not_offer_is_refused() {
        let elsewhere = Submission { unit: OTHER_UNIT, ..submission() };
        given([])
            .when(eva(), Command::Submit(elsewhere))
            .then_rejected(Rejection::CaseTypeNotOffered);
    }

    #[test]
    fn an_inactive_or_unknown_unit_takes_no_case() {
        for (unit, rejection) in
            [(CLOSED_UNIT, Rejection::UnitNotActive), (UnitId::new(99), Rejection::UnknownUnit)]
        {
            let there = Submission { unit, ..submission() };
            given([]).when(eva(), Command::Submit(there)).then_rejected(rejection);
        }
    }

    #[test]
    fn the_form_and_terms_that_were_shown_must_exist() {
        for (form_version, terms_version, what, shown, newest) in
            [(4, 2, "form", 4, 3), (0, 2, "form", 0, 3), (3, 9, "terms", 9, 2)]
        {
            let shown_wrong = Submission { form_version, terms_version, ..submission() };
            given([])
                .when(eva(), Command::Submit(shown_wrong))
                .then_rejected(Rejection::VersionUnknown { what, shown, newest });
        }
    }

    #[test]
    fn an_older_form_that_was_still_on_the_screen_is_taken() {
        let Event::CaseSubmitted(event) = submitted() else { unreachable!() };
        given([])
            .when(eva(), Command::Submit(Submission { form_version: 2, ..submission() }))
            .then([CaseSubmitted { form_version: 2, ..event }.into()]);
    }

    #[test]
    fn a_central_type_goes_to_its_central_unit_and_has_no_clock() {
        let Event::CaseSubmitted(event) = submitted() else { unreachable!() };
        let test = Submission { case_type: CHLAMYDIA_TEST, ..submission() };
        given([]).when(eva(), Command::Submit(test)).then([CaseSubmitted {
            unit: CENTRAL_UNIT,
            case_type: CHLAMYDIA_TEST,
            deadline: None,
            ..event
        }
        .into()]);
    }

    #[test]
    fn a_unit_opens_a_case_that_the_resident_knows_of() {
        let opened = |handler| CaseOpened {
            region: REGION,
            provider: PROVIDER,
            unit: UNIT,
            case_type: ADVICE,
            subject: EVA,
            handler,
            message: message(1),
        };
        given([]).when(anna(), Command::Open(opening())).then([opened(Some(ANNA)).into()]);
        given([]).when(receiver(), Command::Open(opening())).then([opened(None).into()]);
        assert_eq!(state([opened(Some(ANNA)).into()]), State::Distributed);
        assert_eq!(state([opened(None).into()]), State::Received);
    }

    #[test]
    fn a_unit_opens_no_case_behind_the_residents_back() {
        let unknown = Opening { resident_informed: false, ..opening() };
        given([])
            .when(anna(), Command::Open(unknown))
            .then_rejected(Rejection::ResidentNotInformed);
        given([]).when(eva(), Command::Open(opening())).then_rejected(Rejection::NotAllowed);
    }

    #[test]
    fn a_message_says_something_and_not_too_much() {
        use super::super::{Content, TEXT_BYTES_MAX};
        assert_eq!(Content::text("Hej").check(), Ok(()));
        assert_eq!(Content::text(" \n").check(), Err(Rejection::MessageMissing));
        assert_eq!(Content::text("å".repeat(TEXT_BYTES_MAX / 2)).check(), Ok(()));
        assert_eq!(
            Content::text("å".repeat(TEXT_BYTES_MAX / 2 + 1)).check(),
            Err(Rejection::MessageTooLong { bytes: TEXT_BYTES_MAX + 2 })
        );
    }

    #[test]
    fn an_id_belongs_to_one_case() {
        given([submitted()]).when(eva(), Command::Submit(submission())).then_nothing();
        let another = Submission { message: message(9), ..submission() };
        given([submitted()])
            .when(eva(), Command::Submit(another))
            .then_rejected(Rejection::AlreadyStarted);
        given([]).when(receiver(), Command::Return).then_rejected(Rejection::NotStarted);
    }
}

mod handing_over {
    use super::*;

    #[test]
    fn a_receiver_distributes_to_a_handler() {
        given([submitted()])
            .when(receiver(), Command::Distribute { to: ANNA })
            .then([distributed()]);
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
        let redirected =
            Event::from(CaseRedirected { from: UNIT, to: OTHER_UNIT, provider: PROVIDER });
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
        let redirected =
            Event::from(CaseRedirected { from: UNIT, to: OTHER_UNIT, provider: PROVIDER });
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
        let to_private =
            CaseRedirected { from: UNIT, to: PRIVATE_UNIT, provider: PRIVATE_PROVIDER };
        given([submitted(), consented])
            .when(receiver(), Command::Redirect { to: PRIVATE_UNIT })
            .then_and(to_private.into());
    }

    #[test]
    fn a_redirect_goes_to_an_active_unit_of_the_region() {
        for (to, rejection) in
            [(CLOSED_UNIT, Rejection::UnitNotActive), (UnitId::new(9), Rejection::UnknownUnit)]
        {
            given([submitted()])
                .when(receiver(), Command::Redirect { to })
                .then_rejected(rejection);
        }
        given([submitted()]).when(receiver(), Command::Redirect { to: UNIT }).then_nothing();
    }
}

mod answering {
    use super::*;

    #[test]
    fn the_handler_answers_and_closes() {
        given([submitted(), distributed()]).when(anna(), answer(3)).then([answered()]);
        given([submitted(), distributed(), answered()])
            .when(anna(), close(None))
            .then([closed(None)]);
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
}

mod coming_back {
    use super::*;

    fn reopened_at(hours: i64) -> Event {
        let at = monday() + jiff::SignedDuration::from_hours(hours);
        let turn = Deadline::new(at, super::super::TURN_WORKING_DAYS, crate::deadline::Policy::Eod);
        CaseReopened { message: message(6), handler: Some(ANNA), turn: turn.unwrap() }.into()
    }

    fn over() -> [Event; 4] {
        [submitted(), distributed(), answered(), closed(None)]
    }

    #[test]
    fn a_follow_up_within_thirty_days_reopens_with_the_same_handler() {
        let hours = 24 * 30;
        given(over()).when(eva(), reply(6)).hours_later(hours).then([reopened_at(hours)]);
        let mut history = over().to_vec();
        history.push(reopened_at(hours));
        assert_eq!(state(history), State::Distributed);
    }

    #[test]
    fn a_follow_up_later_than_that_becomes_a_new_case() {
        given(over())
            .when(eva(), reply(6))
            .hours_later(24 * 30 + 1)
            .then_rejected(Rejection::ReopenWindowPassed { closed_at: monday() });
    }

    #[test]
    fn a_follow_up_on_an_answer_that_is_not_closed_reopens_at_any_time() {
        given([submitted(), distributed(), answered()])
            .when(eva(), reply(6))
            .hours_later(24 * 60)
            .then([reopened_at(24 * 60)]);
    }

    #[test]
    fn a_case_whose_handler_is_gone_comes_back_to_the_queue() {
        let gone = StaffId::new(9);
        let history = [submitted(), CaseDistributed { to: gone }.into(), answered(), closed(None)];
        let turn = due("2026-03-05T00:00:00+01:00");
        let reopened = Event::from(CaseReopened { message: message(6), handler: None, turn });
        given(history.clone()).when(eva(), reply(6)).then([reopened.clone()]);
        let mut history = history.to_vec();
        history.push(reopened);
        assert_eq!(state(history), State::Received);
    }

    #[test]
    fn a_resident_withdraws_before_the_answer() {
        let withdrawn = Event::from(CaseWithdrawn {});
        given([submitted()]).when(eva(), Command::Withdraw).then([withdrawn.clone()]);
        given([submitted(), distributed(), answered()])
            .when(eva(), Command::Withdraw)
            .then_rejected(Rejection::AlreadyAnswered);
        given([submitted(), withdrawn]).when(eva(), reply(6)).then_rejected(Rejection::Withdrawn);
    }

    #[test]
    fn only_the_resident_or_a_proxy_replies_and_withdraws() {
        for by in [stranger(), anna(), receiver()] {
            assert!(matches!(
                given([submitted(), distributed()]).when_refused(by, reply(6)),
                Rejection::NotAllowed
            ));
        }
        assert_ne!(STRANGER, EVA);
    }
}

mod first_response_clock {
    use super::*;

    fn clock() -> FirstResponse {
        let due_at = Some("2026-03-05T00:00:00+01:00".parse().unwrap());
        FirstResponse { due_at, responded_at: None, closed: None }
    }

    fn at(text: &str) -> jiff::Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn it_turns_yellow_on_the_last_day_and_red_at_its_midnight() {
        for (now, state) in [
            ("2026-03-03T23:59:59+01:00", SlaState::OnTime),
            ("2026-03-04T00:00:00+01:00", SlaState::DueToday),
            ("2026-03-04T23:59:59.999+01:00", SlaState::DueToday),
            ("2026-03-05T00:00:00+01:00", SlaState::Overdue),
        ] {
            assert_eq!(clock().state(at(now)), state, "{now}");
        }
    }

    #[test]
    fn the_instant_it_is_due_is_too_late() {
        let responded = |text| FirstResponse { responded_at: Some(at(text)), ..clock() };
        let now = at("2026-04-01T00:00:00Z");
        assert_eq!(responded("2026-03-04T23:59:59.999+01:00").state(now), SlaState::Met);
        assert_eq!(responded("2026-03-05T00:00:00+01:00").state(now), SlaState::Missed);
    }

    #[test]
    fn closed_without_a_word_is_missed_and_called_off_counts_neither_way() {
        let closed = |text, reason| FirstResponse { closed: Some((at(text), reason)), ..clock() };
        let (before, after) = ("2026-03-04T00:00:00Z", "2026-03-06T00:00:00Z");
        for (when, reason, state) in [
            (before, CloseReason::Cancelled, SlaState::Missed),
            (before, CloseReason::Duplicate, SlaState::None),
            (after, CloseReason::Duplicate, SlaState::None),
            (before, CloseReason::Withdrawn, SlaState::None),
            (after, CloseReason::Withdrawn, SlaState::Missed),
        ] {
            assert_eq!(closed(when, Some(reason)).state(at(after)), state, "{reason:?} {when}");
        }
    }

    #[test]
    fn no_clock_has_no_colour() {
        assert_eq!(FirstResponse::default().state(at("2026-03-05T00:00:00Z")), SlaState::None);
    }
}
