//! Questions about how a region is set up: what units offer against what they must, who may do
//! what, and what should be looked at. No case is told of here.

mod assignment;
mod compliance;
mod offering;
mod warning;

use async_graphql::{Context, Object, Result};
use domain::{catalogue::Catalogue, policy::Question};
use engine::AsOf as Moment;
use projections::Scope;

use self::{
    assignment::assignments, compliance::Compliance, offering::ShippedCaseType, warning::Warning,
};
pub(crate) use self::{
    assignment::{Assignment, of_member},
    compliance::UnitCompliance,
    offering::{BaseOffering, UnitSettings},
};
use super::{
    connection::{AssignmentConnection, PageArgs, look_back_cost, page_cost},
    error::Refusal,
    id,
    input::{AsOf, StatisticsScope},
};
use crate::asking::Asking;

/// Questions about how a region is set up.
#[derive(Default)]
pub(crate) struct OrganisationQuery;

#[Object]
impl OrganisationQuery {
    /// Whether units offer what they must, by the version of a base offering (basutbud) that was
    /// valid that day. For administrators of the unit or region, and for analysts.
    #[graphql(complexity = "look_back_cost(as_of, 20 + child_complexity)")]
    async fn compliance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which units.")] scope: StatisticsScope,
        #[graphql(desc = "Which base offering of the region, such as `vgr-2016`.")]
        offering: String,
        #[graphql(desc = "A moment to look back to.")] as_of: Option<AsOf>,
    ) -> Result<Option<Compliance>> {
        let asking = Asking::of(ctx)?;
        let scope = within(&scope);
        if !asking.may_ask(Question::Compliance, scope).await? {
            return Ok(None);
        }
        let look = |models: &projections::ReadModels, at| {
            models.offerings().compliance(scope, &offering, at)
        };
        let tells = asking.may_ask(Question::Assignments, scope).await?;
        let found = look_at(&asking, as_of, look).await?.flatten();
        Ok(found.map(|it| Compliance::new(it, tells)))
    }

    /// Who can do what, where, since when, given by whom, and why. For administrators of the unit
    /// or region, and for auditors.
    #[graphql(complexity = "look_back_cost(as_of, page_cost(first, last, child_complexity))")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn assignments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where: a unit's own, a division's with its units', or a region's.")]
        scope: StatisticsScope,
        #[graphql(desc = "A moment to look back to.")] as_of: Option<AsOf>,
        #[graphql(desc = "The first so many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Option<AssignmentConnection>> {
        let asking = Asking::of(ctx)?;
        let page = PageArgs { first, after, last, before };
        page.check()?;
        let scope = within(&scope);
        if !asking.may_ask(Question::Assignments, scope).await? {
            return Ok(None);
        }
        let held = look_at(&asking, as_of, |models, at| assignments(models, scope, at)).await?;
        held.map(|held| assignment::page(scope, held, &page)).transpose().map_err(Into::into)
    }

    /// What is odd at present and yet allowed, for administrators to look at: the region's own
    /// first, where a region is asked for. For administrators of the unit or region.
    #[graphql(complexity = "20 + 10 * child_complexity")]
    async fn warnings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where.")] scope: StatisticsScope,
    ) -> Result<Option<Vec<Warning>>> {
        let asking = Asking::of(ctx)?;
        let scope = within(&scope);
        if !asking.may_ask(Question::Warnings, scope).await? {
            return Ok(None);
        }
        let warnings = asking.engine.warnings(scope).await;
        let warnings = warnings.map_err(|failure| asking.failed(&failure))?;
        Ok(Some(warnings.into_iter().map(Warning::new).collect()))
    }

    /// The case types that the service is shipped with, for `defineCaseType`. Anyone may know.
    #[graphql(complexity = "1 + 30 * child_complexity")]
    #[expect(clippy::unused_async, reason = "every field is asynchronous")]
    async fn shipped_case_types(&self, ctx: &Context<'_>) -> Result<Vec<ShippedCaseType>> {
        Asking::of(ctx)?;
        let catalogue = Catalogue::shipped()?;
        Ok(catalogue.case_types.into_iter().map(ShippedCaseType).collect())
    }
}

/// The units that a question is about.
fn within(scope: &StatisticsScope) -> Scope {
    match scope {
        StatisticsScope::UnitId(unit) => Scope::Unit(id::read(unit)),
        StatisticsScope::DivisionId(division) => Scope::Division(id::read(division)),
        StatisticsScope::RegionId(region) => Scope::Region(id::read(region)),
    }
}

/// What `look` makes of the read models at a moment. These keep the times of all that they hold,
/// so that a time that has passed is asked of them as they stand; what was *known* by then is not.
async fn look_at<T>(
    asking: &Asking,
    as_of: Option<AsOf>,
    look: impl FnOnce(&projections::ReadModels, jiff::Timestamp) -> T,
) -> Result<Option<T>, Refusal> {
    match as_of.map(Moment::from) {
        None => Ok(Some(asking.now().await?.with(look))),
        Some(Moment::Time(at)) => Ok(Some(asking.now().await?.with(|models, _| look(models, at)))),
        Some(known) => Ok(asking.at(Some(known)).await?.map(|view| view.with(look))),
    }
}
