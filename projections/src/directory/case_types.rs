//! Case types, and their forms as units show them.

use std::borrow::Cow;

use domain::{CaseTypeId, UnitId, form::Form};

use super::{CaseType, Directory};

impl Directory {
    /// The case type with this id.
    pub fn case_type(&self, id: CaseTypeId) -> Option<&CaseType> {
        self.case_types.get(&id)
    }

    /// All case types, in order of id.
    pub fn case_types(&self) -> impl Iterator<Item = &CaseType> {
        self.case_types.values()
    }

    /// A form of `case_type` as `unit` shows it, and as it is answered there: with the options of
    /// the unit that the case goes to. For a unit that is unknown or in another region it is the
    /// type's own form. None for a version that was never published.
    pub fn form_at(
        &self,
        unit: UnitId,
        case_type: CaseTypeId,
        version: u32,
    ) -> Option<Cow<'_, Form>> {
        let it = self.case_types.get(&case_type)?;
        let form = it.forms.get(&version)?;
        let in_region = |id: UnitId| self.units.get(&id).filter(|unit| unit.region == it.region);
        let asked = in_region(unit);
        let receiving = asked.and_then(|asked| in_region(it.central_unit.unwrap_or(asked.id)));
        let mut own = receiving.into_iter().flat_map(|unit| unit.options.within(case_type));
        Some(match own.next() {
            None => Cow::Borrowed(form),
            Some(first) => Cow::Owned(form.of_unit(std::iter::once(first).chain(own))),
        })
    }
}
