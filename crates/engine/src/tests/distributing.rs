//! Many cases with one request, whatever comes between.

use domain::{CaseId, StaffId, case::Rejection};

use super::region::{ANNA, BO, RITA, Region, receiver};
use crate::{Distributed, Distribution, ExecuteError, Failure, Which, commit_id};

fn asked(key: &str, which: Which, to: &[StaffId]) -> Distribution {
    let by = receiver();
    let (id, correlation) = (commit_id(&by, key), format!("test:{key}"));
    Distribution { by, id, correlation, which, to: to.to_vec() }
}

/// So many cases in the queue.
async fn queue(region: &Region, cases: usize) -> Vec<CaseId> {
    let mut all = vec![];
    for n in 0..cases {
        all.push(region.submit(&format!("s{n}")).await.unwrap().case);
    }
    all
}

/// Who holds each of `cases`.
async fn holders(region: &Region, cases: &[CaseId]) -> Vec<Option<StaffId>> {
    let view = region.engine.view(None).await.unwrap().unwrap();
    let holder = |case: &CaseId| view.with(|models, _| models.cases().get(*case).unwrap().handler);
    cases.iter().map(holder).collect()
}

fn told(distributed: &Distributed) -> Vec<(CaseId, StaffId, bool)> {
    distributed.cases.iter().map(|it| (it.case, it.to, it.outcome.is_ok())).collect()
}

#[tokio::test]
async fn the_oldest_in_the_queue_are_spread_in_order_of_arrival() {
    let region = Region::new().await;
    let cases = queue(&region, 5).await;
    region.distribute(cases[0], "d").await.unwrap();
    let it = asked("bulk", Which::Oldest(3), &[ANNA, BO]);
    let done = region.engine.distribute(&it).await.unwrap();
    let expected = [(cases[1], BO, true), (cases[2], ANNA, true), (cases[3], BO, true)];
    assert_eq!((told(&done), done.replayed), (expected.to_vec(), false));
    let held = [Some(ANNA), Some(BO), Some(ANNA), Some(BO), None];
    assert_eq!(holders(&region, &cases).await, held);
}

#[tokio::test]
async fn asked_again_it_tells_what_was_done_and_writes_nothing() {
    let region = Region::new().await;
    let cases = queue(&region, 3).await;
    let it = asked("bulk", Which::Oldest(2), &[ANNA, BO]);
    let first = region.engine.distribute(&it).await.unwrap();
    let head = *region.engine.log().head().borrow();
    let region = region.restarted().await;
    let again = region.engine.distribute(&it).await.unwrap();
    assert_eq!((told(&again), again.replayed), (told(&first), true));
    assert!(again.cases.iter().all(|it| it.outcome.as_ref().unwrap().replayed));
    assert_eq!(again.position(), first.position());
    assert_eq!(*region.engine.log().head().borrow(), head);
    assert_eq!(holders(&region, &cases).await, [Some(ANNA), Some(BO), None]);
}

#[tokio::test]
async fn the_same_key_for_something_else_is_refused() {
    let region = Region::new().await;
    let cases = queue(&region, 3).await;
    region.engine.distribute(&asked("bulk", Which::Oldest(1), &[ANNA])).await.unwrap();
    for other in [
        asked("bulk", Which::Oldest(2), &[ANNA]),
        asked("bulk", Which::Oldest(1), &[BO]),
        asked("bulk", Which::Cases(vec![cases[0]]), &[ANNA]),
    ] {
        let answer = region.engine.distribute(&other).await;
        assert!(matches!(answer, Err(ExecuteError::KeyReused)), "got {answer:?}");
    }
    // Nor is the key of one command one for many.
    region.distribute(cases[2], "one").await.unwrap();
    let answer = region.engine.distribute(&asked("one", Which::Oldest(1), &[ANNA])).await;
    assert!(matches!(answer, Err(ExecuteError::KeyReused)), "got {answer:?}");
}

/// The disk is full, or the service is gone, after any number of commits: whoever asks again gets
/// what an undisturbed request would have given.
#[tokio::test]
async fn whatever_was_cut_off_is_finished_by_asking_again() {
    for room in 0..6 {
        let region = Region::new().await;
        let cases = queue(&region, 4).await;
        let it = asked("bulk", Which::Oldest(4), &[ANNA, BO]);
        region.log.leave_room_for(room);
        let cut = region.engine.distribute(&it).await;
        let is_cut = matches!(&cut, Err(ExecuteError::Failed(Failure::Log(_))));
        assert_eq!(is_cut, room < 5, "{room}: {cut:?}");
        region.log.leave_room_for(u32::MAX);
        // Meanwhile another case came, which is no part of it, and the service was started anew.
        let late = region.submit("late").await.unwrap().case;
        let region = region.restarted().await;
        let done = region.engine.distribute(&it).await.unwrap();
        let expected: Vec<_> =
            cases.iter().zip([ANNA, BO, ANNA, BO]).map(|(it, to)| (*it, to, true)).collect();
        assert_eq!(told(&done), expected, "{room}");
        let held = [Some(ANNA), Some(BO), Some(ANNA), Some(BO)];
        assert_eq!(holders(&region, &cases).await, held, "{room}");
        assert_eq!(holders(&region, &[late]).await, [None], "{room}");
    }
}

#[tokio::test]
async fn one_that_cannot_be_given_does_not_stop_the_others() {
    let region = Region::new().await;
    let cases = queue(&region, 3).await;
    region.distribute(cases[1], "d").await.unwrap();
    let named = vec![cases[2], cases[1], CaseId::new(99), cases[0], cases[2]];
    let it = asked("bulk", Which::Cases(named), &[BO]);
    let done = region.engine.distribute(&it).await.unwrap();
    let expected = [(cases[0], BO, true), (cases[1], BO, false), (cases[2], BO, true)];
    assert_eq!(told(&done), expected);
    let why = done.cases[1].outcome.as_ref().unwrap_err();
    let expected = Rejection::AlreadyDistributed { handler: ANNA };
    assert!(matches!(why, ExecuteError::Rejected(why) if *why == expected), "{why:?}");
}

#[tokio::test]
async fn everything_that_one_holds_goes_to_others_evenly() {
    let region = Region::new().await;
    let cases = queue(&region, 3).await;
    region.engine.distribute(&asked("all", Which::Oldest(3), &[ANNA])).await.unwrap();
    let it = asked("away", Which::HeldBy(ANNA), &[BO]);
    let done = region.engine.distribute(&it).await.unwrap();
    assert_eq!(done.cases.len(), 3);
    assert_eq!(holders(&region, &cases).await, [Some(BO); 3]);
    let nothing = region.engine.distribute(&asked("more", Which::HeldBy(ANNA), &[BO])).await;
    let head = *region.engine.log().head().borrow();
    assert_eq!(told(&nothing.unwrap()), []);
    assert_eq!(*region.engine.log().head().borrow(), head, "no plan of nothing");
}

#[tokio::test]
async fn whom_cases_cannot_be_given_to_is_told_before_anything_is_planned() {
    let region = Region::new().await;
    queue(&region, 1).await;
    let head = *region.engine.log().head().borrow();
    for (to, expected) in
        [(vec![RITA], Rejection::NotAHandler { to: RITA }), (vec![], Rejection::NobodyToGiveTo)]
    {
        let answer = region.engine.distribute(&asked("bulk", Which::Oldest(1), &to)).await;
        assert!(
            matches!(&answer, Err(ExecuteError::Rejected(it)) if *it == expected),
            "{answer:?}"
        );
    }
    assert_eq!(*region.engine.log().head().borrow(), head);
}
