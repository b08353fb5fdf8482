//! `arende demo`: a region with casework, made up, and served.

use std::{fmt::Write as _, path::Path, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use api::token::DevIssuer;
use domain::{
    Actor, Role,
    case::{State, clock::SlaState},
    deadline::local_time,
    organisation::Post,
};
use engine::{Engine, SystemWorld, World as _};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use projections::{CaseView, ReadModels};

use super::{on_runtime, print};
use crate::{
    args::{DemoArgs, MasterKeyArgs, ProvingArgs},
    attendants::Attendants,
    demo::{Generated, Plan, generate},
    folder::Folder,
    issuer, output,
    people::Assignment,
    server::{self, Served, Signals},
    signing,
};

/// How long the printed tokens are good.
const TOKEN_HOURS: i64 = 24;

/// Whom a token is printed for.
const ROLES: [(Role, &str); 6] = [
    (Role::Receiver, "receiver"),
    (Role::Handler, "handler"),
    (Role::UnitAdmin, "unit-admin"),
    (Role::RegionAdmin, "region-admin"),
    (Role::Auditor, "auditor"),
    (Role::Analyst, "analyst"),
];

pub(crate) fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    server::check_loopback(args.listen)?;
    if let Some(data) = &args.data {
        return on_runtime(generate_and_serve(args, data));
    }
    // Where no folder was named, one that is gone with the program. It outlives the runtime, whose
    // tasks have the log open to the last.
    let temporary = tempfile::Builder::new().prefix("arende-demo-").tempdir();
    let temporary =
        temporary.context("failed to make a folder for the demo; name one with --data")?;
    on_runtime(generate_and_serve(args, temporary.path()))
}

async fn generate_and_serve(args: &DemoArgs, root: &Path) -> anyhow::Result<()> {
    let folder = Folder::new(root)?;
    let listener = server::listen(args.listen).await?;
    let until = args.until.unwrap_or_else(|| start_of_hour(SystemWorld::default().now()));
    let plan = Plan { cases: args.cases, seed: args.seed, until };
    let world = Arc::new(plan.world()?);
    let master = folder.master(&MasterKeyArgs::default(), &*world)?;
    let engine = folder.engine(master, Arc::clone(&world) as Arc<_>).await?;

    let bar = output::progress_bar(plan.cases, "generating cases");
    let generated = generate(&engine, &world, &plan, |done, _| bar.set_position(done)).await?;
    bar.finish_and_clear();
    world.go_live();

    let issuer = issuer::open_or_create(&folder, &*world)?;
    issuer::list_people(&folder, &generated.people)?;
    signing::create_if_missing(&folder, &*world)?;
    let mut text = String::new();
    let view = engine.view(None).await?.context("the read models are not there")?;
    view.with(|models, now| summarise(&mut text, models, now, &generated))?;
    let served = (format!("http://{}", listener.local_addr()?), root);
    invite(&mut text, &engine, &issuer, &generated, served).await?;
    writeln!(
        text,
        "Made with --cases {} --seed {} --until {until}: the same again gives the same log.\n\
         Stop with Ctrl-C.",
        plan.cases, plan.seed
    )?;
    let signals = Signals::take()?;
    let attendants = Attendants::start(&folder, &engine, &ProvingArgs::default(), None)?;
    print(&text)?;
    let keys = issuer.key_set()?;
    let documents = api::PersistedDocuments::default();
    let served = Served { engine, keys, introspection: true, documents };
    let outcome = server::run(listener, served, signals).await;
    attendants.finish().await;
    outcome
}

fn start_of_hour(now: Timestamp) -> Timestamp {
    let second = now.as_second();
    Timestamp::from_second(second - second.rem_euclid(3_600)).unwrap_or(now)
}

/// What there is, as a table.
fn summarise(
    text: &mut String,
    models: &ReadModels,
    now: Timestamp,
    generated: &Generated,
) -> anyhow::Result<()> {
    let cases = || models.cases().iter();
    let in_state = |state| cases().filter(|it| it.state == state).count();
    let with_clock = |state| cases().filter(|it| it.clock.state(now) == state).count();
    let is_open = |it: &CaseView| it.state != State::Closed;
    let name = models.directory().region(generated.region).map(|it| it.name.as_str());
    let at = local_time(now).strftime("%A %Y-%m-%d %H:%M");
    writeln!(text, "{} on {at}, Swedish time; all people are made up\n", name.unwrap_or_default())?;
    for (what, count) in [
        ("divisions", generated.divisions.len()),
        ("care units", generated.units.len()),
        ("cases", cases().count()),
        ("events of cases", cases().map(|it| it.version as usize).sum()),
        ("open", cases().filter(is_open).count()),
        ("  in the units' queues", in_state(State::Received)),
        ("  with handlers", in_state(State::Distributed)),
        ("  partially answered", in_state(State::PartiallyAnswered)),
        ("  awaiting the resident", in_state(State::AwaitingResident)),
        ("  answered, not closed", in_state(State::Answered)),
        ("due today", with_clock(SlaState::DueToday)),
        ("overdue", with_clock(SlaState::Overdue)),
    ] {
        writeln!(text, "{what:<24} {count:>9}")?;
    }
    writeln!(text, "{:<24} {:>9}\n", "log position", generated.position)?;
    Ok(())
}

/// Where to go, as whom, and what to ask.
async fn invite(
    text: &mut String,
    engine: &Engine,
    issuer: &DevIssuer,
    generated: &Generated,
    (address, root): (String, &Path),
) -> anyhow::Result<()> {
    let expires_at = engine.now() + SignedDuration::from_hours(TOKEN_HOURS);
    writeln!(
        text,
        "Open {address} in a browser for GraphiQL, and put a token under Headers:\n\
         {{\"authorization\": \"Bearer …\"}}\n\n\
         Tokens, good for {TOKEN_HOURS} hours; more by\n\
         arende token --data {} --as handler --unit unit_…\n",
        root.display()
    )?;
    let people = &generated.people;
    for (role, name) in ROLES {
        let Some(assignment) = people.staff(role, None, None) else { continue };
        let token = issuer.token(&assignment.actor(), expires_at)?;
        let place = place(engine, assignment).await?;
        let hsa_id = generated.hsa_ids.get(&assignment.who).map_or("", String::as_str);
        writeln!(text, "{name} at {place}, with the HSA-id {hsa_id}\n{token}\n")?;
    }
    for (name, found) in ["resident", "guardian"].into_iter().zip(generated.numbers) {
        let Some((who, number)) = found else { continue };
        let token = issuer.token(&Actor::Resident { who, on_behalf_of: None }, expires_at)?;
        writeln!(text, "{name} with the number {}\n{token}\n", number.expose_digits())?;
    }
    let unit = people.staff(Role::Receiver, None, None).map(|it| it.place);
    let Some(Post::Unit(unit)) = unit else { return Ok(()) };
    let to = local_time(generated.until).date();
    let (from, region) = (to.saturating_sub(30.days()), generated.region);
    writeln!(
        text,
        "As receiver, what the unit has yet to respond to, what is due first at the top:\n\n\
         {{\n\
         \u{20} unitInbox(\n\
         \u{20}   unitId: \"{unit}\"\n\
         \u{20}   first: 10\n\
         \u{20}   filter: {{ slaStates: [OVERDUE, DUE_TODAY, ON_TIME] }}\n\
         \u{20} ) {{\n\
         \u{20}   totalCount\n\
         \u{20}   nodes {{\n\
         \u{20}     id state slaState dueAt\n\
         \u{20}     caseType {{ nameSv }} handler {{ name }} resident {{ name }}\n\
         \u{20}   }}\n\
         \u{20} }}\n\
         }}\n\n\
         As analyst, the deadlines of the last month:\n\n\
         {{\n\
         \u{20} statistics(\n\
         \u{20}   scope: {{ regionId: \"{region}\" }}\n\
         \u{20}   period: {{ from: \"{from}\", to: \"{to}\" }}\n\
         \u{20} ) {{\n\
         \u{20}   policy received open overdue\n\
         \u{20}   respondedOnTime {{ numerator denominator ratio }}\n\
         \u{20}   timeToFirstResponse {{ p50 p90 }}\n\
         \u{20}   byCaseType {{ caseType {{ nameSv }} count }}\n\
         \u{20} }}\n\
         }}\n\n\
         As region-admin, what units offer of what they must:\n\n\
         {{\n\
         \u{20} compliance(\n\
         \u{20}   scope: {{ regionId: \"{region}\" }}\n\
         \u{20}   offering: \"vgr-2016\"\n\
         \u{20} ) {{\n\
         \u{20}   version reference day\n\
         \u{20}   total {{ obliged connected base offered additional }}\n\
         \u{20}   units(first: 10, missing: MANDATORY) {{\n\
         \u{20}     totalCount nodes {{ unit {{ name }} tally {{ base offered }} }}\n\
         \u{20}   }}\n\
         \u{20} }}\n\
         }}\n"
    )?;
    if let [Some((_, number)), _] = generated.numbers {
        writeln!(
            text,
            "As receiver, who has the resident's number:\n\n\
             query Q($number: String!) {{\n\
             \u{20} findResident(number: $number) {{ id name }}\n\
             }}\n\n\
             As Variables:\n\n\
             {{\"number\": \"{}\"}}\n",
            number.expose_digits()
        )?;
    }
    Ok(())
}

/// Where an assignment holds, by name.
async fn place(engine: &Engine, assignment: Assignment) -> anyhow::Result<String> {
    let view = engine.view(None).await?.context("the read models are not there")?;
    let name = view.with(|models, _| match assignment.place {
        Post::Unit(unit) => models.directory().care_unit(unit).map(|it| it.name.clone()),
        Post::Division(division) => models.directory().division(division).map(|it| it.name.clone()),
        Post::Region(region) => models.directory().region(region).map(|it| it.name.clone()),
    });
    Ok(name.unwrap_or_default())
}
