//! Bundles: one case, proven without its log; a second checker that shares no code agrees.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};

use crate::{
    replay,
    running::{Desk, Ran, arende, log},
};

/// A desk with a bundle of the case `one` in `case.bundle`, and the public key in `log.pub`.
struct Bundled {
    desk: Desk,
    case: String,
    key: String,
}

fn bundled() -> Bundled {
    let desk = Desk::imported(&[
        (
            "one",
            &[
                "09:00 work anna north",
                "09:05 ask anna north",
                "10:00 answer bo south",
                "11:00 close bo south",
            ],
        ),
        ("two", &["09:02 queue bo south"]),
    ]);
    let key = desk.make_key();
    desk.write("log.pub", key.as_bytes());
    let case = replay::ids(&desk).one;
    let ran = make(&desk, &case);
    assert_eq!(ran.code, 0, "{ran:?}");
    Bundled { desk, case, key }
}

fn make(desk: &Desk, case: &str) -> Ran {
    let (data, key, out) = (desk.data(), desk.text("checkpoint.key"), desk.text("case.bundle"));
    arende(&["bundle", "case", case, "--data", &data, "--key", &key, "--out", &out])
}

impl Bundled {
    fn value(&self) -> Value {
        serde_json::from_slice(&fs::read(self.desk.path("case.bundle")).unwrap()).unwrap()
    }

    fn check(&self, bundle: &str, key: &str) -> Ran {
        arende(&["bundle", "check", &self.desk.text(bundle), "--key", key])
    }

    /// What the second checker says of a bundle; none where there is no Python.
    fn second(&self, bundle: &str) -> Option<Ran> {
        self.second_since(bundle, None)
    }

    /// The same, for whoever kept a checkpoint.
    fn second_since(&self, bundle: &str, kept: Option<&str>) -> Option<Ran> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bundle/check.py");
        let mut command = Command::new("python3");
        command.arg(script).arg(self.desk.path(bundle)).arg(&self.key);
        command.args(kept.map(|kept| self.desk.path(kept)));
        let Ok(output) = command.output() else {
            eprintln!("skipped: there is no python3 to run the second checker with");
            return None;
        };
        Some(Ran {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        })
    }
}

#[test]
fn a_bundle_is_checked_without_its_log_and_by_a_second_checker() {
    let it = bundled();
    fs::remove_dir_all(it.desk.path("data")).unwrap();
    let ran = it.check("case.bundle", &it.desk.text("log.pub"));
    assert_eq!((ran.code, &*ran.err), (0, ""), "{ran:?}");
    let (first, events) = ran.out.split_once('\n').unwrap();
    let events: Vec<&str> = events.lines().map(|it| it.rsplit("  ").next().unwrap()).collect();
    let size: u64 =
        it.value()["checkpoint"].as_str().unwrap().lines().nth(1).unwrap().parse().unwrap();
    let commits = it.value()["commits"].as_array().unwrap().len();
    assert_eq!(
        first,
        format!(
            "{}: {commits} commits, {} events, all among the {size} commits that \
             example.org/north signed",
            it.case,
            events.len()
        )
    );
    assert_eq!((events[0], *events.last().unwrap()), ("CaseSubmitted", "CaseClosed"));
    assert!(events.contains(&"CounterQuestionAsked"), "{events:?}");

    let Some(second) = it.second("case.bundle") else { return };
    let second = second.json();
    if second["signature"] == json!(false) {
        eprintln!("skipped: the signature, for want of the Python package `cryptography`");
    }
    let signature = &second["signature"];
    let expected = json!({
        "case": it.case, "commits": commits, "events": events, "size": size, "signature": signature,
    });
    assert_eq!(second, expected);
}

/// What someone does to a bundle.
type Change<'a> = &'a dyn Fn(&mut Value);

#[test]
fn both_checkers_refuse_whatever_was_changed() {
    let it = bundled();
    let has_signatures = it.second("case.bundle").is_some_and(|it| it.json()["signature"] == true);
    let whole = it.value();
    let flipped = |text: &Value| {
        let text = text.as_str().unwrap();
        let middle = text.len() / 2;
        let other = if text.as_bytes()[middle] == b'A' { "B" } else { "A" };
        json!([&text[..middle], other, &text[middle + 1..]].concat())
    };
    let size = whole["checkpoint"].as_str().unwrap().lines().nth(1).unwrap();
    let another_size = whole["checkpoint"].as_str().unwrap().replacen(size, "999", 1);
    let changes: [(&str, Change<'_>); 11] = [
        ("a frame", &|it| it["commits"][1]["frame"] = flipped(&it["commits"][1]["frame"])),
        ("the hash before", &|it| {
            it["commits"][0]["hashBefore"] = flipped(&it["commits"][0]["hashBefore"]);
        }),
        ("a proof", &|it| {
            it["commits"][1]["inclusion"][0] = flipped(&it["commits"][1]["inclusion"][0]);
        }),
        ("a proof's length", &|it| {
            it["commits"][1]["inclusion"].as_array_mut().unwrap().pop();
        }),
        ("a commit left out", &|it| {
            it["commits"].as_array_mut().unwrap().remove(1);
        }),
        ("commits in another order", &|it| it["commits"].as_array_mut().unwrap().swap(1, 2)),
        ("a member more", &|it| it["verified"] = json!(true)),
        ("a member of a commit more", &|it| it["commits"][0]["position"] = json!(1)),
        ("the case", &|it| it["stream"] = json!("case_7")),
        ("the format", &|it| it["format"] = json!("arende-bundle/2")),
        ("the size that was signed", &|it| it["checkpoint"] = json!(another_size)),
    ];
    for (what, change) in changes {
        let mut wrong = whole.clone();
        change(&mut wrong);
        it.desk.write("changed.bundle", wrong.to_string().as_bytes());
        let ran = it.check("changed.bundle", &it.key);
        assert!(ran.error().contains("changed.bundle does not verify: "), "{what}: {ran:?}");
        if let Some(second) = it.second("changed.bundle") {
            assert_eq!((second.code, &*second.out), (1, ""), "{what}: {second:?}");
        }
    }
    // What only the signature tells: a log of one's own making, signed with another key.
    let other = it.desk.text("other.key");
    let other = arende(&["checkpoint-key", "new", "example.org/north", "--out", &other]).out;
    let ran = it.check("case.bundle", other.trim_end());
    assert!(ran.error().contains("was it signed with another key?"), "{ran:?}");
    let checkpoint = whole["checkpoint"].as_str().unwrap();
    let (start, signature) = checkpoint.trim_end().rsplit_once(' ').unwrap();
    let mut forged = whole.clone();
    forged["checkpoint"] =
        json!(format!("{start} {}\n", flipped(&json!(signature)).as_str().unwrap()));
    it.desk.write("forged.bundle", forged.to_string().as_bytes());
    let ran = it.check("forged.bundle", &it.key);
    assert!(ran.error().contains("does not verify: it was changed after it was signed"), "{ran:?}");
    if has_signatures {
        let second = it.second("forged.bundle").unwrap();
        assert!(
            second.code == 1 && second.err.contains("the signature does not verify"),
            "{second:?}"
        );
    }
}

#[test]
fn whoever_kept_a_checkpoint_is_shown_that_the_bundle_is_of_the_same_log() {
    let it = bundled();
    let (data, key) = (it.desk.data(), it.desk.text("checkpoint.key"));
    let (kept, foreign) = (it.desk.text("kept.note"), it.desk.text("foreign.note"));
    let sign = |data: &str, out: &str| {
        let ran = arende(&["checkpoint", "--data", data, "--key", &key, "--out", out]);
        assert_eq!(ran.code, 0, "{ran:?}");
    };
    sign(&data, &kept);
    let other = Desk::imported(&[("one", &["09:00 work anna north"])]);
    sign(&other.data(), &foreign);
    let more = log(&[("three", &["12:00 work anna north", "12:05 note anna north"])]);
    it.desk.write("log.xes", more.as_bytes());
    it.desk.import("log.xes").json();

    let out = it.desk.text("case.bundle");
    let bundle = |since: &str| {
        let args = ["bundle", "case", &it.case, "--data", &data, "--key", &key, "--out", &out];
        arende(&[&args[..], &["--since", since]].concat())
    };
    let check =
        |since: &str| arende(&["bundle", "check", &out, "--key", &it.key, "--since", since]);
    assert!(check(&kept).error().contains("it holds no proof for a checkpoint of "));
    assert!(bundle(&foreign).error().contains("the log does not begin with the "));
    assert_eq!(bundle(&kept).code, 0);
    assert_eq!(check(&kept).code, 0);
    let (before, now) = (fs::read_to_string(&kept).unwrap(), it.value());
    assert_ne!(now["checkpoint"].as_str().unwrap(), before, "the log has grown");
    if let Some(second) = it.second_since("case.bundle", Some("kept.note")) {
        assert_eq!(second.code, 0, "{second:?}");
    }
    let mut wrong = now.clone();
    let proof = wrong["earlier"]["consistency"].as_array_mut().unwrap();
    proof.reverse();
    assert!(proof.len() > 1, "a proof of one hash has no other order");
    it.desk.write("case.bundle", wrong.to_string().as_bytes());
    assert!(check(&kept).error().contains("does not verify: the log does not begin with the "));
    if let Some(second) = it.second_since("case.bundle", Some("kept.note")) {
        assert_eq!(second.code, 1, "{second:?}");
    }
}

#[test]
fn what_cannot_be_bundled_or_read_is_told_in_one_line() {
    let it = bundled();
    fs::remove_file(it.desk.path("case.bundle")).unwrap();
    let ran = make(&it.desk, "case_7");
    assert!(ran.error().contains(": there is no commit of case_7"), "{ran:?}");
    assert!(!it.desk.path("case.bundle").exists());
    assert!(it.check("case.bundle", &it.key).error().starts_with("failed to read "));
    it.desk.write("letter.bundle", b"dear");
    let ran = it.check("letter.bundle", &it.key);
    assert!(ran.error().contains("letter.bundle does not verify: it is not a bundle: "), "{ran:?}");
}
