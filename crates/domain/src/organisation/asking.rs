//! Who asks for a change around cases, and what they must know of the rest of the region.

use jiff::Timestamp;

use super::{Editors, GuardianLimit, Rejection, Scope};
use crate::{
    Actor, CaseTypeId, DivisionId, RegionId, ResidentId, Role, StaffId, UnitId,
    case::UnitFacts,
    form::Form,
    identity::{HsaId, NumberHash},
};

/// Who asks, when, and what is true around at that time.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// Who asks, and in which capacity.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The rest of the region.
    pub around: &'a dyn Landscape,
}

/// What the rules around cases need to know of what stands in other streams.
pub trait Landscape {
    /// What is known of `unit`; none if there is no such unit.
    fn unit(&self, unit: UnitId) -> Option<UnitFacts>;

    /// The unit that has an HSA-id; none if no unit does.
    fn unit_of_hsa_id(&self, hsa_id: &HsaId) -> Option<UnitId>;

    /// The region that `division` is part of; none if there is no such division.
    fn division_region(&self, division: DivisionId) -> Option<RegionId>;

    /// Whether there is such a region.
    fn has_region(&self, region: RegionId) -> bool;

    /// The region that `staff` works in; none if there is no such person.
    fn staff_region(&self, staff: StaffId) -> Option<RegionId>;

    /// The member of staff who is found by an HSA-id; none if nobody is.
    fn staff_of_hsa_id(&self, hsa_id_hash: NumberHash) -> Option<StaffId>;

    /// What is known of `case_type`; none if there is no such type.
    fn case_type(&self, case_type: CaseTypeId) -> Option<TypeFacts>;

    /// The newest form of `case_type`; none if none was published.
    fn form(&self, case_type: CaseTypeId) -> Option<Form>;

    /// Whether there is a type of that key: of `region`, or, where there is an owner, the unit's own.
    fn has_case_type_key(&self, region: RegionId, owner: Option<UnitId>, key: &str) -> bool;

    /// How many people hold `role` at `unit` at `at`.
    fn holders(&self, role: Role, unit: UnitId, at: Timestamp) -> usize;

    /// How many cases of `unit` are not closed.
    fn open_cases(&self, unit: UnitId) -> usize;

    /// Who changes the settings of the region's units.
    fn unit_editors(&self, region: RegionId) -> Editors;

    /// The region that registered `resident`; none if none did.
    fn resident_region(&self, resident: ResidentId) -> Option<RegionId>;

    /// The resident who is found by a number; none if nobody is.
    fn resident_of_number(&self, number_hash: NumberHash) -> Option<ResidentId>;

    /// Until which birthday guardians act, as `region` decided it, in order of the days.
    fn guardian_limits(&self, region: RegionId) -> Vec<GuardianLimit>;
}

/// What the rules need to know of a case type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeFacts {
    /// The region it belongs to.
    pub region: RegionId,
    /// Who decides name and form.
    pub scope: Scope,
    /// The unit whose own it is.
    pub owner: Option<UnitId>,
    /// Where all its cases go, for a central type.
    pub central_unit: Option<UnitId>,
}

impl Asking<'_> {
    /// Whether the asker looks after what is common to `region`, or is the service itself.
    fn keeps_region(&self, region: RegionId) -> bool {
        match self.by {
            Actor::System => true,
            Actor::Staff { who, role: Role::RegionAdmin, .. } => {
                self.around.staff_region(who) == Some(region)
            }
            Actor::Staff { .. } | Actor::Resident { .. } => false,
        }
    }

    fn keeps_unit(&self, unit: UnitId) -> bool {
        matches!(self.by, Actor::Staff { role: Role::UnitAdmin, unit: Some(own), .. } if own == unit)
    }

    /// What is common to a region is for its own administrators.
    pub(super) fn may_keep_region(&self, region: RegionId) -> Result<(), Rejection> {
        if self.keeps_region(region) { Ok(()) } else { Err(Rejection::NotAllowed) }
    }

    /// Who works at a unit, and the unit's own case types, are for its administrators and the
    /// region's.
    pub(super) fn may_keep_unit(&self, unit: UnitId, region: RegionId) -> Result<(), Rejection> {
        if self.keeps_unit(unit) { Ok(()) } else { self.may_keep_region(region) }
    }

    /// A unit's settings are for its administrators too, unless the region keeps them to itself.
    pub(super) fn may_edit_unit(&self, unit: UnitId, region: RegionId) -> Result<(), Rejection> {
        match self.around.unit_editors(region) {
            Editors::Unit => self.may_keep_unit(unit, region),
            Editors::Region if self.keeps_unit(unit) => Err(Rejection::EditedByTheRegion),
            Editors::Region => self.may_keep_region(region),
        }
    }
}
