//! A form that cannot be asked is refused, with all that is wrong with it.

use super::*;

#[track_caller]
fn flaws(form: &Form, expected: &[&str]) {
    let found: Vec<String> = form.flaws().iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

fn lengths(key: &str, min_length: u32, max_length: u32) -> Field {
    let rules = TextRules { multiline: false, min_length, max_length, pattern: None, lookup: None };
    field(key, FieldKind::Text(rules))
}

fn pattern(key: &str, pattern: &str, multiline: bool) -> Field {
    let pattern = Some(pattern.into());
    let rules = TextRules { multiline, min_length: 0, max_length: 10, pattern, lookup: None };
    field(key, FieldKind::Text(rules))
}

#[test]
fn an_ordinary_form_has_no_flaws() {
    let medicines = group("medicines", (1, 10), [text("name", 200).required(), text("dose", 50)]);
    let other = text("other", 200).required().shown_if("kind", is("other"));
    flaws(&form([medicines, choice("kind", &["tablet", "other"]), other, yes_no("ok")]), &[]);
}

#[test]
fn all_flaws_are_told_at_once() {
    let nested = group("inner", (0, 1), [text("x", 1)]);
    flaws(
        &form([
            text("Namn", 10),
            text("name", 0),
            lengths("name", 5, 4),
            pattern("time", "[0-9", false),
            pattern("lines", "a+", true),
            choice("kind", &[]),
            multi_choice("days", &["mon", "Tue", "mon"]),
            group("items", (3, 2), []),
            group("more", (0, 51), [nested]),
            Field { label: label(" "), ..yes_no("ok") },
        ]),
        &[
            "`Namn` has a key that is none: a lowercase letter, then lowercase letters, digits \
             and `_`, 40 in all",
            "`name` must allow at least 1 and at most 8000 characters, the fewest first",
            "`name` has the key of an earlier field",
            "`name` must allow at least 1 and at most 8000 characters, the fewest first",
            "`time` has a pattern that cannot be used: non-empty character class has no closing bracket",
            "`lines` has a pattern and many lines; only one line can be matched",
            "`kind` has no options",
            "`days` has the option `Tue`, which is none: lowercase letters, digits and `_`, 40 \
             in all",
            "`days` has the option `mon` twice",
            "`items` must be repeated at least once and at most 50 times, the fewest first",
            "`items` asks nothing",
            "`more` must be repeated at least once and at most 50 times, the fewest first",
            "`more.inner` is a group within a group",
            "`ok` needs a Swedish label of at most 500 characters",
        ],
    );
}

#[test]
fn a_field_is_shown_by_an_earlier_sibling_that_can_be_answered_so() {
    let shown_by = |sibling: &str, when| text("why", 10).shown_if(sibling, when);
    let before = || [choice("kind", &["a"]), multi_choice("days", &["mon"]), yes_no("ok")];
    for (sibling, when, flaw) in [
        ("nobody", is("a"), "which is not beside it"),
        ("why", is("a"), "which is not asked before it"),
        ("last", is("a"), "which is not asked before it"),
        ("kind", is("b"), "cannot have"),
        ("kind", Condition::Yes(true), "cannot have"),
        ("days", is("mon"), "cannot have"),
        ("days", Condition::Contains("tue".into()), "cannot have"),
        ("ok", is("yes"), "cannot have"),
    ] {
        let fields = before().into_iter().chain([shown_by(sibling, when), choice("last", &["a"])]);
        let found = form(fields).flaws();
        assert_eq!(found.len(), 1, "{sibling}: {found:?}");
        assert!(found[0].to_string().contains(flaw), "{sibling}: {}", found[0]);
    }
    for (sibling, when) in [
        ("kind", is("a")),
        ("days", Condition::Contains("mon".into())),
        ("ok", Condition::Yes(false)),
    ] {
        flaws(&form(before().into_iter().chain([shown_by(sibling, when)])), &[]);
    }
}

#[test]
fn what_stands_in_a_group_is_shown_by_what_stands_beside_it() {
    let inside = text("why", 10).shown_if("outside", Condition::Yes(true));
    flaws(
        &form([yes_no("outside"), group("items", (0, 2), [inside])]),
        &["`items.why` is shown by `outside`, which is not beside it"],
    );
}

#[test]
fn a_form_asks_something_and_not_too_much() {
    flaws(&form([]), &["the form asks nothing"]);
    let fields = |n: usize| (0..n).map(|it| yes_no(&format!("f{it}")));
    flaws(&form(fields(100)), &[]);
    flaws(&form(fields(101)), &["the form has 101 fields; 100 are the most"]);
    let wordy = Field { label: label(&"å".repeat(500)), ..choice("a", &["x"]) };
    let wordy = (0..100).map(|it| Field { key: format!("f{it}"), ..wordy.clone() });
    flaws(&form(wordy.clone()), &[]);
    let options: Vec<Choice> = (0..40)
        .map(|it| Choice { value: it.to_string(), label: label(&"å".repeat(500)) })
        .collect();
    let wordy = wordy
        .take(4)
        .map(|it| Field { kind: FieldKind::MultiChoice { options: options.clone() }, ..it });
    flaws(&form(wordy), &["the form has 164288 bytes of text; 131072 are the most"]);
    let many: Vec<String> = (0..101).map(|it| format!("o{it}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    flaws(&form([choice("kind", &many)]), &["`kind` has 101 options; 100 are the most"]);
}

#[test]
fn what_only_one_answer_shows_can_be_shown() {
    let terms = field("terms", FieldKind::YesNo { must_be: Some(true) });
    let shown = |yes| text("why", 10).shown_if("terms", Condition::Yes(yes));
    flaws(&form([terms.clone(), shown(true)]), &[]);
    flaws(&form([terms, shown(false)]), &["`why` is shown by an answer that `terms` cannot have"]);
}

/// Each flaw in Swedish, with its field and the figures that English gives.
#[test]
fn every_flaw_is_told_in_swedish() {
    let bad_key = Field { key: "Bad".into(), ..yes_no("x") };
    let bad_label = Field { label: label(" "), ..yes_no("unnamed") };
    let lengths = text("lengths", 0);
    let twice = choice("twice", &["a", "a"]);
    let bad_option = choice("bad", &["Å"]);
    let later = text("later", 10).shown_if("after", Condition::Yes(true));
    let never = text("never", 10).shown_if("twice", Condition::Is("b".into()));
    let lost = text("lost", 10).shown_if("nobody", Condition::Yes(true));
    let nested = group("outer", (0, 2), [group("inner", (0, 2), [yes_no("x")])]);
    let repeats = group("repeats", (3, 2), []);
    let pattern = |pattern: &str, multiline| {
        let rules = TextRules {
            pattern: Some(pattern.into()),
            multiline,
            min_length: 0,
            max_length: 10,
            lookup: None,
        };
        field(if multiline { "lines" } else { "pattern" }, FieldKind::Text(rules))
    };
    let fields = [
        bad_key,
        bad_label,
        lengths,
        twice,
        bad_option,
        later,
        never,
        lost,
        nested,
        repeats,
        pattern("[0-9]", true),
        pattern("[", false),
        choice("none", &[]),
        yes_no("after"),
        yes_no("after"),
    ];
    let found = form(fields).flaws();
    let told: Vec<String> = found.iter().map(crate::form::Flaw::text_sv).collect();
    let (pattern, told): (Vec<_>, Vec<_>) =
        told.iter().map(String::as_str).partition(|it| it.starts_with("Fältet `pattern`"));
    let begins = "Fältet `pattern` har ett mönster som inte kan användas: ";
    assert!(pattern.len() == 1 && pattern[0].starts_with(begins), "{pattern:?}");
    assert_eq!(
        told,
        [
            "Fältet `Bad` har en nyckel som inte är någon: en liten bokstav a–z och sedan små \
             bokstäver, siffror och `_`, högst 40 tecken.",
            "Fältet `unnamed` behöver en svensk ledtext på högst 500 tecken.",
            "Fältet `lengths` måste tillåta minst 1 och högst 8000 tecken, och inte fler som \
             minst än som högst.",
            "Fältet `twice` har alternativet `a` två gånger.",
            "Fältet `bad` har alternativet `Å`, som inte är något: små bokstäver a–z, siffror och \
             `_`, högst 40 tecken.",
            "Fältet `later` visas av `after`, som inte frågas före det.",
            "Fältet `never` visas av ett svar som `twice` inte kan ha.",
            "Fältet `lost` visas av `nobody`, som inte finns bredvid det.",
            "Fältet `outer.inner` är en grupp i en grupp.",
            "Fältet `repeats` måste kunna upprepas minst en och högst 50 gånger, och inte fler som \
             minst än som högst.",
            "Fältet `repeats` frågar inget.",
            "Fältet `lines` har ett mönster och flera rader; bara en rad kan jämföras.",
            "Fältet `none` har inga alternativ.",
            "Fältet `after` har samma nyckel som ett tidigare fält.",
        ]
    );
    let [empty] = &form([]).flaws()[..] else { panic!("one flaw") };
    assert_eq!(empty.text_sv(), "Formuläret frågar inget.");
}
