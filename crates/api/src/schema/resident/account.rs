//! A resident's own account.

use async_graphql::{Context, Object, Result, SimpleObject};
use domain::{ResidentId, StreamId};
use engine::access::Action;

use crate::{
    asking::Asking,
    schema::{
        scalars::DateTime,
        types::{Region, Resident},
    },
};

/// A resident's own account.
pub(crate) struct Account {
    pub(crate) id: ResidentId,
}

/// Someone who may act for another, as a guardian (vårdnadshavare) or another proxy (ombud).
#[derive(SimpleObject)]
pub(crate) struct ProxyGrant {
    /// The other one of the two.
    resident: Resident,
    /// Until when, exclusive. A guardian: the midnight of the child's birthday.
    until: DateTime,
}

/// How a resident is told of news.
#[derive(SimpleObject)]
pub(crate) struct ContactPreferences {
    /// Whether by e-mail.
    by_email: bool,
    /// Whether by text message (SMS).
    by_text_message: bool,
    /// The e-mail address; empty where there is none.
    email: String,
    /// The phone number; empty where there is none.
    phone: String,
}

/// The viewer's own account.
#[Object]
impl Account {
    /// The viewer as a resident.
    async fn resident(&self) -> Resident {
        Resident::named(self.id)
    }

    /// The region that registered the account.
    async fn region(&self, ctx: &Context<'_>) -> Result<Option<Region>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        let region = view.with(|models, _| models.directory().resident_region(self.id));
        Ok(region.map(|id| Region { id }))
    }

    /// How the viewer is told of news; none before they decided it. Reading it is written to the
    /// access log (åtkomstlogg).
    #[graphql(complexity = "3 + child_complexity")]
    async fn contact_preferences(&self, ctx: &Context<'_>) -> Result<Option<ContactPreferences>> {
        let asking = Asking::of(ctx)?;
        let opening = asking.opening(vec![StreamId::Resident(self.id)], Action::ReadAccount);
        let record = asking.engine.resident_record(opening, self.id).await;
        let record = record.map_err(|failure| asking.failed(&failure))?;
        let contact = record.contact.unwrap_or_default();
        Ok(record.preferences.map(|it| ContactPreferences {
            by_email: it.by_email,
            by_text_message: it.by_text_message,
            email: contact.email,
            phone: contact.phone,
        }))
    }

    /// Those who may act for the viewer.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn proxies(&self, ctx: &Context<'_>) -> Result<Vec<ProxyGrant>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        Ok(view.with(|models, now| {
            let proxies = models.directory().proxies_of(self.id, now);
            proxies.map(|(who, until)| ProxyGrant::new(who, until)).collect()
        }))
    }

    /// Those whom the viewer may act for.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn acts_for(&self, ctx: &Context<'_>) -> Result<Vec<ProxyGrant>> {
        let asking = Asking::of(ctx)?;
        let view = asking.now().await?;
        Ok(view.with(|models, now| {
            let directory = models.directory();
            let own = directory.represented_by(self.id, now).filter_map(|subject| {
                let mut proxies = directory.proxies_of(subject, now);
                let (_, until) = proxies.find(|(who, _)| *who == self.id)?;
                Some(ProxyGrant::new(subject, until))
            });
            own.collect()
        }))
    }
}

impl ProxyGrant {
    fn new(other: ResidentId, until: jiff::Timestamp) -> Self {
        Self { resident: Resident::named(other), until: until.into() }
    }
}
