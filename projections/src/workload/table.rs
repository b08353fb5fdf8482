//! A unit's workload as a table that people read and fixtures expect.

use std::fmt;

use super::{Load, Workload};
use crate::{history::short, inbox::minute};

/// A workload with its figures in columns.
pub struct WorkloadTable<'a>(
    /// Whose.
    pub &'a Workload,
);

impl fmt::Display for WorkloadTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Workload { handlers, others, undistributed, to_be_reassigned } = self.0;
        writeln!(f, "undistributed {undistributed}  to be reassigned {to_be_reassigned}")?;
        for load in handlers {
            line(f, load)?;
            if let Some(until) = load.until {
                write!(f, "  handler until {}", minute(until))?;
            }
            writeln!(f)?;
        }
        for load in others {
            line(f, load)?;
            writeln!(f, "  no handler here: reassign")?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, load: &Load) -> fmt::Result {
    let Load { staff, open, overdue, due_today, awaiting_resident, last_seen, .. } = load;
    let seen = last_seen.map_or_else(|| "never".to_owned(), minute);
    write!(
        f,
        "{:<9}  open {open}  overdue {overdue}  due today {due_today}  \
         awaiting resident {awaiting_resident}  last seen {seen}",
        short(staff)
    )
}
