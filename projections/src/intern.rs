//! Ids of 128 bits, kept once and known by a number of 32.

use std::collections::HashMap;

/// A number for each id, in the order they were first seen.
#[derive(Debug, Default, Clone)]
pub(crate) struct Interner {
    ids: Vec<u128>,
    numbers: HashMap<u128, u32>,
}

impl Interner {
    /// The number of `id`, a new one if it has none.
    pub(crate) fn intern(&mut self, id: u128) -> u32 {
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(id).or_insert_with(|| {
            self.ids.push(id);
            next
        })
    }

    /// The number of `id`, if it has one.
    pub(crate) fn find(&self, id: u128) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    /// The id of `number`, which this interner gave.
    pub(crate) fn id(&self, number: u32) -> u128 {
        self.ids[number as usize]
    }
}
