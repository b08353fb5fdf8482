//! Streams that stand still, because the log holds an event of theirs that cannot be taken in.
//!
//! Such an event is poison: it is not skipped, since what comes after it would be built on a guess,
//! and it does not stop the others. Its stream is left as it was before the commit that holds it,
//! in every read model alike, until a program that can take it in replays the log. What it granted
//! to anyone is withheld meanwhile: the event may have been what took it away.

use std::{collections::BTreeMap, fmt};

use domain::{Event, Position, Recorded, StreamId};

use crate::state::{Kept, StateError, Taken, fields};

/// The streams that stand still.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Parked {
    of: BTreeMap<StreamId, Parking>,
}

/// Where one stream stopped, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parking {
    /// The commit that was not taken in, nor any of the stream after it.
    pub position: Position,
    /// The event in it that could not be.
    pub version: u32,
    /// The read model that refused it; `every` where none can read it.
    pub model: String,
    /// What is wrong with it.
    pub why: String,
}

fields!(Parked { of });
fields!(Parking { position, version, model, why });

impl Kept for StreamId {
    fn put(&self, out: &mut Vec<u8>) {
        self.to_parts().put(out);
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        let (kind, bits) = Kept::take(from)?;
        Self::from_parts(kind, bits).ok_or_else(|| from.wrong("no stream"))
    }
}

impl Parked {
    /// Where `stream` stopped; none for one that goes on.
    pub fn get(&self, stream: StreamId) -> Option<&Parking> {
        self.of.get(&stream)
    }

    /// Each stream that stands still, in order of kind and id.
    pub fn iter(&self) -> impl Iterator<Item = (StreamId, &Parking)> {
        self.of.iter().map(|(stream, parking)| (*stream, parking))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.of.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// How many streams stand still with each [consequence], in order of its text.
    pub fn consequences(&self) -> BTreeMap<&'static str, u64> {
        let mut consequences = BTreeMap::new();
        for stream in self.of.keys() {
            *consequences.entry(consequence(*stream)).or_default() += 1;
        }
        consequences
    }

    /// Whether `stream` had not been parked before.
    pub(crate) fn park(&mut self, stream: StreamId, parking: Parking) -> bool {
        let is_new = !self.of.contains_key(&stream);
        self.of.entry(stream).or_insert(parking);
        is_new
    }
}

/// What comes of it that `stream` stands still, for operators.
///
/// Source: decision 0033.
pub const fn consequence(stream: StreamId) -> &'static str {
    match stream {
        StreamId::Case(_) => "cases stand still",
        StreamId::Staff(_) => "staff open no session",
        StreamId::Resident(_) => "residents are acted for by nobody, and protected",
        StreamId::Unit(_) => "units take no new cases",
        StreamId::CaseType(_) => "case types are closed to proxies",
        _ => "others stay as they were",
    }
}

/// A line for each.
impl fmt::Display for Parked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (stream, it) in self.iter() {
            writeln!(f, "{stream}  at position {}, {it}", it.position)?;
        }
        Ok(())
    }
}

impl fmt::Display for Parking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {} for {}: {}", self.version, self.model, self.why)
    }
}

/// Why the events of one commit cannot be part of their stream's story, if they cannot.
///
/// `has_begun` says whether a case had events before; none where the fold may lack them, as one of
/// what had happened by a time does.
pub(crate) fn refusal(events: &[Recorded<Event>], has_begun: Option<bool>) -> Option<Parking> {
    for (index, recorded) in events.iter().enumerate() {
        let Recorded { position, stream, version, event, .. } = recorded;
        let begun = if index == 0 { has_begun } else { Some(true) };
        let wrong = if !event.belongs(*stream) {
            Some("it belongs to another kind of stream")
        } else if !matches!(event, Event::Case(_)) {
            None
        } else if event.begins_case() {
            (begun == Some(true)).then_some("the case had begun")
        } else {
            (begun == Some(false)).then_some("the case had not begun")
        };
        if let Some(wrong) = wrong {
            let model = if matches!(event, Event::Case(_)) { "cases" } else { "directory" };
            let why = format!("{} does not fit: {wrong}", event.name());
            return Some(Parking {
                position: *position,
                version: *version,
                model: model.into(),
                why,
            });
        }
    }
    None
}
