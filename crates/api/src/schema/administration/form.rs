//! Forms (formulär) as administrators write them: what `CaseType.form` tells, the other way round.
//!
//! A field has a type and, beside it, what belongs to that type. What belongs to another is
//! refused, since whoever wrote it meant something by it.

use async_graphql::InputObject;
use domain::form::{Choice, Condition, Field, FieldKind, Label, Lookup, ShowIf, TextRules};

use crate::schema::{
    mutation::user_error::{UserError, UserErrorCode},
    types::{FormFieldType, FormLookup},
};

/// The most characters of a text whose most nobody said.
const TEXT_LENGTH: i32 = 2_000;
/// The most items of a group whose most nobody said.
const ITEMS: i32 = 10;

/// A text for people, in both languages of the service.
#[derive(InputObject)]
pub(crate) struct LabelInput {
    /// In Swedish.
    sv: String,
    /// In English; Swedish is shown where nobody translated.
    #[graphql(default)]
    en: String,
}

/// One option of a choice.
#[derive(InputObject)]
pub(crate) struct FormOptionInput {
    /// What is sent: lowercase letters, digits and `_`.
    value: String,
    /// What people read.
    label: LabelInput,
}

/// When a field is shown: a field before it, beside it, is shown and was answered so. Exactly one
/// of `is`, `contains` and `yes` says how.
#[derive(InputObject)]
pub(crate) struct ShowIfInput {
    /// The key of the field beside it.
    field: String,
    /// The option that was chosen.
    is: Option<String>,
    /// An option that is among those that were chosen.
    contains: Option<String>,
    /// What was said, yes or no.
    yes: Option<bool>,
}

/// One question of a form.
#[derive(InputObject)]
pub(crate) struct FormFieldInput {
    /// Its key beside its siblings: a lowercase letter, then lowercase letters, digits and `_`.
    key: String,
    /// The question.
    label: LabelInput,
    /// What an answer is.
    r#type: FormFieldType,
    /// Whether it must be answered when it is shown.
    #[graphql(default)]
    required: bool,
    /// When it is shown; always, where nothing is said.
    show_if: Option<ShowIfInput>,
    /// Whether a text may have more than one line.
    multiline: Option<bool>,
    /// The fewest characters of a text; 0, where nothing is said.
    min_length: Option<i32>,
    /// The most characters of a text; 2000, where nothing is said.
    max_length: Option<i32>,
    /// What the whole of a text must match, as a regular expression.
    pattern: Option<String>,
    /// The register in which a text must be found.
    lookup: Option<FormLookup>,
    /// What can be chosen, for a choice.
    options: Option<Vec<FormOptionInput>>,
    /// Whether a unit may have options of its own instead, for a choice of one.
    unit_may_replace: Option<bool>,
    /// The only answer to a yes/no that is taken.
    must_be: Option<bool>,
    /// The fewest items of a group, where there are any; 0, where nothing is said.
    min_items: Option<i32>,
    /// The most items of a group; 10, where nothing is said.
    max_items: Option<i32>,
    /// What is asked about each item of a group.
    fields: Option<Vec<FormFieldInput>>,
}

impl From<LabelInput> for Label {
    fn from(it: LabelInput) -> Self {
        Self { sv: it.sv, en: it.en }
    }
}

impl From<FormOptionInput> for Choice {
    fn from(it: FormOptionInput) -> Self {
        Self { value: it.value, label: it.label.into() }
    }
}

/// The fields of a form, or all that is wrong with how they are written. What is wrong with what
/// they ask is for the rules to say.
pub(super) fn fields(written: Vec<FormFieldInput>) -> Result<Vec<Field>, Vec<UserError>> {
    let mut errors = vec![];
    let fields = read_all(written, "fields", &mut errors);
    if errors.is_empty() { Ok(fields) } else { Err(errors) }
}

fn read_all(written: Vec<FormFieldInput>, path: &str, errors: &mut Vec<UserError>) -> Vec<Field> {
    written.into_iter().map(|it| it.read(path, errors)).collect()
}

impl FormFieldInput {
    fn read(self, above: &str, errors: &mut Vec<UserError>) -> Field {
        let path = format!("{above}.{}", self.key);
        for (what, is_given, types) in self.given() {
            if is_given && !types.contains(&self.r#type) {
                let message = format!("`{what}` does not belong to a field of that type");
                let sv = format!("`{what}` hör inte till ett fält av den typen.");
                errors.push(refused(&path, what, message, sv));
            }
        }
        let mut count = |what, asked: Option<i32>, otherwise: i32| {
            u32::try_from(asked.unwrap_or(otherwise)).unwrap_or_else(|_| {
                let message = format!("`{what}` is not below 0");
                let sv = format!("`{what}` är inte mindre än 0.");
                errors.push(refused(&path, what, message, sv));
                0
            })
        };
        let (min_length, max_length) = (
            count("minLength", self.min_length, 0),
            count("maxLength", self.max_length, TEXT_LENGTH),
        );
        let (min, max) =
            (count("minItems", self.min_items, 0), count("maxItems", self.max_items, ITEMS));
        let options =
            self.options.unwrap_or_default().into_iter().map(Choice::from).collect::<Vec<_>>();
        let kind = match self.r#type {
            FormFieldType::Text => FieldKind::Text(TextRules {
                multiline: self.multiline.unwrap_or(false),
                min_length,
                max_length,
                pattern: self.pattern,
                lookup: self.lookup.map(Lookup::from),
            }),
            FormFieldType::Choice => {
                let unit_may_replace = self.unit_may_replace.unwrap_or(false);
                FieldKind::Choice { options, unit_may_replace }
            }
            FormFieldType::MultiChoice => FieldKind::MultiChoice { options },
            FormFieldType::Date => FieldKind::Date {},
            FormFieldType::Phone => FieldKind::Phone {},
            FormFieldType::YesNo => FieldKind::YesNo { must_be: self.must_be },
            FormFieldType::Group => {
                let fields = read_all(self.fields.unwrap_or_default(), &path, errors);
                FieldKind::Group { min, max, fields }
            }
        };
        let show_if = self.show_if.and_then(|it| it.read(&path, errors));
        let (key, label, required) = (self.key, self.label.into(), self.required);
        Field { key, label, required, show_if, kind }
    }

    /// What is said beside the type, whether it is, and of which types it may be.
    fn given(&self) -> [(&'static str, bool, &'static [FormFieldType]); 11] {
        use FormFieldType::{Choice, Group, MultiChoice, Text, YesNo};
        [
            ("multiline", self.multiline.is_some(), &[Text]),
            ("minLength", self.min_length.is_some(), &[Text]),
            ("maxLength", self.max_length.is_some(), &[Text]),
            ("pattern", self.pattern.is_some(), &[Text]),
            ("lookup", self.lookup.is_some(), &[Text]),
            ("options", self.options.is_some(), &[Choice, MultiChoice]),
            ("unitMayReplace", self.unit_may_replace.is_some(), &[Choice]),
            ("mustBe", self.must_be.is_some(), &[YesNo]),
            ("minItems", self.min_items.is_some(), &[Group]),
            ("maxItems", self.max_items.is_some(), &[Group]),
            ("fields", self.fields.is_some(), &[Group]),
        ]
    }
}

impl ShowIfInput {
    fn read(self, path: &str, errors: &mut Vec<UserError>) -> Option<ShowIf> {
        let when = match (self.is, self.contains, self.yes) {
            (Some(option), None, None) => Condition::Is(option),
            (None, Some(option), None) => Condition::Contains(option),
            (None, None, Some(yes)) => Condition::Yes(yes),
            _ => {
                let message = "`showIf` has exactly one of `is`, `contains` and `yes`";
                let sv = "`showIf` har precis ett av `is`, `contains` och `yes`.";
                errors.push(refused(path, "showIf", message.to_owned(), sv.to_owned()));
                return None;
            }
        };
        Some(ShowIf { field: self.field, when })
    }
}

fn refused(path: &str, what: &str, message: String, sv: String) -> UserError {
    let field = Some(format!("{path}.{what}").into());
    let error = UserError::new(UserErrorCode::FieldInvalid, None, message).in_swedish(sv);
    UserError { field, ..error }
}
