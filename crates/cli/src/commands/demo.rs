//! `arende demo`: a region with casework, made up.

use std::{fmt::Write as _, sync::Arc};

use anyhow::Context as _;
use domain::{
    case::{State, clock::SlaState},
    organisation::Place,
};
use engine::{Engine, SystemWorld, World as _};
use jiff::Timestamp;

use super::print;
use crate::{
    args::{DemoArgs, MasterKeyArgs},
    demo::{Cast, Generated, Plan, generate},
    folder::Folder,
    output,
};

pub(crate) async fn run(args: DemoArgs) -> anyhow::Result<()> {
    let folder = Folder::new(&args.data)?;
    let until = args.until.unwrap_or_else(|| start_of_hour(SystemWorld::default().now()));
    let plan = Plan { cases: args.cases, seed: args.seed, until };
    let world = Arc::new(plan.world()?);
    let master = folder.master(&MasterKeyArgs::default(), &*world)?;
    let engine = folder.engine(master, Arc::clone(&world) as Arc<_>).await?;

    let bar = output::progress_bar(plan.cases, "generating cases");
    let generated = generate(&engine, &world, &plan, |done, _| bar.set_position(done)).await?;
    bar.finish_and_clear();
    let summary = summary(&engine, &generated).await?;
    world.go_live();
    print(&summary)
}

fn start_of_hour(now: Timestamp) -> Timestamp {
    let second = now.as_second();
    Timestamp::from_second(second - second.rem_euclid(3_600)).unwrap_or(now)
}

/// What there is, and whom to look at it with, as tables.
async fn summary(engine: &Engine, generated: &Generated) -> anyhow::Result<String> {
    let view = engine.view(None).await?.context("the read models are not there")?;
    let mut text = String::new();
    view.with(|models, now| {
        let cases = || models.cases().iter();
        let in_state = |state| cases().filter(|it| it.state == state).count();
        let with_clock = |state| cases().filter(|it| it.clock.state(now) == state).count();
        let is_open = |it: &projections::CaseView| it.state != State::Closed;
        writeln!(text, "{} as of {now}", generated.region)?;
        for (what, count) in [
            ("divisions", generated.divisions.len()),
            ("care units", generated.units.len()),
            ("cases", cases().count()),
            ("events of cases", cases().map(|it| it.version as usize).sum()),
            ("  open", cases().filter(is_open).count()),
            ("  in the units' queues", in_state(State::Received)),
            ("  with handlers", in_state(State::Distributed)),
            ("  partially answered", in_state(State::PartiallyAnswered)),
            ("  awaiting the resident", in_state(State::AwaitingResident)),
            ("  answered, not closed", in_state(State::Answered)),
            ("  due today", with_clock(SlaState::DueToday)),
            ("  overdue", with_clock(SlaState::Overdue)),
        ] {
            writeln!(text, "{what:<24} {count:>9}")?;
        }
        writeln!(text, "{:<24} {:>9}\n", "log position", generated.position)
    })?;
    let Cast { staff, resident, guardian } = &generated.cast;
    for (role, place, who) in staff {
        let place = match place {
            Place::Unit(unit) => unit.to_string(),
            Place::Region(region) => region.to_string(),
        };
        writeln!(text, "{:<16} {who} at {place}", format!("{role:?}"))?;
    }
    for (what, who) in [("Resident", resident), ("Guardian", guardian)] {
        if let Some(who) = who {
            writeln!(text, "{what:<16} {who}")?;
        }
    }
    Ok(text)
}
