//! What is filled in by the rules is taken; one change that breaks a rule is refused, and the
//! field named.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{
    dice::{Dice, is_shown, mismatch},
    *,
};

/// Answers with one thing wrong, and what is said of it.
#[derive(Debug)]
pub(super) struct Mutation {
    pub(super) answers: Vec<FormAnswer>,
    pub(super) problem: String,
}

/// Every single change to `answers`, which `form` takes, that breaks a rule.
pub(super) fn mutations(form: &Form, answers: &[FormAnswer]) -> Vec<Mutation> {
    let mut all = Mutations { answers, found: vec![] };
    all.push("shoe_size", "UNKNOWN", Some(FormValue::Text("43".into())));
    all.fields(&form.fields, "");
    all.found
}

struct Mutations<'a> {
    answers: &'a [FormAnswer],
    found: Vec<Mutation>,
}

impl Mutations<'_> {
    /// `path` answered with `value`, or not at all.
    fn push(&mut self, path: &str, code: &str, value: Option<FormValue>) {
        let answers: Vec<_> = self.answers.iter().filter(|it| it.field != path).cloned().collect();
        let changed = value.map(|value| FormAnswer { field: path.to_owned(), value });
        self.found.push(Mutation {
            answers: answers.into_iter().chain(changed).collect(),
            problem: format!("{path} {code}"),
        });
    }

    fn text(&mut self, path: &str, code: &str, text: impl Into<String>) {
        self.push(path, code, Some(FormValue::Text(text.into())));
    }

    fn fields(&mut self, fields: &[Field], at: &str) {
        for field in fields {
            let path = format!("{at}{}", field.key);
            let answer = self.answers.iter().find(|it| it.field == path).map(|it| &it.value);
            if !is_shown(field, at, self.answers) {
                self.hidden(field, &path);
            } else if let FieldKind::Group { min, max, fields } = &field.kind {
                self.group(field, &path, (*min, *max), fields);
            } else if let Some(answer) = answer {
                self.answered(field, &path, answer);
            }
        }
    }

    fn hidden(&mut self, field: &Field, path: &str) {
        let within = match &field.kind {
            FieldKind::Group { fields, .. } => format!("{path}.0.{}", fields[0].key),
            _ => path.to_owned(),
        };
        self.push(&within, "", Some(FormValue::YesNo(true)));
        self.found.last_mut().unwrap().problem = format!("{path} HIDDEN");
    }

    fn group(&mut self, field: &Field, path: &str, (min, max): (u32, u32), fields: &[Field]) {
        self.text(path, "WRONG_KIND", "x");
        let of = |item: u32| format!("{path}.{item}.");
        let items = (0..max)
            .filter(|item| self.answers.iter().any(|it| it.field.starts_with(&of(*item))))
            .count();
        let items = u32::try_from(items).unwrap();
        // Taken away from the end, so that no gap is left.
        let without = |from: u32| -> Vec<_> {
            let kept =
                |it: &&FormAnswer| !(from..items).any(|item| it.field.starts_with(&of(item)));
            self.answers.iter().filter(kept).cloned().collect()
        };
        let mut found = vec![];
        if field.required {
            found.push(Mutation { answers: without(0), problem: format!("{path} REQUIRED") });
        }
        if items > 0 && min > 1 {
            let answers = without(min - 1);
            found.push(Mutation { answers, problem: format!("{path} TOO_FEW_ITEMS") });
        }
        let key = &fields[0].key;
        let too_many =
            FormAnswer { field: format!("{path}.{max}.{key}"), value: FormValue::YesNo(true) };
        let answers = self.answers.iter().cloned().chain([too_many]).collect();
        found.push(Mutation { answers, problem: format!("{path} TOO_MANY_ITEMS") });
        self.found.extend(found);
        for item in 0..items {
            self.fields(fields, &of(item));
        }
    }

    fn answered(&mut self, field: &Field, path: &str, answer: &FormValue) {
        let twice = FormAnswer { field: path.to_owned(), value: answer.clone() };
        let answers = self.answers.iter().cloned().chain([twice]).collect();
        self.found.push(Mutation { answers, problem: format!("{path} ANSWERED_TWICE") });

        let within = format!("{path}.0");
        self.text(&within, "UNKNOWN", "x");
        // An item that had this answer alone is gone with it.
        let item = path.rsplit_once('.').map(|(item, _)| format!("{item}."));
        let is_alone = item.is_some_and(|item| {
            self.answers.iter().filter(|it| it.field.starts_with(&item)).count() == 1
        });
        if field.required && !is_alone {
            self.push(path, "REQUIRED", None);
        }
        let wrong = match answer {
            FormValue::YesNo(_) => FormValue::Text("ja".into()),
            FormValue::Text(_) | FormValue::Choices(_) => FormValue::YesNo(true),
        };
        self.push(path, "WRONG_KIND", Some(wrong));
        match &field.kind {
            FieldKind::Text(rules) => {
                self.text(path, if field.required { "REQUIRED" } else { "BLANK" }, " \t");
                self.text(path, "TOO_LONG", "x".repeat(rules.max_length as usize + 1));
                if rules.min_length > 1 {
                    self.text(path, "TOO_SHORT", "x".repeat(rules.min_length as usize - 1));
                }
                if !rules.multiline {
                    self.text(path, "MANY_LINES", "x\ny");
                }
                if let Some(pattern) = &rules.pattern {
                    self.text(path, "MISMATCH", mismatch(pattern));
                }
            }
            FieldKind::Choice { .. } => self.text(path, "NOT_AN_OPTION", "elsewhere"),
            FieldKind::MultiChoice { options } => {
                let value = || options[0].value.clone();
                let twice = FormValue::Choices(vec![value(), value()]);
                self.push(path, "OPTION_TWICE", Some(twice));
                let other = FormValue::Choices(vec![value(), "elsewhere".into()]);
                self.push(path, "NOT_AN_OPTION", Some(other));
                if field.required {
                    self.push(path, "REQUIRED", Some(FormValue::Choices(vec![])));
                }
            }
            FieldKind::Date {} => {
                for text in ["2023-02-29", "2026-3-2", "02/03/2026", "2026-03-02 "] {
                    self.text(path, "NOT_A_DATE", text);
                }
            }
            FieldKind::Phone {} => {
                for text in ["701740605", "070-174 06 05 07 08", "+46", "070-174 06 05\n"] {
                    self.text(path, "NOT_A_PHONE_NUMBER", text);
                }
            }
            FieldKind::YesNo { must_be: Some(must) } => {
                self.push(path, "MUST_BE", Some(FormValue::YesNo(!must)));
            }
            FieldKind::YesNo { must_be: None } => (),
            FieldKind::Group { .. } => unreachable!(),
        }
    }
}

pub(super) fn tape() -> impl Strategy<Value = Vec<u16>> {
    proptest::collection::vec(any::<u16>(), 0..160)
}

/// The keys of all fields that decide whether another is shown.
fn deciding(fields: &[Field]) -> BTreeSet<&str> {
    let mut keys: BTreeSet<&str> =
        fields.iter().filter_map(|it| it.show_if.as_ref()).map(|it| &*it.field).collect();
    for field in fields {
        if let FieldKind::Group { fields, .. } = &field.kind {
            keys.extend(deciding(fields));
        }
    }
    keys
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn a_form_filled_in_by_the_rules_is_taken_and_any_break_of_one_is_named(tape in tape()) {
        let mut dice = Dice::new(tape);
        let form = dice.form();
        prop_assert_eq!(form.flaws(), []);
        let answers = dice.answers(&form);
        prop_assert_eq!(problems(&form, &answers), [""; 0], "{:#?}\n{:?}", form, answers);

        let deciding = deciding(&form.fields);
        for Mutation { answers: changed, problem } in mutations(&form, &answers) {
            let found = problems(&form, &changed);
            prop_assert!(found.contains(&problem), "{problem} is not in {found:?}\n{form:#?}");
            let field = problem.split(' ').next().unwrap();
            let decides = deciding.contains(field.rsplit('.').next().unwrap());
            prop_assert!(decides || found == [problem.clone()], "{problem}, but {found:?}");
        }
    }

    /// The reverse: whatever is answered, problems are told and nothing panics or grows.
    #[test]
    fn whatever_is_answered_is_judged(
        tape in tape(),
        paths in proptest::collection::vec("(f[0-6]|x)?(\\.[0-9]{0,11})?(\\.f[0-2])?", 0..8),
        yes in any::<bool>(),
    ) {
        let form = Dice::new(tape).form();
        let answers: Vec<FormAnswer> = paths.iter().map(|it| said(it, yes)).collect();
        let found = problems(&form, &answers);
        prop_assert!(found.len() <= 8 + 3 * super::super::FIELDS_MAX);
    }
}
