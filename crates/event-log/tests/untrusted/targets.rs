//! What is read from others, and what must hold whatever they wrote: no panic, no more memory than
//! a copy of the input and a constant take, and nothing believed that is not so.
//!
//! Each target takes any bytes. The suite gives them those that are kept, `fuzz/` those that it
//! invents.

use std::sync::LazyLock;

use bytes::{BufMut as _, Bytes};
use domain::{Actor, CaseId, ResidentId, Role, StaffId, StreamId, UnitId};
use event_log::{
    Admission, Append, Commit, Expected, Hash, Heads,
    bundle::{self, Checked},
    checkpoint::SecretKey,
    contract::an_append,
    frame::{self, Frame},
};

#[path = "memory.rs"]
pub(crate) mod memory;
use self::memory::bounded;

/// What may be taken beyond the input's length: errors, a buffer, the state of a JSON reader, and the
/// records of the most events that a commit may have, 72 bytes each.
const MEMORY_BYTES: usize = 16 * 1024 + 72 * Append::EVENTS_MAX;

/// Frames one after the other, as they stand in a block; and, since chance never finds a checksum,
/// the body of one frame, for which the checksum is made.
pub(crate) fn frame(input: &[u8]) {
    walk(Bytes::copy_from_slice(input));
    let mut framed = Vec::with_capacity(input.len() + 40);
    framed.put_u32(u32::try_from(input.len()).unwrap());
    framed.put_u32(frame::checksum(input));
    framed.put_slice(input);
    framed.put_slice(&[0; 32]);
    walk(framed.into());
}

fn walk(mut bytes: Bytes) {
    while let Ok(frame) = bounded(MEMORY_BYTES + bytes.len(), || frame::decode(&mut bytes)) {
        says_the_same_again(frame);
    }
}

/// What was read is what would be written, and is read from that as well.
fn says_the_same_again(Frame { commit, .. }: Frame) {
    let mut again = vec![];
    let hash = frame::encode(&commit, Hash::GENESIS, &mut again);
    assert_eq!(again.len(), frame::length(&commit.correlation, &commit.events));
    let again = frame::decode(&mut again.into()).unwrap();
    assert_eq!(again.hash_after(Hash::GENESIS), hash);
    assert_eq!(again.commit, Commit { hash, ..commit });
}

/// The text of a bundle from the log below. Nobody but us can sign for that log, so whatever is
/// accepted is in it.
pub(crate) fn bundle(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let key = LOG.key.public();
    let checked = bounded(MEMORY_BYTES + input.len(), || bundle::check(text, key));
    let Ok(Checked { stream, commits, .. }) = checked else { return };
    let mut logged = LOG.commits.iter().filter(|it| it.stream == stream);
    for commit in &commits {
        assert_eq!(Some(commit), logged.next(), "accepted, and not in the log");
    }
}

/// A log of three cases, and who signs for it.
pub(crate) struct Log {
    pub(crate) key: SecretKey,
    pub(crate) commits: Vec<Commit>,
    /// The commits as they are written.
    pub(crate) frames: Vec<Vec<u8>>,
}

pub(crate) static LOG: LazyLock<Log> = LazyLock::new(|| {
    let key = SecretKey::new("example.org/log", [7; 32]).unwrap();
    let mut log = Log { key, commits: vec![], frames: vec![] };
    let mut heads = Heads::default();
    let who = ResidentId::new(0x0e);
    let unit = Some(UnitId::new(0x41));
    let actors = [
        Actor::System,
        Actor::Resident { who, on_behalf_of: Some(ResidentId::new(0x0f)) },
        Actor::Staff { who: StaffId::new(0x57), role: Role::Handler, unit },
    ];
    for (id, case) in (1..).zip([1, 2, 1, 3, 1, 2, 3]) {
        let head = heads.stream(StreamId::Case(CaseId::new(case)));
        let expected = head.map_or(Expected::NoStream, |it| Expected::Head(it.position));
        let plain = an_append(case, id, expected);
        let events = plain.events.iter().cycle().take(case as usize).cloned().collect();
        let actor = actors[id as usize % actors.len()];
        let correlation = "å".repeat(id as usize);
        let append = Append { actor, correlation, events, ..plain };
        let Ok(Admission::Write(mut commit)) = heads.admit(append) else { panic!("refused") };
        let mut frame = vec![];
        commit.hash = frame::encode(&commit, heads.hash(), &mut frame);
        heads.advance(&commit);
        log.commits.push(*commit);
        log.frames.push(frame);
    }
    log
});
