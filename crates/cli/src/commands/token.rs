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
    let actor = match args.capacity {
        As::Operator => Actor::System,
        _ => choose(&people(&folder, &world).await?, &args)?,
    };
    let expires_at = world.now() + SignedDuration::from_hours(i64::from(args.hours));
    // Whose it is goes beside the answer, so that the answer is the token alone.
    let name = args.capacity.to_possible_value().map(|it| it.get_name().to_owned());
    let (who, unit) = bearer(&actor);
    eprintln!("{who}, {}{unit}, until {expires_at:.0}", name.unwrap_or_default());
    print(&format!("{}\n", issuer.token(&actor, expires_at)?))
}

/// Whom tokens can be made for.
struct Known {
    people: People,
    /// Whether that is as the log has it, not as it was when the folder was served.
    is_current: bool,
}

/// Those in the folder: by its log, or, while another process has that, as they were when the folder
/// was last served.
async fn people(folder: &Folder, world: &SystemWorld) -> anyhow::Result<Known> {
    let path = folder.log();
    let log = match SledLog::open(&path) {
        Ok(log) => log,
        Err(OpenError::InUse { .. }) => {
            let listed = issuer::listed_people(folder)?.with_context(|| {
                format!(
                    "{} is in use by another process that does not serve it with --dev; \
                     stop that one first",
                    path.display()
                )
            })?;
            return Ok(Known { people: listed, is_current: false });
        }
        Err(error) => return Err(error).context(format!("failed to open {}", path.display())),
    };
    let head = *log.head().borrow();
    let snapshot = engine::replay(&log, AsOf::Position(head)).await?;
    let people = snapshot.map(|it| People::of(&it.models, world.now())).unwrap_or_default();
    Ok(Known { people, is_current: true })
}

/// Who asks with a token for `actor`, and at which unit.
fn bearer(actor: &Actor) -> (String, String) {
    match actor {
        Actor::Staff { who, unit, .. } => {
            (who.to_string(), unit.map(|unit| format!(" at {unit}")).unwrap_or_default())
        }
        Actor::Resident { who, .. } => (who.to_string(), String::new()),
        Actor::System => ("operator".to_owned(), String::new()),
    }
}

/// Whoever fits what was asked for.
fn choose(known: &Known, args: &TokenArgs) -> anyhow::Result<Actor> {
    let people = &known.people;
    let role = match args.capacity {
        As::Receiver => Role::Receiver,
        As::Handler => Role::Handler,
        As::UnitAdmin => Role::UnitAdmin,
        As::RegionAdmin => Role::RegionAdmin,
        As::Auditor => Role::Auditor,
        As::Analyst => Role::Analyst,
        As::Operator => return Ok(Actor::System),
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
    // Someone who came since the folder was served is not listed; the service asks at each request
    // whether the assignment is in force.
    if let (None, Some(who), false) = (&found, who, known.is_current) {
        return Ok(Actor::Staff { who, role, unit: args.unit });
    }
    let found = found.with_context(|| {
        let at = args.unit.map(|unit| format!(" at {unit}")).unwrap_or_default();
        let who = who.map_or_else(|| "nobody".to_owned(), |who| format!("not {who}"));
        let role = format!("{:?}", args.capacity).to_lowercase();
        format!("{who} in this folder is {role}{at}; try another --unit or --subject")
    })?;
    Ok(found.actor())
}
