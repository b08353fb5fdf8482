//! A small region: one unit, a receiver, two handlers, one resident, one case type.

use std::{path::Path, sync::Arc};

use domain::{
    Actor, CareProviderId, CaseId, CaseTypeId, CommitId, DivisionId, RegionId, ResidentId, Role,
    StaffId, StreamId, UnitId,
    case::{Command, Content, Submission},
    deadline::Policy,
    organisation::{
        CaseTypeDefined, CaseTypeOffered, DivisionRegistered, Event, Person, Place,
        RegionRegistered, ResidentRegistered, RoleGranted, Scope, StaffRegistered, UnitActivated,
        UnitKind, UnitRegistered,
    },
};
use event_log::MemoryLog;
use event_log::contract::Through;
use event_log_sled::{OpenError, SledLog};
use jiff::Timestamp;

use super::contested::Contested;
use crate::{
    Done, Engine, ExecuteError, ModelsFile, Parts, Registering, Request, ScriptedWorld, Target,
    attachments::local_store,
    commit_id,
    keys::{KeyStore, MasterKey},
    message_id,
};

pub(crate) const REGION: RegionId = RegionId::new(1);
pub(crate) const UNIT: UnitId = UnitId::new(1);
pub(crate) const RITA: StaffId = StaffId::new(1);
pub(crate) const ANNA: StaffId = StaffId::new(2);
pub(crate) const BO: StaffId = StaffId::new(3);
pub(crate) const EVA: ResidentId = ResidentId::new(1);
const ADVICE: CaseTypeId = CaseTypeId::new(1);

pub(crate) fn monday() -> Timestamp {
    "2026-03-02T09:00:00+01:00".parse().unwrap()
}

pub(crate) fn eva() -> Actor {
    Actor::Resident { who: EVA, on_behalf_of: None }
}

pub(crate) fn anna() -> Actor {
    Actor::Staff { who: ANNA, role: Role::Handler, unit: Some(UNIT) }
}

pub(crate) fn receiver() -> Actor {
    Actor::Staff { who: RITA, role: Role::Receiver, unit: Some(UNIT) }
}

pub(crate) fn bo() -> Actor {
    Actor::Staff { who: BO, role: Role::Handler, unit: Some(UNIT) }
}

/// An answer, whose message is filled in by [`Region::request`].
pub(crate) fn answer() -> Command {
    Command::Answer { message: domain::MessageId::new(0) }
}

/// The log in `folder`, once whatever still reads it has let it go.
async fn open(folder: &Path) -> Arc<Through<Contested>> {
    loop {
        match SledLog::open(folder) {
            Ok(log) => return Arc::new(Contested::over(Arc::new(log))),
            Err(OpenError::InUse { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

pub(crate) struct Region {
    pub(crate) engine: Arc<Engine>,
    pub(crate) world: Arc<ScriptedWorld>,
    pub(crate) log: Arc<Through<Contested>>,
    pub(crate) access: Arc<Through<Contested>>,
    pub(crate) folder: tempfile::TempDir,
    master: MasterKey,
}

impl Region {
    pub(crate) async fn new() -> Self {
        let world = Arc::new(ScriptedWorld::new(1, monday()));
        let master = MasterKey::generate(&*world);
        let folder = tempfile::tempdir().unwrap();
        let log = Arc::new(Contested::over(Arc::new(MemoryLog::default())));
        let access = Arc::new(Contested::over(Arc::new(MemoryLog::default())));
        let region = Self::over(world, log, access, folder, master).await;
        region.set_up().await;
        region
    }

    /// As [`Region::new`], with its log on disk.
    pub(crate) async fn on_disk() -> Self {
        let region = Self::new().await;
        let Self { engine, world, access, folder, master, .. } = region;
        drop(engine);
        let log = open(&folder.path().join("log")).await;
        let region = Self::over(world, log, access, folder, master).await;
        region.set_up().await;
        region
    }

    /// Everything closed, and opened again from disk.
    pub(crate) async fn reopened(self) -> Self {
        let Self { engine, world, log, access, folder, master } = self;
        drop((engine, log));
        let log = open(&folder.path().join("log")).await;
        Self::over(world, log, access, folder, master).await
    }

    /// The same logs and keys, with an engine that remembers nothing.
    pub(crate) async fn restarted(self) -> Self {
        let Self { engine, world, log, access, folder, master } = self;
        drop(engine);
        Self::over(world, log, access, folder, master).await
    }

    async fn over(
        world: Arc<ScriptedWorld>,
        log: Arc<Through<Contested>>,
        access: Arc<Through<Contested>>,
        folder: tempfile::TempDir,
        master: MasterKey,
    ) -> Self {
        let keys = KeyStore::open(&folder.path().join("keys"), master.clone()).unwrap();
        let parts = Parts {
            log: log.clone(),
            access: access.clone(),
            keys,
            files: Some(local_store(&folder.path().join("attachments")).unwrap()),
            world: world.clone(),
        };
        let models = ModelsFile::new(folder.path().join("read-models"));
        let engine = Engine::start_from(parts, models).await.unwrap();
        log.look_at(&engine.keys);
        Self { engine, world, log, access, folder, master }
    }

    async fn set_up(&self) {
        let division = DivisionId::new(1);
        let name = |text: &str| text.to_owned();
        let unit = UnitRegistered {
            region: REGION,
            division,
            provider: CareProviderId::new(1),
            hsa_id: None,
            name: name("Björkens vårdcentral"),
            kind: UnitKind::Care,
        };
        let case_type = CaseTypeDefined {
            region: REGION,
            key: name("advice"),
            name_sv: name("Rådgivning"),
            name_en: name("Advice"),
            scope: Scope::RegionCommon,
            central_unit: None,
            working_days: Some(2),
            policy: Policy::Eod,
            form_version: 1,
            terms_version: 1,
        };
        let offered = CaseTypeOffered { case_type: ADVICE };
        let mut all: Vec<(StreamId, Vec<Event>, Option<Person>)> = vec![
            (
                StreamId::Region(REGION),
                vec![RegionRegistered { name: name("Region Nord") }.into()],
                None,
            ),
            (
                StreamId::Division(division),
                vec![DivisionRegistered { region: REGION, name: name("Närsjukvården") }.into()],
                None,
            ),
            (StreamId::CaseType(ADVICE), vec![case_type.into()], None),
            (
                StreamId::Unit(UNIT),
                vec![unit.into(), UnitActivated {}.into(), offered.into()],
                None,
            ),
            (
                StreamId::Resident(EVA),
                vec![ResidentRegistered { region: REGION }.into()],
                Some(Person { name: name("Eva Testsson"), number: name("198102282384") }),
            ),
        ];
        for (staff, role, who) in [
            (RITA, Role::Receiver, "Rita Testsson"),
            (ANNA, Role::Handler, "Anna Testsson"),
            (BO, Role::Handler, "Bo Testsson"),
        ] {
            let granted = RoleGranted { role, place: Place::Unit(UNIT) };
            let changes = vec![StaffRegistered { region: REGION }.into(), granted.into()];
            let person = Person { name: name(who), number: String::new() };
            all.push((StreamId::Staff(staff), changes, Some(person)));
        }
        let mut pipeline = self.engine.pipeline();
        for (n, (stream, changes, person)) in (1..).zip(all) {
            let registering = Registering {
                stream,
                commit_id: CommitId(n),
                occurred_at: monday(),
                correlation: name("set-up"),
                changes,
                person,
            };
            pipeline.register(registering).await.unwrap();
        }
        pipeline.finish().await.unwrap();
    }

    pub(crate) fn submission(key: &str) -> Request {
        let submission = Submission {
            unit: UNIT,
            case_type: ADVICE,
            subject: EVA,
            form_version: 1,
            terms_version: 1,
            follows_up: None,
            message: message_id(commit_id(&eva(), key)),
        };
        let command = Command::Submit(submission);
        let request = Self::request(eva(), CaseId::new(0), key, command);
        let content = Some(Content::text("Jag behöver råd."));
        Request { target: Target::New, content, ..request }
    }

    pub(crate) fn request(by: Actor, case: CaseId, key: &str, command: Command) -> Request {
        let id = commit_id(&by, key);
        let (command, content) = match command {
            Command::Answer { .. } => {
                (Command::Answer { message: message_id(id) }, Some(Content::text("Svar.")))
            }
            other => (other, None),
        };
        let target = Target::Existing { case, expected_version: None };
        Request { by, id, correlation: format!("test:{key}"), target, command, content }
    }

    pub(crate) async fn submit(&self, key: &str) -> Result<Done, ExecuteError> {
        self.engine.execute(Self::submission(key)).await
    }

    pub(crate) async fn distribute(&self, case: CaseId, key: &str) -> Result<Done, ExecuteError> {
        self.ask(receiver(), case, key, Command::Distribute { to: ANNA }).await
    }

    pub(crate) async fn ask(
        &self,
        by: Actor,
        case: CaseId,
        key: &str,
        command: Command,
    ) -> Result<Done, ExecuteError> {
        self.engine.execute(Self::request(by, case, key, command)).await
    }
}
