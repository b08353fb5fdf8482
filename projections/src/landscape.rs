//! What the rules around cases ask of the rest of the region, answered by the read models.

use domain::{
    CaseTypeId, DivisionId, RegionId, ResidentId, Role, StaffId, UnitId,
    case::{State, Surroundings as _, UnitFacts},
    form::Form,
    identity::{HsaId, NumberHash},
    organisation::{Editors, GuardianLimit, Landscape, Place, Scope, TypeFacts},
};
use jiff::Timestamp;

use crate::{Filter, Inbox, Order, PageRequest, ReadModels};

/// Every state in which a case waits for somebody.
const OPEN: [State; 5] = [
    State::Received,
    State::Distributed,
    State::PartiallyAnswered,
    State::AwaitingResident,
    State::Answered,
];

impl Landscape for ReadModels {
    fn unit(&self, unit: UnitId) -> Option<UnitFacts> {
        self.directory().unit(unit)
    }

    fn unit_of_hsa_id(&self, hsa_id: &HsaId) -> Option<UnitId> {
        self.directory().unit_of_hsa_id(hsa_id.as_str())
    }

    fn division_region(&self, division: DivisionId) -> Option<RegionId> {
        self.directory().division(division).map(|it| it.region)
    }

    fn has_region(&self, region: RegionId) -> bool {
        self.directory().region(region).is_some()
    }

    fn staff_region(&self, staff: StaffId) -> Option<RegionId> {
        self.directory().staff_member(staff).map(|it| it.region)
    }

    fn case_type(&self, case_type: CaseTypeId) -> Option<TypeFacts> {
        let it = self.directory().case_type(case_type)?;
        let owner = it.limits.as_ref().and_then(|it| it.owner);
        let (region, scope, central_unit) = (it.region, it.scope, it.central_unit);
        Some(TypeFacts { region, scope, owner, central_unit })
    }

    fn form(&self, case_type: CaseTypeId) -> Option<Form> {
        let it = self.directory().case_type(case_type)?;
        it.forms.get(&it.form_version).cloned()
    }

    fn has_case_type_key(&self, region: RegionId, owner: Option<UnitId>, key: &str) -> bool {
        self.directory().case_types().any(|it| {
            let its_owner = it.limits.as_ref().and_then(|it| it.owner);
            let is_own = it.scope == Scope::UnitOwn;
            it.region == region && it.key == key && is_own == owner.is_some() && its_owner == owner
        })
    }

    fn holders(&self, role: Role, unit: UnitId, at: Timestamp) -> usize {
        self.directory().holders_at(role, Place::Unit(unit), at).count()
    }

    fn open_cases(&self, unit: UnitId) -> usize {
        let filter = Filter { states: Some(OPEN.to_vec()), ..Filter::default() };
        let (inbox, first) = (Inbox::Unit(unit), PageRequest::first(1));
        let now = Timestamp::UNIX_EPOCH;
        self.page(&inbox, &filter, Order::ReceivedAt, now, &first).total
    }

    fn unit_editors(&self, region: RegionId) -> Editors {
        self.directory().region(region).map_or_else(Editors::default, |it| it.editors)
    }

    fn staff_of_hsa_id(&self, hsa_id_hash: NumberHash) -> Option<StaffId> {
        self.directory().staff_of_hsa_id(hsa_id_hash)
    }

    fn resident_region(&self, resident: ResidentId) -> Option<RegionId> {
        self.directory().resident_region(resident)
    }

    fn resident_of_number(&self, number_hash: NumberHash) -> Option<ResidentId> {
        self.directory().resident_of_number(number_hash)
    }

    fn guardian_limits(&self, region: RegionId) -> Vec<GuardianLimit> {
        self.directory().guardian_limits(region)
    }
}
