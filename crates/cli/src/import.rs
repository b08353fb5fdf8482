//! Importing casework from elsewhere: what happened there becomes events here.
//!
//! ```text
//! file ─▶ text ─▶ xes ─▶ traces and events ─┐
//! mapping ──────────────────────────────────┴▶ translate ─▶ plan ─▶ record ─▶ the log
//! ```
//!
//! An import records facts. The rules are not asked whether they would have allowed what took
//! place, and nothing is written before the whole log is read and translated. Every id follows
//! from the region's name and the source's names ([`names`]), so the same log imported again is
//! known again.

pub(crate) mod file;
pub(crate) mod mapping;
mod names;
pub(crate) mod plan;
pub(crate) mod record;
mod region;
#[cfg(test)]
mod tests;
mod translate;
pub(crate) mod xes;
