//! What serving makes of wrong usage, and of folders that are not what they should be.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use crate::{demo::demo, running::arende};

/// Exit code 1 or 2, nothing on standard output, and an error that says what to do.
#[track_caller]
fn refused(args: &[&str], code: i32, why: &str) {
    let ran = arende(args);
    assert_eq!((ran.code, &*ran.out), (code, ""), "{ran:?}");
    let error = if code == 1 { ran.error() } else { &ran.err };
    assert!(error.contains(why), "{args:?}: {error}");
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
    refused(&["token", "--data", empty, "--as", "handler"], 1, "holds no log");
    refused(&["demo", "--data", other], 1, "is not empty; choose a new folder");
    refused(&["demo", "--listen", "0.0.0.0:8080"], 1, "loopback alone");
    refused(&["serve", "--data", empty, "--dev", "--listen", "0.0.0.0:0"], 1, "loopback alone");
    refused(
        &["demo", "--cases", "3", "--listen", &taken],
        1,
        "choose another address with --listen",
    );
    refused(&["serve", "--data", empty], 2, "<--dev|--issuer <ISSUER>>");
    refused(&["nonsense"], 2, "Usage");
}

#[test]
fn help_and_the_schema_are_told() {
    let help = arende(&["--help"]);
    assert!(help.code == 0 && help.out.contains("Exit codes"), "{help:?}");
    for command in ["demo", "serve", "token"] {
        let help = arende(&[command, "--help"]);
        assert!(help.code == 0 && help.out.contains("Example"), "{command}: {help:?}");
    }
    let schema = arende(&["schema"]);
    assert_eq!((schema.code, &*schema.out), (0, include_str!("../../../../schema.graphql")));
}

/// In a folder that the demo made and left: whichever byte is bent, the place is told, every commit
/// is verified, and either all of them are there or it fails.
#[test]
fn a_flipped_byte_in_a_served_folder_is_found_wherever_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert_eq!(demo(data).stop(), 0);
    let path = folder.path().join("log/sled/db");
    let sound = fs::read(&path).unwrap();
    for eighth in 0..8 {
        let mut damaged = sound.clone();
        damaged[sound.len() * eighth / 8 + 5] ^= 0x10;
        fs::write(&path, &damaged).unwrap();
        let ran = arende(&["verify", "--data", data]);
        assert!(ran.err.contains("sled/db has changed between bytes "), "{ran:?}");
        let (sound, is_sound) =
            (ran.out.contains("log: ") && ran.out.contains(" verified; "), ran.code == 0);
        assert_eq!(sound, is_sound, "{ran:?}");
        assert!(is_sound || ran.out.contains("let `arende verify` say"), "{ran:?}");
    }
    fs::write(&path, &sound).unwrap();
    let ran = arende(&["verify", "--data", data]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_demo_that_named_no_folder_leaves_none_and_closes_its_log_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_arende"));
    command.args(["demo", "--cases", "30", "--listen", "127.0.0.1:0"]);
    command.env("TMPDIR", folder.path()).env("ARENDE_LOG", "warn").env_remove("ARENDE_MASTER_KEY");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("Stop with Ctrl-C") {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "it ended by itself");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.unwrap().success());
    let ran = child.wait_with_output().unwrap();
    let err = String::from_utf8(ran.stderr).unwrap();
    assert_eq!((ran.status.code(), &*err), (Some(0), ""));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
