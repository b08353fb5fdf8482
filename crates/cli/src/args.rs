//! What can be asked on the command line.

#![expect(clippy::doc_markdown, reason = "these comments are help texts, which show backticks")]

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use domain::{CaseId, StreamId, UnitId, deadline::Policy};
use jiff::{Timestamp, civil::Date};
use projections::Scope;

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
    /// Import casework from elsewhere.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Tell what a log says, from the log alone, as of any time.
    #[command(subcommand)]
    Replay(ReplayCommand),
    /// Check every commit of a data folder's log; name the first bad position.
    Verify {
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Say when the first response is due, one line for each time of receipt.
    Deadline(DeadlineArgs),
}

/// `arende import …`
#[derive(Subcommand)]
pub(crate) enum ImportCommand {
    /// Import a log in IEEE XES, plain or gzipped. Importing it again changes nothing.
    #[command(after_help = "\
Example:
  arende import xes bpic2013_incidents.xes.gz --mapping bpic2013_incidents.toml --data ./data
How to write a mapping: docs/import.md")]
    Xes {
        /// The log.
        log: PathBuf,
        /// How its events become casework, a TOML file.
        #[arg(long)]
        mapping: PathBuf,
        /// The data folder; made if there is none.
        #[arg(long)]
        data: PathBuf,
        /// Print one line of JSON instead of a table.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        master_key: MasterKeyArgs,
    },
}

/// `arende replay …`
#[derive(Subcommand)]
pub(crate) enum ReplayCommand {
    /// One case, event by event. People are told by the ends of their ids; --json has them whole.
    #[command(after_help = "\
Examples:
  arende replay case case_01J… --data ./data
  arende replay case case_01J… --data ./data --as-of 2026-03-01T08:00:00+01:00
  arende replay case case_01J… --data ./data --as-of 4711 --json")]
    Case {
        /// Which.
        case: CaseId,
        #[command(flatten)]
        replay: ReplayArgs,
    },
    /// A unit's inbox, what is due first at the top.
    #[command(after_help = "\
Examples:
  arende replay inbox unit_01J… --data ./data
  arende replay inbox unit_01J… --data ./data --first 20 --as-of recorded:2026-03-01T08:00:00Z")]
    Inbox {
        /// Whose.
        unit: UnitId,
        /// How many cases to show.
        #[arg(long, default_value_t = 100)]
        first: usize,
        #[command(flatten)]
        replay: ReplayArgs,
    },
    /// Deadline statistics of a region, division or unit, for a period.
    #[command(after_help = "\
Example:
  arende replay statistics region_01J… --from 2026-01-01 --to 2026-03-31 --data ./data")]
    Statistics {
        /// A `region_…`, `division_…` or `unit_…` id.
        #[arg(value_parser = scope)]
        scope: Scope,
        /// The first day, Europe/Stockholm.
        #[arg(long)]
        from: Date,
        /// The last day, included.
        #[arg(long)]
        to: Date,
        #[command(flatten)]
        replay: ReplayArgs,
    },
}

/// What every replay takes.
#[derive(clap::Args)]
pub(crate) struct ReplayArgs {
    /// The data folder.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// What had happened by a time (RFC 3339), or what was known at a log position (a number) or
    /// by a time of recording (`recorded:` and a time).
    #[arg(long, value_parser = as_of)]
    pub(crate) as_of: Option<engine::AsOf>,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
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

fn scope(text: &str) -> Result<Scope, String> {
    match text.parse() {
        Ok(StreamId::Region(id)) => Ok(Scope::Region(id)),
        Ok(StreamId::Division(id)) => Ok(Scope::Division(id)),
        Ok(StreamId::Unit(id)) => Ok(Scope::Unit(id)),
        _ => Err("not a region_…, division_… or unit_… id".to_owned()),
    }
}

fn as_of(text: &str) -> Result<engine::AsOf, String> {
    let time = |text: &str| {
        let time = text.parse::<Timestamp>();
        time.map_err(|error| format!("not a position and not an RFC 3339 time: {error}"))
    };
    if let Ok(position) = text.parse() {
        return Ok(engine::AsOf::Position(domain::Position::new(position)));
    }
    match text.strip_prefix("recorded:") {
        Some(text) => time(text).map(engine::AsOf::RecordedTime),
        None => time(text).map(engine::AsOf::Time),
    }
}
