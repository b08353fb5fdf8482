//! What can be asked about a log's soundness, and what proves it to others.

use std::path::PathBuf;

use clap::{Subcommand, value_parser};
use domain::CaseId;

use super::MasterKeyArgs;

/// `arende verify`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  arende verify --data ./data
  arende verify --data ./data --checkpoint kept/log.checkpoint --key log.pub
  arende verify --data ./data --keys --master-key /run/secrets/arende.key
The checkpoints that the service wrote to the folder are compared without being named.")]
pub(crate) struct VerifyArgs {
    /// The data folder.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// A signed checkpoint that was kept elsewhere: check that the log begins with what was signed.
    /// Can be given several times.
    #[arg(long)]
    pub(crate) checkpoint: Vec<PathBuf>,
    /// The public key that checkpoints are signed with, or a file that holds it. Otherwise that of
    /// the data folder's own checkpoint.key.
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// Check also that everything sealed has its key. Takes the master key.
    #[arg(long)]
    pub(crate) keys: bool,
    #[command(flatten)]
    pub(crate) master_key: MasterKeyArgs,
}

/// `arende rebuild`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  arende rebuild --data ./data
  arende rebuild --data ./data --check")]
pub(crate) struct RebuildArgs {
    /// The data folder, which must not be open elsewhere.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// Write nothing: compare a replay with the checkpoint, brought up to the log's end.
    #[arg(long)]
    pub(crate) check: bool,
    /// Print one line of JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `arende checkpoint`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  arende checkpoint --data ./data --key /run/secrets/checkpoint.key
  arende checkpoint --data ./data --out kept/log.checkpoint")]
pub(crate) struct CheckpointArgs {
    /// The data folder, which must not be open elsewhere.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// The file with the key that signs. Otherwise the data folder's own checkpoint.key.
    #[arg(long)]
    pub(crate) key: Option<PathBuf>,
    /// Where to write it, instead of standard output. A checkpoint that stands there is replaced
    /// only if the log begins with what it signed.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

/// `arende checkpoint-key …`
#[derive(Subcommand)]
pub(crate) enum CheckpointKeyCommand {
    /// Make a new key, and print its public part.
    #[command(after_help = "\
Example:
  arende checkpoint-key new example.se/arende --out checkpoint.key > checkpoint.pub")]
    New {
        /// The name of the log that it signs for, such as `example.se/arende`.
        name: String,
        /// Where to write it: a new file that only its owner may read.
        #[arg(long)]
        out: PathBuf,
    },
    /// Print the public part of a key.
    #[command(after_help = "Example:\n  arende checkpoint-key public ./data/checkpoint.key")]
    Public {
        /// The file with the key.
        key: PathBuf,
    },
}

/// `arende bundle …`
#[derive(Subcommand)]
pub(crate) enum BundleCommand {
    /// Write one case's commits, with the proof that the log holds them.
    #[command(after_help = "\
Example:
  arende bundle case case_01J… --data ./data --out case.bundle
  arende bundle case case_01J… --data ./data --out case.bundle --since kept/log.checkpoint
What a bundle holds: docs/bundle.md")]
    Case {
        /// Which.
        case: CaseId,
        /// The data folder, which must not be open elsewhere.
        #[arg(long)]
        data: PathBuf,
        /// Where to write the bundle.
        #[arg(long)]
        out: PathBuf,
        /// The file with the key that signs. Otherwise the data folder's own checkpoint.key.
        #[arg(long)]
        key: Option<PathBuf>,
        /// A checkpoint that whoever gets the bundle has kept: put in the proof that the log
        /// begins with what it signed.
        #[arg(long)]
        since: Option<PathBuf>,
    },
    /// Check a bundle. Needs no data folder.
    #[command(after_help = "\
Examples:
  arende bundle check case.bundle --key checkpoint.pub
  arende bundle check case.bundle --key checkpoint.pub --since kept/log.checkpoint")]
    Check {
        /// The bundle.
        bundle: PathBuf,
        /// The public key of the log that it is from, or a file that holds it.
        #[arg(long)]
        key: String,
        /// A checkpoint that was kept: check that the bundle is from the same log. The bundle must
        /// have been made for it.
        #[arg(long)]
        since: Option<PathBuf>,
    },
}

/// How the service proves its log while it serves.
#[derive(clap::Args)]
pub(crate) struct ProvingArgs {
    /// The file with the key that signs checkpoints. Otherwise the data folder's own checkpoint.key;
    /// without either none are signed.
    #[arg(long, help_heading = "Checkpoints and verification")]
    pub(crate) checkpoint_key: Option<PathBuf>,
    /// Sign a checkpoint after so many commits.
    #[arg(long, value_name = "COMMITS", default_value_t = Self::COMMITS,
        value_parser = value_parser!(u64).range(1..), help_heading = "Checkpoints and verification")]
    pub(crate) checkpoint_every: u64,
    /// Sign one after so many minutes at the latest, if anything was written.
    #[arg(long, value_name = "MINUTES", default_value_t = Self::MINUTES,
        value_parser = value_parser!(u64).range(1..=44_640),
        help_heading = "Checkpoints and verification")]
    pub(crate) checkpoint_minutes: u64,
    /// A folder off the machine that each checkpoint is copied to, and compared with at the start.
    #[arg(long, value_name = "DIR", help_heading = "Checkpoints and verification")]
    pub(crate) checkpoint_copies: Option<PathBuf>,
    /// Verify both logs at the start, beside serving, and then after so many hours each time; 0 for
    /// at the start alone.
    #[arg(long, value_name = "HOURS", default_value_t = Self::HOURS,
        value_parser = value_parser!(u64).range(0..=8_760),
        help_heading = "Checkpoints and verification")]
    pub(crate) verify_hours: u64,
}

impl ProvingArgs {
    const COMMITS: u64 = 10_000;
    const MINUTES: u64 = 60;
    const HOURS: u64 = 24;
}

impl Default for ProvingArgs {
    fn default() -> Self {
        Self {
            checkpoint_key: None,
            checkpoint_every: Self::COMMITS,
            checkpoint_minutes: Self::MINUTES,
            checkpoint_copies: None,
            verify_hours: Self::HOURS,
        }
    }
}
