//! A bundle as it is written: JSON, bytes in base64. For ever: another shape gets another format.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Serialize};

/// What a bundle calls its form.
pub const FORMAT: &str = "arende-bundle/1";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File {
    pub(super) format: String,
    pub(super) stream: String,
    pub(super) checkpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) earlier: Option<Earlier>,
    pub(super) commits: Vec<BundledCommit>,
    pub(super) event_types: Vec<EventType>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BundledCommit {
    pub(super) hash_before: String,
    pub(super) frame: String,
    pub(super) inclusion: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Earlier {
    pub(super) size: u64,
    pub(super) consistency: Vec<String>,
}

/// What a type of event is called. For people: nothing proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventType {
    /// Its number.
    pub type_id: u16,
    /// The version of its shape.
    pub schema_version: u16,
    /// Its name; empty if whoever made the bundle knew none.
    pub name: String,
}

pub(super) fn encode(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}
