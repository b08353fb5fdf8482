//! What can be asked about copies of a data folder's logs.

use std::path::PathBuf;

use clap::Subcommand;
use domain::Position;

/// `arende export …`
#[derive(Subcommand)]
pub(crate) enum ExportCommand {
    /// One commit a line, as JSON: what is clear in words and bytes, what is sealed in bytes.
    #[command(after_help = "\
Examples:
  arende export ndjson --data ./data --out log.ndjson
  arende export ndjson --data ./data --access --out access.ndjson
  arende export ndjson --data ./data | jq -c 'select(.stream == \"case_01J…\")'
The folder must not be served meanwhile. Keys are not exported: what was sealed stays sealed, and
can be read only where the `keys` folder and the master key are. docs/backup.md has the form.")]
    Ndjson {
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
        /// Export the access log instead.
        #[arg(long)]
        access: bool,
        /// The file to write, which must be new; standard output if not given.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

/// `arende backup`
#[derive(clap::Args)]
#[group(id = "what", required = true, multiple = true, args = ["out", "keys_out"])]
#[command(after_help = "\
Examples:
  arende backup --data ./data --out full.zst --keys-out /elsewhere/keys
  arende backup --data ./data --since 4711 --access-since 815 --out monday.zst
A folder that is being served goes on being served: the service itself gives what it has
acknowledged. Keys are never in the same file: keep theirs and the master key elsewhere.
docs/backup.md has it step by step.")]
pub(crate) struct BackupArgs {
    /// The data folder.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// The file to write both logs and the files that went with messages to, which must be new.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// The file to write the keys to, wrapped by the master key as they are kept, which must be new.
    #[arg(long)]
    pub(crate) keys_out: Option<PathBuf>,
    /// Leave out the log up to this position: the last that an earlier backup holds.
    #[arg(long, default_value = "0", value_parser = position)]
    pub(crate) since: Position,
    /// The same for the access log.
    #[arg(long, default_value = "0", value_parser = position)]
    pub(crate) access_since: Position,
}

/// `arende restore`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  arende restore full.zst --data ./restored
  arende restore full.zst monday.zst --keys /elsewhere/keys --data ./restored
The folder is there whole or not at all. No key is in a backup of the logs: name the one of the
keys, or copy the `keys` folder, and give the master key. docs/backup.md has it step by step.")]
pub(crate) struct RestoreArgs {
    /// A whole backup, then those that continue it, in the order that they were made.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// What `arende backup --keys-out` wrote, at the last of these backups or later.
    #[arg(long)]
    pub(crate) keys: Option<PathBuf>,
    /// The data folder, which must be empty or new.
    #[arg(long)]
    pub(crate) data: PathBuf,
}

/// `arende salvage`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  arende salvage ./data --data ./salvaged
  arende salvage ./data ./restored --data ./salvaged
For a folder that `arende verify` finds damaged. Whole commits are looked for in the files of the
log, without the database that they belong to, and put in order by their hashes; a commit that the
first folder has lost is taken from the others. The new folder is there whole or not at all, and
only if nothing is lost; nothing in the other folders changes. Keys and attachments are copied from
the first. docs/operating.md has it step by step.")]
pub(crate) struct SalvageArgs {
    /// The damaged data folder, then others that may have what it has lost, such as a restored backup.
    #[arg(required = true)]
    pub(crate) from: Vec<PathBuf>,
    /// The data folder to make, which must be empty or new.
    #[arg(long)]
    pub(crate) data: PathBuf,
}

fn position(text: &str) -> Result<Position, String> {
    text.parse().map(Position::new).map_err(|error| format!("not a log position: {error}"))
}
