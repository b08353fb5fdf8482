//! What was generated, read back through the log and the read models.

mod calibration;
mod content;
mod stage;

use std::sync::Arc;

use domain::{
    Actor, Role,
    case::{Command, Content, State, clock::SlaState},
    identity::{Mode, NationalId, NationalIdKind},
    organisation::Post,
};
use engine::{Request, Target, entries, keys::MasterKey};

use self::stage::{Played, play, until};
use super::{Plan, generate};
use crate::{folder::Folder, people::Assignment};

/// The hash of the log's last commit.
async fn last_hash(cases: u64, seed: u64) -> String {
    let played = play(cases, seed).await;
    let head = *played.engine.log().head().borrow();
    played.engine.log().commit(head).await.unwrap().unwrap().hash.to_string()
}

#[tokio::test]
async fn the_same_plan_gives_the_same_bytes_and_another_seed_others() {
    let first = last_hash(150, 42).await;
    assert_eq!(first, last_hash(150, 42).await);
    assert_ne!(first, last_hash(150, 43).await);
}

#[tokio::test]
async fn a_region_of_any_size_has_its_cases_and_someone_for_each_role() {
    for cases in [1, 2, 30] {
        let Played { engine, generated, .. } = play(cases, 5).await;
        let view = engine.view(None).await.unwrap().unwrap();
        view.with(|models, now| {
            assert_eq!((models.cases().len() as u64, now), (cases, until()));
            let directory = models.directory();
            for role in [
                Role::Receiver,
                Role::Handler,
                Role::UnitAdmin,
                Role::RegionAdmin,
                Role::Auditor,
                Role::Analyst,
            ] {
                let first = generated.people.staff(role, None, None).unwrap();
                assert!(directory.holds(first.who, role, first.place), "{role:?}");
            }
            assert!(!generated.people.residents.is_empty());
            for unit in &generated.units {
                for role in [Role::Receiver, Role::Handler, Role::UnitAdmin] {
                    let place = Post::Unit(*unit);
                    assert!(directory.holders(role, place).next().is_some(), "{unit} {role:?}");
                }
            }
        });
    }
}

#[test]
fn casework_outside_the_calendar_is_refused() {
    for (until, is_within) in [
        ("1990-03-01T00:00:00Z", false),
        ("1990-05-01T00:00:00Z", true),
        ("2099-12-31T00:00:00Z", true),
        ("2100-12-31T00:00:00Z", false),
    ] {
        let plan = Plan { cases: 1, seed: 1, until: until.parse().unwrap() };
        assert_eq!(plan.world().is_ok(), is_within, "{until}");
    }
}

#[tokio::test]
async fn commits_stand_in_order_of_time_and_none_is_after_the_end() {
    let Played { engine, .. } = play(150, 42).await;
    let commits = engine.log().page(domain::Position::START, usize::MAX).await.unwrap();
    assert!(commits.is_sorted_by_key(|it| it.occurred_at));
    assert!(commits.iter().all(|it| it.recorded_at == it.occurred_at));
    assert!(commits.last().unwrap().occurred_at <= until());
    assert!(commits.iter().all(|it| entries(it).is_ok()));
}

#[tokio::test]
async fn the_region_ends_with_live_casework() {
    let models = stage::region_of_2000().await;
    let cases = || models.cases().iter();
    for state in [
        State::Received,
        State::Distributed,
        State::PartiallyAnswered,
        State::AwaitingResident,
        State::Answered,
        State::Closed,
    ] {
        assert!(cases().any(|it| it.state == state), "no case is {state:?}");
    }
    for sla in [SlaState::DueToday, SlaState::Overdue, SlaState::OnTime, SlaState::Met] {
        assert!(cases().any(|it| it.clock.state(until()) == sla), "no case is {sla:?}");
    }
    let open = |unit| cases().any(|it| it.unit == unit && it.state != State::Closed);
    let units: Vec<_> = models.directory().units_after(None).map(|it| it.id).collect();
    let busy = units.iter().filter(|unit| open(**unit)).count();
    assert!(busy * 4 >= units.len() * 3, "{busy} of {} units have open cases", units.len());
}

#[tokio::test]
async fn every_number_is_made_up_or_on_the_list_of_test_numbers_and_no_two_are_alike() {
    let played = play(150, 42).await;
    let today = domain::deadline::local_date(until());
    let mut numbers = std::collections::BTreeSet::new();
    let people = played.residents().await;
    assert!(people.len() >= 60, "{}", people.len());
    for person in &people {
        let number = NationalId::parse(&person.number, today, Mode::Synthetic).unwrap();
        let serial = &person.number[8..11];
        let listed = ["238", "239"].contains(&serial);
        assert!(number.kind() == NationalIdKind::Synthetic || listed, "{serial}");
        assert!(numbers.insert(person.number.clone()), "{number:?} twice");
    }
}

#[tokio::test]
async fn everyone_is_found_by_their_number() {
    let played = play(150, 42).await;
    let today = domain::deadline::local_date(until());
    let engine = &played.engine;
    let mut found = std::collections::BTreeSet::new();
    for person in played.residents().await {
        let number = NationalId::parse(&person.number, today, Mode::Synthetic).unwrap();
        let who = engine.resident_of_number(engine.number_hash(&number));
        assert!(found.insert(who.expect("found by their number")), "{who:?} has two numbers");
    }
    let [Some((who, number)), Some((guardian, _))] = played.generated.numbers else {
        panic!("the region has a resident and a guardian with cases")
    };
    assert_eq!(engine.resident_of_number(engine.number_hash(&number)), Some(who));
    assert_eq!(played.generated.people.guardians.first(), Some(&guardian));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_in_a_generated_folder_under_the_real_clock() {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::new(root.path()).unwrap();
    let plan = Plan { cases: 60, seed: 3, until: until() };
    let world = Arc::new(plan.world().unwrap());
    let master = MasterKey::generate(&*world);
    let engine = folder.engine(master, Arc::clone(&world) as Arc<_>).await.unwrap();
    let generated = generate(&engine, &world, &plan, |_, _| ()).await.unwrap();
    assert_eq!(engine.now(), until());

    world.go_live();
    assert!(engine.now() > until());
    let receiver = generated.people.staff(Role::Receiver, None, None).unwrap();
    let Assignment { role, place, who } = receiver;
    let Post::Unit(unit) = place else { panic!("a receiver works at a unit") };
    let view = engine.view(None).await.unwrap().unwrap();
    let at_the_unit = |models: &projections::ReadModels| {
        models.cases().iter().find(|it| it.unit == unit).map(|it| it.id)
    };
    let case = view.with(|models, _| at_the_unit(models)).unwrap();
    let by = Actor::Staff { who, role, unit: Some(unit) };
    let id = engine::commit_id(&by, "first");
    let note = Request {
        by,
        id,
        correlation: "test".to_owned(),
        target: Target::Existing { case, expected_version: None },
        command: Command::AddNote { message: engine::message_id(id) },
        content: Some(Content::text("Nytt.")),
    };
    let done = engine.execute(note).await.unwrap();
    assert_eq!(done.position, generated.position.next());
    let noted = engine.log().commit(done.position).await.unwrap().unwrap();
    assert!(noted.occurred_at > until());
    let played = Played::over(engine, generated, root);
    assert_eq!(played.written().await.last().unwrap().2.text, "Nytt.");
}
