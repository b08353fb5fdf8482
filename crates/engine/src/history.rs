//! One case's history from the log: what happened, and, for whoever may read it, what was said.

use domain::{
    CaseId, Event, Position, Recorded, StreamId,
    case::Case,
    identity::{Mode, NationalId},
    organisation::{self, ContactDetails, Person},
};
use event_log::{Commit, EventLog, EventRecord, Hash, Head};
use jiff::civil::Date;

use crate::{
    Failure, codec,
    keys::{KeyError, KeyStore, Place},
};

/// One event of a history.
#[derive(Debug, Clone)]
pub struct HistoryEntry {
    /// What happened.
    pub recorded: Recorded<Event>,
    /// The hash of the commit it stands in.
    pub hash: Hash,
    /// Names the request that led to it.
    pub correlation: String,
    sealed: bytes::Bytes,
    type_id: u16,
}

impl HistoryEntry {
    /// Whether something was said, sealed.
    pub fn is_sealed(&self) -> bool {
        !self.sealed.is_empty()
    }

    /// What was said. Whoever calls this has written to the access log first.
    pub(crate) fn open<T: serde::de::DeserializeOwned>(
        &self,
        what: &'static str,
        keys: &KeyStore,
    ) -> Result<T, Failure> {
        let Recorded { stream, version, position, .. } = self.recorded;
        let place = Place { stream, version, type_id: self.type_id };
        let plain = keys.get(stream)?.open(place, &self.sealed)?;
        codec::from_bytes(what, &plain).map_err(|source| Failure::Codec { position, source })
    }
}

/// The events of one commit, for whoever wants no more than what happened.
pub fn events(commit: &Commit) -> impl Iterator<Item = Result<Recorded<Event>, Failure>> + '_ {
    (commit.first_version..).zip(&commit.events).map(|(version, record)| {
        recorded(commit, version, record)
            .map_err(|source| Failure::Codec { position: commit.position, source })
    })
}

/// Event `version` of `commit`, whose bytes are `record`.
pub(crate) fn recorded(
    commit: &Commit,
    version: u32,
    record: &EventRecord,
) -> Result<Recorded<Event>, codec::CodecError> {
    Ok(Recorded {
        position: commit.position,
        stream: commit.stream,
        version,
        occurred_at: commit.occurred_at,
        recorded_at: commit.recorded_at,
        actor: commit.actor,
        event: codec::decode(record.type_id, record.schema_version, &record.clear)?,
    })
}

/// The events of one commit.
pub fn entries(commit: &Commit) -> Result<Vec<HistoryEntry>, Failure> {
    let entry = |(recorded, record): (Result<Recorded<Event>, Failure>, &EventRecord)| {
        Ok(HistoryEntry {
            recorded: recorded?,
            hash: commit.hash,
            correlation: commit.correlation.clone(),
            sealed: record.sealed.clone(),
            type_id: record.type_id,
        })
    };
    events(commit).zip(&commit.events).map(entry).collect()
}

/// A case as the log has it, ready for the next command.
pub(crate) struct Loaded {
    pub(crate) case: Case,
    pub(crate) head: Option<Head>,
    pub(crate) entries: Vec<HistoryEntry>,
}

pub(crate) async fn load(log: &dyn EventLog, case: CaseId) -> Result<Loaded, Failure> {
    let entries = stream(log, StreamId::Case(case)).await?;
    let state = entries.iter().fold(Case::default(), |case, entry| match &entry.recorded.event {
        Event::Case(event) => case.evolve(event, entry.recorded.occurred_at),
        Event::Organisation(_) => case,
    });
    let head = entries
        .last()
        .map(|entry| Head { position: entry.recorded.position, version: entry.recorded.version });
    Ok(Loaded { case: state, head, entries })
}

/// The whole history of `stream`, oldest first. Empty if there is none.
pub async fn stream(log: &dyn EventLog, stream: StreamId) -> Result<Vec<HistoryEntry>, Failure> {
    let mut all = Vec::new();
    for commit in log.history(stream).await? {
        all.extend(entries(&commit)?);
    }
    Ok(all)
}

/// Who `entries` say someone is, by the newest of them; none where no name was kept.
pub(crate) fn person(entries: &[HistoryEntry], keys: &KeyStore) -> Result<Option<Person>, Failure> {
    use organisation::Event::{
        IdentityReplaced, ResidentRegistered, StaffIdentityReplaced, StaffRegistered,
    };
    let names = |event: &organisation::Event| {
        matches!(
            event,
            StaffRegistered(_)
                | StaffIdentityReplaced(_)
                | ResidentRegistered(_)
                | IdentityReplaced(_)
        )
    };
    newest(entries, keys, "Person", names)
}

/// How a resident is reached, by the newest of `entries`; none where nothing was kept.
pub(crate) fn contact(
    entries: &[HistoryEntry],
    keys: &KeyStore,
) -> Result<Option<ContactDetails>, Failure> {
    let contacts = |event: &organisation::Event| {
        matches!(event, organisation::Event::ContactPreferencesChanged(_))
    };
    newest(entries, keys, "ContactDetails", contacts)
}

/// When whoever `entries` registered was born, by their number; none where no number was kept.
///
/// The one opening that the access log does not know of: a rule asks, and nobody reads it.
pub(crate) fn birth_date(
    entries: &[HistoryEntry],
    keys: &KeyStore,
) -> Result<Option<Date>, Failure> {
    let person = person(entries, keys)?;
    // It was checked when it was taken in; a made-up one is only in a log that takes such.
    let read = |it: &Person| NationalId::parse(&it.number, Date::MAX, Mode::Synthetic).ok();
    Ok(person.as_ref().and_then(read).map(|it| it.birth_date()))
}

/// What is sealed in the newest of the events that `has` it; none where nothing was, or its key
/// was destroyed.
fn newest<T: serde::de::DeserializeOwned>(
    entries: &[HistoryEntry],
    keys: &KeyStore,
    what: &'static str,
    has: impl Fn(&organisation::Event) -> bool,
) -> Result<Option<T>, Failure> {
    let sealed = |entry: &&HistoryEntry| {
        entry.is_sealed()
            && matches!(&entry.recorded.event, Event::Organisation(event) if has(event))
    };
    let Some(entry) = entries.iter().rfind(sealed) else { return Ok(None) };
    match entry.open(what, keys) {
        Ok(opened) => Ok(Some(opened)),
        Err(Failure::Keys(KeyError::NoKey { .. })) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// A head just after a commit of `events` events at `position`.
pub(crate) fn head_after(before: Option<Head>, position: Position, events: usize) -> Head {
    let events = u32::try_from(events).unwrap_or(u32::MAX);
    Head { position, version: before.map_or(0, |head| head.version) + events }
}
