//! Records, byte by byte.

use bytes::Bytes;
use domain::Position;

use crate::journal::record::{PAGE_BYTES, Record, decode, encode};

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
