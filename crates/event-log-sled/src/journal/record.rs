//! One record of the journal: what one group commit wrote.
//!
//! ```text
//! at a multiple of 4,096 bytes, so that no page holds parts of two:
//! "arendej" │ version u8 = 1 │ crc32c u32 of all that follows
//! length u32 of the blocks │ sequence u64 │ safe u64
//! each block: first position u64 │ length u32 │ bytes
//! ```
//!
//! Numbers are big-endian. `sequence` is one more than that of the record before. `safe` is how far
//! sled had been synced and read back when the record was written: what is missing there up to
//! `safe` is damage, what is missing after it had only not come so far.

use std::io;

use bytes::Bytes;
use domain::Position;
use event_log::frame::checksum;

/// Records begin at multiples of this.
pub(super) const PAGE_BYTES: usize = 4_096;

const MAGIC: &[u8; 7] = b"arendej";
const VERSION: u8 = 1;

/// Where the checksum's bytes end and those it covers begin.
const COVERED_FROM: usize = 12;
const HEADER_BYTES: usize = COVERED_FROM + 4 + 8 + 8;
const BLOCK_HEADER_BYTES: usize = 8 + 4;

/// A record that was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) sequence: u64,
    pub(crate) safe: Position,
    /// Slices of what was read.
    pub(crate) blocks: Vec<(Position, Bytes)>,
}

/// How many bytes a record of `blocks` has.
fn length(blocks: &[(Position, Vec<u8>)]) -> usize {
    HEADER_BYTES + blocks.iter().map(|(_, it)| BLOCK_HEADER_BYTES + it.len()).sum::<usize>()
}

/// The bytes from one record's beginning to the next one's.
pub(super) fn stride(length: usize) -> usize {
    length.next_multiple_of(PAGE_BYTES)
}

/// Puts a record into `bytes`, in the place of what they held.
pub(super) fn encode(
    sequence: u64,
    safe: Position,
    blocks: &[(Position, Vec<u8>)],
    bytes: &mut Vec<u8>,
) -> io::Result<()> {
    let length = length(blocks);
    let in_blocks = u32::try_from(length - HEADER_BYTES).map_err(io::Error::other)?;
    bytes.clear();
    bytes.reserve(length);
    bytes.extend(MAGIC);
    bytes.push(VERSION);
    bytes.extend([0; 4]);
    bytes.extend(in_blocks.to_be_bytes());
    bytes.extend(sequence.to_be_bytes());
    bytes.extend(safe.get().to_be_bytes());
    for (first, block) in blocks {
        bytes.extend(first.get().to_be_bytes());
        bytes.extend(u32::try_from(block.len()).map_err(io::Error::other)?.to_be_bytes());
        bytes.extend(block);
    }
    let crc = checksum(&bytes[COVERED_FROM..]).to_be_bytes();
    bytes[COVERED_FROM - 4..COVERED_FROM].copy_from_slice(&crc);
    Ok(())
}

/// The record at the beginning of `bytes`, and how long it is; none if there is no whole one.
///
/// A record of a version that this program does not know is an error: passing over it would lose
/// what was acknowledged.
pub(super) fn decode(bytes: &Bytes) -> io::Result<Option<(Record, usize)>> {
    let Some(header) = bytes.get(..HEADER_BYTES) else { return Ok(None) };
    if &header[..MAGIC.len()] != MAGIC {
        return Ok(None);
    }
    let u32_at = |at: usize| header[at..at + 4].iter().fold(0, |all, it| all << 8 | u32::from(*it));
    let u64_at = |at: usize| header[at..at + 8].iter().fold(0, |all, it| all << 8 | u64::from(*it));
    let version = header[MAGIC.len()];
    let whole = HEADER_BYTES.checked_add(u32_at(COVERED_FROM) as usize);
    let whole = whole.filter(|length| *length <= bytes.len()).map(|length| bytes.slice(..length));
    let Some(whole) = whole else { return Ok(None) };
    if u32_at(COVERED_FROM - 4) != checksum(&whole[COVERED_FROM..]) {
        return Ok(None);
    }
    if version != VERSION {
        let why = format!("a record is of version {version}, which this program does not know");
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    let (sequence, safe) = (u64_at(COVERED_FROM + 4), Position::new(u64_at(COVERED_FROM + 12)));
    let blocks = blocks(whole.slice(HEADER_BYTES..)).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidData, format!("record {sequence} is malformed"))
    })?;
    Ok(Some((Record { sequence, safe, blocks }, whole.len())))
}

fn blocks(mut bytes: Bytes) -> Option<Vec<(Position, Bytes)>> {
    let mut blocks = Vec::new();
    while !bytes.is_empty() {
        let (first, rest) = bytes.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        let first = Position::new(u64::from_be_bytes(*first));
        let mut block = bytes.split_off(BLOCK_HEADER_BYTES);
        bytes = (length <= block.len()).then(|| block.split_off(length))?;
        blocks.push((first, block));
    }
    Some(blocks)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use domain::Position;

    use super::{PAGE_BYTES, Record, decode, encode};

    fn record() -> Vec<u8> {
        let blocks = [(Position::new(7), b"one".to_vec()), (Position::new(9), b"two!".to_vec())];
        let mut bytes = b"what was there".to_vec();
        encode(3, Position::new(5), &blocks, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn the_bytes_are_those_of_the_first_release() {
        let hex = record().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        expect_test::expect!["6172656e64656a01d53dea980000001f000000000000000300000000000000050000000000000007000000036f6e6500000000000000090000000474776f21"].assert_eq(&hex);
    }

    #[test]
    fn what_was_written_is_read_back() {
        let mut bytes = record();
        let length = bytes.len();
        bytes.resize(PAGE_BYTES, 0xff);
        let blocks = vec![(Position::new(7), "one".into()), (Position::new(9), "two!".into())];
        let record = Record { sequence: 3, safe: Position::new(5), blocks };
        assert_eq!(decode(&bytes.into()).unwrap(), Some((record, length)));
    }

    #[test]
    fn a_record_that_is_cut_or_changed_anywhere_is_none() {
        let whole = record();
        for at in 0..whole.len() {
            let cut = Bytes::copy_from_slice(&whole[..at]);
            assert_eq!(decode(&cut).unwrap(), None, "cut at {at}");
            let mut changed = whole.clone();
            changed[at] ^= 1;
            // The version stands outside of the checksum.
            assert!(!matches!(decode(&changed.into()), Ok(Some(_))), "changed at {at}");
        }
    }

    #[test]
    fn a_whole_record_of_another_version_is_not_passed_over() {
        let mut newer = record();
        newer[7] = 2;
        let said = decode(&newer.into()).unwrap_err().to_string();
        assert_eq!(said, "a record is of version 2, which this program does not know");
    }
}
