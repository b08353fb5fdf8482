//! Ids of 128 bits, kept once and known by a number of 32.

use hashbrown::{HashTable, hash_table::Entry};

use crate::pieces::Pieces;

/// Finds the number of an id. The ids themselves stand with whoever gave the numbers.
///
/// Nothing ever walks it, so no order comes from its hashes.
#[derive(Debug, Default, Clone)]
pub(crate) struct Numbers(HashTable<u32>);

impl Numbers {
    /// The number of `id`, if it has one. `id_of` gives the id of a number.
    pub(crate) fn find(&self, id: u128, id_of: impl Fn(u32) -> u128) -> Option<u32> {
        self.0.find(hash(id), |number| id_of(*number) == id).copied()
    }

    /// The number of `id`: `next`, if it has none yet, and whether that is so.
    pub(crate) fn give(&mut self, id: u128, next: u32, id_of: impl Fn(u32) -> u128) -> (u32, bool) {
        let is_it = |number: &u32| id_of(*number) == id;
        match self.0.entry(hash(id), is_it, |number| hash(id_of(*number))) {
            Entry::Occupied(entry) => (*entry.get(), false),
            Entry::Vacant(entry) => {
                entry.insert(next);
                (next, true)
            }
        }
    }

    /// Numbers for `ids`, counted from 0; none if an id is there twice.
    pub(crate) fn of(ids: &Pieces<impl Clone>, id_of: impl Fn(u32) -> u128) -> Option<Self> {
        let mut numbers = Self(HashTable::with_capacity(ids.len()));
        let count = u32::try_from(ids.len()).ok()?;
        (0..count).all(|number| numbers.give(id_of(number), number, &id_of).1).then_some(numbers)
    }
}

/// Both halves multiplied with each other: ids differ in their last bits when people make them,
/// in all when the service does.
#[expect(clippy::cast_possible_truncation, reason = "each half is meant")]
fn hash(id: u128) -> u64 {
    let [high, low] = [(id >> 64) as u64, id as u64];
    let mixed = u128::from(low ^ 0x9e37_79b9_7f4a_7c15) * u128::from(high ^ 0xd1b5_4a32_d192_ed03);
    (mixed >> 64) as u64 ^ mixed as u64
}

/// A number for each id, in the order they were first seen.
#[derive(Debug, Default, Clone)]
pub(crate) struct Interner {
    ids: Pieces<u128>,
    numbers: Numbers,
}

impl Interner {
    /// With these ids, in the order of their numbers; none if one is there twice.
    pub(crate) fn of(ids: Pieces<u128>) -> Option<Self> {
        let numbers = Numbers::of(&ids, |number| ids[number])?;
        Some(Self { ids, numbers })
    }

    /// The number of `id`, a new one if it has none.
    pub(crate) fn intern(&mut self, id: u128) -> u32 {
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let (number, is_new) = self.numbers.give(id, next, |number| self.ids[number]);
        if is_new {
            self.ids.push(id);
        }
        number
    }

    /// The number of `id`, if it has one.
    pub(crate) fn find(&self, id: u128) -> Option<u32> {
        self.numbers.find(id, |number| self.ids[number])
    }

    /// The id of `number`, which this interner gave.
    pub(crate) fn id(&self, number: u32) -> u128 {
        self.ids[number]
    }

    /// Every id, in the order of their numbers.
    pub(crate) fn ids(&self) -> &Pieces<u128> {
        &self.ids
    }
}
