//! `arende` as its users meet it: a real process, real files, real sockets.
//!
//! Import a log, import it again, replay it, verify it; run the demo, serve it, work on it; be told
//! what is wrong.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod backup;
mod backup_served;
mod bundle;
mod checkpoint;
mod clients;
mod deadline;
mod demo;
mod earlier;
mod errors;
mod files;
mod independent;
mod ndjson;
mod parked;
mod proving;
mod real_logs;
mod rebuild;
mod region;
mod replay;
mod running;
mod salvage;
mod served;
mod serving;
mod tokens;
mod tools;
mod trusted;
mod twice;
mod verify;
