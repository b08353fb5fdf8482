//! Notices over real sockets: a mail server and a receiver on loopback, a real engine, files on disk.

mod receiver;
mod smtp;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use domain::{
    Actor, CareProviderId, CaseId, CaseTypeId, CommitId, DivisionId, Position, RegionId,
    ResidentId, Role, StaffId, StreamId, UnitId,
    case::{Command, Content, Notice, Submission},
    deadline::Policy,
    organisation::{
        CaseTypeDefined, CaseTypeOffered, DivisionRegistered, Event, Person, Place,
        RegionRegistered, ResidentRegistered, RoleGranted, Scope, StaffRegistered, UnitActivated,
        UnitKind, UnitRegistered,
    },
};
use engine::{
    Engine, Notified, Parts, Registering, Request, SystemWorld, Target, commit_id,
    keys::{KeyStore, MasterKey},
    message_id,
};
use event_log::MemoryLog;
use tempfile::TempDir;

use self::{
    receiver::{Call, Receiver},
    smtp::{MailServer, Manner},
};
use super::{
    Addresses, Channels, Item, Ledger, MailBox, Outbox, Patience, Recipient, SmtpTls, State,
    Webhook,
};

const UNIT: UnitId = UnitId::new(1);
const ADVICE: CaseTypeId = CaseTypeId::new(1);
const EVA: ResidentId = ResidentId::new(1);
const ANNA: StaffId = StaffId::new(1);
const RITA: StaffId = StaffId::new(2);
const LINK: &str = "https://arende.example.se";

/// Residents who said where, as a book that is kept.
#[derive(Default)]
struct Book(Mutex<BTreeMap<ResidentId, String>>);

#[async_trait]
impl Addresses for Book {
    async fn email(&self, resident: ResidentId) -> anyhow::Result<Option<String>> {
        Ok(self.0.lock().unwrap().get(&resident).cloned())
    }
}

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
        let book = Book::default();
        book.0.lock().unwrap().insert(EVA, "eva@example.se".to_owned());
        let addresses = Arc::new(book);
        let patience = Patience { pause: Duration::from_millis(20), attempts };
        let channels = Channels { mail, webhook, addresses, patience };
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
        credentials: None,
        from: "Ärende <no-reply@example.se>".parse().unwrap(),
        link: LINK.into(),
    }
}

fn webhook(port: u16) -> Webhook {
    let url = format!("http://127.0.0.1:{port}/hook");
    Webhook::new(url, b"a shared secret of ours".to_vec(), LINK.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_is_mailed_of_an_answer_once_and_in_words_that_tell_nothing() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::Takes);
    let outbox = desk.start(Some(mailbox(server.port)), None, 3);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.sent == 1).await;
    outbox.finish().await;

    let mails = server.mails();
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!((&*mail.from, &*mail.to), ("<no-reply@example.se>", "<eva@example.se>"));
    let text = mail.readable();
    for line in ["Du har ett nytt meddelande.", "You have a new message.", LINK] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(text.contains("Auto-Submitted: auto-generated"), "{text}");
    for secret in ["Norr", "Rådgivning", "Advice", "case_", "unit_", "resident_", "Hemligt"] {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
    // Started again, it tells nobody of what they were told.
    let outbox = desk.start(Some(mailbox(server.port)), None, 3);
    let second = desk.held("two").await;
    desk.answer(second, "two").await;
    desk.until("mail", |it| it.sent == 1 && it.waiting == 0).await;
    outbox.finish().await;
    let ids: Vec<String> = server.mails().iter().map(|it| it.header("Message-ID")).collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_before_the_outbox_was_there_is_nobodys_news() {
    let desk = Desk::new().await;
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    let server = MailServer::start(Manner::Takes);
    let outbox = desk.start(Some(mailbox(server.port)), None, 3);
    let case = desk.held("two").await;
    desk.answer(case, "two").await;
    desk.until("mail", |it| it.sent == 1).await;
    outbox.finish().await;
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_tried_again_until_it_is_there() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::AwayFor(3));
    let outbox = desk.start(Some(mailbox(server.port)), None, 9);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.sent == 1).await;
    outbox.finish().await;
    assert_eq!((server.mails().len(), server.connections()), (1, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_taken_is_given_up_and_an_operator_sees_it() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::AwayFor(u32::MAX));
    let outbox = desk.start(Some(mailbox(server.port)), None, 3);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.dead == 1).await;
    outbox.finish().await;
    assert_eq!(server.connections(), 3);
    let [item] = &desk.items()[..] else { panic!("{:?}", desk.items()) };
    let State::Dead { why } = &item.is else { panic!("{item:?}") };
    assert!(why.ends_with("given up after 3 attempts"), "{why}");
    assert!(!format!("{item:?}").contains("eva@"), "no address is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_refused_is_not_tried_again() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::Refuses);
    let outbox = desk.start(Some(mailbox(server.port)), None, 9);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.dead == 1).await;
    outbox.finish().await;
    assert_eq!(server.connections(), 1);
}

/// The text was sent, and the connection went before the server's answer: nobody knows.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_been_sent_is_uncertain_and_not_sent_again() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::TakesAndGoes);
    let outbox = desk.start(Some(mailbox(server.port)), None, 9);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.uncertain == 1).await;
    outbox.finish().await;
    for _ in 0..2 {
        let outbox = desk.start(Some(mailbox(server.port)), None, 9);
        desk.until("mail", |it| it.uncertain == 1 && it.waiting == 0).await;
        outbox.finish().await;
    }
    assert_eq!(server.mails().len(), 1);
}

/// The process went while a mail was being sent: the next one does not send it again.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_being_sent_at_a_crash_is_not_sent_again() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::Takes);
    let now = desk.engine.now();
    let mut ledger = Ledger::open(&desk.path(), *desk.engine.log().head().borrow(), now).unwrap();
    let stream = StreamId::Case(CaseId::new(7));
    let to = Recipient::Resident(EVA);
    let item = |n| {
        Item::new(Position::new(n), stream, 1, super::Channel::Mail, to, Notice::NewMessage, now)
    };
    let upto = ledger.upto();
    ledger.gather(upto, vec![item(1), item(2)]).unwrap();
    ledger.change(&item(1).id, State::Sending, now).unwrap();
    drop(ledger);
    let outbox = desk.start(Some(mailbox(server.port)), None, 9);
    desk.until("mail", |it| it.sent == 1 && it.uncertain == 1).await;
    outbox.finish().await;
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receiver_is_called_for_residents_and_staff_and_can_check_who_calls() {
    let desk = Desk::new().await;
    let receiver = Receiver::start(&[503, 200]);
    let outbox = desk.start(None, Some(webhook(receiver.port)), 9);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("webhook", |it| it.sent == 2).await;
    // Whoever takes a case is not told of it; whoever is given the next one is.
    desk.given("taken", RITA).await;
    desk.given("given", ANNA).await;
    desk.until("webhook", |it| it.sent == 3).await;
    outbox.finish().await;

    let calls = receiver.calls();
    let told = |call: &Call| {
        let body = call.json();
        (body["notice"].as_str().unwrap().to_owned(), body["to"].clone())
    };
    let mut given: Vec<_> = calls.iter().map(told).collect();
    given.sort_by_key(|(notice, _)| notice.clone());
    let staff = ("CASE_GIVEN".to_owned(), serde_json::json!({ "staffId": ANNA.to_string() }));
    let resident = ("NEW_MESSAGE".to_owned(), serde_json::json!({ "residentId": EVA.to_string() }));
    // The first call was answered 503, and came again under the same name.
    assert_eq!(calls.len(), 4);
    assert_eq!(calls.iter().filter(|it| it.delivery == calls[0].delivery).count(), 2);
    assert!(given.contains(&staff) && given.contains(&resident), "{given:?}");
    for call in &calls {
        assert!(call.is_signed_with(b"a shared secret of ours"), "{call:?}");
        assert!(!call.is_signed_with(b"another secret of ours"));
        for secret in ["Norr", "Rådgivning", "case_", "unit_", "Hemligt"] {
            assert!(!call.body.contains(secret), "{secret} is in {}", call.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_says_no_is_not_called_again() {
    let desk = Desk::new().await;
    let receiver = Receiver::start(&[410]);
    let outbox = desk.start(None, Some(webhook(receiver.port)), 9);
    desk.held("one").await;
    desk.until("webhook", |it| it.dead == 1).await;
    outbox.finish().await;
    assert_eq!(receiver.calls().len(), 1);
}

/// A mail server that someone else wrote, where it is installed.
#[tokio::test(flavor = "multi_thread")]
async fn another_mail_server_takes_the_mail() {
    let Some(server) = smtp::Aiosmtpd::start() else {
        eprintln!("skipped: Python's aiosmtpd is not installed");
        return;
    };
    let desk = Desk::new().await;
    let outbox = desk.start(Some(mailbox(server.port)), None, 9);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.sent == 1).await;
    outbox.finish().await;
    let mail = server.mail();
    assert!(mail.contains("To: eva@example.se"), "{mail}");
    assert!(mail.contains("Subject: "), "{mail}");
}
