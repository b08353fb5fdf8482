//! Whether a form was answered as it asks: every problem at once, in the form's order.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    Choice, Expected, Field, FieldKind, FieldProblem, Form, Lookup, Pattern, Problem, Registers,
    TextRules,
};
use crate::case::{FormAnswer, FormValue};

/// International with 7 to 15 digits after the plus, or Swedish with 7 to 10 digits in all, a
/// space or a hyphen between any two.
pub(super) const PHONE: &str = r"\+[1-9](?:[ \-]?[0-9]){6,14}|0[1-9](?:[ \-]?[0-9]){5,8}";

/// What a text that says nothing is made of.
pub(super) const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

impl Form {
    /// Everything that is wrong with `answers`: first in the form's order, then what the form does
    /// not ask for, in order of path. Empty if they can be taken.
    pub fn problems(&self, answers: &[FormAnswer], registers: &dyn Registers) -> Vec<FieldProblem> {
        let mut check =
            Check { answers: BTreeMap::new(), seen: BTreeSet::new(), registers, problems: vec![] };
        for answer in answers {
            if check.answers.insert(&answer.field, &answer.value).is_some() {
                check.problem(&answer.field, Problem::AnsweredTwice);
            }
        }
        check.fields(&self.fields, "");
        check.rest();
        check.problems
    }
}

struct Check<'a> {
    answers: BTreeMap<&'a str, &'a FormValue>,
    /// Those that the form has a place for.
    seen: BTreeSet<&'a str>,
    registers: &'a dyn Registers,
    problems: Vec<FieldProblem>,
}

impl<'a> Check<'a> {
    fn problem(&mut self, field: &str, problem: Problem) {
        self.problems.push(FieldProblem { field: field.to_owned(), problem });
    }

    /// The fields whose paths start with `at`: the form's own, or those of one item.
    fn fields(&mut self, fields: &[Field], at: &str) {
        let mut shown: BTreeMap<&str, &FormValue> = BTreeMap::new();
        for field in fields {
            let path = format!("{at}{}", field.key);
            let condition = field.show_if.as_ref();
            let is_shown = condition.is_none_or(|it| it.when.holds(shown.get(&*it.field).copied()));
            if !is_shown {
                if self.see_all(&path) {
                    self.problem(&path, Problem::Hidden);
                }
                continue;
            }
            if let FieldKind::Group { min, max, fields } = &field.kind {
                self.group(field, &path, (*min, *max), fields);
                continue;
            }
            let Some(answer) = self.see(&path) else {
                if field.required {
                    self.problem(&path, Problem::Required);
                }
                continue;
            };
            shown.insert(&field.key, answer);
            if let Err(problem) = check(field, answer, self.registers) {
                self.problem(&path, problem);
            }
        }
    }

    fn group(&mut self, field: &Field, path: &str, (min, max): (u32, u32), fields: &[Field]) {
        if self.see(path).is_some() {
            self.problem(path, Problem::WrongKind { expected: Expected::Items });
        }
        let prefix = format!("{path}.");
        let items: BTreeSet<u32> =
            self.within(&prefix).filter_map(|rest| item_of(&rest[prefix.len()..])).collect();
        let Some(last) = items.last() else {
            if field.required {
                self.problem(path, Problem::Required);
            }
            return;
        };
        if *last >= max {
            self.problem(path, Problem::TooManyItems { max });
        } else if last + 1 < min {
            self.problem(path, Problem::TooFewItems { min });
        }
        for item in (0..max).take_while(|it| it <= last) {
            if items.contains(&item) {
                self.fields(fields, &format!("{prefix}{item}."));
            } else if *last < max {
                self.problem(&format!("{prefix}{item}"), Problem::EmptyItem);
            }
        }
        for item in items.range(max..) {
            self.see_all(&format!("{prefix}{item}"));
        }
    }

    /// The answer at `path`, if there is one.
    fn see(&mut self, path: &str) -> Option<&'a FormValue> {
        let (path, answer) = self.answers.get_key_value(path)?;
        self.seen.insert(path);
        Some(answer)
    }

    /// Whether there is any answer at `path` or within it.
    fn see_all(&mut self, path: &str) -> bool {
        let there = self.see(path).is_some();
        let within: Vec<&str> = self.within(&format!("{path}.")).collect();
        self.seen.extend(&within);
        there || !within.is_empty()
    }

    fn within(&self, prefix: &str) -> impl Iterator<Item = &'a str> {
        let from = self
            .answers
            .range::<str, _>((std::ops::Bound::Included(prefix), std::ops::Bound::Unbounded));
        from.map(|(path, _)| *path).take_while(move |path| path.starts_with(prefix))
    }

    fn rest(&mut self) {
        let unknown = self.answers.keys().filter(|path| !self.seen.contains(*path));
        let problem =
            |path: &&str| FieldProblem { field: (*path).to_owned(), problem: Problem::Unknown };
        self.problems.extend(unknown.map(problem).collect::<Vec<_>>());
    }
}

/// The item that a path within a group is about: `0` of `0.name`. Each has one spelling.
fn item_of(rest: &str) -> Option<u32> {
    let (digits, _) = rest.split_once('.')?;
    let item: u32 = digits.parse().ok()?;
    (item.to_string() == digits).then_some(item)
}

/// Whether `answer` is what `field`, which is no group, takes.
fn check(field: &Field, answer: &FormValue, registers: &dyn Registers) -> Result<(), Problem> {
    let text = || match answer {
        FormValue::Text(text) => Ok(text.as_str()),
        _ => Err(Problem::WrongKind { expected: Expected::Text }),
    };
    match &field.kind {
        FieldKind::Text(rules) => rules.check(text()?, field.required, registers),
        FieldKind::Choice { options, .. } => check_option(options, text()?),
        FieldKind::MultiChoice { options } => {
            let FormValue::Choices(chosen) = answer else {
                return Err(Problem::WrongKind { expected: Expected::Choices });
            };
            if field.required && chosen.is_empty() {
                return Err(Problem::Required);
            }
            if chosen.iter().collect::<BTreeSet<_>>().len() < chosen.len() {
                return Err(Problem::OptionTwice);
            }
            chosen.iter().try_for_each(|it| check_option(options, it))
        }
        FieldKind::Date {} => {
            if is_date(text()?) {
                Ok(())
            } else {
                Err(Problem::NotADate)
            }
        }
        FieldKind::Phone {} => {
            let is_phone = Pattern::new(PHONE).is_ok_and(|it| text().is_ok_and(|t| it.matches(t)));
            text()?;
            if is_phone { Ok(()) } else { Err(Problem::NotAPhoneNumber) }
        }
        FieldKind::YesNo { must_be } => match (answer, must_be) {
            (FormValue::YesNo(yes), Some(must)) if yes != must => {
                Err(Problem::MustBe { yes: *must })
            }
            (FormValue::YesNo(_), _) => Ok(()),
            _ => Err(Problem::WrongKind { expected: Expected::YesNo }),
        },
        FieldKind::Group { .. } => Err(Problem::WrongKind { expected: Expected::Items }),
    }
}

impl TextRules {
    fn check(&self, text: &str, required: bool, registers: &dyn Registers) -> Result<(), Problem> {
        if text.trim_matches(BLANKS).is_empty() {
            return Err(if required { Problem::Required } else { Problem::Blank });
        }
        if !self.multiline && text.contains(['\r', '\n']) {
            return Err(Problem::ManyLines);
        }
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        if length < self.min_length {
            return Err(Problem::TooShort { min: self.min_length });
        }
        if length > self.max_length {
            return Err(Problem::TooLong { max: self.max_length });
        }
        if let Some(pattern) = &self.pattern
            && !Pattern::new(pattern).is_ok_and(|it| it.matches(text))
        {
            return Err(Problem::Mismatch);
        }
        match self.lookup {
            Some(Lookup::UnitDirectory) if !registers.has_unit(text) => Err(Problem::NotFound),
            _ => Ok(()),
        }
    }
}

fn check_option(options: &[Choice], chosen: &str) -> Result<(), Problem> {
    let is_option = options.iter().any(|it| it.value == chosen);
    if is_option { Ok(()) } else { Err(Problem::NotAnOption) }
}

/// `YYYY-MM-DD` and nothing else, a day that there is.
fn is_date(text: &str) -> bool {
    let digits = |at: &[usize]| at.iter().all(|i| text.as_bytes()[*i].is_ascii_digit());
    text.len() == 10
        && digits(&[0, 1, 2, 3, 5, 6, 8, 9])
        && text.parse::<Date>().is_ok_and(|date| date.year() > 0 && date.to_string() == text)
}
