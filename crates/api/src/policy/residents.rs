//! Who may know of a resident, and whose account is whose to look after. What may be changed of it
//! is for the rules of `domain::organisation`.

use domain::{Actor, ResidentId, Role, case::Surroundings as _};
use projections::ReadModels;

use crate::{asking::Asking, schema::error::Refusal};

impl Asking {
    /// Whether the viewer may learn that nobody is registered as `resident`: whoever opens cases,
    /// which is to anyone who is registered.
    pub(crate) async fn misses_resident(&self, resident: ResidentId) -> Result<bool, Refusal> {
        let Actor::Staff { role: Role::Receiver | Role::Handler, .. } = self.viewer.actor else {
            return Ok(false);
        };
        let known = |models: &ReadModels, _| models.directory().resident_region(resident);
        Ok(self.look(known).await?.is_none())
    }

    /// Whether the resident's identity is protected, and the viewer someone else.
    pub(crate) async fn keeps_name_from_viewer(
        &self,
        resident: ResidentId,
    ) -> Result<bool, Refusal> {
        let is_viewer = matches!(self.viewer.actor, Actor::Resident { who, .. } if who == resident);
        let protected = |models: &ReadModels, _| models.directory().is_protected(resident);
        Ok(!is_viewer && self.look(protected).await?)
    }

    /// Whether the viewer looks after the resident's account: an administrator of the region that
    /// registered them.
    pub(crate) async fn keeps_resident(&self, resident: ResidentId) -> Result<bool, Refusal> {
        let Actor::Staff { who, role: Role::RegionAdmin, .. } = self.viewer.actor else {
            return Ok(false);
        };
        let keeps = |models: &ReadModels, _| {
            let directory = models.directory();
            let region = directory.staff_member(who).map(|it| it.region);
            region.is_some() && directory.resident_region(resident) == region
        };
        self.look(keeps).await
    }

    /// Whether the resident is the viewer, or one whom the viewer may act for.
    pub(crate) async fn is_own_resident(&self, resident: ResidentId) -> Result<bool, Refusal> {
        let Actor::Resident { who, .. } = self.viewer.actor else { return Ok(false) };
        let own = |models: &ReadModels, now| {
            who == resident || models.directory().acts_for(who, resident, now)
        };
        self.look(own).await
    }

    /// The residents whose cases are the viewer's: oneself, and those one may act for.
    pub(crate) async fn own_residents(&self) -> Result<Vec<ResidentId>, Refusal> {
        let Actor::Resident { who, .. } = self.viewer.actor else { return Ok(vec![]) };
        let own = |models: &ReadModels, now| {
            let represented = models.directory().represented_by(who, now);
            std::iter::once(who).chain(represented).collect()
        };
        self.look(own).await
    }
}
