//! What clients send to give many cases at once.

use async_graphql::{ID, InputObject, OneofObject};
use domain::distribution::CASES_AT_ONCE_MAX;

/// Which cases are given to handlers (fördela), and to whom.
#[derive(InputObject)]
pub(crate) struct DistributeCasesInput {
    /// Names this request, 1 to 255 characters: sent again, what it began is finished and told.
    pub(crate) idempotency_key: ID,
    /// Which cases of the unit.
    pub(crate) cases: CasesToDistribute,
    /// The handlers, 1 to 200, who work at the unit. Of several who hold as many cases, the one
    /// named first gets the next.
    pub(crate) handler_ids: Vec<ID>,
}

/// Which cases of the unit: exactly one of these.
#[derive(OneofObject)]
pub(crate) enum CasesToDistribute {
    /// These, at most 200, in whatever order: they are given in order of arrival.
    CaseIds(Vec<ID>),
    /// So many, 1 to 200, of those that nobody holds and that have no answer, in order of arrival.
    Oldest(i32),
}

impl CasesToDistribute {
    /// How many results there may be.
    pub(crate) fn count(&self) -> usize {
        let count = match self {
            Self::CaseIds(ids) => ids.len(),
            Self::Oldest(count) => usize::try_from(*count).unwrap_or(0),
        };
        count.min(CASES_AT_ONCE_MAX)
    }
}

/// Whose cases are given to others (omfördela), and to whom.
#[derive(InputObject)]
pub(crate) struct ReassignAllCasesInput {
    /// Names this request, 1 to 255 characters: sent again, what it began is finished and told.
    pub(crate) idempotency_key: ID,
    /// Who holds them: a handler of the unit, or one who is none there any more.
    pub(crate) from_handler_id: ID,
    /// The handlers, 1 to 200, who work at the unit. Of several who hold as many cases, the one
    /// named first gets the next.
    pub(crate) handler_ids: Vec<ID>,
}
