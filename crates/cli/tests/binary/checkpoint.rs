//! Checkpoints: what was signed is found again in every later log, and missed in every other.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use crate::{
    running::{Desk, Ran, arende, log},
    serving::Serving,
};

const NAME: &str = "example.org/north";

const ONE: (&str, &[&str]) = ("one", &["09:00 work anna north", "09:05 answer anna north"]);
const TWO: (&str, &[&str]) = ("two", &["10:00 queue bo south"]);

impl Desk {
    /// Makes the key `checkpoint.key`, and gives its public part.
    pub(crate) fn make_key(&self) -> String {
        let ran = arende(&["checkpoint-key", "new", NAME, "--out", &self.text("checkpoint.key")]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out.trim_end().to_owned()
    }

    fn sign(&self, out: &str) -> Ran {
        let (data, key, out) = (self.data(), self.text("checkpoint.key"), self.text(out));
        arende(&["checkpoint", "--data", &data, "--key", &key, "--out", &out])
    }

    /// Signs the log as it is; gives how many commits were signed.
    fn signed(&self, out: &str) -> u64 {
        let ran = self.sign(out);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out.split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn verify(&self, checkpoints: &[&str], key: &str) -> Ran {
        let data = self.data();
        let files: Vec<String> = checkpoints.iter().map(|name| self.text(name)).collect();
        let mut args = vec!["verify", "--data", &data, "--key", key];
        for file in &files {
            args.extend(["--checkpoint", file]);
        }
        arende(&args)
    }

    /// Imports what is given, with what was imported before.
    fn import_all(&self, traces: &[(&str, &[&str])]) {
        self.write("log.xes", log(traces).as_bytes());
        let ran = self.import("log.xes");
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

/// The verdict on each checkpoint, without its path.
fn verdicts(ran: &Ran) -> Vec<&str> {
    let lines = ran.out.lines().filter(|it| it.starts_with("checkpoint "));
    lines.map(|it| it.split_once(".note: ").unwrap().1).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (entry, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if entry.is_dir() {
            copy(&entry, &to);
        } else {
            fs::copy(&entry, &to).unwrap();
        }
    }
}

#[test]
fn a_checkpoint_holds_for_the_log_and_for_all_that_becomes_of_it() {
    let desk = Desk::imported(&[ONE]);
    let key = desk.make_key();
    let first = desk.signed("first.note");
    desk.signed("rolling.note");
    let note = fs::read_to_string(desk.path("first.note")).unwrap();
    assert!(note.starts_with(&format!("{NAME}\n{first}\n")), "{note}");
    assert!(note.contains(&format!("\n\n— {NAME} ")), "{note}");

    desk.import_all(&[ONE, TWO]);
    let second = desk.signed("rolling.note");
    assert!(second > first, "{first} {second}");
    let ran = desk.verify(&["first.note", "rolling.note"], &key);
    assert_eq!(ran.code, 0, "{ran:?}");
    let signed = |size| format!("the log begins with the {size} commits that {NAME} signed");
    assert_eq!(verdicts(&ran), [signed(first), signed(second)]);

    let printed =
        arende(&["checkpoint", "--data", &desk.data(), "--key", &desk.text("checkpoint.key")]);
    let kept = fs::read_to_string(desk.path("rolling.note")).unwrap();
    assert_eq!((printed.code, printed.out), (0, kept), "the same log, the same checkpoint");
}

#[test]
fn a_tail_that_was_cut_off_is_found_though_the_log_itself_verifies() {
    let desk = Desk::imported(&[ONE]);
    let key = desk.make_key();
    let first = desk.signed("first.note");
    copy(&desk.path("data"), &desk.path("earlier"));
    desk.import_all(&[ONE, TWO]);
    let second = desk.signed("second.note");
    fs::remove_dir_all(desk.path("data")).unwrap();
    fs::rename(desk.path("earlier"), desk.path("data")).unwrap();

    desk.verified();
    let ran = desk.verify(&["first.note", "second.note"], &key);
    assert_eq!(ran.code, 1, "{ran:?}");
    let expected = [
        format!("the log begins with the {first} commits that {NAME} signed"),
        format!(
            "the log ends at position {first}, but {second} commits were signed: \
             its tail was cut off; restore a backup, and keep this folder"
        ),
    ];
    assert_eq!(verdicts(&ran), expected);

    let kept = fs::read_to_string(desk.path("second.note")).unwrap();
    let ran = desk.sign("second.note");
    let error = ran.error();
    assert!(error.starts_with("nothing was signed: the log does not follow from "), "{error}");
    assert!(error.contains("its tail was cut off"), "{error}");
    assert_eq!(fs::read_to_string(desk.path("second.note")).unwrap(), kept);
}

#[test]
fn a_log_that_was_rewritten_is_found_though_it_is_longer_and_verifies() {
    let desk = Desk::imported(&[ONE]);
    let key = desk.make_key();
    copy(&desk.path("data"), &desk.path("earlier"));
    let first = desk.signed("first.note");
    desk.import_all(&[ONE, ("three", &["11:00 work anna north"])]);
    let second = desk.signed("second.note");
    fs::remove_dir_all(desk.path("data")).unwrap();
    fs::rename(desk.path("earlier"), desk.path("data")).unwrap();
    desk.import_all(&[ONE, TWO, ("four", &["11:00 work bo south", "11:05 note bo south"])]);

    desk.verified();
    let ran = desk.verify(&["first.note", "second.note"], &key);
    assert_eq!(ran.code, 1, "{ran:?}");
    let expected = [
        format!("the log begins with the {first} commits that {NAME} signed"),
        format!(
            "the log's first {second} commits are not those that were signed: it was rewritten \
             at or before position {second}; restore a backup, and keep this folder"
        ),
    ];
    assert_eq!(verdicts(&ran), expected);
    assert!(desk.sign("second.note").error().contains("it was rewritten"));
}

#[test]
fn a_checkpoint_is_compared_with_no_log_that_does_not_verify() {
    let desk = Desk::imported(&[ONE]);
    let key = desk.make_key();
    desk.signed("first.note");
    let database = desk.path("data/log/sled/db");
    let mut bytes = fs::read(&database).unwrap();
    let place = bytes.windows(5).position(|bytes| bytes == b"one#2").unwrap();
    bytes[place] ^= 1;
    fs::write(&database, bytes).unwrap();
    let ran = desk.verify(&["first.note"], &key);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(verdicts(&ran), ["not compared, since the log does not verify"]);
    assert!(desk.sign("first.note").error().starts_with("failed to open "));
}

#[test]
fn what_the_key_has_not_signed_is_refused() {
    let desk = Desk::imported(&[ONE]);
    let key = desk.make_key();
    let size = desk.signed("first.note");
    let note = fs::read_to_string(desk.path("first.note")).unwrap();
    let changed = note.replacen(&format!("\n{size}\n"), &format!("\n{}\n", size - 1), 1);
    desk.write("changed.note", changed.as_bytes());
    desk.write("letter.note", b"dear\n");
    let refused = |name: &str, key: &str, why: &str| {
        let ran = desk.verify(&[name], key);
        assert!(ran.error().contains(why), "{ran:?}");
    };
    refused("changed.note", &key, "the signature of example.org/north does not verify");
    refused("letter.note", &key, "letter.note: it is not a signed note");
    refused("nowhere.note", &key, "failed to take the checkpoint");
    let other = desk.text("other.key");
    let other = arende(&["checkpoint-key", "new", NAME, "--out", &other]).out;
    refused("first.note", &other, "was it signed with another key?");
    refused("first.note", "nonsense", "is neither a public key nor a file to read one from");
    let secret = desk.text("checkpoint.key");
    refused("first.note", &secret, "it is not the public key of a log");
    assert!(desk.sign("letter.note").error().contains("it is not a signed note"));
    assert_eq!(fs::read(desk.path("letter.note")).unwrap(), b"dear\n", "left alone");

    let (data, note) = (desk.data(), desk.text("first.note"));
    let ran = arende(&["verify", "--data", &data, "--checkpoint", &note]);
    assert!(ran.error().contains("give a key with --key FILE, or make one with"), "{ran:?}");
    assert_eq!(arende(&["verify", "--data", &data, "--key", &key]).code, 0);
}

#[test]
fn a_key_is_its_owners_alone_and_is_never_written_over() {
    let desk = Desk::new();
    let public = desk.make_key();
    let path = desk.path("checkpoint.key");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let text = desk.text("checkpoint.key");
    let shown = arende(&["checkpoint-key", "public", &text]);
    assert_eq!((shown.code, shown.out.trim_end(), &*shown.err), (0, &*public, ""));
    let before = fs::read(&path).unwrap();
    let again = arende(&["checkpoint-key", "new", NAME, "--out", &text]);
    assert!(again.error().starts_with("failed to write "), "{again:?}");
    assert_eq!(fs::read(&path).unwrap(), before);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let exposed = arende(&["checkpoint-key", "public", &text]);
    assert!(exposed.err.contains("others may read the key that signs"), "{exposed:?}");
    let named = arende(&["checkpoint-key", "new", "a log", "--out", &desk.text("b.key")]);
    assert!(named.error().contains("`a log` cannot name a key"), "{named:?}");
    assert!(!desk.path("b.key").exists());
}

#[test]
fn a_folder_that_was_served_for_development_has_a_key_of_its_own() {
    let desk = Desk::imported(&[ONE]);
    let data = desk.data();
    let own = |what: &[&str]| {
        let ran = arende(&[what, &["--data", &data]].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out
    };
    let serve = ["serve", "--data", &data, "--dev", "--listen", "127.0.0.1:0"];
    assert_eq!(Serving::start(&serve, "serving").stop(), 0);
    let first = own(&["checkpoint"]);
    assert!(first.starts_with("arende.invalid/development/"), "{first}");
    assert_eq!(Serving::start(&serve, "serving").stop(), 0);
    assert_eq!(own(&["checkpoint"]), first, "the key stays the same");
    desk.write("first.note", first.as_bytes());
    let note = desk.text("first.note");
    assert!(own(&["verify", "--checkpoint", &note]).contains("the log begins with the "));
}
