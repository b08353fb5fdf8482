//! Taking an archive apart. What the frames say, and whether they follow, is for others to check.

use std::io::{BufReader, Read};

use anyhow::{Context as _, bail};
use bytes::Bytes;
use domain::Position;
use event_log::{
    Hash,
    frame::{BODY_BYTES_MAX, FrameError},
};
use zstd::Decoder;

use super::{END, FORMAT, MAGIC, Which};

/// What a frame has beside its body and its length: a checksum and a hash.
const AROUND_BODY_BYTES: usize = 4 + 32;

/// What a section begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Section {
    /// Which log it is of.
    pub(crate) which: Which,
    /// Its first commit comes after this one; 0 for the whole log.
    pub(crate) after: Position,
    /// That one's hash.
    pub(crate) hash: Hash,
}

/// Reads an archive.
pub(crate) struct ArchiveReader<I> {
    input: I,
}

/// What is in a compressed file.
type Decompressed<R> = BufReader<Decoder<'static, BufReader<R>>>;

impl<R: Read> ArchiveReader<Decompressed<R>> {
    /// Reads what the file is.
    pub(crate) fn new(input: R) -> anyhow::Result<Self> {
        Self::plain(BufReader::new(Decoder::new(input)?))
    }
}

impl<I: Read> ArchiveReader<I> {
    /// Reads what it is, of an archive as it is before it is compressed.
    pub(crate) fn plain(input: I) -> anyhow::Result<Self> {
        let mut reader = Self { input };
        let magic: [u8; MAGIC.len()] = reader.take().context("it is not a backup")?;
        if magic != MAGIC {
            bail!("it is not a backup that `arende backup` made");
        }
        match reader.take()? {
            [FORMAT] => Ok(reader),
            [format] => bail!("backup format {format} is unknown; restore it with a newer arende"),
        }
    }

    /// The next section; none once the archive has ended.
    pub(crate) fn section(&mut self) -> anyhow::Result<Option<Section>> {
        let [code] = self.take()?;
        if code == END {
            let mut more = [0];
            if self.input.read(&mut more).context("failed to read its end")? > 0 {
                bail!("something follows its end");
            }
            return Ok(None);
        }
        let which = Which::from_code(code);
        let which = which.with_context(|| format!("section {code} is of no log that is known"))?;
        let (after, hash) = (Position::new(u64::from_be_bytes(self.take()?)), Hash(self.take()?));
        Ok(Some(Section { which, after, hash }))
    }

    /// The bytes of the section's next frame; none once the section has ended, after the commit at
    /// `last`.
    pub(crate) fn frame(&mut self, last: Position) -> anyhow::Result<Option<Bytes>> {
        let length = self.take()?;
        let body_bytes = u32::from_be_bytes(length) as usize;
        if body_bytes == 0 {
            let end = Position::new(u64::from_be_bytes(self.take()?));
            if end != last {
                bail!("its section ends at position {last}, and should at {end}");
            }
            return Ok(None);
        }
        if body_bytes > BODY_BYTES_MAX {
            return Err(FrameError::Length { bytes: body_bytes }.into());
        }
        let mut frame = vec![0; length.len() + body_bytes + AROUND_BODY_BYTES];
        let (start, rest) = frame.split_at_mut(length.len());
        start.copy_from_slice(&length);
        self.input.read_exact(rest).context("failed to read it to its end")?;
        Ok(Some(frame.into()))
    }

    fn take<const N: usize>(&mut self) -> anyhow::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes).context("failed to read it to its end")?;
        Ok(bytes)
    }
}
