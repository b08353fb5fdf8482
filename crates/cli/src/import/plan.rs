//! Everything that an import will write, worked out before anything is written. Pure.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Actor, RegionId, Role,
    case::{Case, CaseSubmitted, Event, State},
    deadline::{Deadline, OutsideCalendar},
};
use engine::{Facts, Registering};
use jiff::Timestamp;
use thiserror::Error;

use super::{
    mapping::{Mapping, Placed, Seen, Unplaced},
    names::Names,
    region,
    translate::{Happening, translate},
    xes::{Log, Trace},
};

/// The longest name of a trace, in bytes: it is kept, with the event's number, on each commit.
const TRACE_NAME_BYTES_MAX: usize = 100;

/// What an import will write.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The region that it makes.
    pub(crate) region: RegionId,
    /// Its name.
    pub(crate) region_name: String,
    /// What surrounds the cases, to be there before them.
    pub(crate) registrations: Vec<Registering>,
    /// What happened to the cases, one entry for each source event, in order of time.
    pub(crate) facts: Vec<Facts>,
    /// The cases by where they stand in the end.
    pub(crate) states: BTreeMap<State, u64>,
}

/// A log that cannot be translated, and where.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("line {line}: event {index} of trace `{trace}`: {why}")]
pub(crate) struct PlanError {
    line: usize,
    index: usize,
    trace: String,
    why: Why,
}

#[derive(Debug, PartialEq, Eq, Error)]
enum Why {
    #[error(transparent)]
    Unplaced(#[from] Unplaced),
    #[error(transparent)]
    OutsideCalendar(#[from] OutsideCalendar),
    #[error("the name of its trace is {0} bytes long; at most {TRACE_NAME_BYTES_MAX} are kept")]
    TraceName(usize),
}

/// Names that the log holds, to be registered.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    /// Units, each with who acted there.
    pub(super) units: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Residents that the source names.
    pub(super) residents: BTreeSet<&'a str>,
    /// Traces whose resident the source does not name.
    pub(super) traces: BTreeSet<&'a str>,
}

impl Plan {
    /// Translates the whole log. `progress` is told how many events are done.
    pub(crate) fn new(
        log: &Log<'_>,
        mapping: &Mapping,
        mut progress: impl FnMut(usize),
    ) -> Result<Self, PlanError> {
        let names = Names::of(&mapping.case.region);
        let mut cases: Vec<Case> = log.traces.iter().map(|_| Case::default()).collect();
        let mut found = Found::default();
        let order = in_order(log);
        let mut facts = Vec::with_capacity(order.len());
        for (done, &(at, trace, event)) in order.iter().enumerate() {
            let source = Source { names: &names, mapping, trace: &log.traces[trace], event, at };
            let (case, fact) = source
                .translate(std::mem::take(&mut cases[trace]), &mut found)
                .map_err(|why| source.error(why))?;
            cases[trace] = case;
            facts.push(fact);
            progress(done + 1);
        }
        let mut states = BTreeMap::new();
        for thread in cases.iter().filter_map(Case::thread) {
            *states.entry(thread.state).or_default() += 1;
        }
        let beginning = order.first().map_or(Timestamp::UNIX_EPOCH, |(at, ..)| *at);
        Ok(Self {
            region: names.region(),
            region_name: mapping.case.region.clone(),
            registrations: region::registrations(&names, &mapping.case, &found, beginning),
            facts,
            states,
        })
    }

    /// How many cases there are.
    pub(crate) fn cases(&self) -> u64 {
        self.states.values().sum()
    }

    /// The events of cases, by name.
    pub(crate) fn events(&self) -> BTreeMap<&'static str, u64> {
        let mut all = BTreeMap::new();
        for event in self.facts.iter().flat_map(|fact| &fact.events) {
            *all.entry(event.name()).or_default() += 1;
        }
        all
    }
}

/// Events of all traces as (time, trace, event), sorted.
fn in_order(log: &Log<'_>) -> Vec<(Timestamp, usize, usize)> {
    let mut order = Vec::new();
    for (i, trace) in log.traces.iter().enumerate() {
        order.extend(trace.events.iter().enumerate().map(|(k, event)| (event.at, i, k)));
    }
    order.sort_unstable();
    order
}

/// One source event, and what it takes to translate it.
struct Source<'a> {
    names: &'a Names,
    mapping: &'a Mapping,
    trace: &'a Trace<'a>,
    /// Its place in the trace, from 0.
    event: usize,
    at: Timestamp,
}

impl<'a> Source<'a> {
    fn translate(&self, case: Case, found: &mut Found<'a>) -> Result<(Case, Facts), Why> {
        let (names, trace) = (self.names, &*self.trace.name);
        if trace.len() > TRACE_NAME_BYTES_MAX {
            return Err(Why::TraceName(trace.len()));
        }
        let placed = self
            .mapping
            .place(Seen { event: &self.trace.events[self.event], trace: self.trace })?;
        let happening = Happening {
            commit: names.event(trace, self.event + 1),
            at: domain::time::whole_ms(self.at),
            unit: names.unit(placed.unit),
            provider: names.provider(),
            handler: names.staff(placed.handler),
            action: placed.action,
            policy: self.mapping.case.policy,
        };
        found.units.entry(placed.unit).or_default().insert(placed.handler);
        let submission = match case {
            Case::NotStarted => Some(self.submission(&placed, &happening, found)?),
            Case::Started(_) => None,
        };
        let (case, events) = translate(case, &happening, submission)?;
        let facts = self.facts(&happening, events);
        Ok((case, facts))
    }

    /// How the case begins. Its message is named by whoever tells it.
    fn submission(
        &self,
        placed: &Placed<'a>,
        happening: &Happening,
        found: &mut Found<'a>,
    ) -> Result<CaseSubmitted, OutsideCalendar> {
        let (names, case) = (self.names, &self.mapping.case);
        let resident = if let Some(name) = placed.resident {
            found.residents.insert(name);
            names.resident(name)
        } else {
            found.traces.insert(&self.trace.name);
            names.resident_of(&self.trace.name)
        };
        Ok(CaseSubmitted {
            region: names.region(),
            provider: happening.provider,
            unit: happening.unit,
            case_type: names.case_type(&case.case_type),
            subject: resident,
            submitted_by: resident,
            form_version: region::FORM_VERSION,
            terms_version: region::TERMS_VERSION,
            deadline: Some(Deadline::new(happening.at, case.working_days, case.policy)?),
            follows_up: None,
            message: domain::MessageId::new(0),
        })
    }

    /// One source event is one commit. Who did it is who acted in the source, also for what that
    /// tells of the resident.
    fn facts(&self, happening: &Happening, events: Vec<Event>) -> Facts {
        let (who, unit) = (happening.handler, Some(happening.unit));
        Facts {
            case: self.names.case(&self.trace.name),
            commit_id: happening.commit,
            occurred_at: happening.at,
            actor: Actor::Staff { who, role: Role::Handler, unit },
            correlation: format!("{}#{}", self.trace.name, self.event + 1),
            events,
        }
    }

    fn error(&self, why: Why) -> PlanError {
        PlanError {
            line: self.trace.events[self.event].line,
            index: self.event + 1,
            trace: self.trace.name.chars().take(TRACE_NAME_BYTES_MAX).collect(),
            why,
        }
    }
}
