//! Who asks.

use async_graphql::Object;
use domain::policy::{Capacity, Question, Reach, may_ask};

use super::{Actor, Permission, event::People};
use crate::{asking::Asking, schema::scalars::DateTime};

/// Who asks, in which assignment.
pub(crate) struct Viewer {
    actor: domain::Actor,
    expires_at: DateTime,
}

impl Viewer {
    pub(crate) fn new(asking: &Asking) -> Self {
        let viewer = &asking.viewer;
        Self { actor: viewer.actor, expires_at: viewer.expires_at.into() }
    }
}

/// Who asks, in which assignment. A session is one assignment; another unit or role is another
/// token.
#[Object]
impl Viewer {
    /// The person, the capacity and the place.
    async fn actor(&self) -> Actor {
        Actor::new(self.actor, People::NAMED)
    }

    /// When the token is no longer good.
    async fn expires_at(&self) -> DateTime {
        self.expires_at
    }

    /// The questions that this session may put where its assignment holds, so that a client shows
    /// only what leads somewhere.
    async fn permissions(&self) -> Vec<Permission> {
        let Some(capacity) = Capacity::of(&self.actor) else { return vec![] };
        let granted = Question::ALL.into_iter();
        let granted = granted.filter(|question| may_ask(capacity, *question, Reach::Own));
        granted.map(Permission::from).collect()
    }
}
