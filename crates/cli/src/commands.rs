//! What each command does.

mod backup;
mod bundle;
mod checkpoint;
mod checkpoint_key;
mod deadline;
mod demo;
mod export;
mod import;
mod outbox;
mod rebuild;
mod replay;
mod restore;
mod salvage;
mod serve;
mod token;
mod verify;
mod words;

use std::process::ExitCode;

use crate::args::{Args, Command};

/// Runs what was asked. An error is told in one line, and the exit code is 1.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Demo(args) => demo::run(&args),
        Command::Serve(args) => on_runtime(serve::run(*args)),
        Command::Token(args) => on_runtime(token::run(args)),
        Command::Import(command) => import::run(command),
        Command::Replay(command) => replay::run(command),
        Command::Export(command) => export::run(command),
        Command::Backup(args) => backup::run(args),
        Command::Restore(args) => restore::run(&args),
        Command::Salvage(args) => salvage::run(&args),
        Command::Outbox(args) => {
            outbox::run(&args)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Verify(args) => verify::run(&args),
        Command::Rebuild(args) => rebuild::run(&args),
        Command::Checkpoint(args) => checkpoint::run(&args),
        Command::CheckpointKey(command) => checkpoint_key::run(command),
        Command::Bundle(command) => bundle::run(command),
        Command::Deadline(args) => deadline::run(&args),
        Command::Schema => {
            print(&api::sdl())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

pub(crate) fn on_runtime(
    work: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(work)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes an answer to standard output. A reader that went away early is no fault of ours.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write as _;

    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
