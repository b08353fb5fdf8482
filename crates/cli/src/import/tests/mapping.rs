//! What a mapping may say, and what is refused.

use super::source::{log, plan};
use crate::import::mapping::Mapping;

const CASE: &str = "[case]\nunit = \"org:group\"\nhandler = \"org:resource\"\n\
                    case_type = \"advice\"\nregion = \"Test\"\n";
const RULE: &str = "[[rule]]\naction = \"work\"\n";

#[track_caller]
fn refused(text: &str) -> String {
    format!("{:#}", Mapping::parse(text).unwrap_err())
}

#[test]
fn a_key_that_is_unknown_or_missing_is_named_with_its_line() {
    for (text, line, word) in [
        (format!("{CASE}team = \"x\"\n{RULE}"), 6, "`team`"),
        (format!("{CASE}[[rule]]\naction = \"work\"\nif = \"x\"\n"), 8, "`if`"),
        (format!("{CASE}{RULE}[extra]\n"), 8, "`extra`"),
        (format!("{CASE}[[rule]]\naction = \"sleep\"\n"), 7, "`sleep`"),
        (format!("{CASE}[[rule]]\nwhen = {{ a = 1 }}\naction = \"work\"\n"), 7, "integer"),
        (format!("{CASE}policy = \"SOON\"\n{RULE}"), 6, "`SOON`"),
        (format!("{CASE}[[rule]]\n"), 6, "`action`"),
        (format!("{CASE}unit = \n{RULE}"), 6, ""),
        (format!("[case]\nunit = \"u\"\n{RULE}"), 1, "`handler`"),
    ] {
        let error = refused(&text);
        assert!(error.starts_with(&format!("line {line}: ")), "{text}\n{error}");
        assert!(error.contains(word) && !error.contains('\n'), "{text}\n{error}");
    }
}

#[test]
fn a_mapping_that_could_never_work_is_refused() {
    let empty = CASE.replace("\"Test\"", "\" \"");
    assert_eq!(refused(&format!("{empty}{RULE}")), "`region` in [case] is empty; give it a value");
    let days = format!("{CASE}working_days = 0\n{RULE}");
    assert_eq!(refused(&days), "`working_days` is 0; give 1 to 60");
    let ruleless = format!("rule = []\n{CASE}");
    assert_eq!(refused(&ruleless), "there is no [[rule]]; give one for each kind of event");
}

#[test]
fn the_first_rule_that_matches_decides_and_all_its_conditions_must_hold() {
    let mapping = format!(
        "{CASE}[[rule]]\nwhen = {{ \"concept:name\" = \"x\", \"org:group\" = \"south\" }}\naction = \"cancel\"\n\
         [[rule]]\nwhen = {{ \"concept:name\" = \"x\" }}\naction = \"close\"\n{RULE}"
    );
    let mapping = Mapping::parse(&mapping).unwrap();
    let last = |event: &str| {
        let plan = plan(&log(&[("one", &[event])]), &mapping).unwrap();
        format!("{:?}", plan.facts[0].events.last().unwrap())
    };
    assert!(last("x anna south").contains("Cancelled"));
    assert_eq!(last("x anna north"), "CaseClosed(CaseClosed { reason: None })");
    assert!(last("y anna south").starts_with("CaseDistributed"));
}

#[test]
fn an_attribute_of_the_trace_stands_in_for_the_events() {
    let mapping = format!("{CASE}resident = \"applicant\"\n{RULE}");
    let mapping = Mapping::parse(&mapping).unwrap();
    let two = log(&[("one", &["work anna north"]), ("two", &["work bo north"])]);
    let error = plan(&two, &mapping).unwrap_err().to_string();
    assert_eq!(
        error,
        "line 4: event 1 of trace `one`: no attribute `applicant`, which the mapping names"
    );

    let named = two.replace("<trace>", "<trace><string key=\"applicant\" value=\"Eva\"/>");
    let subjects = |text: &str, mapping: &Mapping| {
        let plan = plan(text, mapping).unwrap();
        let subject = |facts: &engine::Facts| match &facts.events[0] {
            domain::case::Event::CaseSubmitted(it) => it.subject,
            other => panic!("got {other:?}"),
        };
        (subject(&plan.facts[0]), subject(&plan.facts[1]))
    };
    let (one, two_) = subjects(&named, &mapping);
    assert_eq!(one, two_, "the same name is the same resident");
    let (one, two_) = subjects(&two, &Mapping::parse(&format!("{CASE}{RULE}")).unwrap());
    assert_ne!(one, two_, "each case has a resident of its own");
}
