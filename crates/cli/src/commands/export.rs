//! `arende export ndjson`: a whole log as lines of JSON.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::Context as _;
use engine::lines::{LineWriter, LogName};

use crate::{
    args::ExportCommand,
    copies::{Which, read_through, whole_file::WholeFile},
    folder::Folder,
};

pub(crate) fn run(command: ExportCommand) -> anyhow::Result<ExitCode> {
    let ExportCommand::Ndjson { data, access, out } = command;
    let name = if access { LogName::Access } else { LogName::Log };
    if let Some(path) = out {
        let file = WholeFile::new(&path)?;
        let failed = || format!("failed to write {}", path.display());
        write(&data, name, file).with_context(failed)?.finish()?;
        return Ok(ExitCode::SUCCESS);
    }
    let out = BufWriter::new(io::stdout().lock());
    match write(&data, name, out) {
        // A reader that went away early is no fault of ours.
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        written => written.map(|_| ExitCode::SUCCESS),
    }
}

fn write<W: Write>(data: &Path, name: LogName, out: W) -> anyhow::Result<W> {
    let folder = Folder::existing(data)?;
    let mut writer = LineWriter::new(out, name)?;
    let log = read_through(&folder, Which::from(name), |commit| Ok(writer.write(commit)?))?;
    let out = writer.finish()?;
    drop(log);
    Ok(out)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|it| it.kind() == io::ErrorKind::BrokenPipe)
}
