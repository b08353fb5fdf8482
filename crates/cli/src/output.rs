//! How the program speaks: exit codes, the log on standard error, progress bars.

#[cfg(test)]
mod tests;

use std::{io::IsTerminal as _, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use tracing_subscriber::EnvFilter;

use crate::args::Args;

/// Exit code when something failed, or a check found a fault. Wrong usage exits with 2.
pub(crate) const FAILED: u8 = 1;

/// The log goes to standard error, so that standard output holds answers alone.
pub(crate) fn init_tracing(args: &Args) {
    let filter = EnvFilter::try_from_env("ARENDE_LOG")
        .unwrap_or_else(|_| EnvFilter::new(if args.verbose { "debug" } else { "info" }));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if args.log_json { builder.json().init() } else { builder.compact().init() }
}

/// What went wrong and why, each cause once: some errors say theirs already.
pub(crate) fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.ends_with(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

/// A bar for `total` of `what`, on a terminal; elsewhere it stays silent. With a `total` of 0 it is
/// empty, not full, until it is told how long it is.
pub(crate) fn progress_bar(total: u64, what: &'static str) -> ProgressBar {
    let bar = match total {
        _ if !std::io::stderr().is_terminal() => ProgressBar::hidden(),
        0 => ProgressBar::no_length(),
        total => ProgressBar::new(total),
    };
    let template = "{prefix} [{bar:40}] {human_pos}/{human_len}  {elapsed} (left: {eta})";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_prefix(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
