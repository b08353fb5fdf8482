//! `arende import`: casework from elsewhere, into a data folder.

mod ndjson;

use std::{
    cmp::Reverse, collections::BTreeMap, fmt::Write as _, path::Path, process::ExitCode, sync::Arc,
};

use anyhow::Context as _;
use domain::{RegionId, UnitId, case::State};
use engine::{SystemWorld, World};
use projections::ReadModels;
use serde::Serialize;

use super::{print, words};
use crate::{
    args::ImportCommand,
    folder::Folder,
    import::{
        file,
        mapping::Mapping,
        plan::Plan,
        record::{self, Written},
        xes,
    },
    output::progress_bar,
};

/// What was imported, as `--json` gives it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    region_id: String,
    cases: u64,
    source_events: u64,
    commits: u64,
    events: BTreeMap<&'static str, u64>,
    states: BTreeMap<&'static str, u64>,
    seconds: f64,
}

pub(crate) fn run(command: ImportCommand) -> anyhow::Result<ExitCode> {
    let (log, mapping, data, json, master_key) = match command {
        ImportCommand::Xes { log, mapping, data, json, master_key } => {
            (log, mapping, data, json, master_key)
        }
        ImportCommand::Ndjson { files, data } => return ndjson::run(&files, &data),
    };
    let world = Arc::new(SystemWorld::default());
    let started = world.now();

    let mapping = Mapping::read(&mapping)?;
    let plan = plan(&log, &mapping)?;
    let mut report = Report {
        region_id: plan.region.to_string(),
        cases: plan.cases(),
        source_events: plan.facts.len() as u64,
        commits: 0,
        events: plan.events(),
        states: plan.states.iter().map(|(state, count)| (words::state(*state), *count)).collect(),
        seconds: 0.0,
    };
    let (region, name) = (plan.region, plan.region_name.clone());

    let folder = Folder::existing_or_new(&data)?;
    let master = folder.master(&master_key, &*world)?;
    let runtime = tokio::runtime::Runtime::new().context("failed to start the runtime")?;
    let (written, busiest) = runtime.block_on(async {
        let engine = folder.engine(master, world.clone()).await?;
        let bar = progress_bar(report.source_events, "writing");
        let written = record::record(&engine, plan, |done| bar.set_position(done)).await;
        bar.finish_and_clear();
        let written = written.with_context(|| format!("failed to import {}", log.display()))?;
        engine.save_models().await.context("failed to save the read models")?;
        let view = engine.view(None).await?.context("the read models are not there")?;
        anyhow::Ok((written, view.with(|models, _| busiest(models, region))))
    })?;
    report.commits = written.new;
    report.seconds = world.now().duration_since(started).as_secs_f64();
    if json {
        print(&format!("{}\n", serde_json::to_string(&report)?))?;
    } else {
        let mut text = table(&report, &name, written)?;
        if let Some(unit) = busiest {
            writeln!(text, "look: arende replay inbox {unit} --data {}", data.display())?;
        }
        print(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads and translates everything; nothing has been written when this fails.
fn plan(path: &Path, mapping: &Mapping) -> anyhow::Result<Plan> {
    tracing::debug!(path = %path.display(), "reading");
    let bar = progress_bar(0, "reading");
    let text = file::read(path, &bar)?;
    bar.finish_and_clear();
    tracing::debug!(bytes = text.len(), "understanding");

    let failed = || format!("failed to import {}", path.display());
    let bar = progress_bar(text.len() as u64, "understanding");
    let log = xes::read(&text, |bytes| bar.set_position(bytes as u64)).with_context(failed)?;
    bar.finish_and_clear();

    let events = log.traces.iter().map(|trace| trace.events.len() as u64).sum();
    tracing::debug!(traces = log.traces.len(), events, "translating");
    let bar = progress_bar(events, "translating");
    let plan = Plan::new(&log, mapping, |done| bar.set_position(done as u64));
    bar.finish_and_clear();
    let plan = plan.with_context(failed)?;
    tracing::debug!(registrations = plan.registrations.len(), "translated");
    Ok(plan)
}

/// The region's unit with most open cases: somewhere to begin to look.
fn busiest(models: &ReadModels, region: RegionId) -> Option<UnitId> {
    let mut open = BTreeMap::<UnitId, u64>::new();
    for case in models.cases().iter().filter(|it| it.state != State::Closed) {
        *open.entry(case.unit).or_default() += 1;
    }
    let known = |unit| models.directory().care_unit(unit);
    open.retain(|unit, _| known(*unit).is_some_and(|it| it.region == region));
    open.into_iter().max_by_key(|(unit, count)| (*count, Reverse(*unit))).map(|(unit, _)| unit)
}

fn table(report: &Report, name: &str, written: Written) -> anyhow::Result<String> {
    let mut text = String::new();
    let mut row = |what: &str, figure: u64| writeln!(text, "{what:<24}{figure:>10}");
    row("cases", report.cases)?;
    for (state, count) in &report.states {
        row(&format!("  {}", state.to_lowercase().replace('_', " ")), *count)?;
    }
    row("events in the source", report.source_events)?;
    row("events of cases", report.events.values().sum())?;
    for (name, count) in &report.events {
        row(&format!("  {name}"), *count)?;
    }
    row("new commits", written.new)?;
    row("known from before", written.known)?;
    if written.new == 0 {
        text.push_str("nothing is new: this log was imported before, and nothing was changed\n");
    }
    writeln!(text, "{} \"{name}\", in {:.1} s", report.region_id, report.seconds)?;
    Ok(text)
}
