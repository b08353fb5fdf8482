//! The door of a data folder that is being served: a socket in it, through which copies are taken
//! of what the service has acknowledged, while it goes on writing.
//!
//! The service's own log is asked, never its files: those are the log's affair, and may at any
//! moment hold less than was acknowledged. Whoever may open the folder may open the door; nobody
//! else may, and nothing of it is reached from another machine.
//!
//! ```text
//! question   one line: `arende 2 backup SINCE ACCESS-SINCE`, `arende 2 keys`,
//!            `arende 2 resend ID unsent` or `arende 2 resend ID even-if-sent`
//! answer     chunks: length u32 big-endian │ bytes. 0 u32 ends it; u32::MAX instead says that it
//!            broke off, and all that follows is the reason, in words
//! ```
//!
//! Both ends are of one program and one folder, so the form may change with the number.

mod ask;
mod keep;
#[cfg(test)]
mod tests;

use std::{
    fs::File,
    io,
    os::fd::AsRawFd as _,
    path::{Path, PathBuf},
};

use domain::Position;

pub(crate) use self::{
    ask::{Answer, ask},
    keep::Door,
};

/// What a question begins with.
const GREETING: &str = "arende 2 ";

/// What a notice that is to be sent again is known to be, or may be.
const UNSENT: &str = "unsent";
const EVEN_IF_SENT: &str = "even-if-sent";

/// The longest question, in bytes.
const QUESTION_BYTES_MAX: u64 = 128;

/// The longest chunk, in bytes; the largest page is cut into several.
const CHUNK_BYTES_MAX: usize = 1 << 20;

/// Stands for the length of a chunk where there is none: the answer broke off.
const BROKE_OFF: u32 = u32::MAX;

/// The longest path that every system takes for a socket, in bytes.
const SOCKET_PATH_BYTES_MAX: usize = 100;

/// What is asked at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Question {
    /// An archive of both logs, as it is before it is compressed: what comes after these positions,
    /// up to where the logs stand when it is asked at the earliest.
    Backup {
        /// Of the log.
        since: Position,
        /// Of the access log.
        access_since: Position,
    },
    /// The keys, wrapped as they are kept.
    Keys,
    /// To send a notice again; the answer is empty, or why not.
    Resend {
        /// Which.
        id: String,
        /// Also where it may have been sent.
        even_if_sent: bool,
    },
}

impl Question {
    fn to_line(&self) -> String {
        match self {
            Self::Backup { since, access_since } => {
                format!("{GREETING}backup {since} {access_since}\n")
            }
            Self::Keys => format!("{GREETING}keys\n"),
            Self::Resend { id, even_if_sent } => {
                let risk = if *even_if_sent { EVEN_IF_SENT } else { UNSENT };
                format!("{GREETING}resend {id} {risk}\n")
            }
        }
    }

    fn of_line(line: &str) -> Option<Self> {
        let position = |text: &str| text.parse().ok().map(Position::new);
        let words: Vec<&str> = line.strip_prefix(GREETING)?.trim_end().split(' ').collect();
        match words[..] {
            ["backup", since, access_since] => Some(Self::Backup {
                since: position(since)?,
                access_since: position(access_since)?,
            }),
            ["keys"] => Some(Self::Keys),
            ["resend", id, risk @ (UNSENT | EVEN_IF_SENT)] => {
                Some(Self::Resend { id: id.to_owned(), even_if_sent: risk == EVEN_IF_SENT })
            }
            _ => None,
        }
    }
}

/// A path to the socket at `path` that is short enough for one, and good for as long as the file
/// that comes with it is open.
fn short(path: &Path) -> io::Result<(PathBuf, Option<File>)> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Ok((path.to_owned(), None));
    };
    if path.as_os_str().len() <= SOCKET_PATH_BYTES_MAX {
        return Ok((path.to_owned(), None));
    }
    let folder = File::open(folder)?;
    let through = format!("/proc/self/fd/{}", folder.as_raw_fd());
    Ok((Path::new(&through).join(name), Some(folder)))
}
