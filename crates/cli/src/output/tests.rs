use std::io;

use anyhow::{Context as _, anyhow};

use super::told;

#[derive(Debug, thiserror::Error)]
#[error("the store failed: {source}")]
struct Failed {
    source: io::Error,
}

#[test]
fn each_cause_is_told_once() {
    let failed = || anyhow::Error::new(Failed { source: io::Error::other("no room") });
    assert_eq!(told(&failed()), "the store failed: no room");
    assert_eq!(
        told(&failed().context("failed to open it")),
        "failed to open it: the store failed: no room"
    );
    let plain = Err::<(), _>(io::Error::other("no room")).context("failed to open it");
    assert_eq!(told(&plain.unwrap_err()), "failed to open it: no room");
    assert_eq!(told(&anyhow!("alone")), "alone");
}
