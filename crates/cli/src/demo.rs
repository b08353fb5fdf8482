//! A region with casework that never was: for demonstrations, and for trying things at scale.
//!
//! Everything goes through the rules and the log like any other command, in one order of time,
//! under a scripted clock; a command that the rules refuse is a bug here and ends the generation.
//! All chance follows from the seed, so that the same plan gives the same log, byte for byte.
//!
//! ```text
//! model, catalogue, phrases ──▶ region, residents ──▶ arrivals ──▶ scripts ──▶ play ──▶ log
//! ```
//!
//! The figures are those of `data/workload_model.json`; what it leaves open is chosen, and said,
//! in the module that needs it. Nobody in it is anybody: names and numbers are made up.

mod arrivals;
mod casework;
mod catalogue;
mod chance;
mod form;
mod handover;
mod hours;
mod model;
mod names;
mod phrases;
mod region;
mod registering;
mod residents;
mod script;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use domain::{
    DivisionId, Position, RegionId, ResidentId, StaffId, UnitId,
    catalogue::ShippedType,
    deadline::{FIRST_DAY, LAST_DAY, local_date, start_of_day},
    identity::NationalId,
};
use engine::{Engine, ScriptedWorld, World as _};
use jiff::{Timestamp, ToSpan as _};

use crate::people::People;

pub(crate) use self::handover::Handover;
use self::{
    chance::Chance, hours::WorkingHours, model::Model, phrases::Phrases, region::Region,
    residents::Residents,
};

/// What to generate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// How many cases.
    pub(crate) cases: u64,
    /// What chance follows from.
    pub(crate) seed: u64,
    /// The moment that the casework leads up to.
    pub(crate) until: Timestamp,
}

/// What was generated.
#[derive(Debug, Clone)]
pub(crate) struct Generated {
    /// The moment that the casework leads up to.
    pub(crate) until: Timestamp,
    /// The region.
    pub(crate) region: RegionId,
    /// Its divisions.
    pub(crate) divisions: Vec<DivisionId>,
    /// Its units.
    pub(crate) units: Vec<UnitId>,
    /// Whom to look at it with.
    pub(crate) people: People,
    /// The first of the people's residents, and of its guardians, with their numbers.
    pub(crate) numbers: [Option<(ResidentId, NationalId)>; 2],
    /// The HSA-ids of its staff.
    pub(crate) hsa_ids: BTreeMap<StaffId, String>,
    /// The log's last commit.
    pub(crate) position: Position,
}

/// From when to when.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: Timestamp,
    until: Timestamp,
}

/// Everything that the scripts of cases are written with.
struct Author<'a> {
    model: &'a Model,
    catalogue: &'a [ShippedType],
    phrases: &'a Phrases,
    hours: &'a WorkingHours,
    region: &'a Region,
    residents: &'a Residents,
    until: Timestamp,
}

impl Plan {
    /// A world whose clock stands where the casework begins.
    pub(crate) fn world(&self) -> anyhow::Result<Handover> {
        let Span { from, until } = self.span(&Model::load()?);
        // The last cases still need deadlines after the end.
        let within = local_date(from) >= FIRST_DAY && local_date(until).year() < LAST_DAY.year();
        if !within {
            bail!(
                "casework that leads up to {until} would lie outside the calendar of working \
                 days, {FIRST_DAY} to {LAST_DAY}; choose another end"
            );
        }
        Ok(Handover::new(ScriptedWorld::new(self.seed, from)))
    }

    /// From the midnight so many days before the end.
    fn span(&self, model: &Model) -> Span {
        #[expect(clippy::cast_possible_truncation, reason = "a year of days")]
        let days = model.scale(self.cases).span_days.round() as i64;
        let from = start_of_day(local_date(self.until).saturating_sub(days.days()));
        Span { from, until: self.until }
    }
}

/// Generates into the empty log of `engine`, whose world is `world`, made by [`Plan::world`] and
/// not yet live; the clock is left at the plan's end.
/// `progress` is told how many cases have begun, and of how many.
pub(crate) async fn generate(
    engine: &Engine,
    world: &Handover,
    plan: &Plan,
    mut progress: impl FnMut(u64, u64),
) -> anyhow::Result<Generated> {
    let world = world.script();
    let (model, catalogue, phrases) = (Model::load()?, catalogue::load_all()?, Phrases::load()?);
    let (span, scale, chance) =
        (plan.span(&model), model.scale(plan.cases), Chance::new(plan.seed));
    let hours = WorkingHours::new(span.from, span.until);
    let region = Region::new(&model, &catalogue, scale, world, &mut chance.fork(1));
    let residents = Residents::new(&model, &region, scale, span.until, world, &mut chance.fork(2))?;

    let mut pipeline = engine.pipeline();
    let set_up = (&region, &residents);
    registering::register(engine, &mut pipeline, set_up, &catalogue, world.now()).await?;
    // The rules ask the read models about units, staff and residents.
    pipeline.flush().await?;

    let author = Author {
        model: &model,
        catalogue: &catalogue,
        phrases: &phrases,
        hours: &hours,
        region: &region,
        residents: &residents,
        until: span.until,
    };
    let arrivals = arrivals::arrivals(&author, span, plan.cases, &mut chance.fork(3));
    let progress = &mut progress;
    casework::play(&mut pipeline, world, &author, arrivals, chance.fork(4), progress)
        .await
        .context("failed to generate casework")?;
    world.set(span.until);
    let position = pipeline.finish().await?.position;

    let view = engine.view(None).await?.context("the read models are not there")?;
    let people = view.with(People::of);
    let first = [&people.residents, &people.guardians].map(|list| list.first().copied());
    Ok(Generated {
        until: span.until,
        region: region.id,
        divisions: region.divisions.iter().map(|it| it.id).collect(),
        units: region.units.iter().map(|it| it.id).collect(),
        numbers: first.map(|who| who.and_then(|who| Some((who, residents.number(who)?)))),
        people,
        hsa_ids: region.staff().map(|it| (it.id, it.person.number.clone())).collect(),
        position,
    })
}
