//! What an import makes of a log, told without a disk.

mod mapping;
mod reading;
mod rules;
mod source;
