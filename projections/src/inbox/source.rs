//! The rows of an inbox in order, taken from either end: several ordered sets merged, or one list.

use std::{collections::BTreeSet, ops::Bound};

/// A sort key and a row.
pub(super) type Key = (i64, u32);

/// The rows that an inbox may show, before the filter: ordered sets, to be merged, or a list.
pub(super) enum Source<'a> {
    Sets(Vec<&'a BTreeSet<Key>>),
    /// Sorted.
    List(Vec<Key>),
}

/// The rows of one set, or of the list, between two places; they can be taken from both ends.
type Range<'a> = Box<dyn DoubleEndedIterator<Item = Key> + 'a>;

impl Source<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Sets(sets) => sets.iter().map(|set| set.len()).sum(),
            Self::List(list) => list.len(),
        }
    }

    /// The rows strictly between two keys, each range in order.
    fn between(&self, after: Option<Key>, before: Option<Key>) -> Vec<Range<'_>> {
        if after.zip(before).is_some_and(|(after, before)| after >= before) {
            return vec![];
        }
        let bounds = (
            after.map_or(Bound::Unbounded, Bound::Excluded),
            before.map_or(Bound::Unbounded, Bound::Excluded),
        );
        match self {
            Self::Sets(sets) => {
                sets.iter().map(|set| Box::new(set.range(bounds).copied()) as Range<'_>).collect()
            }
            Self::List(list) => {
                let start = after.map_or(0, |after| list.partition_point(|key| *key <= after));
                let end =
                    before.map_or(list.len(), |before| list.partition_point(|key| *key < before));
                vec![Box::new(list[start..end].iter().copied())]
            }
        }
    }

    /// From the top down.
    pub(super) fn down(
        &self,
        after: Option<Key>,
        before: Option<Key>,
    ) -> impl Iterator<Item = Key> + '_ {
        merge(self.between(after, before).into_iter().map(Iterator::peekable).collect(), Ord::min)
    }

    /// From the bottom up.
    pub(super) fn up(
        &self,
        after: Option<Key>,
        before: Option<Key>,
    ) -> impl Iterator<Item = Key> + '_ {
        let ranges = self.between(after, before).into_iter();
        merge(ranges.map(|range| range.rev().peekable()).collect(), Ord::max)
    }
}

/// One ordered run out of several; `pick` says which of two comes first.
fn merge<I: Iterator<Item = Key>>(
    mut ranges: Vec<std::iter::Peekable<I>>,
    pick: fn(Key, Key) -> Key,
) -> impl Iterator<Item = Key> {
    std::iter::from_fn(move || {
        let next = ranges.iter_mut().filter_map(|range| range.peek().copied()).reduce(pick)?;
        // A row stands in one range alone.
        ranges.iter_mut().find_map(|range| range.next_if_eq(&next))
    })
}

/// The last place above `key`.
pub(super) fn just_above((sort, row): Key) -> Key {
    match row.checked_sub(1) {
        Some(row) => (sort, row),
        None => (sort.saturating_sub(1), u32::MAX),
    }
}

/// Up to `rows`, and whether there were more.
pub(super) fn take(keys: impl Iterator<Item = Key>, rows: usize) -> (Vec<Key>, bool) {
    let mut keys: Vec<Key> = keys.take(rows.saturating_add(1)).collect();
    let more = keys.len() > rows;
    keys.truncate(rows);
    (keys, more)
}
