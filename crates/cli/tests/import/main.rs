//! `arende` as a user runs it: import a log, import it again, replay it, verify it.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod deadline;
mod errors;
mod independent;
mod real_logs;
mod replay;
mod running;
mod twice;
mod verify;
