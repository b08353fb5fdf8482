//! `arende verify`: every commit of the log, and of the access log, checked.

use std::{fmt::Write as _, path::Path, process::ExitCode};

use event_log_sled::verify;

use super::print;
use crate::{folder::Folder, output};

pub(crate) fn run(data: &Path) -> anyhow::Result<ExitCode> {
    let folder = Folder::existing(data)?;
    let mut text = String::new();
    let mut sound = true;
    for (name, path) in [("log", folder.log()), ("access log", folder.access())] {
        let bar = output::progress_bar(0, "verifying");
        let outcome = verify(&path, |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        });
        bar.finish_and_clear();
        match outcome {
            Ok(it) => writeln!(
                text,
                "{name}: {} commits, {} events, {} bytes verified; last hash {}",
                it.commits, it.events, it.bytes, it.hash
            )?,
            Err(error) => {
                sound = false;
                writeln!(text, "{name}: {error}")?;
            }
        }
    }
    print(&text)?;
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(output::FAILED) })
}
