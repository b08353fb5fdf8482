//! Patterns mean one thing, whoever reads them.

use super::super::{Pattern, PatternError};

#[test]
fn the_whole_text_must_match() {
    let time = Pattern::new("([01][0-9]|2[0-3]):[0-5][0-9]").unwrap();
    assert!(time.matches("08:30"));
    for text in ["8:30", "08:30 ", "24:00", "at 08:30", "08:30\n"] {
        assert!(!time.matches(text), "{text:?}");
    }
    assert!(!Pattern::new("a|b").unwrap().matches("ab"));
}

#[test]
fn what_engines_disagree_on_is_refused() {
    for text in [
        "(?i)a",
        "(?=a)",
        "(?<n>a)",
        "\\pL",
        "\\bA",
        "\\s",
        "\\1",
        "\\",
        "[[:alpha:]]",
        "[]a]",
        "[a&&b]",
        "[a--b]",
        "a**",
        "a*+",
        "a{2}{3}",
        "a???",
        "a+*",
    ] {
        let refused = Pattern::new(text);
        assert!(matches!(refused, Err(PatternError::NotPortable { .. })), "{text}: {refused:?}");
    }
    for text in ["a+?", "a??", "[a-z_-]{2,4}", "(?:a|b)*", "\\d{5}", "\\w\\.\\-\\\\", "^a$", "[^a]"]
    {
        assert!(Pattern::new(text).is_ok(), "{text}: {:?}", Pattern::new(text));
    }
}

#[test]
fn a_pattern_cannot_grow_without_bound() {
    assert!(matches!(Pattern::new(&"a".repeat(201)), Err(PatternError::TooLong { bytes: 201 })));
    let huge = Pattern::new("(?:(?:a{0,100}){0,100}){0,100}");
    assert!(matches!(huge, Err(PatternError::Malformed { .. })), "{huge:?}");
}
