//! Writing what was planned, once: what the log knows already is left alone.

use std::collections::{BTreeSet, HashMap};

use anyhow::bail;
use domain::{CommitId, Event, Position};
use engine::{Engine, Facts, entries};
use event_log::Commit;

use super::plan::Plan;

/// Commits read at a time.
const PAGE_COMMITS: usize = 1_024;

/// What became of the source's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    /// How many are new: one commit each.
    pub(crate) new: u64,
    /// How many the log had already.
    pub(crate) known: u64,
}

/// Writes what the log does not know yet. `progress` is told how many commits are done.
pub(crate) async fn record(
    engine: &Engine,
    plan: Plan,
    mut progress: impl FnMut(u64),
) -> anyhow::Result<Written> {
    let known = known(engine, &plan).await?;
    let mut pipeline = engine.pipeline();
    for registering in plan.registrations {
        pipeline.register(registering).await?;
    }
    let mut written = Written { new: 0, known: 0 };
    for facts in plan.facts {
        if known.contains(&facts.commit_id) {
            written.known += 1;
        } else {
            written.new += 1;
            pipeline.record(facts).await?;
        }
        progress(written.new + written.known);
    }
    pipeline.finish().await?;
    Ok(written)
}

/// Those of the plan's commits that the log has. One that it has with other events stops the
/// import while nothing has been written.
async fn known(engine: &Engine, plan: &Plan) -> anyhow::Result<BTreeSet<CommitId>> {
    let planned: HashMap<CommitId, &Facts> =
        plan.facts.iter().map(|facts| (facts.commit_id, facts)).collect();
    let log = engine.log();
    let mut known = BTreeSet::new();
    let mut after = Position::START;
    loop {
        let page = log.page(after, PAGE_COMMITS).await?;
        let Some(last) = page.last() else { return Ok(known) };
        after = last.position;
        for commit in &page {
            let Some(facts) = planned.get(&commit.commit_id) else { continue };
            if !says(commit, facts)? {
                bail!(
                    "{} was imported before, and is something else now; import a log that was \
                     changed, or with another mapping, as another region or into another folder",
                    facts.correlation
                );
            }
            known.insert(commit.commit_id);
        }
    }
}

fn says(commit: &Commit, facts: &Facts) -> anyhow::Result<bool> {
    let entries = entries(commit)?;
    let events = entries.iter().map(|entry| &entry.recorded.event);
    Ok(commit.occurred_at == facts.occurred_at
        && commit.actor == facts.actor
        && events.eq(facts.events.iter().cloned().map(Event::Case).collect::<Vec<_>>().iter()))
}
