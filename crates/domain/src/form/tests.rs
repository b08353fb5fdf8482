//! What a form may be, and what may be answered to it.

mod answers;
mod dice;
mod flaws;
mod json_schema;
mod mutations;
mod patterns;
mod unit_options;

use super::{Choice, Condition, Field, FieldKind, Form, Label, Registers, ShowIf, TextRules};
use crate::case::{FormAnswer, FormValue};

/// The one unit that there is.
const UNIT: &str = "SE2321000016-1003";

struct OneUnit;

impl Registers for OneUnit {
    fn has_unit(&self, hsa_id: &str) -> bool {
        hsa_id == UNIT
    }
}

fn form(fields: impl IntoIterator<Item = Field>) -> Form {
    Form { version: 1, fields: fields.into_iter().collect() }
}

fn label(sv: &str) -> Label {
    Label { sv: sv.into(), en: String::new() }
}

fn field(key: &str, kind: FieldKind) -> Field {
    Field { key: key.into(), label: label("Fråga"), required: false, show_if: None, kind }
}

fn text(key: &str, max_length: u32) -> Field {
    field(
        key,
        FieldKind::Text(TextRules {
            multiline: false,
            min_length: 0,
            max_length,
            pattern: None,
            lookup: None,
        }),
    )
}

fn options(values: &[&str]) -> Vec<Choice> {
    values.iter().map(|it| Choice { value: (*it).into(), label: label("Val") }).collect()
}

fn choice(key: &str, values: &[&str]) -> Field {
    field(key, FieldKind::Choice { options: options(values), unit_may_replace: false })
}

fn multi_choice(key: &str, values: &[&str]) -> Field {
    field(key, FieldKind::MultiChoice { options: options(values) })
}

fn yes_no(key: &str) -> Field {
    field(key, FieldKind::YesNo { must_be: None })
}

fn group(key: &str, (min, max): (u32, u32), fields: impl IntoIterator<Item = Field>) -> Field {
    field(key, FieldKind::Group { min, max, fields: fields.into_iter().collect() })
}

impl Field {
    fn required(self) -> Self {
        Self { required: true, ..self }
    }

    fn shown_if(self, sibling: &str, when: Condition) -> Self {
        Self { show_if: Some(ShowIf { field: sibling.into(), when }), ..self }
    }
}

fn is(option: &str) -> Condition {
    Condition::Is(option.into())
}

fn wrote(field: &str, text: &str) -> FormAnswer {
    FormAnswer { field: field.into(), value: FormValue::Text(text.into()) }
}

fn chose(field: &str, options: &[&str]) -> FormAnswer {
    let options = options.iter().map(|it| (*it).to_owned()).collect();
    FormAnswer { field: field.into(), value: FormValue::Choices(options) }
}

fn said(field: &str, yes: bool) -> FormAnswer {
    FormAnswer { field: field.into(), value: FormValue::YesNo(yes) }
}

/// Each problem as `path CODE`.
fn problems(form: &Form, answers: &[FormAnswer]) -> Vec<String> {
    let problems = form.problems(answers, &OneUnit);
    problems.iter().map(|it| format!("{} {}", it.field, it.problem.code())).collect()
}
