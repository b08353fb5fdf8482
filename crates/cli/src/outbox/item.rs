//! One notice on its way to one person, and where it stands.

use std::fmt::Write as _;

use domain::{
    Position, StreamId,
    case::{Notice, Recipient},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How a notice goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Channel {
    /// An e-mail to the resident's address.
    Mail,
    /// A call of the region's own receiver.
    Webhook,
}

impl Channel {
    pub(crate) const ALL: [Self; 2] = [Self::Mail, Self::Webhook];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }
}

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub(crate) enum State {
    /// To be sent, or sent again, from then on.
    Waiting {
        from: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// About to be sent. After a crash nobody knows whether it was.
    Sending,
    /// It was taken at the other end.
    Sent,
    /// There was nowhere to send it to.
    NotWanted,
    /// It may have been sent. It is not sent again; an operator may ask at the other end.
    Uncertain { why: String },
    /// It was not sent, and is given up.
    Dead { why: String },
}

impl State {
    pub(crate) const fn is_done_with(&self) -> bool {
        matches!(self, Self::Sent | Self::NotWanted)
    }
}

/// One notice to one person by one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    /// Made of the event and the channel alone: the same event never makes another.
    pub(crate) id: String,
    pub(crate) stream: StreamId,
    pub(crate) version: u32,
    pub(crate) channel: Channel,
    pub(crate) to: Recipient,
    #[serde(with = "named")]
    pub(crate) notice: Notice,
    /// When it happened.
    pub(crate) happened_at: Timestamp,
    pub(crate) is: State,
    pub(crate) attempts: u32,
    /// Since when it stands so.
    pub(crate) at: Timestamp,
}

impl Item {
    pub(crate) fn new(
        position: Position,
        stream: StreamId,
        version: u32,
        channel: Channel,
        to: Recipient,
        notice: Notice,
        happened_at: Timestamp,
    ) -> Self {
        let event = format!("arende notice {stream} {version} {}", channel.name());
        let digest = Sha256::digest(event);
        let digest = hex(&digest[..12]);
        Self {
            id: format!("{:016x}-{digest}", position.get()),
            stream,
            version,
            channel,
            to,
            notice,
            happened_at,
            is: State::Waiting { from: happened_at, why: None },
            attempts: 0,
            at: happened_at,
        }
    }

    /// From when on it is to be sent; none where it is not.
    pub(crate) const fn due_at(&self) -> Option<Timestamp> {
        match self.is {
            State::Waiting { from, .. } => Some(from),
            _ => None,
        }
    }
}

/// `bytes` in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A notice by its name.
mod named {
    use domain::case::Notice;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it so")]
    pub(super) fn serialize<S: Serializer>(it: &Notice, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(it.name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Notice, D::Error> {
        let name = String::deserialize(from)?;
        let notice = Notice::ALL.into_iter().find(|it| it.name() == name);
        notice.ok_or_else(|| D::Error::custom("an unknown notice"))
    }
}
