//! Sending again what was given up, or may have been sent: only what an operator names, and what may
//! have been sent only if they say that it may come twice.

use std::sync::Arc;

use super::{Office, State};

/// Sends again what an operator names.
#[derive(Clone)]
pub(crate) struct Resender(pub(super) Arc<Office>);

impl Resender {
    /// Has the notice `id` sent at once, by one attempt more at the least; or gives why not.
    pub(crate) fn resend(&self, id: &str, even_if_sent: bool) -> anyhow::Result<Option<String>> {
        let office = &self.0;
        let now = office.engine.now();
        {
            // Held from the look to the change: what is waiting twice would be sent twice.
            let mut ledger = office.ledger();
            let is = ledger.items().find(|it| it.id == id).map(|it| it.is.clone());
            let why = match is {
                None => {
                    return Ok(Some(format!(
                        "there is no notice {id} that was not sent; arende outbox lists those"
                    )));
                }
                Some(State::Uncertain { .. }) if !even_if_sent => {
                    return Ok(Some(format!(
                        "notice {id} may have been sent; give --even-if-sent to send it all the \
                         same"
                    )));
                }
                Some(State::Sending | State::Sent | State::NotWanted) => {
                    return Ok(Some(format!("notice {id} is being sent")));
                }
                Some(State::Waiting { why, .. }) => why,
                Some(State::Uncertain { why } | State::Dead { why }) => Some(why),
            };
            ledger.change(id, State::Waiting { from: now, why }, now)?;
        }
        tracing::info!(id, even_if_sent, "an operator has a notice sent again");
        office.tell_board();
        office.news.notify_waiters();
        Ok(None)
    }
}
