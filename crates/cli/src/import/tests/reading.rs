//! What is read from XES, and what is refused, each with its line.

use super::source::{log, mapping, plan};
use crate::import::xes;

const NAME: &str = "<string key=\"concept:name\" value=\"one\"/>";
const TIME: &str = "<date key=\"time:timestamp\" value=\"2026-03-02T09:00:00+01:00\"/>";

/// What is wrong with `text`.
#[track_caller]
fn refused(text: &str) -> String {
    xes::read(text, |_| ()).unwrap_err().to_string()
}

#[test]
fn attributes_are_read_whatever_their_type_and_nested_ones_passed_over() {
    let text = format!(
        "<?xml version=\"1.0\"?>\n<!-- a comment -->\n<x:log xmlns:x=\"http://www.xes-standard.org/\">\n\
         <extension name=\"Time\"/>\n<global scope=\"event\"><string key=\"org:group\" value=\"G\"/></global>\n\
         <float key=\"of the log\" value=\"1\"><float key=\"nested\" value=\"2\"/></float>\n\
         <x:trace>{NAME}<int key=\"n\" value=\"7\"><string key=\"below\" value=\"no\"/></int>\n\
         <x:event>{TIME}<boolean key=\"b\" value=\"true\"/><list key=\"l\"><values/></list>\n\
         <string value='R&amp;D &quot;north&quot; åäö' key='org:group'/></x:event></x:trace>\n</x:log>"
    );
    let log = xes::read(&text, |_| ()).unwrap();
    let trace = &log.traces[0];
    assert_eq!((&*trace.name, trace.attributes.get("n")), ("one", Some("7")));
    assert_eq!(trace.attributes.get("below"), None);
    let event = &trace.events[0];
    assert_eq!((event.line, log.traces.len(), trace.events.len()), (8, 1, 1));
    assert_eq!(event.attributes.get("b"), Some("true"));
    assert_eq!(event.attributes.get("l"), None);
    assert_eq!(event.attributes.get("org:group"), Some("R&D \"north\" åäö"));
}

#[test]
fn what_is_not_xes_is_refused_by_name() {
    let root = "line 2: the outermost element is `html`, not the `log` of an XES file";
    assert_eq!(refused("<!-- x -->\n<html>\n</html>"), root);
    assert_eq!(refused("hello\n"), "line 2: there is no `log` element; is this an XES file?");
    assert_eq!(refused(""), "line 1: there is no `log` element; is this an XES file?");
}

#[test]
fn what_is_not_xml_is_refused_at_its_line() {
    for (text, line) in [
        (format!("<log>\n<trace>\n{NAME}\n</event>\n</trace></log>"), 4),
        (format!("<log>\n<trace>\n{NAME}\n<event"), 4),
        (format!("<log>\n<trace>\n{NAME}\n<event>\n<string key=\"a\" value=\"&nope;\"/>"), 5),
        (format!("<log>\n<trace>\n{NAME}\n<event>\n<string key=\"a\" key=\"b\"/>"), 5),
        (format!("<log>\n<trace>\n{NAME}\n<event>\n<list key=\"a\">\n<x/>\n"), 5),
    ] {
        let error = refused(&text);
        assert!(error.starts_with(&format!("line {line}: not XML: ")), "{text}\n{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn a_file_that_breaks_off_is_refused_where_it_does() {
    let begun = format!("<log>\n<trace>\n{NAME}\n<event>\n{TIME}\n");
    assert_eq!(refused(&begun), "line 6: the file ends before `</event>`");
    assert_eq!(refused(&format!("{begun}</event>\n")), "line 7: the file ends before `</trace>`");
    let traced = format!("{begun}</event>\n</trace>\n");
    assert_eq!(refused(&traced), "line 8: the file ends before `</log>`");
}

#[test]
fn an_empty_log_is_refused() {
    assert_eq!(refused("<log/>"), "line 1: the log holds no events");
    assert_eq!(refused("<log>\n</log>"), "line 2: the log holds no events");
    let empty = format!("<log>\n<trace>{NAME}</trace>\n</log>");
    assert_eq!(refused(&empty), "line 3: the log holds no events");
}

#[test]
fn a_trace_needs_a_name_of_its_own() {
    let nameless = format!("<log>\n<trace>\n<event>{TIME}</event></trace></log>");
    assert_eq!(refused(&nameless), "line 2: the trace has no concept:name");
    let twice = format!("<log>\n<trace>{NAME}</trace>\n<trace>{NAME}</trace></log>");
    assert_eq!(
        refused(&twice),
        "line 3: the trace `one` has the name of the one at line 2; names must differ"
    );
}

#[test]
fn an_event_needs_a_trace_and_a_time_with_an_offset() {
    let stray = format!("<log>\n<event>{TIME}</event></log>");
    assert_eq!(refused(&stray), "line 2: an event outside any trace belongs to no case");
    let timeless = format!("<log>\n<trace>{NAME}\n<event>\n</event></trace></log>");
    assert_eq!(refused(&timeless), "line 3: an event of trace `one` has no time:timestamp");
    for time in ["yesterday", "2026-03-02T09:00:00", "2026-13-02T09:00:00Z", ""] {
        let text = log(&[("one", &["work anna north"])]).replace("2026-03-02T08:00:00Z", time);
        assert_eq!(
            refused(&text),
            format!(
                "line 4: `{time}`, the time:timestamp of an event of trace `one`, \
                 is not a time with an offset (RFC 3339)"
            )
        );
    }
}

#[test]
fn what_cannot_be_translated_is_told_with_line_and_trace() {
    let good = log(&[("one", &["work anna north", "note bo south"])]);
    for (from, to, expected) in [
        (
            "value=\"note\"",
            "value=\"nap\"",
            "no rule of the mapping matches (concept:name = \"nap\")",
        ),
        (
            "\"org:group\" value=\"south\"",
            "\"x\" value=\"south\"",
            "no attribute `org:group`, which the mapping names",
        ),
        ("\"bo\"", "\" \"", "the attribute `org:resource`, which the mapping names, is empty"),
        ("2026-03-02T08:01", "2130-03-02T08:01", ""),
    ] {
        let text = good.replace(from, to);
        assert_ne!(text, good);
        let outcome = plan(&text, &mapping()).map(|plan| plan.facts.len());
        if expected.is_empty() {
            // A note starts no clock.
            assert_eq!(outcome, Ok(2));
            continue;
        }
        let expected = format!("line 5: event 2 of trace `one`: {expected}");
        assert_eq!(outcome.unwrap_err().to_string(), expected);
    }
    let late = good.replace("2026-03-02T08:00", "1989-12-31T08:00");
    assert_eq!(
        plan(&late, &mapping()).unwrap_err().to_string(),
        "line 4: event 1 of trace `one`: received on 1989-12-31, \
         outside the calendar of 1990-01-01 to 2100-12-31"
    );
}

#[test]
fn a_trace_whose_name_is_too_long_to_keep_is_refused() {
    let name = "x".repeat(101);
    let error = plan(&log(&[(&name, &["work anna north"])]), &mapping()).unwrap_err().to_string();
    assert!(
        error.ends_with("the name of its trace is 101 bytes long; at most 100 are kept"),
        "{error}"
    );
    assert!(plan(&log(&[(&name[1..], &["work anna north"])]), &mapping()).is_ok());
}
