//! The master key: 32 bytes, kept as 64 hexadecimal digits in a file or the environment.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use sha2::{Digest, Sha256};

use super::{Key, KeyError};
use crate::World;

/// The key that wraps all others. Whoever has it and the key store can read everything.
#[derive(Clone)]
pub struct MasterKey(pub(super) Key);

impl MasterKey {
    /// A key drawn by chance.
    pub fn generate(world: &dyn World) -> Self {
        let mut bytes = [0; Key::BYTES];
        world.fill(&mut bytes);
        Self(Key::new(bytes))
    }

    /// The key that `digits` spell; `place` says where they stood.
    pub fn parse(digits: &str, place: &str) -> Result<Self, KeyError> {
        let malformed = || KeyError::MalformedMaster { place: place.to_owned() };
        let digits = digits.trim().as_bytes();
        if digits.len() != 2 * Key::BYTES {
            return Err(malformed());
        }
        let mut bytes = [0; Key::BYTES];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = [pair[0], pair[1]].map(|it| char::from(it).to_digit(16));
            let value = high.zip(low).map(|(high, low)| high * 16 + low);
            *byte = value.and_then(|it| u8::try_from(it).ok()).ok_or_else(malformed)?;
        }
        Ok(Self(Key::new(bytes)))
    }

    /// The key in the file at `path`.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let place = path.display().to_string();
        let digits = fs::read_to_string(path)
            .map_err(|source| failed("reading the master key's file", source))?;
        Self::parse(&digits, &place)
    }

    /// Writes the key to a new file at `path` that only its owner may read.
    pub fn write(&self, path: &Path) -> Result<(), KeyError> {
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(path);
        let mut file = file.map_err(|source| failed("creating the master key's file", source))?;
        for byte in self.0.0.iter() {
            write!(file, "{byte:02x}")
                .map_err(|source| failed("writing the master key's file", source))?;
        }
        writeln!(file)
            .and_then(|()| file.sync_all())
            .map_err(|source| failed("writing the master key's file", source))
    }

    /// Whether others than its owner may read the file at `path`.
    pub fn is_exposed(path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|it| it.permissions().mode() & 0o077 != 0)
    }

    /// A key for one purpose that follows from this one.
    pub(crate) fn derive(&self, purpose: &str) -> Key {
        let digest =
            Sha256::new().chain_update(purpose).chain_update([0]).chain_update(self.0.bytes());
        Key::new(digest.finalize().into())
    }
}

fn failed(doing: &'static str, source: io::Error) -> KeyError {
    KeyError::Store { doing, source: source.into() }
}
