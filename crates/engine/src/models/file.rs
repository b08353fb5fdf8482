//! The read models in a file, so that a start need not replay the whole log.
//!
//! ```text
//! version u8 = 1 │ position u64 │ hash [32] of the log's commit there │ fingerprint [32] of the code
//! │ state (projections) │ crc32c u32 of all before
//! ```
//!
//! The file's own integers are big-endian, as in the log's files. What it says is never trusted
//! beyond what the log and the code confirm: a file that was saved by other code, that is of
//! another log or that is damaged is discarded, with a line that says so, and the log is replayed.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use domain::Position;
use event_log::{Commit, EventLog, Hash};
use projections::{Frozen, MODELS, Replay, STATE_VERSION, StateError};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::{Failure, codec::CATALOGUE};

/// The layout that is written, and the only one that is read.
const VERSION: u8 = 1;
const HEADER_BYTES: usize = 1 + 8 + 32 + 32;
const CRC_BYTES: usize = 4;

/// Where a checkpoint of the read models is kept.
#[derive(Debug)]
pub struct ModelsFile {
    path: PathBuf,
    /// The position of what was written last; one writes at a time.
    written: Mutex<Position>,
}

/// A checkpoint as it was saved. Its commit has yet to be found in the log.
#[derive(Debug)]
pub struct Saved {
    /// What the models had come to.
    pub replay: Replay,
    /// The hash of the last commit that they knew of.
    pub hash: Hash,
}

/// Why a checkpoint is not used.
#[derive(Debug, Error)]
pub enum Discarded {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Another layout.
    #[error("its layout has number {version}, which this program does not read")]
    Layout {
        /// Which.
        version: u8,
    },
    /// Its bytes are not those that were written.
    #[error("it is damaged: its checksum differs")]
    Checksum,
    /// Other code made it.
    #[error("other code saved it")]
    Stale,
    /// Its state is none.
    #[error("it is damaged: its state is wrong {0}")]
    State(#[from] StateError),
    /// Its commit is not in the log.
    #[error("it is of commit {position}, and the log ends at {last}")]
    Beyond {
        /// Where it stands.
        position: Position,
        /// Where the log ends.
        last: Position,
    },
    /// Another commit is in the log.
    #[error("it is of another log: commit {position} has another hash")]
    Foreign {
        /// Which.
        position: Position,
    },
}

impl Saved {
    /// The last commit that the models knew of.
    pub fn position(&self) -> Position {
        self.replay.position()
    }

    /// Whether `commit`, of the log at [`Saved::position`], is the one that was seen.
    pub fn check(&self, commit: &Commit) -> Result<(), Discarded> {
        if (commit.position, commit.hash) == (self.position(), self.hash) {
            return Ok(());
        }
        Err(Discarded::Foreign { position: self.position() })
    }
}

impl ModelsFile {
    /// The file at `path`, which need not be there yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path, written: Mutex::default() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was saved, if this code saved it and it is whole; none if there is no file.
    pub fn read(&self) -> Result<Option<Saved>, Discarded> {
        let bytes = match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        take(&bytes).map(Some)
    }

    /// Saves `frozen`, whose last commit has `hash`: whole, or not at all. What is not newer than
    /// what was saved before is not written. Blocks until it is on disk.
    pub fn write(&self, frozen: &Frozen, hash: Hash) -> io::Result<()> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if frozen.position() <= *written {
            return Ok(());
        }
        let part = self.path.with_extension("part");
        let mut out = BufWriter::new(File::create(&part)?);
        let (mut crc, mut failed) = (0, Ok(()));
        let mut put = |bytes: &[u8]| {
            crc = crc32c::crc32c_append(crc, bytes);
            if failed.is_ok() {
                failed = out.write_all(bytes);
            }
        };
        put(&[VERSION]);
        put(&frozen.position().get().to_be_bytes());
        put(&hash.0);
        put(&fingerprint());
        frozen.write(&mut put);
        failed?;
        out.write_all(&crc.to_be_bytes())?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&part, &self.path)?;
        // A bare name has an empty parent, which is the working directory.
        let parent = self.path.parent().filter(|it| !it.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
        *written = frozen.position();
        Ok(())
    }
}

/// Where a replay of `log` may begin: at what was saved, or, with a line that says why, at nothing.
pub(crate) async fn begin(log: &dyn EventLog, file: &ModelsFile) -> Result<Replay, Failure> {
    let path = file.path.display();
    let found = match file.read() {
        Ok(None) => return Ok(Replay::default()),
        Ok(Some(saved)) => confirmed(log, saved).await?,
        Err(discarded) => Err(discarded),
    };
    match found {
        Ok(saved) => {
            let (position, head) = (saved.position(), *log.head().borrow());
            tracing::info!(%path, %position, %head, "the read models go on from their checkpoint");
            Ok(saved.replay)
        }
        Err(why) => {
            tracing::warn!(%path, %why,
                "the checkpoint of the read models is discarded; the log is replayed");
            Ok(Replay::default())
        }
    }
}

/// The same, if the log holds the commit that it is of.
async fn confirmed(log: &dyn EventLog, saved: Saved) -> Result<Result<Saved, Discarded>, Failure> {
    let position = saved.position();
    let Some(commit) = log.commit(position).await? else {
        let last = *log.head().borrow();
        return Ok(Err(Discarded::Beyond { position, last }));
    };
    Ok(saved.check(&commit).map(|()| saved))
}

fn take(bytes: &[u8]) -> Result<Saved, Discarded> {
    match bytes.first() {
        Some(&VERSION) => (),
        Some(&version) => return Err(Discarded::Layout { version }),
        None => return Err(Discarded::Checksum),
    }
    let (body, crc) = bytes.split_last_chunk::<CRC_BYTES>().ok_or(Discarded::Checksum)?;
    if crc32c::crc32c(body) != u32::from_be_bytes(*crc) || body.len() < HEADER_BYTES {
        return Err(Discarded::Checksum);
    }
    let (header, state) = body.split_at(HEADER_BYTES);
    let (seen, made_by) = header[1..].split_at(8 + 32);
    if made_by != fingerprint() {
        return Err(Discarded::Stale);
    }
    let replay = Replay::restore(state)?;
    let hash = seen[8..].try_into().map(Hash).map_err(|_| Discarded::Checksum)?;
    if replay.position().get().to_be_bytes() != seen[..8] {
        return Err(Discarded::Checksum);
    }
    Ok(Saved { replay, hash })
}

/// The code that makes the read models, as far as it says so: the models' own numbers, the layout
/// of their state, and the events that can be read.
fn fingerprint() -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(format!("arende read models, layout {STATE_VERSION}\n"));
    for (model, fingerprint) in MODELS {
        hash.update(format!("{model} {fingerprint}\n"));
    }
    for it in CATALOGUE {
        hash.update(format!("{} {} {}\n", it.type_id, it.schema_version, it.name));
    }
    hash.finalize().into()
}
