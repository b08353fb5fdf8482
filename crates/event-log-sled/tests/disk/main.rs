//! Real disks: what they do to a log, and what becomes of it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod damage;
mod full;
