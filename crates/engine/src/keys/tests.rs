//! A real store in a real folder.

use domain::{CareProviderId, CaseId, ResidentId, StaffId, StreamId};
use jiff::Timestamp;

use super::{KeyError, KeyStore, MasterKey, Owner, Place};
use crate::{ScriptedWorld, SystemWorld};

const CASE: StreamId = StreamId::Case(CaseId::new(1));
const EVA: Owner = Owner::Resident(ResidentId::new(1), CareProviderId::new(1));

fn place(stream: StreamId, version: u32) -> Place {
    Place { stream, version, type_id: 1 }
}

#[test]
fn what_is_sealed_opens_at_its_place_alone_also_after_a_restart() {
    let (folder, world) = (tempfile::tempdir().unwrap(), SystemWorld::default());
    let master = MasterKey::generate(&world);
    let store = KeyStore::open(folder.path(), master.clone()).unwrap();
    let key = store.get_or_create(&world, CASE, EVA).unwrap();
    let sealed = key.seal(&world, place(CASE, 1), "Hej!".as_bytes()).unwrap();
    store.sync().unwrap();
    drop(store);

    let store = KeyStore::open(folder.path(), master).unwrap();
    let key = store.get(CASE).unwrap();
    assert_eq!(key.open(place(CASE, 1), &sealed).unwrap(), "Hej!".as_bytes());
    let elsewhere = StreamId::Case(CaseId::new(2));
    for wrong in [place(CASE, 2), place(elsewhere, 1), Place { type_id: 2, ..place(CASE, 1) }] {
        assert!(matches!(key.open(wrong, &sealed), Err(KeyError::DoesNotVerify { .. })));
    }
    for i in 0..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[i] ^= 1;
        assert!(key.open(place(CASE, 1), &damaged).is_err(), "byte {i}");
        assert!(key.open(place(CASE, 1), &sealed[..i]).is_err(), "cut at {i}");
    }
}

#[test]
fn a_key_is_made_once_and_another_stream_has_another() {
    let (folder, world) = (tempfile::tempdir().unwrap(), SystemWorld::default());
    let store = KeyStore::open(folder.path(), MasterKey::generate(&world)).unwrap();
    let first = store.get_or_create(&world, CASE, EVA).unwrap();
    let again = store.get_or_create(&world, CASE, EVA).unwrap();
    let staff = StreamId::Staff(StaffId::new(1));
    let other = store.get_or_create(&world, staff, Owner::Service).unwrap();
    assert_eq!(*first.0, *again.0);
    assert_ne!(*first.0, *other.0);
    let nobody = StreamId::Staff(StaffId::new(2));
    assert!(matches!(store.get(nobody), Err(KeyError::NoKey { .. })));
}

#[test]
fn another_master_key_opens_nothing() {
    let (folder, world) = (tempfile::tempdir().unwrap(), SystemWorld::default());
    drop(KeyStore::open(folder.path(), MasterKey::generate(&world)).unwrap());
    let other = KeyStore::open(folder.path(), MasterKey::generate(&world));
    assert!(matches!(other.err(), Some(KeyError::WrongMaster)));
}

#[test]
fn a_master_key_is_written_once_for_its_owner_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let master = MasterKey::generate(&ScriptedWorld::new(1, Timestamp::UNIX_EPOCH));
    master.write(&path).unwrap();
    assert!(!MasterKey::is_exposed(&path));
    assert_eq!(*MasterKey::read(&path).unwrap().0.0, *master.0.0);
    assert!(master.write(&path).is_err(), "an existing key is never overwritten");
    for digits in ["", "12", &"g".repeat(64), &"0".repeat(65)] {
        let error = MasterKey::parse(digits, "ARENDE_MASTER_KEY").err().unwrap();
        assert_eq!(
            error.to_string(),
            "the master key in ARENDE_MASTER_KEY is not 64 hexadecimal digits"
        );
    }
}
