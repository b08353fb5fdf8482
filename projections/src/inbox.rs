//! Inboxes (inkorg): a unit's, a handler's, a resident's; filtered, ordered, in pages.
//!
//! A unit's cases are kept in order, those that are closed apart, so that a page costs no more in
//! a unit with a million closed cases than in a new one. What a handler holds and what concerns a
//! resident is little, and is put in order when it is asked for.

mod source;
mod table;

use std::collections::BTreeSet;

use domain::{
    CaseId, CaseTypeId, ResidentId, StaffId, UnitId,
    case::{State, clock::SlaState},
};
use jiff::Timestamp;

use self::source::{Key, Source, just_above, take};
pub use self::table::InboxTable;
pub(crate) use self::table::minute;
use crate::{
    CaseView, Cases, Directory, ReadModels,
    cases::{Ms, Stored},
};

/// Whose inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inbox {
    /// Every case that the unit has.
    Unit(UnitId),
    /// What a handler holds at a unit.
    Handler(StaffId, UnitId),
    /// What concerns these residents: oneself, and those one may act for.
    Residents(Vec<ResidentId>),
}

/// In which order. Ties go by which case came first in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// What is due first at the top; what is never due at the end.
    DueAt,
    /// What came first at the top.
    ReceivedAt,
    /// What changed last at the top.
    LastEventAt,
}

/// Which cases. What is not given does not matter; what is given must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// One of these states. If not given: for a unit and a handler all but closed, for a resident
    /// all.
    pub states: Option<Vec<State>>,
    /// One of these colours, at the "now" of the question.
    pub sla_states: Option<Vec<SlaState>>,
    /// One of these types.
    pub case_types: Option<Vec<CaseTypeId>>,
    /// Held by this handler.
    pub handler: Option<StaffId>,
    /// Held by nobody, or by somebody.
    pub unassigned: Option<bool>,
    /// To be reassigned, or not: see [`is_to_be_reassigned`](domain::case::is_to_be_reassigned).
    pub to_be_reassigned: Option<bool>,
    /// Received then or later.
    pub received_from: Option<Timestamp>,
    /// Received before then.
    pub received_to: Option<Timestamp>,
}

/// A place between two rows of an inbox in one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The order's key, in milliseconds.
    pub key: i64,
    /// The case.
    pub case: CaseId,
}

/// How many rows, and from which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageSize {
    /// The first so many.
    First(usize),
    /// The last so many.
    Last(usize),
}

/// Which part of an inbox: so many rows strictly between two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// How many.
    pub size: PageSize,
    /// Behind this place.
    pub after: Option<Cursor>,
    /// Ahead of this place.
    pub before: Option<Cursor>,
}

impl PageRequest {
    /// The first `rows`.
    pub const fn first(rows: usize) -> Self {
        Self { size: PageSize::First(rows), after: None, before: None }
    }
}

/// One row of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The case.
    pub case: CaseView,
    /// Its place.
    pub cursor: Cursor,
}

/// A part of an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its rows, in order.
    pub rows: Vec<Row>,
    /// Whether more rows follow.
    pub has_next: bool,
    /// Whether rows come before.
    pub has_previous: bool,
    /// How many rows the filter lets through in all.
    pub total: usize,
}

/// What one row is sorted by in each order, and where it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) unit: u32,
    closed: bool,
    due: i64,
    received: i64,
    last_event: i64,
}

impl Keys {
    fn get(&self, order: Order) -> i64 {
        match order {
            Order::DueAt => self.due,
            Order::ReceivedAt => self.received,
            Order::LastEventAt => self.last_event,
        }
    }
}

impl Stored {
    pub(crate) fn keys(&self) -> Keys {
        Keys {
            unit: self.unit,
            closed: self.state == State::Closed,
            due: if self.due_at == Ms::NONE { i64::MAX } else { self.due_at.0 },
            received: self.received_at.0,
            // What changed last comes first.
            last_event: -self.last_event_at.0,
        }
    }
}

/// The cases of one unit, in each order.
#[derive(Debug, Default, Clone)]
pub(crate) struct UnitIndex {
    pub(crate) open: Ordered,
    pub(crate) closed: Ordered,
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Ordered {
    pub(crate) due: BTreeSet<Key>,
    pub(crate) received: BTreeSet<Key>,
    pub(crate) last_event: BTreeSet<Key>,
}

impl UnitIndex {
    /// Of all these rows at once: what comes in order is put into full leaves.
    pub(crate) fn of(rows: &[(u32, Keys)]) -> Self {
        let ordered = |closed: bool| {
            let by = |order: Order| {
                let mine = rows.iter().filter(|(_, keys)| keys.closed == closed);
                let mut keys: Vec<Key> = mine.map(|(row, keys)| (keys.get(order), *row)).collect();
                keys.sort_unstable();
                keys.into_iter().collect()
            };
            Ordered {
                due: by(Order::DueAt),
                received: by(Order::ReceivedAt),
                last_event: by(Order::LastEventAt),
            }
        };
        Self { open: ordered(false), closed: ordered(true) }
    }

    pub(crate) fn insert(&mut self, row: u32, keys: &Keys) {
        let ordered = self.part(keys.closed);
        ordered.due.insert((keys.due, row));
        ordered.received.insert((keys.received, row));
        ordered.last_event.insert((keys.last_event, row));
    }

    pub(crate) fn remove(&mut self, row: u32, keys: &Keys) {
        let ordered = self.part(keys.closed);
        ordered.due.remove(&(keys.due, row));
        ordered.received.remove(&(keys.received, row));
        ordered.last_event.remove(&(keys.last_event, row));
    }

    /// Moves a row of this unit. Most events move it in one order alone.
    pub(crate) fn change(&mut self, row: u32, before: &Keys, after: &Keys) {
        if before.closed != after.closed {
            self.remove(row, before);
            self.insert(row, after);
            return;
        }
        let ordered = self.part(after.closed);
        for (set, before, after) in [
            (&mut ordered.due, before.due, after.due),
            (&mut ordered.received, before.received, after.received),
            (&mut ordered.last_event, before.last_event, after.last_event),
        ] {
            if before != after {
                set.remove(&(before, row));
                set.insert((after, row));
            }
        }
    }

    fn part(&mut self, closed: bool) -> &mut Ordered {
        if closed { &mut self.closed } else { &mut self.open }
    }
}

impl Ordered {
    fn by(&self, order: Order) -> &BTreeSet<Key> {
        match order {
            Order::DueAt => &self.due,
            Order::ReceivedAt => &self.received,
            Order::LastEventAt => &self.last_event,
        }
    }
}

impl Filter {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the states asked for include closed cases, and any others.
    fn wants(&self, inbox: &Inbox) -> (bool, bool) {
        match (&self.states, inbox) {
            (Some(states), _) => (
                states.iter().any(|state| *state != State::Closed),
                states.contains(&State::Closed),
            ),
            (None, Inbox::Residents(_)) => (true, true),
            (None, Inbox::Unit(_) | Inbox::Handler(..)) => (true, false),
        }
    }

    fn lets_through(&self, case: &CaseView, directory: &Directory, now: Timestamp) -> bool {
        fn one_of<T: PartialEq>(wanted: Option<&Vec<T>>, found: impl FnOnce() -> T) -> bool {
            wanted.is_none_or(|wanted| wanted.contains(&found()))
        }
        one_of(self.states.as_ref(), || case.state)
            && one_of(self.sla_states.as_ref(), || case.clock.state(now))
            && one_of(self.case_types.as_ref(), || case.case_type)
            && self.handler.is_none_or(|handler| case.handler == Some(handler))
            && self.unassigned.is_none_or(|unassigned| case.handler.is_none() == unassigned)
            && self
                .to_be_reassigned
                .is_none_or(|wanted| directory.is_to_be_reassigned(case, now) == wanted)
            && self.received_from.is_none_or(|from| from <= case.received_at)
            && self.received_to.is_none_or(|to| case.received_at < to)
    }
}

impl ReadModels {
    /// One page of `inbox`. The filter, the colours it asks for and who is a handler are judged at
    /// `now`.
    ///
    /// A page costs as many rows as it shows and the filter passes over; `total` costs nothing
    /// without a filter, and a look at each row of the inbox with one.
    pub fn page(
        &self,
        inbox: &Inbox,
        filter: &Filter,
        order: Order,
        now: Timestamp,
        request: &PageRequest,
    ) -> Page {
        let everything = filter.is_empty();
        let (cases, directory) = (&self.cases, &self.directory);
        let passes = |row: u32| everything || filter.lets_through(&cases.view(row), directory, now);
        cases.cut(&cases.source(inbox, filter, order), everything, passes, request)
    }

    /// As [`ReadModels::page`], without what `visible` says no to: it is not counted either.
    pub fn visible_page(
        &self,
        inbox: &Inbox,
        filter: &Filter,
        order: Order,
        now: Timestamp,
        request: &PageRequest,
        visible: &dyn Fn(&CaseView) -> bool,
    ) -> Page {
        let (cases, directory) = (&self.cases, &self.directory);
        let passes = |row: u32| {
            let case = cases.view(row);
            filter.lets_through(&case, directory, now) && visible(&case)
        };
        cases.cut(&cases.source(inbox, filter, order), false, passes, request)
    }
}

impl Cases {
    /// The part of `source` that `request` names, of the rows that pass.
    fn cut(
        &self,
        source: &Source<'_>,
        everything: bool,
        passes: impl Fn(u32) -> bool,
        request: &PageRequest,
    ) -> Page {
        let passes = |key: &Key| passes(key.1);
        let place = |cursor: Cursor| (cursor.key, self.row_of(cursor.case).unwrap_or(u32::MAX));
        let (after, before) = (request.after.map(place), request.before.map(place));
        let (mut keys, more): (Vec<Key>, bool) = match request.size {
            PageSize::First(rows) => take(source.down(after, before).filter(passes), rows),
            PageSize::Last(rows) => take(source.up(after, before).filter(passes), rows),
        };
        // At the end that the page was not counted from, there are rows only beyond the cursor.
        let beyond_after = || {
            after.is_some_and(|it| {
                source.up(None, Some((it.0, it.1.saturating_add(1)))).any(|key| passes(&key))
            })
        };
        let beyond_before = || {
            before.is_some_and(|it| source.down(Some(just_above(it)), None).any(|key| passes(&key)))
        };
        let (has_previous, has_next) = match request.size {
            PageSize::First(_) => (beyond_after(), more || beyond_before()),
            PageSize::Last(_) => {
                keys.reverse();
                (more || beyond_after(), beyond_before())
            }
        };
        let total =
            if everything { source.len() } else { source.down(None, None).filter(passes).count() };
        let row = |key: Key| {
            let case = self.view(key.1);
            let cursor = Cursor { key: key.0, case: case.id };
            Row { case, cursor }
        };
        Page { rows: keys.into_iter().map(row).collect(), has_next, has_previous, total }
    }

    fn source(&self, inbox: &Inbox, filter: &Filter, order: Order) -> Source<'_> {
        let (open, closed) = filter.wants(inbox);
        let listed = |rows: &mut dyn Iterator<Item = u32>| {
            let stored = rows.map(|row| (row, self.stored(row).keys()));
            let wanted = stored.filter(|(_, keys)| if keys.closed { closed } else { open });
            let mut keys: Vec<Key> = wanted.map(|(row, keys)| (keys.get(order), row)).collect();
            keys.sort_unstable();
            keys.dedup();
            Source::List(keys)
        };
        match inbox {
            Inbox::Unit(unit) => {
                let index =
                    self.unit_number(*unit).and_then(|it| self.index.units.get(it as usize));
                let sets = index.map(|index| [(open, &index.open), (closed, &index.closed)]);
                let sets = sets.into_iter().flatten().filter(|(wanted, _)| *wanted);
                Source::Sets(sets.map(|(_, ordered)| ordered.by(order)).collect())
            }
            Inbox::Handler(staff, unit) => {
                let unit = self.unit_number(*unit);
                let held =
                    self.staff_number(*staff).and_then(|it| self.index.handlers.get(it as usize));
                let rows = held.into_iter().flatten().copied();
                listed(&mut rows.filter(|row| Some(self.stored(*row).unit) == unit))
            }
            Inbox::Residents(residents) => {
                let numbers = residents.iter().filter_map(|it| self.resident_number(*it));
                let rows = numbers.filter_map(|it| self.index.residents.get(it as usize)).flatten();
                listed(&mut rows.copied())
            }
        }
    }
}
