//! The GraphQL schema: types that translate, and resolvers that ask the engine once.
//!
//! A rule found here is a bug. `schema.graphql` at the root of the repository is the agreed shape;
//! a test holds this to it.

mod administration;
mod attachment;
pub(crate) mod connection;
mod cursor;
mod distribution;
pub(crate) mod error;
mod history;
pub(crate) mod id;
mod inbox;
mod input;
mod mutation;
mod offering;
pub(crate) mod organisation;
mod query;
mod resident;
pub(crate) mod scalars;
mod statistics;
mod subscription;
pub(crate) mod types;

use async_graphql::MergedObject;

use self::{
    administration::{CaseTypeMutation, RegionMutation, StaffMutation, UnitMutation},
    attachment::AttachmentMutation,
    distribution::{DistributionMutation, DistributionQuery},
    mutation::CaseMutation,
    organisation::OrganisationQuery,
    query::CaseQuery,
    resident::{ResidentMutation, ResidentQuery},
    subscription::Subscription,
};
use crate::limits;

/// Questions. What is not there, and what is not the viewer's to see, is null alike.
#[derive(Default, MergedObject)]
pub(crate) struct Query(CaseQuery, DistributionQuery, OrganisationQuery, ResidentQuery);

/// Commands, one mutation for each. What a person can put right is told in `userErrors`; what is
/// not there, or not the viewer's to see, is the error `NOT_FOUND`.
#[derive(Default, MergedObject)]
pub(crate) struct Mutation(
    CaseMutation,
    DistributionMutation,
    RegionMutation,
    UnitMutation,
    StaffMutation,
    CaseTypeMutation,
    ResidentMutation,
    AttachmentMutation,
);

pub(crate) type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The schema, ready to be asked. `introspection` and suggestions help those who write clients, and
/// those who probe; a service in production may be started without.
pub(crate) fn build(introspection: bool) -> Schema {
    let schema = Schema::build(Query::default(), Mutation::default(), Subscription)
        .limit_depth(limits::DEPTH_MAX)
        .limit_complexity(limits::COMPLEXITY_MAX);
    if introspection {
        schema.finish()
    } else {
        schema.disable_introspection().disable_suggestions().finish()
    }
}

/// The schema as text.
pub(crate) fn sdl() -> String {
    build(true).sdl()
}
