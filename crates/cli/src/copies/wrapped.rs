//! A copy of the keys, wrapped as they are kept: without the master key it opens nothing.
//!
//! ```text
//! file     "arende keys\n" │ format u8 = 1 │ records │ 0 u16 │ count u64 │ SHA-256 of all before
//! record   name: length u16, never 0, bytes │ wrapped key: length u32, bytes
//! ```
//!
//! All integers are big-endian. For ever: a new layout gets a new format number, and both are read.
//! What names and wrapped keys are is the key store's affair (`engine::keys`). A file is read whole,
//! and believed only once its digest is right.

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use anyhow::{Context as _, bail};
use engine::keys::{KeyError, WrappedKey};
use sha2::{Digest as _, Sha256};

const MAGIC: &[u8] = b"arende keys\n";

/// The layout that is written.
const FORMAT: u8 = 1;

/// A record of the store takes some two hundred bytes; nothing longer was ever written.
const WRAPPED_BYTES_MAX: usize = 4 << 10;

const DIGEST_BYTES: usize = 32;

/// Writes `keys`; gives back what was written to, and how many there were.
pub(crate) fn write<W: Write>(
    out: W,
    keys: impl Iterator<Item = Result<WrappedKey, KeyError>>,
) -> anyhow::Result<(W, u64)> {
    let mut out = Digested { out, digest: Sha256::new() };
    out.write_all(MAGIC)?;
    out.write_all(&[FORMAT])?;
    let mut count = 0_u64;
    for key in keys {
        let WrappedKey { name, wrapped } = key?;
        let name_bytes = u16::try_from(name.len()).ok().filter(|it| *it > 0);
        let fits = wrapped.len() <= WRAPPED_BYTES_MAX;
        let (Some(name_bytes), true) = (name_bytes, fits) else {
            bail!("a record of the key store is not one of a key");
        };
        out.write_all(&name_bytes.to_be_bytes())?;
        out.write_all(&name)?;
        out.write_all(&u32::try_from(wrapped.len())?.to_be_bytes())?;
        out.write_all(&wrapped)?;
        count += 1;
    }
    out.write_all(&0_u16.to_be_bytes())?;
    out.write_all(&count.to_be_bytes())?;
    let Digested { mut out, digest } = out;
    out.write_all(&digest.finalize())?;
    out.flush()?;
    Ok((out, count))
}

/// The keys in a whole file.
pub(crate) fn read(file: &[u8]) -> anyhow::Result<Vec<WrappedKey>> {
    let Some(rest) = file.strip_prefix(MAGIC) else {
        bail!("it is no copy of keys that `arende backup --keys-out` made");
    };
    match rest.first() {
        Some(&FORMAT) => (),
        Some(format) => {
            bail!("keys in format {format} are unknown; restore them with a newer arende")
        }
        None => bail!("it is cut short"),
    }
    let (content, digest) = file.split_last_chunk::<DIGEST_BYTES>().context("it is cut short")?;
    if Sha256::digest(content)[..] != digest[..] {
        bail!("it was changed or cut short since it was written; take another copy of it");
    }
    let mut rest = Records(&content[MAGIC.len() + 1..]);
    let mut keys = Vec::new();
    loop {
        let name_bytes = usize::from(u16::from_be_bytes(rest.array()?));
        if name_bytes == 0 {
            break;
        }
        let name = rest.take(name_bytes)?.to_vec();
        let wrapped_bytes = u32::from_be_bytes(rest.array()?) as usize;
        let wrapped = rest.take(wrapped_bytes)?.to_vec();
        keys.push(WrappedKey { name, wrapped });
    }
    if u64::from_be_bytes(rest.array()?) != keys.len() as u64 || !rest.0.is_empty() {
        bail!("it holds {} keys, and its end says otherwise", keys.len());
    }
    Ok(keys)
}

/// Takes bytes off the front, and never more than there are.
struct Records<'a>(&'a [u8]);

impl<'a> Records<'a> {
    fn take(&mut self, bytes: usize) -> anyhow::Result<&'a [u8]> {
        let (taken, rest) =
            self.0.split_at_checked(bytes).context("a record of it is cut short")?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> anyhow::Result<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk().context("a record of it is cut short")?;
        self.0 = rest;
        Ok(*taken)
    }
}

/// Digests what passes.
struct Digested<W> {
    out: W,
    digest: Sha256,
}

impl<W: Write> Write for Digested<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
