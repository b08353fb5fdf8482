//! How much a document comes to once its fragments are put where they are named.
//!
//! A fragment that names another twice doubles it, so a few hundred characters can come to more
//! than anyone could look through; and descriptions of types lead from one to the next in circles.
//! The library's own limits find that out by going through all of it. Here each fragment is looked
//! at once, however often it is named.

use std::collections::BTreeMap;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// How deep selections may lie within each other, fragments counted: beyond what depth allows.
const NESTING_MAX: usize = 64;

/// The fields of introspection that lead from one type to several.
const LISTS_OF_TYPES: [&str; 4] = ["fields", "inputFields", "interfaces", "possibleTypes"];

/// How much a document, or a part of it, comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Fields, fragments and the places where they are named.
    pub(crate) selections: usize,
    /// The most lists of types that lie within each other.
    pub(crate) lists_of_types: usize,
}

impl Extent {
    /// What all operations of `document` come to together.
    pub(crate) fn of(document: &ExecutableDocument) -> Self {
        let mut looking = Looking { document, known: BTreeMap::new() };
        let sets = document.operations.iter().map(|(_, it)| &it.node.selection_set.node);
        sets.fold(Self::default(), |all, set| all.beside(looking.set(set, 0)))
    }

    fn beside(self, other: Self) -> Self {
        Self {
            selections: self.selections.saturating_add(other.selections),
            lists_of_types: self.lists_of_types.max(other.lists_of_types),
        }
    }
}

struct Looking<'a> {
    document: &'a ExecutableDocument,
    /// Fragments that were looked at. One that is being looked at, and so leads back to itself,
    /// adds nothing: such a document is refused for that.
    known: BTreeMap<&'a str, Extent>,
}

impl<'a> Looking<'a> {
    fn set(&mut self, set: &'a SelectionSet, nesting: usize) -> Extent {
        if nesting > NESTING_MAX {
            return Extent { selections: usize::MAX, lists_of_types: 0 };
        }
        let one = |all: Extent, selection| all.beside(self.selection(selection, nesting + 1));
        set.items.iter().map(|it| &it.node).fold(Extent::default(), one)
    }

    fn selection(&mut self, selection: &'a Selection, nesting: usize) -> Extent {
        let within = match selection {
            Selection::Field(field) => {
                let within = self.set(&field.node.selection_set.node, nesting);
                let is_list = LISTS_OF_TYPES.contains(&field.node.name.node.as_str());
                Extent { lists_of_types: within.lists_of_types + usize::from(is_list), ..within }
            }
            Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node, nesting),
            Selection::FragmentSpread(spread) => {
                self.fragment(&spread.node.fragment_name.node, nesting)
            }
        };
        Extent { selections: within.selections.saturating_add(1), ..within }
    }

    fn fragment(&mut self, name: &'a str, nesting: usize) -> Extent {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Extent::default() };
        self.known.insert(name, Extent::default());
        let extent = self.set(&fragment.node.selection_set.node, nesting);
        self.known.insert(name, extent);
        extent
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::Extent;

    fn extent(text: &str) -> (usize, usize) {
        let Extent { selections, lists_of_types } = Extent::of(&parse_query(text).unwrap());
        (selections, lists_of_types)
    }

    #[test]
    fn a_fragment_counts_wherever_it_is_named() {
        assert_eq!(extent("{ a { b } c }"), (3, 0));
        assert_eq!(extent("{ ...F ...F } fragment F on Query { a b }"), (6, 0));
        assert_eq!(extent("{ ... { a ...G } } fragment G on Query { b }"), (4, 0));
        assert_eq!(extent("query A { a } query B { b { c } }"), (3, 0));
        let doubled = "{ ...F } fragment F on Query { ...G ...G } fragment G on Query { ...H ...H }
            fragment H on Query { a }";
        assert_eq!(extent(doubled), (11, 0));
    }

    #[test]
    fn what_leads_back_to_itself_or_nowhere_adds_nothing() {
        assert_eq!(extent("{ ...F } fragment F on Query { a ...F }"), (3, 0));
        assert_eq!(extent("{ ...F }"), (1, 0));
    }

    #[test]
    fn what_is_nested_too_deep_is_more_than_can_be_counted() {
        let chain = |links: usize| {
            let links = (0..links).map(|n| format!("fragment F{n} on Query {{ ...F{} }}", n + 1));
            format!("{{ ...F0 }} {}", links.collect::<String>())
        };
        assert_eq!(extent(&chain(60)).0, 61);
        assert_eq!(extent(&chain(600)).0, usize::MAX);
    }

    #[test]
    fn lists_of_types_count_within_each_other_also_through_fragments() {
        assert_eq!(extent("{ __schema { types { fields { name } interfaces { name } } } }").1, 1);
        assert_eq!(
            extent("{ __type(name: 1) { fields { type { ...F } } } } fragment F on __Type { fields { name } }").1,
            2
        );
    }
}
