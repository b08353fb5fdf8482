//! What can be asked about a log's soundness, and what proves it to others.

use std::path::PathBuf;

use clap::Subcommand;
use domain::CaseId;

/// `arende verify`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  arende verify --data ./data
  arende verify --data ./data --checkpoint kept/log.checkpoint --key log.pub")]
pub(crate) struct VerifyArgs {
    /// The data folder.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// A signed checkpoint that was kept: check that the log begins with what was signed. Can be
    /// given several times.
    #[arg(long)]
    pub(crate) checkpoint: Vec<PathBuf>,
    /// The public key that checkpoints are signed with, or a file that holds it. Otherwise that of
    /// the data folder's own checkpoint.key.
    #[arg(long, requires = "checkpoint")]
    pub(crate) key: Option<String>,
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
