//! What a block shows.
//!
//! | block | shows |
//! |---|---|
//! | `inbox unit_1 MOMENT` | a unit's inbox, what is due first at the top |
//! | `inbox staff_1 unit_1 MOMENT` | what a handler holds there |
//! | `inbox resident_1 MOMENT` | a resident's cases and those of whom they act for, newest event first |
//! | `history case_1 [MOMENT]` | a case, event by event |
//! | `statistics unit_1 FROM TO MOMENT` | deadline statistics of a unit, division or region for local dates |
//! | `cohort unit_1 FROM TO MOMENT` | the cases that those are about, by type and by hour of the week |
//! | `workload unit_1 MOMENT` | who holds how much at a unit |
//! | `compliance unit_1 OFFERING MOMENT` | a unit's, division's or region's units against a base offering |
//! | `residents resident_1 resident_2 MOMENT` | what they are found by, and who may act for them |
//! | `staff staff_1 staff_2 MOMENT` | what they are found by, and which assignments open a session |
//! | `form type_1 unit_1 MOMENT` | the newest form of a case type as a unit shows it |
//! | `assignments unit_1 MOMENT` | who can do what there, or what one person can do where |
//! | `directory resident_1 [for resident_2] [WORDS] MOMENT` | units that take cases, and what they offer to a resident |
//! | `notices MOMENT` | who is to be told what of what happened, if it was not told before |
//!
//! An `answers type_1 VERSION` block has no moment: its first line is answers to that form, and the rest
//! is everything that is wrong with them.
//!
//! An inbox may be narrowed, before its moment, by `unassigned`, `to-be-reassigned`, `overdue`, `closed`
//! and `awaiting`, and ordered by `received-first` or `changed-first`.
//!
//! | moment | knows | "now" |
//! |---|---|---|
//! | `at TIME` | all events so far | that time, not before the last event |
//! | `as of TIME` | what had happened by then, whenever it was recorded | that time |
//! | `as of recorded TIME` | what was recorded by then | that time |
//! | `as of position N` | what was known when commit N was the last | when it was recorded |

use std::fmt::Write as _;

use domain::{
    CaseId, CaseTypeId, Event, Position, Recorded, StreamId, UnitId,
    case::{State, Surroundings as _, clock::SlaState},
    form::FieldKind,
    organisation::Post,
};
use jiff::{Timestamp, civil::Date};
use projections::{
    AssignmentTable, CaseView, ComplianceTable, Filter, Held, History, Inbox, InboxTable, Order,
    PageRequest, Period, ReadModels, ResidentTable, Scope, StaffTable, Statistics, WorkloadTable,
};

use super::{Log, Result};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The text that belongs in `block` after the events so far.
pub(crate) fn show(log: &Log, block: &str) -> Result<String> {
    let (what, as_of, moment) = match (block.split_once(" as of "), block.split_once(" at ")) {
        (Some((what, moment)), None) => (what, true, moment),
        (None, Some((what, moment))) => (what, false, moment),
        (None, None) if block.starts_with("history ") => (block, false, "9999-12-30T00:00:00Z"),
        _ => return Err("a block ends in one `at TIME` or one `as of …`".into()),
    };
    let seen = if as_of { looking_back(log, moment)? } else { at(log, moment.parse()?)? };
    match what.split(' ').collect::<Vec<_>>()[..] {
        ["history", case] => seen.history(case.parse()?),
        ["inbox", who, unit, ref narrowed @ ..] if who.starts_with("staff") => {
            seen.inbox(&Inbox::Handler(who.parse()?, unit.parse()?), narrowed, Order::DueAt)
        }
        ["inbox", who, ref narrowed @ ..] if who.starts_with("resident") => {
            let who = who.parse()?;
            let others = seen.models.directory().represented_by(who, seen.now);
            let whose = Inbox::Residents(std::iter::once(who).chain(others).collect());
            let theirs = |it: &CaseView| {
                let directory = seen.models.directory();
                directory.is_theirs(who, it.subject, it.case_type, seen.now)
            };
            seen.visible_inbox(&whose, narrowed, Order::LastEventAt, &theirs)
        }
        ["inbox", unit, ref narrowed @ ..] => {
            seen.inbox(&Inbox::Unit(unit.parse()?), narrowed, Order::DueAt)
        }
        ["statistics", scope, from, to] => Ok(seen.statistics(scope, from, to)?.to_string()),
        ["compliance", scope, key] => seen.compliance(scope, key),
        ["residents", ref residents @ ..] => {
            let residents: std::result::Result<_, _> =
                residents.iter().map(|it| it.parse()).collect();
            let (directory, now) = (seen.models.directory(), seen.now);
            Ok(ResidentTable { directory, residents: residents?, now }.to_string())
        }
        ["staff", ref staff @ ..] => {
            let staff: std::result::Result<_, _> = staff.iter().map(|it| it.parse()).collect();
            let (directory, now) = (seen.models.directory(), seen.now);
            Ok(StaffTable { directory, staff: staff?, now }.to_string())
        }
        ["workload", unit] => {
            let workload = seen.models.workload(unit.parse()?, seen.now);
            Ok(WorkloadTable(&workload).to_string())
        }
        ["assignments", of] => seen.assignments(of),
        ["cohort", scope, from, to] => seen.cohort(scope, from, to),
        ["directory", who, "for", subject, ref words @ ..] => {
            seen.units(who.parse()?, subject.parse()?, &log.born, &words.join(" "))
        }
        ["directory", who, ref words @ ..] => {
            seen.units(who.parse()?, who.parse()?, &log.born, &words.join(" "))
        }
        ["notices"] => seen.notices(),
        ["form", case_type, unit] => seen.form(case_type.parse()?, unit.parse()?),
        _ => Err("no read model is called that".into()),
    }
}

/// The read models at a moment, and the events that they know.
pub(super) struct Seen {
    pub(super) events: Vec<Recorded<Event>>,
    pub(super) models: ReadModels,
    pub(super) now: Timestamp,
}

fn at(log: &Log, now: Timestamp) -> Result<Seen> {
    match log.events.iter().map(|it| it.occurred_at).max() {
        Some(last) if now < last => {
            Err(format!("the last event took place at {last}; look back with `as of`").into())
        }
        _ => Ok(seen(log, now, |_| true)),
    }
}

fn looking_back(log: &Log, moment: &str) -> Result<Seen> {
    if let Some(position) = moment.strip_prefix("position ") {
        let position = Position::new(position.parse()?);
        let last = log.events.iter().rfind(|it| it.position == position);
        let now = last.ok_or_else(|| format!("there is no commit {position}"))?.recorded_at;
        return Ok(seen(log, now, |it| it.position <= position));
    }
    if let Some(time) = moment.strip_prefix("recorded ") {
        let time = time.parse()?;
        return Ok(seen(log, time, |it| it.recorded_at <= time));
    }
    let time = moment.parse()?;
    Ok(seen(log, time, |it| it.occurred_at <= time))
}

fn seen(log: &Log, now: Timestamp, known: impl Fn(&Recorded<Event>) -> bool) -> Seen {
    let events: Vec<_> = log.events.iter().filter(|it| known(it)).cloned().collect();
    let mut models = ReadModels::default();
    for event in &events {
        models.apply(event);
    }
    Seen { events, models, now }
}

impl Seen {
    fn history(&self, case: CaseId) -> Result<String> {
        let mine = self.events.iter().filter(|it| it.stream == StreamId::Case(case));
        let events: Vec<_> = mine.cloned().collect();
        if events.is_empty() {
            return Err(format!("nothing is known of {case} then").into());
        }
        Ok(History { events: &events, directory: self.models.directory() }.to_string())
    }

    fn inbox(&self, inbox: &Inbox, narrowed: &[&str], order: Order) -> Result<String> {
        self.visible_inbox(inbox, narrowed, order, &|_| true)
    }

    fn visible_inbox(
        &self,
        inbox: &Inbox,
        narrowed: &[&str],
        mut order: Order,
        visible: &dyn Fn(&CaseView) -> bool,
    ) -> Result<String> {
        let mut filter = Filter::default();
        for word in narrowed {
            match *word {
                "unassigned" => filter.unassigned = Some(true),
                "to-be-reassigned" => filter.to_be_reassigned = Some(true),
                "overdue" => filter.sla_states = Some(vec![SlaState::Overdue]),
                "closed" => filter.states = Some(vec![State::Closed]),
                "awaiting" => filter.states = Some(vec![State::AwaitingResident]),
                "received-first" => order = Order::ReceivedAt,
                "changed-first" => order = Order::LastEventAt,
                _ => return Err(format!("`{word}` narrows no inbox").into()),
            }
        }
        let (models, first) = (&self.models, PageRequest::first(100));
        let page = models.visible_page(inbox, &filter, order, self.now, &first, visible);
        let directory = self.models.directory();
        Ok(InboxTable { page: &page, directory, now: self.now }.to_string())
    }

    fn statistics(&self, scope: &str, from: &str, to: &str) -> Result<Statistics> {
        let scope = scope_of(scope)?;
        let period = Period { from: from.parse::<Date>()?, to: to.parse::<Date>()? };
        let statistics = self.models.statistics(scope, period, self.now);
        statistics.ok_or_else(|| "there is no such scope".into())
    }

    fn assignments(&self, of: &str) -> Result<String> {
        let of: StreamId = of.parse()?;
        let is_meant = |it: &&Held| match (of, it.post) {
            (StreamId::Staff(staff), _) => it.staff == staff,
            (StreamId::Unit(unit), Post::Unit(post)) => unit == post,
            (StreamId::Division(division), Post::Division(post)) => division == post,
            (StreamId::Region(region), Post::Region(post)) => region == post,
            _ => false,
        };
        let held = self.models.assignments().in_force(self.now).filter(is_meant);
        Ok(AssignmentTable(held.collect()).to_string())
    }

    fn compliance(&self, scope: &str, key: &str) -> Result<String> {
        let compliance = self.models.offerings().compliance(scope_of(scope)?, key, self.now);
        let compliance = &compliance.ok_or("there is no unit there")?;
        Ok(ComplianceTable { compliance, directory: self.models.directory() }.to_string())
    }

    fn cohort(&self, scope: &str, from: &str, to: &str) -> Result<String> {
        let statistics = self.statistics(scope, from, to)?;
        let mut text = String::new();
        for (case_type, count) in statistics.by_case_type {
            let found = self.models.directory().case_type(case_type);
            let name = found.map_or_else(|| case_type.to_string(), |it| it.name_sv.clone());
            writeln!(text, "{count:>3}  {name}")?;
        }
        for (day, hours) in DAYS.iter().zip(statistics.by_hour_of_week) {
            for (hour, count) in hours.iter().enumerate().filter(|(_, count)| **count > 0) {
                writeln!(text, "{count:>3}  {day} {hour:02}–{:02}", hour + 1)?;
            }
        }
        Ok(text)
    }

    fn form(&self, case_type: CaseTypeId, unit: UnitId) -> Result<String> {
        let directory = self.models.directory();
        let newest = directory.case_type(case_type).ok_or("there is no such case type")?;
        let form = directory.form_at(unit, case_type, newest.form_version);
        let form = form.ok_or("that form was never published")?;
        let mut text = format!("{}, form {}\n", newest.name_sv, form.version);
        for field in &form.fields {
            writeln!(text, "  {:<12}  {}", field.key, field.label.sv)?;
            if let FieldKind::Choice { options, .. } | FieldKind::MultiChoice { options } =
                &field.kind
            {
                for option in options {
                    writeln!(text, "    {:<14}  {}", option.value, option.label.sv)?;
                }
            }
        }
        Ok(text)
    }
}

fn scope_of(text: &str) -> Result<Scope> {
    match text.parse()? {
        StreamId::Unit(id) => Ok(Scope::Unit(id)),
        StreamId::Division(id) => Ok(Scope::Division(id)),
        StreamId::Region(id) => Ok(Scope::Region(id)),
        other => Err(format!("{other} has no statistics").into()),
    }
}
