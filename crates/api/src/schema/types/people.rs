//! People: ids in clear, names opened only for whoever may see them.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{ResidentId, StaffId, policy::Question};
use projections::Scope;

use super::{Capacity, CareUnit, event::People};
use crate::{
    asking::Asking,
    schema::organisation::{Assignment, of_member},
};

/// A member of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StaffMember {
    pub(crate) id: StaffId,
    /// Whether the viewer may see the name.
    pub(crate) named: bool,
}

/// A member of staff.
#[Object]
impl StaffMember {
    /// Names the member of staff.
    pub(crate) async fn id(&self) -> ID {
        self.id.into()
    }

    /// The full name; none where the viewer may not see it, or none was kept.
    #[graphql(complexity = 3)]
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if !self.named {
            return Ok(None);
        }
        let asking = Asking::of(ctx)?;
        Ok(asking.names.staff(&asking, self.id).await?)
    }

    /// All assignments (uppdrag) that they have or ever had, in the order they were given; none
    /// for a viewer who is neither an administrator nor an auditor of their region.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn assignments(&self, ctx: &Context<'_>) -> Result<Option<Vec<Assignment>>> {
        let asking = Asking::of(ctx)?;
        let region = asking.region_of_staff(self.id).await?;
        let Some(region) = region else { return Ok(None) };
        if !asking.may_ask(Question::Assignments, Scope::Region(region)).await? {
            return Ok(None);
        }
        let view = asking.now().await?;
        Ok(Some(view.with(|models, _| of_member(models, self.id, region))))
    }
}

/// A resident (invånare).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resident {
    pub(crate) id: ResidentId,
    /// Whether the viewer may see the name.
    pub(crate) named: bool,
    /// Whether also where the identity is protected.
    pub(crate) protected: bool,
}

impl Resident {
    /// By their name, unless their identity is protected.
    pub(crate) const fn named(id: ResidentId) -> Self {
        Self { id, named: true, protected: false }
    }
}

/// A resident (invånare).
#[Object]
impl Resident {
    /// Names the resident.
    pub(crate) async fn id(&self) -> ID {
        self.id.into()
    }

    /// The full name; none where the viewer may not see it, or none was kept. Where the identity is
    /// protected it is shown to the resident, and to whoever handles a case of theirs, alone.
    /// Reading it is written to the access log (åtkomstlogg), once for all names of a page.
    #[graphql(complexity = 3)]
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if !self.named {
            return Ok(None);
        }
        let asking = Asking::of(ctx)?;
        if !self.protected && asking.keeps_name_from_viewer(self.id).await? {
            return Ok(None);
        }
        Ok(asking.names.resident(&asking, self.id).await?)
    }

    /// Whether the identity is protected (skyddade personuppgifter); none where the viewer may not
    /// know.
    async fn protected_identity(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        if !self.named {
            return Ok(None);
        }
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        Ok(Some(view.with(|models, _| models.directory().is_protected(self.id))))
    }
}

/// Who did something, and in which assignment.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Actor {
    /// What they acted as.
    capacity: Capacity,
    /// The member of staff, where it was one.
    staff: Option<StaffMember>,
    /// The unit of the assignment; none for assignments that span a division or a region.
    unit: Option<CareUnit>,
    /// The resident, where it was one.
    resident: Option<Resident>,
    /// Whom the resident acted for as a proxy (ombud), where it was another.
    on_behalf_of: Option<Resident>,
}

impl Actor {
    pub(crate) fn new(actor: domain::Actor, people: People) -> Self {
        let nobody = Self {
            capacity: actor.into(),
            staff: None,
            unit: None,
            resident: None,
            on_behalf_of: None,
        };
        match actor {
            domain::Actor::System => nobody,
            domain::Actor::Staff { who, unit, .. } => Self {
                staff: Some(people.staff(who)),
                unit: unit.map(|id| CareUnit { id }),
                ..nobody
            },
            domain::Actor::Resident { who, on_behalf_of } => Self {
                resident: Some(people.resident(who)),
                on_behalf_of: on_behalf_of.map(|id| people.resident(id)),
                ..nobody
            },
        }
    }
}
