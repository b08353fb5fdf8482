//! The access log (åtkomstlogg): who opened what, when, in which assignment, and why.
//!
//! Written, and durable, before content leaves; where it cannot be written, the read is refused.
//! A second log of the same kind as the first, with a stream for each case, so that a resident can
//! be shown every reading of their case, and one for each reader of pages that open several.

use std::sync::Arc;

use domain::{AccessId, Actor, CaseId, CommitId, StreamId};
use event_log::{Append, AppendError, Commit, EventLog, EventRecord, Expected};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::{
    Failure, World,
    codec::{self, CodecError},
};

/// The type id of [`ContentOpened`], the one event of the access log.
pub const TYPE_ID: u16 = 201;

/// The version of its shape that is written.
pub const SCHEMA_VERSION: u16 = 1;

/// How often an entry is tried anew because another process wrote to its stream first. Within one
/// process entries of one stream take turns.
const ATTEMPTS_MAX: u32 = 16;

/// Streams that take turns together: few enough to keep, so many that others seldom wait.
const TURNS: usize = 256;

/// What someone is about to read.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Who, in which assignment.
    pub reader: Actor,
    /// Names the request.
    pub correlation: String,
    /// Which cases or persons.
    pub what: Vec<StreamId>,
    /// What is done with them.
    pub action: Action,
    /// Why, such as "Vård och behandling".
    pub purpose: String,
}

/// What is done with what is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Messages or notes of a case are read.
    ReadMessages,
    /// Residents' names are shown.
    ReadNames,
    /// A history is replayed with its content.
    Replay,
    /// A resident is looked for by their number; `what` is whoever was found.
    FindResident,
    /// A resident's own account is shown: how they are reached.
    ReadAccount,
    /// A file that goes with a message is read.
    ReadFile,
}

/// Content was opened. Stored; the reader and the time stand on the commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentOpened {
    /// Which cases or persons.
    #[serde(deserialize_with = "domain::list::read")]
    pub what: Vec<StreamId>,
    /// What was done with them.
    pub action: Action,
    /// Why.
    pub purpose: String,
}

/// One reading, as the access log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Who, in which assignment.
    pub reader: Actor,
    /// When.
    pub at: jiff::Timestamp,
    /// Names the request.
    pub correlation: String,
    /// What was opened.
    pub opened: ContentOpened,
}

pub(crate) struct AccessLog {
    log: Arc<dyn EventLog>,
    world: Arc<dyn World>,
    turns: Vec<Mutex<()>>,
}

impl AccessLog {
    pub(crate) fn new(log: Arc<dyn EventLog>, world: Arc<dyn World>) -> Self {
        Self { log, world, turns: (0..TURNS).map(|_| Mutex::default()).collect() }
    }

    pub(crate) fn log(&self) -> &dyn EventLog {
        &*self.log
    }

    /// Returns once the entry is durable.
    pub(crate) async fn write(&self, opening: Opening) -> Result<(), Failure> {
        let Opening { reader, correlation, what, action, purpose } = opening;
        let reading = stream_of(&reader, &what);
        let stream = StreamId::Access(reading);
        let opened = ContentOpened { what, action, purpose };
        let clear = codec::to_bytes("ContentOpened", &opened)?;
        let fingerprint = Sha256::digest(&clear).into();
        let record = EventRecord {
            type_id: TYPE_ID,
            schema_version: SCHEMA_VERSION,
            clear: clear.into(),
            sealed: bytes::Bytes::new(),
        };
        let commit_id = CommitId(self.world.new_id());
        let turn = usize::try_from(reading.get() % TURNS as u128).unwrap_or(0);
        let _turn = self.turns[turn].lock().await;
        for _ in 0..ATTEMPTS_MAX {
            let head = self.log.stream_head(stream).await?;
            let now = self.world.now();
            let append = Append {
                stream,
                expected: head.map_or(Expected::NoStream, |head| Expected::Head(head.position)),
                commit_id,
                fingerprint,
                occurred_at: now,
                recorded_at: now,
                actor: reader,
                correlation: correlation.clone(),
                events: vec![record.clone()],
            };
            match self.log.append(append).await {
                Ok(_) => return Ok(()),
                Err(AppendError::Conflict { .. }) => (),
                Err(AppendError::Log(error)) => return Err(error.into()),
                Err(refused) => return Err(Failure::Refused { why: refused.to_string() }),
            }
        }
        Err(Failure::Contended { stream })
    }
}

/// The stream that an opening belongs to: the case's, or the reader's for a page of several.
fn stream_of(reader: &Actor, what: &[StreamId]) -> AccessId {
    match (what, reader) {
        ([StreamId::Case(case)], _) => of_case(*case),
        (_, Actor::Resident { who, .. }) => AccessId::new(who.get()),
        (_, Actor::Staff { who, .. }) => AccessId::new(who.get()),
        (_, Actor::System) => AccessId::new(0),
    }
}

/// The stream of the openings of one case.
pub const fn of_case(case: CaseId) -> AccessId {
    AccessId::new(case.get())
}

/// The readings that one commit of the access log holds.
pub fn readings(commit: &Commit) -> Result<Vec<Reading>, Failure> {
    let reading = |record: &EventRecord| match (record.type_id, record.schema_version) {
        (TYPE_ID, SCHEMA_VERSION) => Ok(Reading {
            reader: commit.actor,
            at: commit.recorded_at,
            correlation: commit.correlation.clone(),
            opened: codec::from_bytes("ContentOpened", &record.clear)?,
        }),
        (TYPE_ID, schema_version) => {
            Err(CodecError::UnknownVersion { name: "ContentOpened", schema_version })
        }
        (type_id, _) => Err(CodecError::UnknownType { type_id }),
    };
    let all: Result<_, CodecError> = commit.events.iter().map(reading).collect();
    all.map_err(|source| Failure::Codec { position: commit.position, source })
}
