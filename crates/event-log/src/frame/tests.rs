//! The layout is a promise to every log already written.

use bytes::Bytes;
use domain::{Actor, CaseId, CommitId, Position, ResidentId, Role, StaffId, StreamId, UnitId};
use jiff::Timestamp;
use proptest::prelude::*;

use super::{FrameError, decode, encode, length};
use crate::{Commit, EventRecord, Hash};

fn record(type_id: u16, clear: &[u8], sealed: &[u8]) -> EventRecord {
    let (clear, sealed) = (Bytes::copy_from_slice(clear), Bytes::copy_from_slice(sealed));
    EventRecord { type_id, schema_version: 2, clear, sealed }
}

fn commit() -> Commit {
    Commit {
        position: Position::new(7),
        stream: StreamId::Case(CaseId::new(0xca5e)),
        first_version: 3,
        prev: Position::new(5),
        commit_id: CommitId(0x1d),
        fingerprint: [0xf1; 32],
        occurred_at: Timestamp::from_millisecond(-1).unwrap(),
        recorded_at: Timestamp::from_millisecond(1_772_438_400_123).unwrap(),
        actor: Actor::Staff {
            who: StaffId::new(0x57aff),
            role: Role::Handler,
            unit: Some(UnitId::new(0x41)),
        },
        correlation: "å".into(),
        events: vec![record(11, b"clear", b"sealed!"), record(12, b"", b"")],
        hash: Hash::GENESIS,
    }
}

const GOLDEN: &str = include_str!("golden.txt");

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn the_bytes_of_a_frame_are_what_they_always_were() {
    let mut out = Vec::new();
    let hash = encode(&commit(), Hash([0xbe; 32]), &mut out);
    assert_eq!(hex(&out), GOLDEN.trim());

    let mut bytes = Bytes::from(out);
    let frame = decode(&mut bytes).unwrap();
    assert_eq!(frame.commit, Commit { hash, ..commit() });
    assert_eq!(frame.hash_after(Hash([0xbe; 32])), hash);
    assert!(bytes.is_empty());
}

#[test]
fn every_cut_and_every_flipped_byte_is_noticed() {
    let mut out = Vec::new();
    let hash = encode(&commit(), Hash::GENESIS, &mut out);
    for cut in 0..out.len() {
        assert!(decode(&mut Bytes::copy_from_slice(&out[..cut])).is_err(), "cut at {cut}");
    }
    for i in 0..out.len() {
        for bit in 0..8 {
            let mut damaged = out.clone();
            damaged[i] ^= 1 << bit;
            if let Ok(frame) = decode(&mut Bytes::from(damaged)) {
                let chained = frame.hash_after(Hash::GENESIS);
                assert!(frame.commit.hash != hash && frame.commit.hash != chained, "byte {i}");
            }
        }
    }
}

#[test]
fn a_newer_format_is_named() {
    let mut out = Vec::new();
    encode(&commit(), Hash::GENESIS, &mut out);
    out[8] = 9;
    let length = out.len() - 8 - 32;
    let crc = crc32c::crc32c(&out[8..8 + length]);
    out[4..8].copy_from_slice(&crc.to_be_bytes());
    let error = decode(&mut Bytes::from(out)).unwrap_err();
    assert_eq!(error, FrameError::Format { format: 9 });
}

prop_compose! {
    fn any_actor()(kind in 0..3, who: u128, place: Option<u128>, role in 0..6) -> Actor {
        let roles = [
            Role::Receiver, Role::Handler, Role::UnitAdmin, Role::RegionAdmin, Role::Auditor,
            Role::Analyst,
        ];
        match kind {
            0 => Actor::Resident {
                who: ResidentId::new(who),
                on_behalf_of: place.map(ResidentId::new),
            },
            1 => Actor::Staff {
                who: StaffId::new(who),
                role: roles[usize::try_from(role).unwrap()],
                unit: place.map(UnitId::new),
            },
            _ => Actor::System,
        }
    }
}

prop_compose! {
    fn any_record()(
        type_id: u16,
        clear in prop::collection::vec(any::<u8>(), 0..40),
        sealed in prop::collection::vec(any::<u8>(), 0..40),
    ) -> EventRecord {
        record(type_id, &clear, &sealed)
    }
}

prop_compose! {
    fn any_commit()(
        (position, prev, first_version) in (any::<u64>(), any::<u64>(), 1..u32::MAX),
        (kind, id, commit_id) in (1_u8..=8, any::<u128>(), any::<u128>()),
        fingerprint: [u8; 32],
        (occurred, recorded) in (-1_000_000_000_i64..4_000_000_000_000, 0..4_000_000_000_000_i64),
        actor in any_actor(),
        correlation in "\\PC{0,30}",
        events in prop::collection::vec(any_record(), 1..6),
    ) -> Commit {
        Commit {
            position: Position::new(position),
            stream: StreamId::from_parts(kind, id).unwrap(),
            first_version,
            prev: Position::new(prev),
            commit_id: CommitId(commit_id),
            fingerprint,
            occurred_at: Timestamp::from_millisecond(occurred).unwrap(),
            recorded_at: Timestamp::from_millisecond(recorded).unwrap(),
            actor,
            correlation,
            events,
            hash: Hash::GENESIS,
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_back(commit in any_commit(), before: [u8; 32]) {
        let mut out = b"before".to_vec();
        let hash = encode(&commit, Hash(before), &mut out);
        prop_assert_eq!(out.len() - 6, length(&commit.correlation, &commit.events));
        let mut bytes = Bytes::from(out).slice(6..);
        let frame = decode(&mut bytes).unwrap();
        prop_assert_eq!(frame.commit, Commit { hash, ..commit });
        prop_assert!(bytes.is_empty());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode(&mut Bytes::from(bytes));
    }

    /// With a right checksum, so that what is behind it is reached.
    #[test]
    fn no_body_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut frame = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
        frame.extend_from_slice(&crc32c::crc32c(&body).to_be_bytes());
        frame.extend_from_slice(&body);
        frame.extend_from_slice(&[0; 32]);
        let _ = decode(&mut Bytes::from(frame.clone()));
        if let Some(format) = frame.get_mut(8) {
            *format = super::FORMAT;
            let crc = crc32c::crc32c(&frame[8..8 + body.len()]).to_be_bytes();
            frame[4..8].copy_from_slice(&crc);
            let _ = decode(&mut Bytes::from(frame));
        }
    }
}

#[test]
fn a_frame_is_found_among_others_by_its_position() {
    let mut frames = Vec::new();
    let mut ends = vec![0];
    for position in 4..9 {
        let commit = Commit { position: Position::new(position), ..commit() };
        encode(&commit, Hash::GENESIS, &mut frames);
        ends.push(frames.len());
    }
    let found = |position| super::find(&frames, Position::new(position));
    for (index, position) in (4..9).enumerate() {
        let frame = found(position).unwrap();
        assert_eq!(frame, &frames[ends[index]..ends[index + 1]]);
        let decoded = decode(&mut Bytes::copy_from_slice(frame)).unwrap();
        assert_eq!(decoded.commit.position, Position::new(position));
    }
    assert_eq!((found(3), found(9)), (None, None));
    // Wherever the bytes end, there is no panic and no part of a frame.
    for end in 0..frames.len() {
        let cut = super::find(&frames[..end], Position::new(8));
        assert_eq!(cut, None, "{end} bytes");
    }
}
