//! A unit's own options in the choices of a form, and when it may have them.

use std::collections::BTreeMap;

use super::{Unit, not_anothers, type_of};
use crate::{
    CaseTypeId, RegionId, UnitId,
    form::Choice,
    organisation::{Asking, Event, Rejection, UnitOptionsSet},
};

/// All options that one unit has in place of those of forms.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct OwnOptions(
    /// By type, and by the keys that lead to the choice. Each has at least one option.
    pub BTreeMap<(CaseTypeId, String), Vec<Choice>>,
);

impl OwnOptions {
    /// Takes in what was decided.
    pub fn apply(&mut self, set: &UnitOptionsSet) {
        let choice = (set.case_type, set.field.clone());
        if set.options.is_empty() {
            self.0.remove(&choice);
        } else {
            self.0.insert(choice, set.options.clone());
        }
    }

    /// Those in the form of `case_type`, in order of the keys that lead to the choice.
    pub fn within(&self, case_type: CaseTypeId) -> impl Iterator<Item = (&str, &[Choice])> {
        let from = self.0.range((case_type, String::new())..);
        let own = from.take_while(move |((it, _), _)| *it == case_type);
        own.map(|((_, field), options)| (&**field, &**options))
    }

    fn get(&self, case_type: CaseTypeId, field: &str) -> Option<&[Choice]> {
        self.within(case_type).find(|(it, _)| *it == field).map(|(_, options)| options)
    }
}

impl Unit {
    /// A form with the unit's options must be one that could have been published.
    pub(super) fn set_options(
        &self,
        id: UnitId,
        region: RegionId,
        asking: &Asking<'_>,
        set: UnitOptionsSet,
    ) -> Result<Vec<Event>, Rejection> {
        match self.options.get(set.case_type, &set.field) {
            Some(own) if own == set.options => return Ok(vec![]),
            None if set.options.is_empty() => return Ok(vec![]),
            // Those that the form has no place for any more can still be taken back.
            Some(_) if set.options.is_empty() => return Ok(vec![set.into()]),
            _ => (),
        }
        let facts = type_of(asking, set.case_type, region)?;
        not_anothers(id, facts)?;
        if facts.central_unit.is_some_and(|central| central != id) {
            return Err(Rejection::CentralElsewhere);
        }
        let beside = self.options.within(set.case_type).filter(|(field, _)| *field != set.field);
        let form = asking.around.form(set.case_type).map(|form| form.of_unit(beside));
        let Some(form) = form.and_then(|it| it.with_options(&set.field, &set.options)) else {
            return Err(Rejection::OptionsFixed { field: set.field });
        };
        let flaws = form.flaws();
        if flaws.is_empty() {
            Ok(vec![set.into()])
        } else {
            Err(Rejection::FlawedOptions { flaws })
        }
    }
}
