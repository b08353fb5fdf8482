//! A disk that fills up while a log is written, and has room again later.
//!
//! It is a small file system in memory, which only who may mount one can make; elsewhere the tests
//! say that they are skipped.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use domain::Position;
use event_log::{AppendError, EventLog, Expected, contract::an_append};
use event_log_sled::SledLog;

/// A file system of its own, unmounted at the end.
struct Disk(tempfile::TempDir);

impl Disk {
    fn new(mib: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={mib}m"), "tmpfs"]).arg(folder.path());
        match mount.output() {
            Ok(output) if output.status.success() => Some(Self(folder)),
            tried => {
                eprintln!("skipped: no file system may be mounted here: {tried:?}");
                None
            }
        }
    }

    fn log(&self) -> PathBuf {
        self.0.path().join("log")
    }

    fn ballast(&self) -> PathBuf {
        self.0.path().join("ballast")
    }

    /// Takes all but so much of the room that is left.
    fn fill_but(&self, mib_left: usize) {
        let output = Command::new("df").args(["-k", "--output=avail"]).arg(self.0.path()).output();
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        let kib: usize = text.lines().nth(1).unwrap().trim().parse().unwrap();
        fs::write(self.ballast(), vec![1; (kib << 10).saturating_sub(mib_left << 20)]).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.0.path()).status();
        assert!(unmounted.is_ok_and(|it| it.success()) || std::thread::panicking());
    }
}

fn commits(runtime: &tokio::runtime::Runtime, log: &SledLog) -> usize {
    runtime.block_on(log.page(Position::START, usize::MAX)).unwrap().len()
}

#[test]
fn a_full_disk_refuses_appends_and_nothing_else_until_there_is_room() {
    let Some(disk) = Disk::new(320) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let log = SledLog::open(&disk.log()).unwrap();
    let append = |n| runtime.block_on(log.append(an_append(n, n, Expected::NoStream)));
    for n in 1..=50 {
        append(n).unwrap();
    }
    log.check().unwrap();

    disk.fill_but(100);
    for n in 51..=60 {
        let Err(AppendError::Log(error)) = append(n) else { panic!("append {n} was taken") };
        let said = error.to_string();
        assert!(said.contains("MiB are free in") && said.contains("256 are needed"), "{said}");
    }
    assert!(log.check().is_err(), "who asks is told");
    assert_eq!(commits(&runtime, &log), 50, "reading goes on");
    assert!(append(7).is_err(), "a retry is told to come again, too");

    fs::remove_file(disk.ballast()).unwrap();
    log.check().unwrap();
    for n in 51..=60 {
        assert_eq!(append(n).unwrap().position, Position::new(u64::try_from(n).unwrap()));
    }
    drop(log);
    assert_eq!(commits(&runtime, &SledLog::open(&disk.log()).unwrap()), 60);
}

/// Something else takes the last byte at once: what was acknowledged is in the journal, which had
/// its room before.
#[test]
fn a_disk_without_a_byte_left_loses_nothing() {
    let Some(disk) = Disk::new(320) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let log = SledLog::open(&disk.log()).unwrap();
    for n in 1..=2_000 {
        runtime.block_on(log.append(an_append(n, n, Expected::NoStream))).unwrap();
    }
    disk.fill_but(0);
    assert_eq!(commits(&runtime, &log), 2_000);
    // It cannot be closed properly now.
    drop(log);
    assert_opens_or_says_so(&disk.log());
    fs::remove_file(disk.ballast()).unwrap();
    assert_eq!(commits(&runtime, &SledLog::open(&disk.log()).unwrap()), 2_000);
}

fn assert_opens_or_says_so(log: &Path) {
    if let Err(error) = SledLog::open(log) {
        let said = error.to_string();
        assert!(said.contains("/log"), "{said}");
    }
}
