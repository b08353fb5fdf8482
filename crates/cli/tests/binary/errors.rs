//! What is refused: one line, exit code 1, and nothing written.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

use crate::running::{Desk, Ran, arende, log};

fn zipped(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_log_that_cannot_be_imported_is_told_in_one_line_and_nothing_is_written() {
    let good = log(&[("one", &["09:00 work anna north", "09:01 note bo south"])]);
    let zip = zipped(&good);
    let mut broken = zip.clone();
    broken[20] ^= 0xff;
    let late = good.replace("2026-03-02T09:01:00+01:00", "soon");
    let cases: &[(&str, Vec<u8>, &str)] = &[
        (
            "cut.xes.gz",
            zip[..zip.len() / 2].to_vec(),
            "cut.xes.gz ends in the middle of its gzip data; get the file again",
        ),
        ("broken.xes.gz", broken, "failed to read "),
        (
            "latin.xes",
            b"<log>\n<trace a=\"\xe5\"/></log>".to_vec(),
            "latin.xes: line 2: not UTF-8; convert the file first",
        ),
        (
            "page.xes",
            b"<html/>".to_vec(),
            "line 1: the outermost element is `html`, not the `log` of an XES file",
        ),
        (
            "cut.xes",
            good.replace("</trace>\n</log>\n", "").into_bytes(),
            "line 7: the file ends before `</trace>`",
        ),
        ("empty.xes", b"<log></log>".to_vec(), "line 1: the log holds no events"),
        (
            "time.xes",
            late.into_bytes(),
            "line 6: `soon`, the time:timestamp of an event of trace `one`, is not a time with an offset (RFC 3339)",
        ),
        (
            "rule.xes",
            good.replace("\"note\"", "\"nap\"").into_bytes(),
            "line 6: event 2 of trace `one`: no rule of the mapping matches (concept:name = \"nap\")",
        ),
        (
            "unit.xes",
            good.replace("org:group", "group").into_bytes(),
            "line 5: event 1 of trace `one`: no attribute `org:group`, which the mapping names",
        ),
    ];
    for (name, bytes, expected) in cases {
        let desk = Desk::new();
        desk.write(name, bytes);
        let ran = desk.import(name);
        let error = ran.error();
        assert!(error.contains(expected) && error.contains(name), "{error}");
        assert!(!desk.path("data").exists(), "{name}: nothing may be written");
    }
    let ran = Desk::new().import("nowhere.xes");
    assert!(ran.error().starts_with("failed to read "), "{ran:?}");
}

#[test]
fn a_log_is_unzipped_whatever_its_name_says() {
    let desk = Desk::new();
    let text = log(&[("one", &["09:00 work anna north"])]);
    desk.write("zipped.xes", &zipped(&text));
    assert_eq!(desk.import("zipped.xes").json()["commits"], 1);
    desk.write("plain.xes.gz", text.as_bytes());
    assert_eq!(desk.import("plain.xes.gz").json()["commits"], 0, "the same log");
}

#[test]
fn a_mapping_that_is_wrong_is_told_with_its_line() {
    let desk = Desk::new();
    desk.write("log.xes", log(&[("one", &["09:00 work anna north"])]).as_bytes());
    let path = desk.path("mapping.toml");
    let good = std::fs::read_to_string(&path).unwrap();
    desk.write("mapping.toml", good.replace("handler =", "händler =").as_bytes());
    let ran = desk.import("log.xes");
    let error = ran.error();
    assert!(error.contains("mapping.toml: line 3: "), "{error}");
    std::fs::remove_file(&path).unwrap();
    assert!(desk.import("log.xes").error().starts_with("failed to read "));
    assert!(!desk.path("data").exists());
}

#[test]
fn a_folder_that_is_something_else_is_left_alone() {
    let desk = Desk::new();
    desk.write("log.xes", log(&[("one", &["09:00 work anna north"])]).as_bytes());
    std::fs::create_dir(desk.path("data")).unwrap();
    desk.write("data/letter.txt", b"dear");
    let ran = desk.import("log.xes");
    assert!(ran.error().ends_with("data is neither a data folder nor empty; choose another"));
}

#[test]
fn wrong_usage_exits_with_2_and_help_has_examples() {
    let usage = |args: &[&str]| {
        let ran = arende(args);
        assert_eq!((ran.code, &*ran.out), (2, ""), "{ran:?}");
        ran.err
    };
    assert!(usage(&["import", "xes", "log.xes", "--data", "d"]).contains("--mapping"));
    assert!(usage(&["replay", "case", "unit_7", "--data", "d"]).contains("is not a case id"));
    let scope = usage(&["replay", "statistics", "case_7", "--data", "d"]);
    assert!(scope.contains("not a region_…, division_… or unit_… id"), "{scope}");
    let as_of = usage(&["replay", "case", "case_7", "--data", "d", "--as-of", "then"]);
    assert!(as_of.contains("not a position, and not a time such as 2026-"), "{as_of}");
    let as_of = usage(&["replay", "case", "case_7", "--data", "d", "--as-of", "0"]);
    assert!(as_of.contains("positions begin at 1"), "{as_of}");
    let first = usage(&["replay", "inbox", "unit_7", "--data", "d", "--first", "0"]);
    assert!(first.contains("0 is not in 1.."), "{first}");
    let listen = usage(&["demo", "--listen", "localhost:8080"]);
    assert!(listen.contains("not an address and a port such as 127.0.0.1:8080"), "{listen}");

    for args in [
        &["import"][..],
        &["import", "xes"],
        &["replay"],
        &["verify"],
        &["schema"],
        &["import", "ndjson"],
        &["backup"],
        &["restore"],
        &["export", "ndjson"],
        &["replay", "case"],
        &["replay", "inbox"],
        &["replay", "statistics"],
        &["deadline"],
        &["verify"],
        &["checkpoint"],
        &["checkpoint-key", "new"],
        &["checkpoint-key", "public"],
        &["bundle", "case"],
        &["bundle", "check"],
    ] {
        let Ran { code, out, .. } = arende(&[args, &["--help"]].concat());
        let command = format!("  arende {} ", args.join(" "));
        assert!(code == 0 && out.contains("Example") && out.contains(&command), "{out}");
    }
}
