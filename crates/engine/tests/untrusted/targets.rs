//! Payloads of events, whatever stands in their place: no panic, no more memory than the input gives
//! reason for, and what was read is what is written.

#[path = "../../../event-log/tests/untrusted/memory.rs"]
pub(crate) mod memory;

use engine::codec;

/// What may be taken beyond the input: room for a text as long as it claims to be is made up to a
/// mebibyte before it is read; for a list none is.
const MEMORY_BYTES: usize = (1 << 20) + (16 << 10);

/// The shortest text takes eight bytes, its length, and stands as one of 24 in a list that doubles as
/// it grows, the old one kept until it has been copied.
const FACTOR: usize = 9;

/// A type id, a schema version, and a clear payload.
pub(crate) fn codec(input: &[u8]) {
    let Some(([a, b, version], clear)) = input.split_first_chunk() else { return };
    let (type_id, version) = (u16::from_be_bytes([*a, *b]), u16::from(*version));
    let most = MEMORY_BYTES + FACTOR * input.len();
    let Ok(event) = memory::bounded(most, || codec::decode(type_id, version, clear)) else {
        return;
    };
    let again = codec::encode(&event);
    assert!(again.is_ok_and(|it| it == (type_id, version, clear.to_vec())), "{event:?}");
}
