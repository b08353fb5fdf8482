//! A log as lines of JSON (NDJSON), one commit a line. docs/backup.md shows them.
//!
//! ```text
//! {"format":"arende-log","version":1,"log":"log"}        which log follows; `log` or `access`
//! {"position":1,"stream":…,"prev":0,…,"events":[…],"hash":…}
//! …
//! {"end":{"commits":…,"events":…,"hash":…}}              nothing is missing
//! ```
//!
//! An event's bytes are what counts; the JSON beside them is how this program reads them, and is
//! null where it does not know the type. It is the human-readable form of [`domain::Event`], the
//! one that replay fixtures are written in.

mod read;
mod same;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use domain::{Actor, Event, Position, StreamId};
use event_log::{Commit, EventRecord, Hash};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

pub use self::read::{Flaw, LineError, LineReader};
use crate::{
    access::{self, ContentOpened},
    codec,
};

/// What the first line says of the file.
const FORMAT: &str = "arende-log";

/// The layout that is written.
const VERSION: u32 = 1;

/// Which of a data folder's two logs the lines are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogName {
    /// What happened.
    Log,
    /// Who read what.
    Access,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    version: u32,
    log: LogName,
}

/// A commit's line, its clear payloads as `C`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<C> {
    position: Position,
    stream: StreamId,
    prev: Position,
    first_version: u32,
    commit_id: Hex<16>,
    fingerprint: Hex<32>,
    #[serde(with = "domain::time::ms")]
    occurred_at: Timestamp,
    #[serde(with = "domain::time::ms")]
    recorded_at: Timestamp,
    actor: Actor,
    correlation: String,
    events: Vec<LineEvent<C>>,
    hash: Hex<32>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineEvent<C> {
    type_id: u16,
    schema_version: u16,
    name: Option<String>,
    clear: C,
    clear_bytes: Base64,
    sealed: Base64,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    end: Totals,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Totals {
    commits: u64,
    events: u64,
    hash: Hex<32>,
}

/// A clear payload that this program can read.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Known {
    Event(Event),
    Access(AccessEvent),
}

#[derive(Debug, Serialize)]
#[serde(tag = "type")]
enum AccessEvent {
    ContentOpened(ContentOpened),
}

/// Writes a log's lines.
pub struct LineWriter<W> {
    out: W,
    totals: Totals,
}

impl<W: Write> LineWriter<W> {
    /// Begins with the first line.
    pub fn new(out: W, log: LogName) -> io::Result<Self> {
        let totals = Totals { commits: 0, events: 0, hash: Hex(Hash::GENESIS.0) };
        let mut writer = Self { out, totals };
        writer.line(&Header { format: FORMAT.to_owned(), version: VERSION, log })?;
        Ok(writer)
    }

    /// Writes the next commit.
    pub fn write(&mut self, commit: &Commit) -> io::Result<()> {
        self.totals.commits += 1;
        self.totals.events += commit.events.len() as u64;
        self.totals.hash = Hex(commit.hash.0);
        self.line(&Line::of(commit))
    }

    /// Ends with the last line, and gives back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        let Totals { commits, events, hash } = self.totals;
        self.line(&End { end: Totals { commits, events, hash } })?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, line)?;
        self.out.write_all(b"\n")
    }
}

impl Line<Option<Known>> {
    fn of(commit: &Commit) -> Self {
        Self {
            position: commit.position,
            stream: commit.stream,
            prev: commit.prev,
            first_version: commit.first_version,
            commit_id: Hex(commit.commit_id.0.to_be_bytes()),
            fingerprint: Hex(commit.fingerprint),
            occurred_at: commit.occurred_at,
            recorded_at: commit.recorded_at,
            actor: commit.actor,
            correlation: commit.correlation.clone(),
            events: commit.events.iter().map(LineEvent::of).collect(),
            hash: Hex(commit.hash.0),
        }
    }
}

impl LineEvent<Option<Known>> {
    fn of(record: &EventRecord) -> Self {
        let known = known(record);
        Self {
            type_id: record.type_id,
            schema_version: record.schema_version,
            name: known.as_ref().map(|it| it.name().to_owned()),
            clear: known,
            clear_bytes: Base64(record.clear.clone()),
            sealed: Base64(record.sealed.clone()),
        }
    }
}

impl Known {
    const fn name(&self) -> &'static str {
        match self {
            Self::Event(event) => event.name(),
            Self::Access(AccessEvent::ContentOpened(_)) => "ContentOpened",
        }
    }
}

fn known(record: &EventRecord) -> Option<Known> {
    let EventRecord { type_id, schema_version, clear, .. } = record;
    if (*type_id, *schema_version) == (access::TYPE_ID, access::SCHEMA_VERSION) {
        let opened = codec::from_bytes("ContentOpened", clear).ok()?;
        return Some(Known::Access(AccessEvent::ContentOpened(opened)));
    }
    codec::decode(*type_id, *schema_version, clear).ok().map(Known::Event)
}

/// Bytes as lowercase hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hex<const N: usize>([u8; N]);

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use std::fmt::Write as _;

        let mut text = String::with_capacity(2 * N);
        for byte in self.0 {
            write!(text, "{byte:02x}").map_err(serde::ser::Error::custom)?;
        }
        serializer.serialize_str(&text)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || D::Error::custom(format!("`{text}` is not {} hexadecimal digits", 2 * N));
        if text.len() != 2 * N || !text.bytes().all(|it| it.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut bytes = [0; N];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

/// Bytes in standard base64, padded.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Base64(Bytes);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = BASE64_STANDARD.decode(&text);
        bytes.map(|it| Self(it.into())).map_err(|error| {
            D::Error::custom(format!("`{text:.20}` is not base64 as it is written: {error}"))
        })
    }
}
