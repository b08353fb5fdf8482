//! The binary as its users meet it: a real process, real sockets, real files.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "served/clients.rs"]
mod clients;
#[path = "served/demo.rs"]
mod demo;
#[path = "served/folder.rs"]
mod folder;
#[path = "served/process.rs"]
mod process;
