//! Compliance as text for people.

use std::fmt;

use domain::organisation::Level;

use super::{Cell, Compliance, Status, Tally};
use crate::Directory;

/// The matrix of units and types, with names.
pub struct ComplianceTable<'a> {
    /// What is shown.
    pub compliance: &'a Compliance,
    /// Where the names are.
    pub directory: &'a Directory,
}

impl fmt::Display for ComplianceTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Compliance { key, version, reference, day, units, divisions, total } = self.compliance;
        match (version, reference) {
            (Some(version), Some(reference)) => {
                writeln!(f, "{key} version {version} ({reference}) on {day}")?;
            }
            _ => writeln!(f, "{key} did not hold on {day}")?,
        }
        for unit in units {
            let name = self.directory.care_unit(unit.unit).map(|it| it.name.as_str());
            let obliged = if unit.is_obliged { "" } else { ", need not follow" };
            let connected = if unit.is_connected { "connected" } else { "not connected" };
            writeln!(f, "{}: {connected}{obliged}", name.unwrap_or("?"))?;
            for cell in &unit.cells {
                self.cell(f, cell)?;
            }
        }
        for (division, tally) in divisions {
            let name = self.directory.division(*division).map(|it| it.name.as_str());
            write_tally(f, name.unwrap_or("?"), *tally)?;
        }
        write_tally(f, "all", *total)
    }
}

impl ComplianceTable<'_> {
    fn cell(&self, f: &mut fmt::Formatter<'_>, cell: &Cell) -> fmt::Result {
        let name = self.directory.case_type(cell.case_type).map(|it| it.name_sv.as_str());
        let status = match cell.status {
            Status::Offered => "offered",
            Status::Missing => "missing",
            Status::NotApplicable => "not applicable",
            Status::Additional => "additional",
        };
        let level = match cell.level {
            Some(Level::Mandatory) => "mandatory",
            Some(Level::Recommended) => "recommended",
            Some(Level::Optional) => "optional",
            None => "–",
        };
        writeln!(f, "  {status:<14}  {level:<11}  {}", name.unwrap_or("?"))
    }
}

fn write_tally(f: &mut fmt::Formatter<'_>, name: &str, it: Tally) -> fmt::Result {
    let Tally { units, obliged, connected, base, offered, additional } = it;
    writeln!(
        f,
        "{name}: {connected} of {obliged} connected ({units} units), {offered} of {base} \
         mandatory offered, {additional} additional"
    )
}
