//! Notices over real sockets: a mail server and a receiver on loopback, a real engine, files on disk.

mod aiosmtpd;
mod calling;
mod certificates;
mod mailing;
mod receiver;
mod resending;
mod smtp;
mod trusting;

use std::{sync::Arc, time::Duration};

use domain::{
    Actor, CareProviderId, CaseId, CaseTypeId, CommitId, DivisionId, RegionId, ResidentId, Role,
    StaffId, StreamId, UnitId,
    case::{Command, Content, Submission},
    deadline::Policy,
    organisation::{
        CaseTypeDefined, CaseTypeOffered, ContactDetails, DivisionRegistered, Event, Person, Place,
        RegionRegistered, ResidentCommand, ResidentRegistered, RoleGranted, Scope, StaffRegistered,
        UnitActivated, UnitKind, UnitRegistered,
    },
};
use engine::{
    Administration, Change, Engine, Notified, Parts, Registering, Request, Secret, SystemWorld,
    Target, commit_id,
    keys::{KeyStore, MasterKey},
    message_id,
};
use event_log::MemoryLog;
use tempfile::TempDir;

use super::{Channels, Item, Ledger, MailBox, Outbox, Patience, SmtpTls, Webhook};

const UNIT: UnitId = UnitId::new(1);
const ADVICE: CaseTypeId = CaseTypeId::new(1);
const EVA: ResidentId = ResidentId::new(1);
const ANNA: StaffId = StaffId::new(1);
const RITA: StaffId = StaffId::new(2);
const LINK: &str = "https://arende.example.se";

/// A unit at work, and a folder for what is kept.
struct Desk {
    engine: Arc<Engine>,
    folder: TempDir,
}

impl Desk {
    async fn new() -> Self {
        let world = Arc::new(SystemWorld::default());
        let folder = tempfile::tempdir().unwrap();
        let parts = Parts {
            log: Arc::new(MemoryLog::default()),
            access: Arc::new(MemoryLog::default()),
            keys: KeyStore::open(&folder.path().join("keys"), MasterKey::generate(&*world))
                .unwrap(),
            files: None,
            world,
        };
        let desk = Self { engine: Engine::start(parts).await.unwrap(), folder };
        desk.set_up().await;
        desk
    }

    async fn set_up(&self) {
        let (region, division, name) = (RegionId::new(1), DivisionId::new(1), || "Norr".to_owned());
        let provider = CareProviderId::new(1);
        let staff = |role| -> Vec<Event> {
            let place = Place::Unit(UNIT);
            vec![StaffRegistered { region }.into(), RoleGranted { role, place }.into()]
        };
        let unit = UnitRegistered {
            region,
            division,
            provider,
            hsa_id: None,
            name: name(),
            kind: UnitKind::Care,
        };
        let advice = CaseTypeDefined {
            region,
            key: "advice".into(),
            name_sv: "Rådgivning".into(),
            name_en: "Advice".into(),
            scope: Scope::RegionCommon,
            central_unit: None,
            working_days: Some(2),
            policy: Policy::Eod,
            form_version: 1,
            terms_version: 1,
        };
        let all: Vec<(StreamId, Vec<Event>)> = vec![
            (StreamId::Region(region), vec![RegionRegistered { name: name() }.into()]),
            (
                StreamId::Division(division),
                vec![DivisionRegistered { region, name: name() }.into()],
            ),
            (StreamId::CaseType(ADVICE), vec![advice.into()]),
            (
                StreamId::Unit(UNIT),
                vec![
                    unit.into(),
                    CaseTypeOffered { case_type: ADVICE }.into(),
                    UnitActivated {}.into(),
                ],
            ),
            (StreamId::Resident(EVA), vec![ResidentRegistered { region }.into()]),
            (StreamId::Staff(ANNA), staff(Role::Handler)),
            (StreamId::Staff(RITA), [staff(Role::Receiver), staff(Role::Handler)].concat()),
        ];
        let mut pipeline = self.engine.pipeline();
        for (n, (stream, changes)) in (1..).zip(all) {
            let is_person = matches!(stream, StreamId::Staff(_) | StreamId::Resident(_));
            let person = Person { name: name(), number: String::new() };
            let registering = Registering {
                stream,
                commit_id: CommitId(n),
                occurred_at: self.engine.now(),
                correlation: name(),
                changes,
                person: is_person.then_some(person),
            };
            pipeline.register(registering).await.unwrap();
        }
        pipeline.finish().await.unwrap();
        self.eva_is_told("eva@example.se", true).await;
    }

    /// Eva says where she is reached, and whether by e-mail.
    async fn eva_is_told(&self, email: &str, by_email: bool) {
        let command =
            ResidentCommand::ChangeContactPreferences { by_email, by_text_message: false };
        let contact = ContactDetails { email: email.to_owned(), phone: String::new() };
        let asked = Administration {
            by: eva(),
            id: commit_id(&eva(), &format!("{email} {by_email}")),
            correlation: "preferences".to_owned(),
            change: Change::Resident(EVA, command),
            secret: Some(Secret::Contact(contact)),
        };
        self.engine.administer(asked).await.unwrap();
    }

    async fn ask(&self, by: Actor, case: Option<CaseId>, key: &str, command: Command) -> CaseId {
        let id = commit_id(&by, key);
        let content = command.message().map(|_| Content::text("Hemligt."));
        let target =
            case.map_or(Target::New, |case| Target::Existing { case, expected_version: None });
        let correlation = key.to_owned();
        let request = Request { by, id, correlation, target, command, content };
        self.engine.execute(request).await.unwrap().case
    }

    /// A case that Eva sent, given to Anna by Rita.
    async fn held(&self, key: &str) -> CaseId {
        self.given(key, ANNA).await
    }

    /// A case that Eva sent, given to `to` by Rita.
    async fn given(&self, key: &str, to: StaffId) -> CaseId {
        let message = message_id(commit_id(&eva(), key));
        let submission = Submission {
            unit: UNIT,
            case_type: ADVICE,
            subject: EVA,
            form_version: 1,
            terms_version: 1,
            follows_up: None,
            message,
        };
        let case = self.ask(eva(), None, key, Command::Submit(submission)).await;
        self.ask(rita(), Some(case), key, Command::Distribute { to }).await
    }

    async fn answer(&self, case: CaseId, key: &str) {
        let message = message_id(commit_id(&anna(), key));
        self.ask(anna(), Some(case), key, Command::Answer { message }).await;
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("outbox")
    }

    fn start(&self, mail: Option<MailBox>, webhook: Option<Webhook>, attempts: u32) -> Outbox {
        let patience = Patience { pause: Duration::from_millis(20), attempts };
        let channels = Channels { mail, webhook, patience };
        Outbox::start(&self.path(), &self.engine, channels).unwrap()
    }

    /// Waits until the board says so of a channel.
    async fn until(&self, channel: &str, is: impl Fn(&Notified) -> bool) -> Notified {
        for _ in 0..1_000 {
            let board = self.engine.notices().channels();
            if let Some(it) = board.get(channel).filter(|it| is(it)) {
                return *it;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{channel} stands at {:?}", self.engine.notices());
    }

    fn items(&self) -> Vec<Item> {
        Ledger::look(&self.path()).unwrap()
    }
}

fn eva() -> Actor {
    Actor::Resident { who: EVA, on_behalf_of: None }
}

fn anna() -> Actor {
    Actor::Staff { who: ANNA, role: Role::Handler, unit: Some(UNIT) }
}

fn rita() -> Actor {
    Actor::Staff { who: RITA, role: Role::Receiver, unit: Some(UNIT) }
}

fn mailbox(port: u16) -> MailBox {
    MailBox {
        host: "127.0.0.1".into(),
        port,
        tls: SmtpTls::None,
        authorities: None,
        credentials: None,
        from: "Ärende <no-reply@example.se>".parse().unwrap(),
        link: LINK.into(),
    }
}

fn webhook(port: u16) -> Webhook {
    let url = format!("http://127.0.0.1:{port}/hook");
    Webhook::new(url, b"a shared secret of ours".to_vec(), LINK.into(), None)
}
