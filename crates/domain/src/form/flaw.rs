//! Whether a form can be asked at all: every flaw at once, in the form's order.

mod swedish;

use std::{collections::BTreeSet, fmt};

use thiserror::Error;

use super::{
    ANSWER_LENGTH_MAX, Choice, Condition, FIELDS_MAX, FORM_BYTES_MAX, Field, FieldKind, Form,
    LABEL_LENGTH_MAX, Label, OPTIONS_MAX, Pattern, PatternError, REPEATS_MAX, ShowIf, TextRules,
};

/// The longest key of a field, and value of an option, in characters.
const KEY_LENGTH_MAX: usize = 40;

/// Something wrong with a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Which field: the keys that lead to it, such as `medicines.name`. Empty: the form itself.
    pub field: String,
    /// What.
    pub kind: FlawKind,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            write!(f, "the form {}", self.kind)
        } else {
            write!(f, "`{}` {}", self.field, self.kind)
        }
    }
}

/// What is wrong: completes a sentence that begins with the field.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FlawKind {
    /// A form without fields, or a group without.
    #[error("asks nothing")]
    AsksNothing,
    /// More fields than a form may have.
    #[error("has {fields} fields; {FIELDS_MAX} are the most")]
    TooManyFields {
        /// How many.
        fields: usize,
    },
    /// More text than a form may have.
    #[error("has {bytes} bytes of text; {FORM_BYTES_MAX} are the most")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// Its key is no key.
    #[error(
        "has a key that is none: a lowercase letter, then lowercase letters, digits and `_`, \
         {KEY_LENGTH_MAX} in all"
    )]
    BadKey,
    /// A sibling has the same key.
    #[error("has the key of an earlier field")]
    KeyTwice,
    /// It has no Swedish label, or one that is too long.
    #[error("needs a Swedish label of at most {LABEL_LENGTH_MAX} characters")]
    BadLabel,
    /// It is shown by the answer to a sibling that there is not.
    #[error("is shown by `{sibling}`, which is not beside it")]
    UnknownSibling {
        /// Which.
        sibling: String,
    },
    /// It is shown by the answer to itself or to a field after it.
    #[error("is shown by `{sibling}`, which is not asked before it")]
    LaterSibling {
        /// Which.
        sibling: String,
    },
    /// It is shown by an answer that the sibling never has.
    #[error("is shown by an answer that `{sibling}` cannot have")]
    NeverShown {
        /// Which.
        sibling: String,
    },
    /// The lengths leave no answer, or allow too long ones.
    #[error("must allow at least 1 and at most {ANSWER_LENGTH_MAX} characters, the fewest first")]
    BadLengths,
    /// Its pattern cannot be used.
    #[error("has a pattern that cannot be used: {0}")]
    BadPattern(PatternError),
    /// A pattern on a text of many lines, whose ends engines see differently.
    #[error("has a pattern and many lines; only one line can be matched")]
    PatternOfLines,
    /// A choice of nothing.
    #[error("has no options")]
    NoOptions,
    /// More options than a field may have.
    #[error("has {options} options; {OPTIONS_MAX} are the most")]
    TooManyOptions {
        /// How many.
        options: usize,
    },
    /// An option's value is no value.
    #[error(
        "has the option `{value}`, which is none: lowercase letters, digits and `_`, \
         {KEY_LENGTH_MAX} in all"
    )]
    BadOption {
        /// Which.
        value: String,
    },
    /// An option stands there twice.
    #[error("has the option `{value}` twice")]
    OptionTwice {
        /// Which.
        value: String,
    },
    /// An option has no label.
    #[error("needs a Swedish label for the option `{value}`")]
    BadOptionLabel {
        /// Which.
        value: String,
    },
    /// The repeats of a group leave no item, or allow too many.
    #[error("must be repeated at least once and at most {REPEATS_MAX} times, the fewest first")]
    BadRepeats,
    /// A group in a group.
    #[error("is a group within a group")]
    NestedGroup,
}

impl Form {
    /// Everything that is wrong with the form itself. Empty if it can be published.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Flaws(vec![]);
        if self.fields.is_empty() {
            flaws.add("", FlawKind::AsksNothing);
        }
        let fields = self.fields.iter().map(Field::count).sum();
        if fields > FIELDS_MAX {
            flaws.add("", FlawKind::TooManyFields { fields });
        }
        let bytes = self.fields.iter().map(Field::size_bytes).sum();
        if bytes > FORM_BYTES_MAX {
            flaws.add("", FlawKind::TooLarge { bytes });
        }
        flaws.fields(&self.fields, "");
        flaws.0
    }
}

impl Field {
    fn count(&self) -> usize {
        match &self.kind {
            FieldKind::Group { fields, .. } => 1 + fields.len(),
            _ => 1,
        }
    }

    fn size_bytes(&self) -> usize {
        let label = |it: &Label| it.sv.len() + it.en.len();
        let within = match &self.kind {
            FieldKind::Text(rules) => rules.pattern.as_ref().map_or(0, String::len),
            FieldKind::Choice { options, .. } | FieldKind::MultiChoice { options } => {
                options.iter().map(|it| it.value.len() + label(&it.label)).sum()
            }
            FieldKind::Date {} | FieldKind::Phone {} | FieldKind::YesNo { .. } => 0,
            FieldKind::Group { fields, .. } => fields.iter().map(Self::size_bytes).sum(),
        };
        self.key.len() + label(&self.label) + within
    }
}

struct Flaws(Vec<Flaw>);

impl Flaws {
    fn add(&mut self, field: &str, kind: FlawKind) {
        self.0.push(Flaw { field: field.to_owned(), kind });
    }

    fn fields(&mut self, fields: &[Field], at: &str) {
        for (i, field) in fields.iter().enumerate() {
            let path = format!("{at}{}", field.key);
            let (before, rest) = fields.split_at(i);
            if !is_key(&field.key, false) {
                self.add(&path, FlawKind::BadKey);
            }
            if before.iter().any(|it| it.key == field.key) {
                self.add(&path, FlawKind::KeyTwice);
            }
            if !is_label(&field.label) {
                self.add(&path, FlawKind::BadLabel);
            }
            if let Some(show_if) = &field.show_if
                && let Some(flaw) = shown_wrong(show_if, before, rest)
            {
                self.add(&path, flaw);
            }
            self.kind(field, &path, at.is_empty());
        }
    }

    fn kind(&mut self, field: &Field, path: &str, is_outermost: bool) {
        match &field.kind {
            FieldKind::Text(rules) => self.text(rules, path),
            FieldKind::Choice { options, .. } | FieldKind::MultiChoice { options } => {
                self.options(options, path);
            }
            FieldKind::Date {} | FieldKind::Phone {} | FieldKind::YesNo { .. } => (),
            FieldKind::Group { min, max, fields } => {
                if !is_outermost {
                    return self.add(path, FlawKind::NestedGroup);
                }
                if !(1..=REPEATS_MAX).contains(max) || min > max {
                    self.add(path, FlawKind::BadRepeats);
                }
                if fields.is_empty() {
                    self.add(path, FlawKind::AsksNothing);
                }
                self.fields(fields, &format!("{path}."));
            }
        }
    }

    fn text(&mut self, rules: &TextRules, path: &str) {
        if !(1..=ANSWER_LENGTH_MAX).contains(&rules.max_length)
            || rules.min_length > rules.max_length
        {
            self.add(path, FlawKind::BadLengths);
        }
        if let Some(pattern) = &rules.pattern {
            if rules.multiline {
                self.add(path, FlawKind::PatternOfLines);
            }
            if let Err(error) = Pattern::new(pattern) {
                self.add(path, FlawKind::BadPattern(error));
            }
        }
    }

    fn options(&mut self, options: &[Choice], path: &str) {
        if options.is_empty() {
            self.add(path, FlawKind::NoOptions);
        }
        if options.len() > OPTIONS_MAX {
            self.add(path, FlawKind::TooManyOptions { options: options.len() });
        }
        let mut values = BTreeSet::new();
        for Choice { value, label } in options {
            if !is_key(value, true) {
                self.add(path, FlawKind::BadOption { value: value.clone() });
            }
            if !values.insert(value) {
                self.add(path, FlawKind::OptionTwice { value: value.clone() });
            }
            if !is_label(label) {
                self.add(path, FlawKind::BadOptionLabel { value: value.clone() });
            }
        }
    }
}

/// What is wrong with how a field is shown; `rest` begins with the field itself.
fn shown_wrong(show_if: &ShowIf, before: &[Field], rest: &[Field]) -> Option<FlawKind> {
    let sibling = show_if.field.clone();
    let Some(it) = before.iter().find(|it| it.key == sibling) else {
        let is_later = rest.iter().any(|it| it.key == sibling);
        return Some(if is_later {
            FlawKind::LaterSibling { sibling }
        } else {
            FlawKind::UnknownSibling { sibling }
        });
    };
    let has = |options: &[Choice], value: &String| options.iter().any(|it| it.value == *value);
    let can_be = match (&show_if.when, &it.kind) {
        (Condition::Is(value), FieldKind::Choice { options, .. })
        | (Condition::Contains(value), FieldKind::MultiChoice { options }) => has(options, value),
        (Condition::Yes(yes), FieldKind::YesNo { must_be }) => must_be.is_none_or(|it| it == *yes),
        _ => false,
    };
    (!can_be).then_some(FlawKind::NeverShown { sibling })
}

/// A key may not begin with a digit: a path's digits are items. An option may: `25`, `2_4_month`.
fn is_key(text: &str, may_begin_with_digit: bool) -> bool {
    let begins = |it: u8| it.is_ascii_lowercase() || may_begin_with_digit && it.is_ascii_digit();
    let goes_on = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    text.len() <= KEY_LENGTH_MAX
        && text.bytes().next().is_some_and(begins)
        && text.bytes().all(goes_on)
}

fn is_label(label: &Label) -> bool {
    let fits = |text: &str| text.chars().count() <= LABEL_LENGTH_MAX;
    !label.sv.trim().is_empty() && fits(&label.sv) && fits(&label.en)
}
