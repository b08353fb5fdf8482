//! A file that is there whole or not at all.
//!
//! It is written under a passing name in its own folder, readable by nobody else, and gets its
//! name once it is on disk. A file that has the name already is never replaced.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use tempfile::NamedTempFile;

/// A file on its way. Dropping it leaves nothing.
pub(crate) struct WholeFile {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl WholeFile {
    /// A file that will be at `path`.
    pub(crate) fn new(path: &Path) -> anyhow::Result<Self> {
        if path.exists() {
            bail!("{} is there already; choose another name for --out", path.display());
        }
        let file = NamedTempFile::new_in(parent(path))
            .with_context(|| format!("failed to create {}", path.display()))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    /// Makes it durable, and gives it its name.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        let Self { path, file } = self;
        let failed = || format!("failed to write {}", path.display());
        let file = file.into_inner().map_err(io::IntoInnerError::into_error);
        let file = file.with_context(failed)?;
        file.as_file().sync_all().with_context(failed)?;
        file.persist_noclobber(&path).with_context(failed)?;
        sync(parent(&path)).with_context(failed)
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The folder that `path` is in; a bare name is in the working directory.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes a file, or the entries of a folder, survive a power loss.
pub(crate) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write as _};

    use super::WholeFile;

    #[test]
    fn a_file_has_its_name_only_once_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy");
        let mut file = WholeFile::new(&path).unwrap();
        file.write_all(b"all of it").unwrap();
        assert!(!path.exists());
        drop(file);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

        let mut file = WholeFile::new(&path).unwrap();
        file.write_all(b"all of it").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"all of it");
    }

    #[test]
    fn a_file_that_is_there_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy");
        let late = WholeFile::new(&path).unwrap();
        fs::write(&path, "the first").unwrap();
        assert!(WholeFile::new(&path).err().unwrap().to_string().contains("is there already"));
        assert!(late.finish().is_err());
        assert_eq!(fs::read(&path).unwrap(), b"the first");
    }
}
