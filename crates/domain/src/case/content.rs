//! What people write in a case. Sealed before it is stored, opened when a page is answered.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Command, Opening, Rejection};
use crate::form::{Form, Registers};

/// The longest message, text and form answers together, in bytes of UTF-8.
pub const TEXT_BYTES_MAX: usize = 32 * 1024;

/// What a form answer, and each option chosen in one, counts for beside its text: many that say
/// nothing take room too.
const PART_BYTES: usize = 8;

/// One message or note. Stored, sealed: the shape is for ever.
///
/// Its `Debug` form tells sizes alone, so that no log line can leak it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Free text; empty where the form says it all.
    pub text: String,
    /// Answers to the form, in its order.
    #[serde(deserialize_with = "crate::list::read")]
    pub answers: Vec<FormAnswer>,
}

/// The answer to one field of a form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormAnswer {
    /// The field's key; within a group, a path such as `medicines.0.name`.
    pub field: String,
    /// What was answered.
    pub value: FormValue,
}

/// What was answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormValue {
    /// Text, a date, a phone number, or the one option that was chosen.
    Text(String),
    /// The options that were chosen.
    Choices(#[serde(deserialize_with = "crate::list::read")] Vec<String>),
    /// Yes or no.
    YesNo(bool),
}

impl Content {
    /// Plain text, as every message but the first is.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), answers: vec![] }
    }

    /// Refuses a message that says nothing, and one that is too long.
    pub fn check(&self) -> Result<(), Rejection> {
        if self.text.trim().is_empty() && self.answers.is_empty() {
            return Err(Rejection::MessageMissing);
        }
        let answers: usize = self.answers.iter().map(FormAnswer::size_bytes).sum();
        let bytes = self.text.len() + answers;
        if bytes > TEXT_BYTES_MAX { Err(Rejection::MessageTooLong { bytes }) } else { Ok(()) }
    }
}

impl Content {
    /// Refuses answers that `command` does not name the form of: which was shown is not guessed.
    pub fn check_form_named(&self, command: &Command) -> Result<(), Rejection> {
        match command.without_files() {
            Command::Open(Opening { form_version: None, .. }) if !self.answers.is_empty() => {
                Err(Rejection::VersionMissing)
            }
            _ => Ok(()),
        }
    }

    /// Refuses answers that `form` does not ask for so. Where the form that was shown is not known,
    /// as for types from before forms were published, there is nothing to hold them to.
    pub fn check_answers(
        &self,
        form: Option<&Form>,
        registers: &dyn Registers,
    ) -> Result<(), Rejection> {
        let problems = form.map(|form| form.problems(&self.answers, registers)).unwrap_or_default();
        if problems.is_empty() { Ok(()) } else { Err(Rejection::FormProblems { problems }) }
    }
}

impl FormAnswer {
    fn size_bytes(&self) -> usize {
        let value = match &self.value {
            FormValue::Text(text) => text.len(),
            FormValue::Choices(choices) => choices.iter().map(|it| PART_BYTES + it.len()).sum(),
            FormValue::YesNo(_) => 1,
        };
        PART_BYTES + self.field.len() + value
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} bytes, {} answers)", self.text.len(), self.answers.len())
    }
}

impl fmt::Debug for FormAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FormAnswer({})", self.field)
    }
}

impl fmt::Debug for FormValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormValue(…)")
    }
}
