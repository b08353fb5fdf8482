//! A tree that goes on growing when the program starts anew: what is kept of it between two runs.
//!
//! ```text
//! version u8 = 1 │ size u64 │ peaks of the tree without its last leaf [32 each], the largest first
//!                │ hash of the last commit [32] │ crc32c u32 of all before
//! ```
//!
//! All integers are big-endian; the size is at least 1, and the peaks are as many as `size − 1` has
//! ones in base 2. The last commit's hash stands apart from the peaks, so that the root holds for
//! it: whoever has a signature of the root knows that the log had this commit at this size, and, by
//! the hash chain, all those before. For ever: a new layout gets a new version, and both are read.

use thiserror::Error;

use super::{Frontier, leaf};
use crate::{Hash, frame::checksum};

/// The layout that is written.
const VERSION: u8 = 1;

const HASH_BYTES: usize = 32;

/// The tree over a log's commits as far as it has come, and the last of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tip {
    /// Over all but the last.
    before: Frontier,
    last: Option<Hash>,
}

/// Why bytes are not those of a kept tip.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TipError {
    /// Another layout.
    #[error("it has layout {version}, which is unknown; it was written by a newer version")]
    Version {
        /// Its number.
        version: u8,
    },
    /// The length does not fit the size of the tree.
    #[error("it is {bytes} bytes long, which fits no tree of the size that it tells")]
    Length {
        /// How long it is.
        bytes: usize,
    },
    /// The checksum differs.
    #[error("its checksum differs")]
    Checksum,
}

impl Tip {
    /// Takes the hash of the log's next commit.
    pub fn push(&mut self, commit: Hash) {
        if let Some(last) = self.last.replace(commit) {
            self.before.push(leaf(last));
        }
    }

    /// How many commits there are.
    pub fn size(&self) -> u64 {
        self.before.size() + u64::from(self.last.is_some())
    }

    /// The hash of the last; [`Hash::GENESIS`] if there is none.
    pub fn last(&self) -> Hash {
        self.last.unwrap_or(Hash::GENESIS)
    }

    /// The tree over all of them.
    pub fn frontier(&self) -> Frontier {
        let mut frontier = self.before.clone();
        if let Some(last) = self.last {
            frontier.push(leaf(last));
        }
        frontier
    }

    /// What is kept; nothing of a tree without commits.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let last = self.last?;
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&self.size().to_be_bytes());
        for hash in self.before.peaks.iter().chain([&last]) {
            bytes.extend_from_slice(&hash.0);
        }
        let crc = checksum(&bytes);
        bytes.extend_from_slice(&crc.to_be_bytes());
        Some(bytes)
    }

    /// What [`Tip::to_bytes`] gave. Whether it is of the log at hand is for the caller to check.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TipError> {
        let wrong_length = TipError::Length { bytes: bytes.len() };
        match bytes.first() {
            Some(&VERSION) => (),
            Some(&version) => return Err(TipError::Version { version }),
            None => return Err(wrong_length),
        }
        let split = bytes.split_last_chunk().and_then(|(content, crc)| {
            let (size, hashes) = content.get(1..)?.split_first_chunk()?;
            Some((content, u32::from_be_bytes(*crc), u64::from_be_bytes(*size), hashes))
        });
        let Some((content, crc, size, hashes)) = split else { return Err(wrong_length) };
        if checksum(content) != crc {
            return Err(TipError::Checksum);
        }
        let Some(size) = size.checked_sub(1) else { return Err(wrong_length) };
        let (hashes, rest) = hashes.as_chunks::<HASH_BYTES>();
        let Some((last, peaks)) = hashes.split_last().filter(|_| rest.is_empty()) else {
            return Err(wrong_length);
        };
        if peaks.len() != size.count_ones() as usize {
            return Err(wrong_length);
        }
        let peaks = peaks.iter().map(|it| Hash(*it)).collect();
        Ok(Self { before: Frontier { size, peaks }, last: Some(Hash(*last)) })
    }
}
