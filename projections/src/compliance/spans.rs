//! When something held: spans of time, each with a beginning and perhaps an end.

use jiff::Timestamp;

use crate::state::{Kept, StateError, Taken};

/// Spans in the order they began. An end is exclusive.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Spans(Vec<(Timestamp, Option<Timestamp>)>);

impl Spans {
    /// It holds from `at`, unless it holds already.
    pub(super) fn begin(&mut self, at: Timestamp) {
        if self.0.last().is_none_or(|(_, end)| end.is_some()) {
            self.0.push((at, None));
        }
    }

    /// It holds no longer from `at`.
    pub(super) fn end(&mut self, at: Timestamp) {
        if let Some((_, end @ None)) = self.0.last_mut() {
            *end = Some(at);
        }
    }

    /// Whether it held at `at`.
    pub(super) fn hold(&self, at: Timestamp) -> bool {
        self.0.iter().any(|(begin, end)| *begin <= at && end.is_none_or(|end| at < end))
    }

    /// Whether it had held before `at`, and no longer did.
    pub(super) fn is_over(&self, at: Timestamp) -> bool {
        !self.hold(at) && self.0.first().is_some_and(|(begin, _)| *begin <= at)
    }
}

impl Kept for Spans {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        Kept::take(from).map(Self)
    }
}
