//! Residents as a table that people read and fixtures expect.

use std::fmt;

use domain::ResidentId;
use jiff::Timestamp;

use super::Directory;
use crate::inbox::minute;

/// Residents by what they are found by, whether their identity is protected, and who may act for
/// them at `now`. Nothing of it names anyone.
pub struct ResidentTable<'a> {
    /// What is known of them.
    pub directory: &'a Directory,
    /// Who, in the order they are shown.
    pub residents: Vec<ResidentId>,
    /// When.
    pub now: Timestamp,
}

impl fmt::Display for ResidentTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<11}  {:<10}  {:<9}  acted for by", "resident", "found by", "identity")?;
        for id in &self.residents {
            if self.directory.resident_region(*id).is_none() {
                writeln!(f, "{id:<11}  not registered")?;
                continue;
            }
            let hash = self.directory.number_hash(*id).map(|it| it.to_string());
            let found_by = hash.as_deref().map_or("our id", |it| &it[..8]);
            let identity = if self.directory.is_protected(*id) { "protected" } else { "open" };
            let proxies: Vec<String> = self
                .directory
                .proxies_of(*id, self.now)
                .map(|(who, until)| format!("{who} until {}", minute(until)))
                .collect();
            let proxies = if proxies.is_empty() { "nobody".to_owned() } else { proxies.join(", ") };
            writeln!(f, "{id:<11}  {found_by:<10}  {identity:<9}  {proxies}")?;
        }
        Ok(())
    }
}
