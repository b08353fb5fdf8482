//! Walks the elements of an XES file, and knows at each which line it is.

use quick_xml::{
    XmlVersion,
    errors::IllFormedError,
    events::{Event, attributes::Attributes as XmlAttributes},
    name::QName,
};

use super::{Attributes, Fault, XesError};

/// A trace before it is checked.
pub(super) struct RawTrace<'a> {
    /// The line it begins at.
    pub(super) line: usize,
    pub(super) attributes: Attributes<'a>,
    pub(super) events: Vec<RawEvent<'a>>,
}

/// An event before it is checked.
pub(super) struct RawEvent<'a> {
    /// The line it begins at.
    pub(super) line: usize,
    pub(super) attributes: Attributes<'a>,
}

/// Reads one text from its beginning to its end.
pub(super) struct Reader<'a> {
    text: &'a str,
    xml: quick_xml::Reader<&'a [u8]>,
    /// How far lines have been counted, and how many there were.
    counted: (usize, usize),
}

/// One tag of the text, `<` and `>` left out.
#[derive(Clone, Copy)]
struct Element<'a> {
    tag: &'a str,
    name: &'a str,
    /// Whether something may be inside it.
    open: bool,
}

impl Element<'_> {
    /// Whether it is called so, whatever its namespace is called.
    fn is(&self, expected: &str) -> bool {
        QName(self.name).local_name().as_ref() == expected
    }
}

/// The next thing inside an element, comments and text aside.
enum Next<'a> {
    Element(Element<'a>),
    /// The end of the element that encloses.
    End,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, xml: quick_xml::Reader::from_str(text), counted: (0, 1) }
    }

    /// How many bytes are done.
    pub(super) fn position(&self) -> usize {
        offset(self.xml.buffer_position())
    }

    /// The line of the last element read.
    pub(super) fn line(&mut self) -> usize {
        self.line_at(self.position())
    }

    /// Goes into the `log` element.
    pub(super) fn start(&mut self) -> Result<(), XesError> {
        loop {
            let from = self.position();
            let fault = match self.xml.read_event() {
                Ok(Event::Start(_)) => match self.element(from, true) {
                    element if element.is("log") => return Ok(()),
                    element => Fault::Root(element.name.chars().take(64).collect()),
                },
                Ok(Event::Empty(_)) => match self.element(from, false) {
                    element if element.is("log") => Fault::NoEvents,
                    element => Fault::Root(element.name.chars().take(64).collect()),
                },
                Ok(Event::Text(text)) if !text.trim().is_empty() => Fault::NoLog,
                Ok(Event::Eof | Event::End(_)) => Fault::NoLog,
                Ok(_) => continue,
                Err(error) => return Err(self.not_xml(&error)),
            };
            return Err(XesError { line: self.line(), fault });
        }
    }

    /// The next trace; none at the end of the log.
    pub(super) fn trace(&mut self) -> Result<Option<RawTrace<'a>>, XesError> {
        loop {
            match self.next("log")? {
                Next::End => return Ok(None),
                Next::Element(element) if element.is("trace") => {
                    return self.inside_trace(element.open).map(Some);
                }
                Next::Element(element) if element.is("event") => {
                    return Err(XesError { line: self.line(), fault: Fault::Stray });
                }
                Next::Element(element) => self.pass_over(element)?,
            }
        }
    }

    fn inside_trace(&mut self, open: bool) -> Result<RawTrace<'a>, XesError> {
        let line = self.line();
        let mut trace = RawTrace { line, attributes: Attributes::default(), events: vec![] };
        if !open {
            return Ok(trace);
        }
        loop {
            match self.next("trace")? {
                Next::End => return Ok(trace),
                Next::Element(element) if element.is("event") => {
                    trace.events.push(self.inside_event(element.open)?);
                }
                Next::Element(element) => self.attribute(element, &mut trace.attributes)?,
            }
        }
    }

    fn inside_event(&mut self, open: bool) -> Result<RawEvent<'a>, XesError> {
        let mut event = RawEvent { line: self.line(), attributes: Attributes::default() };
        if !open {
            return Ok(event);
        }
        loop {
            match self.next("event")? {
                Next::End => return Ok(event),
                Next::Element(element) => self.attribute(element, &mut event.attributes)?,
            }
        }
    }

    fn next(&mut self, enclosing: &'static str) -> Result<Next<'a>, XesError> {
        loop {
            let from = self.position();
            match self.xml.read_event() {
                Ok(Event::Start(_)) => return Ok(Next::Element(self.element(from, true))),
                Ok(Event::Empty(_)) => return Ok(Next::Element(self.element(from, false))),
                Ok(Event::End(_)) => return Ok(Next::End),
                Ok(Event::Eof) => {
                    let fault = Fault::Unfinished(enclosing);
                    return Err(XesError { line: self.line(), fault });
                }
                Ok(_) => (),
                Err(error) => return Err(self.not_xml(&error)),
            }
        }
    }

    /// The tag that was read last, from the text itself, so that what is kept of it need not be
    /// copied.
    fn element(&self, from: usize, open: bool) -> Element<'a> {
        let tag = self.text.get(from..self.position()).unwrap_or_default();
        let tag = tag.trim_start_matches('<').trim_end_matches('>');
        let tag = if open { tag } else { tag.trim_end_matches('/') };
        let end = tag.find(|it: char| it.is_ascii_whitespace()).unwrap_or(tag.len());
        Element { tag, name: &tag[..end], open }
    }

    /// Keeps the element's key and value, and passes over what is inside. A list or container has
    /// no value of its own.
    fn attribute(
        &mut self,
        element: Element<'a>,
        into: &mut Attributes<'a>,
    ) -> Result<(), XesError> {
        let (mut key, mut value) = (None, None);
        for attribute in XmlAttributes::new(element.tag, element.name.len()) {
            let attribute = attribute.map_err(|error| self.not_xml(&error.into()))?;
            let place = match attribute.key.0 {
                "key" => &mut key,
                "value" => &mut value,
                _ => continue,
            };
            let text = attribute.normalized_value(XmlVersion::Implicit1_0);
            *place = Some(text.map_err(|error| self.not_xml(&error))?);
        }
        if let (Some(key), Some(value)) = (key, value) {
            into.0.push((key, value));
        }
        self.pass_over(element)
    }

    fn pass_over(&mut self, element: Element<'a>) -> Result<(), XesError> {
        if !element.open {
            return Ok(());
        }
        let line = self.line();
        self.xml.read_to_end(QName(element.name)).map(drop).map_err(|error| match &error {
            // Told where it was opened: where the text ends says nothing.
            quick_xml::Error::IllFormed(IllFormedError::MissingEndTag(_)) => {
                XesError { line, fault: Fault::Xml(error.to_string()) }
            }
            error => self.not_xml(error),
        })
    }

    fn not_xml(&mut self, error: &quick_xml::Error) -> XesError {
        let syntax = matches!(error, quick_xml::Error::Syntax(_) | quick_xml::Error::IllFormed(_));
        let at = if syntax { offset(self.xml.error_position()) } else { self.position() };
        XesError { line: self.line_at(at), fault: Fault::Xml(error.to_string()) }
    }

    /// The line of the byte at `position`. Counts on from where it was last asked.
    fn line_at(&mut self, position: usize) -> usize {
        let (from, lines) = self.counted;
        let count = |text: &[u8]| text.split(|byte| *byte == b'\n').count() - 1;
        let bytes = self.text.as_bytes();
        let position = position.min(bytes.len());
        let line = match bytes.get(from..position) {
            Some(since) => lines + count(since),
            None => lines - count(&bytes[position..from]),
        };
        self.counted = (position, line);
        line
    }
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
