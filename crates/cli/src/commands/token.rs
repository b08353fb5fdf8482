//! `arende token`: a token from a data folder's development issuer.

use anyhow::{Context as _, bail};
use clap::ValueEnum as _;
use domain::{Actor, Role, StreamId};
use engine::{AsOf, SystemWorld, World as _};
use event_log::EventLog as _;
use event_log_sled::{OpenError, SledLog};
use jiff::SignedDuration;

use super::print;
use crate::{
    args::{As, TokenArgs},
    folder::Folder,
    issuer,
    people::People,
};

pub(crate) async fn run(args: TokenArgs) -> anyhow::Result<()> {
    let folder = Folder::existing(&args.data)?;
    let world = SystemWorld::default();
    let issuer = issuer::open_or_create(&folder, &world)?;
    let people = people(&folder, &world).await?;
    let actor = choose(&people, &args)?;
    let expires_at = world.now() + SignedDuration::from_hours(i64::from(args.hours));
    // Whose it is goes beside the answer, so that the answer is the token alone.
    let name = args.capacity.to_possible_value().map(|it| it.get_name().to_owned());
    let (who, unit) = bearer(&actor);
    eprintln!("{who}, {}{unit}, until {expires_at:.0}", name.unwrap_or_default());
    print(&format!("{}\n", issuer.token(&actor, expires_at)?))
}

/// Those in the folder: by its log, or, while another process has that, as they were when the folder
/// was last served.
async fn people(folder: &Folder, world: &SystemWorld) -> anyhow::Result<People> {
    let path = folder.log();
    let log = match SledLog::open(&path) {
        Ok(log) => log,
        Err(OpenError::InUse { .. }) => {
            return issuer::listed_people(folder)?.with_context(|| {
                format!(
                    "{} is in use by another process that does not serve it with --dev; \
                     stop that one first",
                    path.display()
                )
            });
        }
        Err(error) => return Err(error).context(format!("failed to open {}", path.display())),
    };
    let head = *log.head().borrow();
    let snapshot = engine::replay(&log, AsOf::Position(head)).await?;
    Ok(snapshot.map(|it| People::of(&it.models, world.now())).unwrap_or_default())
}

/// Who asks with a token for `actor`, and at which unit.
fn bearer(actor: &Actor) -> (String, String) {
    match actor {
        Actor::Staff { who, unit, .. } => {
            (who.to_string(), unit.map(|unit| format!(" at {unit}")).unwrap_or_default())
        }
        Actor::Resident { who, .. } => (who.to_string(), String::new()),
        Actor::System => (String::new(), String::new()),
    }
}

/// Whoever fits what was asked for.
fn choose(people: &People, args: &TokenArgs) -> anyhow::Result<Actor> {
    let role = match args.capacity {
        As::Receiver => Role::Receiver,
        As::Handler => Role::Handler,
        As::UnitAdmin => Role::UnitAdmin,
        As::RegionAdmin => Role::RegionAdmin,
        As::Auditor => Role::Auditor,
        As::Analyst => Role::Analyst,
        As::Resident => {
            let who = match args.subject {
                Some(StreamId::Resident(who)) => Some(who),
                Some(other) => bail!("{other} is not a resident; --subject takes a resident_… id"),
                None => people.residents.first().copied(),
            };
            let who = who.context("nobody in this folder has a case; name one with --subject")?;
            return Ok(Actor::Resident { who, on_behalf_of: None });
        }
    };
    let who = match args.subject {
        Some(StreamId::Staff(who)) => Some(who),
        Some(other) => bail!("{other} is not a member of staff; --subject takes a staff_… id"),
        None => None,
    };
    let found = people.staff(role, args.unit, who);
    let found = found.with_context(|| {
        let at = args.unit.map(|unit| format!(" at {unit}")).unwrap_or_default();
        let who = who.map_or_else(|| "nobody".to_owned(), |who| format!("not {who}"));
        let role = format!("{:?}", args.capacity).to_lowercase();
        format!("{who} in this folder is {role}{at}; try another --unit or --subject")
    })?;
    Ok(found.actor())
}
