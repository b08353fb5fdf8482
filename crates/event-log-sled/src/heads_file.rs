//! What a quick start begins from: where every stream stood when the log was closed.
//!
//! The file `heads` is written at each proper close (`event_log::Heads` has its layout). It is
//! used only after a proper close, only if its checksum is right, and only if the log and the
//! witness have the commit that it was saved at; in every other case all commits are verified.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::PathBuf,
};

use domain::Position;
use event_log::Heads;

use crate::{database::Database, reader};

fn path(database: &Database) -> PathBuf {
    database.disk().path().join("heads")
}

/// Writes `heads` for the next start, unless they began from the file and nothing has come since.
pub(crate) fn write(database: &Database, heads: &Heads) -> io::Result<()> {
    let path = path(database);
    // An empty log is verified soon enough.
    if heads.last() == Position::START || heads.are_saved() && path.exists() {
        return Ok(());
    }
    let part = path.with_extension("part");
    let mut out = BufWriter::new(File::create(&part)?);
    let mut written = Ok(());
    heads.save(&mut |bytes| {
        if written.is_ok() {
            written = out.write_all(bytes);
        }
    });
    written?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    // The folder is synced when it is marked as closed properly.
    fs::rename(&part, &path)
}

/// The heads that were saved, if they can be trusted; a line says why if they cannot.
pub(crate) fn read(database: &Database) -> Option<Heads> {
    let path = path(database);
    let found = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => Err(error.to_string()),
        Ok(bytes) => Heads::restore(bytes.into()).map_err(|error| error.to_string()),
    };
    match found.and_then(|heads| confirmed(database, heads)) {
        Ok(heads) => Some(heads),
        Err(why) => {
            tracing::warn!(path = %path.display(), %why,
                "the saved heads of the log are not used; every commit is verified");
            None
        }
    }
}

fn confirmed(database: &Database, heads: Heads) -> Result<Heads, String> {
    let (last, testimony) = (heads.last(), database.testimony());
    if last > testimony.position {
        return Err(format!("they were saved at position {last}, which the witness has not seen"));
    }
    let commit = reader::commit_at(database, last).map_err(|error| error.to_string())?;
    let seen = last < testimony.position || heads.hash() == testimony.hash;
    if commit.hash != heads.hash() || !seen {
        return Err(format!("commit {last} has another hash"));
    }
    Ok(heads)
}
