//! What a receiver needs to give cases to handlers: who holds how much, and many cases at once.

mod input;
mod payload;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{
    Actor, CaseId, StaffId, UnitId, case::Rejection, distribution::CASES_AT_ONCE_MAX,
    policy::Question,
};
use engine::{Distributed, Distribution, ExecuteError, Target, Which, commit_id};

use self::{
    input::{CasesToDistribute, DistributeCasesInput, ReassignAllCasesInput},
    payload::{CaseDistribution, DistributeCasesPayload, Outcomes, ReassignAllCasesPayload},
};
use super::{
    connection::look_back_cost,
    error::Refusal,
    id,
    input::AsOf,
    mutation::{
        self,
        payload::Outcome,
        user_error::{UserError, UserErrorCode},
    },
    scalars::{DateTime, Position},
    types::{People, StaffMember},
};
use crate::asking::Asking;

/// Handlers that are reckoned with when a request's cost is: units have fewer.
const HANDLERS_COST: usize = 50;

/// Questions about who could take cases.
#[derive(Default)]
pub(crate) struct DistributionQuery;

/// Commands about many cases at once.
#[derive(Default)]
pub(crate) struct DistributionMutation;

/// Who holds how much at a unit. Of all its open cases, those that it started itself too.
#[derive(SimpleObject)]
pub(crate) struct UnitWorkload {
    /// The last place in the log that it covers.
    position: Position,
    /// The instant that it is judged at.
    as_of: DateTime,
    /// Cases that nobody holds and that have no answer yet.
    undistributed: i32,
    /// Cases that are to be reassigned: held by those in `formerHandlers`.
    to_be_reassigned: i32,
    /// The handlers (ärendehanterare) of the unit at present, those who hold nothing too.
    handlers: Vec<HandlerWorkload>,
    /// Those who hold cases of the unit and are no handlers there at present: the assignment was
    /// taken away, has ended, or has not begun.
    former_handlers: Vec<HandlerWorkload>,
}

/// What one person holds at a unit.
#[derive(SimpleObject)]
pub(crate) struct HandlerWorkload {
    /// Who.
    handler: StaffMember,
    /// Cases that are not closed.
    open: i32,
    /// Of those, without a response and due (rödmarkerat).
    overdue: i32,
    /// Of those, due on the instant's day (gul).
    due_today: i32,
    /// Of those, waiting for the resident.
    awaiting_resident: i32,
    /// When they last did something in a case of the unit, in whatever role: sent, noted, handed
    /// over. Reading counts for nothing. None if they never did.
    last_seen_at: Option<DateTime>,
    /// Until when they are a handler of the unit, exclusive; none where no end was decided.
    handler_until: Option<DateTime>,
}

#[Object]
impl DistributionQuery {
    /// Who holds how much at a unit, to decide who gets the next case. For its receivers.
    #[graphql(complexity = "look_back_cost(as_of, 1 + HANDLERS_COST * child_complexity)")]
    async fn unit_workload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The unit.")] unit_id: ID,
        #[graphql(desc = "A moment to look back to.")] as_of: Option<AsOf>,
    ) -> Result<Option<UnitWorkload>> {
        let asking = Asking::of(ctx)?;
        let unit: UnitId = id::read(&unit_id);
        if !asking.may_ask_unit(Question::Workload, unit).await? {
            return Ok(None);
        }
        let view = asking.at(as_of.map(Into::into)).await?;
        let look = |view: engine::View<'_>| {
            view.with(|models, at| (models.workload(unit, at), models.position(), at))
        };
        Ok(view.map(look).map(Into::into))
    }
}

#[Object]
impl DistributionMutation {
    /// Gives cases of the unit to handlers (fördela), spread so that they come to hold as many open
    /// cases each as can be, in order of arrival. Each case is given or refused by itself; sent
    /// again after anything went wrong, the same plan is finished. For receivers.
    #[graphql(complexity = "1 + input.cases.count() * child_complexity")]
    async fn distribute_cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which cases, and over whom they are spread.")]
        input: DistributeCasesInput,
    ) -> Result<DistributeCasesPayload> {
        let asking = Asking::of(ctx)?;
        let DistributeCasesInput { idempotency_key, cases, handler_ids } = input;
        let (which, named) = match cases {
            CasesToDistribute::CaseIds(ids) if ids.len() > CASES_AT_ONCE_MAX => {
                return Ok(Outcomes::refused(too_many("cases.caseIds", "cases", "ärenden")).into());
            }
            CasesToDistribute::CaseIds(ids) => {
                (Which::Cases(ids.iter().map(id::read).collect()), ids)
            }
            CasesToDistribute::Oldest(count) => match usize::try_from(count) {
                Ok(count @ 1..=CASES_AT_ONCE_MAX) => (Which::Oldest(count), vec![]),
                _ => {
                    return Ok(
                        Outcomes::refused(too_many("cases.oldest", "cases", "ärenden")).into()
                    );
                }
            },
        };
        Ok(distribute(&asking, &idempotency_key, which, &handler_ids, &named).await?.into())
    }

    /// Gives all open cases that one person holds at the unit to other handlers (omfördela), spread
    /// as by `distributeCases`: for a handler who is away, or who is none there any more. At most
    /// 200 at a time; `remaining` tells how many are left. For receivers.
    #[graphql(complexity = "1 + CASES_AT_ONCE_MAX * child_complexity")]
    async fn reassign_all_cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose cases, and over whom they are spread.")]
        input: ReassignAllCasesInput,
    ) -> Result<ReassignAllCasesPayload> {
        let asking = Asking::of(ctx)?;
        let which = Which::HeldBy(id::read(&input.from_handler_id));
        let key = &input.idempotency_key;
        Ok(distribute(&asking, key, which, &input.handler_ids, &[]).await?.into())
    }
}

/// Carries out a bulk distribution. Of `named` each has a result, those that are not there too.
async fn distribute(
    asking: &Asking,
    key: &str,
    which: Which,
    handler_ids: &[ID],
    named: &[ID],
) -> Result<Outcomes, Refusal> {
    if let Err(error) = UserError::check_key(key) {
        return Ok(Outcomes::refused(error));
    }
    if handler_ids.len() > CASES_AT_ONCE_MAX {
        return Ok(Outcomes::refused(too_many("handlerIds", "case handlers", "ärendehanterare")));
    }
    let by = asking.viewer.actor;
    let Actor::Staff { unit: Some(unit), .. } = by else {
        return Ok(Outcomes::refused(UserError::of(&Rejection::NotAllowed)?));
    };
    let to: Vec<StaffId> = handler_ids.iter().map(id::read).collect();
    let (id, correlation) = (commit_id(&by, key), asking.request_id.clone());
    let wish = Distribution { by, id, correlation, which, to };
    let distributed = match asking.engine.distribute(&wish).await {
        Ok(distributed) => distributed,
        Err(error) => {
            let told = mutation::refused(asking, Target::New, error).await?;
            let user_errors = told.user_errors.into_iter().map(in_bulk).collect();
            return Ok(Outcomes { user_errors, ..Outcomes::default() });
        }
    };
    let (position, replayed) = (distributed.position(), distributed.replayed);
    let results = results(asking, distributed, named).await?;
    let view = asking.now().await?;
    let remaining = view.with(|models, _| match wish.which {
        Which::HeldBy(from) => models.held_by(from, unit).len(),
        Which::Cases(_) | Which::Oldest(_) => models.undistributed(unit, usize::MAX).len(),
    });
    Ok(Outcomes { results, position, replayed, remaining, user_errors: vec![] })
}

async fn results(
    asking: &Asking,
    distributed: Distributed,
    named: &[ID],
) -> Result<Vec<CaseDistribution>, Refusal> {
    let people = People::NAMED;
    let mut results: Vec<CaseDistribution> = vec![];
    for given in distributed.cases {
        let case = given.case;
        let target = Target::Existing { case, expected_version: None };
        let outcome = match given.outcome {
            Ok(done) => Outcome::done(asking, done).await?,
            Err(error) => of_one(asking, target, error).await?,
        };
        let handler = Some(people.staff(given.to));
        results.push(CaseDistribution::new(case.into(), handler, outcome));
    }
    for id in named {
        // What spells no id at all is answered by what was written.
        let id = id.parse().map_or_else(|_| id.clone(), |case: CaseId| case.into());
        if results.iter().all(|it| it.case_id != id) {
            results.push(CaseDistribution::new(id, None, Outcome::refused(no_such_case())));
        }
    }
    Ok(results)
}

/// What stood in the way of one case. One that the viewer sees no more is not there.
async fn of_one(asking: &Asking, target: Target, error: ExecuteError) -> Result<Outcome, Refusal> {
    let Target::Existing { case, .. } = target else { return Err(Refusal::not_found()) };
    let case = super::types::Case::find(asking, case, None).await?;
    if case.is_none() {
        return Ok(Outcome::refused(no_such_case()));
    }
    let mut outcome = mutation::refused(asking, target, error).await?;
    outcome.user_errors = outcome.user_errors.into_iter().map(in_bulk).collect();
    outcome.case = case;
    Ok(outcome)
}

/// The same error, where its field is one of many.
fn in_bulk(error: UserError) -> UserError {
    match error.field.as_deref() {
        Some("handlerId") => UserError { field: Some("handlerIds".into()), ..error },
        _ => error,
    }
}

fn no_such_case() -> UserError {
    UserError::new(UserErrorCode::NotFound, "cases.caseIds", "there is no such case")
}

/// Too many of `what`, or none, are named or asked for at once.
fn too_many(field: &'static str, what: &str, what_sv: &str) -> UserError {
    let message = format!("1 to {CASES_AT_ONCE_MAX} {what} are taken at once");
    UserError::new(UserErrorCode::FieldInvalid, field, message)
        .in_swedish(format!("1 till {CASES_AT_ONCE_MAX} {what_sv} tas emot på en gång."))
}

impl From<(projections::Workload, domain::Position, jiff::Timestamp)> for UnitWorkload {
    fn from(
        (it, position, now): (projections::Workload, domain::Position, jiff::Timestamp),
    ) -> Self {
        let number = super::types::event::number;
        let load = |it: projections::Load| HandlerWorkload {
            handler: People::NAMED.staff(it.staff),
            open: number(it.open),
            overdue: number(it.overdue),
            due_today: number(it.due_today),
            awaiting_resident: number(it.awaiting_resident),
            last_seen_at: it.last_seen.map(DateTime),
            handler_until: it.until.map(DateTime),
        };
        Self {
            position: position.into(),
            as_of: now.into(),
            undistributed: number(it.undistributed),
            to_be_reassigned: number(it.to_be_reassigned),
            handlers: it.handlers.into_iter().map(load).collect(),
            former_handlers: it.others.into_iter().map(load).collect(),
        }
    }
}
