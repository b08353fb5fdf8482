//! Staff as a table that people read and fixtures expect.

use std::fmt;

use domain::{StaffId, organisation::Post};
use jiff::Timestamp;

use super::Directory;

/// Staff by what they are found by, and the assignments that open a session at `now`. Nothing of it
/// names anyone.
pub struct StaffTable<'a> {
    /// What is known of them.
    pub directory: &'a Directory,
    /// Who, in the order they are shown.
    pub staff: Vec<StaffId>,
    /// When.
    pub now: Timestamp,
}

impl fmt::Display for StaffTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<11}  {:<10}  sessions", "staff", "found by")?;
        for id in &self.staff {
            let Some(member) = self.directory.staff_member(*id) else {
                writeln!(f, "{id:<11}  not registered")?;
                continue;
            };
            let hash = member.hsa_id_hash.map(|it| it.to_string());
            let found_by = hash.as_deref().map_or("our id", |it| &it[..8]);
            let in_force = member.grants.iter().filter(|it| {
                it.post.fits(it.role) && self.directory.holds_at(*id, it.role, it.post, self.now)
            });
            let sessions: Vec<String> = in_force
                .map(|it| match it.post {
                    Post::Unit(unit) => format!("{:?} at {unit}", it.role),
                    Post::Division(division) => format!("{:?} in {division}", it.role),
                    Post::Region(region) => format!("{:?} in {region}", it.role),
                })
                .collect();
            let sessions = if sessions.is_empty() { "none".into() } else { sessions.join(", ") };
            writeln!(f, "{id:<11}  {found_by:<10}  {sessions}")?;
        }
        Ok(())
    }
}
