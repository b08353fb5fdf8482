//! The drill: what was backed up is restored, verifies to the same hashes, and is served again with
//! the keys that were kept apart.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    demo::{demo, unit_and_type, wrote},
    running::{Desk, Ran, arende},
    serving::Serving,
};

pub(crate) fn backup(data: &str, out: &str, more: &[&str]) -> Ran {
    arende(&[&["backup", "--data", data, "--out", out], more].concat())
}

pub(crate) fn restore(files: &[&str], data: &str) -> Ran {
    arende(&[&["restore"], files, &["--data", data]].concat())
}

/// What is told of both logs, their last hashes among it. Checkpoints are in no backup.
#[track_caller]
pub(crate) fn verified(data: &str) -> String {
    let ran = arende(&["verify", "--data", data]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let logs = ran.out.lines().filter(|it| it.starts_with("log: ") || it.starts_with("access log"));
    logs.fold(String::new(), |text, line| text + line + "\n")
}

/// Where the next backup goes on, as this one told.
#[track_caller]
pub(crate) fn next(ran: &Ran) -> Vec<String> {
    assert_eq!(ran.code, 0, "{ran:?}");
    let (_, advice) = ran.out.split_once("what comes next: ").unwrap();
    let words: Vec<&str> = advice.split_whitespace().collect();
    assert_eq!((words[4], words[6]), ("--since", "--access-since"), "{advice}");
    words[4..8].iter().map(|it| (*it).to_owned()).collect()
}

/// Names of residents and what they wrote, as the unit's receiver reads them.
pub(crate) fn content(served: &Serving, token: &str, unit: &str) -> Value {
    let query = "query Q($unit: ID!) { unitInbox(unitId: $unit, first: 5) { nodes {
        id resident { name } messages(first: 5) { nodes { text } } } } }";
    served.data(token, query, json!({ "unit": unit }))
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn a_restored_folder_has_the_same_hashes_and_opens_with_its_keys() {
    let desk = Desk::new();
    let (data, restored) = (desk.data(), desk.text("restored"));
    let (full, more) = (desk.text("full.zst"), desk.text("more.zst"));
    let served = demo(&data);
    let (receiver, resident) = (served.token("receiver"), served.token("resident"));
    let (unit, case_type) = unit_and_type(&served, &receiver);
    assert_eq!(served.stop(), 0);
    let since = next(&backup(&data, &full, &[]));

    // A day's work, read and written.
    let serve = |data| ["serve", "--data", data, "--dev", "--listen", "127.0.0.1:0"];
    let served = Serving::start(&serve(&data), "serving");
    let submission = json!({
        "idempotencyKey": "1", "unitId": unit, "caseTypeId": case_type, "formVersion": 1,
        "termsVersion": 1, "answers": wrote("Skrivet efter den första kopian."),
    });
    served.command(&resident, "submitCase", submission);
    let before = content(&served, &receiver, &unit);
    assert_eq!(served.stop(), 0);
    let since: Vec<&str> = since.iter().map(String::as_str).collect();
    let last = next(&backup(&data, &more, &since));

    // The machine is lost; what was kept is the two files and, apart from them, the keys.
    let expected = verified(&data);
    assert!(!expected.contains("access log: 0 commits"), "{expected}");
    let ran = restore(&[&full, &more], &restored);
    assert!(ran.code == 0 && ran.out.contains("no key is in it: restore theirs"), "{ran:?}");
    assert_eq!(verified(&restored), expected);
    for name in ["master.key", "dev-issuer.json"] {
        fs::copy(desk.path("data").join(name), desk.path("restored").join(name)).unwrap();
    }
    let refused = arende(&serve(&restored));
    assert!(refused.error().contains("holds a log and no keys"), "{refused:?}");
    copy_folder(&desk.path("data/keys"), &desk.path("restored/keys"));
    let served = Serving::start(&serve(&restored), "serving");
    let after = content(&served, &receiver, &unit);
    assert_eq!(after, before);
    assert!(after["unitInbox"]["nodes"][0]["resident"]["name"].is_string(), "{after}");
    assert_eq!(served.stop(), 0);

    // A backup of the restored folder goes on where the last one ended; a whole one is the same.
    let again = desk.text("again.zst");
    let last: Vec<&str> = last.iter().map(String::as_str).collect();
    let ran = backup(&restored, &again, &last);
    assert!(ran.out.starts_with("log: nothing after position "), "{ran:?}");
    let ran = restore(&[&full, &more, &again], &desk.text("third"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(verified(&desk.text("third")), verified(&restored));
}

fn imported() -> Desk {
    Desk::imported(&[("one", &["09:00 work anna north", "09:01 answer anna north"])])
}

#[test]
fn a_killed_restore_leaves_nothing_half_made_and_can_be_run_again() {
    let desk = imported();
    let (full, pipe, restored) = (desk.text("full.zst"), desk.text("pipe"), desk.text("restored"));
    assert_eq!(backup(&desk.data(), &full, &[]).code, 0);
    let whole = fs::read(&full).unwrap();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());

    let mut command = Command::new(env!("CARGO_BIN_EXE_arende"));
    let command = command.args(["restore", &pipe, "--data", &restored]).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    // Opens once the other end reads: the restore is under way.
    let mut half = OpenOptions::new().write(true).open(&pipe).unwrap();
    half.write_all(&whole[..whole.len() / 2]).unwrap();
    let meanwhile = restore(&[&full], &restored);
    assert!(meanwhile.error().contains("another process is making it"), "{meanwhile:?}");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!desk.path("restored").exists() && desk.path("restored.unfinished").exists());

    let ran = restore(&[&full], &restored);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!desk.path("restored.unfinished").exists());
    assert_eq!(verified(&restored), verified(&desk.data()));
}

#[test]
fn what_cannot_be_restored_is_told_in_one_line_and_leaves_nothing() {
    let desk = imported();
    let (data, full, restored) = (desk.data(), desk.text("full.zst"), desk.text("restored"));
    assert_eq!(backup(&data, &full, &[]).code, 0);
    let late = backup(&data, &desk.text("late.zst"), &["--since", "4711"]);
    assert!(late.error().contains("before 4711; name the last position of an earlier backup"));
    assert!(!desk.path("late.zst").exists());
    let twice = backup(&data, &full, &[]);
    assert!(twice.error().ends_with("full.zst is there already; choose another name for --out"));

    let whole = fs::read(&full).unwrap();
    desk.write("cut.zst", &whole[..whole.len() - 9]);
    desk.write("letter.zst", b"dear");
    assert_eq!(backup(&data, &desk.text("tail.zst"), &["--since", "2"]).code, 0);
    for (name, why) in [
        ("cut.zst", "failed to read it"),
        ("letter.zst", "it is not a backup"),
        ("tail.zst", "it continues the log from position 2, and what comes before it ends at 0"),
        ("nowhere.zst", "No such file"),
    ] {
        let ran = restore(&[&desk.text(name)], &restored);
        let error = ran.error();
        assert!(error.contains(name) && error.contains(why), "{error}");
        assert!(!desk.path("restored").exists() && !desk.path("restored.unfinished").exists());
    }
    let ran = restore(&[&full], &data);
    assert!(ran.error().ends_with("data is not empty; choose a new folder for --data"), "{ran:?}");
}
