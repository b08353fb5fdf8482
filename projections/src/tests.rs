//! The read models against plain and slow ones, on many small worlds.

mod casework;
mod fingerprints;
mod parked;
mod receiving;
mod restart;

use std::collections::BTreeMap;

use domain::{
    CaseId, Event, Recorded, ResidentId, Role, StaffId, StreamId, UnitId,
    case::{Case, State, clock::SlaState},
    organisation::Post,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use self::casework::{casework, start};
use crate::{
    CaseView, Durations, Filter, Flow, Inbox, Order, Page, PageRequest, PageSize, Period,
    ReadModels, Scope,
};

fn folded(events: &[Recorded<Event>]) -> ReadModels {
    let mut models = ReadModels::default();
    for event in events {
        models.apply(event);
    }
    models
}

fn inboxes() -> Vec<Inbox> {
    vec![
        Inbox::Unit(UnitId::new(1)),
        Inbox::Unit(UnitId::new(2)),
        Inbox::Unit(UnitId::new(99)),
        Inbox::Handler(StaffId::new(1), UnitId::new(1)),
        Inbox::Residents(vec![ResidentId::new(1)]),
        Inbox::Residents(vec![ResidentId::new(1), ResidentId::new(2)]),
    ]
}

fn filters() -> Vec<Filter> {
    let none = Filter::default;
    vec![
        none(),
        Filter { states: Some(vec![State::Closed]), ..none() },
        Filter { states: Some(vec![State::Closed, State::Distributed, State::Received]), ..none() },
        Filter { sla_states: Some(vec![SlaState::Overdue, SlaState::DueToday]), ..none() },
        Filter { unassigned: Some(true), ..none() },
        Filter { handler: Some(StaffId::new(2)), unassigned: Some(false), ..none() },
        Filter {
            received_from: Some(start() + SignedDuration::from_hours(10)),
            received_to: Some(start() + SignedDuration::from_hours(200)),
            ..none()
        },
        Filter { case_types: Some(vec![]), ..none() },
        Filter { to_be_reassigned: Some(true), ..none() },
        Filter { to_be_reassigned: Some(false), unassigned: Some(false), ..none() },
    ]
}

/// The inbox, worked out row by row.
fn naive(
    models: &ReadModels,
    inbox: &Inbox,
    filter: &Filter,
    order: Order,
    now: Timestamp,
) -> Vec<CaseId> {
    let mine = |case: &CaseView| match inbox {
        Inbox::Unit(unit) => case.unit == *unit,
        Inbox::Handler(staff, unit) => case.handler == Some(*staff) && case.unit == *unit,
        Inbox::Residents(residents) => residents.contains(&case.subject),
    };
    let wanted = |case: &CaseView| {
        let state = match (&filter.states, inbox) {
            (Some(states), _) => states.contains(&case.state),
            (None, Inbox::Residents(_)) => true,
            (None, _) => case.state != State::Closed,
        };
        state
            && filter.sla_states.as_ref().is_none_or(|it| it.contains(&case.clock.state(now)))
            && filter.case_types.as_ref().is_none_or(|it| it.contains(&case.case_type))
            && filter.handler.is_none_or(|it| case.handler == Some(it))
            && filter.unassigned.is_none_or(|it| case.handler.is_none() == it)
            && filter.to_be_reassigned.is_none_or(|wanted| {
                // Told by the fold that keeps every assignment there ever was.
                let post = Post::Unit(case.unit);
                let handles = |who| models.assignments().holds(who, Role::Handler, post, now);
                let is_open = case.state != State::Closed;
                (is_open && case.handler.is_some_and(|who| !handles(who))) == wanted
            })
            && filter.received_from.is_none_or(|it| it <= case.received_at)
            && filter.received_to.is_none_or(|it| case.received_at < it)
    };
    let mut cases: Vec<CaseView> =
        models.cases().iter().filter(|case| mine(case) && wanted(case)).collect();
    // Stable: ties stay in the order in which the cases began.
    match order {
        Order::DueAt => cases.sort_by_key(|case| case.due_at.unwrap_or(Timestamp::MAX)),
        Order::ReceivedAt => cases.sort_by_key(|case| case.received_at),
        Order::LastEventAt => cases.sort_by_key(|case| std::cmp::Reverse(case.last_event_at)),
    }
    cases.into_iter().map(|case| case.id).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Every page of every inbox, by both ends and in every order, is what looking at each row
    /// would give; and what it says of its neighbours is so.
    #[test]
    fn inboxes_hold_what_a_look_at_each_row_would_give(
        seed: u64, cases in 1_u32..40, size in 1_usize..7, hours in 0_i64..400,
    ) {
        let models = folded(&casework(seed, cases));
        let now = start() + SignedDuration::from_hours(hours);
        for inbox in inboxes() {
            for filter in filters() {
                for order in [Order::DueAt, Order::ReceivedAt, Order::LastEventAt] {
                    let expected = naive(&models, &inbox, &filter, order, now);
                    let page = |request: PageRequest| -> Page {
                        models.page(&inbox, &filter, order, now, &request)
                    };
                    prop_assert_eq!(forwards(&page, size, &expected), expected.clone());
                    prop_assert_eq!(backwards(&page, size, &expected), expected);
                }
            }
        }
    }

    /// One row per case, and each agrees with the rules' own idea of the case.
    #[test]
    fn rows_agree_with_the_rules(seed: u64, cases in 1_u32..40) {
        let events = casework(seed, cases);
        let models = folded(&events);
        let mut ruled: BTreeMap<CaseId, Case> = BTreeMap::new();
        for recorded in &events {
            if let (StreamId::Case(id), Event::Case(event)) = (recorded.stream, &recorded.event) {
                let case = ruled.remove(&id).unwrap_or_default();
                ruled.insert(id, case.evolve(event, recorded.occurred_at));
            }
        }
        prop_assert_eq!(models.cases().len(), ruled.len());
        for (id, case) in ruled {
            let (view, thread) = (models.cases().get(id).unwrap(), case.thread().unwrap().clone());
            prop_assert_eq!(view.state, thread.state);
            prop_assert_eq!(view.unit, thread.unit);
            prop_assert_eq!(view.handler, thread.handler);
            prop_assert_eq!(view.provider, thread.provider);
            prop_assert_eq!(view.closed_at, thread.closed_at);
            prop_assert_eq!(view.close_reason, thread.close_reason);
            prop_assert_eq!(view.due_at, thread.deadline.map(|it| it.due_at));
        }
    }

    /// What is registered late counts from when it took place: here every third event is half a
    /// day old.
    #[test]
    fn times_are_of_what_took_place_first(seed: u64, cases in 1_u32..40) {
        let mut events = casework(seed, cases);
        for recorded in events.iter_mut().step_by(3).filter(|it| it.version > 1) {
            recorded.occurred_at -= SignedDuration::from_hours(12);
        }
        let models = folded(&events);
        for case in models.cases().iter() {
            let mine = || events.iter().filter(|it| it.stream == StreamId::Case(case.id));
            let first = |names: &[&str]| {
                mine().filter(|it| names.contains(&it.event.name())).map(|it| it.occurred_at).min()
            };
            let responses = ["CasePartiallyAnswered", "CounterQuestionAsked", "CaseAnswered"];
            prop_assert_eq!(case.first_response_at, first(&responses));
            prop_assert_eq!(case.answered_at, first(&["CaseAnswered"]));
            prop_assert_eq!(case.distributed_at, first(&["CaseDistributed"]));
            prop_assert_eq!(Some(case.last_event_at), mine().map(|it| it.occurred_at).max());
        }
    }

    /// The same figures, counted in another way: event by event for flows, case by case for the
    /// rest.
    #[test]
    fn statistics_agree_with_a_plain_count(seed: u64, cases in 1_u32..60, hours in 0_i64..600) {
        let events = casework(seed, cases);
        let models = folded(&events);
        let now = start() + SignedDuration::from_hours(hours);
        let period = Period { from: "2026-03-03".parse().unwrap(), to: "2026-03-09".parse().unwrap() };
        let scope = Scope::Unit(UnitId::new(1));
        let found = models.statistics(scope, period, now).unwrap();
        let within = |at: Timestamp| {
            let date = at.in_tz("Europe/Stockholm").unwrap().date();
            (period.from..=period.to).contains(&date)
        };
        let mine: Vec<CaseView> = models
            .cases()
            .iter()
            .filter(|it| it.unit == UnitId::new(1))
            .filter(|it| it.origin == domain::case::Origin::Resident)
            .collect();
        let open = |it: &&CaseView| it.state != State::Closed;
        let count = |keep: &dyn Fn(&CaseView) -> bool| {
            u32::try_from(mine.iter().filter(open).filter(|it| keep(it)).count()).unwrap()
        };
        prop_assert_eq!(found.open, count(&|_| true));
        prop_assert_eq!(found.awaiting_resident, count(&|it| it.state == State::AwaitingResident));
        let late = |it: &CaseView| {
            it.first_response_at.is_none() && it.due_at.is_some_and(|due| due <= now)
        };
        prop_assert_eq!(found.overdue, count(&late));

        let cohort: Vec<&CaseView> = mine.iter().filter(|it| within(it.received_at)).collect();
        let known = |it: &&&CaseView| {
            let withdrawn = it.close_reason == Some(domain::case::CloseReason::Withdrawn)
                && it.closed_at < it.due_at;
            let off = withdrawn || it.close_reason == Some(domain::case::CloseReason::Duplicate);
            let past = it.due_at.is_some_and(|due| due <= now);
            let settled = it.first_response_at.is_some() || it.closed_at.is_some();
            it.due_at.is_some() && !off && (past || settled)
        };
        let responded = cohort.iter().filter(known).filter(|it| it.first_response_at.is_some_and(|at| Some(at) < it.due_at));
        let answered = cohort.iter().filter(known).filter(|it| it.answered_at.is_some_and(|at| Some(at) < it.due_at));
        let len = |n: usize| u32::try_from(n).unwrap();
        prop_assert_eq!(found.responded_on_time.denominator, len(cohort.iter().filter(known).count()));
        prop_assert_eq!(found.responded_on_time.numerator, len(responded.count()));
        prop_assert_eq!(found.answered_on_time.numerator, len(answered.count()));
        prop_assert_eq!(found.time_to_answer.count, cohort.iter().filter(|it| it.answered_at.is_some()).count());
        let hours: u32 = found.by_hour_of_week.iter().flatten().sum();
        prop_assert_eq!(hours, len(cohort.len()));
        let types: u32 = found.by_case_type.iter().map(|(_, count)| count).sum();
        prop_assert_eq!(types, len(cohort.len()));

        let everywhere = [1, 2].map(|unit| models.statistics(Scope::Unit(UnitId::new(unit)), period, now).unwrap());
        for (name, flow) in [
            ("CaseSubmitted", everywhere.iter().map(|it| it.flow.received).sum::<u32>()),
            ("CaseAnswered", everywhere.iter().map(|it| it.flow.answered).sum()),
            ("CaseClosed", everywhere.iter().map(|it| it.flow.closed).sum()),
            ("CaseWithdrawn", everywhere.iter().map(|it| it.flow.withdrawn).sum()),
        ] {
            let population = |it: &&Recorded<Event>| {
                let StreamId::Case(id) = it.stream else { return false };
                models.cases().get(id).unwrap().origin == domain::case::Origin::Resident
            };
            let counted = events
                .iter()
                .filter(population)
                .filter(|it| it.event.name() == name && within(it.occurred_at));
            prop_assert_eq!(flow, len(counted.count()), "{}", name);
        }
    }

    /// Nearest rank: as many values at or below it as its share asks for, and it is one of them.
    #[test]
    fn percentiles_are_exact(ms in prop::collection::vec(0_i64..1_000, 0..120)) {
        let found = Durations::of(ms.clone());
        prop_assert_eq!(found.count, ms.len());
        for (percent, value, least) in [(50, found.p50, 10), (90, found.p90, 20)] {
            prop_assert_eq!(value.is_some(), ms.len() >= least);
            let Some(value) = value.map(|it| i64::try_from(it.as_millis()).unwrap()) else { continue };
            let below = ms.iter().filter(|it| **it < value).count();
            let at_or_below = ms.iter().filter(|it| **it <= value).count();
            prop_assert!(ms.contains(&value));
            prop_assert!(at_or_below * 100 >= percent * ms.len() && below * 100 < percent * ms.len());
        }
    }
}

fn forwards(page: &dyn Fn(PageRequest) -> Page, size: usize, all: &[CaseId]) -> Vec<CaseId> {
    let mut found: Vec<CaseId> = vec![];
    let mut after = None;
    loop {
        let it = page(PageRequest { size: PageSize::First(size), after, before: None });
        assert_eq!(it.total, all.len());
        assert_eq!(it.has_previous, !found.is_empty());
        found.extend(it.rows.iter().map(|row| row.case.id));
        assert_eq!(it.has_next, found.len() < all.len(), "{found:?} of {all:?}");
        let Some(last) = it.rows.last() else { return found };
        after = Some(last.cursor);
    }
}

fn backwards(page: &dyn Fn(PageRequest) -> Page, size: usize, all: &[CaseId]) -> Vec<CaseId> {
    let mut found: Vec<CaseId> = vec![];
    let mut before = None;
    loop {
        let it = page(PageRequest { size: PageSize::Last(size), after: None, before });
        assert_eq!(it.has_next, !found.is_empty());
        found.splice(0..0, it.rows.iter().map(|row| row.case.id));
        assert_eq!(it.has_previous, found.len() < all.len(), "{found:?} of {all:?}");
        let Some(first) = it.rows.first() else { return found };
        before = Some(first.cursor);
    }
}

#[test]
fn an_unknown_scope_has_no_statistics() {
    let models = folded(&casework(1, 3));
    let period = Period { from: "2026-03-01".parse().unwrap(), to: "2026-03-31".parse().unwrap() };
    let unknown = Scope::Unit(UnitId::new(99));
    assert_eq!(models.statistics(unknown, period, start()), None);
    let region = models.statistics(Scope::Region(domain::RegionId::new(1)), period, start());
    let division = models.statistics(Scope::Division(domain::DivisionId::new(1)), period, start());
    assert_eq!(region.unwrap().flow.received, division.unwrap().flow.received);
}

#[test]
fn a_period_that_ends_before_it_begins_holds_nothing() {
    let models = folded(&casework(1, 10));
    let period = Period { from: "2026-03-31".parse().unwrap(), to: "2026-03-01".parse().unwrap() };
    let found = models.statistics(Scope::Unit(UnitId::new(1)), period, start()).unwrap();
    assert_eq!(found.flow, Flow::default());
    assert_eq!(found.by_case_type, []);
}

/// What is written of its size is so.
#[test]
fn a_case_is_kept_in_144_bytes() {
    assert_eq!(size_of::<crate::cases::Stored>(), 144);
}
