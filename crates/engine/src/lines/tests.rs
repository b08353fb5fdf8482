//! The form of the lines is a promise to every log that was exported.

mod small_log;

use domain::{Event, Recorded};
use event_log::Commit;
use serde_json::Value;

use self::small_log::{commits, reading};
use super::{LineError, LineReader, LineWriter, LogName};

const GOLDEN: &str = include_str!("golden.ndjson");

fn written(which: LogName, commits: &[Commit]) -> String {
    let mut writer = LineWriter::new(Vec::new(), which).unwrap();
    for commit in commits {
        writer.write(commit).unwrap();
    }
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

fn read(text: &str) -> Result<(LogName, Vec<Commit>), String> {
    let told = |error: LineError| error.to_string();
    let mut reader = LineReader::new(text.as_bytes()).map_err(told)?;
    let mut commits = Vec::new();
    while let Some(commit) = reader.next_commit().map_err(told)? {
        commits.push(commit);
    }
    Ok((reader.log(), commits))
}

#[test]
fn the_lines_of_a_log_are_what_they_always_were_and_are_read_back() {
    let both = written(LogName::Log, &commits()) + &written(LogName::Access, &reading());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lines/golden.ndjson");
        std::fs::write(path, &both).unwrap();
    }
    assert_eq!(both, GOLDEN);
    let (log, access) = both.split_at(written(LogName::Log, &commits()).len());
    assert_eq!(read(log).unwrap(), (LogName::Log, commits()));
    assert_eq!(read(access).unwrap(), (LogName::Access, reading()));
    assert_eq!(read(&written(LogName::Log, &[])).unwrap(), (LogName::Log, vec![]));
}

#[test]
fn the_lines_that_the_docs_show_are_lines_of_a_log() {
    let docs = include_str!("../../../../docs/backup.md");
    let text = written(LogName::Log, &commits());
    for i in [0, 3, 4] {
        let line = text.lines().nth(i).unwrap();
        assert!(docs.contains(&format!("\n{line}\n")), "{line}");
    }
}

#[test]
fn an_event_of_a_line_is_an_event_of_a_fixture() {
    let text = written(LogName::Log, &commits());
    let line: Value = serde_json::from_str(text.lines().nth(3).unwrap()).unwrap();
    let mut fixture = line["events"][1]["clear"].clone();
    for field in ["position", "stream", "occurred_at", "recorded_at", "actor"] {
        fixture[field] = line[field].clone();
    }
    fixture["version"] = 3.into();
    let recorded: Recorded<Event> = serde_json::from_value(fixture).unwrap();
    let entries = crate::entries(&commits()[2]).unwrap();
    assert_eq!(recorded, entries[1].recorded);
}

/// Every letter of every line but the spaces and signs of JSON itself, and words that this program
/// cannot hold to their bytes.
#[test]
fn a_changed_letter_is_refused_with_its_line() {
    let text = written(LogName::Log, &commits());
    assert_eq!(read(&text).unwrap().1.len(), 3);
    let mut number = 1;
    for (i, byte) in text.bytes().enumerate() {
        if byte == b'\n' {
            number += 1;
        }
        if !byte.is_ascii_alphanumeric() {
            continue;
        }
        let other = if byte.is_ascii_digit() { b'0' + (byte - b'0' + 1) % 10 } else { byte ^ 2 };
        let mut changed = text.clone().into_bytes();
        changed[i] = other;
        let refused = read(&String::from_utf8(changed).unwrap()).unwrap_err();
        assert!(refused.starts_with(&format!("line {number}: ")), "byte {i}: {refused}");
    }
    assert_eq!(number, 6);
}

#[test]
fn a_line_that_is_missing_or_moved_or_added_is_refused() {
    let text = written(LogName::Log, &commits());
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let refused = |order: &[usize]| {
        let text: String = order.iter().map(|i| lines[*i]).collect();
        read(&text).unwrap_err()
    };
    assert_eq!(refused(&[1, 2]), "line 1: it is not the first line of an exported log");
    assert!(refused(&[0, 2, 3, 4]).starts_with("line 2: position 1 does not verify: commit 2"));
    assert!(refused(&[0, 1, 3, 2, 4]).starts_with("line 3: position 2 does not verify: commit 3"));
    assert!(refused(&[0, 1, 1]).starts_with("line 3: position 2 does not verify: commit 1"));
    let short = refused(&[0, 1, 2, 4]);
    assert!(short.starts_with("line 4: it tells of 3 commits, 4 events"), "{short}");
    let cut = refused(&[0, 1, 2, 3]);
    assert_eq!(cut, "it ends after line 4 without a last line; get the file again");
    assert_eq!(refused(&[0, 1, 2, 3, 4, 4]), "line 6: something follows the last line");
    let cut = read(text.trim_end()).unwrap_err();
    assert_eq!(cut, "line 5: it is cut short, or too long; get the file again");
}

#[test]
fn words_are_held_to_their_bytes_and_spaces_are_nobodys_concern() {
    let text = written(LogName::Log, &commits());
    let change = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        read(&text.replacen(from, to, 1))
    };
    let other = change("\"to\":\"staff_2\"", "\"to\":\"staff_3\"").unwrap_err();
    assert_eq!(other, "line 4: position 3 says something else than its bytes do");
    let added = change("\"policy\":\"eod\"", "\"policy\":\"eod\",\"why\":\"because\"");
    assert_eq!(added.unwrap_err(), "line 2: position 1 says something else than its bytes do");
    let finer = change("12:00:00.001Z", "12:00:00.0011Z");
    assert_eq!(finer.unwrap_err(), "line 2: position 1 says something else than its bytes do");
    assert_eq!(change("\"to\":", "\"to\" : ").unwrap().1, commits());
    let newer = change("\"version\":1", "\"version\":2").unwrap_err();
    assert!(newer.contains("is unknown; import it with a newer arende"), "{newer}");
}

#[test]
fn what_an_older_program_did_not_know_is_taken_by_its_bytes() {
    let text = written(LogName::Log, &commits());
    assert!(text.contains("\"type_id\":999,\"schema_version\":1,\"name\":null,\"clear\":null"));
    let unread = "\"name\":null,\"clear\":null";
    let read_by_us =
        "\"name\":\"CaseDistributed\",\"clear\":{\"type\":\"CaseDistributed\",\"to\":\"staff_2\"}";
    assert!(text.contains(read_by_us), "{text}");
    assert_eq!(read(&text.replacen(read_by_us, unread, 1)).unwrap().1, commits());
    let by_a_newer = text.replacen(unread, "\"name\":\"CaseSung\",\"clear\":{\"key\":\"C\"}", 1);
    assert_eq!(read(&by_a_newer).unwrap().1, commits());
}
