//! What was kept for fuzzing, and what it found, given to the target in the ordinary suite.
//! `event-log/fuzz` has the program that invents more.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod targets;

use std::{fs, path::PathBuf};

use bytes::Bytes;
use domain::{
    AttachmentId, Event,
    case::{AttachedFile, FileHash, MediaType},
};
use engine::{
    codec,
    lines::{LineReader, LineWriter, LogName},
};
use event_log::{Append, EventRecord, Hash, frame};
use serde_json::json;

use self::targets::memory::give_all;

/// One test: the targets measure the memory of the whole program.
#[test]
fn what_is_kept_breaks_no_target_and_the_seeds_are_every_event_there_was_and_every_line() {
    for (name, bytes) in codec_seeds().into_iter().chain(lines_seeds()) {
        let path = fuzz().join("seeds").join(&name);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        assert!(
            fs::read(&path).is_ok_and(|it| it == bytes),
            "{name}: write the seed with UPDATE_EXPECT=1"
        );
    }
    let kept = |name| ["seeds", "found"].map(|it| fuzz().join(it).join(name));
    give_all(&kept("codec"), targets::codec);
    give_all(&kept("lines"), targets::lines);
    for long in long_lines() {
        targets::lines(&long);
    }
}

fn fuzz() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../event-log/fuzz"].iter().collect()
}

/// Every clear payload that was ever written: type id, schema version, bytes.
fn codec_seeds() -> Vec<(String, Vec<u8>)> {
    let golden = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/codec/golden.txt"));
    let golden = golden.unwrap();
    let mut seeds = vec![];
    // What is sealed is decoded only by who has the key.
    for line in golden.lines().filter(|it| !it.starts_with("sealed ")) {
        let words: Vec<_> = line.split(' ').collect();
        let &[type_id, version, name, ref hex @ ..] = &words[..] else { continue };
        let hex = hex.first().copied().unwrap_or_default();
        let byte = |i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap();
        let mut bytes = type_id.parse::<u16>().unwrap().to_be_bytes().to_vec();
        bytes.push(version.trim_start_matches('v').parse().unwrap());
        bytes.extend((0..hex.len()).step_by(2).map(byte));
        seeds.push((format!("codec/{type_id}-{version}-{name}"), bytes));
    }
    seeds
}

/// Exports of a small log and of its access log, as they are and with spaces where JSON may have
/// them, so that the words are looked at one by one.
fn lines_seeds() -> Vec<(String, Vec<u8>)> {
    let golden =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lines/golden.ndjson"));
    let golden = golden.unwrap();
    let (log, access) = golden.split_at(golden.rfind("{\"format\"").unwrap());
    let spaced = log.replace("\":", "\" :");
    [("log", log), ("access", access), ("spaced", &*spaced)]
        .map(|(name, text)| (format!("lines/{name}"), text.as_bytes().to_vec()))
        .to_vec()
}

/// Lines whose words are long: nothing but brackets, which read as JSON are many times as large; the
/// most that a commit may hold of what is largest once decoded, said with spaces; and the same
/// without its words.
fn long_lines() -> Vec<Vec<u8>> {
    let golden = fs::read_to_string(fuzz().join("seeds/lines/log")).unwrap();
    let words = "{\"type\":\"CaseDistributed\",\"to\":\"staff_2\"}";
    assert!(golden.contains(words));
    let brackets = golden.replace(words, &format!("[{}[]]", "{\"\":0},[],".repeat(40_000)));

    let file = AttachedFile {
        id: AttachmentId::new(1),
        media_type: MediaType::Pdf,
        bytes: 1,
        hash: FileHash([7; 32]),
    };
    let mut event = json!({"type": "AttachmentsAdded", "message": "message_1", "files": []});
    event["files"] = vec![serde_json::to_value(file).unwrap(); 6_000].into();
    let event: Event = serde_json::from_value(event).unwrap();
    let (type_id, schema_version, clear) = codec::encode(&event).unwrap();
    let sealed = Bytes::new();
    assert!((300_000..Append::PAYLOAD_BYTES_MAX).contains(&clear.len()), "{}", clear.len());
    let mut commit = LineReader::new(golden.as_bytes()).unwrap().next_commit().unwrap().unwrap();
    commit.events = vec![EventRecord { type_id, schema_version, clear: clear.into(), sealed }];
    commit.hash = frame::encode(&commit, Hash::GENESIS, &mut vec![]);
    let mut writer = LineWriter::new(vec![], LogName::Log).unwrap();
    writer.write(&commit).unwrap();
    let files = String::from_utf8(writer.finish().unwrap()).unwrap();
    let spaced = files.replace("\":", "\" :");
    let from = files.find("\"name\":\"AttachmentsAdded\"").unwrap();
    let to = files.find(",\"clear_bytes\"").unwrap();
    let unread = format!("{}\"name\":null,\"clear\":null{}", &files[..from], &files[to..]);
    [brackets, files, spaced, unread].map(String::into_bytes).to_vec()
}
