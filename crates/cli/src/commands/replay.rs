//! `arende replay`: what a log says, as of any time.
//!
//! From the log on disk alone: it is verified, folded into fresh read models up to the moment
//! asked for, and closed again. No key is needed, since nothing that is sealed is opened.

mod case;
mod json;

use std::{path::Path, process::ExitCode};

use anyhow::{Context as _, bail};
use domain::{CaseId, Position, UnitId, deadline::local_time};
use engine::{AsOf, Snapshot, SystemWorld, World as _};
use event_log::EventLog;
use event_log_sled::SledLog;
use projections::{Filter, Inbox, InboxTable, Order, PageRequest, Period, ReadModels, Scope};

use super::print;
use crate::{
    args::{ReplayArgs, ReplayCommand},
    folder::Folder,
};

pub(crate) fn run(command: ReplayCommand) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new().context("failed to start the runtime")?;
    let text = runtime.block_on(async {
        match command {
            ReplayCommand::Case { case, replay } => {
                let replayed = Replayed::new(&replay).await?;
                replayed.case(case, replay.json).await
            }
            ReplayCommand::Inbox { unit, first, replay } => {
                Replayed::new(&replay).await?.inbox(unit, first, replay.json)
            }
            ReplayCommand::Statistics { scope, from, to, replay } => {
                if to < from {
                    bail!("the period ends on {to}, before it begins on {from}");
                }
                Replayed::new(&replay).await?.statistics(scope, Period { from, to }, replay.json)
            }
        }
    })?;
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// A log, and what it said at the moment asked for.
struct Replayed {
    log: SledLog,
    as_of: Option<AsOf>,
    snapshot: Snapshot,
}

impl Replayed {
    async fn new(args: &ReplayArgs) -> anyhow::Result<Self> {
        let path = Folder::existing(&args.data)?.log();
        let log = SledLog::open(&path);
        let log = log.with_context(|| format!("failed to open {}", path.display()))?;
        let snapshot = snapshot(&log, args.as_of, &args.data).await?;
        Ok(Self { log, as_of: args.as_of, snapshot })
    }

    fn models(&self) -> &ReadModels {
        &self.snapshot.models
    }

    async fn case(&self, id: CaseId, json: bool) -> anyhow::Result<String> {
        let Some(view) = self.models().cases().get(id) else {
            bail!("there is no {id}{}; `arende replay inbox` lists a unit's cases", self.then());
        };
        let mut entries = engine::stream_history(&self.log, domain::StreamId::Case(id)).await?;
        entries.retain(|entry| match self.as_of {
            None => true,
            Some(AsOf::Time(time)) => entry.recorded.occurred_at <= time,
            Some(AsOf::RecordedTime(time)) => entry.recorded.recorded_at <= time,
            Some(AsOf::Position(position)) => entry.recorded.position <= position,
        });
        if json {
            let case = json::case(&view, self.models().directory(), self.snapshot.now);
            let history: Vec<_> = entries.iter().map(json::event).collect();
            return json::line(&serde_json::json!({ "case": case, "history": history }));
        }
        let events: Vec<_> = entries.into_iter().map(|entry| entry.recorded).collect();
        let story = case::Story {
            view: &view,
            events: &events,
            directory: self.models().directory(),
            now: self.snapshot.now,
            as_of: self.moment(),
        };
        Ok(story.to_string())
    }

    fn inbox(&self, unit: UnitId, first: usize, json: bool) -> anyhow::Result<String> {
        let (models, now) = (self.models(), self.snapshot.now);
        let Some(known) = models.directory().care_unit(unit) else {
            bail!("there is no {unit}{}", self.then());
        };
        let (inbox, filter) = (Inbox::Unit(unit), Filter::default());
        let page = models.page(&inbox, &filter, Order::DueAt, now, &PageRequest::first(first));
        if json {
            return json::line(&json::inbox(known, &page, models, now));
        }
        let table = InboxTable { page: &page, directory: models.directory(), now };
        let moment = self.suffix();
        let cases = if page.total == 1 { "case" } else { "cases" };
        Ok(format!("{}, {} open {cases}{moment}\n{table}", known.name, page.total))
    }

    fn statistics(&self, scope: Scope, period: Period, json: bool) -> anyhow::Result<String> {
        let directory = self.models().directory();
        let (id, name): (&dyn std::fmt::Display, _) = match &scope {
            Scope::Region(id) => (id, directory.region(*id).map(|it| &it.name)),
            Scope::Division(id) => (id, directory.division(*id).map(|it| &it.name)),
            Scope::Unit(id) => (id, directory.care_unit(*id).map(|it| &it.name)),
        };
        let statistics = self.models().statistics(scope, period, self.snapshot.now);
        let (Some(statistics), Some(name)) = (statistics, name) else {
            bail!("there is no {id}{}", self.then());
        };
        if json {
            return json::line(&json::statistics(&statistics, directory));
        }
        let moment = self.suffix();
        Ok(format!("{name}, {} to {}{moment}\n{statistics}", period.from, period.to))
    }

    /// The moment that was asked for, where one was, in the local time of all that is told.
    fn moment(&self) -> Option<String> {
        let local = |time| local_time(time).strftime("%Y-%m-%d %H:%M");
        self.as_of.map(|as_of| match as_of {
            AsOf::Time(time) => format!("{}, what had happened", local(time)),
            AsOf::RecordedTime(time) => format!("{}, what was known", local(time)),
            AsOf::Position(position) => {
                format!("position {position}, recorded {}", local(self.snapshot.now))
            }
        })
    }

    fn suffix(&self) -> String {
        self.moment().map(|moment| format!("; as of {moment}")).unwrap_or_default()
    }

    /// Reminds of the moment that was asked for, where one was.
    fn then(&self) -> String {
        match self.as_of {
            None => String::new(),
            Some(AsOf::Time(time)) => format!(" as of {time}"),
            Some(AsOf::RecordedTime(time)) => format!(" as it was known at {time}"),
            Some(AsOf::Position(position)) => format!(" as of position {position}"),
        }
    }
}

/// The read models at the moment asked for; if none was, of the whole log, judged by the clock.
async fn snapshot(log: &SledLog, as_of: Option<AsOf>, data: &Path) -> anyhow::Result<Snapshot> {
    let head = *log.head().borrow();
    let now = SystemWorld::default().now();
    let Some(as_of) = as_of else {
        let whole = match head {
            Position::START => None,
            head => engine::replay(log, AsOf::Position(head)).await?,
        };
        let models = whole.map_or_else(ReadModels::default, |whole| whole.models);
        return Ok(Snapshot { models, now });
    };
    let snapshot = engine::replay(log, as_of).await?;
    snapshot.with_context(|| format!("the log of {} ends at position {head}", data.display()))
}
