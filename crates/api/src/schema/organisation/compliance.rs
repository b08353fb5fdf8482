//! Units against a base offering (basutbud), as clients see them.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use domain::{StreamId, UnitId};
use projections as read;

use crate::{
    asking::Asking,
    schema::{
        connection::{PageArgs, Rows, UnitComplianceConnection, page_cost},
        id,
        scalars::{Date, DateTime},
        types::{Actor, CareUnit, CaseType, Division, OfferingLevel, People, event::number},
    },
};

/// The name of the list of units, in its cursors.
const LIST: &str = "compliance";

/// What a case type is to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "read::Status")]
pub(crate) enum ComplianceStatus {
    /// In the base offering, and on offer at a unit that is open.
    Offered,
    /// In the base offering, and not on offer.
    Missing,
    /// In the base offering, not on offer, and approved not to be.
    NotApplicable,
    /// On offer at a unit that is open, and not in the base offering.
    Additional,
}

/// One case type at one unit.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct ComplianceCell {
    /// Which type.
    case_type: CaseType,
    /// How much the base offering asks for it; none for an additional one.
    level: Option<OfferingLevel>,
    /// What it is to the unit.
    status: ComplianceStatus,
    /// That it does not apply to the unit: by whom, when, and why. For administrators of the unit
    /// or region; none for any other status.
    approval: Option<NotApplicableApproval>,
}

/// That a case type does not apply to a unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotApplicableApproval {
    unit: UnitId,
    approved: read::Step,
}

/// The approval that a case type does not apply to a unit.
#[Object]
impl NotApplicableApproval {
    /// Who approved it.
    async fn by(&self) -> Actor {
        Actor::new(self.approved.by, People::NAMED)
    }

    /// When it was approved.
    async fn at(&self) -> DateTime {
        self.approved.at.into()
    }

    /// Why it does not apply; none where nobody said.
    #[graphql(complexity = 5)]
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let asking = Asking::of(ctx)?;
        let story = StreamId::Unit(self.unit);
        let reason = asking.engine.reason(story, self.approved.version).await;
        Ok(reason.map_err(|failure| asking.failed(&failure))?)
    }
}

/// One unit against a base offering.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct UnitCompliance {
    /// Which unit.
    unit: CareUnit,
    /// Whether it must follow the base offering: of a kind that the offering is for, on a day when
    /// those who run it must.
    obliged: bool,
    /// Whether it takes cases of at least one type.
    connected: bool,
    /// Its types: those of the base offering in its order, then the additional ones.
    #[graphql(complexity = "1 + 15 * child_complexity")]
    cells: Vec<ComplianceCell>,
    /// Its counts.
    tally: ComplianceTally,
}

/// Counts of units, and of their mandatory types.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub(crate) struct ComplianceTally {
    /// Units.
    units: i32,
    /// Those that must follow the base offering.
    obliged: i32,
    /// Those that must, and take cases of at least one type (anslutna).
    connected: i32,
    /// Mandatory types of units that must follow, without those that do not apply.
    base: i32,
    /// Those of them that are on offer.
    offered: i32,
    /// Additional types, counted once for each unit.
    additional: i32,
    /// Offered of base, from 0 to 1; none of nothing.
    ratio: Option<f64>,
}

/// One division's units against a base offering.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct DivisionCompliance {
    /// Which division (förvaltning).
    division: Division,
    /// Its units' counts together.
    tally: ComplianceTally,
}

/// Units against the version of a base offering that was valid that day.
pub(crate) struct Compliance {
    of: read::Compliance,
    /// Whether the viewer may know of approvals.
    tells_approvals: bool,
}

impl Compliance {
    pub(crate) fn new(of: read::Compliance, tells_approvals: bool) -> Self {
        Self { of, tells_approvals }
    }
}

/// Units against the version of a base offering (basutbud) that was valid that day.
#[Object]
impl Compliance {
    /// Which base offering.
    async fn offering(&self) -> &str {
        &self.of.key
    }

    /// Which version of it; none where none was valid that day, and nobody had to follow it.
    async fn version(&self) -> Option<i32> {
        self.of.version.map(number)
    }

    /// The decision, such as `HS 20-2016`.
    async fn reference(&self) -> Option<&str> {
        self.of.reference.as_deref()
    }

    /// The day, in Sweden.
    async fn day(&self) -> Date {
        Date(self.of.day)
    }

    /// All units together: of those that should be connected, how many are; of what they must
    /// offer, how much they do; how much they offer beside.
    async fn total(&self) -> ComplianceTally {
        self.of.total.into()
    }

    /// Each division (förvaltning), in order of name.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn divisions(&self, ctx: &Context<'_>) -> Result<Vec<DivisionCompliance>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        let mut divisions: Vec<_> = self.of.divisions.iter().collect();
        view.with(|models, _| {
            let name = |id| models.directory().division(id).map(|it| it.name.clone());
            divisions.sort_by_cached_key(|(id, _)| (name(**id), **id));
        });
        let rolled_up = |(id, tally): (&domain::DivisionId, &read::Tally)| DivisionCompliance {
            division: Division { id: *id },
            tally: (*tally).into(),
        };
        Ok(divisions.into_iter().map(rolled_up).collect())
    }

    /// Each unit, in order of id.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    #[expect(clippy::unused_async, reason = "every field is asynchronous")]
    async fn units(
        &self,
        #[graphql(desc = "The first so many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those that lack a type with this level.")] missing: Option<
            OfferingLevel,
        >,
    ) -> Result<UnitComplianceConnection> {
        let page = PageArgs { first, after, last, before };
        let window = page.window(LIST, id::parse::<UnitId>)?;
        let lacks = |it: &&read::UnitCompliance| {
            missing.is_none_or(|level| {
                let level = Some(level.into());
                it.cells
                    .iter()
                    .any(|cell| cell.status == read::Status::Missing && cell.level == level)
            })
        };
        let units = self.of.units.iter().filter(lacks).collect();
        let page = Rows::cut(units, &window, |it: &&read::UnitCompliance| it.unit);
        let tells = self.tells_approvals;
        let row = |it: &read::UnitCompliance| (it.unit.to_string(), UnitCompliance::of(it, tells));
        Ok(UnitComplianceConnection::new(LIST, page.map(row)))
    }
}

impl UnitCompliance {
    fn of(it: &read::UnitCompliance, tells_approvals: bool) -> Self {
        let unit = it.unit;
        let approval = |approved| NotApplicableApproval { unit, approved };
        let cell = |it: &read::Cell| ComplianceCell {
            case_type: CaseType { id: it.case_type },
            level: it.level.map(OfferingLevel::from),
            status: it.status.into(),
            approval: it.approved.filter(|_| tells_approvals).map(approval),
        };
        Self {
            unit: CareUnit { id: it.unit },
            obliged: it.is_obliged,
            connected: it.is_connected,
            cells: it.cells.iter().map(cell).collect(),
            tally: it.tally().into(),
        }
    }
}

impl From<read::Tally> for ComplianceTally {
    fn from(it: read::Tally) -> Self {
        let ratio = (it.base > 0).then(|| f64::from(it.offered) / f64::from(it.base));
        Self {
            units: number(it.units),
            obliged: number(it.obliged),
            connected: number(it.connected),
            base: number(it.base),
            offered: number(it.offered),
            additional: number(it.additional),
            ratio,
        }
    }
}
