//! Clients of other makes: the `graphql-http` audits, `graphql-ws` and `graphql-sse` on Node.
//!
//! They are installed by `npm ci` in `tests/clients`; without them the test is skipped, and says so.

use std::{path::Path, process::Command};

use crate::demo::{demo, unit_and_type};

#[test]
fn clients_of_other_makes_are_served() {
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    if !clients.join("node_modules").is_dir() {
        eprintln!("skipped: run `npm ci` in {} first", clients.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(folder.path().to_str().unwrap());
    let receiver = demo.token("receiver");
    let (unit, case_type) = unit_and_type(&demo, &receiver);
    for script in ["audit.mjs", "subscribe.mjs"] {
        let output = Command::new("node")
            .arg(script)
            .current_dir(&clients)
            .env("ARENDE_URL", &demo.address)
            .env("ARENDE_RECEIVER", &receiver)
            .env("ARENDE_RESIDENT", demo.token("resident"))
            .env("ARENDE_UNIT", &unit)
            .env("ARENDE_TYPE", &case_type)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let failed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}:\n{said}{failed}");
        eprintln!("{script}: {}", said.trim());
    }
}
