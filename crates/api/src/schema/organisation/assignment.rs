//! Assignments (uppdrag) as clients see them: who may do what, where, since when, by whom, why.

use async_graphql::{Context, Object, Result};
use domain::{RegionId, StaffId, StreamId, organisation::Post};
use jiff::Timestamp;
use projections::{Held, ReadModels, Scope};

use crate::{
    asking::Asking,
    schema::{
        connection::{AssignmentConnection, PageArgs, Rows},
        error::Refusal,
        scalars::DateTime,
        types::{Actor, CareUnit, Division, People, Region, StaffMember, StaffRole},
    },
};

/// One assignment of one person.
pub(crate) struct Assignment(Held);

/// An assignment (uppdrag): as what someone may act, where, and from when until when.
#[Object]
impl Assignment {
    /// Whose.
    async fn staff(&self) -> StaffMember {
        StaffMember { id: self.0.staff, named: true }
    }

    /// As what.
    async fn role(&self) -> StaffRole {
        self.0.role.into()
    }

    /// The unit that it holds at, where it holds at one.
    async fn unit(&self) -> Option<CareUnit> {
        match self.0.post {
            Post::Unit(id) => Some(CareUnit { id }),
            Post::Division(_) | Post::Region(_) => None,
        }
    }

    /// The division (förvaltning) that it holds throughout, where it holds in one.
    async fn division(&self) -> Option<Division> {
        match self.0.post {
            Post::Division(id) => Some(Division { id }),
            Post::Unit(_) | Post::Region(_) => None,
        }
    }

    /// The region that it holds throughout, where it holds in one.
    async fn region(&self) -> Option<Region> {
        match self.0.post {
            Post::Region(id) => Some(Region { id }),
            Post::Unit(_) | Post::Division(_) => None,
        }
    }

    /// From when.
    async fn from(&self) -> DateTime {
        self.0.from.into()
    }

    /// Until when, exclusive, as it was given; none for as long as nobody takes it away.
    async fn until(&self) -> Option<DateTime> {
        self.0.until.map(DateTime::from)
    }

    /// When they were trained for it.
    async fn trained_at(&self) -> Option<DateTime> {
        self.0.trained_at.map(DateTime::from)
    }

    /// Who gave it.
    async fn granted_by(&self) -> Actor {
        Actor::new(self.0.granted.by, People::NAMED)
    }

    /// When it was given.
    async fn granted_at(&self) -> DateTime {
        self.0.granted.at.into()
    }

    /// Why it was given; none where nobody said.
    #[graphql(complexity = 5)]
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.why(ctx, Some(self.0.granted.version)).await?)
    }

    /// Who took it away, or changed its dates; none where nobody did.
    async fn ended_by(&self) -> Option<Actor> {
        self.0.ended.map(|it| Actor::new(it.by, People::NAMED))
    }

    /// When it was taken away, or its dates were changed.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended.map(|it| it.at.into())
    }

    /// Why it was taken away, or its dates were changed; none where nobody said.
    #[graphql(complexity = 5)]
    async fn ended_reason(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.why(ctx, self.0.ended.map(|it| it.version)).await?)
    }

    /// Whether it can be used at present.
    async fn in_force(&self, ctx: &Context<'_>) -> Result<bool> {
        let now = Asking::of(ctx)?.now().await?.now();
        Ok(self.0.is_in_force(now))
    }
}

impl Assignment {
    async fn why(
        &self,
        ctx: &Context<'_>,
        version: Option<u32>,
    ) -> Result<Option<String>, Refusal> {
        let Some(version) = version else { return Ok(None) };
        let asking = Asking::of(ctx)?;
        let reason = asking.engine.reason(StreamId::Staff(self.0.staff), version).await;
        reason.map_err(|failure| asking.failed(&failure))
    }
}

/// The assignments within `scope` that could be used at `at`, in order of person, each person's in
/// the order they were given.
pub(super) fn assignments(models: &ReadModels, scope: Scope, at: Timestamp) -> Vec<Held> {
    let within = |it: &&Held| is_within(models, it.post, scope);
    models.assignments().in_force(at).filter(within).cloned().collect()
}

/// All assignments within `region` that one person has or ever had, in the order they were given.
pub(crate) fn of_member(models: &ReadModels, staff: StaffId, region: RegionId) -> Vec<Assignment> {
    let held = models.assignments().of(staff).iter();
    let within = held.filter(|it| is_within(models, it.post, Scope::Region(region)));
    within.cloned().map(Assignment).collect()
}

fn is_within(models: &ReadModels, post: Post, scope: Scope) -> bool {
    let directory = models.directory();
    let unit = match post {
        Post::Unit(unit) => directory.care_unit(unit),
        Post::Division(_) | Post::Region(_) => None,
    };
    let division = match post {
        Post::Division(division) => Some(division),
        Post::Unit(_) | Post::Region(_) => unit.map(|it| it.division),
    };
    let region = match post {
        Post::Region(region) => Some(region),
        Post::Unit(_) | Post::Division(_) => {
            division.and_then(|it| directory.division(it)).map(|it| it.region)
        }
    };
    match scope {
        Scope::Unit(it) => unit.is_some_and(|unit| unit.id == it),
        Scope::Division(it) => division == Some(it),
        Scope::Region(it) => region == Some(it),
    }
}

/// A page of `held`, which is in order of person and event.
pub(super) fn page(
    scope: Scope,
    held: Vec<Held>,
    page: &PageArgs,
) -> Result<AssignmentConnection, Refusal> {
    let list = format!("assignments of {scope:?}");
    let window = page.window(&list, read_person_and_version)?;
    let rows = Rows::cut(held, &window, |it: &Held| (it.staff, it.granted.version));
    let row = |it: Held| (format!("{} {}", it.staff, it.granted.version), Assignment(it));
    Ok(AssignmentConnection::new(&list, rows.map(row)))
}

fn read_person_and_version(key: &str) -> Option<(StaffId, u32)> {
    let (staff, version) = key.split_once(' ')?;
    Some((staff.parse().ok()?, version.parse().ok()?))
}
