//! What was kept for fuzzing, and what it found, given to the same targets in the ordinary suite.
//!
//! `fuzz/seeds/` holds what the log writes: where inventing begins. `fuzz/found/` holds what
//! once broke a target.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod targets;

use std::{collections::BTreeMap, fs, path::PathBuf};

use domain::{CaseId, StreamId};
use event_log::{
    bundle::Bundler,
    checkpoint::Checkpoint,
    merkle::{Frontier, leaf},
};

use self::targets::LOG;

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 2] = [("frame", targets::frame), ("bundle", targets::bundle)];

/// One test: the targets measure the memory of the whole program.
#[test]
fn what_is_kept_breaks_no_target_and_the_seeds_are_what_the_log_writes() {
    for (name, bytes) in seeds() {
        let path = fuzz().join("seeds").join(&name);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        assert!(fs::read(&path).unwrap() == bytes, "{name} is not what the log writes");
    }
    for (name, target) in TARGETS {
        let found = fs::read_dir(fuzz().join("found").join(name));
        let seeds = fs::read_dir(fuzz().join("seeds").join(name)).unwrap();
        let mut kept: Vec<_> = seeds.chain(found.into_iter().flatten()).collect();
        kept.sort_by_key(|it| it.as_ref().unwrap().path());
        for entry in kept {
            let path = entry.unwrap().path();
            eprintln!("{}", path.display());
            let bytes = fs::read(path).unwrap();
            target(&bytes);
            // Cut short anywhere, or with a bit changed anywhere.
            for at in 0..bytes.len() {
                target(&bytes[..at]);
                let mut touched = bytes.clone();
                touched[at] ^= 1 << (at % 8);
                target(&touched);
            }
        }
    }
}

fn fuzz() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fuzz"].iter().collect()
}

/// Where inventing begins: all that a frame and a bundle may have in them.
fn seeds() -> BTreeMap<String, Vec<u8>> {
    let mut seeds = BTreeMap::new();
    seeds.insert("frame/block".to_owned(), LOG.frames.concat());
    for (n, frame) in (1..).zip(&LOG.frames) {
        seeds.insert(format!("frame/body-{n}"), frame[8..frame.len() - 32].to_vec());
    }
    let mut frontier = Frontier::default();
    for (size, commit) in (1..).zip(&LOG.commits) {
        frontier.push(leaf(commit.hash));
        let earlier = Checkpoint::of(LOG.key.public(), &frontier);
        let earlier = (size == 3).then_some(&earlier);
        let mut bundler = Bundler::new(StreamId::Case(CaseId::new(1)));
        LOG.commits.iter().take(7.min(size + 2)).for_each(|it| bundler.take(it));
        let named = |type_id, _| Some(format!("Type{type_id}"));
        let bundle = bundler.finish(&LOG.key, earlier, named).unwrap();
        seeds.insert(format!("bundle/of-{}", 7.min(size + 2)), bundle.into_bytes());
    }
    seeds
}
