//! Replays every story in `replay-fixtures/` and compares what each read model shows.
//!
//! A fixture is prose with fenced blocks, told in order. An `events` block is more of the log, one
//! event a line. Any other block is named after a read model and holds what it shows by then:
//!
//! | block | shows |
//! |---|---|
//! | `inbox unit_1 at TIME` | a unit's inbox, what is due first at the top |
//! | `inbox staff_1 unit_1 at TIME` | what a handler holds |
//! | `inbox resident_1 at TIME` | a resident's cases, what changed last at the top |
//! | `history case_1` | a case, event by event |
//! | `statistics unit_1 FROM TO at TIME` | deadline statistics for local dates |
//!
//! After `at TIME`, `as of TIME` shows what had happened by then, `as of position N` what was
//! known when commit N was the last. `UPDATE_EXPECT=1 cargo test -p projections` rewrites those
//! blocks and never the events; read the difference before you commit it.

use std::{collections::BTreeMap, error::Error, fmt::Write, path::Path};

use domain::{
    CaseId, Event, Position, Recorded, StreamId,
    case::{self, Case, TURN_WORKING_DAYS},
    deadline::Deadline,
    organisation::Registration,
};
use jiff::{Timestamp, civil::Date};
use projections::{
    Filter, History, Inbox, InboxTable, Order, PageRequest, Period, ReadModels, Scope,
};

datatest_stable::harness! {
    { test = replay, root = "../replay-fixtures", pattern = r"\.md$" },
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn replay(path: &Path, fixture: String) -> datatest_stable::Result<()> {
    let mut replay = Replay::default();
    let mut actual = String::new();
    let mut lines = fixture.lines();

    while let Some(line) = lines.next() {
        writeln!(actual, "{line}")?;
        let Some(block) = line.strip_prefix("```") else { continue };
        for line in lines.by_ref().take_while(|line| *line != "```") {
            if block == "events" {
                replay.take(line).map_err(|why| format!("{why}\nin the line {line}"))?;
                writeln!(actual, "{line}")?;
            }
        }
        if block != "events" {
            write!(actual, "{}", replay.show(block).map_err(|why| format!("{block}: {why}"))?)?;
        }
        writeln!(actual, "```")?;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, &actual)?;
    } else if fixture != actual {
        return Err(format!("{} shows something else:\n{actual}", path.display()).into());
    }
    Ok(())
}

#[derive(Default)]
struct Replay {
    events: Vec<Recorded<Event>>,
    cases: BTreeMap<CaseId, Case>,
    registrations: BTreeMap<StreamId, Registration>,
}

impl Replay {
    /// Takes in one line of the log. A golden file must not bless nonsense: an event that changes
    /// nothing, stands in the wrong place, or names a wrong deadline is refused.
    fn take(&mut self, line: &str) -> Result<()> {
        let recorded: Recorded<Event> = serde_json::from_str(line)?;
        let last = self.events.last().map_or(Position::START, |it| it.position);
        if recorded.position < last {
            return Err(format!("position {} comes after {last}", recorded.position).into());
        }
        let before = self.events.iter().filter(|it| it.stream == recorded.stream).count();
        if usize::try_from(recorded.version)? != before + 1 {
            return Err(format!("the stream's next version is {}", before + 1).into());
        }
        match (&recorded.event, recorded.stream) {
            (Event::Case(event), StreamId::Case(id)) => {
                check_deadline(event, recorded.occurred_at)?;
                let before = self.cases.remove(&id).unwrap_or_default();
                let after = before.clone().evolve(event, recorded.occurred_at);
                if after == before {
                    return Err("this cannot happen here".into());
                }
                self.cases.insert(id, after);
            }
            (Event::Organisation(event), stream) => {
                let before = self.registrations.remove(&stream).unwrap_or_default();
                before.decide(stream, event.clone())?;
                self.registrations.insert(stream, before.evolve(event));
            }
            (Event::Case(_), _) => return Err("a case event in another kind of stream".into()),
        }
        self.events.push(recorded);
        Ok(())
    }

    fn show(&self, block: &str) -> Result<String> {
        let (block, as_of) = match block.split_once(" as of ") {
            Some((block, as_of)) => (block, Some(as_of)),
            None => (block, None),
        };
        let (block, now) = match block.split_once(" at ") {
            Some((block, time)) => (block, Some(time.parse::<Timestamp>()?)),
            None => (block, None),
        };
        let models = self.models(as_of)?;
        let now = || now.ok_or("a block that shows colours needs `at TIME`");
        match block.split(' ').collect::<Vec<_>>()[..] {
            ["history", case] => Ok(self.history(&models, case.parse()?)),
            ["inbox", who] if who.starts_with("unit") => {
                Ok(inbox(&models, Inbox::Unit(who.parse()?), Order::DueAt, now()?))
            }
            ["inbox", who] => {
                let whose = Inbox::Residents(vec![who.parse()?]);
                Ok(inbox(&models, whose, Order::LastEventAt, now()?))
            }
            ["inbox", who, unit] => {
                let whose = Inbox::Handler(who.parse()?, unit.parse()?);
                Ok(inbox(&models, whose, Order::DueAt, now()?))
            }
            ["statistics", scope, from, to] => {
                let scope = match scope.parse()? {
                    StreamId::Unit(id) => Scope::Unit(id),
                    StreamId::Division(id) => Scope::Division(id),
                    StreamId::Region(id) => Scope::Region(id),
                    other => return Err(format!("{other} has no statistics").into()),
                };
                let period = Period { from: from.parse::<Date>()?, to: to.parse::<Date>()? };
                let statistics = models.statistics(scope, period, now()?);
                Ok(statistics.ok_or("there is no such scope")?.to_string())
            }
            _ => Err("no read model is called that".into()),
        }
    }

    fn models(&self, as_of: Option<&str>) -> Result<ReadModels> {
        let mut models = ReadModels::default();
        let (mut until, mut last) = (Timestamp::MAX, Position::new(u64::MAX));
        if let Some(as_of) = as_of {
            match as_of.strip_prefix("position ") {
                Some(position) => last = Position::new(position.parse()?),
                None => until = as_of.parse()?,
            }
        }
        let wanted = |it: &&Recorded<Event>| it.occurred_at <= until && it.position <= last;
        for recorded in self.events.iter().filter(wanted) {
            models.apply(recorded);
        }
        Ok(models)
    }

    fn history(&self, models: &ReadModels, case: CaseId) -> String {
        let stream = StreamId::Case(case);
        let mine = self.events.iter().filter(|it| it.stream == stream);
        let events: Vec<_> = mine.cloned().collect();
        History { events: &events, directory: models.directory() }.to_string()
    }
}

fn inbox(models: &ReadModels, inbox: Inbox, order: Order, now: Timestamp) -> String {
    let page =
        models.cases().page(&inbox, &Filter::default(), order, now, &PageRequest::first(100));
    InboxTable { page: &page, directory: models.directory(), now }.to_string()
}

/// The deadline that an event names is the one that its policy gives, for some number of days.
fn check_deadline(event: &case::Event, at: Timestamp) -> Result<()> {
    let (deadline, days) = match event {
        case::Event::CaseSubmitted(it) => (it.deadline, 1..=10),
        case::Event::ResidentReplied(it) => (Some(it.turn), TURN_WORKING_DAYS..=TURN_WORKING_DAYS),
        case::Event::CaseReopened(it) => (Some(it.turn), TURN_WORKING_DAYS..=TURN_WORKING_DAYS),
        _ => return Ok(()),
    };
    let Some(deadline) = deadline else { return Ok(()) };
    for days in days.clone() {
        if Deadline::new(at, days, deadline.policy)? == deadline {
            return Ok(());
        }
    }
    let right = Deadline::new(at, TURN_WORKING_DAYS, deadline.policy)?;
    Err(format!("{} is due at {}, not at {}", event.name(), right.due_at, deadline.due_at).into())
}
