//! Payloads of events, and lines of an export, whatever stands in their place: no panic, no more
//! memory than the input gives reason for, and what was read is what is written.

#[path = "../../../event-log/tests/untrusted/memory.rs"]
pub(crate) mod memory;

use engine::{
    codec,
    lines::{Flaw, LineError, LineReader, LineWriter, LogName},
};
use event_log::{
    Commit,
    chain::{BadPosition, Fault},
};

/// What may be taken beyond the input: room for a text as long as it claims to be is made up to a
/// mebibyte before it is read; for a list none is.
const MEMORY_BYTES: usize = (1 << 20) + (16 << 10);

/// The shortest text takes eight bytes, its length, and stands as one of 24 in a list that doubles as
/// it grows, the old one kept until it has been copied.
const FACTOR: usize = 9;

/// A type id, a schema version, and a clear payload.
pub(crate) fn codec(input: &[u8]) {
    let Some(([a, b, version], clear)) = input.split_first_chunk() else { return };
    let (type_id, version) = (u16::from_be_bytes([*a, *b]), u16::from(*version));
    let most = MEMORY_BYTES + FACTOR * input.len();
    let Ok(event) = memory::bounded(most, || codec::decode(type_id, version, clear)) else {
        return;
    };
    let again = codec::encode(&event);
    assert!(again.is_ok_and(|it| it == (type_id, version, clear.to_vec())), "{event:?}");
}

/// As above, and the chain of what was read.
const LINES_BYTES: usize = MEMORY_BYTES + (16 << 10);

/// What a line says stays text. Its payload is decoded, as above, and told as JSON to be held
/// against that, which takes the most: an attachment is 60 bytes in the log, 80 in the line, and
/// some 1,300 as JSON.
const LINES_FACTOR: usize = 32;

/// How many wrong hashes are mended in one input.
const MENDED_MAX: usize = 4;

/// An export's lines; and, since chance never finds a hash, the same with hashes that fit.
pub(crate) fn lines(input: &[u8]) {
    let mut input = input.to_vec();
    for _ in 0..=MENDED_MAX {
        let most = LINES_BYTES + LINES_FACTOR * input.len();
        let (log, commits, flaw) = memory::bounded(most, || read(&input));
        if let Some(log) = log {
            say_the_same_again(log, &commits);
        }
        let Some(LineError::Line {
            flaw: Flaw::Position(BadPosition { fault: Fault::Hash { found, expected }, .. }),
            ..
        }) = flaw
        else {
            return;
        };
        let Ok(text) = str::from_utf8(&input) else { return };
        let [found, expected] = [found, expected].map(|it| it.to_string());
        input = text.replace(&found, &expected).into_bytes();
    }
}

/// The commits of the lines up to the first that is wrong.
fn read(input: &[u8]) -> (Option<LogName>, Vec<Commit>, Option<LineError>) {
    let mut commits = vec![];
    let mut reader = match LineReader::new(input) {
        Ok(reader) => reader,
        Err(error) => return (None, commits, Some(error)),
    };
    loop {
        match reader.next_commit() {
            Ok(Some(commit)) => commits.push(commit),
            Ok(None) => return (Some(reader.log()), commits, None),
            Err(error) => return (Some(reader.log()), commits, Some(error)),
        }
    }
}

/// What was read is written as lines that are read as the same.
fn say_the_same_again(log: LogName, commits: &[Commit]) {
    let mut writer = LineWriter::new(vec![], log).unwrap();
    for it in commits {
        writer.write(it).unwrap();
    }
    let (again, same, flaw) = read(&writer.finish().unwrap());
    assert!(flaw.is_none(), "{flaw:?}");
    assert_eq!((again, &*same), (Some(log), commits));
}
