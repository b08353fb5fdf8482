//! A folder with a sled database in it, opened so that nothing is lost without a word.

use std::{
    fs::{self, File},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Mutex,
};

use event_log::{Hash, chain::BadPosition};
use thiserror::Error;

use crate::witness::{Testimony, Witness};

/// What the file `format` holds. Another layout gets another line.
const FORMAT: &str = "arende event log 1\n";

/// Values above a quarter of this go to files of their own, which sled never syncs; blocks stay
/// far below.
const SEGMENT_BYTES: usize = 8 << 20;

/// What sled may keep of the file in memory. It holds what readers go back to; a scan is followed
/// by a reopening, since sled does not keep to this bound while it reads.
const CACHE_BYTES: u64 = 64 << 20;

/// Why a log could not be opened. Nothing was changed in it.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A file or folder could not be read or written.
    #[error("failed while {doing} {path}: {source}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// Another process has it.
    #[error("{path} is in use by another process; stop that one first")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// Something else is in the folder.
    #[error("{path} is not an event log that this version can open: {why}")]
    NotALog {
        /// The folder.
        path: PathBuf,
        /// Why not.
        why: &'static str,
    },
    /// sled could not read its own files.
    #[error("sled could not open {path}: {why}; restore a backup, and keep this folder")]
    Sled {
        /// The folder.
        path: PathBuf,
        /// What it said.
        why: String,
    },
    /// Commits that were acknowledged are gone.
    #[error(
        "the log ends at position {last}, but its witness has seen position {witness}: \
         acknowledged commits are missing; restore a backup, and keep this folder"
    )]
    ShorterThanWitness {
        /// Where it ends.
        last: domain::Position,
        /// Where it had come.
        witness: domain::Position,
    },
    /// The log has been replaced.
    #[error(
        "commit {position} has another hash than the witness has seen: the log was changed; \
         restore a backup, and keep this folder"
    )]
    OtherThanWitness {
        /// Where.
        position: domain::Position,
    },
    /// The first place that does not verify.
    #[error("{0}; restore a backup, and keep this folder")]
    BadPosition(#[from] BadPosition),
}

/// An open database, and the lock on its folder.
pub(crate) struct Database {
    folder: PathBuf,
    sled: Option<Sled>,
    pub(crate) witness: Mutex<Witness>,
    pub(crate) testimony: Option<Testimony>,
    _lock: File,
}

pub(crate) struct Sled {
    pub(crate) db: sled::Db,
    /// Our own descriptor of sled's file, to sync it.
    file: File,
}

impl Database {
    pub(crate) fn open(folder: &Path) -> Result<Self, OpenError> {
        let at = |doing, path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::File { doing, path, source }
        };
        fs::create_dir_all(folder).map_err(at("creating", folder))?;
        let lock = lock(folder)?;
        check_format(folder)?;

        let (inner, clean) = (folder.join("sled"), folder.join("clean"));
        let (exists, was_clean) = (inner.is_dir(), clean.exists());
        if was_clean {
            fs::remove_file(&clean).map_err(at("removing", &clean))?;
        }
        if exists && !was_clean {
            let copy = folder.join("before-open");
            tracing::warn!(folder = %folder.display(), copy = %copy.display(),
                "the log was not closed properly; its files are copied before they are opened");
            copy_folder(&inner, &copy).map_err(at("copying to", &copy))?;
            remove_unfinished_snapshots(&inner).map_err(at("cleaning", &inner))?;
        }
        let path = folder.join("witness");
        let (mut witness, testimony) = Witness::open(&path).map_err(at("reading", &path))?;
        if testimony.is_none() {
            if exists {
                let source = io::Error::new(io::ErrorKind::NotFound, "it is missing");
                return Err(OpenError::File { doing: "reading", path, source });
            }
            let start = Testimony { position: domain::Position::START, hash: Hash::GENESIS };
            let written = witness.testify(start).and_then(|()| witness.sync());
            written.map_err(at("writing", &path))?;
        }
        let sled = Some(open_sled(&inner)?);
        for path in [&inner, folder] {
            sync_folder(path).map_err(at("syncing", path))?;
        }
        let witness = Mutex::new(witness);
        Ok(Self { folder: folder.to_owned(), sled, witness, testimony, _lock: lock })
    }

    /// Closes sled and opens it again: it writes its snapshot at opening alone, and only then is
    /// what came before out of harm's way; and it gives back what a scan made it hold.
    pub(crate) fn reopen(&mut self) -> Result<(), OpenError> {
        self.sled = None;
        self.sled = Some(open_sled(&self.folder.join("sled"))?);
        Ok(())
    }

    /// The open database.
    pub(crate) fn sled(&self) -> io::Result<&Sled> {
        self.sled.as_ref().ok_or_else(|| io::Error::other("the database is closed"))
    }

    /// Whether sled put something where it is never synced.
    pub(crate) fn has_blobs(&self) -> bool {
        let blobs = fs::read_dir(self.folder.join("sled/blobs"));
        blobs.is_ok_and(|mut blobs| blobs.next().is_some())
    }

    /// Marks the folder as closed properly. Nothing may be written after.
    pub(crate) fn mark_clean(&self) -> io::Result<()> {
        File::create(self.folder.join("clean"))?.sync_all()?;
        sync_folder(&self.folder)
    }
}

impl Sled {
    /// Writes `value` and returns once it survives a power loss. A panic of sled's is an error.
    pub(crate) fn insert_durably(&self, key: [u8; 8], value: Vec<u8>) -> io::Result<()> {
        let insert = || -> sled::Result<()> {
            self.db.insert(key, value)?;
            self.db.flush()?;
            Ok(())
        };
        let inserted = catch_unwind(AssertUnwindSafe(insert));
        inserted.map_err(|_| io::Error::other("sled panicked"))?.map_err(io::Error::other)?;
        self.file.sync_data()
    }
}

fn open_sled(path: &Path) -> Result<Sled, OpenError> {
    let failed = |why: String| OpenError::Sled { path: path.to_owned(), why };
    let config = sled::Config::new()
        .path(path)
        .flush_every_ms(None)
        .segment_size(SEGMENT_BYTES)
        .cache_capacity(CACHE_BYTES);
    let db = catch_unwind(AssertUnwindSafe(|| config.open()))
        .map_err(|_| failed("it panicked".to_owned()))?
        .map_err(|error| failed(error.to_string()))?;
    let file = File::open(path.join("db")).map_err(|error| failed(error.to_string()))?;
    Ok(Sled { db, file })
}

fn lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(|source| OpenError::File {
        doing: "creating",
        path,
        source,
    })?;
    file.try_lock().map_err(|_| OpenError::InUse { path: folder.to_owned() })?;
    Ok(file)
}

fn check_format(folder: &Path) -> Result<(), OpenError> {
    let path = folder.join("format");
    let not_a_log = |why| OpenError::NotALog { path: folder.to_owned(), why };
    let failed = |doing, source| OpenError::File { doing, path: path.clone(), source };
    match fs::read_to_string(&path) {
        Ok(format) if format == FORMAT => Ok(()),
        Ok(_) => Err(not_a_log("it is in another format, perhaps of a newer version")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let others = fs::read_dir(folder).map_err(|source| failed("reading", source))?;
            // The lock is ours.
            if others.count() > 1 {
                return Err(not_a_log("it holds other files and no file `format`"));
            }
            fs::write(&path, FORMAT).map_err(|source| failed("writing", source))?;
            File::open(&path)
                .and_then(|it| it.sync_all())
                .map_err(|source| failed("syncing", source))
        }
        Err(source) => Err(failed("reading", source)),
    }
}

/// One copy is kept: the state before the last opening after a crash.
fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
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

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
