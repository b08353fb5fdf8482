//! A form as one unit shows it: with that unit's own options in the choices that let units have
//! them.
//!
//! What a unit decided outlives the version of the form that it was decided on, so a choice is
//! named by the keys that lead to it, as in a [`Flaw`](super::Flaw): `clinic`, `medicines.name`.
//! Options that a later version has no place for, or that would leave one of its fields never
//! shown, are not in it; they are again in a version that takes them.

use super::{Choice, Field, FieldKind, Form};

impl Form {
    /// The form with the options of one unit; `own` is each choice by its keys, and its options.
    /// If the form has no flaws, neither has this.
    #[must_use]
    pub fn of_unit<'a>(&self, own: impl IntoIterator<Item = (&'a str, &'a [Choice])>) -> Self {
        let own: Vec<_> = own.into_iter().collect();
        let all = own.iter().fold(self.clone(), |form, (field, options)| {
            form.with_options(field, options).unwrap_or(form)
        });
        if all.flaws().is_empty() {
            return all;
        }
        own.into_iter().fold(self.clone(), |form, (field, options)| {
            form.with_options(field, options).filter(|it| it.flaws().is_empty()).unwrap_or(form)
        })
    }

    /// The form with `options` in place of those of `field`, flaws and all; none where that is no
    /// choice whose options a unit may replace.
    pub fn with_options(&self, field: &str, options: &[Choice]) -> Option<Self> {
        let mut form = self.clone();
        *replaceable(&mut form.fields, field)? = options.to_vec();
        Some(form)
    }
}

/// The options at `path`, if a unit may have its own instead.
fn replaceable<'a>(fields: &'a mut [Field], path: &str) -> Option<&'a mut Vec<Choice>> {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    let field = fields.iter_mut().find(|it| it.key == key)?;
    match (&mut field.kind, rest) {
        (FieldKind::Choice { options, unit_may_replace: true }, None) => Some(options),
        (FieldKind::Group { fields, .. }, Some(rest)) => replaceable(fields, rest),
        _ => None,
    }
}
