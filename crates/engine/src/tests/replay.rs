//! What is shown live, what a replay shows, and what is shown after a restart, are the same.

use domain::{
    Actor, Role,
    case::{CloseReason, Command},
};
use jiff::{SignedDuration, Timestamp};
use projections::{Filter, Inbox, Order, PageRequest, Period, Scope};

use super::region::{self, ANNA, BO, EVA, Region, UNIT, monday};
use crate::AsOf;

/// Three cases: answered and closed, reassigned, and closed as a duplicate; hours apart.
async fn casework(region: &Region) {
    let anna = Actor::Staff { who: ANNA, role: Role::Handler, unit: Some(UNIT) };
    let mut hours = 0;
    let mut later = || {
        hours += 7;
        region.world.set(monday() + SignedDuration::from_hours(hours));
    };
    let mut cases = vec![];
    for key in ["a", "b", "c"] {
        cases.push(region.submit(key).await.unwrap().case);
        later();
    }
    region.distribute(cases[0], "a").await.unwrap();
    later();
    region.ask(anna, cases[0], "answer", region::answer()).await.unwrap();
    later();
    region.ask(anna, cases[0], "close", Command::Close { reason: None }).await.unwrap();
    region.distribute(cases[1], "b").await.unwrap();
    later();
    region.ask(region::receiver(), cases[1], "r", Command::Reassign { to: BO }).await.unwrap();
    let duplicate = Command::Close { reason: Some(CloseReason::Duplicate) };
    region.ask(region::receiver(), cases[2], "d", duplicate).await.unwrap();
}

/// Everything that the read models say at `now`.
async fn shown(region: &Region, as_of: Option<AsOf>, now: Timestamp) -> String {
    let view = region.engine.view(as_of).await.unwrap().unwrap();
    view.with(|models, _| {
        let cases: Vec<_> = models.cases().iter().collect();
        let first = PageRequest::first(50);
        let inboxes = [Inbox::Unit(UNIT), Inbox::Handler(BO, UNIT), Inbox::Residents(vec![EVA])]
            .map(|it| models.page(&it, &Filter::default(), Order::DueAt, now, &first));
        let (from, to) = ("2026-03-01".parse().unwrap(), "2026-03-31".parse().unwrap());
        let statistics = models.statistics(Scope::Unit(UNIT), Period { from, to }, now);
        format!("{} {cases:#?} {inboxes:#?} {statistics:#?}", models.position())
    })
}

#[tokio::test]
async fn a_replay_shows_what_is_shown_live_and_so_does_a_restart() {
    let region = Region::new().await;
    casework(&region).await;
    let now = region.engine.now() + SignedDuration::from_hours(24 * 7);
    let live = shown(&region, None, now).await;
    assert!(live.contains("received: 3"), "{live}");
    let head = *region.engine.log().head().borrow();
    for as_of in [AsOf::Position(head), AsOf::Time(now), AsOf::RecordedTime(now)] {
        assert!(shown(&region, Some(as_of), now).await == live, "as of {as_of:?}");
    }
    let region = region.restarted().await;
    assert!(shown(&region, None, now).await == live, "after a restart");
}
