//! Taking an archive apart. What the frames say, and whether they follow, is for others to check.

use std::io::{BufReader, Read};

use anyhow::{Context as _, bail};
use bytes::Bytes;
use domain::{Position, case::FileHash};
use engine::attachments::SEALED_BYTES_MAX;
use event_log::{
    Hash,
    frame::{BODY_BYTES_MAX, FrameError},
};
use sha2::{Digest as _, Sha256};
use zstd::Decoder;

use super::{Carried, END, FILE, FORMAT, FORMAT_WITHOUT_FILES, MAGIC, Which};

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

/// What is next in a section.
pub(crate) enum Entry {
    /// The bytes of a commit's frame.
    Frame(Bytes),
    /// What there is of a file that the commit before names; bytes have that hash.
    File(FileHash, Carried),
}

/// Reads an archive.
pub(crate) struct ArchiveReader<I> {
    input: I,
    carries_files: bool,
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
        let mut reader = Self { input, carries_files: true };
        let magic: [u8; MAGIC.len()] = reader.take().context("it is not a backup")?;
        if magic != MAGIC {
            bail!("it is not a backup that `arende backup` made");
        }
        match reader.take()? {
            [FORMAT] => Ok(reader),
            [FORMAT_WITHOUT_FILES] => Ok(Self { carries_files: false, ..reader }),
            [format] => bail!("backup format {format} is unknown; restore it with a newer arende"),
        }
    }

    /// Whether the files that its commits name are in it: they are not in the first format.
    pub(crate) const fn carries_files(&self) -> bool {
        self.carries_files
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

    /// What is next in the section; none once it has ended, after the commit at `last`.
    pub(crate) fn entry(&mut self, last: Position) -> anyhow::Result<Option<Entry>> {
        let length = self.take()?;
        if length == FILE.to_be_bytes() && self.carries_files {
            return self.file().map(Some);
        }
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
        Ok(Some(Entry::Frame(frame.into())))
    }

    fn file(&mut self) -> anyhow::Result<Entry> {
        let [code] = self.take()?;
        let hash = FileHash(self.take()?);
        if let Some(nothing) =
            [Carried::Disposed, Carried::Faulty].into_iter().find(|it| it.code() == code)
        {
            return Ok(Entry::File(hash, nothing));
        }
        let length = u32::from_be_bytes(self.take()?);
        if code != 1 || u64::from(length) > SEALED_BYTES_MAX {
            bail!("what it has of file {hash} is no file");
        }
        let mut bytes = vec![0; length as usize];
        self.input.read_exact(&mut bytes).context("failed to read it to its end")?;
        let found = FileHash(Sha256::digest(&bytes).into());
        if found != hash {
            bail!("file {hash} in it was altered: its hash is {found}");
        }
        Ok(Entry::File(hash, Carried::Here(bytes.into())))
    }

    fn take<const N: usize>(&mut self) -> anyhow::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.input.read_exact(&mut bytes).context("failed to read it to its end")?;
        Ok(bytes)
    }
}
