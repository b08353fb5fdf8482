//! Residents by number: found, replaced, of age, and nothing of it on disk for others to read.

use std::{collections::BTreeSet, path::Path};

use domain::{
    Actor, CaseId, CaseTypeId, Position, ResidentId, StreamId,
    case::{self, Command, Content, Submission, Surroundings as _},
    catalogue::Catalogue,
    identity::{Mode, NationalId, Sex, synthetic},
    organisation::{
        CaseTypeCommand, ContactDetails, Event, Person, Rejection, ResidentCommand,
        ResidentRejection, UnitCommand,
    },
};
use event_log::EventLog as _;
use futures_util::future::join_all;
use jiff::civil::date;

use super::region::{EVA, REGION, Region, UNIT, eva, receiver};
use crate::{
    AdministerError, Administered, Administration, Change, ExecuteError, Request, Secret, Target,
    access::{Action, Opening, readings},
    commit_id, message_id,
};

const CHLAMYDIA: CaseTypeId = CaseTypeId::new(70);

/// Turns 15 on Tuesday 3 March 2026.
fn tess() -> NationalId {
    synthetic(date(2011, 3, 3), Sex::Female)
}

/// Turns 13 on Wednesday 4 March 2026.
fn kim() -> NationalId {
    synthetic(date(2013, 3, 4), Sex::Male)
}

fn person(name: &str, number: &NationalId) -> Secret {
    Secret::Person(Person { name: name.into(), number: number.expose_digits() })
}

impl Region {
    async fn administered(
        &self,
        by: Actor,
        key: &str,
        change: Change,
        secret: Option<Secret>,
    ) -> Result<Administered, AdministerError> {
        let id = commit_id(&by, key);
        let asked = Administration { by, id, correlation: "test".into(), change, secret };
        self.engine.administer(asked).await
    }

    /// `number` is registered by themselves, as `name`.
    async fn registers(&self, name: &str, number: &NationalId) -> ResidentId {
        let hash = self.engine.number_hash(number);
        let id = self.engine.resident_id(hash);
        let by = Actor::Resident { who: id, on_behalf_of: None };
        let register = ResidentCommand::Register { region: REGION, number_hash: hash };
        let change = Change::Resident(id, register);
        self.administered(by, "register", change, Some(person(name, number))).await.unwrap();
        id
    }

    async fn finds(&self, number: &NationalId) -> Option<ResidentId> {
        self.engine.find_resident(opening(), number).await.unwrap()
    }

    async fn record(&self, id: ResidentId) -> (Option<Person>, Option<ContactDetails>) {
        let record = self.engine.resident_record(opening(), id).await.unwrap();
        (record.person, record.contact)
    }

    async fn offers_tests(&self) {
        let catalogue = Catalogue::shipped().unwrap();
        let test = catalogue.case_types.iter().find(|it| it.key == "chlamydia_test").unwrap();
        let mut definition = test.definition();
        definition.central_unit = Some(UNIT);
        definition.fields.truncate(1);
        (definition.fields[0].required, definition.fields[0].show_if) = (false, None);
        let terms = catalogue.terms.clone();
        let define = CaseTypeCommand::Define { region: REGION, definition, terms };
        let system = Actor::System;
        let change = Change::CaseType(CHLAMYDIA, define);
        self.administered(system, "define", change, None).await.unwrap();
        let offer = Change::Unit(UNIT, UnitCommand::Offer(CHLAMYDIA));
        self.administered(system, "offer", offer, None).await.unwrap();
    }

    async fn orders_test(&self, who: ResidentId, key: &str) -> Result<CaseId, ExecuteError> {
        let by = Actor::Resident { who, on_behalf_of: None };
        let id = commit_id(&by, key);
        let command = Command::Submit(Submission {
            unit: UNIT,
            case_type: CHLAMYDIA,
            subject: who,
            form_version: 1,
            terms_version: 1,
            follows_up: None,
            message: message_id(id),
        });
        let content = Some(Content::text("Ett test, tack."));
        let correlation = "test".into();
        let request = Request { by, id, correlation, target: Target::New, command, content };
        self.engine.execute(request).await.map(|done| done.case)
    }
}

fn opening() -> Opening {
    Opening {
        reader: receiver(),
        correlation: "test".into(),
        what: vec![],
        action: Action::ReadNames,
        purpose: "Vård och behandling".into(),
    }
}

fn refused(result: Result<Administered, AdministerError>) -> Rejection {
    match result {
        Err(AdministerError::Rejected(rejection)) => rejection,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_resident_is_found_by_number_and_every_looking_is_in_the_access_log() {
    let region = Region::new().await;
    assert_eq!(region.finds(&tess()).await, None);
    let id = region.registers("Tess Testsson", &tess()).await;
    assert_eq!(region.registers("Tess Testsson", &tess()).await, id, "asked again");
    assert_eq!(region.finds(&tess()).await, Some(id));
    let (named, contact) = region.record(id).await;
    assert_eq!(named.unwrap().number, tess().expose_digits());
    assert_eq!(contact, None);

    let mut seen = vec![];
    for commit in region.access.page(Position::START, 9).await.unwrap() {
        seen.extend(readings(&commit).unwrap().into_iter().map(|it| it.opened));
    }
    let looked: Vec<_> =
        seen.iter().filter(|it| it.action == Action::FindResident).map(|it| &it.what[..]).collect();
    assert_eq!(looked, [&[][..], &[StreamId::Resident(id)][..]]);

    let region = region.restarted().await;
    assert_eq!(region.finds(&tess()).await, Some(id), "after a restart");
}

#[tokio::test]
async fn a_number_that_was_replaced_finds_nobody_and_the_account_goes_on() {
    let region = Region::new().await;
    let id = region.registers("Tess Testsson", &tess()).await;
    let new = synthetic(date(2011, 3, 3), Sex::Male);
    let number_hash = region.engine.number_hash(&new);
    let replace = Change::Resident(id, ResidentCommand::ReplaceIdentity { number_hash });
    let nameless = person("", &new);
    let done = region.administered(Actor::System, "r", replace.clone(), Some(nameless)).await;
    assert_eq!(done.unwrap().stream, StreamId::Resident(id));

    assert_eq!(region.finds(&tess()).await, None);
    assert_eq!(region.finds(&new).await, Some(id));
    let (named, _) = region.record(id).await;
    let expected = Person { name: "Tess Testsson".into(), number: new.expose_digits() };
    assert_eq!(named, Some(expected), "the name stays");
    let events = crate::stream_history(&*region.log, StreamId::Resident(id)).await.unwrap();
    assert_eq!(events.len(), 3, "history stays");

    // The old number is nobody's: whoever has it is someone else.
    let other = region.registers("Tyra Testsson", &tess()).await;
    assert_ne!(other, id);
    let hash = region.engine.number_hash(&tess());
    let taken = Change::Resident(id, ResidentCommand::ReplaceIdentity { number_hash: hash });
    let taken = region.administered(Actor::System, "t", taken, Some(person("", &tess()))).await;
    assert_eq!(refused(taken), ResidentRejection::NumberTaken.into());
    let lying = region.administered(Actor::System, "l", replace, Some(person("", &tess()))).await;
    assert_eq!(refused(lying), ResidentRejection::NumberMissing.into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_register_one_number_at_once_one_does() {
    let region = Region::new().await;
    let hash = region.engine.number_hash(&tess());
    let id = region.engine.resident_id(hash);
    let own = Actor::Resident { who: id, on_behalf_of: None };
    let register = ResidentCommand::Register { region: REGION, number_hash: hash };
    let askers = [own, receiver(), Actor::System, own, receiver()];
    let asked = askers.iter().zip(["a", "b", "c", "d", "e"]).map(|(by, key)| {
        let change = Change::Resident(id, register.clone());
        region.administered(*by, key, change, Some(person("Tess Testsson", &tess())))
    });
    let done: BTreeSet<_> =
        join_all(asked).await.into_iter().map(|it| it.unwrap().position).collect();
    assert_eq!(done.len(), 1, "all are told of the same commit");
    // Another stream with the same number is refused, whoever comes first.
    let id = ResidentId::new(77);
    let other = Change::Resident(id, register);
    let other = region.administered(Actor::System, "f", other, Some(person("T", &tess()))).await;
    assert_eq!(refused(other), ResidentRejection::NumberTaken.into());
}

#[tokio::test]
async fn a_type_from_an_age_on_is_sent_by_whoever_is_of_it_by_their_sealed_number() {
    let region = Region::new().await;
    region.offers_tests().await;
    let id = region.registers("Tess Testsson", &tess()).await;
    region.world.set("2026-03-02T23:59:59.999+01:00".parse().unwrap());
    let early = region.orders_test(id, "early").await;
    let too_young = case::Rejection::TooYoung { min_age: 15 };
    assert!(matches!(&early, Err(ExecuteError::Rejected(it)) if *it == too_young), "{early:?}");
    region.world.set("2026-03-03T00:00:00+01:00".parse().unwrap());
    region.orders_test(id, "in time").await.unwrap();

    // Registered before there were hashes, with a number: her age is known, and she goes on.
    region.orders_test(EVA, "eva").await.unwrap();
    region.engine.keys.lose(StreamId::Resident(EVA));
    let unknown = region.orders_test(EVA, "eva again").await;
    let age_unknown = case::Rejection::AgeUnknown { min_age: 15 };
    assert!(matches!(&unknown, Err(ExecuteError::Rejected(it)) if *it == age_unknown));
}

#[tokio::test]
async fn a_guardian_acts_until_the_thirteenth_birthday() {
    let region = Region::new().await;
    let child = region.registers("Kim Testsson", &kim()).await;
    let change = Change::Resident(child, ResidentCommand::GrantGuardian { guardian: EVA });
    region.administered(Actor::System, "g", change, None).await.unwrap();
    let acts = async |at: &str| {
        let view = region.engine.view(None).await.unwrap().unwrap();
        let at = at.parse().unwrap();
        view.with(|models, _| models.directory().acts_for(EVA, child, at))
    };
    assert!(acts("2026-03-03T23:59:59.999+01:00").await);
    assert!(!acts("2026-03-04T00:00:00+01:00").await);
}

#[tokio::test]
async fn whoever_was_registered_without_a_hash_is_given_one() {
    let region = Region::new().await;
    let number = NationalId::parse("198102282384", date(2026, 3, 2), Mode::Live).unwrap();
    assert_eq!(region.finds(&number).await, None, "nobody recorded it");
    region.submit("still works").await.unwrap();
    let number_hash = region.engine.number_hash(&number);
    let register = ResidentCommand::Register { region: REGION, number_hash };
    let change = Change::Resident(EVA, register);
    let named = person("Eva Testsson", &number);
    region.administered(eva(), "n", change, Some(named)).await.unwrap();
    assert_eq!(region.finds(&number).await, Some(EVA));
}

/// Everything under `folder`, as one run of bytes for each file.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    entries
        .flat_map(
            |path| {
                if path.is_dir() { files(&path) } else { vec![std::fs::read(path).unwrap()] }
            },
        )
        .collect()
}

#[tokio::test]
async fn nothing_of_a_number_is_on_disk_in_clear() {
    use sha2::{Digest as _, Sha256};

    let region = Region::on_disk().await;
    let id = region.registers("Tess Testsson", &tess()).await;
    let by = Actor::Resident { who: id, on_behalf_of: None };
    let change =
        ResidentCommand::ChangeContactPreferences { by_email: true, by_text_message: true };
    let contact = ContactDetails { email: "tess@example.se".into(), phone: "070-174 06 05".into() };
    let secret = Some(Secret::Contact(contact.clone()));
    region.administered(by, "c", Change::Resident(id, change), secret).await.unwrap();
    assert_eq!(region.record(id).await.1, Some(contact));
    assert_eq!(region.finds(&tess()).await, Some(id));
    let hash = region.engine.number_hash(&tess());
    region.engine.save_models().await.unwrap();

    let digits = tess().expose_digits();
    let number: u64 = digits.parse().unwrap();
    let short = format!("{}-{}", &digits[2..8], &digits[8..]);
    let secrets: Vec<Vec<u8>> = vec![
        digits.clone().into(),
        digits[2..].into(),
        short.into(),
        digits[..8].into(),
        "2011-03-03".into(),
        number.to_le_bytes()[..6].to_vec(),
        number.to_be_bytes()[2..].to_vec(),
        Sha256::digest(&digits).to_vec(),
        Sha256::digest(&digits[2..]).to_vec(),
        "Tess".into(),
        "tess@example".into(),
        "070-174".into(),
    ];
    let has = |bytes: &[u8], wanted: &[u8]| bytes.windows(wanted.len()).any(|it| it == wanted);
    let everything = files(region.folder.path());
    assert!(everything.iter().any(|it| has(it, hash.bytes())), "the log is among the files");
    for commit in region.access.page(Position::START, 99).await.unwrap() {
        for event in &commit.events {
            assert!(secrets.iter().all(|it| !has(&event.clear, it)), "{:?}", commit.position);
        }
    }
    for secret in &secrets {
        let text = String::from_utf8_lossy(secret);
        assert!(everything.iter().all(|it| !has(it, secret)), "`{text}` is on disk");
    }
    let region = region.reopened().await;
    assert_eq!(region.finds(&tess()).await, Some(id));
    let recorded = crate::stream_history(&*region.log, StreamId::Resident(id)).await.unwrap();
    let domain::Event::Organisation(Event::IdentityRecorded(it)) = &recorded[1].recorded.event
    else {
        panic!("{recorded:?}")
    };
    assert_eq!(it.number_hash, hash);
}

#[tokio::test]
async fn a_name_that_changed_is_sealed_with_the_number_that_was_known() {
    let region = Region::new().await;
    let id = region.registers("Tess Testsson", &tess()).await;
    let change = Change::Resident(id, ResidentCommand::ChangeName);
    let named =
        |name: &str| Some(Secret::Person(Person { name: name.into(), number: String::new() }));
    let done = region.administered(Actor::System, "n", change.clone(), named("Tess Nytestsson"));
    assert_eq!(done.await.unwrap().versions, 3..4);
    let (known, _) = region.record(id).await;
    let expected = Person { name: "Tess Nytestsson".into(), number: tess().expose_digits() };
    assert_eq!(known, Some(expected));
    assert_eq!(region.finds(&tess()).await, Some(id));
    let again = region.administered(Actor::System, "m", change.clone(), named("Tess Nytestsson"));
    assert!(again.await.unwrap().versions.is_empty(), "that is the name");
    let nameless = region.administered(Actor::System, "o", change, named(" ")).await;
    assert_eq!(refused(nameless), ResidentRejection::NameMissing.into());

    let region = region.restarted().await;
    assert_eq!(region.record(id).await.0.unwrap().name, "Tess Nytestsson", "after a restart");
}
