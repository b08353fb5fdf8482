//! Reading lines back: every commit is checked against all before it, and every word against its
//! bytes.

use std::io::{BufRead, Read as _};

use anyhow::{Context as _, bail};
use bytes::Bytes;
use domain::CommitId;
use engine::{access, codec::CATALOGUE};
use event_log::{
    Commit, EventRecord, Hash,
    chain::{BadPosition, Fault, Verifier},
    frame,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{End, FORMAT, Header, Hex, Line, LineEvent, Totals, VERSION, Which};

/// The longest line that is read: far beyond the largest commit.
const LINE_BYTES_MAX: u64 = 16 << 20;

/// Reads a log's lines. Errors name the line.
pub(crate) struct LineReader<R> {
    input: R,
    log: Which,
    /// Lines read.
    number: u64,
    verifier: Verifier,
}

impl<R: BufRead> LineReader<R> {
    /// Reads the first line.
    pub(crate) fn new(input: R) -> anyhow::Result<Self> {
        let mut reader = Self { input, log: Which::Log, number: 0, verifier: Verifier::default() };
        let line = reader.line()?;
        let header = line.as_deref().map(serde_json::from_str::<Header>).transpose();
        let Ok(Some(header)) = header else {
            bail!("line 1: it is not the first line of an exported log");
        };
        if (&*header.format, header.version) != (FORMAT, VERSION) {
            let Header { format, version, .. } = header;
            bail!("line 1: format {format} {version} is unknown; import it with a newer arende");
        }
        reader.log = header.log;
        Ok(reader)
    }

    /// Which log this is.
    pub(crate) fn log(&self) -> Which {
        self.log
    }

    /// The next commit, verified; none once the last line has said that this was all.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<Commit>> {
        let Some(text) = self.line()? else {
            bail!("it ends after line {} without a last line; get the file again", self.number);
        };
        let number = self.number;
        let commit = self.understand(&text).with_context(|| format!("line {number}"))?;
        if commit.is_none() && self.line()?.is_some() {
            bail!("line {}: something follows the last line", self.number);
        }
        Ok(commit)
    }

    fn understand(&mut self, text: &str) -> anyhow::Result<Option<Commit>> {
        if text.starts_with("{\"end\"") {
            let End { end } = parse(text)?;
            let (commits, events) = (self.verifier.last().get(), self.verifier.events());
            if end != (Totals { commits, events, hash: Hex(self.verifier.hash().0) }) {
                bail!(
                    "it tells of {} commits, {} events and another hash or number than the \
                     {commits} commits and {events} events before it",
                    end.commits,
                    end.events
                );
            }
            return Ok(None);
        }
        let line: Line<Value> = parse(text)?;
        let commit = commit(&line);
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
        check_words(text, line, &commit)?;
        Ok(Some(commit))
    }

    /// The next line, without its end.
    fn line(&mut self) -> anyhow::Result<Option<String>> {
        let mut bytes = Vec::new();
        let number = self.number + 1;
        let mut input = self.input.by_ref().take(LINE_BYTES_MAX);
        let read = input.read_until(b'\n', &mut bytes);
        if read.with_context(|| format!("line {number}: failed to read it"))? == 0 {
            return Ok(None);
        }
        self.number = number;
        if bytes.pop() != Some(b'\n') {
            bail!("line {number}: it is cut short, or too long; get the file again");
        }
        let text = String::from_utf8(bytes);
        Ok(Some(text.map_err(|_| anyhow::anyhow!("line {number}: it is not UTF-8"))?))
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> anyhow::Result<T> {
    serde_json::from_str(text).context("it is not a commit's line")
}

/// What the line holds, its words aside.
fn commit(line: &Line<Value>) -> Commit {
    let record = |event: &LineEvent<Value>| EventRecord {
        type_id: event.type_id,
        schema_version: event.schema_version,
        clear: event.clear_bytes.0.clone(),
        sealed: event.sealed.0.clone(),
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
        correlation: line.correlation.clone(),
        events: line.events.iter().map(record).collect(),
        hash: Hash(line.hash.0),
    }
}

/// Whether the line says what its bytes say, no more and no less.
///
/// Words can be held to their bytes only where this program writes the same: those of another
/// schema version, or of a type that this or the writing program does not know, are passed over.
fn check_words(text: &str, line: Line<Value>, commit: &Commit) -> anyhow::Result<()> {
    let written = Line::of(commit);
    if serde_json::to_string(&written)? == text {
        return Ok(());
    }
    let mut said: Value = parse(text)?;
    let mut expected = serde_json::to_value(&written)?;
    for (i, event) in line.events.iter().enumerate() {
        let is_unread = event.name.is_none() && event.clear.is_null();
        if is_unread || !is_current(event) {
            for value in [&mut said, &mut expected] {
                value["events"][i]["name"].take();
                value["events"][i]["clear"].take();
            }
        }
    }
    if said != expected {
        bail!("position {} says something else than its bytes do", commit.position);
    }
    Ok(())
}

fn is_current<C>(event: &LineEvent<C>) -> bool {
    let version = match event.type_id {
        access::TYPE_ID => Some(access::SCHEMA_VERSION),
        id => CATALOGUE.iter().find(|it| it.type_id == id).map(|it| it.schema_version),
    };
    version == Some(event.schema_version)
}
