//! A commit that this program cannot read parks its stream; all others go on, also after a restart.

use domain::{CommitId, Position, StreamId, case};
use event_log::{Append, EventLog as _, EventRecord, Expected};
use projections::Digests;

use super::region::{ANNA, Region, monday};
use crate::{AsOf, ExecuteError, Failure, replay};

/// An event of a type that a newer program writes, or with bytes that are none.
async fn poison(region: &Region, stream: StreamId, type_id: u16, id: u128) -> Position {
    let head = region.log.stream_head(stream).await.unwrap().unwrap();
    let record = EventRecord {
        type_id,
        schema_version: 1,
        clear: vec![1, 2, 3].into(),
        sealed: vec![].into(),
    };
    let append = Append {
        stream,
        expected: Expected::Head(head.position),
        commit_id: CommitId(id),
        fingerprint: [0; 32],
        occurred_at: monday(),
        recorded_at: monday(),
        actor: domain::Actor::System,
        correlation: "poison".to_owned(),
        events: vec![record],
    };
    let position = region.log.append(append).await.unwrap().position;
    region.engine.wait_for(position).await.unwrap();
    position
}

async fn digests(region: &Region) -> [Digests; 2] {
    let live = region.engine.view(None).await.unwrap().unwrap();
    let live = live.with(|models, _| models.digests());
    let head = *region.log.head().borrow();
    let replayed = replay(&*region.log, AsOf::Position(head)).await.unwrap().unwrap();
    [live, replayed.models.digests()]
}

#[tokio::test]
async fn a_poison_event_parks_its_case_and_no_other() {
    for type_id in [60_000, 3] {
        let region = Region::new().await;
        let case = region.submit("parked").await.unwrap().case;
        let other = region.submit("other").await.unwrap().case;
        let stream = StreamId::Case(case);
        let position = poison(&region, stream, type_id, 77).await;
        region.engine.save_models().await.unwrap();
        let mut region = region;
        for (restarted, key) in [(false, "a"), (true, "b")] {
            if restarted {
                region = region.restarted().await;
            }
            region.engine.check().unwrap();
            assert_eq!(
                region.engine.parked().into_iter().collect::<Vec<_>>(),
                [("every".into(), 1)]
            );
            assert!(region.engine.is_parked_at(stream, position));
            match region.distribute(case, key).await {
                Err(ExecuteError::Failed(Failure::Parked { stream: it, position: at, .. })) => {
                    assert_eq!((it, at), (stream, position));
                }
                told => panic!("{told:?}"),
            }
            let history = region.engine.history(case).await.unwrap();
            assert!(
                !history.is_empty() && history.iter().all(|it| it.recorded.position < position)
            );
            let [live, replayed] = digests(&region).await;
            assert_eq!(live, replayed);
        }
        region.distribute(other, "d").await.unwrap();
        region.submit("new").await.unwrap();
        let [live, replayed] = digests(&region).await;
        assert_eq!(live, replayed);
    }
}

/// Nobody is given a case whose own story cannot be read, whichever way the read models came by it.
#[tokio::test]
async fn a_handler_whose_story_cannot_be_read_is_given_no_case() {
    let mut region = Region::new().await;
    let case = region.submit("case").await.unwrap().case;
    poison(&region, StreamId::Staff(ANNA), 60_000, 77).await;
    region.engine.save_models().await.unwrap();
    for (restarted, key) in [(false, "a"), (true, "b")] {
        if restarted {
            region = region.restarted().await;
        }
        let refused = region.distribute(case, key).await;
        assert!(
            matches!(refused, Err(ExecuteError::Rejected(case::Rejection::NotAHandler { .. }))),
            "{refused:?}"
        );
        let told = region.engine.withheld().into_iter().collect::<Vec<_>>();
        assert_eq!(told, [("staff open no session", 1)]);
        let [live, replayed] = digests(&region).await;
        assert_eq!(live, replayed);
    }
}
