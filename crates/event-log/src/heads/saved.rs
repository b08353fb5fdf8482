//! Heads as bytes, in which they are found as they lie there.
//!
//! ```text
//! version u8 = 1 │ position u64 │ hash [32] │ number of streams u64 │ number of ids u64
//! │ each stream: kind u8, id u128, position u64 and version u32 of its head
//! │ each commit id: u128, position u64 │ crc32c u32 of all before
//! ```
//!
//! Integers are big-endian, and both lists stand in order of their bytes. Nothing is unpacked: five
//! million ids are there as soon as the file is read, in a third of the room of a hash table.

use std::cmp::Ordering;

use bytes::{Buf as _, Bytes};
use domain::{CommitId, Position, StreamId};
use thiserror::Error;

use crate::{Hash, Head, frame};

const VERSION: u8 = 1;
const HEADER_BYTES: usize = 1 + 8 + 32 + 8 + 8;
const CRC_BYTES: usize = 4;

/// Entries for which one key is kept close at hand.
const STRIDE: usize = 64;

/// Why bytes are not saved heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SavedHeadsError {
    /// Another layout.
    #[error("their layout has number {version}, which this program does not read")]
    Layout {
        /// Which.
        version: u8,
    },
    /// They are not what was written.
    #[error("their checksum differs")]
    Checksum,
    /// The numbers in their header do not fit their length.
    #[error("their length is not that of so many streams and ids")]
    Length,
}

/// Heads that were saved.
#[derive(Debug)]
pub(super) struct SavedHeads {
    pub(super) last: Position,
    pub(super) hash: Hash,
    streams: Streams,
    ids: Ids,
}

type Streams = Table<17, 12>;
type Ids = Table<16, 8>;

/// Entries of `K` bytes of key and `V` of value, in order of the keys.
#[derive(Debug, Default)]
struct Table<const K: usize, const V: usize> {
    entries: Bytes,
    /// The first key of each [`STRIDE`] entries.
    strides: Vec<[u8; K]>,
}

impl<const K: usize, const V: usize> Table<K, V> {
    const ENTRY: usize = K + V;

    fn new(entries: Bytes) -> Self {
        let keys = entries.chunks(Self::ENTRY * STRIDE);
        let strides = keys.filter_map(|it| it.first_chunk().copied()).collect();
        Self { entries, strides }
    }

    fn len(&self) -> usize {
        self.entries.len() / Self::ENTRY
    }

    fn find(&self, key: &[u8; K]) -> Option<&[u8; V]> {
        let stride = self.strides.partition_point(|it| it <= key).checked_sub(1)?;
        let start = stride * STRIDE * Self::ENTRY;
        let end = (start + STRIDE * Self::ENTRY).min(self.entries.len());
        let part = self.entries.get(start..end)?;
        let entry = |index: usize| part.get(index * Self::ENTRY..)?.split_first_chunk::<K>();
        let (mut low, mut high) = (0, part.len() / Self::ENTRY);
        while low < high {
            let middle = usize::midpoint(low, high);
            let (found, value) = entry(middle)?;
            match found.cmp(key) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return value.first_chunk(),
            }
        }
        None
    }

    /// Hands these entries and `newer` ones, which are in order too, to `each`; of two with one key
    /// the newer.
    fn merged(&self, newer: &[([u8; K], [u8; V])], each: &mut dyn FnMut(&[u8])) {
        let mut newer = newer.iter().peekable();
        for entry in self.entries.chunks_exact(Self::ENTRY) {
            while let Some((key, value)) = newer.next_if(|(it, _)| it.as_slice() < &entry[..K]) {
                each(key);
                each(value);
            }
            match newer.next_if(|(it, _)| *it == entry[..K]) {
                Some((key, value)) => {
                    each(key);
                    each(value);
                }
                None => each(entry),
            }
        }
        for (key, value) in newer {
            each(key);
            each(value);
        }
    }
}

pub(super) fn stream_key(stream: StreamId) -> [u8; 17] {
    let (kind, id) = stream.to_parts();
    let mut key = [kind; 17];
    key[1..].copy_from_slice(&id.to_be_bytes());
    key
}

pub(super) fn head_bytes(head: Head) -> [u8; 12] {
    let mut value = [0; 12];
    value[..8].copy_from_slice(&head.position.get().to_be_bytes());
    value[8..].copy_from_slice(&head.version.to_be_bytes());
    value
}

impl SavedHeads {
    pub(super) fn read(mut bytes: Bytes) -> Result<Self, SavedHeadsError> {
        let version = *bytes.first().ok_or(SavedHeadsError::Checksum)?;
        if version != VERSION {
            return Err(SavedHeadsError::Layout { version });
        }
        let (body, crc) = bytes.split_last_chunk::<CRC_BYTES>().ok_or(SavedHeadsError::Checksum)?;
        if frame::checksum(body) != u32::from_be_bytes(*crc) {
            return Err(SavedHeadsError::Checksum);
        }
        if bytes.len() < HEADER_BYTES + CRC_BYTES {
            return Err(SavedHeadsError::Length);
        }
        bytes.truncate(bytes.len() - CRC_BYTES);
        bytes.advance(1);
        let last = Position::new(bytes.get_u64());
        let mut hash = Hash::GENESIS;
        bytes.copy_to_slice(&mut hash.0);
        let (streams, ids) = (bytes.get_u64(), bytes.get_u64());
        let length = |count: u64, entry: usize| usize::try_from(count).ok()?.checked_mul(entry);
        let lengths = length(streams, Streams::ENTRY).zip(length(ids, Ids::ENTRY));
        match lengths {
            Some((streams, ids)) if streams.checked_add(ids) == Some(bytes.len()) => {
                let streams = Table::new(bytes.split_to(streams));
                Ok(Self { last, hash, streams, ids: Table::new(bytes) })
            }
            _ => Err(SavedHeadsError::Length),
        }
    }

    pub(super) fn stream(&self, stream: StreamId) -> Option<Head> {
        let (position, version) = self.streams.find(&stream_key(stream))?.split_first_chunk()?;
        Some(Head {
            position: Position::new(u64::from_be_bytes(*position)),
            version: u32::from_be_bytes(version.try_into().ok()?),
        })
    }

    pub(super) fn find(&self, id: CommitId) -> Option<Position> {
        let position = self.ids.find(&id.0.to_be_bytes())?;
        Some(Position::new(u64::from_be_bytes(*position)))
    }
}

/// What there is to write: what was saved before, and what has come since, in order.
pub(super) struct Writing<'a> {
    pub(super) last: Position,
    pub(super) hash: Hash,
    pub(super) saved: Option<&'a SavedHeads>,
    pub(super) streams: Vec<([u8; 17], [u8; 12])>,
    pub(super) ids: Vec<([u8; 16], [u8; 8])>,
}

impl Writing<'_> {
    pub(super) fn write(&self, each: &mut dyn FnMut(&[u8])) {
        let (no_streams, no_ids) = (Table::default(), Table::default());
        let streams = self.saved.map_or(&no_streams, |it| &it.streams);
        let ids = self.saved.map_or(&no_ids, |it| &it.ids);
        let new = self.streams.iter().filter(|(key, _)| streams.find(key).is_none()).count();
        let mut crc = 0;
        let mut put = |bytes: &[u8]| {
            crc = frame::checksum_after(crc, bytes);
            each(bytes);
        };
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.push(VERSION);
        header.extend_from_slice(&self.last.get().to_be_bytes());
        header.extend_from_slice(&self.hash.0);
        for count in [streams.len() + new, ids.len() + self.ids.len()] {
            header.extend_from_slice(&(count as u64).to_be_bytes());
        }
        put(&header);
        streams.merged(&self.streams, &mut put);
        ids.merged(&self.ids, &mut put);
        each(&crc.to_be_bytes());
    }
}
