//! The loop that carries out a bulk distribution: many cases, one request.
//!
//! The plan is written first, as a stream of its own with an id made of the request's; then each
//! case is asked for by itself, as [`Engine::execute`] does, under a commit id made of the
//! request's and the case's. So a request that is sent again finds the plan, finds what was done,
//! and does the rest: after a crash it finishes what it began, and otherwise it changes nothing.

use std::collections::BTreeMap;

use domain::{
    Actor, CaseId, CommitId, DistributionId, Event, Position, StaffId, StreamId,
    case::{Asked, Rejection, State},
    distribution::{self, CASES_AT_ONCE_MAX, Named},
    organisation::{self, DistributionPlanned},
};
use event_log::{AppendError, Appended};
use projections::{CaseView, ReadModels};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{
    Done, Draft, Engine, ExecuteError, Failure, Request, Target, codec, draft, history,
    keys::Owner, request::first_128_bits,
};

/// A request for many cases to be given to handlers.
#[derive(Debug, Clone)]
pub struct Distribution {
    /// Who asks, in which assignment.
    pub by: Actor,
    /// See [`commit_id`](crate::commit_id).
    pub id: CommitId,
    /// Names the request in logs and on the commits; at most 128 bytes, nothing personal.
    pub correlation: String,
    /// Which cases of the asker's unit.
    pub which: Which,
    /// The handlers, in order: of several who hold the same the first gets the next case.
    pub to: Vec<StaffId>,
}

/// Which cases are given. At most [`CASES_AT_ONCE_MAX`]; what is more is left as it is.
///
/// Serialised only to be fingerprinted, so that a retry is known again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Which {
    /// These. Those that the unit does not have are left out.
    Cases(Vec<CaseId>),
    /// So many that nobody holds and that have no answer, in order of arrival.
    Oldest(usize),
    /// All open ones that this person holds, a handler still or not.
    HeldBy(StaffId),
}

/// What became of a bulk distribution.
#[derive(Debug)]
pub struct Distributed {
    /// Each planned case, in order of arrival.
    pub cases: Vec<Given>,
    /// Whether the plan was that of an earlier request with the same key.
    pub replayed: bool,
}

/// What became of one case of a bulk distribution.
#[derive(Debug)]
pub struct Given {
    /// The case.
    pub case: CaseId,
    /// The handler it was to go to.
    pub to: StaffId,
    /// What was done, or why not. [`ExecuteError::Failed`] only where the case is parked.
    pub outcome: Result<Done, ExecuteError>,
}

impl Engine {
    /// Carries out `it`, once: asked again with the same key, the same plan is finished, and what
    /// was done is told again. A case that is refused does not stop the others; a failure stops
    /// all, and leaves the rest to whoever asks again.
    pub async fn distribute(&self, it: &Distribution) -> Result<Distributed, ExecuteError> {
        let parts = (codec::to_bytes("a distribution", &(&it.which, &it.to)), it.by_unit());
        let bytes = parts.0.map_err(Failure::from)?;
        let fingerprint = draft::fingerprint(&self.fingerprint_key, &[&bytes, &parts.1]);
        let (plan, replayed) = match self.planned(it.id, fingerprint).await? {
            Some(plan) => (plan, true),
            None => self.write_plan(it, fingerprint).await?,
        };
        let mut cases = Vec::with_capacity(plan.cases.len());
        for ((case, command), planned) in plan.commands().zip(&plan.cases) {
            let request = Request {
                by: it.by,
                id: part_id(it.id, case),
                correlation: it.correlation.clone(),
                target: Target::Existing { case, expected_version: None },
                command,
                content: None,
            };
            let outcome = match self.execute(request).await {
                Err(ExecuteError::Failed(failure)) if !failure.is_parked() => {
                    return Err(failure.into());
                }
                outcome => outcome,
            };
            cases.push(Given { case, to: planned.to, outcome });
        }
        Ok(Distributed { cases, replayed })
    }

    /// Plans, and writes the plan, unless there is nothing to plan for.
    async fn write_plan(
        &self,
        it: &Distribution,
        fingerprint: [u8; 32],
    ) -> Result<(DistributionPlanned, bool), ExecuteError> {
        let at = self.world.now();
        let plan = it.plan(&self.models.read(), at)?;
        if plan.cases.is_empty() {
            return Ok((plan, false));
        }
        let draft = Draft {
            stream: StreamId::Distribution(DistributionId::new(it.id.0)),
            head: None,
            commit_id: it.id,
            fingerprint,
            occurred_at: at,
            actor: it.by,
            correlation: it.correlation.clone(),
            events: vec![Event::Organisation(plan.clone().into())],
            secret: None,
            owner: Owner::Service,
            has_sealed: false,
        };
        let append = self.seal(draft).await?;
        match self.log.append(append).await {
            Ok(Appended { duplicate: false, .. }) => Ok((plan, false)),
            // The same request, sent twice at once, was quicker: its plan holds.
            Ok(Appended { duplicate: true, .. })
            | Err(AppendError::IdReused { .. } | AppendError::Conflict { .. }) => {
                let plan = self.planned(it.id, fingerprint).await?;
                plan.map(|plan| (plan, true)).ok_or(ExecuteError::Contended)
            }
            Err(AppendError::Log(error)) => Err(Failure::from(error).into()),
            Err(refused) => Err(Failure::Refused { why: refused.to_string() }.into()),
        }
    }

    /// What was planned under `id`; none if nothing was.
    async fn planned(
        &self,
        id: CommitId,
        fingerprint: [u8; 32],
    ) -> Result<Option<DistributionPlanned>, ExecuteError> {
        let Some(position) = self.log.find(id).await.map_err(Failure::from)? else {
            return Ok(None);
        };
        let commit = self.log.commit(position).await.map_err(Failure::from)?;
        let commit = commit.filter(|commit| commit.fingerprint == fingerprint);
        let commit = commit.ok_or(ExecuteError::KeyReused)?;
        let first = history::events(&commit).next().ok_or(ExecuteError::KeyReused)??;
        match first.event {
            Event::Organisation(organisation::Event::DistributionPlanned(plan)) => Ok(Some(plan)),
            _ => Err(ExecuteError::KeyReused),
        }
    }
}

impl Distribution {
    /// Which unit's cases are meant is part of what is asked.
    fn by_unit(&self) -> [u8; 16] {
        match self.by {
            Actor::Staff { unit: Some(unit), .. } => unit.get().to_be_bytes(),
            Actor::Staff { .. } | Actor::Resident { .. } | Actor::System => [0; 16],
        }
    }

    /// Who would get what, as the read models stand.
    fn plan(
        &self,
        models: &ReadModels,
        at: jiff::Timestamp,
    ) -> Result<DistributionPlanned, Rejection> {
        let Actor::Staff { unit: Some(unit), .. } = self.by else {
            return Err(Rejection::NotAllowed);
        };
        let (from, mut cases) = match &self.which {
            Which::Cases(cases) => (None, models.of_unit(cases, unit)),
            Which::Oldest(count) => (None, models.undistributed(unit, *count)),
            Which::HeldBy(from) => (Some(*from), models.held_by(*from, unit)),
        };
        cases.truncate(CASES_AT_ONCE_MAX);
        let named = |case: &CaseView| Named {
            case: case.id,
            can_be_given: case.state != State::Closed && case.handler == from,
        };
        let cases: Vec<Named> = cases.iter().map(named).collect();
        let handlers = models.workload(unit, at).handlers;
        let open: BTreeMap<_, _> = handlers.iter().map(|it| (it.staff, it.open)).collect();
        let asked = Asked { by: self.by, at, around: models.directory() };
        distribution::plan(&asked, from, &self.to, &cases, &open)
    }
}

impl Distributed {
    /// The last place in the log that it wrote to, or found what it wrote before.
    pub fn position(&self) -> Option<Position> {
        let done = self.cases.iter().filter_map(|it| it.outcome.as_ref().ok());
        done.map(|done| done.position).max()
    }
}

/// The id of the commit that answers the part of request `whole` that is about `case`.
fn part_id(whole: CommitId, case: CaseId) -> CommitId {
    let mut digest = Sha256::new_with_prefix("arende part id v1");
    digest.update(whole.0.to_be_bytes());
    digest.update(case.get().to_be_bytes());
    CommitId(first_128_bits(digest))
}
