//! Folders of checkpoints, as the service writes them: one file each, named by how many commits it
//! is over, so that their names sort as they were signed. All are kept.
//!
//! ```text
//! checkpoints/
//!   00000000000000001200.note    a checkpoint over 1,200 commits
//!   tip                          what the next one goes on from (event_log::merkle::Tip)
//! ```

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use event_log::checkpoint::{Checkpoint, PublicKey};

use crate::copies::whole_file::{parent, sync};

/// What the name of a checkpoint over `size` commits is.
pub(crate) fn name(size: u64) -> String {
    format!("{size:020}.note")
}

/// The checkpoints in `folder` by their sizes; none where there is no folder. Other files are not
/// looked at.
pub(crate) fn list(folder: &Path) -> anyhow::Result<BTreeMap<u64, PathBuf>> {
    let failed = || format!("failed to read {}", folder.display());
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        entries => entries.with_context(failed)?,
    };
    let mut found = BTreeMap::new();
    for entry in entries {
        let path = entry.with_context(failed)?.path();
        let digits = path.file_name().and_then(|it| it.to_str());
        let digits = digits.and_then(|it| it.strip_suffix(".note"));
        let size = digits.and_then(|it| it.parse().ok());
        if let Some(size) = size.filter(|size| path.ends_with(name(*size))) {
            found.insert(size, path);
        }
    }
    Ok(found)
}

/// The checkpoint in the file at `path`, which its name says is over `size` commits. Where there is
/// a key, it must have signed it.
pub(crate) fn read(path: &Path, size: u64, key: Option<&PublicKey>) -> anyhow::Result<Checkpoint> {
    let failed = || format!("failed to take the checkpoint {}", path.display());
    let note = fs::read_to_string(path).with_context(failed)?;
    let checkpoint = match key {
        Some(key) => Checkpoint::verify(&note, key),
        None => Checkpoint::unverified(&note),
    };
    let checkpoint = checkpoint.with_context(failed)?;
    if checkpoint.size != size {
        anyhow::bail!(
            "{} is over {} commits: it was given another's name",
            path.display(),
            checkpoint.size
        );
    }
    Ok(checkpoint)
}

/// Writes a file that others may read: whole, or not at all. What is there is replaced.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let written = tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o644))
        .tempfile_in(parent(path))
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.as_file().sync_all()?;
            file.persist(path).map_err(|error| error.error)?;
            sync(parent(path))
        });
    written.with_context(|| format!("failed to write {}", path.display()))
}
