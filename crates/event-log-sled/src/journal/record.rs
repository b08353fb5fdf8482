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
