//! Events of cases in log order, as the read models come to show them.

use std::{collections::VecDeque, sync::Arc};

use domain::{CaseId, Position, StreamId};
use engine::{HistoryEntry, Progress};
use tokio::sync::watch;

use crate::{asking::Asking, schema::error::Refusal};

/// Commits read from the log at a time: all that a stream holds of it.
const PAGE_COMMITS: usize = 64;

/// Follows the log for one viewer.
pub(crate) struct Feed {
    asking: Arc<Asking>,
    progress: watch::Receiver<Progress>,
    /// The last commit that was taken from the log.
    at: Position,
    /// The one case that is followed, where it is one.
    case: Option<CaseId>,
    waiting: VecDeque<HistoryEntry>,
}

impl Feed {
    /// The events of all cases after `after`, or from now on.
    pub(crate) fn of_all(asking: Arc<Asking>, after: Option<Position>) -> Result<Self, Refusal> {
        let progress = asking.engine.progress();
        let covered = progress.borrow().position;
        let at = after.unwrap_or(covered);
        check_known(at, covered)?;
        Ok(Self { asking, progress, at, case: None, waiting: VecDeque::new() })
    }

    /// The events of one case after `after`, or from now on.
    pub(crate) async fn of_case(
        asking: Arc<Asking>,
        case: CaseId,
        after: Option<Position>,
    ) -> Result<Self, Refusal> {
        let progress = asking.engine.progress();
        let covered = progress.borrow().position;
        let mut waiting = VecDeque::new();
        if let Some(after) = after {
            check_known(after, covered)?;
            let history = asking.engine.history(case).await;
            let missed = |entry: &HistoryEntry| {
                entry.recorded.position > after && entry.recorded.position <= covered
            };
            let history = history.map_err(|failure| asking.failed(&failure))?;
            waiting.extend(history.into_iter().filter(missed));
        }
        Ok(Self { asking, progress, at: covered, case: Some(case), waiting })
    }

    pub(crate) fn asking(&self) -> &Asking {
        &self.asking
    }

    /// The next event; none when the service stops. Waits until there is one. Refuses from the
    /// moment that the viewer's assignment is no longer in force.
    pub(crate) async fn next(&mut self) -> Result<Option<HistoryEntry>, Refusal> {
        loop {
            self.asking.check_in_force().await?;
            if let Some(entry) = self.waiting.pop_front() {
                // Each event is a reading of its own.
                self.asking.names.forget().await;
                return Ok(Some(entry));
            }
            let Progress { position: covered, stopped } = self.progress.borrow_and_update().clone();
            if self.at < covered {
                self.read_on(covered).await?;
            } else if stopped.is_some() {
                return Err(Refusal::unavailable());
            } else if self.progress.changed().await.is_err() {
                return Ok(None);
            }
        }
    }

    /// Takes the next page from the log, none of it beyond `covered`.
    async fn read_on(&mut self, covered: Position) -> Result<(), Refusal> {
        let page = self.asking.engine.log().page(self.at, PAGE_COMMITS).await;
        let page = page.map_err(|error| self.asking.failed(&error.into()))?;
        for commit in page.iter().filter(|commit| commit.position <= covered) {
            self.at = commit.position;
            let wanted = match (commit.stream, self.case) {
                (StreamId::Case(case), Some(wanted)) => case == wanted,
                (StreamId::Case(_), None) => true,
                _ => false,
            };
            // What a parked stream has come to is not shown, and not told.
            if wanted && !self.asking.engine.is_parked_at(commit.stream, commit.position) {
                let entries = engine::entries(commit);
                self.waiting.extend(entries.map_err(|failure| self.asking.failed(&failure))?);
            }
        }
        Ok(())
    }
}

/// A position that this log has not come to is from another log.
fn check_known(after: Position, covered: Position) -> Result<(), Refusal> {
    if after > covered {
        return Err(Refusal::bad_request("`after` lies beyond the end of the log"));
    }
    Ok(())
}
