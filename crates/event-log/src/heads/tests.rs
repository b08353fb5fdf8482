//! Heads that were saved are the heads that were saved, and go on as those would have.

use bytes::Bytes;
use domain::{CommitId, Position, StreamId, UnitId};
use proptest::prelude::*;

use super::{Admission, Heads, SavedHeadsError};
use crate::{Expected, Hash, contract::an_append, frame};

/// Appends to stream `n` under commit `id`, if that is new.
fn write(heads: &mut Heads, n: u128, id: u128) -> StreamId {
    let stream = an_append(n, id, Expected::NoStream).stream;
    let head = heads.stream(stream).map(|it| it.position);
    let append = an_append(n, id, head.map_or(Expected::NoStream, Expected::Head));
    if let Admission::Write(mut commit) = heads.admit(append).unwrap() {
        commit.hash = frame::encode(&commit, heads.hash(), &mut vec![]);
        heads.advance(&commit);
    }
    stream
}

fn saved(heads: &Heads) -> Vec<u8> {
    let mut bytes = vec![];
    heads.save(&mut |part| bytes.extend_from_slice(part));
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn saved_anywhere_they_go_on_the_same(
        work in prop::collection::vec((0_u128..300, 0_u128..2_000), 0..600),
        cut in 0_usize..600,
        again in 0_usize..600,
    ) {
        let (mut whole, mut cut_up) = (Heads::default(), Heads::default());
        for (index, (n, id)) in work.iter().enumerate() {
            write(&mut whole, *n, *id);
            write(&mut cut_up, *n, *id);
            if index == cut || index == again {
                cut_up = Heads::restore(saved(&cut_up).into()).unwrap();
                prop_assert!(cut_up.are_saved());
            }
        }
        prop_assert_eq!((whole.last(), whole.hash()), (cut_up.last(), cut_up.hash()));
        prop_assert_eq!(saved(&whole), saved(&cut_up));
        let restored = Heads::restore(saved(&cut_up).into()).unwrap();
        for n in 0..301 {
            let stream = an_append(n, 0, Expected::NoStream).stream;
            prop_assert_eq!(whole.stream(stream), cut_up.stream(stream));
            prop_assert_eq!(whole.stream(stream), restored.stream(stream));
        }
        for id in (0..2_001).map(CommitId) {
            prop_assert_eq!(whole.find(id), cut_up.find(id));
            prop_assert_eq!(whole.find(id), restored.find(id));
        }
    }
}

#[test]
fn bytes_that_were_changed_or_cut_are_refused() {
    let mut heads = Heads::default();
    for n in 0..70 {
        write(&mut heads, n % 9, n);
    }
    let good = saved(&heads);
    let read = |bytes: &[u8]| Heads::restore(Bytes::copy_from_slice(bytes)).err();
    assert_eq!(read(&good), None);
    for at in 1..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        assert_eq!(read(&bytes), Some(SavedHeadsError::Checksum), "byte {at}");
        assert!(read(&good[..at]).is_some(), "{at} bytes");
    }
    assert_eq!(read(&[]), Some(SavedHeadsError::Checksum));
    assert_eq!(read(&[1]), Some(SavedHeadsError::Layout { version: 1 }));
    // A checksum that is right, and a count, or a length, that is not.
    for (at, changed) in [(48, 1), (56, 1), (56, 64), (56, 255), (41, 255), (57, 255), (57, 17)] {
        let mut bytes = good.clone();
        bytes[at] = changed;
        let end = bytes.len() - 4;
        let crc = frame::checksum(&bytes[..end]);
        bytes[end..].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(read(&bytes), Some(SavedHeadsError::Length), "byte {at} as {changed}");
    }
}

/// For ever, or under another version.
#[test]
fn a_layout_is_the_one_of_its_version() {
    let mut heads = Heads::default();
    let streams = [write(&mut heads, 3, 7), write(&mut heads, 4, 0x107)];
    assert_ne!(streams[0], StreamId::Unit(UnitId::new(3)));
    let bytes = saved(&heads);
    let (kind, id) = streams[0].to_parts();
    let version = heads.stream(streams[0]).unwrap().version.to_be_bytes();
    let body = [
        &[2][..],
        &2_u64.to_be_bytes(),
        &heads.hash().0,
        &2_u64.to_be_bytes(),
        &2_u64.to_be_bytes(),
        // All but the last byte of their keys is alike, and a position takes one byte.
        &[16, kind],
        &id.to_be_bytes()[..15],
        &[3, 1],
        &version,
        &[4, 2],
        &version,
        &[14],
        &7_u128.to_be_bytes()[..14],
        &[0, 7, 1],
        &[1, 7, 2],
    ]
    .concat();
    assert_eq!(bytes[..bytes.len() - 4], body);
    assert_eq!(bytes[bytes.len() - 4..], frame::checksum(&body).to_be_bytes());
    assert_eq!((heads.last(), Heads::default().hash()), (Position::new(2), Hash::GENESIS));
}

#[test]
fn a_position_takes_as_many_bytes_as_the_last_one_needs() {
    for (last, bytes) in [(1, 1), (255, 1), (256, 2), (65_535, 2), (65_536, 3), (u64::MAX, 8)] {
        let mut heads = Heads::default();
        let append = an_append(1, 7, Expected::NoStream);
        let Admission::Write(mut commit) = heads.admit(append).unwrap() else { panic!() };
        commit.position = Position::new(last);
        heads.advance(&commit);
        let saved = saved(&heads);
        // A header, two strides of one entry whose key is all alike, a version, and the checksum.
        assert_eq!(saved.len(), 57 + 1 + 17 + 1 + 16 + 4 + 4 + 2 * bytes, "{last}");
        let restored = Heads::restore(saved.into()).unwrap();
        assert_eq!(restored.stream(commit.stream), heads.stream(commit.stream));
        assert_eq!(restored.find(CommitId(7)), Some(Position::new(last)));
    }
}
