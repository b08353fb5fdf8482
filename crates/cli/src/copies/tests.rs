//! A small log to copy, from its lines: a case in two commits with another's between them and an
//! event of a type yet to come, and one reading.

use engine::lines::LineReader;
use event_log::Commit;

const LINES: &str = include_str!("../../../engine/src/lines/golden.ndjson");

/// What happened.
pub(super) fn commits() -> Vec<Commit> {
    read(0)
}

/// Who read what.
pub(super) fn reading() -> Vec<Commit> {
    read(1)
}

/// The log that stands at place `nth` among the lines of several.
fn read(nth: usize) -> Vec<Commit> {
    let firsts: Vec<_> = LINES.match_indices("{\"format\"").map(|(at, _)| at).collect();
    let end = firsts.get(nth + 1).copied().unwrap_or(LINES.len());
    let mut reader = LineReader::new(&LINES.as_bytes()[firsts[nth]..end]).unwrap();
    std::iter::from_fn(|| reader.next_commit().unwrap()).collect()
}
