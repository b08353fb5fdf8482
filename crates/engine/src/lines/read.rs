//! Reading lines back: every commit is checked against all before it, and every word against its
//! bytes.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, Read as _},
};

use bytes::Bytes;
use domain::{CommitId, Position};
use event_log::{
    Commit, EventRecord, Hash,
    chain::{BadPosition, Fault, Verifier},
    frame,
};
use serde::Serialize;
use serde_json::{Value, value::RawValue};

use super::{End, FORMAT, Header, Hex, Line, LineEvent, LogName, Totals, VERSION, same};
use crate::{access, codec::CATALOGUE};

/// The longest line that is read: far beyond the largest commit.
const LINE_BYTES_MAX: u64 = 16 << 20;

/// Why lines are not those of a log.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// A line is wrong.
    #[error("line {line}: {flaw}")]
    Line {
        /// Which, counted from 1.
        line: u64,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// The file was cut where a line ends.
    #[error("it ends after line {line} without a last line; get the file again")]
    NoEnd {
        /// The last that is there.
        line: u64,
    },
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    /// What it was read from failed.
    #[error("failed to read it: {0}")]
    Unread(#[from] io::Error),
    /// It does not end, or not within what the largest commit takes.
    #[error("it is cut short, or too long; get the file again")]
    Cut,
    /// Its bytes are no text.
    #[error("it is not UTF-8")]
    NotText,
    /// It is no first line.
    #[error("it is not the first line of an exported log")]
    NotFirst,
    /// A form that this program does not know.
    #[error("format {format} {version} is unknown; import it with a newer arende")]
    Unknown {
        /// What the first line calls it.
        format: String,
        /// Its version.
        version: u32,
    },
    /// It is not JSON, or has other fields.
    #[error("it is not a commit's line: {0}")]
    NotACommit(#[from] serde_json::Error),
    /// The commit does not follow those before it.
    #[error(transparent)]
    Position(#[from] BadPosition),
    /// Its words are another commit's.
    #[error("position {position} says something else than its bytes do")]
    OtherWords {
        /// The commit's.
        position: Position,
    },
    /// The last line does not tell of what came before it.
    #[error(
        "it tells of {} commits, {} events and another hash or number than the {} commits and {} \
         events before it",
        told.0, told.1, found.0, found.1
    )]
    OtherTotals {
        /// How many commits and events it tells of.
        told: (u64, u64),
        /// How many there were.
        found: (u64, u64),
    },
    /// Something stands after the last line.
    #[error("something follows the last line")]
    Follows,
}

/// Reads a log's lines, one at a time.
pub struct LineReader<R> {
    input: R,
    log: LogName,
    /// Lines read.
    number: u64,
    verifier: Verifier,
}

impl<R: BufRead> LineReader<R> {
    /// Reads the first line.
    pub fn new(input: R) -> Result<Self, LineError> {
        let mut reader =
            Self { input, log: LogName::Log, number: 0, verifier: Verifier::default() };
        let line = reader.line()?;
        let flaw = |flaw| LineError::Line { line: 1, flaw };
        let header = line.as_deref().map(serde_json::from_str::<Header>).transpose();
        let Ok(Some(Header { format, version, log })) = header else {
            return Err(flaw(Flaw::NotFirst));
        };
        if (&*format, version) != (FORMAT, VERSION) {
            return Err(flaw(Flaw::Unknown { format, version }));
        }
        reader.log = log;
        Ok(reader)
    }

    /// Which log this is.
    pub fn log(&self) -> LogName {
        self.log
    }

    /// The next commit, verified; none once the last line has said that this was all.
    pub fn next_commit(&mut self) -> Result<Option<Commit>, LineError> {
        let Some(text) = self.line()? else {
            return Err(LineError::NoEnd { line: self.number });
        };
        let commit = self.understand(&text).map_err(|flaw| self.here(flaw))?;
        if commit.is_none() && self.line()?.is_some() {
            return Err(self.here(Flaw::Follows));
        }
        Ok(commit)
    }

    fn understand(&mut self, text: &str) -> Result<Option<Commit>, Flaw> {
        if text.starts_with("{\"end\"") {
            let End { end } = serde_json::from_str(text)?;
            let found @ (commits, events) = (self.verifier.last().get(), self.verifier.events());
            if end != (Totals { commits, events, hash: Hex(self.verifier.hash().0) }) {
                return Err(Flaw::OtherTotals { told: (end.commits, end.events), found });
            }
            return Ok(None);
        }
        let commit = commit(serde_json::from_str(text)?);
        let position = self.verifier.last().next();
        let bad = |fault| BadPosition { position, fault };
        if commit.position != position {
            return Err(bad(Fault::Gap { found: commit.position }).into());
        }
        let mut frame = Vec::new();
        let expected = frame::encode(&commit, self.verifier.hash(), &mut frame);
        if commit.hash != expected {
            return Err(bad(Fault::Hash { found: commit.hash, expected }).into());
        }
        let commit = self.verifier.take(&mut Bytes::from(frame))?;
        check_words(text, &commit)?;
        Ok(Some(commit))
    }

    /// The next line, without its end.
    fn line(&mut self) -> Result<Option<String>, LineError> {
        let mut bytes = Vec::new();
        let mut input = self.input.by_ref().take(LINE_BYTES_MAX);
        let read = input.read_until(b'\n', &mut bytes);
        if matches!(read, Ok(0)) {
            return Ok(None);
        }
        self.number += 1;
        read.map_err(|error| self.here(error.into()))?;
        if bytes.pop() != Some(b'\n') {
            return Err(self.here(Flaw::Cut));
        }
        String::from_utf8(bytes).map(Some).map_err(|_| self.here(Flaw::NotText))
    }

    /// Of the line that was read last.
    fn here(&self, flaw: Flaw) -> LineError {
        LineError::Line { line: self.number, flaw }
    }
}

/// What the line holds, its words aside: those stay text until the hash has been seen to be right.
fn commit(line: Line<&RawValue>) -> Commit {
    let record = |event: LineEvent<_>| EventRecord {
        type_id: event.type_id,
        schema_version: event.schema_version,
        clear: event.clear_bytes.0,
        sealed: event.sealed.0,
    };
    Commit {
        position: line.position,
        stream: line.stream,
        first_version: line.first_version,
        prev: line.prev,
        commit_id: CommitId(u128::from_be_bytes(line.commit_id.0)),
        fingerprint: line.fingerprint.0,
        occurred_at: line.occurred_at,
        recorded_at: line.recorded_at,
        actor: line.actor,
        correlation: line.correlation,
        events: line.events.into_iter().map(record).collect(),
        hash: Hash(line.hash.0),
    }
}

/// The fields of an object, which has few.
type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// Whether the line says what its bytes say, no more and no less.
///
/// Words can be held to their bytes only where this program writes the same: those of another
/// schema version, or of a type that this or the writing program does not know, are passed over.
/// What the line says stays text: a text of nothing but brackets is many times as large once read.
fn check_words(text: &str, commit: &Commit) -> Result<(), Flaw> {
    let written = Line::of(commit);
    if serde_json::to_string(&written)? == text {
        return Ok(());
    }
    let said: Fields<'_> = serde_json::from_str(text)?;
    let said_of_events = said.get("events").map_or("[]", |it| it.get());
    let said_of_events: Vec<Fields<'_>> = serde_json::from_str(said_of_events)?;
    let whole = Line { events: vec![], ..written };
    let mut is_same = is_said(&said, &whole, &["events"])?;
    for (event, said) in commit.events.iter().zip(&said_of_events) {
        let is_null = |field| said.get(field).is_some_and(|it| it.get() == "null");
        let is_unread = is_null("name") && is_null("clear");
        let is_held = is_current(event) && !is_unread;
        let passed_over: &[&str] = if is_held { &[] } else { &["name", "clear"] };
        is_same &= is_said(said, &LineEvent::of(event), passed_over)?;
    }
    let other = Flaw::OtherWords { position: commit.position };
    if is_same { Ok(()) } else { Err(other) }
}

/// Whether `said` has each field of what is written, but for some, as it is written.
fn is_said(
    said: &Fields<'_>,
    written: &impl Serialize,
    passed_over: &[&str],
) -> Result<bool, Flaw> {
    let Value::Object(written) = serde_json::to_value(written)? else {
        return Ok(false);
    };
    let mut held = written.iter().filter(|(field, _)| !passed_over.contains(&field.as_str()));
    Ok(held.all(|(field, value)| said.get(field).is_some_and(|it| same::is_same(it.get(), value))))
}

fn is_current(event: &EventRecord) -> bool {
    let version = match event.type_id {
        access::TYPE_ID => Some(access::SCHEMA_VERSION),
        id => CATALOGUE.iter().find(|it| it.type_id == id).map(|it| it.schema_version),
    };
    version == Some(event.schema_version)
}
