//! What surrounds cases: regions, divisions, care units. No personal data.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{DivisionId, RegionId, Role, UnitId, organisation::Place, policy::Question};
use projections::ReadModels;

use super::{CareUnitKind, CaseType, ChecklistItem, UnitEditors, event::People};
use crate::{
    asking::Asking,
    schema::{
        connection::{PageArgs, Rows, StaffMemberConnection, page_cost},
        id,
        offering::{self, CaseTypeOffer},
        organisation::{BaseOffering, UnitSettings},
        scalars::Date,
    },
};

/// A region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) id: RegionId,
}

/// A region: the tenant.
#[Object]
impl Region {
    /// Names the region.
    pub(crate) async fn id(&self) -> ID {
        self.id.into()
    }

    /// Its name; none for a region that was never registered.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        Ok(view.with(|models, _| models.directory().region(self.id).map(|it| it.name.clone())))
    }

    /// Who changes the settings of its units.
    async fn unit_editors(&self, ctx: &Context<'_>) -> Result<Option<UnitEditors>> {
        let view = Asking::of(ctx)?;
        let view = view.now().await?;
        let editors =
            |models: &ReadModels, _| models.directory().region(self.id).map(|it| it.editors.into());
        Ok(view.with(editors))
    }

    /// Until which birthday guardians act, in order of the days from which it was decided so; empty
    /// where nothing was decided, and then it is the 13th.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn guardian_limits(&self, ctx: &Context<'_>) -> Result<Vec<GuardianLimit>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        let limits = view.with(|models, _| models.directory().guardian_limits(self.id));
        Ok(limits.into_iter().map(GuardianLimit::from).collect())
    }

    /// How many administrators each of its units should have; more or fewer are warned of.
    #[graphql(complexity = 5)]
    async fn administrator_bounds(&self, ctx: &Context<'_>) -> Result<AdministratorBounds> {
        let asking = Asking::of(ctx)?;
        let bounds = asking.engine.administrator_bounds(self.id).await;
        let bounds = bounds.map_err(|failure| asking.failed(&failure))?;
        let number = |it: usize| i32::try_from(it).unwrap_or(i32::MAX);
        Ok(AdministratorBounds { fewest: number(*bounds.start()), most: number(*bounds.end()) })
    }

    /// Its divisions (förvaltningar), in order of name.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn divisions(&self, ctx: &Context<'_>) -> Result<Vec<Division>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        Ok(view.with(|models, _| {
            let divisions = models.directory().divisions();
            let mut own: Vec<_> = divisions.filter(|it| it.region == self.id).collect();
            own.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
            own.into_iter().map(|it| Division { id: it.id }).collect()
        }))
    }

    /// The case types (ärendetyper) that were defined in it, units' own among them, in order of
    /// key.
    #[graphql(complexity = "1 + 30 * child_complexity")]
    async fn case_types(&self, ctx: &Context<'_>) -> Result<Vec<CaseType>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        Ok(view.with(|models, _| {
            let types = models.directory().case_types();
            let mut own: Vec<_> = types.filter(|it| it.region == self.id).collect();
            own.sort_by(|one, other| (&one.key, one.id).cmp(&(&other.key, other.id)));
            own.into_iter().map(|it| CaseType { id: it.id }).collect()
        }))
    }

    /// Its base offerings (basutbud), every version of each, in order of key and decision.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn base_offerings(&self, ctx: &Context<'_>) -> Result<Vec<BaseOffering>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        Ok(view.with(|models, _| {
            models.offerings().decided(self.id).cloned().map(BaseOffering).collect()
        }))
    }
}

/// Until which birthday guardians act.
#[derive(SimpleObject)]
pub(crate) struct GuardianLimit {
    /// The first day that it holds.
    valid_from: Date,
    /// Until the child has completed so many years.
    years: i32,
}

impl From<domain::organisation::GuardianLimit> for GuardianLimit {
    fn from(it: domain::organisation::GuardianLimit) -> Self {
        Self { valid_from: Date(it.valid_from), years: it.years.into() }
    }
}

/// How many administrators a unit should have.
#[derive(SimpleObject)]
pub(crate) struct AdministratorBounds {
    /// The fewest.
    fewest: i32,
    /// The most.
    most: i32,
}

/// A division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Division {
    pub(crate) id: DivisionId,
}

/// A division (förvaltning) of a region.
#[Object]
impl Division {
    /// Names the division.
    pub(crate) async fn id(&self) -> ID {
        self.id.into()
    }

    /// Its name; none for a division that was never registered.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        Ok(view.with(|models, _| models.directory().division(self.id).map(|it| it.name.clone())))
    }

    /// The region it is part of.
    async fn region(&self, ctx: &Context<'_>) -> Result<Option<Region>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        let region = |models: &projections::ReadModels| {
            models.directory().division(self.id).map(|it| Region { id: it.region })
        };
        Ok(view.with(|models, _| region(models)))
    }
}

/// A care unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CareUnit {
    pub(crate) id: UnitId,
}

impl CareUnit {
    async fn look<T>(
        &self,
        ctx: &Context<'_>,
        look: impl FnOnce(&projections::Unit) -> T,
    ) -> Result<Option<T>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        Ok(view.with(|models, _| models.directory().care_unit(self.id).map(look)))
    }
}

/// A care unit (vårdenhet, mottagning).
#[Object]
impl CareUnit {
    /// Names the unit.
    pub(crate) async fn id(&self) -> ID {
        self.id.into()
    }

    /// Its name; none for a unit that was never registered.
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        self.look(ctx, |unit| unit.name.clone()).await
    }

    /// The division (förvaltning) it is part of.
    async fn division(&self, ctx: &Context<'_>) -> Result<Option<Division>> {
        self.look(ctx, |unit| Division { id: unit.division }).await
    }

    /// The region it is in.
    async fn region(&self, ctx: &Context<'_>) -> Result<Option<Region>> {
        self.look(ctx, |unit| Region { id: unit.region }).await
    }

    /// Names the care provider (vårdgivare) responsible in law.
    async fn care_provider_id(&self, ctx: &Context<'_>) -> Result<Option<ID>> {
        self.look(ctx, |unit| unit.provider.into()).await
    }

    /// The kind of care.
    async fn kind(&self, ctx: &Context<'_>) -> Result<Option<CareUnitKind>> {
        self.look(ctx, |unit| unit.kind.into()).await
    }

    /// Its HSA-id; none for a unit that came with an import and has none.
    async fn hsa_id(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.look(ctx, |unit| unit.hsa_id.clone()).await?.flatten())
    }

    /// What else it is, and how it is reached; none where nothing was said of it.
    async fn settings(&self, ctx: &Context<'_>) -> Result<Option<UnitSettings>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        Ok(view.with(|models, now| {
            models.offerings().settings(self.id, now).cloned().map(UnitSettings::from)
        }))
    }

    /// What is missing before it can take cases; none for a viewer who does not administer it.
    #[graphql(complexity = 5)]
    async fn lacks(&self, ctx: &Context<'_>) -> Result<Option<Vec<ChecklistItem>>> {
        let asking = Asking::of(ctx)?;
        if !asking.may_ask_unit(Question::Warnings, self.id).await? {
            return Ok(None);
        }
        let lacks = asking.engine.lacks(self.id).await;
        let lacks = lacks.map_err(|failure| asking.failed(&failure))?;
        Ok(Some(lacks.into_iter().map(ChecklistItem::from).collect()))
    }

    /// Whether cases can be sent there.
    async fn active(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.look(ctx, |unit| unit.active).await?.unwrap_or(false))
    }

    /// The case types that can be sent there.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn case_types(&self, ctx: &Context<'_>) -> Result<Vec<CaseType>> {
        let types =
            self.look(ctx, |unit| unit.offered.iter().map(|id| CaseType { id: *id }).collect());
        Ok(types.await?.unwrap_or_default())
    }

    /// What the unit offers to a resident: each case type, whether the viewer could send a case of it,
    /// and if not, why. None for staff, and for a resident whom the viewer does not act for.
    #[graphql(complexity = "5 + 10 * child_complexity")]
    async fn offering(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The resident whom it would concern; the viewer where none is named.")]
        resident_id: Option<ID>,
    ) -> Result<Option<Vec<CaseTypeOffer>>> {
        Ok(offering::to_resident(ctx, self.id, resident_id).await?)
    }

    /// The case handlers (ärendehanterare) who work there at present; none for a viewer who is not of the
    /// unit.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn handlers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Option<StaffMemberConnection>> {
        let asking = Asking::of(ctx)?;
        let name = format!("handlers of {}", self.id);
        let page = PageArgs { first, after, last, before };
        let window = page.window(&name, id::parse::<domain::StaffId>)?;
        if !asking.may_ask_unit(Question::Staff, self.id).await? {
            return Ok(None);
        }
        let view = asking.now().await?;
        let handlers = view.with(|models, now| {
            let place = Place::Unit(self.id);
            models.directory().holders_at(Role::Handler, place, now).collect::<Vec<_>>()
        });
        let people = People::NAMED;
        let page =
            Rows::cut(handlers, &window, |id| *id).map(|id| (id.to_string(), people.staff(id)));
        Ok(Some(StaffMemberConnection::new(&name, page)))
    }
}
