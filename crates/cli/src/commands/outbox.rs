//! `arende outbox`: what people have yet to be told, and what they were not; and sending it again.

use std::{fmt::Write as _, io::Read as _};

use anyhow::bail;

use super::print;
use crate::{
    args::OutboxArgs,
    door::{self, Question},
    folder::Folder,
    outbox::{Item, Ledger, State},
};

pub(crate) fn run(args: &OutboxArgs) -> anyhow::Result<()> {
    let folder = Folder::existing(&args.data)?;
    if !folder.outbox().exists() {
        bail!("{} has no outbox: it was never served with notices", args.data.display());
    }
    if let Some(id) = &args.resend {
        return resend(&folder, id, args.even_if_sent);
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

/// Has the service send it: it alone knows what is being sent at this moment.
fn resend(folder: &Folder, id: &str, even_if_sent: bool) -> anyhow::Result<()> {
    let question = Question::Resend { id: id.to_owned(), even_if_sent };
    let Some(mut answer) = door::ask(&folder.door(), question)? else {
        bail!("no service has the folder: start it with its notices, and ask again");
    };
    let mut refused = String::new();
    answer.read_to_string(&mut refused)?;
    if !refused.is_empty() {
        bail!("{refused}");
    }
    print(&format!("notice {id} is sent again; arende outbox tells if it was not taken\n"))
}

fn row(text: &mut String, item: &Item) -> anyhow::Result<()> {
    let (state, why) = match &item.is {
        State::Waiting { why, .. } => ("waiting", why.as_deref()),
        State::Sending => ("sending", None),
        State::Uncertain { why } => ("uncertain", Some(why.as_str())),
        State::Dead { why } => ("dead", Some(why.as_str())),
        State::Sent | State::NotWanted => return Ok(()),
    };
    let to = item.to.to_string();
    let at = item.at.strftime("%Y-%m-%dT%H:%M:%SZ");
    let (tries, channel) = (item.attempts, item.channel.name());
    writeln!(
        text,
        "{state:<9}  {at}  {tries:>5}  {channel:<7}  {to:<36}  {} event {}",
        item.stream, item.version
    )?;
    match why {
        Some(why) => writeln!(text, "           {}: {why}", item.id)?,
        None => writeln!(text, "           {}", item.id)?,
    }
    Ok(())
}
