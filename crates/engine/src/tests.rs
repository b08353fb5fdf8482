//! The engine over the log in memory and a real key store: real decisions, a scripted clock.

mod administering;
mod contested;
mod distributing;
mod parked;
mod pipelined;
pub(crate) mod region;
mod replay;
mod residents;
mod saved;

use std::sync::Arc;

use domain::{
    Actor, CaseId, CommitId, Position, Role, StreamId,
    case::{CaseAnswered, Command, Content, Rejection},
};
use event_log::EventLog as _;
use jiff::SignedDuration;

use self::region::{ANNA, BO, EVA, Region, UNIT, monday};
use crate::{
    AsOf, ExecuteError, Facts, Failure, ScriptedWorld, Target,
    access::{self, AccessLog, Action, Opening},
    commit_id,
    keys::KeyError,
    message_id,
};

#[tokio::test]
async fn what_was_asked_shows_in_the_read_models_at_once() {
    let region = Region::new().await;
    let done = region.submit("first").await.unwrap();

    let view = region.engine.view(None).await.unwrap().unwrap();
    let case = view.with(|models, _| models.cases().get(done.case)).unwrap();
    assert_eq!((case.unit, case.version), (UNIT, 1));
    assert_eq!(done.versions, 1..2);
}

#[tokio::test]
async fn the_same_key_gives_the_first_outcome_and_writes_nothing() {
    let region = Region::new().await;
    let first = region.submit("key").await.unwrap();
    region.distribute(first.case, "d").await.unwrap();
    let again = region.submit("key").await.unwrap();

    assert!(again.replayed && !first.replayed);
    assert_eq!((again.case, again.position), (first.case, first.position));
    assert_eq!(region.engine.history(first.case).await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_same_key_is_known_after_a_restart() {
    let region = Region::new().await;
    let first = region.submit("key").await.unwrap();
    let region = region.restarted().await;
    let again = region.submit("key").await.unwrap();
    assert!(again.replayed);
    assert_eq!((again.case, again.position), (first.case, first.position));
}

#[tokio::test]
async fn the_same_key_is_known_after_everything_was_closed_and_opened_from_disk() {
    let region = Region::on_disk().await;
    let first = region.submit("key").await.unwrap();
    let distributed = region.distribute(first.case, "d").await.unwrap();
    let head = *region.engine.log().head().borrow();
    let region = region.reopened().await;

    let again = region.submit("key").await.unwrap();
    assert!(again.replayed);
    assert_eq!((again.case, again.position), (first.case, first.position));
    let again = region.distribute(first.case, "d").await.unwrap();
    assert_eq!((again.replayed, again.position), (true, distributed.position));
    assert_eq!(again.versions, distributed.versions);
    let mut other = Region::submission("key");
    other.content = Some(Content::text("something else"));
    let answer = region.engine.execute(other).await;
    assert!(matches!(answer, Err(ExecuteError::KeyReused)), "got {answer:?}");
    assert_eq!(*region.engine.log().head().borrow(), head, "nothing was written");
}

#[tokio::test]
async fn a_new_key_is_on_disk_before_what_it_seals_is_appended() {
    let region = Region::new().await;
    let set_up = region.log.appends().0;
    for key in ["a", "b", "c"] {
        let case = region.submit(key).await.unwrap().case;
        region.distribute(case, key).await.unwrap();
    }
    assert!(set_up > 5);
    assert_eq!(region.log.appends(), (set_up + 6, 0));
}

#[tokio::test]
async fn the_same_key_with_another_content_is_refused() {
    let region = Region::new().await;
    region.submit("key").await.unwrap();
    let mut request = Region::submission("key");
    request.content = Some(Content::text("something else"));
    let answer = region.engine.execute(request).await;
    assert!(matches!(answer, Err(ExecuteError::KeyReused)), "got {answer:?}");
}

#[tokio::test]
async fn two_people_may_use_the_same_key() {
    let region = Region::new().await;
    let first = region.submit("key").await.unwrap();
    region.distribute(first.case, "key").await.unwrap();
    assert_ne!(commit_id(&region::eva(), "key"), commit_id(&region::receiver(), "key"));
}

#[tokio::test]
async fn a_refused_command_leaves_no_trace() {
    let region = Region::new().await;
    let case = region.submit("s").await.unwrap().case;
    let head = *region.engine.log().head().borrow();
    let answer = region.ask(region::bo(), case, "a", region::answer()).await;
    let rejected = Rejection::NotDistributed;
    assert!(matches!(&answer, Err(ExecuteError::Rejected(it)) if *it == rejected), "{answer:?}");
    assert_eq!(*region.engine.log().head().borrow(), head);
}

#[tokio::test]
async fn a_message_must_say_something() {
    let region = Region::new().await;
    for content in [None, Some(Content::text("  "))] {
        let mut request = Region::submission("empty");
        request.content = content;
        let answer = region.engine.execute(request).await;
        let missing = matches!(answer, Err(ExecuteError::Rejected(Rejection::MessageMissing)));
        assert!(missing, "got {answer:?}");
    }
}

#[tokio::test]
async fn whoever_decided_on_an_older_version_gets_what_happened_meanwhile() {
    let region = Region::new().await;
    let case = region.submit("s").await.unwrap().case;
    region.distribute(case, "d").await.unwrap();

    let mut request = Region::request(region::receiver(), case, "r", Command::Reassign { to: BO });
    request.target = Target::Existing { case, expected_version: Some(1) };
    match region.engine.execute(request).await {
        Err(ExecuteError::VersionConflict { expected: 1, actual: 2, since }) => {
            let names: Vec<_> = since.iter().map(|it| it.recorded.event.name()).collect();
            assert_eq!(names, ["CaseDistributed"]);
        }
        other => panic!("got {other:?}"),
    }
}

#[tokio::test]
async fn what_already_holds_is_granted_without_a_commit() {
    let region = Region::new().await;
    let case = region.submit("s").await.unwrap().case;
    let first = region.distribute(case, "d1").await.unwrap();
    let again = region.distribute(case, "d2").await.unwrap();
    assert_eq!((again.position, again.versions.len(), again.replayed), (first.position, 0, false));
}

fn reading(case: CaseId) -> Opening {
    Opening {
        reader: region::receiver(),
        correlation: "request-1".into(),
        what: vec![StreamId::Case(case)],
        action: Action::ReadMessages,
        purpose: "Vård och behandling".into(),
    }
}

#[tokio::test]
async fn what_was_said_later_in_a_case_is_opened_at_its_place() {
    let region = Region::new().await;
    let case = region.submit("s").await.unwrap().case;
    region.distribute(case, "d").await.unwrap();
    let anna = Actor::Staff { who: ANNA, role: Role::Handler, unit: Some(UNIT) };
    region.ask(anna, case, "a", region::answer()).await.unwrap();
    let entries = region.engine.history(case).await.unwrap();
    let content = region.engine.open_content(reading(case), &entries).await.unwrap();
    let said = [Some(Content::text("Jag behöver råd.")), None, Some(Content::text("Svar."))];
    assert_eq!(content, said);
}

#[tokio::test]
async fn a_key_that_was_lost_is_not_replaced_without_a_word() {
    let region = Region::new().await;
    let case = region.submit("s").await.unwrap().case;
    region.distribute(case, "d").await.unwrap();
    region.engine.keys.lose(StreamId::Case(case));
    let head = *region.engine.log().head().borrow();
    let anna = Actor::Staff { who: ANNA, role: Role::Handler, unit: Some(UNIT) };
    let answer = region.ask(anna, case, "a", region::answer()).await;
    let lost = matches!(answer, Err(ExecuteError::Failed(Failure::Keys(KeyError::NoKey { .. }))));
    assert!(lost, "got {answer:?}");
    assert_eq!(*region.engine.log().head().borrow(), head, "nothing was written");

    let mut pipeline = region.engine.pipeline();
    let request = Region::request(anna, case, "b", region::answer());
    let answer = pipeline.execute(case, &request).await;
    let lost = matches!(answer, Err(ExecuteError::Failed(Failure::Keys(KeyError::NoKey { .. }))));
    assert!(lost, "got {answer:?}");
}

#[tokio::test]
async fn a_reading_that_cannot_be_entered_in_the_access_log_is_refused() {
    let region = Region::new().await;
    let case = region.submit("s").await.unwrap().case;
    let entries = region.engine.history(case).await.unwrap();
    region.access.lose_next(u32::MAX);
    let refused = region.engine.open_content(reading(case), &entries).await;
    assert!(matches!(refused, Err(Failure::Contended { .. })), "got {refused:?}");
    let refused = region.engine.resident_names(reading(case), &[EVA]).await;
    assert!(matches!(refused, Err(Failure::Contended { .. })), "got {refused:?}");
}

/// Each reading is an entry of its own, however many look at the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_read_one_case_at_once_and_each_is_entered() {
    const READERS: usize = 60;
    let folder = tempfile::tempdir().unwrap();
    let log = Arc::new(event_log_sled::SledLog::open(folder.path()).unwrap());
    let world = Arc::new(ScriptedWorld::new(1, monday()));
    let access = Arc::new(AccessLog::new(log.clone(), world));
    let case = CaseId::new(7);
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..READERS {
        let access = Arc::clone(&access);
        readers.spawn(async move { access.write(reading(case)).await });
    }
    for read in readers.join_all().await {
        read.unwrap();
    }
    let stream = StreamId::Access(access::of_case(case));
    assert_eq!(log.history(stream).await.unwrap().len(), READERS);
}

#[tokio::test]
async fn nobody_reads_a_message_without_an_entry_in_the_access_log() {
    let region = Region::new().await;
    let case = region.submit("s").await.unwrap().case;
    let entries = region.engine.history(case).await.unwrap();
    let opening = reading(case);
    let content = region.engine.open_content(opening.clone(), &entries).await.unwrap();
    assert_eq!(content, [Some(Content::text("Jag behöver råd."))]);

    let stream = StreamId::Access(access::of_case(case));
    let commits = region.engine.access_log().history(stream).await.unwrap();
    let readings = access::readings(&commits[0]).unwrap();
    assert_eq!((commits.len(), readings.len()), (1, 1));
    assert_eq!(readings[0].reader, opening.reader);
    assert_eq!(readings[0].opened.what, opening.what);
}

#[tokio::test]
async fn the_log_holds_nothing_that_a_person_wrote() {
    let region = Region::new().await;
    region.submit("s").await.unwrap();
    for commit in region.engine.log().page(Position::START, 1_000).await.unwrap() {
        for record in &commit.events {
            for secret in ["Jag behöver", "Eva Testsson", "Anna Testsson"] {
                let bytes = [&record.clear[..], &record.sealed[..]].concat();
                let found = bytes.windows(secret.len()).any(|it| it == secret.as_bytes());
                assert!(!found, "{secret} in clear in {commit:?}");
            }
        }
    }
}

#[tokio::test]
async fn names_are_opened_from_their_own_streams() {
    let region = Region::new().await;
    let anna = region.engine.staff_name(ANNA).await.unwrap().unwrap();
    assert_eq!(anna.name, "Anna Testsson");
    let opening = Opening {
        reader: region::receiver(),
        correlation: "request-2".into(),
        what: vec![StreamId::Resident(EVA)],
        action: Action::ReadNames,
        purpose: "Vård och behandling".into(),
    };
    let unknown = domain::ResidentId::new(99);
    let names = region.engine.resident_names(opening, &[EVA, unknown]).await.unwrap();
    assert_eq!(names[0].as_ref().map(|it| it.name.as_str()), Some("Eva Testsson"));
    assert_eq!(names[1], None);
}

#[tokio::test]
async fn as_of_tells_what_had_happened_and_what_was_known() {
    let region = Region::new().await;
    let case = region.submit("s").await.unwrap();
    let submitted_at = region.engine.now();
    region.world.set(monday() + SignedDuration::from_hours(5));
    let distributed = region.distribute(case.case, "d").await.unwrap();

    let handler = async |as_of| {
        let view = region.engine.view(Some(as_of)).await.unwrap();
        view.and_then(|view| view.with(|models, _| models.cases().get(case.case)))
            .map(|case| case.handler)
    };
    assert_eq!(handler(AsOf::Time(submitted_at)).await, Some(None));
    assert_eq!(handler(AsOf::RecordedTime(submitted_at)).await, Some(None));
    assert_eq!(handler(AsOf::Position(case.position)).await, Some(None));
    assert_eq!(handler(AsOf::Position(distributed.position)).await, Some(Some(ANNA)));
    let before = submitted_at - SignedDuration::from_secs(1);
    assert_eq!(handler(AsOf::Time(before)).await, None);
    let beyond = AsOf::Position(distributed.position.next());
    assert!(region.engine.view(Some(beyond)).await.unwrap().is_none());
}

#[tokio::test]
async fn facts_are_recorded_as_they_happened_and_only_once() {
    let region = Region::new().await;
    let case = region.submit("s").await.unwrap().case;
    let id = CommitId(77);
    let facts = || Facts {
        case,
        commit_id: id,
        occurred_at: monday() - SignedDuration::from_hours(1),
        actor: region::receiver(),
        correlation: "import:1".into(),
        // The rules would refuse this: nobody holds the case.
        events: vec![CaseAnswered { message: message_id(id) }.into()],
    };
    for known in [0, 1] {
        let mut pipeline = region.engine.pipeline();
        pipeline.record(facts()).await.unwrap();
        let written = pipeline.finish().await.unwrap();
        assert_eq!((written.known, written.commits), (known, 1 - known));
    }
    let history = region.engine.history(case).await.unwrap();
    assert_eq!(history.len(), 2);
    assert!(history[1].recorded.occurred_at < history[0].recorded.occurred_at);
    assert!(history[1].recorded.recorded_at >= history[0].recorded.recorded_at);
}

#[tokio::test]
async fn a_lost_race_is_run_again_and_one_lost_too_often_is_given_up() {
    let region = Region::new().await;
    let case = region.submit("s").await.unwrap().case;
    region.log.lose_next(2);
    region.distribute(case, "d").await.unwrap();
    region.log.lose_next(3);
    let answer = region.ask(region::receiver(), case, "r", Command::Return).await;
    assert!(matches!(answer, Err(ExecuteError::Contended)), "got {answer:?}");
}

#[tokio::test]
async fn a_case_nobody_started_is_refused() {
    let region = Region::new().await;
    let nobody = CaseId::new(99);
    let answer = region.ask(region::receiver(), nobody, "r", Command::Return).await;
    let refused = matches!(answer, Err(ExecuteError::Rejected(Rejection::NotStarted)));
    assert!(refused, "got {answer:?}");
}
