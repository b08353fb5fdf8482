//! How much one request may ask for. Whatever goes beyond is refused before it is carried out.

mod extent;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

pub(crate) use self::extent::Extent;

/// The deepest nesting of fields: the standard introspection query needs 15.
pub(crate) const DEPTH_MAX: usize = 15;

/// The most that all fields of a request may cost together: a page of 100 cases with 40 fields, and
/// as much again.
pub(crate) const COMPLEXITY_MAX: usize = 10_000;

/// What a look back costs: a replay of the log.
pub(crate) const LOOK_BACK_COST: usize = 1_000;

/// The most values that a filter names of one kind.
pub(crate) const FILTER_VALUES_MAX: usize = 100;

/// The most fields under another name.
pub(crate) const ALIASES_MAX: usize = 50;

/// The most lexical tokens of a document.
pub(crate) const TOKENS_MAX: usize = 4_000;

/// The most selections of a document, fragments counted wherever they are named.
pub(crate) const SELECTIONS_MAX: usize = 10_000;

/// The most lists of types within each other: the standard introspection query needs one.
pub(crate) const LISTS_OF_TYPES_MAX: usize = 2;

/// The largest body of a request, in bytes.
pub(crate) const BODY_BYTES_MAX: usize = 1 << 20;

/// The longest that an answer waits for the position that a request names, in milliseconds.
pub(crate) const MIN_POSITION_WAIT_MS: u64 = 2_000;

/// Operations that run at the same time over one WebSocket.
pub(crate) const OPERATIONS_PER_SOCKET_MAX: usize = 32;

/// How long a new WebSocket may take to say who it is, in milliseconds.
pub(crate) const SOCKET_INIT_WAIT_MS: u64 = 3_000;

/// The largest message of a WebSocket, in bytes.
pub(crate) const SOCKET_MESSAGE_BYTES_MAX: usize = BODY_BYTES_MAX;

/// How often a quiet event stream says that it is there and a WebSocket's client is asked, and the
/// longest that a WebSocket's client may take nothing, in milliseconds.
pub(crate) const KEEP_ALIVE_MS: u64 = 12_000;

/// An upper bound of a document's lexical tokens, found without parsing it: runs of name characters,
/// and every other character that is neither blank nor a comma.
pub(crate) fn tokens(document: &str) -> usize {
    let mut tokens = 0;
    let mut in_name = false;
    for character in document.chars() {
        let of_name = character.is_alphanumeric() || character == '_';
        let ignored = character.is_whitespace() || character == ',';
        let goes_on = of_name && in_name;
        tokens += usize::from(!ignored && !goes_on);
        in_name = of_name;
    }
    tokens
}

/// The fields of a document that go under another name, wherever they stand.
pub(crate) fn aliases(document: &ExecutableDocument) -> usize {
    let operations = document.operations.iter().map(|(_, it)| &it.node.selection_set.node);
    let fragments = document.fragments.values().map(|it| &it.node.selection_set.node);
    operations.chain(fragments).map(aliases_in).sum()
}

fn aliases_in(set: &SelectionSet) -> usize {
    let one = |selection: &Selection| match selection {
        Selection::Field(field) => {
            usize::from(field.node.alias.is_some()) + aliases_in(&field.node.selection_set.node)
        }
        Selection::InlineFragment(inline) => aliases_in(&inline.node.selection_set.node),
        Selection::FragmentSpread(_) => 0,
    };
    set.items.iter().map(|selection| one(&selection.node)).sum()
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::{aliases, tokens};

    #[test]
    fn tokens_are_never_counted_too_low() {
        assert_eq!(tokens("{ viewer { id } }"), 6);
        assert_eq!(tokens("{a,b,,c}"), 5);
        assert_eq!(tokens("query Q($first:Int=10){x(first:$first)}"), 19);
        assert_eq!(tokens(""), 0);
    }

    #[test]
    fn aliases_count_wherever_they_stand() {
        let text = "query { a: viewer { b: id ... on Viewer { c: id } ...F } } fragment F on Viewer { d: id }";
        assert_eq!(aliases(&parse_query(text).unwrap()), 4);
        assert_eq!(aliases(&parse_query("{ viewer { id } }").unwrap()), 0);
    }
}
