//! Why not, in words for people, in both languages.

use super::{PRIVATE_PROVIDER, Rejection, monday};
use crate::{
    StaffId,
    form::{FieldProblem, Language, Problem},
};

fn every() -> Vec<Rejection> {
    let (handler, to) = (StaffId::new(7), StaffId::new(8));
    let problem = FieldProblem { field: "medicines.0.name".into(), problem: Problem::Required };
    vec![
        Rejection::NotStarted,
        Rejection::AlreadyStarted,
        Rejection::NotAllowed,
        Rejection::HeldByAnother { handler },
        Rejection::NotDistributed,
        Rejection::AlreadyDistributed { handler },
        Rejection::NotAHandler { to },
        Rejection::NobodyToGiveTo,
        Rejection::GivenToItsHolder { handler },
        Rejection::NotHeldBy { handler },
        Rejection::UnknownUnit,
        Rejection::UnitNotActive,
        Rejection::CaseTypeNotOffered,
        Rejection::VersionUnknown { what: "form", shown: 3, newest: 2 },
        Rejection::VersionUnknown { what: "terms", shown: 3, newest: 2 },
        Rejection::VersionMissing,
        Rejection::FormProblems { problems: vec![problem] },
        Rejection::NotByProxy,
        Rejection::MessageMissing,
        Rejection::MessageTooLong { bytes: 99_999 },
        Rejection::NotAProxy,
        Rejection::ResidentNotInformed,
        Rejection::ConsentNeeded { provider: PRIVATE_PROVIDER },
        Rejection::AlreadyAsked,
        Rejection::AlreadyAnswered,
        Rejection::NotAnswered,
        Rejection::Closed,
        Rejection::Withdrawn,
        Rejection::ReopenWindowPassed { closed_at: monday() },
        Rejection::OutsideCalendar { at: monday() },
    ]
}

#[test]
fn each_has_a_swedish_sentence_of_its_own_that_names_nobody() {
    let texts: Vec<_> = every().iter().map(|it| it.text(Language::Sv)).collect();
    for (rejection, text) in every().iter().zip(&texts) {
        assert!(text.ends_with('.'), "{text}");
        assert_ne!(*text, rejection.text(Language::En));
        assert!(!["staff_", "provider_", "case_"].iter().any(|id| text.contains(id)), "{text}");
        assert_eq!(texts.iter().filter(|it| *it == text).count(), 1, "{text}");
    }
}

#[test]
fn figures_and_dates_are_in_it() {
    let sv = |rejection: Rejection| rejection.text(Language::Sv);
    let shown = Rejection::VersionUnknown { what: "terms", shown: 3, newest: 2 };
    assert_eq!(sv(shown), "Version 3 av villkoren finns inte. Den nyaste är 2.");
    let passed = sv(Rejection::ReopenWindowPassed { closed_at: monday() });
    assert!(passed.starts_with("Ärendet avslutades 2026-03-02, för mer än 30 dagar"), "{passed}");
    let problem = FieldProblem { field: "since".into(), problem: Problem::NotADate };
    let problems = sv(Rejection::FormProblems { problems: vec![problem] });
    let expected =
        "Formuläret är inte rätt ifyllt. since: Ange ett datum: år, månad och dag, som 2026-03-02.";
    assert_eq!(problems, expected);
}
