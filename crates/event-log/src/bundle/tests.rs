//! A bundle proves what it holds; whatever is touched, it proves nothing.

use domain::{CaseId, StreamId};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{BundleError, Bundler, Checked, check};
use crate::{
    Admission, Commit, Expected, Heads,
    checkpoint::{Checkpoint, PublicKey, SecretKey},
    contract::an_append,
    frame,
    merkle::{Frontier, leaf},
};

/// Whose commit each is.
const STREAMS: [u128; 7] = [1, 2, 1, 3, 1, 2, 3];

fn key() -> SecretKey {
    SecretKey::new("example.org/log", [7; 32]).unwrap()
}

fn case(n: u128) -> StreamId {
    StreamId::Case(CaseId::new(n))
}

fn log() -> Vec<Commit> {
    let mut heads = Heads::default();
    let mut commits = vec![];
    for (id, stream) in (1..).zip(STREAMS) {
        let head = heads.stream(case(stream));
        let expected = head.map_or(Expected::NoStream, |it| Expected::Head(it.position));
        let Ok(Admission::Write(mut commit)) = heads.admit(an_append(stream, id, expected)) else {
            panic!("commit {id} was not admitted")
        };
        commit.hash = frame::encode(&commit, heads.hash(), &mut vec![]);
        heads.advance(&commit);
        commits.push(*commit);
    }
    commits
}

fn bundle(stream: u128) -> Result<String, BundleError> {
    bundle_since(stream, None)
}

fn bundle_since(stream: u128, earlier: Option<&Checkpoint>) -> Result<String, BundleError> {
    let mut bundler = Bundler::new(case(stream));
    for commit in log() {
        bundler.take(&commit);
    }
    bundler.finish(&key(), earlier, |type_id, _| (type_id == 1).then(|| "Told".to_owned()))
}

fn checked(value: &Value) -> Result<Checked, BundleError> {
    check(&value.to_string(), key().public())
}

#[test]
fn a_bundle_holds_one_streams_commits_as_they_are_in_the_log() {
    for stream in [1, 2, 3] {
        let text = bundle(stream).unwrap();
        let Checked { commits, checkpoint, event_types, .. } =
            check(&text, key().public()).unwrap();
        let expected: Vec<_> = log().into_iter().filter(|it| it.stream == case(stream)).collect();
        assert_eq!(commits, expected);
        assert_eq!(checkpoint.size, STREAMS.len() as u64);
        assert_eq!((event_types.len(), &*event_types[0].name), (1, "Told"));
    }
    let none = bundle(9).unwrap_err();
    assert_eq!(none.to_string(), "there is no commit of case_9");
}

#[test]
fn the_bytes_of_a_bundle_are_what_they_always_were() {
    let mut frontier = Frontier::default();
    for commit in &log()[..3] {
        frontier.push(leaf(commit.hash));
    }
    let earlier = Checkpoint::of(key().public(), &frontier);
    let text = bundle_since(1, Some(&earlier)).unwrap();
    expect_test::expect_file!["golden.json"].assert_eq(&text);
}

/// docs/bundle.md shows a key and a checkpoint; whoever writes a checker can try it on them.
#[test]
fn the_documented_checkpoint_is_one() {
    let page = include_str!("../../../../docs/bundle.md");
    let mut blocks = page.split("```text\n").skip(1).map(|it| it.split("```").next().unwrap());
    let key: PublicKey = blocks.next().unwrap().parse().unwrap();
    let checkpoint = Checkpoint::verify(blocks.next().unwrap(), &key).unwrap();
    assert_eq!((&*checkpoint.origin, checkpoint.size), ("example.org/log", 7));
}

#[test]
fn another_key_or_another_format_is_told() {
    let text = bundle(1).unwrap();
    let other: PublicKey = SecretKey::new("example.org/log", [8; 32]).unwrap().public().clone();
    let refused = check(&text, &other).unwrap_err();
    assert!(refused.to_string().starts_with("its checkpoint does not verify: the key of "));
    let newer = text.replace("arende-bundle/1", "arende-bundle/2");
    let refused = check(&newer, key().public()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "its format is `arende-bundle/2`, not `arende-bundle/1`; it was written by another version"
    );
    let refused = check(&text[..text.len() / 2], key().public()).unwrap_err();
    assert!(matches!(refused, BundleError::Malformed(_)), "{refused}");
}

#[test]
fn a_commit_left_out_moved_or_told_twice_is_missed() {
    let whole: Value = serde_json::from_str(&bundle(1).unwrap()).unwrap();
    let error = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut changed = whole.clone();
        change(changed["commits"].as_array_mut().unwrap());
        checked(&changed).unwrap_err().to_string()
    };
    let middle = error(&|it| drop(it.remove(1)));
    assert_eq!(
        middle,
        "position 5 does not verify: it follows commit 3 of case_1, whose last commit is 1"
    );
    assert!(error(&|it| drop(it.remove(0))).starts_with("position 3 does not verify: it follows"));
    assert!(error(&|it| it.swap(0, 1)).starts_with("position 3 does not verify: it follows"));
    assert!(error(&|it| it.insert(1, it[0].clone())).starts_with("position 1 does not verify"));
    assert_eq!(error(&|it| it.clear()), "there is no commit of case_1");
    let mut other = whole.clone();
    other["stream"] = json!("case_2");
    let other = checked(&other).unwrap_err().to_string();
    assert_eq!(other, "position 1 does not verify: it belongs to case_1, not to case_2");
    // What was left off the end cannot be missed: docs/bundle.md says so.
    let mut shorter = whole.clone();
    shorter["commits"].as_array_mut().unwrap().pop();
    assert_eq!(checked(&shorter).unwrap().commits.len(), 2);
}

#[test]
fn no_part_of_the_proof_can_be_changed_taken_away_or_added() {
    let whole: Value = serde_json::from_str(&bundle(1).unwrap()).unwrap();
    for commit in 0..3 {
        for field in ["hashBefore", "frame"] {
            let text = whole["commits"][commit][field].as_str().unwrap();
            for at in 0..text.len() {
                let mut changed = whole.clone();
                changed["commits"][commit][field] = json!(touched(text, at));
                assert!(checked(&changed).is_err(), "byte {at} of {field} of commit {commit}");
            }
        }
        let hashes = whole["commits"][commit]["inclusion"].as_array().unwrap().len();
        for hash in 0..hashes {
            let text = whole["commits"][commit]["inclusion"][hash].as_str().unwrap();
            for at in 0..text.len() {
                let mut changed = whole.clone();
                changed["commits"][commit]["inclusion"][hash] = json!(touched(text, at));
                assert!(checked(&changed).is_err(), "byte {at} of hash {hash}");
            }
            let mut changed = whole.clone();
            changed["commits"][commit]["inclusion"].as_array_mut().unwrap().remove(hash);
            let refused = checked(&changed).unwrap_err();
            assert!(matches!(refused, BundleError::NotInLog { .. }), "{refused}");
        }
    }
    let mut more = whole.clone();
    more["signed"] = json!(true);
    assert!(matches!(checked(&more), Err(BundleError::Malformed(_))));
}

#[test]
fn whoever_kept_a_checkpoint_can_tell_that_the_bundle_is_of_the_same_log() {
    let mut frontier = Frontier::default();
    let mut earlier = vec![Checkpoint::of(key().public(), &frontier)];
    for commit in log() {
        frontier.push(leaf(commit.hash));
        earlier.push(Checkpoint::of(key().public(), &frontier));
    }
    for kept in &earlier {
        let text = bundle_since(1, Some(kept)).unwrap();
        let checked = check(&text, key().public()).unwrap();
        checked.follows(kept).unwrap();
        let other = Checkpoint { root: leaf(kept.root), ..kept.clone() };
        let refused = checked.follows(&other).unwrap_err().to_string();
        let size = kept.size;
        let expected =
            format!("the log does not begin with the {size} commits that were signed earlier");
        assert_eq!(refused, expected);
        assert_eq!(bundle_since(1, Some(&other)).unwrap_err().to_string(), expected);
        let another = &earlier[(usize::try_from(size).unwrap() + 1) % earlier.len()];
        assert!(matches!(checked.follows(another), Err(BundleError::NoProof { .. })));
    }
    let longer = Checkpoint { size: 8, ..earlier[7].clone() };
    assert!(matches!(bundle_since(1, Some(&longer)), Err(BundleError::Earlier { size: 8 })));
    let without = check(&bundle(1).unwrap(), key().public()).unwrap();
    assert!(matches!(without.follows(&earlier[3]), Err(BundleError::NoProof { size: 3 })));
}

proptest! {
    #[test]
    fn a_bundle_with_a_bit_flipped_is_refused_or_says_the_same(
        at in any::<prop::sample::Index>(), bit in 0..7,
    ) {
        let text = include_str!("golden.json");
        let mut bytes = text.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        let Ok(touched) = String::from_utf8(bytes) else { return Ok(()) };
        if let Ok(Checked { commits, checkpoint, .. }) = check(&touched, key().public()) {
            let sound = check(text, key().public()).unwrap();
            prop_assert_eq!((commits, checkpoint), (sound.commits, sound.checkpoint));
        }
    }
}

/// Another digit of base64 in this place.
fn touched(text: &str, at: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).unwrap()
}
