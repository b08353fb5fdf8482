//! `arende deadline`: when the first response is due.

use std::{fmt::Write as _, process::ExitCode};

use anyhow::Context as _;
use domain::deadline::{Deadline, explain};
use jiff::tz::TimeZone;

use super::print;
use crate::args::DeadlineArgs;

pub(crate) fn run(args: &DeadlineArgs) -> anyhow::Result<ExitCode> {
    // All or nothing: no line is printed when one of the times cannot be reckoned with.
    let mut text = String::new();
    for received_at in &args.received_at {
        let failed = || format!("failed to reckon the deadline of {received_at}");
        if args.explain {
            let why = explain(*received_at, args.days, args.policy).with_context(failed)?;
            writeln!(text, "{why}")?;
        } else {
            let deadline = Deadline::new(*received_at, args.days, args.policy);
            let due_at = deadline.with_context(failed)?.due_at;
            let local = due_at.to_zoned(stockholm()?);
            writeln!(text, "{}", local.strftime("%Y-%m-%dT%H:%M:%S%:z"))?;
        }
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The zone of all reckoning, from the bundled data whatever the machine has.
fn stockholm() -> anyhow::Result<TimeZone> {
    Ok(jiff::tz::TimeZoneDatabase::bundled().get("Europe/Stockholm")?)
}
