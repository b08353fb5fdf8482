//! A log file as text: plain, or gzipped whatever its name says.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use anyhow::{Context as _, bail};
use flate2::read::MultiGzDecoder;
use indicatif::ProgressBar;

/// The most text that is taken in, in bytes: it is held in memory while it is translated.
const TEXT_BYTES_MAX: u64 = 1 << 30;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The text of the file at `path`. `bar` is told how much of the file has been read.
pub(crate) fn read(path: &Path, bar: &ProgressBar) -> anyhow::Result<String> {
    let failed = || format!("failed to read {}", path.display());
    let mut file = File::open(path).with_context(failed)?;
    let length = file.metadata().with_context(failed)?.len();
    bar.set_length(length);

    let mut magic = Vec::with_capacity(GZIP_MAGIC.len());
    file.by_ref().take(2).read_to_end(&mut magic).with_context(failed)?;
    let zipped = magic == GZIP_MAGIC;
    let rest = bar.wrap_read(file);
    let whole = io::Cursor::new(magic).chain(rest);
    let mut bytes = Vec::new();
    let taken = if zipped {
        MultiGzDecoder::new(whole).take(TEXT_BYTES_MAX + 1).read_to_end(&mut bytes)
    } else {
        whole.take(TEXT_BYTES_MAX + 1).read_to_end(&mut bytes)
    };
    match taken {
        Err(error) if zipped && error.kind() == io::ErrorKind::UnexpectedEof => {
            bail!("{} ends in the middle of its gzip data; get the file again", path.display())
        }
        taken => drop(taken.with_context(failed)?),
    }
    if bytes.len() as u64 > TEXT_BYTES_MAX {
        bail!(
            "{} holds more than {TEXT_BYTES_MAX} bytes of text; import it in parts",
            path.display()
        );
    }
    String::from_utf8(bytes).map_err(|error| {
        let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = sound.split(|byte| *byte == b'\n').count();
        anyhow::anyhow!("{}: line {line}: not UTF-8; convert the file first", path.display())
    })
}
