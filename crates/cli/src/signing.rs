//! The files with the keys that sign checkpoints, and the texts that they are checked with.
//!
//! A folder that `demo` or `--dev` made has a key of its own, which proves little: whoever can
//! change such a folder's log can sign what it became. For real casework the key is elsewhere.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use engine::World;
use event_log::checkpoint::{PublicKey, SecretKey};

use crate::folder::Folder;

/// What development logs are called, before what tells one from the other.
const DEVELOPMENT: &str = "arende.invalid/development/";

/// Makes the key named `name` and writes it to the new file at `path`.
pub(crate) fn create(name: &str, path: &Path, world: &dyn World) -> anyhow::Result<PublicKey> {
    let mut seed = [0; 32];
    world.fill(&mut seed);
    let key = SecretKey::new(name, seed)?;
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut file| {
        writeln!(file, "{}", key.to_secret_text())?;
        file.sync_all()
    });
    written.with_context(|| format!("failed to write {}", path.display()))?;
    Ok(key.public().clone())
}

/// Gives a development folder a key of its own, unless it has one.
pub(crate) fn create_if_missing(folder: &Folder, world: &dyn World) -> anyhow::Result<()> {
    let path = folder.checkpoint_key();
    if path.exists() {
        return Ok(());
    }
    let mut bytes = [0; 8];
    world.fill(&mut bytes);
    let mut name = DEVELOPMENT.to_owned();
    for byte in bytes {
        write!(name, "{byte:02x}")?;
    }
    let public = create(&name, &path, world)?;
    tracing::info!(path = %path.display(), %public, "made a key that signs checkpoints");
    Ok(())
}

/// The key in `file`, or the folder's own.
pub(crate) fn secret(file: Option<&PathBuf>, folder: &Folder) -> anyhow::Result<SecretKey> {
    let own = folder.checkpoint_key();
    let path = file.unwrap_or(&own);
    if file.is_none() && !own.exists() {
        bail!(
            "{} is not there; give a key with --key FILE, \
             or make one with `arende checkpoint-key new`",
            own.display()
        );
    }
    read(path)
}

/// The key in the file at `path`.
pub(crate) fn read(path: &Path) -> anyhow::Result<SecretKey> {
    let failed = || format!("failed to read {}", path.display());
    let text = fs::read_to_string(path).with_context(failed)?;
    let mode = fs::metadata(path).with_context(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(path = %path.display(), "others may read the key that signs; chmod 600 it");
    }
    SecretKey::parse(&text).with_context(failed)
}

/// The public key that `text` is, or that stands in the file it names.
pub(crate) fn public(text: &str) -> anyhow::Result<PublicKey> {
    if let Ok(key) = text.parse() {
        return Ok(key);
    }
    let file = fs::read_to_string(text)
        .with_context(|| format!("`{text}` is neither a public key nor a file to read one from"))?;
    file.parse().with_context(|| format!("failed to read {text}"))
}
