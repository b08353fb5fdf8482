//! A Merkle tree over all commits, hashed as RFC 9162 says (section 2.1), so that one hash stands
//! for a whole log, and a short proof shows that a commit is in it or that one log begins with
//! another.
//!
//! A leaf is a commit's hash: 32 bytes that cover its frame's body and every commit before. The
//! leaf of the commit at position `p` has the index `p - 1`. All of a tree follows from the log; a
//! [`Frontier`] costs one look at each hash that passes, and what is kept of it ([`Tip`]) only saves
//! looking at them again.

mod proof;
#[cfg(test)]
mod tests;
mod tip;

use sha2::{Digest, Sha256};

pub use self::{
    proof::{ProofError, check_consistency, check_inclusion},
    tip::{Tip, TipError},
};
use crate::Hash;

/// The most hashes that a proof of inclusion in any tree has.
pub const INCLUSION_HASHES_MAX: usize = 64;

/// The hash of a leaf: of the commit with the hash `commit`.
pub fn leaf(commit: Hash) -> Hash {
    Hash(Sha256::new().chain_update([0]).chain_update(commit.0).finalize().into())
}

fn node(left: Hash, right: Hash) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([1])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// The root of the tree over no commits.
fn empty() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// How many leaves stand to the left in a tree of `size` leaves, at least two: the largest power
/// of two that is smaller.
fn left_of(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// What must be kept of a tree to let it grow and to know its root: one hash for each power of two
/// in its size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Roots of full subtrees, the largest first.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Takes the next leaf, a hash that [`leaf`] gave.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node(left, hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over all of them.
    pub fn root(&self) -> Hash {
        let from_the_right = self.peaks.iter().rev().copied();
        from_the_right.reduce(|right, left| node(left, right)).unwrap_or_else(empty)
    }
}

/// A whole tree, of which any proof can be made. Takes 64 bytes for each leaf.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// At level `k`, the roots of the full subtrees of 2ᵏ leaves, from the left.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// Takes the next leaf, a hash that [`leaf`] gave.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(vec![]);
            }
            let row = &mut self.levels[level];
            row.push(hash);
            match row.as_slice() {
                [.., left, right] if row.len().is_multiple_of(2) => hash = node(*left, *right),
                _ => return,
            }
        }
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The root over the first `size` leaves; none if there are not as many.
    pub fn root(&self, size: u64) -> Option<Hash> {
        if size == 0 { Some(empty()) } else { self.root_of(0, size) }
    }

    /// Shows that the leaf at `index` is one of the first `size`: the hashes beside its way to the
    /// root, from the leaf up. None if it is not one of them, or there are not as many.
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        if index >= size {
            return None;
        }
        let mut proof = vec![];
        let (mut first, mut end) = (0, size);
        while end - first > 1 {
            let middle = first + left_of(end - first);
            if index < middle {
                proof.push(self.root_of(middle, end)?);
                end = middle;
            } else {
                proof.push(self.root_of(first, middle)?);
                first = middle;
            }
        }
        proof.reverse();
        Some(proof)
    }

    /// Shows that the tree of the first `size` leaves begins with the `earlier` first. None if
    /// there are not as many, or fewer than `earlier`. Empty if `earlier` is 0 or `size`.
    pub fn consistency(&self, earlier: u64, size: u64) -> Option<Vec<Hash>> {
        if earlier > size || size > self.size() {
            return None;
        }
        let mut proof = vec![];
        if earlier == 0 {
            return Some(proof);
        }
        let (mut first, mut end) = (0, size);
        while earlier != end {
            let middle = first + left_of(end - first);
            if earlier <= middle {
                proof.push(self.root_of(middle, end)?);
                end = middle;
            } else {
                proof.push(self.root_of(first, middle)?);
                first = middle;
            }
        }
        // The earlier root itself is known to whoever asks.
        if first > 0 {
            proof.push(self.root_of(first, end)?);
        }
        proof.reverse();
        Some(proof)
    }

    /// The root over the leaves from `first` up to `end`, where `first` is as the division of a
    /// tree gives it: a multiple of the least power of two that holds them.
    fn root_of(&self, first: u64, end: u64) -> Option<Hash> {
        let size = end - first;
        if size.is_power_of_two() {
            let level = size.ilog2();
            let row = self.levels.get(usize::try_from(level).ok()?)?;
            return row.get(usize::try_from(first >> level).ok()?).copied();
        }
        let middle = first + left_of(size);
        Some(node(self.root_of(first, middle)?, self.root_of(middle, end)?))
    }
}
