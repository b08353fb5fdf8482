//! What happened to a case, at present or as far as it had come.

use domain::CaseId;
use engine::{AsOf, HistoryEntry};

use super::{
    connection::{CaseEventConnection, PageArgs, Rows},
    error::Refusal,
    types::{Case, CaseEvent},
};
use crate::asking::Asking;

/// The events of `case` up to a moment; none for a moment that is not known yet.
pub(crate) async fn load(
    asking: &Asking,
    case: CaseId,
    as_of: Option<AsOf>,
) -> Result<Option<Vec<HistoryEntry>>, Refusal> {
    if asking.at(as_of).await?.is_none() {
        return Ok(None);
    }
    let history = asking.engine.history(case).await;
    let mut history = history.map_err(|failure| asking.failed(&failure))?;
    history.retain(|entry| match as_of {
        None => true,
        Some(AsOf::Time(time)) => entry.recorded.occurred_at <= time,
        Some(AsOf::RecordedTime(time)) => entry.recorded.recorded_at <= time,
        Some(AsOf::Position(position)) => entry.recorded.position <= position,
    });
    Ok(Some(history))
}

/// A page of what happened to `case`, as far as the viewer may know of it.
pub(crate) async fn page(
    asking: &Asking,
    case: &Case,
    id: CaseId,
    as_of: Option<AsOf>,
    page: &PageArgs,
) -> Result<Option<CaseEventConnection>, Refusal> {
    let list = format!("history of {id}");
    let window = page.window(&list, |key| key.parse().ok())?;
    let Some(mut entries) = load(asking, id, as_of).await? else { return Ok(None) };
    entries.retain(|entry| case.shows(entry));
    let rows = Rows::cut(entries, &window, |entry: &HistoryEntry| entry.recorded.version);
    let event = |entry: HistoryEntry| {
        let event = CaseEvent::new(&entry, case.people())?;
        Some((entry.recorded.version.to_string(), event))
    };
    let Rows { rows, has_previous, has_next, total } = rows;
    let rows = rows.into_iter().filter_map(event).collect();
    Ok(Some(CaseEventConnection::new(&list, Rows { rows, has_previous, has_next, total })))
}
