//! What became of many cases at once.

use async_graphql::{ID, SimpleObject};

use crate::schema::{
    mutation::{payload::Outcome, user_error::UserError},
    scalars::Position,
    types::{Case, CaseEvent, StaffMember},
};

/// What became of one case of several.
#[derive(SimpleObject)]
pub(crate) struct CaseDistribution {
    /// Names the case, as it was named.
    pub(crate) case_id: ID,
    /// The case as it stands; none where the viewer does not see it.
    case: Option<Case>,
    /// The handler it was to go to; none for a case that is not there.
    handler: Option<StaffMember>,
    /// What happened; none where it was so already, or nothing was done.
    event: Option<CaseEvent>,
    /// The place in the log of what happened; none where nothing was done.
    position: Option<Position>,
    /// Whether an earlier request with the same idempotency key did it.
    replayed: bool,
    /// Why nothing was done; empty where it was.
    user_errors: Vec<UserError>,
}

impl CaseDistribution {
    pub(crate) fn new(case_id: ID, handler: Option<StaffMember>, outcome: Outcome) -> Self {
        let Outcome { case, event, position, replayed, user_errors, .. } = outcome;
        let position = position.map(Position);
        Self { case_id, case, handler, event, position, replayed, user_errors }
    }
}

/// What became of a request about many cases.
#[derive(Default)]
pub(crate) struct Outcomes {
    pub(crate) results: Vec<CaseDistribution>,
    pub(crate) position: Option<domain::Position>,
    pub(crate) replayed: bool,
    pub(crate) remaining: usize,
    pub(crate) user_errors: Vec<UserError>,
}

impl Outcomes {
    pub(crate) fn refused(error: UserError) -> Self {
        Self { user_errors: vec![error], ..Self::default() }
    }
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident, $remaining:literal;)*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub(crate) struct $name {
            /// What became of each case, in order of arrival; then those that are not there.
            results: Vec<CaseDistribution>,
            /// The last place in the log of what was done; none where nothing was.
            position: Option<Position>,
            /// Whether an earlier request with the same idempotency key planned it. What that one
            /// did not come to was done by this one.
            replayed: bool,
            #[doc = $remaining]
            remaining: i32,
            /// What is to be put right with the request as a whole: nothing was done for any case.
            user_errors: Vec<UserError>,
        }

        impl From<Outcomes> for $name {
            fn from(outcomes: Outcomes) -> Self {
                let Outcomes { results, position, replayed, remaining, user_errors } = outcomes;
                let remaining = i32::try_from(remaining).unwrap_or(i32::MAX);
                Self { results, position: position.map(Position), replayed, remaining, user_errors }
            }
        }
    )*};
}

payloads! {
    /// What became of `distributeCases`.
    DistributeCasesPayload,
    "How many cases of the unit nobody holds and have no answer yet; 0 where `userErrors` has any.";
    /// What became of `reassignAllCases`.
    ReassignAllCasesPayload,
    "How many open cases the person still holds at the unit; 0 where `userErrors` has any.";
}
