//! What can be asked on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use domain::deadline::Policy;
use jiff::Timestamp;

/// Ärende: casework between residents and care units, as a log of events.
#[derive(Parser)]
#[command(name = "arende", version, about, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Say more in the log on standard error. ARENDE_LOG takes a filter such as `api=debug`.
    #[arg(long, global = true)]
    pub(crate) verbose: bool,
    /// Write the log on standard error as JSON lines.
    #[arg(long, global = true)]
    pub(crate) log_json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  arende demo                                   a region with 10,000 cases, served on loopback
  arende serve --data ./data --dev              serve a data folder with development tokens
  arende import xes log.xes.gz --mapping m.toml --data ./data
  arende replay case case_01J… --data ./data    tell what happened in one case
  arende verify --data ./data                   check every commit of the log
  arende deadline --explain 2026-04-02T16:30:00+02:00

Exit codes: 0 done; 1 failed, or a check found a fault; 2 wrong usage.";

/// The commands.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Generate a region with casework.
    Demo(DemoArgs),
    /// Check every commit of a data folder's log; name the first bad position.
    Verify {
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Say when the first response is due, one line for each time of receipt.
    Deadline(DeadlineArgs),
}

/// `arende demo`
#[derive(clap::Args)]
#[command(after_help = "Example:\n  arende demo --cases 2000 --seed 7 --data ./demo")]
pub(crate) struct DemoArgs {
    /// How many cases.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub(crate) cases: u64,
    /// What chance follows from: the same seed and end give the same log, byte for byte.
    #[arg(long, default_value_t = 42)]
    pub(crate) seed: u64,
    /// The moment that the casework leads up to, RFC 3339; the start of this hour if not given.
    #[arg(long)]
    pub(crate) until: Option<Timestamp>,
    /// The data folder, which must be empty or new.
    #[arg(long)]
    pub(crate) data: PathBuf,
}

/// `arende deadline`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  arende deadline 2026-04-02T16:30:00+02:00
  arende deadline --policy OFFICE_1700 --days 3 --explain 2026-06-18T09:00:00+02:00
  cut -d, -f1 received.csv | xargs arende deadline")]
pub(crate) struct DeadlineArgs {
    /// EOD, OFFICE_1700, SAME_TIME, EOD_SAT or EOD_NOEVES.
    #[arg(long, default_value = "EOD")]
    pub(crate) policy: Policy,
    /// Working days.
    #[arg(long, default_value_t = 2)]
    pub(crate) days: u8,
    /// Say day by day why each counted or not.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Times of receipt, RFC 3339.
    #[arg(required = true)]
    pub(crate) received_at: Vec<Timestamp>,
}

/// Where the master key comes from.
#[derive(clap::Args, Default)]
pub(crate) struct MasterKeyArgs {
    /// A file with the master key, 64 hexadecimal digits. Otherwise ARENDE_MASTER_KEY, or, for a
    /// data folder made by `demo` or with --dev, the folder's own master.key.
    #[arg(long = "master-key")]
    pub(crate) file: Option<PathBuf>,
}
