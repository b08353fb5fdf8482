//! `arende`: casework between residents and care units.
//!
//! This is the one place where the parts are put together; what each command does is in its own
//! file. Errors are told in one line: what failed, on what, and what to do.

mod args;
mod attendants;
mod checkpoints;
mod commands;
mod copies;
mod demo;
mod door;
mod folder;
mod import;
mod issuer;
mod notary;
mod outbox;
mod output;
mod people;
mod server;
mod signing;
mod telling;
mod watchman;

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = args::Args::parse();
    output::init_tracing(&args);
    match commands::run(args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("arende: {}", output::told(&error));
            ExitCode::from(output::FAILED)
        }
    }
}
