//! What a receiver sees, against a look at each case and each event.

use domain::{Actor, Event, Role, StaffId, UnitId, case::State, organisation::Place};
use jiff::SignedDuration;
use proptest::prelude::*;

use super::{
    casework::{casework, start},
    folded,
};
use crate::{CaseView, Load};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whoever holds something or is a handler has a line, and it says what they hold; who was seen
    /// last when is what the log says of who did something in a case there.
    #[test]
    fn a_workload_is_what_a_look_at_each_case_and_event_would_give(
        seed: u64, cases in 1_u32..40, hours in 0_i64..400,
    ) {
        let events = casework(seed, cases);
        let models = folded(&events);
        let now = start() + SignedDuration::from_hours(hours);
        for unit in [1, 2, 99].map(UnitId::new) {
            let open: Vec<CaseView> = models
                .cases()
                .iter()
                .filter(|case| case.unit == unit && case.state != State::Closed)
                .collect();
            let workload = models.workload(unit, now);
            let handles =
                |who| models.directory().holds_at(who, Role::Handler, Place::Unit(unit), now);
            for load in workload.handlers.iter().chain(&workload.others) {
                let mine = |case: &&CaseView| case.handler == Some(load.staff);
                let held: Vec<_> = open.iter().filter(mine).collect();
                let awaiting = held.iter().filter(|it| it.state == State::AwaitingResident);
                prop_assert_eq!(load.open as usize, held.len());
                prop_assert_eq!(load.awaiting_resident as usize, awaiting.count());
                let did = events.iter().filter(|it| {
                    let by = Actor::Staff { who: load.staff, role: Role::Handler, unit: Some(unit) };
                    let as_receiver =
                        Actor::Staff { who: load.staff, role: Role::Receiver, unit: Some(unit) };
                    matches!(it.event, Event::Case(_)) && [by, as_receiver].contains(&it.actor)
                });
                prop_assert_eq!(load.last_seen, did.map(|it| it.occurred_at).max());
            }
            prop_assert!(workload.handlers.iter().all(|it| handles(it.staff)));
            prop_assert!(workload.others.iter().all(|it| !handles(it.staff) && it.open > 0));
            let sum = |loads: &[Load]| loads.iter().map(|it| it.open as usize).sum::<usize>();
            let unheld = open.iter().filter(|it| it.handler.is_none());
            prop_assert_eq!(
                sum(&workload.handlers) + sum(&workload.others) + unheld.count(),
                open.len()
            );
            let waiting: Vec<_> =
                models.undistributed(unit, usize::MAX).iter().map(|it| it.id).collect();
            prop_assert_eq!(waiting.len(), workload.undistributed as usize);
            let others = (1..=9).map(StaffId::new).filter(|who| !handles(*who));
            let left: usize = others.map(|who| models.held_by(who, unit).len()).sum();
            prop_assert_eq!(left, workload.to_be_reassigned as usize);
        }
    }
}
