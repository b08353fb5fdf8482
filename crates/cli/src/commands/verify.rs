//! `arende verify`: every commit of the log, and of the access log, checked; and the log held
//! against checkpoints that were kept.

use std::{fmt::Write as _, process::ExitCode};

use event_log_sled::{OpenError, Verified};

use super::print;
use crate::{
    args::VerifyArgs,
    checkpoints::{self, Comparison, walk},
    folder::Folder,
    output, signing,
};

pub(crate) fn run(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::existing(&args.data)?;
    let mut comparison = comparison(args, &folder)?;
    let mut text = String::new();
    let log = if args.checkpoint.is_empty() {
        walk(&folder.log(), |_| ())
    } else {
        walk(&folder.log(), |commit| comparison.take(commit))
    };
    let mut sound = tell(&mut text, "log", &log)?;
    for (path, checkpoint, verdict) in comparison.verdicts() {
        write!(text, "checkpoint {}: ", path.display())?;
        match verdict {
            _ if log.is_err() => writeln!(text, "not compared, since the log does not verify")?,
            Ok(()) => writeln!(
                text,
                "the log begins with the {} commits that {} signed",
                checkpoint.size, checkpoint.origin
            )?,
            Err(broken) => {
                sound = false;
                writeln!(text, "{broken}")?;
            }
        }
    }
    sound &= tell(&mut text, "access log", &walk(&folder.access(), |_| ()))?;
    print(&text)?;
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(output::FAILED) })
}

/// The checkpoints that were kept, each with a signature that holds.
fn comparison(args: &VerifyArgs, folder: &Folder) -> anyhow::Result<Comparison> {
    if args.checkpoint.is_empty() {
        return Ok(Comparison::default());
    }
    let key = match &args.key {
        Some(text) => signing::public(text)?,
        None => signing::secret(None, folder)?.public().clone(),
    };
    let kept = args.checkpoint.iter();
    let kept = kept.map(|path| Ok((path.clone(), checkpoints::read(path, &key)?)));
    Ok(Comparison::new(kept.collect::<anyhow::Result<Vec<_>>>()?))
}

/// Says what was verified, or what was wrong; gives whether it is sound.
fn tell(
    text: &mut String,
    name: &str,
    outcome: &Result<Verified, OpenError>,
) -> anyhow::Result<bool> {
    match outcome {
        Ok(it) => writeln!(
            text,
            "{name}: {} commits, {} events, {} bytes verified; last hash {}",
            it.commits, it.events, it.bytes, it.hash
        )?,
        Err(error) => writeln!(text, "{name}: {error}")?,
    }
    Ok(outcome.is_ok())
}
