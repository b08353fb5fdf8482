//! Deadline statistics: how much came in, what became of it, and was it in time.
//!
//! | figure | of which cases |
//! |---|---|
//! | received, opened, answered, closed, reopened, withdrawn | events of the period, at the unit that had the case then |
//! | open, undistributed, to be reassigned, awaiting, due today, overdue | cases now at a unit of the scope, whatever the period |
//! | shares, times, by type, by hour of week | the cohort: cases now at a unit of the scope that were received in the period |
//!
//! The population is cases that residents started; `opened` alone counts those of the units.
//! Percentiles are exact, by nearest rank. Days are local, Europe/Stockholm.

mod table;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CaseTypeId, DivisionId, Position, RegionId, UnitId,
    case::{Origin, State, clock::SlaState},
    deadline::{hour_of_week, start_of_day},
};
use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date};

use crate::{
    ReadModels,
    cases::{Ms, Stored},
    state::fields,
};

/// The fewest cases that a median is given for.
pub const P50_CASES_MIN: usize = 10;

/// The fewest cases that a 90th percentile is given for.
pub const P90_CASES_MIN: usize = 20;

/// Whose cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One unit's.
    Unit(UnitId),
    /// A division's units'.
    Division(DivisionId),
    /// A region's units'.
    Region(RegionId),
}

/// Local dates, both included; none if the last is before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

/// What happened on one day.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// Cases that residents sent.
    pub received: u32,
    /// Cases that units started.
    pub opened: u32,
    /// Answers.
    pub answered: u32,
    /// Closes.
    pub closed: u32,
    /// Reopenings.
    pub reopened: u32,
    /// Withdrawals.
    pub withdrawn: u32,
}

fields!(Flow { received, opened, answered, closed, reopened, withdrawn });

/// So many of so many.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// So many.
    pub numerator: u32,
    /// Of so many.
    pub denominator: u32,
}

impl Share {
    /// The share, 0 to 1; none of nothing.
    pub fn ratio(&self) -> Option<f64> {
        (self.denominator > 0).then(|| f64::from(self.numerator) / f64::from(self.denominator))
    }
}

/// How long something took, in calendar time.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Durations {
    /// How many cases it happened in.
    pub count: usize,
    /// The median, by nearest rank; none below [`P50_CASES_MIN`] cases.
    pub p50: Option<SignedDuration>,
    /// The 90th percentile, by nearest rank; none below [`P90_CASES_MIN`] cases.
    pub p90: Option<SignedDuration>,
    /// The mean, to the millisecond below; none of nothing.
    pub mean: Option<SignedDuration>,
}

/// Deadline statistics of one scope and period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// The last commit that they cover.
    pub position: Position,
    /// The "now" that instants are judged at.
    pub as_of: Timestamp,
    /// The deadline policies of the cohort, as ids; the default's where there is no cohort.
    pub policies: Vec<&'static str>,
    /// The period's events.
    pub flow: Flow,
    /// Cases that are not closed.
    pub open: u32,
    /// Of those, unanswered and held by nobody.
    pub undistributed: u32,
    /// Of those, held by someone who is no handler at their unit.
    pub to_be_reassigned: u32,
    /// Of those, waiting for the resident's reply.
    pub awaiting_resident: u32,
    /// Of those, yellow.
    pub due_today: u32,
    /// Of those, red.
    pub overdue: u32,
    /// First response before it was due.
    pub responded_on_time: Share,
    /// Answer before the first response was due.
    pub answered_on_time: Share,
    /// From receipt to the first response.
    pub time_to_first_response: Durations,
    /// From receipt to the first answer.
    pub time_to_answer: Durations,
    /// From receipt to the first distribution.
    pub time_to_distribute: Durations,
    /// From receipt to the close that stands.
    pub lead_time: Durations,
    /// The cohort by type, most first.
    pub by_case_type: Vec<(CaseTypeId, u32)>,
    /// The cohort by the hour it was received in, Monday 00–01 first.
    pub by_hour_of_week: [[u32; 24]; 7],
}

impl Statistics {
    pub(crate) fn of(
        models: &ReadModels,
        scope: Scope,
        period: Period,
        now: Timestamp,
    ) -> Option<Self> {
        let units = units(models, scope)?;
        let mut cohort = Cohort::default();
        let mut all = Self {
            position: models.position,
            as_of: now,
            policies: vec![],
            flow: Flow::default(),
            open: 0,
            undistributed: 0,
            to_be_reassigned: 0,
            awaiting_resident: 0,
            due_today: 0,
            overdue: 0,
            responded_on_time: Share::default(),
            answered_on_time: Share::default(),
            time_to_first_response: Durations::default(),
            time_to_answer: Durations::default(),
            time_to_distribute: Durations::default(),
            lead_time: Durations::default(),
            by_case_type: vec![],
            by_hour_of_week: [[0; 24]; 7],
        };
        let (from, to) = (start_ms(period.from), start_ms(period.to.saturating_add(1.day())));
        for unit in units {
            let Some(index) = models.cases.index.units.get(unit as usize) else { continue };
            for (_, row) in &index.open.received {
                all.count_open(models, *row, now);
            }
            if period.from > period.to {
                continue;
            }
            let days = models.cases.book.flows.range((unit, period.from)..=(unit, period.to));
            days.for_each(|(_, flow)| all.flow.add(flow));
            for ordered in [&index.open, &index.closed] {
                for (_, row) in ordered.received.range((from, 0)..(to, 0)) {
                    cohort.take(models, models.cases.stored(*row), now);
                }
            }
        }
        cohort.tell(&mut all);
        Some(all)
    }

    fn count_open(&mut self, models: &ReadModels, row: u32, now: Timestamp) {
        let case = models.cases.stored(row);
        if case.origin != Origin::Resident {
            return;
        }
        self.open += 1;
        let unheld = case.handler().is_none() && case.state != State::Answered;
        self.undistributed += u32::from(unheld);
        let left = case.handler().is_some()
            && models.directory.is_to_be_reassigned(&models.cases.view(row), now);
        self.to_be_reassigned += u32::from(left);
        self.awaiting_resident += u32::from(case.state == State::AwaitingResident);
        match case.clock().state(now) {
            SlaState::DueToday => self.due_today += 1,
            SlaState::Overdue => self.overdue += 1,
            SlaState::None | SlaState::OnTime | SlaState::Met | SlaState::Missed => (),
        }
    }
}

impl Flow {
    fn add(&mut self, other: &Self) {
        self.received += other.received;
        self.opened += other.opened;
        self.answered += other.answered;
        self.closed += other.closed;
        self.reopened += other.reopened;
        self.withdrawn += other.withdrawn;
    }
}

/// What is gathered from the cases received in the period.
#[derive(Default)]
struct Cohort {
    policies: BTreeSet<&'static str>,
    by_case_type: BTreeMap<CaseTypeId, u32>,
    by_hour: BTreeMap<u8, u32>,
    responded: Share,
    answered: Share,
    to_first_response: Vec<i64>,
    to_answer: Vec<i64>,
    to_distribute: Vec<i64>,
    to_close: Vec<i64>,
}

impl Cohort {
    fn take(&mut self, models: &ReadModels, case: &Stored, now: Timestamp) {
        if case.origin != Origin::Resident {
            return;
        }
        let case_type = models.cases.case_type_id(case.case_type);
        *self.by_case_type.entry(case_type).or_default() += 1;
        if let Some(received_at) = case.received_at.get() {
            *self.by_hour.entry(hour_of_week(received_at)).or_default() += 1;
        }
        let took = |until: Ms| (until != Ms::NONE).then(|| until.0 - case.received_at.0);
        self.to_first_response.extend(took(case.responded_at));
        self.to_answer.extend(took(case.answered_at));
        self.to_distribute.extend(took(case.distributed_at));
        self.to_close.extend(took(case.closed_at));

        if case.due_at == Ms::NONE {
            return;
        }
        self.policies.insert(case.policy.id());
        let (clock, due_at) = (case.clock(), case.due_at);
        if clock.is_cancelled() {
            return;
        }
        let in_time = |at: Ms| u32::from(at != Ms::NONE && at.0 < due_at.0);
        // Past due, responded, or closed without a word: its outcome is known.
        if matches!(clock.state(now), SlaState::Met | SlaState::Missed | SlaState::Overdue) {
            self.responded.denominator += 1;
            self.responded.numerator += in_time(case.responded_at);
            self.answered.denominator += 1;
            self.answered.numerator += in_time(case.answered_at);
        }
    }

    fn tell(self, all: &mut Statistics) {
        all.policies = self.policies.into_iter().collect();
        if all.policies.is_empty() {
            all.policies.push(domain::deadline::Policy::Eod.id());
        }
        all.responded_on_time = self.responded;
        all.answered_on_time = self.answered;
        all.time_to_first_response = Durations::of(self.to_first_response);
        all.time_to_answer = Durations::of(self.to_answer);
        all.time_to_distribute = Durations::of(self.to_distribute);
        all.lead_time = Durations::of(self.to_close);
        all.by_case_type = self.by_case_type.into_iter().collect();
        all.by_case_type.sort_by_key(|(case_type, count)| (std::cmp::Reverse(*count), *case_type));
        for (hour, count) in self.by_hour {
            all.by_hour_of_week[usize::from(hour / 24)][usize::from(hour % 24)] = count;
        }
    }
}

impl Durations {
    /// Of durations in milliseconds, in any order.
    pub(crate) fn of(mut ms: Vec<i64>) -> Self {
        ms.sort_unstable();
        let count = ms.len();
        // Nearest rank: the ⌈p·n⌉-th smallest.
        let rank = |percent: usize| (count * percent).div_ceil(100).checked_sub(1);
        let at = |percent, cases_min| {
            let index = rank(percent).filter(|_| count >= cases_min)?;
            ms.get(index).copied().map(SignedDuration::from_millis)
        };
        let mean = i64::try_from(count).ok().filter(|count| *count > 0);
        let mean =
            mean.map(|count| SignedDuration::from_millis(ms.iter().sum::<i64>().div_euclid(count)));
        Self { count, p50: at(50, P50_CASES_MIN), p90: at(90, P90_CASES_MIN), mean }
    }
}

/// The numbers of the units in `scope` that ever had a case; none for an unknown scope.
fn units(models: &ReadModels, scope: Scope) -> Option<Vec<u32>> {
    let directory = &models.directory;
    let number = |unit: UnitId| models.cases.unit_number(unit);
    let all = directory.units_after(None);
    match scope {
        Scope::Unit(id) => {
            directory.care_unit(id).map(|unit| number(unit.id).into_iter().collect())
        }
        Scope::Division(id) => {
            directory.division(id)?;
            Some(all.filter(|it| it.division == id).filter_map(|it| number(it.id)).collect())
        }
        Scope::Region(id) => {
            directory.region(id)?;
            Some(all.filter(|it| it.region == id).filter_map(|it| number(it.id)).collect())
        }
    }
}

fn start_ms(date: Date) -> i64 {
    start_of_day(date).as_millisecond()
}
