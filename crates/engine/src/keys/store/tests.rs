//! What is promised of the disk.

use std::{
    fs, io,
    sync::atomic::{AtomicBool, Ordering},
};

use domain::{CareProviderId, CaseId, ResidentId, StreamId};

use super::{KeyStore, WrappedKey};
use crate::{
    SystemWorld,
    keys::{KeyError, MasterKey, Owner},
};

const CASE: StreamId = StreamId::Case(CaseId::new(1));

#[test]
fn a_new_key_is_not_synced_before_the_sync() {
    let (folder, world) = (tempfile::tempdir().unwrap(), SystemWorld::default());
    let store = KeyStore::open(folder.path(), MasterKey::generate(&world)).unwrap();
    assert!(store.is_synced());
    store.get_or_create(&world, CASE, Owner::Service).unwrap();
    assert!(!store.is_synced());
    store.sync().unwrap();
    assert!(store.is_synced());
    store.get_or_create(&world, CASE, Owner::Service).unwrap();
    assert!(store.is_synced(), "the key was there");
}

#[test]
fn a_store_that_was_just_closed_is_opened_again_and_an_open_one_is_not() {
    let (folder, world) = (tempfile::tempdir().unwrap(), SystemWorld::default());
    let master = MasterKey::generate(&world);
    for n in 0..50 {
        let store = KeyStore::open(folder.path(), master.clone());
        let store = store.unwrap_or_else(|error| panic!("the {n}th opening: {error}"));
        store.get_or_create(&world, StreamId::Case(CaseId::new(n)), Owner::Service).unwrap();
        store.sync().unwrap();
    }
    let _open = KeyStore::open(folder.path(), master.clone()).unwrap();
    let said = KeyStore::open(folder.path(), master).err().unwrap().to_string();
    assert!(said.contains("another process has it open"), "{said}");
}

#[test]
fn a_sync_that_failed_is_never_tried_again() {
    let (folder, world) = (tempfile::tempdir().unwrap(), SystemWorld::default());
    let store = KeyStore::open(folder.path(), MasterKey::generate(&world)).unwrap();
    store.get_or_create(&world, CASE, Owner::Service).unwrap();
    let said = store.sync_by(|| Err(io::Error::other("no such luck"))).unwrap_err().to_string();
    assert_eq!(said, "the key store failed while syncing: no such luck");
    let said = store.sync().unwrap_err().to_string();
    assert!(said.contains("an earlier sync failed"), "{said}");
    assert!(!store.is_synced());
}

/// A record is counted before it is written. A sync in between must not take it for synced.
#[test]
fn a_sync_waits_for_a_key_that_is_being_made() {
    let (folder, world) = (tempfile::tempdir().unwrap(), SystemWorld::default());
    let store = KeyStore::open(folder.path(), MasterKey::generate(&world)).unwrap();
    let is_written = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let making = store.making.lock().unwrap();
        store.written.fetch_add(1, Ordering::AcqRel);
        let syncing = scope.spawn(|| {
            store.sync_by(|| {
                assert!(is_written.load(Ordering::Acquire), "the record was not written yet");
                Ok(())
            })
        });
        for _ in 0..10_000 {
            std::thread::yield_now();
        }
        is_written.store(true, Ordering::Release);
        drop(making);
        syncing.join().unwrap().unwrap();
    });
    assert!(store.is_synced());
}

#[test]
fn a_snapshot_that_sled_did_not_finish_is_gone_before_sled_looks() {
    let folder = tempfile::tempdir().unwrap();
    let unfinished = folder.path().join("snap.0000000000000001.generating");
    fs::write(&unfinished, "half").unwrap();
    super::remove_unfinished_snapshots(folder.path()).unwrap();
    assert!(!unfinished.exists());
}

#[test]
fn a_store_made_of_anothers_wrapped_keys_has_the_same_keys_for_the_same_master_key() {
    let (folder, world) = (tempfile::tempdir().unwrap(), SystemWorld::default());
    let master = MasterKey::generate(&world);
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let store = KeyStore::open(&first, master.clone()).unwrap();
    let owner = Owner::Resident(ResidentId::new(1), CareProviderId::new(1));
    let key = store.get_or_create(&world, CASE, owner).unwrap();
    let copied: Result<Vec<_>, _> = store.wrapped().collect();
    let copied = copied.unwrap();
    assert_eq!(copied.len(), 3, "the mark, the case's key, and the one that wraps it");
    KeyStore::restore(&second, &copied).unwrap();
    let restored: Result<Vec<_>, _> = KeyStore::wrapped_in(&second).unwrap().collect();
    assert_eq!(restored.unwrap(), copied);
    assert_eq!(KeyStore::open(&second, master).unwrap().get(CASE).unwrap().bytes(), key.bytes());
    let other = KeyStore::open(&second, MasterKey::generate(&world)).err();
    assert!(matches!(other, Some(KeyError::WrongMaster)), "{other:?}");
}

#[test]
fn keys_are_restored_whole_and_into_nothing_that_holds_keys() {
    let (folder, world) = (tempfile::tempdir().unwrap(), SystemWorld::default());
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let store = KeyStore::open(&first, MasterKey::generate(&world)).unwrap();
    let copied: Vec<_> = store.wrapped().map(Result::unwrap).collect();
    drop(store);
    let said = KeyStore::restore(&first, &copied).unwrap_err().to_string();
    assert!(said.contains("there are keys in the folder already"), "{said}");
    let newer = WrappedKey { name: b"v".to_vec(), wrapped: vec![2] };
    for keys in [vec![], vec![newer]] {
        let said = KeyStore::restore(&second, &keys).unwrap_err().to_string();
        assert!(said.contains("its first record is missing, or of a newer format"), "{said}");
        assert!(!second.exists());
    }
}
