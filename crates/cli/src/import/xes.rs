//! XES (IEEE 1849): traces of events, each with attributes, as far as an import needs it.
//!
//! An attribute is a key and a value as text, whatever its type; what is nested inside another
//! attribute is passed over, and so are extensions, globals, classifiers and attributes of the
//! log. Every event needs a `time:timestamp` with an offset, every trace a `concept:name` of its
//! own. What goes wrong is told with its line.

mod reader;

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use thiserror::Error;

/// The attribute that names a trace.
const NAME: &str = "concept:name";
/// The attribute that says when an event took place.
const TIME: &str = "time:timestamp";

/// One log: at least one trace with an event.
#[derive(Debug)]
pub(crate) struct Log<'a> {
    /// In the order of the file.
    pub(crate) traces: Vec<Trace<'a>>,
}

/// One case as the source tells it.
#[derive(Debug)]
pub(crate) struct Trace<'a> {
    /// Its name; no other trace of the log has it.
    pub(crate) name: Cow<'a, str>,
    /// Its attributes.
    pub(crate) attributes: Attributes<'a>,
    /// What happened, in the order of the file.
    pub(crate) events: Vec<Event<'a>>,
}

/// One thing that happened.
#[derive(Debug)]
pub(crate) struct Event<'a> {
    /// The line it begins at.
    pub(crate) line: usize,
    /// When it took place.
    pub(crate) at: Timestamp,
    /// Its attributes.
    pub(crate) attributes: Attributes<'a>,
}

/// Keys and values, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Attributes<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl Attributes<'_> {
    /// The value of the attribute with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(it, _)| it == key).map(|(_, value)| &**value)
    }
}

/// What is wrong with a log, and where.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("line {line}: {fault}")]
pub(crate) struct XesError {
    pub(crate) line: usize,
    pub(crate) fault: Fault,
}

/// What is wrong with a log.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum Fault {
    #[error("not XML: {0}")]
    Xml(String),
    #[error("the outermost element is `{0}`, not the `log` of an XES file")]
    Root(String),
    #[error("there is no `log` element; is this an XES file?")]
    NoLog,
    #[error("the file ends before `</{0}>`")]
    Unfinished(&'static str),
    #[error("an event outside any trace belongs to no case")]
    Stray,
    #[error("the log holds no events")]
    NoEvents,
    #[error("the trace has no {NAME}")]
    TraceName,
    #[error("the trace `{name}` has the name of the one at line {first}; names must differ")]
    SameName { name: String, first: usize },
    #[error("an event of trace `{trace}` has no {TIME}")]
    NoTime { trace: String },
    #[error(
        "`{text}`, the {TIME} of an event of trace `{trace}`, is not a time with an offset (RFC 3339)"
    )]
    Time { trace: String, text: String },
}

/// Reads a whole log. `progress` is told how many bytes of `text` are done.
pub(crate) fn read(text: &str, mut progress: impl FnMut(usize)) -> Result<Log<'_>, XesError> {
    let mut reader = reader::Reader::new(text);
    reader.start()?;
    let mut traces = Vec::new();
    let mut lines: BTreeMap<Cow<'_, str>, usize> = BTreeMap::new();
    while let Some(raw) = reader.trace()? {
        let line = raw.line;
        let trace = raw.check()?;
        if let Some(first) = lines.insert(trace.name.clone(), line) {
            let fault = Fault::SameName { name: trace.name.into_owned(), first };
            return Err(XesError { line, fault });
        }
        traces.push(trace);
        progress(reader.position());
    }
    if traces.iter().all(|trace| trace.events.is_empty()) {
        return Err(XesError { line: reader.line(), fault: Fault::NoEvents });
    }
    Ok(Log { traces })
}

impl<'a> reader::RawTrace<'a> {
    fn check(self) -> Result<Trace<'a>, XesError> {
        let found = self.attributes.0.iter().find(|(key, _)| key == NAME);
        let Some((_, name)) = found.filter(|(_, name)| !name.is_empty()) else {
            return Err(XesError { line: self.line, fault: Fault::TraceName });
        };
        let name = name.clone();
        let event = |raw: reader::RawEvent<'a>| {
            let reader::RawEvent { line, attributes } = raw;
            let wrong = |fault| XesError { line, fault };
            let trace = || name.clone().into_owned();
            let text = attributes.get(TIME);
            let text = text.ok_or_else(|| wrong(Fault::NoTime { trace: trace() }))?;
            let at = text.parse();
            let at = at.map_err(|_| {
                wrong(Fault::Time { trace: trace(), text: text.chars().take(64).collect() })
            })?;
            Ok(Event { line, at, attributes })
        };
        let events = self.events.into_iter().map(event).collect::<Result<_, _>>()?;
        Ok(Trace { attributes: self.attributes, events, name })
    }
}
