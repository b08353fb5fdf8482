//! Certificates of a private authority, for servers on loopback.

use std::process::Command;

use tempfile::TempDir;

/// A folder with `ca.pem`, another `ca2.pem`, and `cert.pem` and `key.pem` for 127.0.0.1, by the
/// first. None where there is no openssl to make them.
pub(crate) fn certificates() -> Option<TempDir> {
    let folder = tempfile::tempdir().unwrap();
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("skipped: openssl is not installed");
        return None;
    }
    let new = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    std::fs::write(folder.path().join("names"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    for command in [
        format!("req -x509 {new} -keyout ca.key -out ca.pem -subj /CN=ours -days 2"),
        format!("req -x509 {new} -keyout ca2.key -out ca2.pem -subj /CN=theirs -days 2"),
        format!("req {new} -keyout key.pem -out asked.pem -subj /CN=server"),
        "x509 -req -in asked.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 2 \
         -extfile names"
            .to_owned(),
    ] {
        let mut openssl = Command::new("openssl");
        let openssl = openssl.args(command.split_whitespace()).current_dir(folder.path());
        let ran = openssl.output().unwrap();
        assert!(ran.status.success(), "{command}: {}", String::from_utf8_lossy(&ran.stderr));
    }
    Some(folder)
}
