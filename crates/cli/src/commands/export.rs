//! `arende export ndjson`: a whole log as lines of JSON.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::Context as _;

use crate::{
    args::ExportCommand,
    copies::{Which, lines::LineWriter, read_through, whole_file::WholeFile},
    folder::Folder,
};

pub(crate) fn run(command: ExportCommand) -> anyhow::Result<ExitCode> {
    let ExportCommand::Ndjson { data, access, out } = command;
    let which = if access { Which::Access } else { Which::Log };
    if let Some(path) = out {
        let file = WholeFile::new(&path)?;
        let failed = || format!("failed to write {}", path.display());
        write(&data, which, file).with_context(failed)?.finish()?;
        return Ok(ExitCode::SUCCESS);
    }
    let out = BufWriter::new(io::stdout().lock());
    match write(&data, which, out) {
        // A reader that went away early is no fault of ours.
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        written => written.map(|_| ExitCode::SUCCESS),
    }
}

fn write<W: Write>(data: &Path, which: Which, out: W) -> anyhow::Result<W> {
    let folder = Folder::existing(data)?;
    let mut writer = LineWriter::new(out, which)?;
    let log = read_through(&folder, which, |commit| Ok(writer.write(commit)?))?;
    let out = writer.finish()?;
    drop(log);
    Ok(out)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|it| it.kind() == io::ErrorKind::BrokenPipe)
}
