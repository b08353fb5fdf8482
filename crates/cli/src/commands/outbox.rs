//! `arende outbox`: what people have yet to be told, and what they were not.

use std::fmt::Write as _;

use anyhow::bail;

use super::print;
use crate::{
    args::OutboxArgs,
    folder::Folder,
    outbox::{Item, Ledger, Recipient, State},
};

pub(crate) fn run(args: &OutboxArgs) -> anyhow::Result<()> {
    let folder = Folder::existing(&args.data)?;
    if !folder.outbox().exists() {
        bail!("{} has no outbox: it was never served with notices", args.data.display());
    }
    let items = Ledger::look(&folder.outbox())?;
    let mut text = String::new();
    if args.json {
        for item in &items {
            writeln!(text, "{}", serde_json::to_string(item)?)?;
        }
    } else if items.is_empty() {
        writeln!(text, "nothing waits, is uncertain, or was given up")?;
    } else {
        let widths = "state      since                 tries  channel  ";
        writeln!(text, "{widths}{:<36}  of", "to")?;
        for item in &items {
            row(&mut text, item)?;
        }
    }
    print(&text)
}

fn row(text: &mut String, item: &Item) -> anyhow::Result<()> {
    let (state, why) = match &item.is {
        State::Waiting { why, .. } => ("waiting", why.as_deref()),
        State::Sending => ("sending", None),
        State::Uncertain { why } => ("uncertain", Some(why.as_str())),
        State::Dead { why } => ("dead", Some(why.as_str())),
        State::Sent | State::NotWanted => return Ok(()),
    };
    let to = match item.to {
        Recipient::Resident(who) => who.to_string(),
        Recipient::Staff(who) => who.to_string(),
    };
    let at = item.at.strftime("%Y-%m-%dT%H:%M:%SZ");
    let (tries, channel) = (item.attempts, item.channel.name());
    writeln!(
        text,
        "{state:<9}  {at}  {tries:>5}  {channel:<7}  {to:<36}  {} event {}",
        item.stream, item.version
    )?;
    if let Some(why) = why {
        writeln!(text, "           {why}")?;
    }
    Ok(())
}
