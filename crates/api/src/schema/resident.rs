//! Residents: their accounts, who acts for whom, and who has a number.

mod account;
mod input;
mod mutation;

use async_graphql::{Context, Error, ErrorExtensions as _, Object, Result};
use domain::{
    Actor,
    deadline::local_date,
    identity::{NationalId, NationalIdError},
    policy::Question,
};
use engine::access::Action;

use self::account::Account;
pub(crate) use self::mutation::ResidentMutation;
use super::{error::Code, types::Resident};
use crate::asking::Asking;

/// Questions about residents.
#[derive(Default)]
pub(crate) struct ResidentQuery;

/// Questions about residents.
#[Object]
impl ResidentQuery {
    /// The viewer's own account; none for staff.
    #[expect(clippy::unused_async, reason = "every field is asynchronous")]
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>> {
        let asking = Asking::of(ctx)?;
        let Actor::Resident { who, .. } = asking.viewer.actor else { return Ok(None) };
        Ok(Some(Account { id: who }))
    }

    /// The resident who has a number (personnummer, samordningsnummer); none where nobody is found
    /// by it. For those who open cases, and for regional administrators. Each asking is written to
    /// the access log (åtkomstlogg), also one that finds nobody. Send the number as a variable, by
    /// POST: what stands in an address is easily kept. What is no number is an error that says why,
    /// with `messageSv` among its extensions.
    #[graphql(complexity = "5 + child_complexity")]
    async fn find_resident(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number, of 12 digits, or of 10 with its separator.")] number: String,
    ) -> Result<Option<Resident>> {
        let asking = Asking::of(ctx)?;
        if !asking.has_own(Question::FindResident) {
            return Ok(None);
        }
        let number = asking.read_number(&number).map_err(|it| misread(&it))?;
        let opening = asking.opening(vec![], Action::FindResident);
        let found = asking.engine.find_resident(opening, &number).await;
        let found = found.map_err(|failure| asking.failed(&failure))?;
        Ok(found.map(Resident::named))
    }
}

/// What was to be a number is none: whoever typed it is told where.
fn misread(error: &NationalIdError) -> Error {
    Error::new(error.to_string()).extend_with(|_, extensions| {
        extensions.set("code", Code::BadRequest.as_str());
        extensions.set("messageSv", error.text_sv());
    })
}

impl Asking {
    /// The number that `text` is, of those that are taken here.
    fn read_number(&self, text: &str) -> Result<NationalId, NationalIdError> {
        NationalId::parse(text, local_date(self.engine.now()), self.viewer.numbers)
    }
}
