//! A generated region in memory, its keys in a folder of its own.

use std::sync::Arc;

use domain::{
    Actor, CaseId, Event, Position, ResidentId, StreamId,
    case::{self, Content},
    organisation::{self, Person},
};
use engine::{
    Engine, HistoryEntry, Parts,
    access::{Action, Opening},
    entries,
    keys::{KeyStore, MasterKey},
};
use event_log::MemoryLog;
use jiff::Timestamp;
use projections::ReadModels;
use tokio::sync::OnceCell;

use crate::demo::{Generated, Plan, generate};

pub(super) struct Played {
    pub(super) engine: Arc<Engine>,
    pub(super) generated: Generated,
    _folder: tempfile::TempDir,
}

/// A Wednesday morning in April, after an Easter within the span.
pub(super) fn until() -> Timestamp {
    "2026-04-22T10:00:00+02:00".parse().unwrap()
}

pub(super) async fn play(cases: u64, seed: u64) -> Played {
    let plan = Plan { cases, seed, until: until() };
    let world = Arc::new(plan.world().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyStore::open(folder.path(), MasterKey::generate(&*world)).unwrap();
    let engine = Engine::start(Parts {
        log: Arc::new(MemoryLog::default()),
        access: Arc::new(MemoryLog::default()),
        keys,
        files: None,
        world: Arc::clone(&world) as Arc<_>,
    });
    let engine = engine.await.unwrap();
    let mut begun = (0, 0);
    let told = |done, total| begun = (done, total);
    let generated = generate(&engine, &world, &plan, told).await.unwrap();
    assert_eq!(begun, (cases, cases));
    Played::over(engine, generated, folder)
}

/// The read models of a region of 2,000 cases, generated once for all tests.
pub(super) async fn region_of_2000() -> &'static ReadModels {
    static MODELS: OnceCell<ReadModels> = OnceCell::const_new();
    let generated = || async {
        let played = play(2_000, 42).await;
        let view = played.engine.view(None).await.unwrap().unwrap();
        view.with(|models, _| models.clone())
    };
    MODELS.get_or_init(generated).await
}

impl Played {
    /// What `engine` holds, its keys in `folder`.
    pub(super) fn over(
        engine: Arc<Engine>,
        generated: Generated,
        folder: tempfile::TempDir,
    ) -> Self {
        Self { engine, generated, _folder: folder }
    }

    /// Every event, oldest first.
    pub(super) async fn events(&self) -> Vec<HistoryEntry> {
        let commits = self.engine.log().page(Position::START, usize::MAX).await.unwrap();
        commits.iter().flat_map(|it| entries(it).unwrap()).collect()
    }

    /// Every resident, by name and number.
    pub(super) async fn residents(&self) -> Vec<Person> {
        let registered = |it: &HistoryEntry| match (&it.recorded.event, it.recorded.stream) {
            (
                Event::Organisation(organisation::Event::ResidentRegistered(_)),
                StreamId::Resident(who),
            ) => Some(who),
            _ => None,
        };
        let all: Vec<ResidentId> = self.events().await.iter().filter_map(registered).collect();
        let opening = self.opening(Action::ReadNames);
        let names = self.engine.resident_names(opening, &all).await.unwrap();
        names.into_iter().map(Option::unwrap).collect()
    }

    /// Everything that was written, with the event it stands in and its case's type.
    pub(super) async fn written(&self) -> Vec<(CaseId, case::Event, Content)> {
        let mut events = self.events().await;
        events.retain(|it| matches!(it.recorded.stream, StreamId::Case(_)) && it.is_sealed());
        let opening = self.opening(Action::ReadMessages);
        let contents = self.engine.open_content(opening, &events).await.unwrap();
        let each = events.into_iter().zip(contents).map(|(entry, content)| {
            let (StreamId::Case(case), Event::Case(event)) =
                (entry.recorded.stream, entry.recorded.event)
            else {
                unreachable!("events of cases alone were kept")
            };
            (case, event, content.unwrap())
        });
        each.collect()
    }

    fn opening(&self, action: Action) -> Opening {
        Opening {
            reader: Actor::System,
            correlation: "test".to_owned(),
            what: vec![StreamId::Region(self.generated.region)],
            action,
            purpose: "test".to_owned(),
        }
    }
}
