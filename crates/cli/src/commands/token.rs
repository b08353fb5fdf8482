//! `arende token`: a token from a data folder's development issuer.

mod subject;

use anyhow::{Context as _, bail};
use api::token::{DevIssuer, TokenError};
use clap::{ValueEnum as _, builder::PossibleValue};
use domain::{
    Actor, ResidentId, Role, StaffId, UnitId,
    deadline::local_date,
    identity::{HsaId, NationalId},
};
use engine::{AsOf, Finders, SystemWorld, World as _};
use event_log::EventLog as _;
use event_log_sled::{OpenError, SledLog};
use jiff::{SignedDuration, Timestamp};
use projections::ReadModels;

use self::subject::Subject;
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
    let today = local_date(world.now());
    let subject = args.subject.as_deref().map(|text| Subject::read(text, today)).transpose()?;
    if args.name.is_some() && !matches!(subject, Some(Subject::Number(_))) {
        bail!("--name goes with a resident's number: --as resident --subject NUMBER --name NAME");
    }
    let issuer = issuer::open_or_create(&folder, &world)?;
    let bearer = match (args.capacity, subject) {
        (As::Operator, None) => Bearer::Known(Actor::System),
        (As::Operator, Some(_)) => bail!("whoever runs the service has no --subject"),
        (_, subject) => {
            let finders = || Ok(Finders::of(&folder.master(&args.master_key, &world)?));
            let known = people(&folder, &world).await?;
            choose(&known, &args, subject, finders)?
        }
    };
    let expires_at = world.now() + SignedDuration::from_hours(i64::from(args.hours));
    // Whose it is goes beside the answer, so that the answer is the token alone.
    let name = args.capacity.to_possible_value().map(|it| it.get_name().to_owned());
    let who = bearer.described(name.as_deref().unwrap_or_default());
    let token = bearer.token(&issuer, args.name.as_deref(), expires_at)?;
    eprintln!("{who}, until {expires_at:.0}");
    print(&format!("{token}\n"))
}

/// Whom a token is for, and by what it names them.
enum Bearer {
    /// By our own id.
    Known(Actor),
    /// By a resident's number; and who has it, where that is known.
    Numbered(NationalId, Option<ResidentId>),
    /// By an HSA-id, in one assignment; and who has it, where that is known.
    Employed(HsaId, Option<StaffId>, Role, Option<UnitId>),
}

impl Bearer {
    fn token(
        &self,
        issuer: &DevIssuer,
        name: Option<&str>,
        expires_at: Timestamp,
    ) -> Result<String, TokenError> {
        match self {
            Self::Known(actor) => issuer.token(actor, expires_at),
            Self::Numbered(number, _) => issuer.token_for_number(number, name, expires_at),
            Self::Employed(hsa_id, _, role, unit) => {
                issuer.token_for_hsa_id(hsa_id, *role, *unit, expires_at)
            }
        }
    }

    /// Who asks with the token, in which `capacity`, and at which unit.
    fn described(&self, capacity: &str) -> String {
        let at = |unit: &Option<UnitId>| unit.map(|it| format!(" at {it}")).unwrap_or_default();
        let unknown = || "someone whom this folder did not list".to_owned();
        match self {
            Self::Known(Actor::Staff { who, unit, .. }) => {
                format!("{who}, {capacity}{}", at(unit))
            }
            Self::Known(Actor::Resident { who, .. }) => format!("{who}, {capacity}"),
            Self::Known(Actor::System) => format!("operator, {capacity}"),
            Self::Numbered(_, who) => {
                format!("{}, {capacity}", who.map_or_else(unknown, |it| it.to_string()))
            }
            Self::Employed(_, who, _, unit) => {
                let who = who.map_or_else(unknown, |it| it.to_string());
                format!("{who}, {capacity}{}", at(unit))
            }
        }
    }
}

/// Whom tokens can be made for.
struct Known {
    people: People,
    /// The read models, where they are as the log has it; none while another process has the log,
    /// and the people are as they were when the folder was served.
    models: Option<ReadModels>,
}

impl Known {
    const fn is_current(&self) -> bool {
        self.models.is_some()
    }
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
            return Ok(Known { people: listed, models: None });
        }
        Err(error) => return Err(error).context(format!("failed to open {}", path.display())),
    };
    let head = *log.head().borrow();
    let snapshot = engine::replay(&log, AsOf::Position(head)).await?;
    let models = snapshot.map(|it| it.models).unwrap_or_default();
    Ok(Known { people: People::of(&models, world.now()), models: Some(models) })
}

/// Whoever fits what was asked for.
fn choose(
    known: &Known,
    args: &TokenArgs,
    subject: Option<Subject>,
    finders: impl Fn() -> anyhow::Result<Finders>,
) -> anyhow::Result<Bearer> {
    let role = match args.capacity {
        As::Receiver => Role::Receiver,
        As::Handler => Role::Handler,
        As::UnitAdmin => Role::UnitAdmin,
        As::RegionAdmin => Role::RegionAdmin,
        As::Auditor => Role::Auditor,
        As::Analyst => Role::Analyst,
        As::Operator => return Ok(Bearer::Known(Actor::System)),
        As::Resident => {
            return match subject {
                Some(Subject::Number(number)) => {
                    let finders = finders()?;
                    numbered(known, number, &finders, args.name.is_some())
                }
                Some(Subject::Resident(who)) => Ok(resident(who)),
                Some(Subject::Staff(_) | Subject::HsaId(_)) => bail!(
                    "--subject names a member of staff; for --as resident it is a resident_… id \
                     or a personal number"
                ),
                None => {
                    let first = known.people.residents.first().copied();
                    let none = "nobody in this folder has a case; name one with --subject";
                    Ok(resident(first.context(none)?))
                }
            };
        }
    };
    match subject {
        None => assigned(known, args, role, None).map(Bearer::Known),
        Some(Subject::Staff(who)) => assigned(known, args, role, Some(who)).map(Bearer::Known),
        Some(Subject::HsaId(hsa_id)) => {
            let finders = finders()?;
            employed(known, args, role, hsa_id, &finders)
        }
        Some(Subject::Resident(_) | Subject::Number(_)) => {
            bail!("--subject names a resident; for staff it is a staff_… id or an HSA-id")
        }
    }
}

const fn resident(who: ResidentId) -> Bearer {
    Bearer::Known(Actor::Resident { who, on_behalf_of: None })
}

/// Whoever has that number; someone who is to have an account, where they have a name.
fn numbered(
    known: &Known,
    number: NationalId,
    finders: &Finders,
    is_named: bool,
) -> anyhow::Result<Bearer> {
    let hash = finders.number(&number);
    let who = match &known.models {
        Some(models) => models.directory().resident_of_number(hash),
        None => known.people.by_number.get(&hash).copied(),
    };
    if who.is_none() && known.is_current() && !is_named {
        bail!(
            "nobody in this folder has that personal number; with --name NAME the token is for \
             someone who makes an account with registerResident"
        );
    }
    Ok(Bearer::Numbered(number, who))
}

/// Whoever has that HSA-id, in an assignment that they have.
fn employed(
    known: &Known,
    args: &TokenArgs,
    role: Role,
    hsa_id: HsaId,
    finders: &Finders,
) -> anyhow::Result<Bearer> {
    let hash = finders.hsa_id(&hsa_id);
    let who = match &known.models {
        Some(models) => models.directory().staff_of_hsa_id(hash),
        None => known.people.by_hsa_id.get(&hash).copied(),
    };
    let unit = match who {
        Some(who) => match assigned(known, args, role, Some(who))? {
            Actor::Staff { unit, .. } => unit,
            Actor::Resident { .. } | Actor::System => None,
        },
        None if known.is_current() => bail!(
            "nobody in this folder is found by the HSA-id {hsa_id}; staff from before HSA-ids were \
             recorded are named by their staff_… id"
        ),
        None => args.unit,
    };
    Ok(Bearer::Employed(hsa_id, who, role, unit))
}

/// The first who has `role`, as it was asked for: `who`, where that was said.
fn assigned(
    known: &Known,
    args: &TokenArgs,
    role: Role,
    who: Option<StaffId>,
) -> anyhow::Result<Actor> {
    let found = known.people.staff(role, args.unit, who);
    // Someone who came since the folder was served is not listed; the service asks at each request
    // whether the assignment is in force.
    if let (None, Some(who), false) = (&found, who, known.is_current()) {
        return Ok(Actor::Staff { who, role, unit: args.unit });
    }
    let found = found.with_context(|| {
        let at = args.unit.map(|unit| format!(" at {unit}")).unwrap_or_default();
        let who = who.map_or_else(|| "nobody".to_owned(), |who| format!("not {who}"));
        let role = args.capacity.to_possible_value();
        let role = role.as_ref().map_or_else(|| "that", PossibleValue::get_name);
        if known.is_current() {
            format!("{who} in this folder is {role}{at}; try another --unit or --subject")
        } else {
            // Only nobody named comes here: the service itself knows of whoever is named.
            format!(
                "nobody in this folder was {role}{at} when its service started; name someone who \
                 came since with --subject, or start the service anew"
            )
        }
    })?;
    Ok(found.actor())
}
