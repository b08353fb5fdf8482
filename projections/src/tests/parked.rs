//! A commit that cannot be taken in parks its stream, and no other; and what the stream granted to
//! anyone is withheld.

use std::path::Path;

use domain::{
    CaseTypeId, Event, Position, Recorded, RegionId, ResidentId, Role, StaffId, StreamId, UnitId,
    case::Surroundings as _,
    identity::NumberHash,
    organisation::{self, Place, Post, RoleGranted, StaffIdentityRecorded},
};
use jiff::Timestamp;

use super::{casework::casework, fingerprints};
use crate::{ReadModels, Replay};

/// What is known of an event that cannot be read.
fn unreadable(it: &Recorded<Event>) -> Recorded<()> {
    let Recorded { position, stream, version, occurred_at, recorded_at, actor, .. } = *it;
    Recorded { position, stream, version, occurred_at, recorded_at, actor, event: () }
}

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
            replay.park(&unreadable(it), "unknown".to_owned());
        } else {
            replay.apply(it);
        }
    }
    let mut bytes = vec![];
    replay.finish().freeze().write(&mut |part| bytes.extend_from_slice(part));
    let mut models = Replay::restore(&bytes).unwrap().finish();
    for (at, it) in events.iter().enumerate().skip(from) {
        if at == poison {
            models.park(&unreadable(it), "unknown".to_owned());
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

const MIDNIGHT: &str = "2026-03-18T00:00:00+01:00";

/// The story of the guardian, and another event of `stream` at the end.
fn guardian(stream: StreamId, event: organisation::Event) -> Vec<Recorded<Event>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../replay-fixtures");
    let mut events = fingerprints::events(&folder, "guardian.md");
    let version = u32::try_from(events.iter().filter(|it| it.stream == stream).count()).unwrap();
    let (position, at) = (Position::new(900), "2026-03-19T00:00:00+01:00".parse().unwrap());
    let actor = domain::Actor::System;
    let (occurred_at, recorded_at, version) = (at, at, version + 1);
    events.push(Recorded {
        position,
        stream,
        version,
        occurred_at,
        recorded_at,
        actor,
        event: event.into(),
    });
    events
}

/// The models before the last event of `stream`, and after it turned out to be unreadable; also
/// where it did while the log was replayed, or before a restart.
fn before_and_after(stream: StreamId) -> (ReadModels, ReadModels) {
    let hash = StaffIdentityRecorded { hsa_id_hash: NumberHash::new([7; 32]) };
    let events = guardian(stream, hash.into());
    let last = events.len() - 1;
    let mut before = ReadModels::default();
    events[..last].iter().for_each(|it| before.apply(it));
    let after = with_poison(&events, last, 0);
    for from in [last, last + 1] {
        assert_eq!(with_poison(&events, last, from).digests(), after.digests());
    }
    (before, after)
}

#[test]
fn staff_whose_story_stands_still_hold_nothing_and_are_given_nothing() {
    let (staff, unit, now) = (StaffId::new(8), UnitId::new(3), MIDNIGHT.parse().unwrap());
    let (before, mut after) = before_and_after(StreamId::Staff(staff));
    let held = |models: &ReadModels, at: Timestamp| {
        let roles = [Role::Receiver, Role::Handler];
        let directory =
            roles.map(|role| models.directory().holds_at(staff, role, Post::Unit(unit), at));
        let table = roles.map(|role| models.assignments().holds(staff, role, Post::Unit(unit), at));
        (directory, table)
    };
    let later = now + jiff::SignedDuration::from_hours(48);
    assert_eq!(held(&before, later), ([true; 2], [true; 2]));
    assert_eq!(held(&after, later), ([false; 2], [false; 2]));
    // What they could do before is no less true.
    assert_eq!(held(&after, now).1, [true; 2]);
    assert!(!after.directory().handles(staff, unit, later), "no case is given to them");
    let case = after.cases().iter().find(|it| it.handler == Some(staff)).unwrap();
    assert!(after.directory().is_to_be_reassigned(&case, later));
    assert!(!before.directory().is_to_be_reassigned(&case, later));

    let granted = RoleGranted { role: Role::Handler, place: Place::Unit(unit) };
    let mut more = guardian(StreamId::Staff(staff), granted.into()).pop().unwrap();
    (more.position, more.version) = (Position::new(901), more.version + 1);
    after.apply(&more);
    assert_eq!(held(&after, later), ([false; 2], [false; 2]), "nor by what comes after");
    let other = StaffId::new(2);
    assert!(after.directory().holds_at(other, Role::Handler, Post::Unit(UnitId::new(1)), later));
}

#[test]
fn a_resident_whose_story_stands_still_is_acted_for_by_nobody_and_protected() {
    let (child, guardian, now) =
        (ResidentId::new(6), ResidentId::new(5), MIDNIGHT.parse().unwrap());
    let (before, after) = before_and_after(StreamId::Resident(child));
    let seen = |models: &ReadModels| {
        let directory = models.directory();
        let acts = directory.acts_for(guardian, child, now);
        (acts, directory.represented_by(guardian, now).count(), directory.is_protected(child))
    };
    assert_eq!((seen(&before), seen(&after)), ((true, 1, false), (false, 0, true)));
    assert!(after.directory().resident_region(child).is_some(), "the account goes on");
}

#[test]
fn a_unit_whose_story_stands_still_takes_no_new_cases() {
    let unit = UnitId::new(3);
    let (before, after) = before_and_after(StreamId::Unit(unit));
    let active = |models: &ReadModels| models.directory().care_unit(unit).unwrap().active;
    assert_eq!((active(&before), active(&after)), (true, false));
    assert!(after.directory().care_unit(UnitId::new(1)).unwrap().active);
}

#[test]
fn a_case_type_whose_story_stands_still_is_closed_to_proxies() {
    let advice = CaseTypeId::new(1);
    let (before, after) = before_and_after(StreamId::CaseType(advice));
    let open = |models: &ReadModels, id| models.directory().type_rules(id).for_proxies;
    assert_eq!((open(&before, advice), open(&after, advice)), (true, false));
    assert!(open(&after, CaseTypeId::new(2)));
    assert!(after.directory().type_rules(advice).conversation);
}

#[test]
fn a_region_whose_story_stands_still_stays_as_it_was() {
    let (before, after) = before_and_after(StreamId::Region(RegionId::new(1)));
    let digests = before.digests().into_iter().zip(after.digests());
    let differing: Vec<_> = digests.filter(|(a, b)| a != b).map(|(it, _)| it.model).collect();
    assert_eq!(differing, ["parked"]);
    let told: Vec<_> = after.parked().consequences().into_iter().collect();
    assert_eq!(told, [("others stay as they were", 1)]);
}
