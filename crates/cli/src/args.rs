//! What can be asked on the command line.

#![expect(clippy::doc_markdown, reason = "these comments are help texts, which show backticks")]

mod copies;
mod proofs;
mod telling;
mod token;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Parser, Subcommand, builder::RangedU64ValueParser};
use domain::{CaseId, StreamId, UnitId, deadline::Policy};
use jiff::{Timestamp, civil::Date};
use projections::Scope;

pub(crate) use self::copies::{BackupArgs, ExportCommand, RestoreArgs, SalvageArgs};
pub(crate) use self::proofs::{
    BundleCommand, CheckpointArgs, CheckpointKeyCommand, ProvingArgs, RebuildArgs, VerifyArgs,
};
pub(crate) use self::telling::{OutboxArgs, TellingArgs};
pub(crate) use self::token::{As, TokenArgs};

/// Ärende: casework between residents and care units, as a log of events.
#[derive(Parser)]
#[command(name = "arende", version, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Say more in the log on standard error. ARENDE_LOG takes a filter such as `api=debug`.
    #[arg(long, global = true, help_heading = "The log on standard error")]
    pub(crate) verbose: bool,
    /// Write the log on standard error as JSON lines.
    #[arg(long, global = true, help_heading = "The log on standard error")]
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
  arende rebuild --check --data ./data          check the saved read models by a replay
  arende export ndjson --data ./data            the whole log as lines of JSON
  arende backup --data ./data --out full.zst    both logs in one file, without keys
  arende restore full.zst --data ./restored     the same logs again, verified on the way
  arende checkpoint --data ./data --out log.checkpoint
  arende bundle case case_01J… --data ./data --out case.bundle
  arende deadline --explain 2026-04-02T16:30:00+02:00

Exit codes: 0 done; 1 failed, or a check found a fault; 2 wrong usage.";

const IMPORT_HELP: &str = "\
Example:
  arende import xes log.xes.gz --mapping m.toml --data ./data";

const REPLAY_HELP: &str = "\
Examples:
  arende replay case case_01J… --data ./data
  arende replay inbox unit_01J… --data ./data --as-of 2026-03-01T08:00:00+01:00
  arende replay statistics region_01J… --from 2026-01-01 --to 2026-03-31 --data ./data";

/// The commands.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Generate a region with casework, serve it, and print tokens and queries to try.
    Demo(DemoArgs),
    /// Serve the GraphQL API over a data folder.
    Serve(Box<ServeArgs>),
    /// Print a token from a data folder's development issuer.
    Token(TokenArgs),
    /// Import casework from elsewhere.
    #[command(subcommand, after_help = IMPORT_HELP)]
    Import(ImportCommand),
    /// Tell what a log says, from the log alone, as of any time.
    #[command(subcommand, after_help = REPLAY_HELP)]
    Replay(ReplayCommand),
    /// Write a whole log in a form that others can read.
    #[command(subcommand)]
    Export(ExportCommand),
    /// Write both logs of a data folder to one compressed file, and its keys to another, also while
    /// it is being served.
    Backup(BackupArgs),
    /// Make a data folder from a backup and those that continue it, verified on the way.
    Restore(RestoreArgs),
    /// Make a data folder from one whose log does not open, if every commit is still in its files.
    Salvage(SalvageArgs),
    /// Check every commit of a data folder's log; name the first bad position.
    Verify(VerifyArgs),
    /// Replay the log into the read models and save them, or check what was saved.
    Rebuild(RebuildArgs),
    /// Sign what the log is at present, for others to keep.
    Checkpoint(CheckpointArgs),
    /// Make a key that signs checkpoints, or show its public part.
    #[command(subcommand)]
    CheckpointKey(CheckpointKeyCommand),
    /// Take one case out of the log with the proof that the log holds it, or check such a bundle.
    #[command(subcommand)]
    Bundle(BundleCommand),
    /// Tell what people have yet to be told of news, and what they were not.
    Outbox(OutboxArgs),
    /// Say when the first response is due, one line for each time of receipt.
    Deadline(DeadlineArgs),
    /// Print the GraphQL schema.
    #[command(after_help = "Example:\n  arende schema > schema.graphql")]
    Schema,
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
    #[arg(long, value_parser = time)]
    pub(crate) until: Option<Timestamp>,
    /// The data folder, which must be empty or new; one that is gone at the end if not given.
    #[arg(long)]
    pub(crate) data: Option<PathBuf>,
    /// Where to listen: development tokens are served on loopback alone.
    #[arg(long, default_value = "127.0.0.1:8080", value_parser = address)]
    pub(crate) listen: SocketAddr,
}

/// `arende serve`
#[derive(clap::Args)]
#[group(id = "trust", required = true, args = ["dev", "issuer"])]
#[command(after_help = "\
Examples:
  arende serve --data ./data --dev
  arende serve --data ./data --new --dev        begin with an empty log
  arende serve --data ./data --issuer https://id.example.se --audience arende --jwks keys.json \\
      --master-key /run/secrets/arende.key --listen 0.0.0.0:8080 \\
      --checkpoint-key /run/secrets/checkpoint.key --checkpoint-copies /mnt/elsewhere")]
pub(crate) struct ServeArgs {
    /// The data folder.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// Begin with an empty log, in a folder that is new or empty.
    #[arg(long)]
    pub(crate) new: bool,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080", value_parser = address)]
    pub(crate) listen: SocketAddr,
    /// Trust the data folder's own development issuer. Loopback addresses only.
    #[arg(long, conflicts_with = "jwks")]
    pub(crate) dev: bool,
    /// The issuer whose tokens are trusted.
    #[arg(long, requires = "jwks")]
    pub(crate) issuer: Option<String>,
    /// The audience that tokens must name.
    #[arg(long, default_value = "arende")]
    pub(crate) audience: String,
    /// A file with the issuer's public keys, as a JSON Web Key Set.
    #[arg(long)]
    pub(crate) jwks: Option<PathBuf>,
    /// Answer no questions about the schema, and suggest no names in errors.
    #[arg(long)]
    pub(crate) no_introspection: bool,
    /// A JSON file of ids and GraphQL documents that clients may name with `documentId`.
    #[arg(long)]
    pub(crate) documents: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) master_key: MasterKeyArgs,
    #[command(flatten)]
    pub(crate) proving: ProvingArgs,
    #[command(flatten)]
    pub(crate) telling: TellingArgs,
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
    /// Make a data folder from exported logs: the same commits with the same hashes.
    #[command(after_help = "\
Examples:
  arende import ndjson log.ndjson --data ./copy
  arende import ndjson log.ndjson access.ndjson --data ./copy
Every line is verified; a changed one is refused, and nothing is written. No key is in the files:
copy the `keys` folder and the master key yourself. docs/backup.md has the form of the lines.")]
    Ndjson {
        /// What `arende export ndjson` wrote: a log, an access log, or one of each.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The data folder, which must be empty or new.
        #[arg(long)]
        data: PathBuf,
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
        #[arg(long, default_value_t = 100, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
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
    /// Working days, 1 to 60.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=60))]
    pub(crate) days: u8,
    /// Say day by day why each counted or not.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Times of receipt, RFC 3339.
    #[arg(required = true, value_parser = time)]
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

fn time(text: &str) -> Result<Timestamp, String> {
    let time = text.parse::<Timestamp>();
    time.map_err(|error| format!("not a time such as 2026-04-02T16:30:00+02:00: {error}"))
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "not an address and a port such as 127.0.0.1:8080".to_owned())
}

fn as_of(text: &str) -> Result<engine::AsOf, String> {
    if let Ok(position) = text.parse() {
        if position == 0 {
            return Err("positions begin at 1".to_owned());
        }
        return Ok(engine::AsOf::Position(domain::Position::new(position)));
    }
    if let Some(recorded) = text.strip_prefix("recorded:") {
        return time(recorded).map(engine::AsOf::RecordedTime);
    }
    let time = time(text).map(engine::AsOf::Time);
    time.map_err(|error| format!("not a position, and {error}"))
}
