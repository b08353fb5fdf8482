//! What is promised of the disk.

use std::{
    fs, io,
    sync::atomic::{AtomicBool, Ordering},
};

use domain::{CaseId, StreamId};

use super::KeyStore;
use crate::{
    SystemWorld,
    keys::{MasterKey, Owner},
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
