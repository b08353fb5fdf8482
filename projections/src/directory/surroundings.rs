//! What the rules about a case, and the registers of a form, ask of the directory.

use domain::{
    CaseTypeId, ResidentId, Role, StaffId, UnitId,
    case::{OfferedType, Surroundings, TypeRules, UnitFacts},
    form::Registers,
    organisation::Place,
};
use jiff::{Timestamp, civil::Date};

use super::{Directory, Unit};

impl Registers for Directory {
    fn has_unit(&self, hsa_id: &str) -> bool {
        self.unit_of_hsa_id(hsa_id.trim()).is_some()
    }
}

impl Surroundings for Directory {
    fn unit(&self, unit: UnitId) -> Option<UnitFacts> {
        let Unit { region, provider, active, .. } = *self.units.get(&unit)?;
        Some(UnitFacts { region, provider, active })
    }

    fn handles(&self, staff: StaffId, unit: UnitId, at: Timestamp) -> bool {
        self.holds_at(staff, Role::Handler, Place::Unit(unit), at)
    }

    fn offered(&self, unit: UnitId, case_type: CaseTypeId) -> Option<OfferedType> {
        let it = self.case_types.get(&case_type)?;
        self.units.get(&unit)?.offered.contains(&case_type).then_some(OfferedType {
            central_unit: it.central_unit,
            working_days: it.working_days,
            policy: it.policy,
            started_by: it.limits.as_ref().map(|it| it.started_by),
            min_age: it.limits.as_ref().and_then(|it| it.min_age),
            form_version: it.form_version,
            terms_version: it.terms_version,
        })
    }

    fn acts_for(&self, who: ResidentId, subject: ResidentId, at: Timestamp) -> bool {
        let subject = self.residents.get(&subject);
        subject.is_some_and(|it| it.proxies.iter().any(|(id, until)| *id == who && at < *until))
    }

    fn type_rules(&self, case_type: CaseTypeId) -> TypeRules {
        let limits = self.case_types.get(&case_type).and_then(|it| it.limits.as_ref());
        limits.map_or_else(TypeRules::default, |it| TypeRules {
            for_proxies: it.is_for_proxies(),
            conversation: it.conversation,
        })
    }

    /// Sealed, so unknown here.
    fn birth_date(&self, _: ResidentId) -> Option<Date> {
        None
    }
}
