//! What was kept for fuzzing, and what it found, given to the targets in the ordinary suite.
//! `event-log/fuzz` has the programs that invent more.

mod targets;

use std::path::PathBuf;

use self::targets::memory::give_all;

/// One test: the targets measure the memory of the whole program.
#[test]
fn what_is_kept_breaks_no_target() {
    let fuzz: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../event-log/fuzz"].iter().collect();
    let kept = |name| ["seeds", "found"].map(|it| fuzz.join(it).join(name));
    give_all(&kept("block"), targets::block);
    give_all(&kept("journal"), targets::journal);
}
