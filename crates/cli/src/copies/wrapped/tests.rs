//! The bytes of a copy of keys are a promise to every copy that was made.

use std::fmt::Write as _;

use engine::keys::WrappedKey;
use expect_test::expect;

use super::{read, write};

fn keys() -> Vec<WrappedKey> {
    let key =
        |name: &[u8], wrapped: &[u8]| WrappedKey { name: name.to_vec(), wrapped: wrapped.to_vec() };
    vec![key(b"s1", b"\x01sealed"), key(b"v", b""), key(b"w", &[0xff; 3])]
}

fn written() -> Vec<u8> {
    let (file, count) = write(Vec::new(), keys().into_iter().map(Ok)).unwrap();
    assert_eq!(count, 3);
    file
}

fn refusal(file: &[u8]) -> String {
    read(file).unwrap_err().to_string()
}

#[test]
fn the_bytes_of_a_copy_are_what_they_always_were() {
    let mut text = String::new();
    for line in written().chunks(32) {
        for byte in line {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push('\n');
    }
    expect![[r"
        6172656e6465206b6579730a010002733100000007017365616c656400017600
        00000000017700000003ffffff00000000000000000003f6232696c365710a3e
        a65ce86a4c08b06f3ae49ad0c5cc1111bc641647323484
    "]]
    .assert_eq(&text);
    assert_eq!(read(&written()).unwrap(), keys());
}

#[test]
fn every_cut_and_every_flipped_byte_is_noticed() {
    let file = written();
    for cut in 0..file.len() {
        assert!(read(&file[..cut]).is_err(), "cut at {cut}");
    }
    for at in 0..file.len() {
        let mut damaged = file.clone();
        damaged[at] ^= 0x10;
        assert!(read(&damaged).is_err(), "byte {at}");
    }
    assert!(read(&[&file[..], b"x"].concat()).is_err());
}

#[test]
fn what_is_no_copy_of_keys_or_a_newer_one_is_refused() {
    let other = "it is no copy of keys that `arende backup --keys-out` made";
    assert_eq!(refusal(b"arende backup\n\x01"), other);
    let newer = "keys in format 2 are unknown; restore them with a newer arende";
    assert_eq!(refusal(b"arende keys\n\x02"), newer);
}

#[test]
fn what_is_no_key_is_not_written() {
    for (name, wrapped) in [(vec![], vec![1]), (vec![1], vec![0; 5_000])] {
        let refused = write(Vec::new(), [Ok(WrappedKey { name, wrapped })].into_iter());
        let said = refused.unwrap_err().to_string();
        assert_eq!(said, "a record of the key store is not one of a key");
    }
}
