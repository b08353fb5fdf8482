//! What people write, from `data/phrases.json`: Swedish, ours, about nobody.
//!
//! A form's texts go together by their place in each list: the third medicine has the third
//! strength. So do a counter-question and its reply.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Deserialize;

use super::catalogue::Kind;

/// Stands for any type or field that has no texts of its own.
const ANY: &str = "*";

/// The texts.
#[derive(Debug, Deserialize)]
pub(super) struct Phrases {
    fields: BTreeMap<String, Vec<String>>,
    messages: BTreeMap<Saying, BTreeMap<String, Vec<String>>>,
}

/// What a form is about, as far as its texts depend on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    pub(super) unit_kind: Kind,
    /// Whether a guardian fills it in.
    pub(super) for_a_child: bool,
}

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Saying {
    Answer,
    Partial,
    Question,
    Reply,
    FollowUp,
    AnswerAgain,
    LastWord,
    Note,
    ConsentNote,
}

impl Phrases {
    pub(super) fn load() -> anyhow::Result<Self> {
        serde_json::from_str(include_str!("../../data/phrases.json"))
            .context("failed to read data/phrases.json")
    }

    /// The `variant`-th text for the field at `path`, such as `renew_prescription.medicines.name`,
    /// as someone would write it for a child or to that kind of unit; none where nothing stands
    /// there.
    pub(super) fn field(&self, about: About, path: &str, variant: usize) -> Option<&str> {
        let own = |whose: &str| self.fields.get(&format!("{whose}/{path}"));
        let for_a_child = if about.for_a_child { own("child") } else { None };
        let texts = for_a_child.or_else(|| own(about.unit_kind.key()));
        nth(texts.or_else(|| self.fields.get(path))?, variant)
    }

    /// The `variant`-th text for a field that has none of its own.
    pub(super) fn any_field(&self, variant: usize) -> &str {
        self.fields.get(ANY).and_then(|texts| nth(texts, variant)).unwrap_or_default()
    }

    /// The `variant`-th message for that in a case of the type.
    pub(super) fn message(&self, saying: Saying, case_type: &str, variant: usize) -> &str {
        let texts = self.messages.get(&saying);
        let texts = texts.and_then(|it| it.get(case_type).or_else(|| it.get(ANY)));
        texts.and_then(|texts| nth(texts, variant)).unwrap_or_default()
    }
}

fn nth(texts: &[String], variant: usize) -> Option<&str> {
    texts.get(variant.checked_rem(texts.len())?).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use domain::form::{Field, FieldKind};

    use super::{About, Kind, Phrases, Saying};
    use crate::demo::catalogue;

    /// Every text field, with its path.
    fn text_fields(fields: &[Field], path: &str) -> Vec<(String, Field)> {
        let each = fields.iter().flat_map(|field| {
            let path = format!("{path}.{}", field.key);
            match &field.kind {
                FieldKind::Group { fields, .. } => text_fields(fields, &path),
                _ => vec![(path, field.clone())],
            }
        });
        each.collect()
    }

    #[test]
    fn every_text_field_of_every_form_has_texts_that_fit_it() {
        let phrases = Phrases::load().unwrap();
        for case_type in catalogue::load_all().unwrap() {
            for (path, field) in text_fields(&case_type.fields, &case_type.key) {
                let mut texts = Vec::new();
                for (unit_kind, for_a_child) in
                    Kind::ALL.into_iter().flat_map(|kind| [(kind, false), (kind, true)])
                {
                    let about = About { unit_kind, for_a_child };
                    texts.extend((0..20).filter_map(|n| phrases.field(about, &path, n)));
                }
                let written = matches!(&field.kind, FieldKind::Text(it) if it.lookup.is_none());
                assert!(!written || !texts.is_empty(), "{path} has no text");
                for text in texts {
                    let fits = match &field.kind {
                        FieldKind::Text(it) => text.chars().count() <= it.max_length as usize,
                        FieldKind::Choice { options, .. } => {
                            options.iter().any(|it| it.value == text)
                        }
                        _ => true,
                    };
                    assert!(fits, "{path}: {text}");
                }
            }
        }
    }

    #[test]
    fn there_is_something_to_say_about_every_type() {
        let phrases = Phrases::load().unwrap();
        for case_type in catalogue::load_all().unwrap() {
            for saying in [
                Saying::Answer,
                Saying::Partial,
                Saying::Question,
                Saying::Reply,
                Saying::FollowUp,
                Saying::AnswerAgain,
                Saying::LastWord,
                Saying::Note,
                Saying::ConsentNote,
            ] {
                let text = phrases.message(saying, &case_type.key, 1);
                assert!(!text.is_empty(), "{saying:?} about {}", case_type.key);
            }
        }
    }
}
