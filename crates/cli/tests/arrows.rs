//! The arrows drawn in docs/architecture.md, held to.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{collections::BTreeMap, process::Command};

use serde_json::Value;

/// Who may depend on whom. Each line points only at lines above it.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("projections", &["domain"]),
    ("event-log", &["domain"]),
    ("event-log-sled", &["domain", "event-log"]),
    ("engine", &["domain", "event-log", "projections"]),
    ("api", &["domain", "engine", "projections"]),
    ("cli", &["api", "domain", "engine", "event-log", "event-log-sled", "projections"]),
    ("benches", &["domain", "engine", "event-log", "event-log-sled", "projections"]),
];

/// All the outside world a pure crate may know of.
const PURE: &[(&str, &[&str])] = &[
    ("domain", &["jiff", "regex-lite", "serde", "serde_json", "thiserror", "ulid"]),
    ("projections", &["hashbrown", "jiff", "serde_json", "sha2", "thiserror"]),
];

#[test]
fn dependencies_point_only_where_they_may() {
    let found = dependencies();
    let known: Vec<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    for name in found.keys() {
        assert!(known.contains(&name.as_str()), "`{name}` needs a line in ARROWS");
    }
    for (i, (name, allowed)) in ARROWS.iter().enumerate() {
        for it in *allowed {
            assert!(known[..i].contains(it), "`{name}` may only point upwards, not at `{it}`");
        }
        for it in found[*name].iter().filter(|it| found.contains_key(*it)) {
            assert!(allowed.contains(&it.as_str()), "`{name}` must not depend on `{it}`");
        }
    }
    for (name, allowed) in PURE {
        let theirs = found[*name].iter().filter(|it| !found.contains_key(*it));
        assert_eq!(theirs.collect::<Vec<_>>(), *allowed, "`{name}` must stay pure");
    }
}

/// docs/decisions/0002-dependencies.md names every dependency that is not ours, with its reason.
#[test]
fn each_dependency_has_its_reason() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}")).unwrap();
    let (manifest, reasons) = (read("Cargo.toml"), read("docs/decisions/0002-dependencies.md"));
    let (_, theirs) = manifest.split_once("# Theirs.").unwrap();
    let (theirs, _) = theirs.split_once("[workspace.lints").unwrap();
    let names = theirs.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    let silent: Vec<&str> = names.filter(|it| !reasons.contains(&format!("`{it}`"))).collect();
    assert_eq!(silent, [""; 0]);
}

/// Each of our crates and what it depends on, tests and benches aside, in order of name.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1"])
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();

    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let normal = package["dependencies"].as_array().unwrap().iter();
            let normal = normal.filter(|it| it["kind"].is_null()).map(|it| text(&it["name"]));
            let mut normal: Vec<String> = normal.collect();
            normal.sort();
            (text(&package["name"]), normal)
        })
        .collect()
}
