//! What can be asked of `arende token`.

use std::path::PathBuf;

use clap::ValueEnum;
use domain::UnitId;

use super::MasterKeyArgs;

/// Whom a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum As {
    /// Case receiver (ärendemottagare) at a unit.
    Receiver,
    /// Case handler (ärendehanterare) at a unit.
    Handler,
    /// Administrator of a unit.
    UnitAdmin,
    /// Administrator of the region.
    RegionAdmin,
    /// Resident (invånare).
    Resident,
    /// Access auditor.
    Auditor,
    /// Analyst.
    Analyst,
    /// Whoever runs the service: founds regions, and sees what anyone may: no case and no person.
    Operator,
}

/// `arende token`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  arende token --data ./data --as receiver --unit unit_01J…
  arende token --data ./data --as handler --subject SE2321000131-E000000000123
  arende token --data ./data --as resident --subject 198102282384
  arende token --data ./data --as operator      for registerRegion in an empty folder")]
pub(crate) struct TokenArgs {
    /// The data folder.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// In which capacity.
    #[arg(long = "as", value_enum)]
    pub(crate) capacity: As,
    /// At which unit; the first where someone has the role, if not given.
    #[arg(long)]
    pub(crate) unit: Option<UnitId>,
    /// Who: a `staff_…` id or an HSA-id, or a `resident_…` id or a personal number; the first who
    /// fits, if not given.
    #[arg(long)]
    pub(crate) subject: Option<String>,
    /// For a resident's number that nobody has yet: the name for the account that `registerResident`
    /// makes with the token.
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) master_key: MasterKeyArgs,
    /// For how many hours the token is good.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=720))]
    pub(crate) hours: u32,
}
