//! Deadline statistics as clients see them.

use async_graphql::SimpleObject;
use domain::policy::Question;
use engine::AsOf;
use projections as read;

use super::{
    error::Refusal,
    id,
    input::{Period, StatisticsScope},
    scalars::{DateTime, Duration, Position},
    types::CaseType,
};
use crate::asking::Asking;

/// The longest period, in days: some eleven years.
const PERIOD_DAYS_MAX: i64 = 4_018;

/// Figures of a unit, a division or a region. Cases that residents sent, unless said.
///
/// Flow counts what happened in the period, at the unit that had the case then. Shares, times and
/// distributions are of the cohort: the cases received in the period, at the unit that has them
/// now. What is open is counted at the instant, whatever the period.
#[derive(SimpleObject)]
pub(crate) struct Statistics {
    /// The last place in the log that they cover.
    position: Position,
    /// The instant that they are judged at.
    as_of: DateTime,
    /// The deadline policy of the cohort, such as `SE-EOD-1`; several with commas between them.
    policy: String,
    /// Cases that residents sent in the period.
    received: i32,
    /// Cases that units opened in the period.
    opened: i32,
    /// Answers of the period.
    answered: i32,
    /// Closes of the period.
    closed: i32,
    /// Cases taken up again in the period.
    reopened: i32,
    /// Cases that residents took back in the period.
    withdrawn: i32,
    /// Cases that are not closed, at the instant.
    open: i32,
    /// Of those, unanswered and held by nobody.
    undistributed: i32,
    /// Of those, to be reassigned: held by someone who is no handler at the unit.
    to_be_reassigned: i32,
    /// Of those, waiting for the resident.
    awaiting_resident: i32,
    /// Of those, due on the instant's day (gul).
    due_today: i32,
    /// Of those, without a response and due (rödmarkerat).
    overdue: i32,
    /// First response before it was due, of cohort cases past due or responded and not cancelled.
    responded_on_time: Share,
    /// Answer before the first response was due, of the same.
    answered_on_time: Share,
    /// From receipt to the first partial answer, counter-question or answer.
    time_to_first_response: Durations,
    /// From receipt to the first answer.
    time_to_answer: Durations,
    /// From receipt to the first distribution.
    time_to_distribute: Durations,
    /// From receipt to the close that stands.
    lead_time: Durations,
    /// The cohort by case type, most cases first.
    by_case_type: Vec<CaseTypeCount>,
    /// The cohort by local hour of receipt: seven days, Monday first, of 24 hours each.
    by_hour_of_week: Vec<Vec<i32>>,
}

/// So many of so many.
#[derive(SimpleObject)]
pub(crate) struct Share {
    /// So many.
    numerator: i32,
    /// Of so many.
    denominator: i32,
    /// The share, from 0 to 1; none of nothing.
    ratio: Option<f64>,
}

/// How long something took, in calendar time. Percentiles are exact, by nearest rank.
#[derive(SimpleObject)]
pub(crate) struct Durations {
    /// In how many cases it happened.
    count: i32,
    /// The median; none below 10 cases.
    p50: Option<Duration>,
    /// The 90th percentile; none below 20 cases.
    p90: Option<Duration>,
    /// The mean, to the millisecond below.
    mean: Option<Duration>,
}

/// How many cases of one type.
#[derive(SimpleObject)]
pub(crate) struct CaseTypeCount {
    /// The type.
    case_type: CaseType,
    /// How many.
    count: i32,
}

/// The figures of `scope` for `period`; none where they are not the viewer's to see, the scope is
/// not there, or the moment is not known yet.
pub(crate) async fn of(
    asking: &Asking,
    scope: &StatisticsScope,
    period: &Period,
    as_of: Option<AsOf>,
) -> Result<Option<Statistics>, Refusal> {
    let period = read::Period { from: period.from.0, to: period.to.0 };
    check(period)?;
    let scope = match scope {
        StatisticsScope::UnitId(unit) => read::Scope::Unit(id::read(unit)),
        StatisticsScope::DivisionId(division) => read::Scope::Division(id::read(division)),
        StatisticsScope::RegionId(region) => read::Scope::Region(id::read(region)),
    };
    if !asking.may_ask(Question::Statistics, scope).await? {
        return Ok(None);
    }
    let Some(view) = asking.at(as_of).await? else { return Ok(None) };
    let figures = view.with(|models, now| models.statistics(scope, period, now));
    Ok(figures.map(Statistics::from))
}

fn check(period: read::Period) -> Result<(), Refusal> {
    if period.to < period.from {
        return Err(Refusal::bad_request("`period.to` comes before `period.from`"));
    }
    match period.from.until(period.to).map(|span| i64::from(span.get_days())) {
        Ok(0..PERIOD_DAYS_MAX) => Ok(()),
        _ => Err(Refusal::bad_request("`period` is longer than 4,018 days")),
    }
}

fn number<N: TryInto<i32>>(n: N) -> i32 {
    n.try_into().unwrap_or(i32::MAX)
}

impl From<read::Statistics> for Statistics {
    fn from(it: read::Statistics) -> Self {
        let case_type =
            |(id, count)| CaseTypeCount { case_type: CaseType { id }, count: number(count) };
        let day = |hours: [u32; 24]| hours.into_iter().map(number).collect();
        Self {
            position: it.position.into(),
            as_of: it.as_of.into(),
            policy: it.policies.join(", "),
            received: number(it.flow.received),
            opened: number(it.flow.opened),
            answered: number(it.flow.answered),
            closed: number(it.flow.closed),
            reopened: number(it.flow.reopened),
            withdrawn: number(it.flow.withdrawn),
            open: number(it.open),
            undistributed: number(it.undistributed),
            to_be_reassigned: number(it.to_be_reassigned),
            awaiting_resident: number(it.awaiting_resident),
            due_today: number(it.due_today),
            overdue: number(it.overdue),
            responded_on_time: it.responded_on_time.into(),
            answered_on_time: it.answered_on_time.into(),
            time_to_first_response: it.time_to_first_response.into(),
            time_to_answer: it.time_to_answer.into(),
            time_to_distribute: it.time_to_distribute.into(),
            lead_time: it.lead_time.into(),
            by_case_type: it.by_case_type.into_iter().map(case_type).collect(),
            by_hour_of_week: it.by_hour_of_week.into_iter().map(day).collect(),
        }
    }
}

impl From<read::Share> for Share {
    fn from(it: read::Share) -> Self {
        let (numerator, denominator) = (number(it.numerator), number(it.denominator));
        Self { numerator, denominator, ratio: it.ratio() }
    }
}

impl From<read::Durations> for Durations {
    fn from(it: read::Durations) -> Self {
        let span = |span: Option<jiff::SignedDuration>| span.map(Duration);
        Self { count: number(it.count), p50: span(it.p50), p90: span(it.p90), mean: span(it.mean) }
    }
}
