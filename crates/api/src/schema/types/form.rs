//! Forms (formulär), so that a client can show one and send answers to it. No personal data.

use async_graphql::{Enum, Object, SimpleObject};
use domain::{
    form::{self, Condition, FieldKind, Language as Spoken, TextRules},
    organisation,
};

use super::{FormLookup, event::number};

/// A language that people are spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Language {
    /// Swedish.
    Sv,
    /// English; Swedish where nobody translated.
    En,
}

/// What an answer to a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum FormFieldType {
    /// `text`.
    Text,
    /// `text`: the value of one option.
    Choice,
    /// `choices`: the values of any number of options, each once.
    MultiChoice,
    /// `text`: a date, `YYYY-MM-DD`.
    Date,
    /// `text`: a phone number, `+46701740605` or `070-174 06 05`.
    Phone,
    /// `yesNo`.
    YesNo,
    /// Answers to its own fields, once for each item: `medicines.0.name`, `medicines.1.name`.
    Group,
}

/// When a field is shown: a field before it, beside it, is shown and was answered so. One of `is`,
/// `contains` and `yes` says how.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(crate) struct ShowIf {
    /// The key of the field beside it.
    field: String,
    /// The option that was chosen.
    is: Option<String>,
    /// An option that is among those that were chosen.
    contains: Option<String>,
    /// What was said, yes or no.
    yes: Option<bool>,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(crate) struct FormOption {
    /// What is sent.
    value: String,
    /// What people read, in Swedish.
    label_sv: String,
    /// What people read, in English; in Swedish where nobody translated.
    label_en: String,
}

impl FormOption {
    pub(crate) fn new(it: &form::Choice) -> Self {
        Self {
            value: it.value.clone(),
            label_sv: it.label.text(Spoken::Sv).to_owned(),
            label_en: it.label.text(Spoken::En).to_owned(),
        }
    }
}

/// A ready-made answer (mall, standardsvar).
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(crate) struct AnswerTemplate {
    /// Its key among the templates of its case type.
    key: String,
    /// What staff choose it by, in Swedish.
    title_sv: String,
    /// What staff choose it by, in English; in Swedish where nobody translated.
    title_en: String,
    /// What it says to the resident, in Swedish.
    text_sv: String,
    /// What it says to the resident, in English; in Swedish where nobody translated.
    text_en: String,
}

impl AnswerTemplate {
    pub(crate) fn new(it: &organisation::AnswerTemplate) -> Self {
        Self {
            key: it.key.clone(),
            title_sv: it.title.text(Spoken::Sv).to_owned(),
            title_en: it.title.text(Spoken::En).to_owned(),
            text_sv: it.text.text(Spoken::Sv).to_owned(),
            text_en: it.text.text(Spoken::En).to_owned(),
        }
    }
}

/// One version of a form.
pub(crate) struct Form(pub(crate) form::Form);

/// One version of a form (formulär).
#[Object]
impl Form {
    /// Which version: what `submitCase` is told was shown.
    async fn version(&self) -> i32 {
        number(self.0.version)
    }

    /// What is asked, in order.
    async fn fields(&self) -> Vec<FormField> {
        self.0.fields.iter().cloned().map(FormField).collect()
    }

    /// The form as a JSON Schema of the 2020-12 edition, as text. It is of one object with a
    /// member for each answer, a group a list of objects; a validator must treat `format` as a
    /// rule.
    async fn json_schema(
        &self,
        #[graphql(desc = "The language of its titles.", default_with = "Language::Sv")]
        language: Language,
    ) -> String {
        let language = match language {
            Language::Sv => Spoken::Sv,
            Language::En => Spoken::En,
        };
        self.0.json_schema(language).to_string()
    }
}

/// One question of a form.
pub(crate) struct FormField(form::Field);

impl FormField {
    fn text(&self) -> Option<&TextRules> {
        match &self.0.kind {
            FieldKind::Text(rules) => Some(rules),
            _ => None,
        }
    }

    fn repeats(&self) -> Option<(u32, u32)> {
        match self.0.kind {
            FieldKind::Group { min, max, .. } => Some((min, max)),
            _ => None,
        }
    }
}

/// One question of a form.
#[Object]
impl FormField {
    /// Its key beside its siblings: what its answer names.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// The question, in Swedish.
    async fn label_sv(&self) -> &str {
        self.0.label.text(Spoken::Sv)
    }

    /// The question, in English; in Swedish where nobody translated.
    async fn label_en(&self) -> &str {
        self.0.label.text(Spoken::En)
    }

    /// What an answer is.
    #[graphql(name = "type")]
    async fn kind(&self) -> FormFieldType {
        match self.0.kind {
            FieldKind::Text(_) => FormFieldType::Text,
            FieldKind::Choice { .. } => FormFieldType::Choice,
            FieldKind::MultiChoice { .. } => FormFieldType::MultiChoice,
            FieldKind::Date {} => FormFieldType::Date,
            FieldKind::Phone {} => FormFieldType::Phone,
            FieldKind::YesNo { .. } => FormFieldType::YesNo,
            FieldKind::Group { .. } => FormFieldType::Group,
        }
    }

    /// Whether it must be answered when it is shown.
    async fn required(&self) -> bool {
        self.0.required
    }

    /// When it is shown, and may be answered at all; always, where none is given.
    async fn show_if(&self) -> Option<ShowIf> {
        let form::ShowIf { field, when } = self.0.show_if.clone()?;
        let never = ShowIf { field, is: None, contains: None, yes: None };
        Some(match when {
            Condition::Is(option) => ShowIf { is: Some(option), ..never },
            Condition::Contains(option) => ShowIf { contains: Some(option), ..never },
            Condition::Yes(yes) => ShowIf { yes: Some(yes), ..never },
        })
    }

    /// Whether a text may have more than one line.
    async fn multiline(&self) -> bool {
        self.text().is_some_and(|it| it.multiline)
    }

    /// The fewest characters of a text.
    async fn min_length(&self) -> Option<i32> {
        self.text().map(|it| number(it.min_length))
    }

    /// The most characters of a text.
    async fn max_length(&self) -> Option<i32> {
        self.text().map(|it| number(it.max_length))
    }

    /// What the whole of a text must match, as a regular expression.
    async fn pattern(&self) -> Option<&str> {
        self.text().and_then(|it| it.pattern.as_deref())
    }

    /// What can be chosen; empty for what is no choice.
    async fn options(&self) -> Vec<FormOption> {
        let (FieldKind::Choice { options, .. } | FieldKind::MultiChoice { options }) = &self.0.kind
        else {
            return vec![];
        };
        options.iter().map(FormOption::new).collect()
    }

    /// The register in which a text must be found.
    async fn lookup(&self) -> Option<FormLookup> {
        self.text().and_then(|it| it.lookup).map(FormLookup::from)
    }

    /// Whether a unit may have options of its own instead, for a choice of one.
    async fn unit_may_replace(&self) -> bool {
        matches!(self.0.kind, FieldKind::Choice { unit_may_replace: true, .. })
    }

    /// The only answer to a yes/no that is taken, where there is one.
    async fn must_be(&self) -> Option<bool> {
        match self.0.kind {
            FieldKind::YesNo { must_be } => must_be,
            _ => None,
        }
    }

    /// The fewest items of a group, where there are any.
    async fn min_items(&self) -> Option<i32> {
        self.repeats().map(|(min, _)| number(min))
    }

    /// The most items of a group.
    async fn max_items(&self) -> Option<i32> {
        self.repeats().map(|(_, max)| number(max))
    }

    /// What is asked about each item of a group; empty for what is no group.
    async fn fields(&self) -> Vec<FormField> {
        match &self.0.kind {
            FieldKind::Group { fields, .. } => fields.iter().cloned().map(FormField).collect(),
            _ => vec![],
        }
    }
}
