//! Asking at the door.

use std::{
    io::{self, ErrorKind, Read, Write as _},
    os::unix::net::UnixStream,
    path::Path,
    time::Duration,
};

use anyhow::Context as _;

use super::{BROKE_OFF, Question, short};

/// How long the service may be silent: far longer than any page takes to read.
const SILENCE_MAX: Duration = Duration::from_mins(2);

/// The longest reason that is read, in bytes.
const REASON_BYTES_MAX: u64 = 4 << 10;

/// The answer to `question` at the door at `path`; none where no service is behind it.
pub(crate) fn ask(path: &Path, question: Question) -> anyhow::Result<Option<Answer>> {
    let failed = || format!("failed to ask the service at {}", path.display());
    let (near, _folder) = short(path).with_context(failed)?;
    let stream = match UnixStream::connect(near) {
        // Never there, or left behind by a service that was killed.
        Err(error)
            if [ErrorKind::NotFound, ErrorKind::ConnectionRefused].contains(&error.kind()) =>
        {
            return Ok(None);
        }
        stream => stream.with_context(failed)?,
    };
    stream.set_read_timeout(Some(SILENCE_MAX)).with_context(failed)?;
    (&stream).write_all(question.to_line().as_bytes()).with_context(failed)?;
    Ok(Some(Answer { stream, left: Left::Chunk(0) }))
}

/// What the service answers, to be read to its end: an answer that broke off, or was cut off, is an
/// error and never a shorter answer.
pub(crate) struct Answer {
    stream: UnixStream,
    left: Left,
}

enum Left {
    /// So many bytes of this chunk, and then the next.
    Chunk(usize),
    Nothing,
}

impl Answer {
    /// Reads the length of the next chunk.
    fn next(&mut self) -> io::Result<Left> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).map_err(|_| broke_off("it is gone"))?;
        match u32::from_be_bytes(length) {
            0 => Ok(Left::Nothing),
            BROKE_OFF => {
                let mut reason = String::new();
                let mut rest = (&self.stream).take(REASON_BYTES_MAX);
                let read = rest.read_to_string(&mut reason);
                Err(broke_off(if read.is_ok() { &reason } else { "it did not say why" }))
            }
            bytes => Ok(Left::Chunk(bytes as usize)),
        }
    }
}

impl Read for Answer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Left::Chunk(0) = self.left {
            self.left = self.next()?;
        }
        let Left::Chunk(left) = &mut self.left else { return Ok(0) };
        let wanted = buffer.len().min(*left);
        let read = self.stream.read(&mut buffer[..wanted])?;
        if read == 0 && wanted > 0 {
            return Err(broke_off("it is gone"));
        }
        *left -= read;
        Ok(read)
    }
}

fn broke_off(why: &str) -> io::Error {
    io::Error::other(format!("the service broke off: {why}"))
}
