//! What the binary makes of wrong usage, and of folders that are not what they should be.

use std::fs;

use super::{
    demo::demo,
    process::{read, run},
};

/// Exit code 1 or 2, nothing on standard output, and an error that says what to do.
fn refused(args: &[&str], code: i32, why: &str) {
    let (found, output, error) = run(args);
    assert_eq!((found, output.as_str()), (code, ""), "{args:?}: {error}");
    assert!(error.contains(why), "{args:?}: {error}");
    if code == 1 {
        assert_eq!(error.trim_end().lines().count(), 1, "{args:?}: {error}");
    }
}

#[test]
fn errors_are_told_in_one_line_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().to_str().unwrap();
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("thesis.txt"), "mine").unwrap();
    let other = other.path().to_str().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    refused(&["serve", "--data", empty, "--dev"], 1, "holds no log; make one with");
    refused(&["verify", "--data", "/nowhere"], 1, "holds no log");
    refused(&["token", "--data", empty, "--as", "handler"], 1, "holds no log");
    refused(&["demo", "--data", other], 1, "is not empty; choose a new folder");
    refused(&["demo", "--listen", "0.0.0.0:8080"], 1, "loopback alone");
    refused(&["serve", "--data", empty, "--dev", "--listen", "0.0.0.0:0"], 1, "loopback alone");
    refused(
        &["demo", "--cases", "3", "--listen", &taken],
        1,
        "choose another address with --listen",
    );
    refused(&["serve", "--data", empty], 2, "--issuer");
    refused(&["deadline", "yesterday"], 2, "yesterday");
    refused(&["deadline", "1989-12-31T12:00:00Z"], 1, "outside the calendar");
    refused(&["deadline", "--policy", "WEEKS", "2026-01-01T00:00:00Z"], 2, "choose EOD");
    refused(&["nonsense"], 2, "Usage");
}

#[test]
fn help_and_schema_and_deadlines_are_told() {
    let (code, help, _) = run(&["--help"]);
    assert!(code == 0 && help.contains("Exit codes"), "{help}");
    for command in ["demo", "serve", "token", "import", "replay", "verify", "deadline"] {
        let (code, help, _) = run(&[command, "--help"]);
        assert!(code == 0 && help.contains("arende "), "{command}: {help}");
    }
    let (code, schema, _) = run(&["schema"]);
    assert_eq!((code, schema.as_str()), (0, include_str!("../../../../schema.graphql")));
    let (code, due, _) =
        run(&["deadline", "2026-04-02T16:30:00+02:00", "2026-06-18T09:00:00+02:00"]);
    assert_eq!((code, due.as_str()), (0, "2026-04-09T00:00:00+02:00\n2026-06-24T00:00:00+02:00\n"));
    let (_, why, _) = run(&["deadline", "--explain", "2026-04-02T16:30:00+02:00"]);
    assert!(why.contains("långfredag") || why.to_lowercase().contains("good friday"), "{why}");
}

/// One byte of the log's file at a time, in the part that is in use.
#[test]
fn a_flipped_byte_is_found_and_its_place_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert_eq!(demo(data).stop(), 0);
    let (code, verified, _) = run(&["verify", "--data", data]);
    assert!(code == 0 && verified.contains("commits"), "{verified}");

    let path = folder.path().join("log/sled/db");
    let sound = read(&path);
    let used = sound.iter().rposition(|byte| *byte != 0).unwrap();
    let mut found = 0;
    for part in 1..8 {
        let mut damaged = sound.clone();
        damaged[used * part / 8] ^= 0x10;
        fs::write(&path, &damaged).unwrap();
        let (code, output, error) = run(&["verify", "--data", data]);
        let said = format!("{output}{error}");
        if code == 0 {
            // Nothing that is in use: then all of it must be there.
            assert_eq!(output, verified);
            continue;
        }
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("position") || said.contains("sled"), "{said}");
        assert!(said.contains("restore a backup"), "{said}");
        found += 1;
    }
    assert!(found > 0, "no flip was found");
    fs::write(&path, &sound).unwrap();
    assert_eq!(run(&["verify", "--data", data]).0, 0);
}
