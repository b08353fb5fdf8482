//! What finds cases: by unit and order, by handler, by resident. It follows from the rows.

use super::{Book, Change};
use crate::{
    inbox::{Keys, UnitIndex},
    state::Kept as _,
};

/// Rows of cases, by who has them.
#[derive(Debug, Default, Clone)]
pub(crate) struct Index {
    /// By unit number.
    pub(crate) units: Vec<UnitIndex>,
    /// By staff number: the rows of cases they hold, closed ones too, in no order that counts.
    pub(crate) handlers: Vec<Vec<u32>>,
    /// By resident number: the rows of cases that concern them, in the order they began.
    pub(crate) residents: Vec<Vec<u32>>,
}

impl Index {
    /// Of all rows at once, which costs less than following each event that made them.
    pub(crate) fn of(book: &Book) -> Self {
        let mut index = Self::default();
        let mut rows_of: Vec<Vec<(u32, Keys)>> = Vec::new();
        for (row, stored) in (0..).zip(book.rows.iter()) {
            at(&mut rows_of, stored.unit).push((row, stored.keys()));
            at(&mut index.residents, stored.subject).push(row);
            if let Some(handler) = stored.handler() {
                at(&mut index.handlers, handler).push(row);
            }
        }
        index.units = rows_of.iter().map(|rows| UnitIndex::of(rows)).collect();
        index
    }

    /// The same bytes for the same inboxes, however they came about. Whoever has no case any more
    /// is left out, as whoever never had one.
    pub(crate) fn put(&self, each: &mut dyn FnMut(&[u8])) {
        let mut out = Vec::new();
        for (number, unit) in (0_u32..).zip(&self.units) {
            for (closed, it) in [(false, &unit.open), (true, &unit.closed)] {
                if it.received.is_empty() {
                    continue;
                }
                (number, closed).put(&mut out);
                for set in [&it.due, &it.received, &it.last_event] {
                    set.put(&mut out);
                }
            }
            each(&out);
            out.clear();
        }
        for lists in [&self.handlers, &self.residents] {
            for (number, rows) in (0_u32..).zip(lists).filter(|(_, rows)| !rows.is_empty()) {
                let mut rows = rows.clone();
                rows.sort_unstable();
                (number, rows).put(&mut out);
            }
            each(&out);
            out.clear();
        }
    }

    /// Keeps up with one event.
    pub(crate) fn follow(&mut self, change: &Change) {
        let Change { row, before, after, holder_before, holder, .. } = *change;
        match before {
            None => {
                at(&mut self.residents, change.subject).push(row);
                at(&mut self.units, after.unit).insert(row, &after);
            }
            Some(before) if before.unit == after.unit => {
                at(&mut self.units, after.unit).change(row, &before, &after);
            }
            Some(before) => {
                at(&mut self.units, before.unit).remove(row, &before);
                at(&mut self.units, after.unit).insert(row, &after);
            }
        }
        if holder_before == holder {
            return;
        }
        if let Some(before) = holder_before {
            at(&mut self.handlers, before).retain(|it| *it != row);
        }
        if let Some(after) = holder {
            at(&mut self.handlers, after).push(row);
        }
    }
}

/// The entry at `number`, with empty ones before it as needed.
fn at<T: Default>(list: &mut Vec<T>, number: u32) -> &mut T {
    let index = number as usize;
    if list.len() <= index {
        list.resize_with(index + 1, T::default);
    }
    &mut list[index]
}
