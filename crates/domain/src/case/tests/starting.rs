//! How a case begins.

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
    given([]).when(stranger(), Command::Submit(submission())).then_rejected(Rejection::NotAProxy);
    given([]).when(anna(), Command::Submit(submission())).then_rejected(Rejection::NotAllowed);
}

#[test]
fn a_type_that_the_unit_does_not_offer_is_refused() {
    let elsewhere = Submission { unit: OTHER_UNIT, ..submission() };
    given([]).when(eva(), Command::Submit(elsewhere)).then_rejected(Rejection::CaseTypeNotOffered);
}

#[test]
fn a_type_that_units_start_is_not_sent_by_residents() {
    let message = Submission { case_type: STAFF_MESSAGE, ..submission() };
    given([]).when(eva(), Command::Submit(message)).then_rejected(Rejection::StartedByUnits);
}

#[test]
fn a_type_that_residents_start_is_not_opened_by_units() {
    let test = Opening { case_type: CHLAMYDIA_TEST, ..opening() };
    for by in [anna(), receiver()] {
        given([])
            .when(by, Command::Open(test.clone()))
            .then_rejected(Rejection::StartedByResidents);
    }
}

/// What opening a case comes to for Anna: the events, without the one that it begins with.
fn opened_beside(opening: Opening) -> Result<Vec<Event>, Rejection> {
    let events = given([]).case.decide(&asked_by(anna()), &Command::Open(opening))?;
    assert!(matches!(events[0], Event::CaseOpened(_)));
    Ok(events[1..].to_vec())
}

#[test]
fn a_unit_answers_the_form_that_it_was_shown_and_must_be_shown_one_that_is_for_units() {
    let answered = |form_version| vec![FormAnswered { message: message(1), form_version }.into()];
    let either = |form_version| opened_beside(Opening { form_version, ..opening() });
    assert_eq!(either(None), Ok(vec![]), "a form that asks residents need not be answered");
    assert_eq!(either(Some(3)), Ok(answered(3)));
    assert_eq!(either(Some(2)), Ok(answered(2)), "an older one may have been shown");
    for shown in [0, 4] {
        let unknown = Rejection::VersionUnknown { what: "form", shown, newest: 3 };
        assert_eq!(either(Some(shown)), Err(unknown));
    }
    let of_units = |form_version| {
        opened_beside(Opening { case_type: STAFF_MESSAGE, form_version, ..opening() })
    };
    assert_eq!(of_units(None), Err(Rejection::VersionMissing), "which one is not guessed");
    assert_eq!(of_units(Some(3)), Ok(answered(3)));
    assert_eq!(of_units(Some(1)), Ok(answered(1)));
}

#[test]
fn a_type_from_an_age_on_is_sent_from_the_birthday_on() {
    let by = Actor::Resident { who: TESS, on_behalf_of: None };
    let test = Submission { subject: TESS, case_type: CHLAMYDIA_TEST, ..submission() };
    let asked = |hours| given([]).when(by, Command::Submit(test.clone())).hours_later(hours);
    // Monday 09:00, and 23:59:59.999 hours short of Tuesday: the day counts, in Stockholm.
    asked(0).then_rejected(Rejection::TooYoung { min_age: 15 });
    asked(14).then_rejected(Rejection::TooYoung { min_age: 15 });
    assert!(asked(15).is_granted(), "from Tuesday 00:00");
}

#[test]
fn a_type_from_an_age_on_is_not_for_those_whose_age_nobody_knows() {
    let test = Submission { subject: STRANGER, case_type: CHLAMYDIA_TEST, ..submission() };
    given([])
        .when(stranger(), Command::Submit(test))
        .then_rejected(Rejection::AgeUnknown { min_age: 15 });
}

#[test]
fn a_type_that_is_hidden_from_proxies_is_sent_by_the_resident_alone() {
    let test = Submission { subject: KIM, case_type: CHLAMYDIA_TEST, ..submission() };
    given([]).when(eva_for_kim(), Command::Submit(test)).then_rejected(Rejection::NotByProxy);
}

#[test]
fn answers_are_held_to_the_form_that_was_shown_where_it_is_known() {
    use crate::{
        case::{Content, FormAnswer, FormValue},
        catalogue::Catalogue,
        form::{FieldProblem, Problem, Registers},
    };

    struct NoUnits;
    impl Registers for NoUnits {
        fn has_unit(&self, _: &str) -> bool {
            false
        }
    }

    let catalogue = Catalogue::shipped().unwrap();
    let form = catalogue.case_types.iter().find(|it| it.key == "advice").unwrap().form();
    let wrote = |field: &str, text: &str| FormAnswer {
        field: field.into(),
        value: FormValue::Text(text.into()),
    };
    let content = |answers| Content { text: String::new(), answers };
    let asked = content(vec![wrote("question", "Vad gör jag?"), wrote("about", "me")]);
    assert_eq!(asked.check_answers(Some(&form), &NoUnits), Ok(()));
    let half = content(vec![wrote("question", "Vad gör jag?"), wrote("shoe_size", "43")]);
    let problem = |field: &str, problem| FieldProblem { field: field.into(), problem };
    let problems =
        vec![problem("about", Problem::Required), problem("shoe_size", Problem::Unknown)];
    let refused = Rejection::FormProblems { problems };
    assert_eq!(
        refused.to_string(),
        "the form was not answered as it asks: about: This must be answered. shoe_size: The form \
         does not ask this."
    );
    assert_eq!(half.check_answers(Some(&form), &NoUnits), Err(refused));
    assert_eq!(half.check_answers(None, &NoUnits), Ok(()));
}

#[test]
fn answers_name_the_form_that_they_are_to() {
    use crate::case::{Content, FormAnswer, FormValue};

    let answer = FormAnswer { field: "subject".into(), value: FormValue::YesNo(true) };
    let answered = Content { text: String::new(), answers: vec![answer] };
    let open = |form_version| Command::Open(Opening { form_version, ..opening() });
    assert_eq!(answered.check_form_named(&open(None)), Err(Rejection::VersionMissing));
    let with_files = Command::Attach { to: Box::new(open(None)), files: vec![] };
    assert_eq!(answered.check_form_named(&with_files), Err(Rejection::VersionMissing));
    assert_eq!(answered.check_form_named(&open(Some(3))), Ok(()));
    assert_eq!(Content::text("Hej").check_form_named(&open(None)), Ok(()));
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
    given([]).when(anna(), Command::Open(unknown)).then_rejected(Rejection::ResidentNotInformed);
    given([]).when(eva(), Command::Open(opening())).then_rejected(Rejection::NotAllowed);
}

#[test]
fn a_message_says_something_and_not_too_much() {
    use crate::case::{Content, TEXT_BYTES_MAX};
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
