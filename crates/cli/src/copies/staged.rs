//! A data folder that is there whole or not at all.
//!
//! ```text
//! NAME.unfinished/     beside the folder that will be NAME
//!   mark               whose this is; locked while a process works on it
//!   data/              becomes NAME once all of it is on disk
//! ```
//!
//! What a killed process left is removed by the next that makes the same folder. Nothing without
//! the mark is ever removed.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

use super::whole_file::{parent, sync};
use crate::folder::{self, Folder};

/// What the mark says.
const MARK: &str = "arende: a data folder that is being made; delete it if no process makes it\n";

/// A data folder on its way. Dropping it leaves nothing.
pub(crate) struct Staged {
    target: PathBuf,
    stage: PathBuf,
    _lock: File,
}

impl Staged {
    /// A folder that will be at `target`, where nothing or an empty folder is.
    pub(crate) fn new(target: &Path) -> anyhow::Result<Self> {
        let Some(name) = target.file_name() else {
            bail!("{} has no name of its own; name a new folder", target.display());
        };
        if !folder::is_empty(target)? {
            bail!("{} is not empty; choose a new folder for --data", target.display());
        }
        let mut stage = name.to_owned();
        stage.push(".unfinished");
        let stage = parent(target).join(stage);
        if is_mounted(target) {
            bail!("{} is a mount point; choose a new folder below it", target.display());
        }
        let lock = claim(&stage).with_context(|| format!("failed to make {}", stage.display()))?;
        Ok(Self { target: target.to_owned(), stage, _lock: lock })
    }

    /// The folder as it is being made.
    pub(crate) fn folder(&self) -> anyhow::Result<Folder> {
        Folder::new(&self.stage.join("data"))
    }

    /// Makes all of it durable, and gives it its name.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        let data = self.stage.join("data");
        sync_all(&data)
            .and_then(|()| fs::rename(&data, &self.target))
            .and_then(|()| sync(parent(&self.target)))
            .with_context(|| format!("failed to make {}", self.target.display()))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.stage) {
            tracing::warn!(%error, folder = %self.stage.display(), "could not be removed");
        }
    }
}

/// Makes the stage anew, and holds it.
fn claim(stage: &Path) -> anyhow::Result<File> {
    let mark = stage.join("mark");
    if stage.exists() {
        if fs::read_to_string(&mark).ok().as_deref() != Some(MARK) {
            bail!("it is there already, and is not ours; move it away");
        }
        let left = lock(&mark)?;
        fs::remove_dir_all(stage)?;
        drop(left);
    }
    fs::create_dir_all(parent(stage))?;
    fs::create_dir(stage)?;
    File::create_new(&mark)?.write_all(MARK.as_bytes())?;
    lock(&mark)
}

fn lock(mark: &Path) -> anyhow::Result<File> {
    let file = File::open(mark)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!("another process is making it; wait for that one"),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Whether another file system begins at `path`: nothing can be renamed onto that.
fn is_mounted(path: &Path) -> bool {
    let device = |path: &Path| fs::metadata(path).map(|it| it.dev()).ok();
    path.is_dir() && device(path) != device(&path.join(".."))
}

fn sync_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() { sync_all(&path)? } else { sync(&path)? }
    }
    sync(folder)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{MARK, Staged};

    fn refusal(target: &std::path::Path) -> String {
        format!("{:#}", Staged::new(target).err().unwrap())
    }

    #[test]
    fn a_folder_has_its_name_only_once_it_is_whole() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("data");
        for finished in [false, true] {
            let staged = Staged::new(&target).unwrap();
            staged.folder().unwrap();
            fs::write(place.path().join("data.unfinished/data/log"), "x").unwrap();
            assert!(!target.exists());
            if finished {
                staged.finish().unwrap();
            } else {
                drop(staged);
            }
            assert_eq!(target.join("log").exists(), finished);
            assert!(!place.path().join("data.unfinished").exists());
        }
        assert!(refusal(&target).contains("is not empty"));
    }

    #[test]
    fn an_empty_folder_may_be_filled() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("data");
        fs::create_dir(&target).unwrap();
        let staged = Staged::new(&target).unwrap();
        staged.folder().unwrap();
        staged.finish().unwrap();
        assert!(target.is_dir());
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_nothing_else_is() {
        let place = tempfile::tempdir().unwrap();
        let (target, stage) = (place.path().join("data"), place.path().join("data.unfinished"));
        let staged = Staged::new(&target).unwrap();
        assert!(refusal(&target).contains("another process is making it"));
        drop(staged);
        fs::create_dir(&stage).unwrap();
        fs::write(stage.join("mark"), MARK).unwrap();
        fs::write(stage.join("half"), "x").unwrap();
        let staged = Staged::new(&target).unwrap();
        assert!(!stage.join("half").exists());
        drop(staged);
        assert!(!stage.exists());

        fs::create_dir(&stage).unwrap();
        fs::write(stage.join("thesis"), "mine").unwrap();
        assert!(refusal(&target).contains("is not ours"));
        assert!(stage.join("thesis").exists());
    }
}
