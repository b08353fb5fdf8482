//! The API over a small region: real HTTP, real tokens, the log in memory, a scripted clock.

mod administration;
mod client;
mod distributing;
mod files;
mod forms;
mod hostile;
mod http;
mod limits;
mod logs;
mod looking;
mod lost_role;
mod matrix;
mod parked;
mod policy;
mod region;
mod residents;
mod schema;
mod sessions;
mod sockets;
mod story;
mod telling;
