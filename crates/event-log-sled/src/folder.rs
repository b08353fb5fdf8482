//! The files around the database: what the folder is, who has it, and how it was left.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::{
    OpenError, closing,
    disk::{Blocks, Disk, Medium},
    store::Store,
};

/// What the file `format` holds. Another layout gets another line.
const FORMAT: &str = "arende event log 3\n";

/// The layouts without a journal, and with one whose every block was in sled as it is in the journal.
/// They are opened, and become the one that is written, so that a program that does not know of it
/// does not open it any more.
const FORMATS_BEFORE: [&str; 2] = ["arende event log 1\n", "arende event log 2\n"];

/// The file that is there only after a proper close.
const CLEAN: &str = "clean";

/// The file that is there while an opening after a crash has not come to its end.
const OPENING: &str = "opening";

/// The copy of the database as it was before the last opening after a crash.
pub(crate) const COPY: &str = "before-open";

/// A log's folder, locked.
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// The folder at `path`, created if there is none, and locked.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let is_new = !path.exists();
        fs::create_dir_all(path).map_err(failed("creating", path))?;
        let lock = lock(path)?;
        check_format(path)?;
        // A bare name has an empty parent, which is the working directory.
        if let Some(parent) = path.parent().filter(|it| is_new && !it.as_os_str().is_empty()) {
            sync(parent).map_err(failed("syncing", parent))?;
        }
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Where sled's files are.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("sled")
    }

    /// Makes the database ready to be opened, if there is one: what a crash left is copied first,
    /// since sled changes its files while it opens them.
    ///
    /// A copy is kept until an opening has come to its end, so that trying again and again does
    /// not put what an earlier attempt made of the files in the place of what the crash left.
    ///
    /// Gives whether it was closed properly.
    pub(crate) fn prepare(&self) -> Result<bool, OpenError> {
        let database = self.database();
        if has_blobs(&database) {
            return Err(OpenError::Blobs { path: blobs(&database) });
        }
        let clean = self.path.join(CLEAN);
        let closed = match fs::read_to_string(&clean) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            read => Some(read.map_err(failed("reading", &clean))?),
        };
        let mut was_clean = closed.is_some();
        if let Some(text) = closed {
            match closing::check(&database, &text) {
                Ok(()) => (),
                // Whether it matters is for the commits to say; the files are copied first.
                Err(error @ OpenError::Changed { .. }) => {
                    tracing::error!(%error, "every commit is verified before the log is used");
                    was_clean = false;
                }
                Err(error) => return Err(error),
            }
            fs::remove_file(&clean).map_err(failed("removing", &clean))?;
            sync(&self.path).map_err(failed("syncing", &self.path))?;
        }
        if !database.is_dir() {
            return Ok(was_clean);
        }
        let opening = self.path.join(OPENING);
        if !was_clean && !opening.exists() {
            let copy = self.path.join(COPY);
            tracing::warn!(folder = %self.path.display(), copy = %copy.display(),
                "sled's files are not as a proper close left them; they are copied before they are opened");
            copy_folder(&database, &copy).map_err(failed("copying to", &copy))?;
            write(&opening, "").map_err(failed("writing", &opening))?;
            sync(&self.path).map_err(failed("syncing", &self.path))?;
        }
        remove_unfinished_snapshots(&database).map_err(failed("cleaning", &database))?;
        Ok(was_clean)
    }
}

impl Disk for Folder {
    fn path(&self) -> &Path {
        &self.path
    }

    fn exists(&self) -> bool {
        self.database().is_dir()
    }

    fn file(&self, name: &str) -> io::Result<Box<dyn Medium>> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        Ok(Box::new(options.open(self.path.join(name))?))
    }

    fn blocks(&self) -> Result<Box<dyn Blocks>, OpenError> {
        Ok(Box::new(Store::open(&self.database())?))
    }

    fn sync(&self) -> Result<(), OpenError> {
        for path in [&self.database(), &self.path] {
            sync(path).map_err(failed("syncing", path))?;
        }
        Ok(())
    }

    fn opened(&self) -> Result<(), OpenError> {
        let opening = self.path.join(OPENING);
        match fs::remove_file(&opening) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed.map_err(failed("removing", &opening)),
        }
    }

    fn mark_clean(&self) -> io::Result<()> {
        write(&self.path.join(CLEAN), &closing::describe(&self.database())?)?;
        sync(&self.path)
    }

    fn room_bytes(&self) -> io::Result<u64> {
        let free = rustix::fs::statvfs(&self.path)?;
        Ok(free.f_bavail.saturating_mul(free.f_frsize))
    }
}

/// Whether sled, in `database`, put something where it is never synced.
pub(crate) fn has_blobs(database: &Path) -> bool {
    fs::read_dir(blobs(database)).is_ok_and(|mut blobs| blobs.next().is_some())
}

/// Where sled puts values that are too large for its own file.
fn blobs(database: &Path) -> PathBuf {
    database.join("blobs")
}

/// The error of a file that could not be read or written.
pub(crate) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_owned();
    move |source| OpenError::File { doing, path, source }
}

fn lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(failed("creating", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(failed("locking", &path)(source)),
    }
}

fn check_format(folder: &Path) -> Result<(), OpenError> {
    let path = folder.join("format");
    let not_a_log = |why| OpenError::NotALog { path: folder.to_owned(), why };
    match fs::read_to_string(&path) {
        Ok(format) if format == FORMAT => return Ok(()),
        Ok(format) if FORMATS_BEFORE.contains(&format.as_str()) => {
            let part = path.with_extension("part");
            let replaced = write(&part, FORMAT).and_then(|()| fs::rename(&part, &path));
            return replaced.and_then(|()| sync(folder)).map_err(failed("writing", &path));
        }
        // The power may fail while the first line is written; nothing else is there yet.
        Ok(format) if FORMAT.starts_with(&format) && !folder.join("sled").exists() => (),
        Ok(_) => return Err(not_a_log("it is in another format, perhaps of a newer version")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let others = fs::read_dir(folder).map_err(failed("reading", folder))?;
            // The lock is ours.
            if others.count() > 1 {
                return Err(not_a_log("it holds other files and no file `format`"));
            }
        }
        Err(source) => return Err(failed("reading", &path)(source)),
    }
    write(&path, FORMAT).map_err(failed("writing", &path))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Whole or not at all: it has its name only once it is on disk. An earlier copy is replaced.
fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    let part = to.with_extension("part");
    remove_folder(&part)?;
    fs::create_dir(&part)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            let copy = part.join(entry.file_name());
            fs::copy(entry.path(), &copy)?;
            File::open(&copy)?.sync_all()?;
        }
    }
    sync(&part)?;
    remove_folder(to)?;
    fs::rename(&part, to)
}

fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// A snapshot that sled did not finish makes it panic.
fn remove_unfinished_snapshots(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "generating") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
