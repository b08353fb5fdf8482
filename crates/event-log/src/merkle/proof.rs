//! Checking proofs, by the steps of RFC 9162: sections 2.1.3.2 and 2.1.4.2.

use thiserror::Error;

use super::{empty, node};
use crate::Hash;

/// A proof that does not show what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the proof does not lead to the tree's root")]
pub struct ProofError;

/// Checks that the tree of `size` leaves with this `root` has `leaf` at `index`.
pub fn check_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError);
    }
    let mut way = Way { at: index, last: size - 1 };
    let mut hash = leaf;
    for beside in proof {
        hash = match way.up()? {
            Side::Left => node(*beside, hash),
            Side::Right => node(hash, *beside),
        };
    }
    if way.is_at_the_root() && hash == root { Ok(()) } else { Err(ProofError) }
}

/// Checks that the tree of `size` leaves with this `root` begins with the tree of `earlier` leaves
/// and the root `earlier_root`.
pub fn check_consistency(
    earlier: u64,
    earlier_root: Hash,
    size: u64,
    root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    let holds = |holds: bool| if holds { Ok(()) } else { Err(ProofError) };
    if earlier == 0 {
        return holds(proof.is_empty() && earlier_root == empty());
    }
    if earlier >= size {
        return holds(earlier == size && proof.is_empty() && earlier_root == root);
    }
    let mut way = Way { at: earlier - 1, last: size - 1 };
    way.skip(way.at.trailing_ones());
    // A full tree is a subtree of the later one, and not told again.
    let (start, rest) = if earlier.is_power_of_two() {
        (earlier_root, proof)
    } else {
        let (start, rest) = proof.split_first().ok_or(ProofError)?;
        (*start, rest)
    };
    let (mut before, mut after) = (start, start);
    for beside in rest {
        match way.up()? {
            Side::Left => {
                before = node(*beside, before);
                after = node(*beside, after);
            }
            Side::Right => after = node(after, *beside),
        }
    }
    holds(way.is_at_the_root() && before == earlier_root && after == root)
}

/// On which side of the way a hash stands.
enum Side {
    Left,
    Right,
}

/// The way from a node up to the root: which node of its level it is, and which is the last.
struct Way {
    at: u64,
    last: u64,
}

impl Way {
    /// Goes up to the next node that has two below it, and says on which side the other stands.
    fn up(&mut self) -> Result<Side, ProofError> {
        if self.is_at_the_root() {
            return Err(ProofError);
        }
        let side = if self.at % 2 == 1 || self.at == self.last { Side::Left } else { Side::Right };
        if matches!(side, Side::Left) {
            // The last of a level may stand alone, and then counts for the one above.
            self.skip(if self.at == 0 { 64 } else { self.at.trailing_zeros() });
        }
        self.skip(1);
        Ok(side)
    }

    fn skip(&mut self, levels: u32) {
        self.at = self.at.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }

    fn is_at_the_root(&self) -> bool {
        self.last == 0
    }
}
