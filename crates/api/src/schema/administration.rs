//! What can be asked for around cases: regions, divisions, units, staff, case types, base
//! offerings. One mutation for each command, verb first.
//!
//! | mutations | for |
//! |---|---|
//! | `registerRegion` | the operator of the service |
//! | divisions, units, base offerings, common case types | the region's administrators |
//! | a unit's settings, what it offers, its own case types, its staff | its administrators, the region's |
//!
//! Whether a command may be is for the rules of `domain::organisation` to say; that the asker may
//! know of what it is about is settled before, so that what is elsewhere looks like nothing.

pub(crate) mod answer;
mod case_type;
mod form;
pub(crate) mod payload;
pub(crate) mod refused;
mod region;
mod staff;
mod unit;

use async_graphql::Context;
use domain::{
    CommitId, StreamId,
    case::Content,
    organisation::{Person, Rejection},
};
use engine::{AdministerError, Administered, Administration, Change, Secret, commit_id};

use self::{answer::OrganisationEvent, refused::errors};
pub(crate) use self::{
    case_type::CaseTypeMutation, region::RegionMutation, staff::StaffMutation, unit::UnitMutation,
};
use super::{
    error::Refusal,
    mutation::user_error::{UserError, UserErrorCode},
};
use crate::{asking::Asking, policy::acting_for};

/// What became of a command around cases.
#[derive(Default)]
pub(crate) struct Told {
    done: Option<Administered>,
    event: Option<OrganisationEvent>,
    user_errors: Vec<UserError>,
}

impl Told {
    pub(crate) fn refused(error: UserError) -> Self {
        Self::refused_for(vec![error])
    }

    pub(crate) fn refused_for(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }

    fn unknown(field: &'static str, what: &str, what_sv: &str) -> Self {
        Self::refused(UserError::unknown(field, what, what_sv))
    }

    /// `changed`, if something was done.
    fn then<T>(&self, changed: T) -> Option<T> {
        self.done.as_ref().map(|_| changed)
    }
}

/// The request that asks for something, as its key names it.
pub(crate) struct Wish<'a> {
    asking: &'a Asking,
    key: &'a str,
    /// What is made by this request has an id made of this one.
    id: CommitId,
}

impl<'a> Wish<'a> {
    pub(crate) fn new(asking: &'a Asking, key: &'a str) -> Self {
        Self { asking, key, id: commit_id(&asking.viewer.actor, key) }
    }

    async fn carry_out(&self, change: Change) -> Result<Told, Refusal> {
        self.ask(change, None).await
    }

    async fn carry_out_because(&self, change: Change, reason: String) -> Result<Told, Refusal> {
        self.ask(change, Some(Secret::Content(Content::text(reason)))).await
    }

    async fn make_known(&self, change: Change, person: Person) -> Result<Told, Refusal> {
        self.ask(change, Some(Secret::Person(person))).await
    }

    pub(crate) async fn ask(
        &self,
        change: Change,
        secret: Option<Secret>,
    ) -> Result<Told, Refusal> {
        let asking = self.asking;
        if let Err(error) = UserError::check_key(self.key) {
            return Ok(Told::refused(error));
        }
        asking.check_may_change(self.id, &change).await?;
        if !asking.may_found(&change) {
            return Ok(Told::refused_for(errors(&Rejection::NotAllowed)));
        }
        let subject = match change.stream() {
            StreamId::Resident(subject) => Some(subject),
            _ => None,
        };
        let by = acting_for(asking.viewer.actor, subject);
        let correlation = asking.request_id.clone();
        let asked = Administration { by, id: self.id, correlation, change, secret };
        match asking.engine.administer(asked).await {
            Ok(done) => {
                asking.cover(done.position);
                let story = asking.engine.story(done.stream).await;
                let story = story.map_err(|failure| asking.failed(&failure))?;
                let first = story.iter().find(|it| done.versions.contains(&it.recorded.version));
                let event = first.map(OrganisationEvent::new);
                Ok(Told { done: Some(done), event, user_errors: vec![] })
            }
            Err(AdministerError::Rejected(rejection)) => Ok(Told::refused_for(errors(&rejection))),
            Err(AdministerError::Failed(failure)) => Err(asking.failed(&failure)),
            Err(error @ AdministerError::KeyReused) => {
                let code = UserErrorCode::IdempotencyKeyReused;
                Ok(Told::refused(UserError::new(code, "idempotencyKey", error.to_string())))
            }
            Err(error @ AdministerError::Contended) => {
                let code = UserErrorCode::Contended;
                Ok(Told::refused(UserError::new(code, None, error.to_string())))
            }
        }
    }
}

/// Carries out `change`, which makes nothing.
async fn administer(ctx: &Context<'_>, key: &str, change: Change) -> Result<Told, Refusal> {
    let asking = Asking::of(ctx)?;
    Wish::new(&asking, key).carry_out(change).await
}

/// Carries out `change`, of which somebody says why.
async fn administer_because(
    ctx: &Context<'_>,
    key: &str,
    change: Change,
    reason: String,
) -> Result<Told, Refusal> {
    let asking = Asking::of(ctx)?;
    Wish::new(&asking, key).carry_out_because(change, reason).await
}
