//! Promises that only many at once can break.

use std::sync::Arc;

use domain::Position;

use super::{an_append, append, stream};
use crate::{AppendError, EventLog, Expected};

const RACERS: u128 = 32;
const ROUNDS: u128 = 100;
const WRITERS: u128 = 8;
const COMMITS_PER_WRITER: u128 = 60;
const EVENTS: usize = 3;

/// Commits that are there before the writers start.
const BEFORE: u64 = 40;

pub(super) async fn one_of_many_racers_for_a_head_wins<L: EventLog + 'static>(
    new: &impl Fn() -> L,
) {
    let log = Arc::new(new());
    let mut head = append(&*log, 1, 1, Expected::NoStream).await.unwrap().position;
    for round in 1..=ROUNDS {
        let racers: Vec<_> = (0..RACERS)
            .map(|racer| {
                let log = Arc::clone(&log);
                let append = an_append(1, round << 64 | racer, Expected::Head(head));
                tokio::spawn(async move { log.append(append).await })
            })
            .collect();
        let mut winners = Vec::new();
        for racer in racers {
            match racer.await.unwrap() {
                Ok(appended) => winners.push(appended.position),
                Err(AppendError::Conflict { .. }) => (),
                Err(other) => panic!("got {other:?}"),
            }
        }
        assert_eq!(winners.len(), 1, "in round {round}");
        head = winners[0];
    }
    let history = log.history(stream(1)).await.unwrap();
    assert_eq!(history.len() as u128, ROUNDS + 1);
}

/// Followers from the start, the middle and the head, while writers run.
pub(super) async fn a_follower_sees_every_position_once_in_order<L: EventLog + 'static>(log: L) {
    let log = Arc::new(log);
    for n in 1..=u128::from(BEFORE) {
        append(&*log, n << 32, n, Expected::NoStream).await.unwrap();
    }
    let end = BEFORE + u64::try_from(WRITERS * COMMITS_PER_WRITER).unwrap();
    let followers: Vec<_> = [0, BEFORE / 2, BEFORE]
        .map(|from| tokio::spawn(follow(Arc::clone(&log), Position::new(from), end)))
        .into();
    let writers: Vec<_> = (1..=WRITERS)
        .map(|writer| {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                let mut expected = Expected::NoStream;
                for n in 1..=COMMITS_PER_WRITER {
                    let mut append = an_append(writer, writer << 64 | n, expected);
                    append.events = vec![append.events[0].clone(); EVENTS];
                    let appended = log.append(append).await.unwrap();
                    expected = Expected::Head(appended.position);
                }
            })
        })
        .collect();
    for task in writers.into_iter().chain(followers) {
        task.await.unwrap();
    }
}

/// Waits for the head to move, and reads what is new.
async fn follow(log: Arc<impl EventLog>, from: Position, end: u64) {
    let mut head = log.head();
    let mut next = from.next();
    while next.get() <= end {
        let durable = *head.borrow_and_update();
        for commit in log.page(Position::new(next.get() - 1), 7).await.unwrap() {
            assert_eq!(commit.position, next, "a follower from {from} lost its place");
            assert!(next <= *log.head().borrow(), "{next} was read before it was durable");
            let events = if next.get() <= BEFORE { 1 } else { EVENTS };
            assert_eq!(commit.events.len(), events, "only a part of commit {next} was read");
            next = next.next();
        }
        if next > durable && next.get() <= end {
            head.changed().await.unwrap();
        }
    }
}
