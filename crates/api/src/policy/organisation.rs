//! Who may know of what a command around cases is about. Whether they may change it is for the
//! rules of `domain::organisation`.

use domain::{
    Actor, CommitId, DivisionId, RegionId, StaffId,
    organisation::{
        CaseTypeCommand, DivisionCommand, RegionCommand, ResidentCommand, StaffCommand, UnitCommand,
    },
};
use engine::Change;
use projections::ReadModels;

use crate::{asking::Asking, schema::error::Refusal};

impl Asking {
    /// Refuses a command about what the viewer may not know of, in the words of what is not there.
    /// A request that was carried out is let through, so that its first outcome is given again.
    pub(crate) async fn check_may_change(
        &self,
        id: CommitId,
        change: &Change,
    ) -> Result<(), Refusal> {
        let knows = match change {
            Change::Region(_, RegionCommand::Register { .. })
            | Change::Division(_, DivisionCommand::Register { .. })
            | Change::Unit(_, UnitCommand::Register(_))
            | Change::CaseType(_, CaseTypeCommand::Define { .. })
            | Change::Staff(_, StaffCommand::Register { .. }) => true,
            Change::Region(region, _) => self.knows_region(*region).await?,
            Change::Unit(unit, _) => self.knows_unit(*unit).await?,
            Change::CaseType(case_type, _) => self.knows_case_type(*case_type).await?,
            Change::Staff(staff, _) => self.works_beside(*staff).await?,
            Change::Resident(_, ResidentCommand::Register { .. }) => true,
            Change::Resident(resident, _) => {
                self.is_own_resident(*resident).await? || self.keeps_resident(*resident).await?
            }
        };
        if knows || self.is_known(id).await? { Ok(()) } else { Err(Refusal::nothing_there()) }
    }

    /// Whether the viewer may ask for that at all: the operator of the service makes regions and
    /// gives them staff, and leaves everything else to these.
    pub(crate) fn may_found(&self, change: &Change) -> bool {
        let founds =
            matches!(change, Change::Region(_, RegionCommand::Register { .. }) | Change::Staff(..));
        founds || self.viewer.actor != Actor::System
    }

    /// The region of a division that the viewer may know of.
    pub(crate) async fn region_of_division(
        &self,
        division: DivisionId,
    ) -> Result<Option<RegionId>, Refusal> {
        if !self.knows_division(division).await? {
            return Ok(None);
        }
        let region = |models: &ReadModels, _| {
            models.directory().division(division).map(|division| division.region)
        };
        self.look(region).await
    }

    /// The region that a member of staff works in.
    pub(crate) async fn region_of_staff(
        &self,
        staff: StaffId,
    ) -> Result<Option<RegionId>, Refusal> {
        self.look(|models, _| models.directory().staff_member(staff).map(|it| it.region)).await
    }

    /// Whether the viewer is staff.
    pub(crate) const fn is_staff(&self) -> bool {
        matches!(self.viewer.actor, Actor::Staff { .. })
    }

    /// Whether the viewer may know that there is such a member of staff: whoever works in the same
    /// region, and the operator.
    async fn works_beside(&self, staff: StaffId) -> Result<bool, Refusal> {
        let actor = self.viewer.actor;
        let beside = |models: &ReadModels, _| {
            let region = |id| models.directory().staff_member(id).map(|member| member.region);
            match actor {
                Actor::System => region(staff).is_some(),
                Actor::Staff { who, .. } => region(staff).is_some() && region(staff) == region(who),
                Actor::Resident { .. } => false,
            }
        };
        self.look(beside).await
    }
}
