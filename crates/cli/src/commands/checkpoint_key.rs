//! `arende checkpoint-key`: the keys that sign checkpoints.

use std::process::ExitCode;

use engine::SystemWorld;

use super::print;
use crate::{args::CheckpointKeyCommand, signing};

pub(crate) fn run(command: CheckpointKeyCommand) -> anyhow::Result<ExitCode> {
    let public = match command {
        CheckpointKeyCommand::New { name, out } => {
            signing::create(&name, &out, &SystemWorld::default())?
        }
        CheckpointKeyCommand::Public { key } => signing::read(&key)?.public().clone(),
    };
    print(&format!("{public}\n"))?;
    Ok(ExitCode::SUCCESS)
}
