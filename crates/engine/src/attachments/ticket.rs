//! What lets someone send or fetch one file without a token, for a short time: so that a browser
//! can follow a link, and a file needs no GraphQL.
//!
//! ```text
//! base64url(JSON) . base64url(HMAC-SHA256 of the JSON)
//! ```
//!
//! It says who was let, and is no proof that they still may: that is asked again when it is used.
//! Ids are all that it tells.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Actor, AttachmentId, CaseId};
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::Attachments;
use crate::keys::Key;

/// The longest ticket that is looked at, in bytes.
const BYTES_MAX: usize = 2_048;

/// What someone was let do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "to")]
pub enum Ticket {
    /// Send a file.
    Upload(UploadTicket),
    /// Fetch a file.
    Download(DownloadTicket),
}

/// Sending one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadTicket {
    /// What it will be called.
    pub id: AttachmentId,
    /// Who sends it, in which assignment.
    pub who: Actor,
    /// For which case; none for one that is still to begin.
    pub case: Option<CaseId>,
    /// Its length.
    pub bytes: u64,
    /// From when on it is no longer good.
    #[serde(with = "domain::time::ms")]
    pub expires_at: Timestamp,
}

/// Fetching one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownloadTicket {
    /// Which.
    pub id: AttachmentId,
    /// In which case.
    pub case: CaseId,
    /// Who reads it, in which assignment.
    pub who: Actor,
    /// Why.
    pub purpose: String,
    /// From when on it is no longer good.
    #[serde(with = "domain::time::ms")]
    pub expires_at: Timestamp,
}

impl Ticket {
    const fn expires_at(&self) -> Timestamp {
        match self {
            Self::Upload(it) => it.expires_at,
            Self::Download(it) => it.expires_at,
        }
    }
}

impl Attachments {
    /// `ticket` as text that only this service can have made.
    pub fn sign(&self, ticket: &Ticket) -> String {
        // A struct of ids and text always has a JSON form.
        let json = serde_json::to_vec(ticket).unwrap_or_default();
        let mac = mac(&self.ticket_key, &json).finalize().into_bytes();
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&json), URL_SAFE_NO_PAD.encode(mac))
    }

    /// The ticket that `text` is, if this service made it and it is still good.
    pub fn read(&self, text: &str) -> Option<Ticket> {
        let (json, signature) = text.split_once('.').filter(|_| text.len() <= BYTES_MAX)?;
        let json = URL_SAFE_NO_PAD.decode(json).ok()?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        mac(&self.ticket_key, &json).verify_slice(&signature).ok()?;
        let ticket: Ticket = serde_json::from_slice(&json).ok()?;
        (self.world.now() < ticket.expires_at()).then_some(ticket)
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn mac(key: &Key, text: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key.bytes()).expect("any key will do").chain_update(text)
}
