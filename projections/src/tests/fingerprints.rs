//! Code that makes something else of the same events has another fingerprint.
//!
//! `fingerprints.txt` holds what each read model came to, for every story of `replay-fixtures/`,
//! for casework by chance and for the benches' workload. With the same events, a result may only
//! change together with the model's number in `MODELS`; else a checkpoint that the earlier code
//! saved would be taken for this code's. `UPDATE_EXPECT=1` rewrites the list, and not what breaks
//! that rule.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use domain::{Event, Recorded};
use sha2::{Digest as _, Sha256};

use super::{casework::casework, folded};
use crate::MODELS;

/// What came of some events: their hash, the fingerprint of the code, the hash of the result.
type Result = (String, u32, String);

/// By story and model.
type Results = BTreeMap<(String, String), Result>;

#[test]
fn another_result_has_another_fingerprint() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/fingerprints.txt");
    let known = read(&std::fs::read_to_string(&path).unwrap_or_default());
    let found = results();
    for ((story, model), (events, fingerprint, result)) in &found {
        let Some((then, before, expected)) = known.get(&(story.clone(), model.clone())) else {
            continue;
        };
        assert!(
            (then, before) != (events, fingerprint) || expected == result,
            "{story}: `{model}` makes something else of the same events than it did under \
             fingerprint {fingerprint}. If that is meant, raise the number of `{model}` in MODELS \
             (projections/src/digest.rs), then \
             `UPDATE_EXPECT=1 cargo test -p projections fingerprint`"
        );
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, written(&found)).unwrap();
    } else {
        assert!(
            known == found,
            "stories or fingerprints are new: `UPDATE_EXPECT=1 cargo test -p projections \
             fingerprint` takes them into {}",
            path.display()
        );
    }
}

/// What each model comes to for each story. What is saved of a model is what its digest is of, so
/// another layout is another result.
fn results() -> Results {
    let mut results = Results::new();
    for (story, events) in stories() {
        let told = short(Sha256::digest(format!("{events:?}")).into());
        for it in folded(&events).digests() {
            let result = (told.clone(), it.fingerprint, short(it.sha256));
            results.insert((story.clone(), it.model.to_owned()), result);
        }
    }
    results
}

/// Every story, with the events of the one that it goes on from.
fn stories() -> Vec<(String, Vec<Recorded<Event>>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../replay-fixtures");
    let files = std::fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path());
    let mut stories: Vec<_> = files
        .filter(|it| it.extension().is_some_and(|it| it == "md"))
        .map(|it| it.file_name().unwrap().to_str().unwrap().to_owned())
        .map(|name| (name.clone(), events(&folder, &name)))
        .collect();
    stories.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(stories.len() > 20, "{} stories", stories.len());
    stories.push(("casework".to_owned(), casework(7, 200)));
    stories.push(("workload".to_owned(), benches::history(300)));
    stories
}

pub(super) fn events(folder: &Path, name: &str) -> Vec<Recorded<Event>> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let mut found = vec![];
    let mut block = None;
    for line in text.lines() {
        let earlier = line.strip_prefix("Goes on from [").and_then(|it| it.split_once("]("));
        if let Some((_, earlier)) = earlier {
            found.extend(events(folder, earlier.strip_suffix(").").unwrap()));
        }
        match (line.strip_prefix("```"), block) {
            (Some(_), Some(_)) => block = None,
            (Some(name), None) => block = Some(name),
            (None, Some("events")) => found.push(serde_json::from_str(line).unwrap()),
            (None, _) => (),
        }
    }
    found
}

fn short(sha256: [u8; 32]) -> String {
    format!("{:016x}", u64::from_be_bytes(*sha256.first_chunk().unwrap()))
}

fn read(text: &str) -> Results {
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [story, model, fingerprint, events, result] = words.as_slice() else { return None };
        let result = ((*events).to_owned(), fingerprint.parse().ok()?, (*result).to_owned());
        Some((((*story).to_owned(), (*model).to_owned()), result))
    };
    text.lines().map(|it| line(it).unwrap_or_else(|| panic!("what is the line {it}?"))).collect()
}

fn written(results: &Results) -> String {
    let mut text = String::new();
    for ((story, model), (events, fingerprint, result)) in results {
        writeln!(text, "{story:<36} {model:<11} {fingerprint:>3} {events} {result}").unwrap();
    }
    assert!(MODELS.iter().all(|(model, _)| text.contains(model)));
    text
}
