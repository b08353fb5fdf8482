//! Which events concern an inbox: those of cases that were in it before, or are after.

use std::collections::BTreeMap;

use domain::{
    Actor, CaseId, Event, ResidentId, Role, StaffId, StreamId, UnitId,
    case::{Case as State, Surroundings as _},
    policy::Question,
};
use engine::HistoryEntry;

use super::{Feed, InboxChange, InboxChangeKind};
use crate::{asking::Asking, schema::error::Refusal};

/// Cases remembered between events, so that not each event reads its case's history again.
const REMEMBERED_MAX: usize = 256;

/// Whose inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inbox {
    /// Every case of a unit.
    Unit(UnitId),
    /// The cases that a handler holds at a unit.
    Handler(StaffId, UnitId),
    /// The cases that concern a resident, or someone they act for, unless they are hidden from
    /// proxies.
    Resident(ResidentId),
}

impl Inbox {
    /// The inbox of `unit`, or else the viewer's own.
    pub(crate) async fn find(asking: &Asking, unit: Option<UnitId>) -> Result<Self, Refusal> {
        match (unit, asking.viewer.actor) {
            (Some(unit), _) if asking.may_ask_unit(Question::UnitInbox, unit).await? => {
                Ok(Self::Unit(unit))
            }
            (None, Actor::Staff { role: Role::Receiver, unit: Some(unit), .. }) => {
                Ok(Self::Unit(unit))
            }
            (None, Actor::Staff { who, role: Role::Handler, unit: Some(unit) }) => {
                Ok(Self::Handler(who, unit))
            }
            (None, Actor::Resident { who, .. }) => Ok(Self::Resident(who)),
            _ => Err(Refusal::no_such_inbox()),
        }
    }

    async fn holds(self, asking: &Asking, case: &State) -> Result<bool, Refusal> {
        let Some(thread) = case.thread() else { return Ok(false) };
        Ok(match self {
            Self::Unit(unit) => thread.unit == unit,
            Self::Handler(who, unit) => thread.handler == Some(who) && thread.unit == unit,
            Self::Resident(who) => {
                let view = asking.now().await?;
                view.with(|models, now| {
                    let (subject, case_type) = (thread.subject, thread.case_type);
                    models.directory().is_theirs(who, subject, case_type, now)
                })
            }
        })
    }
}

/// The changes of one inbox.
pub(crate) struct InboxWatch {
    inbox: Inbox,
    feed: Feed,
    /// Cases as they were after the version named.
    remembered: BTreeMap<CaseId, (u32, State)>,
}

impl InboxWatch {
    pub(crate) fn new(inbox: Inbox, feed: Feed) -> Self {
        Self { inbox, feed, remembered: BTreeMap::new() }
    }

    /// The next change; none when the service stops.
    pub(crate) async fn next(&mut self) -> Result<Option<InboxChange>, Refusal> {
        while let Some(entry) = self.feed.next().await? {
            if let Some(kind) = self.kind(&entry).await?
                && let Some(change) = InboxChange::new(self.feed.asking(), kind, &entry).await?
            {
                return Ok(Some(change));
            }
        }
        Ok(None)
    }

    /// How the case moved; none where it was elsewhere before and after.
    async fn kind(&mut self, entry: &HistoryEntry) -> Result<Option<InboxChangeKind>, Refusal> {
        let recorded = &entry.recorded;
        let (StreamId::Case(id), Event::Case(event)) = (recorded.stream, &recorded.event) else {
            return Ok(None);
        };
        let before = match self.remembered.remove(&id) {
            Some((version, case)) if version + 1 == recorded.version => case,
            _ => self.load(id, recorded.version).await?,
        };
        let after = before.clone().evolve(event, recorded.occurred_at);
        let asking = self.feed.asking();
        let (was_in, is_in) =
            (self.inbox.holds(asking, &before).await?, self.inbox.holds(asking, &after).await?);
        if self.remembered.len() == REMEMBERED_MAX {
            self.remembered.pop_first();
        }
        self.remembered.insert(id, (recorded.version, after));
        Ok(match (was_in, is_in) {
            (false, true) => Some(InboxChangeKind::Entered),
            (true, true) => Some(InboxChangeKind::Changed),
            (true, false) => Some(InboxChangeKind::Left),
            (false, false) => None,
        })
    }

    /// The case as it was before `version`.
    async fn load(&self, id: CaseId, version: u32) -> Result<State, Refusal> {
        if version == 1 {
            return Ok(State::NotStarted);
        }
        let asking = self.feed.asking();
        let history = asking.engine.history(id).await;
        let history = history.map_err(|failure| asking.failed(&failure))?;
        let earlier = history.iter().filter(|entry| entry.recorded.version < version);
        Ok(earlier.fold(State::default(), |case, entry| match &entry.recorded.event {
            Event::Case(event) => case.evolve(event, entry.recorded.occurred_at),
            Event::Organisation(_) => case,
        }))
    }
}
