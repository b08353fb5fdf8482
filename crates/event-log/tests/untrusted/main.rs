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

use self::targets::{LOG, memory};

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
        memory::give_all(&["seeds", "found"].map(|it| fuzz().join(it).join(name)), target);
    }
}

fn fuzz() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fuzz"].iter().collect()
}

/// Where inventing begins: all that a frame, a block, a record of the journal and a bundle may have in
/// them.
fn seeds() -> BTreeMap<String, Vec<u8>> {
    let mut seeds = BTreeMap::new();
    seeds.insert("frame/block".to_owned(), LOG.frames.concat());
    let block = [&[1], LOG.frames.concat().as_slice()].concat();
    let mut blocks = vec![];
    for (first, length) in [(1_u64, block.len()), (8, 1), (9, 300)] {
        blocks.extend(first.to_be_bytes());
        blocks.extend(u32::try_from(length).unwrap().to_be_bytes());
        blocks.extend(block.iter().cycle().take(length));
    }
    seeds.insert("block/of-7".to_owned(), block);
    seeds.insert("journal/of-3".to_owned(), blocks);
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
