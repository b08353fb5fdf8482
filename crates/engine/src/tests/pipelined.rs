//! Many commits in a row, several of one stream among them.

use domain::{CaseId, CommitId, case::NoteAdded};

use super::region::{self, Region, monday};
use crate::{Facts, Failure, message_id};

fn note(case: CaseId, id: u128) -> Facts {
    let id = CommitId(id);
    Facts {
        case,
        commit_id: id,
        occurred_at: monday(),
        actor: region::receiver(),
        correlation: format!("import:{}", id.0),
        events: vec![NoteAdded { message: message_id(id) }.into()],
    }
}

/// What was written to the case by a pipeline, in order, and in which places.
async fn told(region: &Region, case: CaseId) -> Vec<(String, u64)> {
    let history = region.engine.history(case).await.unwrap();
    let told = history.iter().filter(|entry| entry.correlation.starts_with("import"));
    told.map(|entry| (entry.correlation.clone(), entry.recorded.position.get())).collect()
}

#[tokio::test]
async fn commits_of_one_stream_in_a_row_land_in_a_row() {
    let region = Region::new().await;
    let started = region.submit("s").await.unwrap();
    let (case, at) = (started.case, started.position.get());
    let mut pipeline = region.engine.pipeline();
    for id in [901, 902, 903] {
        pipeline.record(note(case, id)).await.unwrap();
    }
    assert_eq!(pipeline.finish().await.unwrap().commits, 3);
    let expected = [(901, 1), (902, 2), (903, 3)];
    let expected = expected.map(|(id, n)| (format!("import:{id}"), at + n));
    assert_eq!(told(&region, case).await, expected);
}

#[tokio::test]
async fn a_commit_is_followed_wherever_it_lands() {
    let region = Region::new().await;
    let case = region.submit("s").await.unwrap().case;
    let mut pipeline = region.engine.pipeline();
    pipeline.record(note(case, 901)).await.unwrap();
    region.submit("meanwhile").await.unwrap();
    pipeline.record(note(case, 902)).await.unwrap();
    pipeline.record(note(case, 903)).await.unwrap();
    let written = pipeline.finish().await.unwrap();
    assert_eq!((written.commits, written.known), (3, 0));

    let told = told(&region, case).await;
    let order: Vec<&str> = told.iter().map(|(correlation, _)| &**correlation).collect();
    assert_eq!(order, ["import:901", "import:902", "import:903"]);
}

#[tokio::test]
async fn what_waits_already_is_known_when_it_is_given_again() {
    let region = Region::new().await;
    let case = region.submit("s").await.unwrap().case;
    let mut pipeline = region.engine.pipeline();
    for id in [901, 902, 901, 903] {
        pipeline.record(note(case, id)).await.unwrap();
    }
    let written = pipeline.finish().await.unwrap();
    assert_eq!((written.commits, written.known), (3, 1));
    assert_eq!(told(&region, case).await.len(), 3);
}

#[tokio::test]
async fn who_writes_to_the_same_stream_meanwhile_stops_the_pipeline() {
    let region = Region::new().await;
    let case = region.submit("s").await.unwrap().case;
    let mut pipeline = region.engine.pipeline();
    pipeline.record(note(case, 901)).await.unwrap();
    region.distribute(case, "d").await.unwrap();
    let outcome = pipeline.finish().await;
    assert!(matches!(outcome, Err(Failure::Refused { .. })), "got {outcome:?}");
    assert!(told(&region, case).await.is_empty());
}
