//! `arende checkpoint`: the log's size and root, signed, for others to keep.

use std::process::ExitCode;

use anyhow::Context as _;
use event_log::checkpoint::Checkpoint;

use super::print;
use crate::{
    args::CheckpointArgs,
    checkpoints::{self, Comparison, stored::write_whole, walk},
    folder::Folder,
    signing,
};

pub(crate) fn run(args: &CheckpointArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::existing(&args.data)?;
    let key = signing::secret(args.key.as_ref(), &folder)?;
    // A key signs no two checkpoints of which one does not follow from the other.
    let earlier = args.out.iter().filter(|path| path.exists());
    let earlier = earlier.map(|path| Ok((path.clone(), checkpoints::read(path, key.public())?)));
    let mut comparison = Comparison::new(earlier.collect::<anyhow::Result<Vec<_>>>()?);
    let path = folder.log();
    walk(&path, |commit| comparison.take(commit))
        .with_context(|| format!("failed to open {}", path.display()))?;
    for (path, _, verdict) in comparison.verdicts() {
        verdict.with_context(|| {
            format!("nothing was signed: the log does not follow from {}", path.display())
        })?;
    }
    let checkpoint = Checkpoint::of(key.public(), comparison.frontier());
    let note = checkpoint.sign(&key)?;
    let Some(out) = &args.out else {
        print(&note)?;
        return Ok(ExitCode::SUCCESS);
    };
    write_whole(out, note.as_bytes())?;
    print(&format!(
        "signed {} commits as {} in {}\n",
        checkpoint.size,
        checkpoint.origin,
        out.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}
