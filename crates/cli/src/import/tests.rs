//! What an import makes of a log, told without a disk.

mod mapping;
mod reading;
mod region;
mod rules;
mod source;
