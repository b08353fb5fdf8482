//! What can be asked.

use async_graphql::{Context, ID, Interface, Object, Result};
use domain::{CaseId, CaseTypeId, DivisionId, RegionId, ResidentId, StaffId, UnitId};

use super::{
    connection::{
        CareUnitConnection, CaseConnection, CaseEventConnection, PageArgs, Rows, look_back_cost,
        page_cost,
    },
    error::Refusal,
    history, id,
    inbox::{self, Inbox, InboxFilter, InboxOrder},
    input::{AsOf, Period, StatisticsScope},
    offering::UnitFilter,
    statistics::{self, Statistics},
    types::{CareUnit, Case, CaseType, Division, Region, Resident, StaffMember, Viewer},
};
use crate::asking::Asking;

/// Questions about cases, and about what anyone may know of what surrounds them.
#[derive(Default)]
pub(crate) struct CaseQuery;

/// Anything that can be asked for again by its id.
#[expect(clippy::large_enum_variant, reason = "there is one of it at a time")]
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Names it, for ever."))]
pub(crate) enum Node {
    Case(Case),
    CareUnit(CareUnit),
    CaseType(CaseType),
    Division(Division),
    Region(Region),
    Resident(Resident),
    StaffMember(StaffMember),
}

#[Object]
impl CaseQuery {
    /// Who asks, in which assignment.
    #[expect(clippy::unused_async, reason = "every field is asynchronous")]
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer> {
        let asking = Asking::of(ctx)?;
        Ok(Viewer::new(&asking))
    }

    /// Anything by its id.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
    ) -> Result<Option<Node>> {
        let asking = Asking::of(ctx)?;
        Ok(node(&asking, &id).await?)
    }

    /// Several things by their ids, in the order asked; at most 100.
    #[graphql(complexity = "1 + ids.len() * child_complexity")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        let asking = Asking::of(ctx)?;
        if ids.len() > super::connection::PAGE_MAX {
            return Err(Refusal::bad_request("`nodes` takes at most 100 ids").into());
        }
        let mut nodes = Vec::with_capacity(ids.len());
        for id in &ids {
            nodes.push(node(&asking, id).await?);
        }
        Ok(nodes)
    }

    /// A case (ärende), at present or as it was.
    #[graphql(complexity = "look_back_cost(as_of, 1 + child_complexity)")]
    async fn case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] id: ID,
        #[graphql(desc = "A moment to look back to.")] as_of: Option<AsOf>,
    ) -> Result<Option<Case>> {
        let asking = Asking::of(ctx)?;
        Ok(Case::find(&asking, id::read(&id), as_of.map(Into::into)).await?)
    }

    /// What happened to a case, oldest first.
    #[graphql(complexity = "look_back_cost(as_of, page_cost(first, last, child_complexity))")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn case_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] case_id: ID,
        #[graphql(desc = "A moment to look back to.")] as_of: Option<AsOf>,
        #[graphql(desc = "The first so many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Option<CaseEventConnection>> {
        let asking = Asking::of(ctx)?;
        let page = PageArgs { first, after, last, before };
        page.check()?;
        let (id, as_of): (CaseId, _) = (id::read(&case_id), as_of.map(engine::AsOf::from));
        let Some(case) = Case::find(&asking, id, as_of).await? else { return Ok(None) };
        Ok(history::page(&asking, &case, id, as_of, &page).await?)
    }

    /// Every case of a unit (enhetens inkorg). For its receivers, and for auditors.
    #[graphql(complexity = "look_back_cost(as_of, page_cost(first, last, child_complexity))")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn unit_inbox(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The unit.")] unit_id: ID,
        #[graphql(desc = "Which of its cases.")] filter: Option<InboxFilter>,
        #[graphql(desc = "In which order.", default_with = "Some(InboxOrder::DueAt)")]
        order_by: Option<InboxOrder>,
        #[graphql(desc = "A moment to look back to.")] as_of: Option<AsOf>,
        #[graphql(desc = "The first so many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Option<CaseConnection>> {
        let asking = Asking::of(ctx)?;
        let page = PageArgs { first, after, last, before };
        page.check()?;
        let Some(inbox) = Inbox::of_unit(&asking, id::read(&unit_id)).await? else {
            return Ok(None);
        };
        let (filter, order_by) =
            (filter.unwrap_or_default(), order_by.unwrap_or(InboxOrder::DueAt));
        Ok(inbox::page(&asking, inbox, &filter, order_by, as_of.map(Into::into), &page).await?)
    }

    /// The cases that the viewer holds at the unit of the session. For handlers.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn handler_inbox(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of the cases.")] filter: Option<InboxFilter>,
        #[graphql(desc = "In which order.", default_with = "Some(InboxOrder::DueAt)")]
        order_by: Option<InboxOrder>,
        #[graphql(desc = "The first so many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Option<CaseConnection>> {
        let asking = Asking::of(ctx)?;
        let page = PageArgs { first, after, last, before };
        page.check()?;
        let Some(inbox) = Inbox::of_handler(&asking) else { return Ok(None) };
        let (filter, order_by) =
            (filter.unwrap_or_default(), order_by.unwrap_or(InboxOrder::DueAt));
        Ok(inbox::page(&asking, inbox, &filter, order_by, None, &page).await?)
    }

    /// The cases that concern the viewer, or someone the viewer acts for. For residents.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn resident_inbox(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of the cases.")] filter: Option<InboxFilter>,
        #[graphql(desc = "In which order.", default_with = "Some(InboxOrder::LastEventAt)")]
        order_by: Option<InboxOrder>,
        #[graphql(desc = "The first so many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Option<CaseConnection>> {
        let asking = Asking::of(ctx)?;
        let page = PageArgs { first, after, last, before };
        page.check()?;
        let Some(inbox) = Inbox::of_resident(&asking).await? else { return Ok(None) };
        let filter = filter.unwrap_or_default();
        let order_by = order_by.unwrap_or(InboxOrder::LastEventAt);
        Ok(inbox::page(&asking, inbox, &filter, order_by, None, &page).await?)
    }

    /// Figures of a unit, a division or a region. For administrators of the unit or region, and for
    /// analysts.
    #[graphql(complexity = "look_back_cost(as_of, 50 + child_complexity)")]
    async fn statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose figures.")] scope: StatisticsScope,
        #[graphql(desc = "Of which days.")] period: Period,
        #[graphql(desc = "A moment to look back to.")] as_of: Option<AsOf>,
    ) -> Result<Option<Statistics>> {
        let asking = Asking::of(ctx)?;
        Ok(statistics::of(&asking, &scope, &period, as_of.map(Into::into)).await?)
    }

    /// The care units that the viewer may know of, by name: staff those of their region,
    /// residents all that take cases. With a filter, those that it lets through.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them.")] filter: Option<UnitFilter>,
        #[graphql(desc = "The first so many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Option<CareUnitConnection>> {
        let asking = Asking::of(ctx)?;
        let page = PageArgs { first, after, last, before };
        let window = page.window("units", read_name_and_id)?;
        let units = asking.units(&filter.unwrap_or_default().read()?).await?;
        let row = |(name, id): (String, UnitId)| (format!("{id} {name}"), CareUnit { id });
        let page = Rows::cut(units, &window, Clone::clone).map(row);
        Ok(Some(CareUnitConnection::new("units", page)))
    }
}

/// The key of a unit's cursor: the name that it is ordered by, and its id.
fn read_name_and_id(key: &str) -> Option<(String, UnitId)> {
    let (id, name) = key.split_once(' ')?;
    Some((name.to_owned(), id.parse().ok()?))
}

/// What `id` names, as far as the viewer may see it.
async fn node(asking: &Asking, id: &ID) -> Result<Option<Node>, Refusal> {
    let prefix = id.split_once('_').map_or("", |(prefix, _)| prefix);
    Ok(match prefix {
        CaseId::PREFIX => Case::find(asking, id::read(id), None).await?.map(Node::Case),
        UnitId::PREFIX => {
            let unit: UnitId = id::read(id);
            let known = asking.knows_unit(unit).await?;
            known.then_some(Node::CareUnit(CareUnit { id: unit }))
        }
        DivisionId::PREFIX => {
            let division = id::read(id);
            let known = asking.knows_division(division).await?;
            known.then_some(Node::Division(Division { id: division }))
        }
        RegionId::PREFIX => {
            let region = id::read(id);
            let known = asking.knows_region(region).await?;
            known.then_some(Node::Region(Region { id: region }))
        }
        CaseTypeId::PREFIX => {
            let case_type = id::read(id);
            let known = asking.knows_case_type(case_type).await?;
            known.then_some(Node::CaseType(CaseType { id: case_type }))
        }
        ResidentId::PREFIX => {
            let resident = id::read(id);
            let own = asking.is_own_resident(resident).await?;
            own.then_some(Node::Resident(Resident::named(resident)))
        }
        StaffId::PREFIX => {
            let staff = id::read(id);
            let colleague = asking.is_colleague(staff).await?;
            colleague.then_some(Node::StaffMember(StaffMember { id: staff, named: true }))
        }
        _ => None,
    })
}
