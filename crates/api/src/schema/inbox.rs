//! Inboxes (inkorg): whose, which cases, in which order, page by page.

use async_graphql::{Enum, ID, InputObject};
use domain::{
    Actor, CaseId, CaseTypeId, StaffId, UnitId,
    policy::{Question, Sight, may_see},
};
use engine::AsOf;
use jiff::Timestamp;
use projections::{CaseView, Cursor, Filter, Order, PageRequest, PageSize, ReadModels, Row};

use super::{
    connection::{CaseConnection, PageArgs, Rows, Size},
    error::Refusal,
    id,
    scalars::DateTime,
    types::{Case, CaseState, SlaState},
};
use crate::{asking::Asking, limits, policy::Standing};

/// Which cases. What is left out does not matter; what is given must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct InboxFilter {
    /// In one of these states. Left out: all but `CLOSED` for a unit and a handler, all for a
    /// resident.
    states: Option<Vec<CaseState>>,
    /// In one of these places against the deadline, at the moment that is asked about.
    sla_states: Option<Vec<SlaState>>,
    /// Of one of these types.
    case_types: Option<Vec<ID>>,
    /// Held by this handler.
    handler_id: Option<ID>,
    /// Held by nobody, or, with false, by somebody.
    unassigned: Option<bool>,
    /// To be reassigned (att omfördela), held by someone who is no handler at the unit; or, with
    /// false, not. Not for residents.
    to_be_reassigned: Option<bool>,
    /// Received then or later.
    received_from: Option<DateTime>,
    /// Received before then.
    received_to: Option<DateTime>,
}

impl InboxFilter {
    /// Refuses a filter that names more than anyone has a use for: each case is held against it.
    fn check(&self) -> Result<(), Refusal> {
        let given = [
            self.states.as_ref().map_or(0, Vec::len),
            self.sla_states.as_ref().map_or(0, Vec::len),
            self.case_types.as_ref().map_or(0, Vec::len),
        ];
        if given.into_iter().any(|values| values > limits::FILTER_VALUES_MAX) {
            return Err(Refusal::bad_request("a list in `filter` takes at most 100 values"));
        }
        Ok(())
    }
}

impl From<&InboxFilter> for Filter {
    fn from(it: &InboxFilter) -> Self {
        fn all<T: Copy, U: From<T>>(list: Option<&Vec<T>>) -> Option<Vec<U>> {
            list.map(|list| list.iter().copied().map(U::from).collect())
        }
        let types = |ids: &Vec<ID>| ids.iter().map(id::read::<CaseTypeId>).collect();
        Self {
            states: all(it.states.as_ref()),
            sla_states: all(it.sla_states.as_ref()),
            case_types: it.case_types.as_ref().map(types),
            handler: it.handler_id.as_ref().map(id::read::<StaffId>),
            unassigned: it.unassigned,
            to_be_reassigned: it.to_be_reassigned,
            received_from: it.received_from.map(|at| at.0),
            received_to: it.received_to.map(|at| at.0),
        }
    }
}

/// In which order. Ties go by which case came first.
#[expect(clippy::enum_variant_names, reason = "clients rely on the names")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum InboxOrder {
    /// What is due first at the top; what is never due at the end.
    DueAt,
    /// What came first at the top.
    ReceivedAt,
    /// What changed last at the top.
    LastEventAt,
}

impl InboxOrder {
    const fn name(self) -> &'static str {
        match self {
            Self::DueAt => "DUE_AT",
            Self::ReceivedAt => "RECEIVED_AT",
            Self::LastEventAt => "LAST_EVENT_AT",
        }
    }
}

impl From<InboxOrder> for Order {
    fn from(order: InboxOrder) -> Self {
        match order {
            InboxOrder::DueAt => Self::DueAt,
            InboxOrder::ReceivedAt => Self::ReceivedAt,
            InboxOrder::LastEventAt => Self::LastEventAt,
        }
    }
}

/// An inbox that the viewer may look into.
pub(crate) struct Inbox {
    /// Names it in cursors.
    name: String,
    inbox: projections::Inbox,
}

impl Inbox {
    pub(crate) async fn of_unit(asking: &Asking, unit: UnitId) -> Result<Option<Self>, Refusal> {
        let granted = asking.may_ask_unit(Question::UnitInbox, unit).await?;
        Ok(granted.then(|| Self { name: unit.to_string(), inbox: projections::Inbox::Unit(unit) }))
    }

    pub(crate) fn of_handler(asking: &Asking) -> Option<Self> {
        let Actor::Staff { who, unit: Some(unit), .. } = asking.viewer.actor else { return None };
        asking.has_own(Question::HandlerInbox).then(|| Self {
            name: format!("{who} at {unit}"),
            inbox: projections::Inbox::Handler(who, unit),
        })
    }

    pub(crate) async fn of_resident(asking: &Asking) -> Result<Option<Self>, Refusal> {
        let Actor::Resident { who, .. } = asking.viewer.actor else { return Ok(None) };
        let residents = asking.own_residents().await?;
        let inbox = projections::Inbox::Residents(residents);
        Ok(asking.has_own(Question::ResidentInbox).then(|| Self { name: who.to_string(), inbox }))
    }
}

/// A page of `inbox`; none for a moment that is not known yet. What the viewer may not see at
/// present is left out before the page is counted, however the inbox stood at the time.
pub(crate) async fn page(
    asking: &Asking,
    inbox: Inbox,
    filter: &InboxFilter,
    order: InboxOrder,
    as_of: Option<AsOf>,
    page: &PageArgs,
) -> Result<Option<CaseConnection>, Refusal> {
    filter.check()?;
    if filter.to_be_reassigned.is_some() && matches!(inbox.inbox, projections::Inbox::Residents(_))
    {
        return Err(Refusal::bad_request("`toBeReassigned` in `filter` is for staff"));
    }
    let list = format!("inbox of {} by {}", inbox.name, order.name());
    let window = page.window(&list, read_cursor)?;
    let size = match window.size {
        Size::First(rows) => PageSize::First(rows),
        Size::Last(rows) => PageSize::Last(rows),
    };
    let request = PageRequest { size, after: window.after, before: window.before };
    let filter = Filter::from(filter);
    let actor = &asking.viewer.actor;
    let Some(view) = asking.at(as_of).await? else { return Ok(None) };
    // What the viewer is to a case is a fact about the present; the inbox may be of the past.
    let present = asking.now().await?;
    let standing_to = |case: CaseId| {
        present.with(|models, now| {
            let case = models.cases().get(case);
            case.map(|case| Standing::of(actor, &case, models, now))
        })
    };
    let sees = |case: &CaseView| {
        standing_to(case.id).is_some_and(|standing| may_see(standing.relation, Sight::Case))
    };
    let (page, now) = view.with(|models: &ReadModels, now: Timestamp| {
        let (inbox, order) = (&inbox.inbox, order.into());
        // What is hidden from proxies is among the cases of those whom a resident acts for.
        let may_hide = as_of.is_some() || matches!(inbox, projections::Inbox::Residents(_));
        let page = if may_hide {
            models.visible_page(inbox, &filter, order, now, &request, &sees)
        } else {
            models.page(inbox, &filter, order, now, &request)
        };
        (page, now)
    });
    let (has_previous, has_next, total) = (page.has_previous, page.has_next, page.total);
    let row = |row: Row| {
        let standing = standing_to(row.case.id)?;
        // It may have left the inbox since the page was taken.
        let is_theirs = may_see(standing.relation, Sight::Case);
        is_theirs.then(|| (write_cursor(&row.cursor), Case::new(row.case, now, as_of, standing)))
    };
    let rows = page.rows.into_iter().filter_map(row).collect();
    Ok(Some(CaseConnection::new(&list, Rows { rows, has_previous, has_next, total })))
}

fn write_cursor(cursor: &Cursor) -> String {
    format!("{} {}", cursor.key, cursor.case)
}

fn read_cursor(text: &str) -> Option<Cursor> {
    let (key, case) = text.split_once(' ')?;
    Some(Cursor { key: key.parse().ok()?, case: case.parse().ok()? })
}
