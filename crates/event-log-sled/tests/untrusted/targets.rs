//! Blocks and records of the journal, whatever stands in their place: no panic, no more memory than
//! the input gives reason for, and what was taken apart is all there.

use bytes::Bytes;
use domain::Position;

#[path = "../../src/block.rs"]
#[expect(dead_code, reason = "only what reads is tried here")]
mod block;
#[path = "../../../event-log/tests/untrusted/memory.rs"]
pub(crate) mod memory;
#[path = "../../src/journal/record.rs"]
mod record;

use self::{block::Block, memory::bounded};

/// What may be taken beyond a copy of the input.
const MEMORY_BYTES: usize = 16 * 1024;

/// What is taken for a frame is 40 bytes at least, and stands as a piece of 40 in a list that doubles
/// as it grows, the old one kept until it has been copied.
const PIECES_FACTOR: usize = 3;

/// The shortest block of a record takes twelve bytes, and stands as 40 in such a list.
const RECORD_FACTOR: usize = 10;

/// A block of whatever bytes, after those of its version too, since chance seldom finds it.
pub(crate) fn block(input: &[u8]) {
    take_apart(Bytes::copy_from_slice(input));
    take_apart([&[block::VERSION], input].concat().into());
}

fn take_apart(value: Bytes) {
    // Where the first frame says that it stands, or elsewhere.
    let claimed = value.get(1..).and_then(event_log::frame::claims);
    let first = claimed.map_or(Position::new(1), |(position, _)| position);
    let most = MEMORY_BYTES + PIECES_FACTOR * value.len();
    let block = Block { first, value: value.clone() };
    let (pieces, is_whole) = bounded(most, || block::pieces(&block));
    let bytes: usize = pieces.iter().map(|(_, it)| it.len()).sum();
    if is_whole {
        assert!(block::of_pieces(&pieces) == value, "another block");
    } else {
        assert!(bytes < value.len().max(1), "more than there is");
    }
    for (position, piece) in &pieces {
        let alone = bounded(most, || block::frame(&value, *position));
        assert_eq!(alone.as_ref(), Some(piece));
    }
    if let Some((second, _)) = pieces.get(1).filter(|_| is_whole) {
        let rest = bounded(2 * most, || block::since(block.clone(), *second));
        assert!(rest.is_some_and(|it| it.value.len() == value.len() - pieces[0].1.len()));
    }
}

/// A record of the journal: any bytes; and, since chance never finds a checksum, a record of any
/// bytes as blocks.
pub(crate) fn journal(input: &[u8]) {
    decoded(&Bytes::copy_from_slice(input));
    let mut framed = b"arendej\x01".to_vec();
    framed.extend([0; 4]);
    framed.extend(u32::try_from(input.len()).unwrap_or(u32::MAX).to_be_bytes());
    framed.extend([0; 16]);
    framed.extend(input);
    let crc = event_log::frame::checksum(&framed[12..]).to_be_bytes();
    framed[8..12].copy_from_slice(&crc);
    decoded(&framed.into());
}

fn decoded(bytes: &Bytes) {
    let most = MEMORY_BYTES + RECORD_FACTOR * bytes.len();
    let Ok(Some((found, length))) = bounded(most, || record::decode(bytes)) else { return };
    assert!(length <= record::stride(length) && length <= bytes.len());
    let mut again = vec![];
    let record::Record { sequence, safe, blocks } = found;
    let blocks: Vec<_> = blocks.into_iter().map(|(first, it)| (first, it.to_vec())).collect();
    record::encode(sequence, safe, &blocks, &mut again).unwrap_or_default();
    assert!(again == bytes[..length], "another record");
}
