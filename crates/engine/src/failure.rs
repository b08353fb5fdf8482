//! What nobody asking can put right: an operator must look.

use event_log::LogError;
use thiserror::Error;

use crate::{attachments::FileFault, codec::CodecError, keys::KeyError};

/// The service could not do its work. Nothing is wrong with the request.
#[derive(Debug, Error)]
pub enum Failure {
    /// The log, or the access log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The keys to sealed content.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The files that go with messages.
    #[error("the files cannot be read or written: {0}")]
    Files(#[from] object_store::Error),
    /// A file that an event names.
    #[error("the file {hash} {fault}")]
    File {
        /// Which.
        hash: domain::case::FileHash,
        /// What is wrong with it.
        fault: FileFault,
    },
    /// The record of a file that was not attached yet.
    #[error("the record of upload {id} is damaged; have it sent again")]
    UploadDamaged {
        /// Which.
        id: domain::AttachmentId,
    },
    /// No folder for files.
    #[error("the service was started without a place for files")]
    NoFiles,
    /// Stored events that this program cannot read.
    #[error("commit {position} cannot be read: {source}")]
    Codec {
        /// The commit.
        position: domain::Position,
        /// Why.
        source: CodecError,
    },
    /// An event that would not encode.
    #[error(transparent)]
    Encode(#[from] CodecError),
    /// The read models stand still.
    #[error("the read models stopped at position {position}: {why}")]
    ModelsStopped {
        /// The last commit that they show.
        position: domain::Position,
        /// Why they went no further.
        why: String,
    },
    /// A stream that the read models could not follow.
    #[error("{stream} is parked at position {position}: {why}")]
    Parked {
        /// Which.
        stream: domain::StreamId,
        /// The commit that was not taken in.
        position: domain::Position,
        /// Why.
        why: String,
    },
    /// Others kept writing to the same stream of the access log.
    #[error("{stream} of the access log is written by others; try again")]
    Contended {
        /// Which.
        stream: domain::StreamId,
    },
    /// The log refused a commit that should be well-formed.
    #[error("the log refused a commit: {why}")]
    Refused {
        /// Why.
        why: String,
    },
}

impl Failure {
    /// Whether it is that of one stream, which does not keep others from going on.
    pub const fn is_parked(&self) -> bool {
        matches!(self, Self::Parked { .. })
    }
}
