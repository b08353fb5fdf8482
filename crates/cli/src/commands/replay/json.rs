//! What `--json` prints: the names and spellings of the GraphQL API.
//!
//! Names of people are not in it, since nothing is opened; a person is an object with an id.

use domain::{
    Actor, Event, Role,
    case::{self, clock::SlaState},
    deadline::Deadline,
};
use engine::HistoryEntry;
use jiff::Timestamp;
use projections::{CaseView, Directory, Durations, Page, ReadModels, Share, Statistics, Unit};
use serde_json::{Map, Value, json};

use crate::commands::words::{
    close_reason, instant, origin, screaming, sla_state as colour, state,
};

/// One line of JSON.
pub(super) fn line(value: &Value) -> anyhow::Result<String> {
    Ok(format!("{}\n", serde_json::to_string(value)?))
}

pub(super) fn case(view: &CaseView, directory: &Directory, now: Timestamp) -> Value {
    let sla_state: SlaState = view.clock.state(now);
    let at = |at: Option<Timestamp>| at.map(instant);
    json!({
        "id": view.id.to_string(),
        "version": view.version,
        "position": view.position.to_string(),
        "origin": origin(view.origin),
        "state": state(view.state),
        "slaState": colour(sla_state),
        "caseType": case_type(view.case_type, directory),
        "unit": unit(view.unit, directory),
        "handler": view.handler.map(reference),
        "resident": reference(view.subject),
        "receivedAt": instant(view.received_at),
        "dueAt": at(view.due_at),
        "firstResponseAt": at(view.first_response_at),
        "answeredAt": at(view.answered_at),
        "closedAt": at(view.closed_at),
        "closeReason": view.close_reason.map(close_reason),
    })
}

/// One event of a history. `correlation` is what the command line alone tells: the request, or
/// for what was imported the trace and the number of the event in it.
pub(super) fn event(entry: &HistoryEntry) -> Value {
    let recorded = &entry.recorded;
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| drop(all.insert(key.to_owned(), value));
    put("id", json!(format!("event_{}.{}", recorded.stream, recorded.version)));
    put("type", json!(screaming(recorded.event.name())));
    put("position", json!(recorded.position.to_string()));
    put("version", json!(recorded.version));
    put("occurredAt", json!(instant(recorded.occurred_at)));
    put("recordedAt", json!(instant(recorded.recorded_at)));
    put("actor", actor(&recorded.actor));
    put("hash", json!(entry.hash.to_string()));
    put("correlation", json!(entry.correlation));
    if let Event::Case(event) = &recorded.event {
        facts(event, &mut put);
    }
    Value::Object(all)
}

fn facts(event: &case::Event, put: &mut impl FnMut(&str, Value)) {
    if let Some(message) = event.message() {
        put("messageId", json!(message.to_string()));
    }
    match event {
        case::Event::CaseSubmitted(it) => {
            put("region", reference(it.region));
            put("careProviderId", json!(it.provider.to_string()));
            put("unit", reference(it.unit));
            put("caseType", reference(it.case_type));
            put("subject", reference(it.subject));
            put("submittedBy", reference(it.submitted_by));
            put("formVersion", json!(it.form_version));
            put("termsVersion", json!(it.terms_version));
            put("deadline", it.deadline.as_ref().map(deadline).into());
            put("followsUp", json!(it.follows_up.map(|it| it.to_string())));
        }
        case::Event::CaseOpened(it) => {
            put("region", reference(it.region));
            put("careProviderId", json!(it.provider.to_string()));
            put("unit", reference(it.unit));
            put("caseType", reference(it.case_type));
            put("subject", reference(it.subject));
            put("handler", it.handler.map(reference).into());
        }
        case::Event::CaseDistributed(it) => put("to", reference(it.to)),
        case::Event::CaseReassigned(it) => {
            put("from", reference(it.from));
            put("to", reference(it.to));
        }
        case::Event::CaseReturned(it) => put("from", reference(it.from)),
        case::Event::CaseRedirected(it) => {
            put("from", reference(it.from));
            put("to", reference(it.to));
            put("careProviderId", json!(it.provider.to_string()));
        }
        case::Event::RedirectConsented(it) => put("careProviderId", json!(it.to.to_string())),
        case::Event::ResidentReplied(it) => put("turn", deadline(&it.turn)),
        case::Event::CaseClosed(it) => put("reason", json!(it.reason.map(close_reason))),
        case::Event::CaseReopened(it) => {
            put("handler", it.handler.map(reference).into());
            put("turn", deadline(&it.turn));
        }
        case::Event::FormAnswered(it) => {
            put("messageId", json!(it.message.to_string()));
            put("formVersion", json!(it.form_version));
        }
        case::Event::AttachmentsAdded(it) => {
            put("messageId", json!(it.message.to_string()));
            let file = |file: &case::AttachedFile| {
                json!({
                    "id": file.id.to_string(),
                    "hash": file.hash.to_string(),
                    "bytes": file.bytes,
                    "mediaType": file.media_type.as_str(),
                })
            };
            put("files", it.files.iter().map(file).collect());
        }
        case::Event::CasePartiallyAnswered(_)
        | case::Event::CounterQuestionAsked(_)
        | case::Event::CaseAnswered(_)
        | case::Event::CaseWithdrawn(_)
        | case::Event::NoteAdded(_) => (),
    }
}

pub(super) fn inbox(known: &Unit, page: &Page, models: &ReadModels, now: Timestamp) -> Value {
    let nodes = page.rows.iter().map(|row| case(&row.case, models.directory(), now));
    json!({
        "unit": { "id": known.id.to_string(), "name": known.name },
        "position": models.position().to_string(),
        "asOf": instant(now),
        "totalCount": page.total,
        "nodes": nodes.collect::<Vec<_>>(),
    })
}

pub(super) fn statistics(it: &Statistics, directory: &Directory) -> Value {
    let by_case_type = it.by_case_type.iter();
    let by_case_type = by_case_type
        .map(|(id, count)| json!({ "caseType": case_type(*id, directory), "count": count }));
    json!({
        "position": it.position.to_string(),
        "asOf": instant(it.as_of),
        "policy": it.policies.join(", "),
        "received": it.flow.received,
        "opened": it.flow.opened,
        "answered": it.flow.answered,
        "closed": it.flow.closed,
        "open": it.open,
        "undistributed": it.undistributed,
        "toBeReassigned": it.to_be_reassigned,
        "awaitingResident": it.awaiting_resident,
        "dueToday": it.due_today,
        "overdue": it.overdue,
        "respondedOnTime": share(it.responded_on_time),
        "answeredOnTime": share(it.answered_on_time),
        "timeToFirstResponse": durations(&it.time_to_first_response),
        "timeToAnswer": durations(&it.time_to_answer),
        "timeToDistribute": durations(&it.time_to_distribute),
        "leadTime": durations(&it.lead_time),
        "byCaseType": by_case_type.collect::<Vec<_>>(),
        "byHourOfWeek": it.by_hour_of_week,
    })
}

fn share(it: Share) -> Value {
    json!({ "numerator": it.numerator, "denominator": it.denominator, "ratio": it.ratio() })
}

fn durations(it: &Durations) -> Value {
    let text = |span: Option<jiff::SignedDuration>| span.map(|span| span.to_string());
    json!({
        "count": it.count,
        "p50": text(it.p50),
        "p90": text(it.p90),
        "mean": text(it.mean),
    })
}

fn deadline(it: &Deadline) -> Value {
    json!({
        "dueAt": instant(it.due_at),
        "policy": it.policy.id(),
        "calendarVersion": it.calendar_version,
    })
}

fn actor(actor: &Actor) -> Value {
    match actor {
        Actor::System => json!({ "capacity": "SYSTEM" }),
        Actor::Resident { who, on_behalf_of } => json!({
            "capacity": "RESIDENT",
            "resident": reference(who),
            "onBehalfOf": on_behalf_of.map(reference),
        }),
        Actor::Staff { who, role, unit } => json!({
            "capacity": match role {
                Role::Receiver => "RECEIVER",
                Role::Handler => "HANDLER",
                Role::UnitAdmin => "UNIT_ADMIN",
                Role::RegionAdmin => "REGION_ADMIN",
                Role::Auditor => "AUDITOR",
                Role::Analyst => "ANALYST",
            },
            "staff": reference(who),
            "unit": unit.map(reference),
        }),
    }
}

fn case_type(id: domain::CaseTypeId, directory: &Directory) -> Value {
    let known = directory.case_type(id);
    json!({
        "id": id.to_string(),
        "key": known.map(|it| &it.key),
        "nameSv": known.map(|it| &it.name_sv),
        "nameEn": known.map(|it| &it.name_en),
    })
}

fn unit(id: domain::UnitId, directory: &Directory) -> Value {
    let name = directory.care_unit(id).map(|it| &it.name);
    json!({ "id": id.to_string(), "name": name })
}

fn reference(id: impl std::fmt::Display) -> Value {
    json!({ "id": id.to_string() })
}
