//! Payloads of events, whatever stands in their place: no panic, no more memory than the input gives
//! reason for, and what was read is what is written.

#[path = "../../../event-log/tests/untrusted/memory.rs"]
pub(crate) mod memory;

use engine::codec;

/// What a list may be given room for before the first of it is read, by the length that it claims; a
/// text too.
const CLAIMED_BYTES: usize = 1 << 20;

/// The shortest field of a form that is a group takes 46 bytes, and holds a list of its own.
const LEVEL_BYTES: usize = 46;

/// The shortest text takes eight bytes, its length, and stands as one of 24 in a list that doubles as
/// it grows, the old one kept until it has been copied.
const FACTOR: usize = 9;

/// A type id, a schema version, and a clear payload.
pub(crate) fn codec(input: &[u8]) {
    let Some(([a, b, version], clear)) = input.split_first_chunk() else { return };
    let (type_id, version) = (u16::from_be_bytes([*a, *b]), u16::from(*version));
    // Lists within lists, each as long as it claims, and a text in the innermost.
    let claimed = CLAIMED_BYTES * (3 + input.len() / LEVEL_BYTES);
    let most = claimed + (16 << 10) + FACTOR * input.len();
    let Ok(event) = memory::bounded(most, || codec::decode(type_id, version, clear)) else {
        return;
    };
    let again = codec::encode(&event);
    assert!(again.is_ok_and(|it| it == (type_id, version, clear.to_vec())), "{event:?}");
}
