//! What every [`EventLog`] must do, as tests any implementation can run against itself.

#![expect(clippy::unwrap_used, reason = "a broken promise should panic")]

mod passing;
mod racing;

pub use self::passing::{Passing, Through};

use bytes::Bytes;
use domain::{Actor, CaseId, CommitId, Position, StaffId, StreamId};
use jiff::{SignedDuration, Timestamp};

use crate::{Append, AppendError, Commit, EventLog, EventRecord, Expected, Hash};

/// Runs every promise against a fresh log from `new`. Panics at the first one broken. Needs a
/// runtime with more than one thread.
pub async fn check<L: EventLog + 'static>(new: impl Fn() -> L) {
    what_was_appended_is_read_back(&new()).await;
    positions_run_from_one_and_versions_within_a_stream(&new()).await;
    a_stream_is_started_once(&new()).await;
    a_stale_writer_is_refused_and_leaves_no_trace(&new()).await;
    a_retry_is_answered_with_the_first_commit(&new()).await;
    a_retry_that_overtakes_the_answer_writes_nothing(&new()).await;
    an_id_stands_for_one_request(&new()).await;
    the_events_of_a_commit_stand_together(&new()).await;
    what_is_empty_or_too_large_is_refused(&new()).await;
    a_page_continues_where_the_last_one_ended(&new()).await;
    streams_do_not_disturb_each_other(&new()).await;
    a_commit_may_follow_one_that_is_still_on_its_way(&new()).await;
    appends_land_in_the_order_of_the_calls(&new()).await;
    every_hash_covers_what_came_before(&new(), &new()).await;
    racing::one_of_many_racers_for_a_head_wins(&new).await;
    racing::a_follower_sees_every_position_once_in_order(new()).await;
}

/// A log that was closed and opened again is the log it was. For logs that outlive a process:
/// `reopen` closes the one it is given and opens it again.
pub async fn check_reopen<L: EventLog + 'static>(log: L, reopen: impl AsyncFn(L) -> L) {
    let first = append(&log, 1, 1, Expected::NoStream).await.unwrap();
    append(&log, 2, 2, Expected::NoStream).await.unwrap();
    let before = all(&log).await;
    let log = reopen(log).await;

    assert_eq!(all(&log).await, before);
    assert_eq!(log.head().borrow().get(), 2);
    assert_eq!(log.stream_head(stream(1)).await.unwrap().unwrap().position, first.position);
    let again = append(&log, 1, 1, Expected::NoStream).await.unwrap();
    assert!(again.duplicate && again.position == first.position, "{again:?}");
    let stale = append(&log, 1, 3, Expected::NoStream).await;
    assert!(matches!(stale, Err(AppendError::Conflict { .. })), "got {stale:?}");
    let next = append(&log, 1, 3, Expected::Head(first.position)).await.unwrap();
    assert_eq!((next.position.get(), next.first_version), (3, 2));
    let log = reopen(log).await;
    assert_eq!(all(&log).await.len(), 3);
}

async fn what_was_appended_is_read_back(log: &impl EventLog) {
    let append = Append {
        actor: Actor::Staff {
            who: StaffId::new(7),
            role: domain::Role::Handler,
            unit: Some(domain::UnitId::new(3)),
        },
        correlation: "request-å".into(),
        occurred_at: time() - SignedDuration::from_hours(24 * 365),
        events: vec![record(1, b"clear", b"sealed"), record(9, b"", b"")],
        ..an_append(1, 1, Expected::NoStream)
    };
    let appended = log.append(append.clone()).await.unwrap();
    let commit = log.commit(appended.position).await.unwrap().unwrap();

    assert_eq!((appended.position.get(), appended.first_version, appended.events), (1, 1, 2));
    assert_eq!((commit.position, commit.first_version), (appended.position, 1));
    assert_eq!((commit.prev, commit.stream), (Position::START, append.stream));
    assert_eq!((commit.commit_id, commit.fingerprint), (append.commit_id, append.fingerprint));
    assert_eq!((commit.occurred_at, commit.recorded_at), (append.occurred_at, append.recorded_at));
    assert_eq!((commit.actor, &commit.correlation), (append.actor, &append.correlation));
    assert_eq!(commit.events, append.events);
    assert_eq!(all(log).await, std::slice::from_ref(&commit));
    assert_eq!(log.history(append.stream).await.unwrap(), [commit]);
    assert_eq!(log.find(append.commit_id).await.unwrap(), Some(appended.position));
    assert_eq!(log.find(CommitId(99)).await.unwrap(), None);
    for position in [Position::START, Position::new(2), Position::new(u64::MAX)] {
        assert_eq!(log.commit(position).await.unwrap(), None);
    }
}

async fn positions_run_from_one_and_versions_within_a_stream(log: &impl EventLog) {
    let first = append(log, 1, 1, Expected::NoStream).await.unwrap();
    append(log, 2, 2, Expected::NoStream).await.unwrap();
    append(log, 1, 3, Expected::Head(first.position)).await.unwrap();

    let found: Vec<_> = all(log)
        .await
        .iter()
        .map(|it| (it.position.get(), it.first_version, it.prev.get()))
        .collect();
    assert_eq!(found, [(1, 1, 0), (2, 1, 0), (3, 2, 1)]);
    assert_eq!(log.head().borrow().get(), 3);
    let head = log.stream_head(stream(1)).await.unwrap().unwrap();
    assert_eq!((head.position.get(), head.version), (3, 2));
    assert_eq!(log.stream_head(stream(9)).await.unwrap(), None);
}

async fn a_stream_is_started_once(log: &impl EventLog) {
    append(log, 1, 1, Expected::NoStream).await.unwrap();
    let again = append(log, 1, 2, Expected::NoStream).await;
    match again {
        Err(AppendError::Conflict { head: Some(head) }) => assert_eq!(head.position.get(), 1),
        other => panic!("got {other:?}"),
    }
    let missing = append(log, 2, 3, Expected::Head(Position::new(1))).await;
    assert!(matches!(missing, Err(AppendError::Conflict { head: None })), "got {missing:?}");
}

async fn a_stale_writer_is_refused_and_leaves_no_trace(log: &impl EventLog) {
    let first = append(log, 1, 1, Expected::NoStream).await.unwrap();
    append(log, 1, 2, Expected::Head(first.position)).await.unwrap();
    let before = all(log).await;
    for expected in [Expected::Head(first.position), Expected::Head(Position::new(9))] {
        let stale = append(log, 1, 3, expected).await;
        assert!(matches!(stale, Err(AppendError::Conflict { .. })), "got {stale:?}");
    }
    assert_eq!(all(log).await, before);
    assert_eq!(log.find(CommitId(3)).await.unwrap(), None);
}

async fn a_retry_is_answered_with_the_first_commit(log: &impl EventLog) {
    let first = append(log, 1, 1, Expected::NoStream).await.unwrap();
    let at_once = append(log, 1, 1, Expected::NoStream).await.unwrap();
    append(log, 1, 2, Expected::Head(first.position)).await.unwrap();
    append(log, 2, 3, Expected::NoStream).await.unwrap();
    let later = append(log, 1, 1, Expected::NoStream).await.unwrap();

    for again in [at_once, later] {
        assert_eq!((again.position, again.first_version), (first.position, first.first_version));
        assert!(again.duplicate && !first.duplicate);
    }
    assert_eq!(all(log).await.len(), 3);
}

/// A client that lost patience asks again while the first append is under way.
async fn a_retry_that_overtakes_the_answer_writes_nothing(log: &impl EventLog) {
    let asked: Vec<_> = (0..20).map(|_| log.append(an_append(1, 1, Expected::NoStream))).collect();
    let other = log.append(Append { fingerprint: [9; 32], ..an_append(1, 1, Expected::NoStream) });
    let mut duplicates = 0;
    for appended in asked {
        let appended = appended.await.unwrap();
        assert_eq!(appended.position.get(), 1);
        duplicates += u32::from(appended.duplicate);
    }
    assert_eq!(duplicates, 19);
    let other = other.await;
    assert!(matches!(other, Err(AppendError::IdReused { .. })), "got {other:?}");
    assert_eq!(all(log).await.len(), 1);
}

async fn an_id_stands_for_one_request(log: &impl EventLog) {
    append(log, 1, 1, Expected::NoStream).await.unwrap();
    let other_content = Append { fingerprint: [9; 32], ..an_append(1, 1, Expected::NoStream) };
    let other_stream = an_append(2, 1, Expected::NoStream);
    for append in [other_content, other_stream] {
        let reused = log.append(append).await;
        match reused {
            Err(AppendError::IdReused { position }) => assert_eq!(position.get(), 1),
            other => panic!("got {other:?}"),
        }
    }
    assert_eq!(all(log).await.len(), 1);
}

async fn the_events_of_a_commit_stand_together(log: &impl EventLog) {
    let three = vec![record(1, b"a", b""), record(2, b"b", b""), record(3, b"c", b"")];
    let commit = Append { events: three.clone(), ..an_append(1, 1, Expected::NoStream) };
    let refused = Append { events: three, ..an_append(1, 2, Expected::NoStream) };
    let appended = log.append(commit).await.unwrap();
    log.append(refused).await.unwrap_err();
    assert_eq!(log.stream_head(stream(1)).await.unwrap().unwrap().version, 3);
    append(log, 1, 3, Expected::Head(appended.position)).await.unwrap();

    let found: Vec<_> =
        all(log).await.iter().map(|it| (it.first_version, it.events.len())).collect();
    assert_eq!(found, [(1, 3), (4, 1)]);
}

async fn what_is_empty_or_too_large_is_refused(log: &impl EventLog) {
    let plain = || an_append(1, 1, Expected::NoStream);
    let empty = log.append(Append { events: vec![], ..plain() }).await;
    assert!(matches!(empty, Err(AppendError::Empty)), "got {empty:?}");

    let (half, longest) = (Append::PAYLOAD_BYTES_MAX / 2, Append::CORRELATION_BYTES_MAX);
    let largest = record(1, &vec![1; half], &vec![2; half]);
    let larger = record(1, &vec![1; half + 1], &vec![2; half]);
    for append in [
        Append { events: vec![larger], ..plain() },
        Append { events: vec![record(1, b"", b""); Append::EVENTS_MAX + 1], ..plain() },
        Append { correlation: "x".repeat(longest + 1), ..plain() },
    ] {
        let refused = log.append(append).await;
        assert!(matches!(refused, Err(AppendError::TooLarge { .. })), "got {refused:?}");
    }
    assert_eq!(all(log).await, []);
    let correlation = "x".repeat(longest);
    let fits = Append { events: vec![largest.clone()], correlation, ..plain() };
    log.append(fits).await.unwrap();
    assert_eq!(all(log).await[0].events, [largest]);
    let most = vec![record(1, b"", b""); Append::EVENTS_MAX];
    let fits = Append { events: most.clone(), ..an_append(2, 2, Expected::NoStream) };
    log.append(fits).await.unwrap();
    assert_eq!(all(log).await[1].events, most);
}

async fn a_page_continues_where_the_last_one_ended(log: &impl EventLog) {
    for n in 1..=25 {
        append(log, n, n, Expected::NoStream).await.unwrap();
    }
    for size in [1, 2, 7, 25, 100] {
        let mut found = Vec::new();
        let mut after = Position::START;
        loop {
            let page = log.page(after, size).await.unwrap();
            assert!(page.len() <= size);
            let Some(last) = page.last() else { break };
            after = last.position;
            found.extend(page);
        }
        assert_eq!(found, all(log).await, "in pages of {size}");
    }
    assert_eq!(log.page(Position::new(25), 10).await.unwrap(), []);
    assert_eq!(log.page(Position::START, 0).await.unwrap(), []);
    assert_eq!(log.page(Position::new(u64::MAX), 10).await.unwrap(), []);
}

async fn streams_do_not_disturb_each_other(log: &impl EventLog) {
    let case = append(log, 1, 1, Expected::NoStream).await.unwrap();
    let same_bits = StreamId::Unit(domain::UnitId::new(1));
    let unit = Append { stream: same_bits, ..an_append(1, 2, Expected::NoStream) };
    log.append(unit).await.unwrap();
    append(log, 1, 3, Expected::Head(case.position)).await.unwrap();

    assert_eq!(log.history(stream(1)).await.unwrap().len(), 2);
    assert_eq!(log.history(same_bits).await.unwrap().len(), 1);
    assert_eq!(log.history(stream(2)).await.unwrap(), []);
}

async fn appends_land_in_the_order_of_the_calls(log: &impl EventLog) {
    let mut waiting: Vec<_> =
        (1..=50).map(|n| log.append(an_append(n, n, Expected::NoStream))).collect();
    // Polled the other way round, and still in the order of the calls.
    waiting.reverse();
    for appended in waiting {
        appended.await.unwrap();
    }
    for (n, commit) in (1..).zip(all(log).await) {
        assert_eq!((commit.position.get(), commit.stream), (n, stream(u128::from(n))));
    }
}

async fn every_hash_covers_what_came_before(log: &impl EventLog, other: &impl EventLog) {
    for n in 1..=3 {
        append(log, n, n, Expected::NoStream).await.unwrap();
    }
    append(other, 9, 9, Expected::NoStream).await.unwrap();
    for n in 2..=3 {
        append(other, n, n, Expected::NoStream).await.unwrap();
    }
    let mut before = Hash::GENESIS;
    for commit in all(log).await {
        before = crate::frame::encode(&commit, before, &mut Vec::new());
        assert_eq!(commit.hash, before, "at {}", commit.position);
    }
    let (ours, theirs) = (all(log).await, all(other).await);
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_ne!(ours.hash, theirs.hash, "at {}", ours.position);
    }
}

async fn a_commit_may_follow_one_that_is_still_on_its_way(log: &impl EventLog) {
    let first = log.append(an_append(1, 1, Expected::NoStream));
    let between = log.append(an_append(2, 9, Expected::NoStream));
    let second = log.append(an_append(1, 2, Expected::Commit(CommitId(1))));
    let third = log.append(an_append(1, 3, Expected::Commit(CommitId(2))));
    let before = [first.await, between.await].map(|it| it.unwrap().position);
    let (second, third) = (second.await.unwrap(), third.await.unwrap());
    assert!(before[0] < second.position && second.position < third.position);
    assert_eq!((second.first_version, third.first_version), (2, 3));

    let written = all(log).await;
    // Overtaken; another stream's; nobody's; and nobody's in a stream that nobody started.
    for (stream, expected) in [(1, 2), (1, 9), (1, 77), (5, 77)] {
        let stale = append(log, stream, 50, Expected::Commit(CommitId(expected))).await;
        assert!(matches!(stale, Err(AppendError::Conflict { .. })), "got {stale:?}");
    }
    assert_eq!(all(log).await, written);
}

fn time() -> Timestamp {
    Timestamp::from_millisecond(1_772_438_400_123).unwrap()
}

fn stream(n: u128) -> StreamId {
    StreamId::Case(CaseId::new(n))
}

fn record(type_id: u16, clear: &[u8], sealed: &[u8]) -> EventRecord {
    let (clear, sealed) = (Bytes::copy_from_slice(clear), Bytes::copy_from_slice(sealed));
    EventRecord { type_id, schema_version: 1, clear, sealed }
}

/// A small commit with id `id` on stream `n`, for tests of one log's own.
pub fn an_append(n: u128, id: u128, expected: Expected) -> Append {
    Append {
        stream: stream(n),
        expected,
        commit_id: CommitId(id),
        fingerprint: [1; 32],
        occurred_at: time(),
        recorded_at: time(),
        actor: Actor::System,
        correlation: String::new(),
        events: vec![record(1, b"clear", b"sealed")],
    }
}

async fn append(
    log: &impl EventLog,
    n: u128,
    id: u128,
    expected: Expected,
) -> Result<crate::Appended, AppendError> {
    log.append(an_append(n, id, expected)).await
}

async fn all(log: &impl EventLog) -> Vec<Commit> {
    log.page(Position::START, usize::MAX).await.unwrap()
}
