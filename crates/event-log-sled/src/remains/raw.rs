//! A file in which frames lie, among bytes that nothing is known of.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use event_log::frame::{self, Frame};

use crate::disk::Medium;

/// So much is looked through at a time, beside a frame that began before its end.
const STRETCH_BYTES: usize = 4 << 20;

/// So much is read when a frame is asked for: others that are asked for next stand behind it.
const AHEAD_BYTES: usize = 256 << 10;

pub(super) struct Raw {
    path: PathBuf,
    file: File,
    length: u64,
    /// What was read last, and where it begins.
    window: (u64, Bytes),
}

impl Raw {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.length()?;
        Ok(Self { path: path.to_owned(), file, length, window: (0, Bytes::new()) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Tells `found` of every whole frame and where it lies, and `progress` how many bytes were
    /// looked through. What lies within a whole frame is not looked at.
    pub(super) fn scan(
        &self,
        mut found: impl FnMut(u64, &Frame),
        mut progress: impl FnMut(u64),
    ) -> io::Result<()> {
        let (mut start, mut rest) = (0, Bytes::new());
        loop {
            let from = start + rest.len() as u64;
            let more = self.bytes(from, STRETCH_BYTES)?;
            let is_end = more.is_empty();
            let stretch = Bytes::from([rest, more].concat());
            let mut at = 0;
            // Where one may be cut off by the end of the stretch, it is looked for with the next.
            while at < stretch.len() && (is_end || at + frame::BYTES_MAX <= stretch.len()) {
                at += match whole(&stretch, at) {
                    Some((frame, length)) => {
                        found(start + at as u64, &frame);
                        length
                    }
                    None => 1,
                };
            }
            if is_end {
                return Ok(());
            }
            start += at as u64;
            rest = stretch.slice(at..);
            progress(start);
        }
    }

    /// The frame at `offset`, where [`Raw::scan`] has found one.
    pub(super) fn frame(&mut self, offset: u64) -> io::Result<Frame> {
        let (start, bytes) = &self.window;
        let at = offset.checked_sub(*start).and_then(|it| usize::try_from(it).ok());
        if let Some((frame, _)) = at.and_then(|at| whole(bytes, at)) {
            return Ok(frame);
        }
        for length in [AHEAD_BYTES, frame::BYTES_MAX] {
            self.window = (offset, self.bytes(offset, length)?);
            if let Some((frame, _)) = whole(&self.window.1, 0) {
                return Ok(frame);
            }
        }
        let why = format!("what stood at byte {offset} has changed while it was read");
        Err(io::Error::new(io::ErrorKind::InvalidData, why))
    }

    /// At most `length` bytes from `offset` on; fewer at the end alone.
    fn bytes(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let left = usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; length.min(left)];
        std::os::unix::fs::FileExt::read_exact_at(&self.file, &mut bytes, offset)?;
        Ok(bytes.into())
    }
}

/// The whole frame at `at`, and how long it is.
fn whole(bytes: &Bytes, at: usize) -> Option<(Frame, usize)> {
    // Most places are none, so they are passed over before anything is taken apart.
    if !frame::may_begin(bytes.get(at..)?) {
        return None;
    }
    let mut rest = bytes.slice(at..);
    let frame = frame::decode(&mut rest).ok()?;
    Some((frame, bytes.len() - at - rest.len()))
}
