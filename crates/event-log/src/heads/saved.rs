//! Heads as bytes, in which they are found as they lie there.
//!
//! ```text
//! version u8 = 2 │ position u64 │ hash [32] │ number of streams u64 │ number of ids u64
//! │ streams, in order of their keys; key: kind u8, id u128; value: position and version u32 of its head
//! │ commit ids, in order; key: u128; value: position │ crc32c u32 of all before
//!
//! of each 64 entries that follow one another, and of those that are left at the end:
//! length u8 of what their keys begin with alike │ that
//! │ each entry: the rest of its key │ its value
//! ```
//!
//! Integers are big-endian. A position within the lists takes as many bytes as that of the last
//! commit needs. Nothing is unpacked: five million ids are there as soon as the file is read, in a
//! quarter of the room of a hash table.

use std::cmp::Ordering;

use bytes::{Buf as _, Bytes};
use domain::{CommitId, Position, StreamId};
use thiserror::Error;

use crate::{Hash, Head, frame};

const VERSION: u8 = 2;
const HEADER_BYTES: usize = 1 + 8 + 32 + 8 + 8;
const CRC_BYTES: usize = 4;

const POSITION_BYTES: usize = 8;

/// Entries that leave out what their keys begin with alike.
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

type Streams = Table<17, { POSITION_BYTES + 4 }>;
type Ids = Table<16, POSITION_BYTES>;

/// Entries of `K` bytes of key and `V` of value, in order of the keys. A value begins with a
/// position, of which the first bytes, all zeros, are not there.
#[derive(Debug, Default)]
struct Table<const K: usize, const V: usize> {
    entries: Bytes,
    strides: Vec<Stride<K>>,
    len: usize,
    /// How many bytes of each value are not there.
    zeros: usize,
}

/// Up to [`STRIDE`] entries.
#[derive(Debug)]
struct Stride<const K: usize> {
    first: [u8; K],
    /// How many bytes its keys begin with alike.
    alike: usize,
    /// Where its first entry stands.
    at: usize,
}

impl<const K: usize, const V: usize> Table<K, V> {
    /// Takes `len` entries off the front of `bytes`; none if they are not there.
    fn take(bytes: &mut Bytes, len: usize, zeros: usize) -> Option<Self> {
        let (mut strides, mut at) = (Vec::new(), 0);
        for left in (1..=len).rev().step_by(STRIDE) {
            let alike = usize::from(*bytes.get(at)?);
            let end = at + 1 + alike;
            let entry = K.checked_sub(alike)? + V - zeros;
            let mut first = [0; K];
            first[..alike].copy_from_slice(bytes.get(at + 1..end)?);
            first[alike..].copy_from_slice(bytes.get(end..)?.get(..K - alike)?);
            strides.push(Stride { first, alike, at: end });
            at = end + left.min(STRIDE) * entry;
        }
        let entries = (at <= bytes.len()).then(|| bytes.split_to(at))?;
        Some(Self { entries, strides, len, zeros })
    }

    /// One of the entries of stride `nth`: the rest of its key, and what is there of its value.
    fn entry(&self, nth: usize, index: usize) -> Option<(&[u8], &[u8])> {
        let Stride { alike, at, .. } = self.strides[nth];
        let (rest, entry) = (K - alike, K - alike + V - self.zeros);
        Some(self.entries.get(at + index * entry..)?.get(..entry)?.split_at(rest))
    }

    fn count(&self, nth: usize) -> usize {
        STRIDE.min(self.len - nth * STRIDE)
    }

    fn value(&self, there: &[u8]) -> [u8; V] {
        let mut value = [0; V];
        value[self.zeros..].copy_from_slice(there);
        value
    }

    fn find(&self, key: &[u8; K]) -> Option<[u8; V]> {
        let nth = self.strides.partition_point(|it| it.first <= *key).checked_sub(1)?;
        let Stride { first, alike, .. } = &self.strides[nth];
        let rest = key.strip_prefix(&first[..*alike])?;
        let (mut low, mut high) = (0, self.count(nth));
        while low < high {
            let middle = usize::midpoint(low, high);
            let (found, value) = self.entry(nth, middle)?;
            match found.cmp(rest) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Some(self.value(value)),
            }
        }
        None
    }

    fn all(&self) -> impl Iterator<Item = ([u8; K], [u8; V])> {
        let of = move |nth: usize| {
            let Stride { first, alike, .. } = &self.strides[nth];
            (0..self.count(nth)).map_while(move |index| {
                let (rest, value) = self.entry(nth, index)?;
                let mut key = *first;
                key[*alike..].copy_from_slice(rest);
                Some((key, self.value(value)))
            })
        };
        (0..self.strides.len()).flat_map(of)
    }

    /// Hands these entries and `newer` ones, which are in order too, to `each`; of two with one key
    /// the newer. Their values are without their first `zeros` bytes.
    fn merged(&self, newer: &[([u8; K], [u8; V])], zeros: usize, each: &mut dyn FnMut(&[u8])) {
        let (mut older, mut newer) = (self.all().peekable(), newer.iter().copied().peekable());
        let mut next = || {
            let first = match (older.peek(), newer.peek()) {
                (Some((older, _)), Some((newer, _))) => older.cmp(newer),
                (Some(_), None) => Ordering::Less,
                (None, _) => Ordering::Greater,
            };
            let of_older = first.is_le().then(|| older.next()).flatten();
            let of_newer = first.is_ge().then(|| newer.next()).flatten();
            of_newer.or(of_older)
        };
        let mut stride = Vec::with_capacity(STRIDE);
        loop {
            stride.clear();
            stride.extend(std::iter::from_fn(&mut next).take(STRIDE));
            let ([(first, _), ..], [.., (last, _)]) = (&stride[..], &stride[..]) else { return };
            let alike = first.iter().zip(last).take_while(|(a, b)| a == b).count();
            each(&[u8::try_from(alike).unwrap_or(0)]);
            each(&first[..alike]);
            for (key, value) in &stride {
                each(&key[alike..]);
                each(&value[zeros..]);
            }
        }
    }
}

/// How many of the first bytes of a position up to `last` are zeros.
fn zeros(last: Position) -> usize {
    (last.get().leading_zeros() / 8).min(7) as usize
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
        let mut tables = || {
            let (streams, ids) = (usize::try_from(streams).ok()?, usize::try_from(ids).ok()?);
            let streams = Table::take(&mut bytes, streams, zeros(last))?;
            let ids = Table::take(&mut bytes, ids, zeros(last))?;
            bytes.is_empty().then_some((streams, ids))
        };
        let (streams, ids) = tables().ok_or(SavedHeadsError::Length)?;
        Ok(Self { last, hash, streams, ids })
    }

    pub(super) fn stream(&self, stream: StreamId) -> Option<Head> {
        let head = self.streams.find(&stream_key(stream))?;
        let (position, version) = head.split_first_chunk::<POSITION_BYTES>()?;
        Some(Head {
            position: Position::new(u64::from_be_bytes(*position)),
            version: u32::from_be_bytes(version.try_into().ok()?),
        })
    }

    pub(super) fn find(&self, id: CommitId) -> Option<Position> {
        let position = self.ids.find(&id.0.to_be_bytes())?;
        Some(Position::new(u64::from_be_bytes(position)))
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
        for count in [streams.len + new, ids.len + self.ids.len()] {
            header.extend_from_slice(&(count as u64).to_be_bytes());
        }
        put(&header);
        streams.merged(&self.streams, zeros(self.last), &mut put);
        ids.merged(&self.ids, zeros(self.last), &mut put);
        each(&crc.to_be_bytes());
    }
}
