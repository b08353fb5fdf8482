//! A small log to write as lines.

use bytes::Bytes;
use domain::{Actor, CaseId, CommitId, Event, Position, Role, StaffId, StreamId, UnitId};
use event_log::{Append, Commit, EventLog as _, EventRecord, Expected, MemoryLog};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{access, codec};

/// A case in two commits with another's between them, and an event of a type yet to come.
pub(super) fn commits() -> Vec<Commit> {
    let submitted = json!({
        "type": "CaseSubmitted", "region": "region_1", "provider": "provider_1", "unit": "unit_1",
        "case_type": "type_1", "subject": "resident_6", "submitted_by": "resident_5",
        "form_version": 1, "terms_version": 1, "follows_up": null, "message": "message_1",
        "deadline": {"due_at": "2026-03-04T00:00:00+01:00", "policy": "eod", "calendar_version": 1},
    });
    let distributed = json!({ "type": "CaseDistributed", "to": "staff_2" });
    let note = json!({ "type": "NoteAdded", "message": "message_2" });
    let later = EventRecord { type_id: 999, ..record(&note, b"") };
    filled(&[
        append(7, Expected::NoStream, vec![record(&submitted, b"sealed \xff")]),
        append(8, Expected::NoStream, vec![later]),
        append(
            7,
            Expected::Head(Position::new(1)),
            vec![record(&distributed, b""), record(&note, b"said")],
        ),
    ])
}

/// One reading, as the access log keeps it.
pub(super) fn reading() -> Vec<Commit> {
    let opened = access::ContentOpened {
        what: vec![StreamId::Case(CaseId::new(7))],
        action: access::Action::ReadMessages,
        purpose: "Vård och behandling".to_owned(),
    };
    let clear = codec::to_bytes("ContentOpened", &opened).unwrap().into();
    let (type_id, schema_version) = (access::TYPE_ID, access::SCHEMA_VERSION);
    let sealed = Bytes::new();
    let record = EventRecord { type_id, schema_version, clear, sealed };
    filled(&[append(9, Expected::NoStream, vec![record])])
}

fn record(event: &Value, sealed: &'static [u8]) -> EventRecord {
    let event: Event = serde_json::from_value(event.clone()).unwrap();
    let (type_id, schema_version, clear) = codec::encode(&event).unwrap();
    EventRecord { type_id, schema_version, clear: clear.into(), sealed: sealed.into() }
}

fn append(case: u128, expected: Expected, events: Vec<EventRecord>) -> Append {
    let occurred_at: Timestamp = "2026-03-02T12:00:00.001Z".parse().unwrap();
    Append {
        stream: StreamId::Case(CaseId::new(case)),
        expected,
        commit_id: CommitId(case << 64 | events.len() as u128),
        fingerprint: [0xfe; 32],
        occurred_at,
        recorded_at: "2026-03-02T13:00:00Z".parse().unwrap(),
        actor: Actor::Staff {
            who: StaffId::new(1),
            role: Role::Receiver,
            unit: Some(UnitId::new(1)),
        },
        correlation: "å\"1\"".to_owned(),
        events,
    }
}

fn filled(appends: &[Append]) -> Vec<Commit> {
    let log = MemoryLog::default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        for append in appends {
            log.append(append.clone()).await.unwrap();
        }
        log.page(Position::START, usize::MAX).await.unwrap()
    })
}
