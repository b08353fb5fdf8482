//! Pages of lists, in Relay's shape: `edges`, `nodes`, `pageInfo`, `totalCount`.
//!
//! The page size is never assumed: one of `first` and `last` is given, from 1 to [`PAGE_MAX`].

use async_graphql::{ComplexObject, SimpleObject};

use super::{
    cursor,
    error::Refusal,
    input::AsOf,
    organisation::{Assignment, UnitCompliance},
    types::{CareUnit, Case, CaseEvent, Message, StaffMember},
};
use crate::limits;

/// The longest page, in rows.
pub(crate) const PAGE_MAX: usize = 100;

/// Which part of a list is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageArgs {
    pub(crate) first: Option<i32>,
    pub(crate) after: Option<String>,
    pub(crate) last: Option<i32>,
    pub(crate) before: Option<String>,
}

/// How many rows, and from which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    First(usize),
    Last(usize),
}

/// A part of a list: up to `size` rows strictly between two keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window<K> {
    pub(crate) size: Size,
    pub(crate) after: Option<K>,
    pub(crate) before: Option<K>,
}

impl PageArgs {
    /// Refuses a page without a size. What is asked for without one is refused whether it is there
    /// or not.
    pub(crate) fn check(&self) -> Result<Size, Refusal> {
        match (rows(self.first)?, rows(self.last)?) {
            (Some(first), None) => Ok(Size::First(first)),
            (None, Some(last)) => Ok(Size::Last(last)),
            _ => Err(Refusal::page_size()),
        }
    }

    /// The window, with cursors of the list `list` read by `parse`.
    pub(crate) fn window<K>(
        &self,
        list: &str,
        parse: impl Fn(&str) -> Option<K>,
    ) -> Result<Window<K>, Refusal> {
        let size = self.check()?;
        let key = |cursor: &Option<String>| {
            cursor.as_deref().map(|text| cursor::read(list, text, &parse)).transpose()
        };
        Ok(Window { size, after: key(&self.after)?, before: key(&self.before)? })
    }
}

fn rows(asked: Option<i32>) -> Result<Option<usize>, Refusal> {
    let Some(asked) = asked else { return Ok(None) };
    match usize::try_from(asked) {
        Ok(rows @ 1..=PAGE_MAX) => Ok(Some(rows)),
        _ => Err(Refusal::page_size()),
    }
}

/// What a page costs, against the limit on a request: each row as much as is asked of it.
pub(crate) fn page_cost(first: Option<i32>, last: Option<i32>, row: usize) -> usize {
    let rows = first.or(last).and_then(|it| usize::try_from(it).ok()).unwrap_or(PAGE_MAX);
    rows.min(PAGE_MAX).saturating_mul(row).saturating_add(1)
}

/// What a question costs that may look back.
pub(crate) fn look_back_cost(as_of: Option<AsOf>, rest: usize) -> usize {
    rest.saturating_add(as_of.map_or(0, |_| limits::LOOK_BACK_COST))
}

/// A page of rows, and what lies around it.
#[expect(clippy::struct_field_names, reason = "rows are what it is made of")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rows<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) has_previous: bool,
    pub(crate) has_next: bool,
    pub(crate) total: usize,
}

impl<T> Rows<T> {
    /// The window's part of `all`, which is in the order of `key`.
    pub(crate) fn cut<K: Ord>(all: Vec<T>, window: &Window<K>, key: impl Fn(&T) -> K) -> Self {
        let total = all.len();
        let starts = |row: &T| window.after.as_ref().is_some_and(|after| key(row) <= *after);
        let ends = |row: &T| window.before.as_ref().is_none_or(|before| key(row) < *before);
        let mut from = all.partition_point(starts);
        let mut to = all.partition_point(ends).max(from);
        match window.size {
            Size::First(rows) => to = to.min(from + rows),
            Size::Last(rows) => from = from.max(to.saturating_sub(rows)),
        }
        let rows = all.into_iter().skip(from).take(to - from).collect();
        Self { rows, has_previous: from > 0, has_next: to < total, total }
    }

    pub(crate) fn map<U>(self, make: impl Fn(T) -> U) -> Rows<U> {
        let Self { rows, has_previous, has_next, total } = self;
        Rows { rows: rows.into_iter().map(make).collect(), has_previous, has_next, total }
    }
}

/// Where a page stands in its list.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether rows follow the page.
    has_next_page: bool,
    /// Whether rows come before the page.
    has_previous_page: bool,
    /// The cursor of the first row; none on an empty page.
    start_cursor: Option<String>,
    /// The cursor of the last row; none on an empty page.
    end_cursor: Option<String>,
}

macro_rules! connections {
    ($($(#[$doc:meta])* $connection:ident of $(#[$edge_doc:meta])* $edge:ident with $(#[$node_doc:meta])* $node:ident;)*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        #[graphql(complex)]
        pub(crate) struct $connection {
            /// The rows with their cursors.
            edges: Vec<$edge>,
            /// Where the page stands in its list.
            page_info: PageInfo,
            /// How many rows the whole list has, as the viewer sees it.
            total_count: i32,
        }

        $(#[$edge_doc])*
        #[derive(SimpleObject)]
        pub(crate) struct $edge {
            /// Where the row stands, to page on from.
            cursor: String,
            $(#[$node_doc])*
            node: $node,
        }

        #[ComplexObject]
        impl $connection {
            /// The rows without their cursors.
            async fn nodes(&self) -> Vec<&$node> {
                self.edges.iter().map(|edge| &edge.node).collect()
            }
        }

        impl $connection {
            /// The page of `rows`, each with the key that its cursor holds.
            pub(crate) fn new(list: &str, page: Rows<(String, $node)>) -> Self {
                let edge = |(key, node): (String, $node)| {
                    $edge { cursor: cursor::write(list, &key), node }
                };
                let edges: Vec<_> = page.rows.into_iter().map(edge).collect();
                Self {
                    page_info: PageInfo {
                        has_next_page: page.has_next,
                        has_previous_page: page.has_previous,
                        start_cursor: edges.first().map(|edge| edge.cursor.clone()),
                        end_cursor: edges.last().map(|edge| edge.cursor.clone()),
                    },
                    edges,
                    total_count: i32::try_from(page.total).unwrap_or(i32::MAX),
                }
            }
        }
    )*};
}

connections! {
    /// A page of cases (ärenden).
    CaseConnection of
        /// A case in a list.
        CaseEdge with
        /// The case.
        Case;
    /// A page of what happened to a case, oldest first.
    CaseEventConnection of
        /// An event in a history.
        CaseEventEdge with
        /// The event.
        CaseEvent;
    /// A page of what was written in a case, oldest first.
    MessageConnection of
        /// A message in a case.
        MessageEdge with
        /// The message.
        Message;
    /// A page of care units (vårdenheter).
    CareUnitConnection of
        /// A care unit in a list.
        CareUnitEdge with
        /// The care unit.
        CareUnit;
    /// A page of members of staff.
    StaffMemberConnection of
        /// A member of staff in a list.
        StaffMemberEdge with
        /// The member of staff.
        StaffMember;
    /// A page of assignments (uppdrag).
    AssignmentConnection of
        /// An assignment in a list.
        AssignmentEdge with
        /// The assignment.
        Assignment;
    /// A page of units against a base offering (basutbud).
    UnitComplianceConnection of
        /// A unit in a list.
        UnitComplianceEdge with
        /// The unit against the base offering.
        UnitCompliance;
}

#[cfg(test)]
mod tests {
    use super::{PageArgs, Rows, Size, Window, page_cost};
    use crate::schema::error::Code;

    fn args(first: Option<i32>, last: Option<i32>) -> PageArgs {
        PageArgs { first, last, ..PageArgs::default() }
    }

    #[test]
    fn a_page_has_a_size_from_one_end() {
        let number = |text: &str| text.parse::<u32>().ok();
        let size = |args: PageArgs| args.window("list", number).map(|it| it.size);
        assert_eq!(size(args(Some(1), None)).ok(), Some(Size::First(1)));
        assert_eq!(size(args(None, Some(100))).ok(), Some(Size::Last(100)));
        for (first, last) in
            [(None, None), (Some(1), Some(1)), (Some(0), None), (Some(101), None), (None, Some(-1))]
        {
            let refused = size(args(first, last)).unwrap_err();
            assert_eq!(refused.code(), Code::PageSizeRequired, "{first:?} {last:?}");
        }
    }

    #[test]
    fn a_window_is_what_lies_strictly_between() {
        let cut = |size, after, before| {
            let page = Rows::cut((1..=5).collect(), &Window { size, after, before }, |it| *it);
            (page.rows, page.has_previous, page.has_next, page.total)
        };
        assert_eq!(cut(Size::First(2), None, None), (vec![1, 2], false, true, 5));
        assert_eq!(cut(Size::First(2), Some(2), None), (vec![3, 4], true, true, 5));
        assert_eq!(cut(Size::First(9), Some(4), None), (vec![5], true, false, 5));
        assert_eq!(cut(Size::Last(2), None, None), (vec![4, 5], true, false, 5));
        assert_eq!(cut(Size::Last(9), None, Some(3)), (vec![1, 2], false, true, 5));
        assert_eq!(cut(Size::First(9), Some(2), Some(4)), (vec![3], true, true, 5));
        assert_eq!(cut(Size::First(9), Some(4), Some(2)), (vec![], true, true, 5));
        assert_eq!(cut(Size::First(1), Some(9), None), (vec![], true, false, 5));
    }

    #[test]
    fn a_page_costs_what_its_rows_cost() {
        assert_eq!(page_cost(Some(10), None, 5), 51);
        assert_eq!(page_cost(None, Some(3), 2), 7);
        assert_eq!(page_cost(Some(i32::MAX), None, 1), 101);
        assert_eq!(page_cost(None, None, 1), 101);
        assert_eq!(page_cost(Some(-1), None, usize::MAX), usize::MAX);
    }
}
