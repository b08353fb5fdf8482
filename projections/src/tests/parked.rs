//! A commit that cannot be taken in parks its stream, and no other.

use domain::{Event, Recorded, RegionId, StreamId};

use super::casework::casework;
use crate::{ReadModels, Replay};

/// The stream whose commit in the middle of `events` is poison, and where that stands.
fn poisoned(events: &[Recorded<Event>]) -> (StreamId, usize) {
    let is_later = |it: &Recorded<Event>| matches!(it.stream, StreamId::Case(_)) && it.version > 1;
    let at = (events.len() / 3..events.len()).find(|at| is_later(&events[*at])).unwrap();
    (events[at].stream, at)
}

/// What `events` come to when the one at `poison` cannot be read, all from `from` on live.
fn with_poison(events: &[Recorded<Event>], poison: usize, from: usize) -> ReadModels {
    let mut replay = Replay::default();
    for (at, it) in events[..from].iter().enumerate() {
        if at == poison {
            replay.park(it.stream, it.position, it.version, "unknown".to_owned());
        } else {
            replay.apply(it);
        }
    }
    let mut bytes = vec![];
    replay.finish().freeze().write(&mut |part| bytes.extend_from_slice(part));
    let mut models = Replay::restore(&bytes).unwrap().finish();
    for (at, it) in events.iter().enumerate().skip(from) {
        if at == poison {
            models.park(it.stream, it.position, it.version, "unknown".to_owned());
        } else {
            models.apply(it);
        }
    }
    models
}

#[test]
fn all_else_is_as_without_the_later_events_of_the_stream() {
    for seed in 1..12 {
        let events = casework(seed, 20);
        let (stream, poison) = poisoned(&events);
        let mut without = ReadModels::default();
        let later = |at: usize, it: &Recorded<Event>| it.stream == stream && at >= poison;
        for (at, it) in events.iter().enumerate() {
            if !later(at, it) {
                without.apply(it);
            }
        }
        let live = with_poison(&events, poison, 0);
        let parking = live.parked().get(stream).unwrap();
        assert_eq!(parking.position, events[poison].position, "seed {seed}");
        assert_eq!(live.parked().len(), 1);
        let differs = |(one, other): &(_, _)| one != other;
        let digests = live.digests().into_iter().zip(without.digests());
        let differing: Vec<_> = digests.filter(differs).map(|(it, _)| it.model).collect();
        assert_eq!(differing, ["parked"], "seed {seed}");
        for from in [poison, poison + 1, events.len()] {
            let restarted = with_poison(&events, poison, from);
            assert_eq!(restarted.digests(), live.digests(), "seed {seed}, restarted at {from}");
        }
    }
}

#[test]
fn an_event_that_does_not_fit_parks_its_stream() {
    let events = casework(3, 12);
    let started = events.iter().find(|it| it.event.begins_case()).unwrap();
    let later =
        events.iter().find(|it| matches!(it.event, Event::Case(_)) && !it.event.begins_case());
    let later = later.unwrap();
    let check = |before: &[&Recorded<Event>], poison: Recorded<Event>, model: &str, why: &str| {
        let mut models = ReadModels::default();
        for it in before {
            models.apply(it);
        }
        let cases = models.cases().len();
        models.apply(&poison);
        let parking = models.parked().get(poison.stream).unwrap();
        assert_eq!(parking.model, model);
        assert!(parking.why.contains(why), "{}", parking.why);
        assert_eq!((models.cases().len(), models.position()), (cases, poison.position));
    };
    check(&[], later.clone(), "cases", "the case had not begun");
    let again = Recorded { version: 2, ..started.clone() };
    check(&[started], again, "cases", "the case had begun");
    let elsewhere = StreamId::Region(RegionId::new(1));
    let misplaced = Recorded { stream: elsewhere, ..started.clone() };
    check(&[], misplaced, "cases", "another kind of stream");

    let mut replay = Replay::with_gaps();
    replay.apply(later);
    assert!(replay.finish().parked().is_empty(), "a beginning that was left out is no fault");
}
