//! Files that go with a message (bilagor): which are taken, how many, and what is kept of each.
//!
//! The files themselves lie beside the log, sealed, each under a key of its own. An event names
//! them by the hash of what was sealed, so that a missing or altered one is found without any key;
//! what a file is called, and its key, are sealed with the event under the case's key. Whoever
//! destroys that key has made the files unreadable.
//!
//! | who | files with a message | each |
//! |---|---|---|
//! | staff | 10 | 20 MiB, PDF, JPEG, PNG or GIF |
//! | residents and proxies | 5 | the same |
//!
//! Source: our own decision.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{Asked, AttachmentsAdded, Case, Command, Event, Rejection, Thread};
use crate::{Actor, AttachmentId, MessageId};

/// The largest file that is taken, in bytes: 20 MiB.
pub const FILE_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// The most files with one message from staff.
pub const FILES_BY_STAFF_MAX: usize = 10;

/// The most files with one message from a resident, or a proxy.
pub const FILES_BY_RESIDENT_MAX: usize = 5;

/// The longest name that a file may have, in bytes of UTF-8.
pub const FILE_NAME_BYTES_MAX: usize = 255;

/// What a file is, by what it begins with. Stored: new ones go at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaType {
    /// A PDF document.
    Pdf,
    /// A JPEG picture.
    Jpeg,
    /// A PNG picture.
    Png,
    /// A GIF picture.
    Gif,
}

impl MediaType {
    /// So many bytes tell what a file is.
    pub const HEAD_BYTES: usize = 8;

    /// What a file is that begins with `head`; none for what is not taken. Neither its name nor
    /// what its sender says of it is asked.
    pub fn of_content(head: &[u8]) -> Option<Self> {
        match head {
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            _ => None,
        }
    }

    /// As HTTP names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
        }
    }
}

/// The SHA-256 of a file as it lies sealed: its address, and what it is checked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash(pub [u8; 32]);

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FileHash {
    /// The hash that 64 hexadecimal digits spell.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = [pair[0], pair[1]].map(|it| char::from(it).to_digit(16));
            *byte = u8::try_from(high? * 16 + low?).ok()?;
        }
        Some(Self(bytes))
    }
}

impl Serialize for FileHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for FileHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            Self::parse(&text).ok_or_else(|| D::Error::custom("not 64 hexadecimal digits"))
        } else {
            <[u8; 32]>::deserialize(deserializer).map(Self)
        }
    }
}

/// A file that was attached. Stored: the shape is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AttachedFile {
    /// Names it.
    pub id: AttachmentId,
    /// Of the file as it lies sealed.
    pub hash: FileHash,
    /// Its length before it was sealed, in bytes.
    pub bytes: u64,
    /// What it is.
    pub media_type: MediaType,
}

/// What is sealed with files that were attached, in their order. Stored, sealed: the shape is for
/// ever.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSecrets {
    /// One for each file.
    #[serde(deserialize_with = "crate::list::read")]
    pub files: Vec<FileSecret>,
}

/// What nobody may know of a file who may not read it. Its `Debug` form tells nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSecret {
    /// What its sender calls it.
    pub name: String,
    /// The key that it lies sealed under.
    pub key: [u8; 32],
}

impl fmt::Debug for FileSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileSecret(…)")
    }
}

/// Refuses a name that no file can be saved under: empty, too long, or with a slash, a backslash
/// or a control character in it.
pub fn check_file_name(name: &str) -> Result<(), Rejection> {
    let is_plain = |it: char| !it.is_control() && !matches!(it, '/' | '\\');
    let fits = (1..=FILE_NAME_BYTES_MAX).contains(&name.len()) && !name.trim().is_empty();
    if fits && name.chars().all(is_plain) { Ok(()) } else { Err(Rejection::FileNameInvalid) }
}

impl Case {
    /// What `to` leads to, with `files` beside what it says. What was said before brings none.
    pub(super) fn attach(
        &self,
        asked: &Asked<'_>,
        files: &[AttachedFile],
        to: &Command,
    ) -> Result<Vec<Event>, Rejection> {
        let goes_with = !matches!(to, Command::AddNote { .. } | Command::Attach { .. });
        let message = to.message().filter(|_| goes_with).ok_or(Rejection::NothingToAttachTo)?;
        let mut events = self.decide(asked, to)?;
        if events.is_empty() || files.is_empty() {
            return Ok(events);
        }
        let after = events.iter().fold(self.clone(), |case, event| case.evolve(event, asked.at));
        let thread = after.thread().ok_or(Rejection::NotStarted)?;
        events.push(thread.attach(asked.by, message, files)?.into());
        Ok(events)
    }
}

impl Thread {
    /// `files` with `message`, which `by` has just sent in this case.
    pub fn attach(
        &self,
        by: Actor,
        message: MessageId,
        files: &[AttachedFile],
    ) -> Result<AttachmentsAdded, Rejection> {
        let most = match by {
            Actor::Staff { .. } => FILES_BY_STAFF_MAX,
            Actor::Resident { .. } | Actor::System => FILES_BY_RESIDENT_MAX,
        };
        if !self.messages.contains(&message) {
            return Err(Rejection::NothingToAttachTo);
        }
        if files.len() > most {
            return Err(Rejection::TooManyFiles { files: files.len(), most });
        }
        for (index, file) in files.iter().enumerate() {
            if !(1..=FILE_BYTES_MAX).contains(&file.bytes) {
                return Err(Rejection::FileTooLarge { bytes: file.bytes });
            }
            let is_twice = files[..index].iter().any(|it| it.id == file.id);
            if is_twice || self.files.contains(&file.id) {
                return Err(Rejection::AlreadyAttached { file: file.id });
            }
        }
        Ok(AttachmentsAdded { message, files: files.to_vec() })
    }
}
