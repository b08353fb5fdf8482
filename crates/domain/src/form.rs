//! Forms (formulär): what a resident is asked when they send a case, and whether they answered.
//!
//! A [`Form`] is a value: fields in their order, some of them shown only when an earlier one was
//! answered so. [`Form::flaws`] says everything that is wrong with a form, [`Form::problems`]
//! everything that is wrong with the answers to it, and [`Form::json_schema`] is the same rules
//! for programs that do not know ours. All three are functions of their arguments.
//!
//! Answers come as a flat list; the answers of a group's items stand at paths such as
//! `medicines.0.name`, and a problem names its field by the same path.
//!
//! ```text
//! form ──▶ fields: key, label, required, show_if, kind
//!                                                 └─ text, choice, multi-choice, date, phone,
//!                                                    yes/no, group of fields, repeated
//! ```

mod flaw;
mod options;
mod pattern;
mod problem;
mod schema;
#[cfg(test)]
mod tests;
mod validate;

use serde::{Deserialize, Serialize};

pub use self::{
    flaw::{Flaw, FlawKind},
    pattern::{Pattern, PatternError},
    problem::{Expected, FieldProblem, Problem},
};
use crate::case::FormValue;

/// The most fields a form has, those of its groups counted too.
pub const FIELDS_MAX: usize = 100;
/// The most options a field has.
pub const OPTIONS_MAX: usize = 100;
/// The most times a group is repeated.
pub const REPEATS_MAX: u32 = 50;
/// The longest answer that a text field may allow, in characters.
pub const ANSWER_LENGTH_MAX: u32 = 8_000;
/// The most text a form has, keys and options counted, in bytes.
pub const FORM_BYTES_MAX: usize = 128 * 1024;
/// The longest label, in characters.
pub const LABEL_LENGTH_MAX: usize = 500;

/// A form. Stored with the event that published it: the shape is for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Which edition of its case type's form: 1, 2, 3, …
    pub version: u32,
    /// What is asked, in order.
    #[serde(deserialize_with = "crate::list::read")]
    pub fields: Vec<Field>,
}

/// A text for people, in both languages of the service.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// In Swedish.
    pub sv: String,
    /// In English; empty where nobody translated it.
    #[serde(default)]
    pub en: String,
}

/// A language that people are spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Swedish.
    Sv,
    /// English.
    En,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its key among its siblings: a lowercase letter, then lowercase letters, digits and `_`.
    pub key: String,
    /// The question, as people read it.
    pub label: Label,
    /// Whether it must be answered when it is shown.
    #[serde(default)]
    pub required: bool,
    /// When it is shown; always, where nothing is said.
    #[serde(default)]
    pub show_if: Option<ShowIf>,
    /// What an answer is.
    pub kind: FieldKind,
}

/// A field is shown if a sibling before it is shown and was answered so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowIf {
    /// The sibling's key.
    pub field: String,
    /// What it must have been answered.
    pub when: Condition,
}

/// What a sibling must have been answered. Stored: the order is for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// A choice: this option.
    Is(String),
    /// A multi-choice: this option, and any others.
    Contains(String),
    /// A yes/no: this.
    Yes(bool),
}

/// What an answer is. Stored: the order is for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FieldKind {
    /// Text.
    Text(TextRules),
    /// One of the options.
    Choice {
        /// What can be chosen.
        #[serde(deserialize_with = "crate::list::read")]
        options: Vec<Choice>,
        /// Whether a unit may have options of its own instead.
        #[serde(default)]
        unit_may_replace: bool,
    },
    /// Any number of the options, each once; at least one where the field is required.
    MultiChoice {
        /// What can be chosen.
        #[serde(deserialize_with = "crate::list::read")]
        options: Vec<Choice>,
    },
    /// A date, `YYYY-MM-DD`.
    Date {},
    /// A phone number: international, `+46701740605`, or Swedish, `070-174 06 05`.
    Phone {},
    /// Yes or no.
    YesNo {
        /// The only answer that is taken, such as yes to terms.
        #[serde(default)]
        must_be: Option<bool>,
    },
    /// Other fields, asked over and over: a list of items. Groups do not stand in groups.
    Group {
        /// The fewest items, where there are any.
        min: u32,
        /// The most items.
        max: u32,
        /// What is asked about each.
        #[serde(deserialize_with = "crate::list::read")]
        fields: Vec<Field>,
    },
}

/// What a text must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextRules {
    /// Whether it may have more than one line.
    #[serde(default)]
    pub multiline: bool,
    /// The fewest characters (Unicode scalar values).
    #[serde(default)]
    pub min_length: u32,
    /// The most characters.
    pub max_length: u32,
    /// What the whole text must match; see [`Pattern`].
    #[serde(default)]
    pub pattern: Option<String>,
    /// Where the text must be found.
    #[serde(default)]
    pub lookup: Option<Lookup>,
}

/// A register that an answer must be found in. Stored: the order is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lookup {
    /// The units of the region, by HSA-id.
    UnitDirectory,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// What people read.
    pub label: Label,
}

/// What [`Lookup`]s are looked up in.
pub trait Registers {
    /// Whether a unit has this HSA-id.
    fn has_unit(&self, hsa_id: &str) -> bool;
}

impl Label {
    /// The text in `language`; in Swedish where there is no other.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::En if !self.en.is_empty() => &self.en,
            Language::En | Language::Sv => &self.sv,
        }
    }
}

impl Condition {
    /// Whether `answer`, if there is one, is what it must be.
    pub fn holds(&self, answer: Option<&FormValue>) -> bool {
        match (self, answer) {
            (Self::Is(option), Some(FormValue::Text(chosen))) => option == chosen,
            (Self::Contains(option), Some(FormValue::Choices(chosen))) => chosen.contains(option),
            (Self::Yes(yes), Some(FormValue::YesNo(answer))) => yes == answer,
            _ => false,
        }
    }
}
