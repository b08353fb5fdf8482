//! Every event ever released has golden bytes: they are read back for ever.

mod around;
mod documented;

use std::{collections::BTreeSet, fmt::Write as _};

use domain::{
    Actor, AttachmentId, CareProviderId, CaseId, CaseTypeId, DivisionId, Event, MessageId,
    Position, Recorded, RegionId, ResidentId, Role, StaffId, StreamId, UnitId,
    case::{
        self, AttachedFile, CloseReason, Content, FileHash, FileSecret, FileSecrets, FormAnswer,
        FormValue, MediaType,
    },
    deadline::{Deadline, Policy},
    organisation::{self, ContactDetails, Person, Place, Scope, UnitKind},
};
use expect_test::expect_file;

use super::{CATALOGUE, CodecError, decode, encode, from_bytes, to_bytes};

fn turn() -> Deadline {
    let due_at = "2026-03-05T00:00:00+01:00".parse().unwrap();
    Deadline { due_at, policy: Policy::Eod, calendar_version: 1 }
}

/// One of each, every optional field filled in somewhere.
fn samples() -> Vec<Event> {
    let (region, provider) = (RegionId::new(1), CareProviderId::new(2));
    let (unit, case_type) = (UnitId::new(3), CaseTypeId::new(4));
    let (subject, submitted_by) = (ResidentId::new(5), ResidentId::new(6));
    let (message, from, to) = (MessageId::new(1 << 100), StaffId::new(7), StaffId::new(8));
    let case: [case::Event; 15] = [
        case::CaseSubmitted {
            region,
            provider,
            unit,
            case_type,
            subject,
            submitted_by,
            form_version: 3,
            terms_version: 2,
            deadline: Some(turn()),
            follows_up: Some(CaseId::new(9)),
            message,
        }
        .into(),
        case::CaseOpened { region, provider, unit, case_type, subject, handler: Some(to), message }
            .into(),
        case::CaseDistributed { to }.into(),
        case::CaseReassigned { from, to }.into(),
        case::CaseReturned { from }.into(),
        case::CaseRedirected { from: unit, to: UnitId::new(10), provider }.into(),
        case::RedirectConsented { to: provider }.into(),
        case::CasePartiallyAnswered { message }.into(),
        case::CounterQuestionAsked { message }.into(),
        case::ResidentReplied { message, turn: turn() }.into(),
        case::CaseAnswered { message }.into(),
        case::CaseClosed { reason: Some(CloseReason::Cancelled) }.into(),
        case::CaseReopened { message, handler: None, turn: turn() }.into(),
        case::CaseWithdrawn {}.into(),
        case::NoteAdded { message }.into(),
    ];
    let name = || "Björkens vårdcentral".to_owned();
    let until = "2033-01-01T00:00:00+01:00".parse().unwrap();
    let place = Place::Unit(unit);
    let organisation: [organisation::Event; 14] = [
        organisation::RegionRegistered { name: name() }.into(),
        organisation::DivisionRegistered { region, name: name() }.into(),
        organisation::UnitRegistered {
            region,
            division: DivisionId::new(11),
            provider,
            hsa_id: Some("SE2321000016-1003".into()),
            name: name(),
            kind: UnitKind::Dental,
        }
        .into(),
        organisation::UnitActivated {}.into(),
        organisation::UnitDeactivated {}.into(),
        organisation::CaseTypeOffered { case_type }.into(),
        organisation::CaseTypeUnoffered { case_type }.into(),
        organisation::StaffRegistered { region }.into(),
        organisation::RoleGranted { role: Role::Receiver, place }.into(),
        organisation::RoleRevoked { role: Role::Analyst, place: Place::Region(region) }.into(),
        organisation::ResidentRegistered { region }.into(),
        organisation::ProxyGranted { proxy: submitted_by, until }.into(),
        organisation::ProxyRevoked { proxy: submitted_by }.into(),
        organisation::CaseTypeDefined {
            region,
            key: "advice".into(),
            name_sv: "Rådgivning".into(),
            name_en: "Advice".into(),
            scope: Scope::RegionCommon,
            central_unit: Some(unit),
            working_days: Some(2),
            policy: Policy::EodNoeves,
            form_version: 3,
            terms_version: 2,
        }
        .into(),
    ];
    let organisation = organisation.into_iter().chain(around::samples());
    let attached = case::AttachmentsAdded { message, files: vec![attached_file()] };
    let answered = case::FormAnswered { message, form_version: 3 };
    let events = case.into_iter().map(Event::from).chain(organisation.map(Event::from));
    let mut events: Vec<Event> =
        events.chain([attached.into(), answered.into()].map(Event::Case)).collect();
    events.sort_by_key(|event| encode(event).unwrap().0);
    events
}

fn attached_file() -> AttachedFile {
    let mut hash = [0; 32];
    hash[31] = 0xff;
    AttachedFile {
        id: AttachmentId::new(1 << 90),
        hash: FileHash(hash),
        bytes: 20_971_520,
        media_type: MediaType::Png,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    let byte = |i| u8::from_str_radix(&text[i..i + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}

/// A line for each released version: type id, schema version, name, bytes. Lines are never
/// changed, only added; `UPDATE_EXPECT=1` is for adding them.
#[test]
fn the_bytes_of_each_event_are_what_they_always_were() {
    let mut golden = String::new();
    for event in samples() {
        let (type_id, version, bytes) = encode(&event).unwrap();
        writeln!(golden, "{type_id} v{version} {} {}", event.name(), hex(&bytes)).unwrap();
        assert_eq!(decode(type_id, version, &bytes).unwrap(), event);
    }
    let content = Content {
        text: "Hej! Jag behöver förnya mitt recept.".into(),
        answers: vec![
            FormAnswer { field: "phone".into(), value: FormValue::Text("070-1740605".into()) },
            FormAnswer { field: "days".into(), value: FormValue::Choices(vec!["mon".into()]) },
            FormAnswer { field: "interpreter".into(), value: FormValue::YesNo(true) },
        ],
    };
    let person = Person { name: "Test Testsson".into(), number: "198102282384".into() };
    let contact = ContactDetails { email: "eva@example.se".into(), phone: "070-1740605".into() };
    let secret = FileSecret { name: "remiss.pdf".into(), key: [9; 32] };
    let secrets = FileSecrets { files: vec![secret] };
    for (name, bytes) in [
        ("Content", to_bytes("Content", &content)),
        ("Person", to_bytes("Person", &person)),
        ("ContactDetails", to_bytes("ContactDetails", &contact)),
        ("FileSecrets", to_bytes("FileSecrets", &secrets)),
    ] {
        writeln!(golden, "sealed v1 {name} {}", hex(&bytes.unwrap())).unwrap();
    }
    expect_file!["golden.txt"].assert_eq(&golden);
}

/// As in exports for people and in replay fixtures: the fields of an event and those of its record
/// share one object, so that none may be called the same.
#[test]
fn each_event_is_read_back_from_its_line() {
    for event in samples() {
        let recorded = Recorded {
            position: Position::new(1),
            stream: StreamId::Unit(UnitId::new(3)),
            version: 7,
            occurred_at: turn().due_at,
            recorded_at: turn().due_at,
            actor: Actor::System,
            event,
        };
        let line = serde_json::to_string(&recorded).unwrap();
        assert_eq!(serde_json::from_str::<Recorded<Event>>(&line).unwrap(), recorded, "{line}");
    }
}

#[test]
fn golden_bytes_are_read_back_and_written_the_same() {
    for line in include_str!("golden.txt").lines().filter(|it| !it.starts_with("sealed")) {
        let [type_id, version, name, bytes] =
            line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let (type_id, version) = (type_id.parse().unwrap(), version[1..].parse().unwrap());
        let event = decode(type_id, version, &unhex(bytes)).unwrap();
        assert_eq!(event.name(), name);
    }
}

#[test]
fn the_catalogue_has_every_event_once_in_order() {
    let names: BTreeSet<&str> = samples().iter().map(Event::name).collect();
    assert_eq!(names, CATALOGUE.iter().map(|it| it.name).collect());
    assert!(CATALOGUE.is_sorted_by(|a, b| a.type_id < b.type_id));
}

#[test]
fn what_is_unknown_cut_short_or_too_long_is_refused() {
    assert!(matches!(decode(9_999, 1, &[]), Err(CodecError::UnknownType { type_id: 9_999 })));
    let unknown = decode(3, 2, &[]);
    assert!(matches!(unknown, Err(CodecError::UnknownVersion { name: "CaseDistributed", .. })));
    for event in samples() {
        let (type_id, version, bytes) = encode(&event).unwrap();
        for cut in 0..bytes.len() {
            assert!(decode(type_id, version, &bytes[..cut]).is_err(), "{} cut", event.name());
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(decode(type_id, version, &longer).is_err(), "{} with more", event.name());
    }
}

#[test]
fn a_damaged_length_does_not_allocate_the_world() {
    let huge = u64::MAX.to_le_bytes();
    assert!(from_bytes::<Content>("Content", &huge).is_err());
    assert!(from_bytes::<Content>("Content", &(1_u64 << 40).to_le_bytes()).is_err());
}

/// A retry is known again by these bytes, also after an update.
#[test]
fn an_opening_with_no_form_has_the_bytes_that_it_had_before_there_were_any() {
    let (case_type, subject) = (CaseTypeId::new(7), ResidentId::new(8));
    let opening = case::Opening {
        case_type,
        subject,
        resident_informed: true,
        message: MessageId::new(9),
        form_version: None,
    };
    let bytes = to_bytes("a command", &case::Command::Open(opening.clone())).unwrap();
    let number = |n: u128| n.to_le_bytes();
    let before = [&[1, 0, 0, 0][..], &number(7), &number(8), &[1], &number(9)].concat();
    assert_eq!(bytes, before);
    let shown = case::Command::Open(case::Opening { form_version: Some(3), ..opening });
    let after = [&before[..], &[1, 3, 0, 0, 0]].concat();
    assert_eq!(to_bytes("a command", &shown).unwrap(), after);
}
