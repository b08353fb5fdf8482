//! What can be watched: each event once, in log order, from where a client was onwards.
//!
//! A stream pulls from the log as far as the read models have come, so it holds no more than one
//! page however slow its reader is. That the viewer's assignment is in force is settled anew for
//! each event, as is what they may see of the case; a revocation ends the stream.

mod feed;
mod inbox;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Result, SimpleObject, Subscription};
use domain::Event;
use futures_util::{Stream, stream};

use self::{
    feed::Feed,
    inbox::{Inbox, InboxWatch},
};
use super::{
    error::Refusal,
    id,
    scalars::Position,
    types::{Case, CaseEvent, CaseEventType},
};
use crate::asking::Asking;

/// What can be watched.
pub(crate) struct Subscription;

/// How a case moved, seen from an inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum InboxChangeKind {
    /// The case came into the inbox.
    Entered,
    /// Something happened to a case in the inbox.
    Changed,
    /// The case left the inbox.
    Left,
}

/// Something that happened to a case in an inbox (inkorg).
#[derive(SimpleObject)]
pub(crate) struct InboxChange {
    /// The place in the log of what happened: resume with this as `after`.
    position: Position,
    /// How the case moved, seen from the inbox.
    kind: InboxChangeKind,
    /// Names the case.
    case_id: ID,
    /// Which event it was.
    event_type: CaseEventType,
    /// What happened; none where the viewer sees the case no more.
    event: Option<CaseEvent>,
    /// The case as it stands; none where the viewer sees it no more.
    case: Option<Case>,
}

/// What can be watched. Each stream gives every event once, in log order; with `after`, exactly
/// what was missed since that position and then what happens.
#[Subscription]
impl Subscription {
    /// What happens in an inbox (inkorg): of the named unit, or else the viewer's own.
    async fn inbox_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The unit whose inbox it is. Without it: a receiver's unit, the cases \
                          that a handler holds, a resident's own cases.")]
        unit_id: Option<ID>,
        #[graphql(desc = "What happened after this position is given first. Without it: what \
                          happens from now on.")]
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<InboxChange>> + 'static> {
        let asking = Asking::of(ctx)?;
        let inbox = Inbox::find(&asking, unit_id.as_ref().map(id::read)).await?;
        let feed = Feed::of_all(Arc::clone(&asking), after.map(|it| it.0))?;
        let watch = InboxWatch::new(inbox, feed);
        Ok(stream::try_unfold(watch, async |mut watch| {
            Ok(watch.next().await?.map(|change| (change, watch)))
        }))
    }

    /// What happens to a case. A case that is not there, or not the viewer's to see, is the error
    /// `NOT_FOUND`; a stream ends with it when the viewer sees the case no more.
    async fn case_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] case_id: ID,
        #[graphql(desc = "What happened after this position is given first. Without it: what \
                          happens from now on.")]
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<CaseEvent>> + 'static> {
        let asking = Asking::of(ctx)?;
        let id = id::read(&case_id);
        Case::find(&asking, id, None).await?.ok_or_else(Refusal::not_found)?;
        let feed = Feed::of_case(asking, id, after.map(|it| it.0)).await?;
        Ok(stream::try_unfold((feed, id), async |(mut feed, id)| {
            while let Some(entry) = feed.next().await? {
                let case = Case::find(feed.asking(), id, None).await?;
                let case = case.ok_or_else(Refusal::not_found)?;
                if case.shows(&entry)
                    && let Some(event) = CaseEvent::new(&entry, case.people())
                {
                    return Ok(Some((event, (feed, id))));
                }
            }
            Ok(None)
        }))
    }
}

impl InboxChange {
    /// What `entry` did to an inbox, as the viewer may see it at present.
    async fn new(
        asking: &Asking,
        kind: InboxChangeKind,
        entry: &engine::HistoryEntry,
    ) -> Result<Option<Self>, Refusal> {
        let domain::StreamId::Case(id) = entry.recorded.stream else { return Ok(None) };
        let Event::Case(event) = &entry.recorded.event else { return Ok(None) };
        let case = Case::find(asking, id, None).await?;
        if case.as_ref().is_some_and(|case| !case.shows(entry)) {
            return Ok(None);
        }
        let seen = case.as_ref().and_then(|case| CaseEvent::new(entry, case.people()));
        Ok(Some(Self {
            position: entry.recorded.position.into(),
            kind,
            case_id: id.into(),
            event_type: event.into(),
            event: seen,
            case,
        }))
    }
}
