//! The development issuer of a data folder, and whom it can vouch for.
//!
//! `dev-issuer.json` holds the key that signs development tokens; whoever can read it can be anyone
//! in the folder. `dev-people.json` is renewed when the folder is served, so that `arende token`
//! finds somebody while another process has the log.

use std::{
    fs,
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
};

use anyhow::{Context as _, bail};
use api::token::DevIssuer;
use engine::World;
use serde::{Deserialize, Serialize};

use crate::{folder::Folder, people::People};

const VERSION: u8 = 1;

/// What `dev-issuer.json` holds.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u8,
    seed: [u8; 32],
}

/// The issuer of `folder`; a new one, of `world`'s chance, if it has none.
pub(crate) fn open_or_create(folder: &Folder, world: &dyn World) -> anyhow::Result<DevIssuer> {
    if let Some(issuer) = open(folder)? {
        return Ok(issuer);
    }
    let path = folder.dev_issuer();
    let mut seed = [0; 32];
    world.fill(&mut seed);
    let text = serde_json::to_string(&Stored { version: VERSION, seed })?;
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    let written = file.and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.with_context(|| format!("failed to write {}", path.display()))?;
    Ok(DevIssuer::from_seed(seed))
}

/// The issuer of `folder`, if it has one.
pub(crate) fn open(folder: &Folder) -> anyhow::Result<Option<DevIssuer>> {
    let path = folder.dev_issuer();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).context(format!("failed to read {}", path.display())),
    };
    let stored: Stored = serde_json::from_str(&text)
        .with_context(|| format!("failed to read {}; delete it to make another", path.display()))?;
    if stored.version != VERSION {
        bail!("{} is of another version; delete it to make another", path.display());
    }
    Ok(Some(DevIssuer::from_seed(stored.seed)))
}

/// Writes down whom tokens can be made for.
pub(crate) fn list_people(folder: &Folder, people: &People) -> anyhow::Result<()> {
    let path = folder.dev_people();
    let text = serde_json::to_string(people)?;
    fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))
}

/// Whom tokens could be made for when the folder was last served.
pub(crate) fn listed_people(folder: &Folder) -> anyhow::Result<Option<People>> {
    let path = folder.dev_people();
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(serde_json::from_str(&text).with_context(|| {
            format!("failed to read {}; delete it, and serve the folder again", path.display())
        })?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context(format!("failed to read {}", path.display())),
    }
}
