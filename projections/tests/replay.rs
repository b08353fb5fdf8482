//! Replays every story in `replay-fixtures/` and compares what each read model shows.
//!
//! A fixture is prose with fenced blocks, told in order; `story/` says what the blocks are.
//! `UPDATE_EXPECT=1 cargo test -p projections` rewrites what is shown and never an event; read the
//! difference before you commit it.

mod story;

use std::path::Path;

datatest_stable::harness! {
    { test = replay, root = story::folder(), pattern = r"\.md$" },
}

fn replay(path: &Path, fixture: String) -> datatest_stable::Result<()> {
    let folder = path.parent().ok_or("a story stands in a folder")?;
    let told = story::retell(folder, &fixture)?;
    story::settle(path, &fixture, &told, std::env::var_os("UPDATE_EXPECT").is_some())
}
