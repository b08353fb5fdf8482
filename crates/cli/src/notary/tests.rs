//! A log is signed as it grows; one that is another than was signed is not.

use std::{fs, path::PathBuf};

use event_log::{
    Append, EventLog as _, Expected, MemoryLog,
    checkpoint::{Checkpoint, SecretKey},
    contract::an_append,
};
use tempfile::TempDir;

use super::{Notary, refusal};

/// A place for checkpoints and one for copies.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(desk.copies()).unwrap();
        desk
    }

    fn kept(&self) -> PathBuf {
        self.folder.path().join("kept")
    }

    fn copies(&self) -> PathBuf {
        self.folder.path().join("copies")
    }

    /// One that knows nothing but what is in the folders.
    fn notary(&self) -> Notary {
        Notary::new(key(), self.kept(), Some(self.copies()))
    }

    /// What a notary that begins anew says of `log`.
    async fn sign(&self, log: &MemoryLog) -> Result<u64, String> {
        let signed = self.notary().sign(log).await;
        signed.map_err(|error| refusal(&error).unwrap_or_else(|| format!("not final: {error:#}")))
    }

    /// The sizes of the checkpoints in a folder, each signed.
    fn sizes(folder: PathBuf) -> Vec<u64> {
        let listed = super::stored::list(&folder).unwrap();
        for (size, path) in &listed {
            let note = fs::read_to_string(path).unwrap();
            assert_eq!(Checkpoint::verify(&note, key().public()).unwrap().size, *size);
        }
        listed.into_keys().collect()
    }
}

fn key() -> SecretKey {
    SecretKey::new("example.org/log", [7; 32]).unwrap()
}

/// Adds commits with these ids, each on a stream of its own.
async fn grow(log: &MemoryLog, ids: std::ops::RangeInclusive<u128>) {
    for id in ids {
        let append: Append = an_append(id, id, Expected::NoStream);
        log.append(append).await.unwrap();
    }
}

async fn grown(ids: std::ops::RangeInclusive<u128>) -> MemoryLog {
    let log = MemoryLog::default();
    grow(&log, ids).await;
    log
}

const CUT: &str = "the log ends at position 3, but 5 commits were signed: its tail was cut off; \
                   restore a backup, and keep this folder";
const REWRITTEN: &str = "the log's first 5 commits are not those that were signed: it was rewritten \
                         at or before position 5; restore a backup, and keep this folder";

#[tokio::test]
async fn a_log_is_signed_as_it_grows_and_no_size_twice() {
    let (desk, log) = (Desk::new(), MemoryLog::default());
    let mut notary = desk.notary();
    assert_eq!(notary.sign(&log).await.unwrap(), 0);
    assert_eq!(Desk::sizes(desk.kept()), [0; 0]);
    for end in [5, 5, 8, 300, 601] {
        let last = u128::from(log.head().borrow().get());
        grow(&log, last + 1..=end).await;
        assert_eq!(u128::from(notary.sign(&log).await.unwrap()), end);
        // Whoever begins anew goes on from there.
        assert_eq!(desk.sign(&log).await.map(u128::from), Ok(end));
    }
    assert_eq!(Desk::sizes(desk.kept()), [5, 8, 300, 601]);
    assert_eq!(Desk::sizes(desk.copies()), [5, 8, 300, 601]);
    let files = |folder| fs::read_dir(folder).unwrap().count();
    assert_eq!(
        (files(desk.kept()), files(desk.copies())),
        (5, 4),
        "the tip, and nothing half-made"
    );
}

#[tokio::test]
async fn without_a_tip_that_fits_the_log_is_read_again_to_the_same_checkpoints() {
    let desk = Desk::new();
    let log = grown(1..=5).await;
    desk.sign(&log).await.unwrap();
    let tip = desk.kept().join("tip");
    let old = fs::read(&tip).unwrap();
    grow(&log, 6..=9).await;
    desk.sign(&log).await.unwrap();
    let newest = fs::read(&tip).unwrap();
    for damaged in [vec![], vec![1; 20], old] {
        fs::write(&tip, damaged).unwrap();
        assert_eq!(desk.sign(&log).await, Ok(9));
        assert_eq!(fs::read(&tip).unwrap(), newest, "it is there again");
    }
    fs::remove_file(&tip).unwrap();
    grow(&log, 10..=11).await;
    assert_eq!(desk.sign(&log).await, Ok(11));
    assert_eq!(Desk::sizes(desk.kept()), [5, 9, 11]);
}

#[tokio::test]
async fn a_log_that_was_cut_off_or_rewritten_is_not_signed() {
    for without_tip in [false, true] {
        let desk = Desk::new();
        desk.sign(&grown(1..=5).await).await.unwrap();
        if without_tip {
            fs::remove_file(desk.kept().join("tip")).unwrap();
        }
        assert_eq!(desk.sign(&grown(1..=3).await).await, Err(CUT.into()));
        assert_eq!(desk.sign(&grown(2..=9).await).await, Err(REWRITTEN.into()));
        assert_eq!(Desk::sizes(desk.kept()), [5]);
        assert_eq!(desk.sign(&grown(1..=9).await).await, Ok(9));
    }
}

#[tokio::test]
async fn a_log_that_changes_while_it_is_signed_is_not_signed_on() {
    let desk = Desk::new();
    let mut notary = desk.notary();
    notary.sign(&grown(1..=5).await).await.unwrap();
    let error = notary.sign(&grown(2..=9).await).await.unwrap_err();
    assert_eq!(refusal(&error).as_deref(), Some(REWRITTEN));
}

/// Whoever can write to the data folder can remove what was signed there, but not its copies.
#[tokio::test]
async fn copies_are_compared_when_what_was_signed_here_is_gone() {
    let desk = Desk::new();
    desk.sign(&grown(1..=5).await).await.unwrap();
    fs::remove_dir_all(desk.kept()).unwrap();
    assert_eq!(desk.sign(&grown(1..=3).await).await, Err(CUT.into()));
    assert_eq!(desk.sign(&grown(2..=9).await).await, Err(REWRITTEN.into()));
    assert_eq!(desk.sign(&grown(1..=9).await).await, Ok(9));

    // One who has the key can sign another log here; the copy tells.
    let desk = Desk::new();
    let log = grown(1..=5).await;
    desk.sign(&log).await.unwrap();
    fs::remove_dir_all(desk.kept()).unwrap();
    let other = grown(2..=6).await;
    Notary::new(key(), desk.kept(), None).sign(&other).await.unwrap();
    assert_eq!(desk.sign(&other).await, Err(REWRITTEN.into()));
}

#[tokio::test]
async fn what_could_not_be_copied_is_copied_later() {
    let desk = Desk::new();
    let log = grown(1..=5).await;
    fs::remove_dir(desk.copies()).unwrap();
    let mut notary = desk.notary();
    let error = notary.sign(&log).await.unwrap_err();
    assert!(refusal(&error).is_none() && error.to_string().contains("not copied"), "{error}");
    assert_eq!(Desk::sizes(desk.kept()), [5], "it is signed all the same");
    fs::create_dir(desk.copies()).unwrap();
    grow(&log, 6..=7).await;
    assert_eq!(notary.sign(&log).await.unwrap(), 7);
    assert_eq!(Desk::sizes(desk.copies()), [5, 7]);
}

#[tokio::test]
async fn checkpoints_of_another_key_or_with_anothers_name_are_told_and_nothing_is_signed() {
    let desk = Desk::new();
    let log = grown(1..=5).await;
    let other = SecretKey::new("example.org/log", [8; 32]).unwrap();
    Notary::new(other, desk.kept(), None).sign(&log).await.unwrap();
    let said = desk.sign(&log).await.unwrap_err();
    assert!(
        said.contains("00000000000000000005.note: the key of example.org/log has not"),
        "{said}"
    );

    let desk = Desk::new();
    desk.sign(&log).await.unwrap();
    let (from, to) = (desk.kept().join(super::stored::name(5)), super::stored::name(4));
    fs::rename(from, desk.kept().join(to)).unwrap();
    let said = desk.sign(&log).await.unwrap_err();
    assert!(said.contains("is over 5 commits: it was given another's name"), "{said}");
}
