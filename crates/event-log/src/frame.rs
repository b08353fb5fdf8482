//! A commit as bytes. For ever: a new layout gets a new format number, and both are read.
//!
//! ```text
//! frame    length u32 of the body │ crc32c u32 of the body │ body │ hash [32]
//! body     format u8 = 1 │ position u64 │ prev u64 │ first version u32
//!          │ stream: kind u8, id u128 │ commit id u128 │ fingerprint [32]
//!          │ occurred at i64 │ recorded at i64 (milliseconds since 1970, UTC)
//!          │ actor: kind u8, who u128, role u8, has place u8, place u128
//!          │ correlation: length u8, UTF-8 │ events u16
//!          │ each event: type id u16, schema version u16, clear: length u32, bytes,
//!                        sealed: length u32, bytes
//! hash     SHA-256 of the hash before it (32 zero bytes for the first) and the body
//! ```
//!
//! All integers are big-endian. A reader that knows no event can walk, check and print frames.

#[cfg(test)]
mod tests;

use bytes::{Buf, BufMut, Bytes};
use domain::{Actor, CommitId, Position, ResidentId, Role, StaffId, StreamId, UnitId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::{Append, Commit, EventRecord, Hash};

/// The layout that is written.
pub const FORMAT: u8 = 1;

/// The longest body that is read: nothing longer was ever written.
pub const BODY_BYTES_MAX: usize = 1 << 20;

const HEADER_BYTES: usize = 8;
const HASH_BYTES: usize = 32;

/// The longest frame that is read.
pub const BYTES_MAX: usize = HEADER_BYTES + BODY_BYTES_MAX + HASH_BYTES;

/// A body without its correlation id and its events.
const FIXED_BYTES: usize = 140;

/// An event without its payloads.
const EVENT_BYTES: usize = 12;

/// Why bytes are not a frame.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FrameError {
    /// The bytes end within it.
    #[error("the frame is cut short within its {within}")]
    CutShort {
        /// Which part.
        within: &'static str,
    },
    /// The length cannot be.
    #[error("the frame claims a body of {bytes} bytes")]
    Length {
        /// What it says.
        bytes: usize,
    },
    /// The checksum differs.
    #[error("the checksum of the frame's body differs")]
    Checksum,
    /// A layout that this program does not know.
    #[error("frame format {format} is unknown; it was written by a newer version")]
    Format {
        /// Its number.
        format: u8,
    },
    /// A part that stands for nothing.
    #[error("the frame's {part} is not one")]
    Part {
        /// Which.
        part: &'static str,
    },
}

/// Appends the frame of `commit` to `out`, and gives its hash. The commit's own `hash` is not
/// looked at: it follows from `before` and the rest.
pub fn encode(commit: &Commit, before: Hash, out: &mut Vec<u8>) -> Hash {
    let start = out.len();
    out.put_u64(0);
    put_body(commit, out);
    let body = &out[start + HEADER_BYTES..];
    let (length, crc) = (u32::try_from(body.len()).unwrap_or(u32::MAX), checksum(body));
    let hash = chained(before, body);
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    out[start + 4..start + HEADER_BYTES].copy_from_slice(&crc.to_be_bytes());
    out.extend_from_slice(&hash.0);
    hash
}

/// The hash that `commit` must have after one with the hash `before`. Its own is not looked at.
pub fn hash_after(before: Hash, commit: &Commit) -> Hash {
    let mut body = Vec::with_capacity(length(&commit.correlation, &commit.events));
    put_body(commit, &mut body);
    chained(before, &body)
}

/// How many bytes the frame of a commit takes that has this correlation id and these events.
pub fn length(correlation: &str, events: &[EventRecord]) -> usize {
    let events = events.iter().map(|it| EVENT_BYTES + it.clear.len() + it.sealed.len());
    HEADER_BYTES + FIXED_BYTES + correlation.len() + events.sum::<usize>() + HASH_BYTES
}

/// A frame taken apart, its checksum right; whether its hash is, only the chain can tell.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The commit, with the hash that the frame claims.
    pub commit: Commit,
    /// What the hash covers, beside the hash before it.
    pub body: Bytes,
}

impl Frame {
    /// The hash that the commit must have after one with the hash `before`.
    pub fn hash_after(&self, before: Hash) -> Hash {
        chained(before, &self.body)
    }
}

/// Takes one frame off the front of `bytes`. Nothing is copied: payloads share its memory, and what
/// is made beside them is less than a hundred bytes for each of at most [`Append::EVENTS_MAX`] events.
#[inline]
pub fn decode(bytes: &mut Bytes) -> Result<Frame, FrameError> {
    if bytes.len() < HEADER_BYTES {
        return Err(FrameError::CutShort { within: "header" });
    }
    let (length, crc) = (bytes.get_u32() as usize, bytes.get_u32());
    if length > BODY_BYTES_MAX {
        return Err(FrameError::Length { bytes: length });
    }
    if bytes.len() < length + HASH_BYTES {
        return Err(FrameError::CutShort { within: "body" });
    }
    let body = bytes.split_to(length);
    if checksum(&body) != crc {
        return Err(FrameError::Checksum);
    }
    let mut hash = [0; HASH_BYTES];
    bytes.copy_to_slice(&mut hash);
    let commit = take_body(&body, Hash(hash))?;
    Ok(Frame { commit, body })
}

/// The bytes of the frame of the commit at `position`, among frames that follow one another. None if
/// it is not found by their lengths, which are not checked here, nor is anything else.
pub fn find(mut frames: &[u8], position: Position) -> Option<&[u8]> {
    loop {
        let (found, whole) = claims(frames)?;
        if found == position {
            return frames.get(..whole);
        }
        frames = frames.get(whole..)?;
    }
}

/// The position and the length that the frame in front claims for itself. Nothing is checked.
pub fn claims(frames: &[u8]) -> Option<(Position, usize)> {
    let (length, rest) = frames.split_first_chunk::<4>()?;
    let position = rest.get(HEADER_BYTES - 4 + 1..)?.first_chunk()?;
    let whole = HEADER_BYTES + u32::from_be_bytes(*length) as usize + HASH_BYTES;
    Some((Position::new(u64::from_be_bytes(*position)), whole))
}

/// Whether a frame may begin here, as far as a few of its bytes tell: no long body, the layout's
/// number, and a position that a log can have come to. For whoever looks for frames among other
/// bytes; only decoding says whether it is one.
#[inline]
pub fn may_begin(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0..=0x10, _, _, _, _, _, _, FORMAT, 0, ..])
}

/// The checksum of a frame's body: CRC-32C.
pub fn checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes)
}

/// The checksum of bytes that follow others with the checksum `before`.
pub fn checksum_after(before: u32, bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(before, bytes)
}

fn chained(before: Hash, body: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update(before.0).chain_update(body).finalize().into())
}

fn put_body(commit: &Commit, out: &mut Vec<u8>) {
    let (kind, id) = commit.stream.to_parts();
    out.put_u8(FORMAT);
    out.put_u64(commit.position.get());
    out.put_u64(commit.prev.get());
    out.put_u32(commit.first_version);
    out.put_u8(kind);
    out.put_u128(id);
    out.put_u128(commit.commit_id.0);
    out.put_slice(&commit.fingerprint);
    out.put_i64(commit.occurred_at.as_millisecond());
    out.put_i64(commit.recorded_at.as_millisecond());
    put_actor(&commit.actor, out);
    out.put_u8(u8::try_from(commit.correlation.len()).unwrap_or(u8::MAX));
    out.put_slice(commit.correlation.as_bytes());
    out.put_u16(u16::try_from(commit.events.len()).unwrap_or(u16::MAX));
    for event in &commit.events {
        out.put_u16(event.type_id);
        out.put_u16(event.schema_version);
        for payload in [&event.clear, &event.sealed] {
            out.put_u32(u32::try_from(payload.len()).unwrap_or(u32::MAX));
            out.put_slice(payload);
        }
    }
}

#[inline]
fn take_body(body: &Bytes, hash: Hash) -> Result<Commit, FrameError> {
    let mut body = Body { bytes: body, at: 0 };
    match body.u8()? {
        FORMAT => (),
        format => return Err(FrameError::Format { format }),
    }
    let position = Position::new(body.u64()?);
    let prev = Position::new(body.u64()?);
    let first_version = body.u32()?;
    let (kind, id) = (body.u8()?, body.u128()?);
    let stream = StreamId::from_parts(kind, id).ok_or(FrameError::Part { part: "stream" })?;
    let commit_id = CommitId(body.u128()?);
    let mut fingerprint = [0; 32];
    body.look(32)?.copy_to_slice(&mut fingerprint);
    let occurred_at = body.time("time of occurrence")?;
    let recorded_at = body.time("time of recording")?;
    let actor = body.actor()?;
    let length = usize::from(body.u8()?);
    let correlation = std::str::from_utf8(body.look(length)?);
    let correlation = correlation.map_err(|_| FrameError::Part { part: "correlation" })?.to_owned();
    let count = usize::from(body.u16()?);
    if count > Append::EVENTS_MAX {
        return Err(FrameError::Part { part: "list of events" });
    }
    // A false count allocates no more than there is.
    let mut events = Vec::with_capacity(count.min(body.rest() / EVENT_BYTES));
    for _ in 0..count {
        let (type_id, schema_version) = (body.u16()?, body.u16()?);
        let length = body.u32()? as usize;
        let clear = body.keep(length)?;
        let length = body.u32()? as usize;
        let sealed = body.keep(length)?;
        events.push(EventRecord { type_id, schema_version, clear, sealed });
    }
    if events.is_empty() || first_version == 0 {
        return Err(FrameError::Part { part: "list of events" });
    }
    if body.rest() > 0 {
        return Err(FrameError::Part { part: "end" });
    }
    Ok(Commit {
        position,
        stream,
        first_version,
        prev,
        commit_id,
        fingerprint,
        occurred_at,
        recorded_at,
        actor,
        correlation,
        events,
        hash,
    })
}

fn put_actor(actor: &Actor, out: &mut Vec<u8>) {
    let (kind, who, role, place) = match *actor {
        Actor::Resident { who, on_behalf_of } => {
            (1, who.get(), 0, on_behalf_of.map(ResidentId::get))
        }
        Actor::Staff { who, role, unit } => (2, who.get(), role_code(role), unit.map(UnitId::get)),
        Actor::System => (3, 0, 0, None),
    };
    out.put_u8(kind);
    out.put_u128(who);
    out.put_u8(role);
    out.put_u8(u8::from(place.is_some()));
    out.put_u128(place.unwrap_or(0));
}

/// Codes are for ever.
const fn role_code(role: Role) -> u8 {
    match role {
        Role::Receiver => 1,
        Role::Handler => 2,
        Role::UnitAdmin => 3,
        Role::RegionAdmin => 4,
        Role::Auditor => 5,
        Role::Analyst => 6,
    }
}

const fn role(code: u8) -> Option<Role> {
    Some(match code {
        1 => Role::Receiver,
        2 => Role::Handler,
        3 => Role::UnitAdmin,
        4 => Role::RegionAdmin,
        5 => Role::Auditor,
        6 => Role::Analyst,
        _ => return None,
    })
}

/// Takes values off the front, and never more than there is. Only what is kept shares the memory.
struct Body<'a> {
    bytes: &'a Bytes,
    at: usize,
}

impl Body<'_> {
    fn rest(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next `length` bytes, to look at.
    #[inline]
    fn look(&mut self, length: usize) -> Result<&[u8], FrameError> {
        if self.rest() < length {
            return Err(FrameError::CutShort { within: "body" });
        }
        let from = self.at;
        self.at += length;
        Ok(&self.bytes[from..self.at])
    }

    /// The next `length` bytes, to keep.
    #[inline]
    fn keep(&mut self, length: usize) -> Result<Bytes, FrameError> {
        let from = self.at;
        self.look(length)?;
        Ok(self.bytes.slice(from..self.at))
    }

    #[inline]
    fn u8(&mut self) -> Result<u8, FrameError> {
        Ok(self.look(1)?.get_u8())
    }

    #[inline]
    fn u16(&mut self) -> Result<u16, FrameError> {
        Ok(self.look(2)?.get_u16())
    }

    #[inline]
    fn u32(&mut self) -> Result<u32, FrameError> {
        Ok(self.look(4)?.get_u32())
    }

    #[inline]
    fn u64(&mut self) -> Result<u64, FrameError> {
        Ok(self.look(8)?.get_u64())
    }

    #[inline]
    fn u128(&mut self) -> Result<u128, FrameError> {
        Ok(self.look(16)?.get_u128())
    }

    #[inline]
    fn time(&mut self, part: &'static str) -> Result<Timestamp, FrameError> {
        let ms = self.look(8)?.get_i64();
        Timestamp::from_millisecond(ms).map_err(|_| FrameError::Part { part })
    }

    #[inline]
    fn actor(&mut self) -> Result<Actor, FrameError> {
        let (kind, who, code) = (self.u8()?, self.u128()?, self.u8()?);
        let (has_place, place) = (self.u8()?, self.u128()?);
        let place = match has_place {
            0 => None,
            1 => Some(place),
            _ => return Err(FrameError::Part { part: "actor" }),
        };
        match (kind, role(code)) {
            (1, None) => Ok(Actor::Resident {
                who: ResidentId::new(who),
                on_behalf_of: place.map(ResidentId::new),
            }),
            (2, Some(role)) => {
                Ok(Actor::Staff { who: StaffId::new(who), role, unit: place.map(UnitId::new) })
            }
            (3, None) => Ok(Actor::System),
            _ => Err(FrameError::Part { part: "actor" }),
        }
    }
}
