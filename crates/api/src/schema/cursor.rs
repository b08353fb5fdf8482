//! Cursors: where a page ended, as text that means nothing to clients.
//!
//! A cursor names its list and its order, so that one taken from another list is refused instead
//! of starting somewhere by accident. It holds the sort key, not a number of rows, so that a page
//! goes on where it ended whatever came in meanwhile.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::error::Refusal;

/// The edition of the text inside. A cursor of another edition is refused.
const VERSION: &str = "1";

/// What keeps the parts apart; ids, names of orders and numbers never hold it.
const MARK: char = '|';

/// The cursor of the row with `key` in the list `list`, such as `unit_7 by DUE_AT`.
pub(crate) fn write(list: &str, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{VERSION}{MARK}{list}{MARK}{key}"))
}

/// The key in `cursor`, if it is one of the list `list`.
pub(crate) fn read<K>(
    list: &str,
    cursor: &str,
    parse: impl Fn(&str) -> Option<K>,
) -> Result<K, Refusal> {
    let refused =
        || Refusal::bad_request("the cursor is not of this list in this order; begin anew");
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
    let text = String::from_utf8(bytes).map_err(|_| refused())?;
    let mut parts = text.splitn(3, MARK);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(VERSION), Some(named), Some(key)) if named == list => parse(key).ok_or_else(refused),
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use super::{read, write};

    #[test]
    fn a_cursor_is_read_by_its_own_list_alone() {
        let number = |text: &str| text.parse::<u32>().ok();
        let cursor = write("unit_7 by DUE_AT", "42");
        assert_eq!(read("unit_7 by DUE_AT", &cursor, number).ok(), Some(42));
        assert!(read("unit_7 by RECEIVED_AT", &cursor, number).is_err());
        assert!(read("unit_8 by DUE_AT", &cursor, number).is_err());
        for text in ["", "42", "!", &cursor[1..], &write("unit_7 by DUE_AT", "x")] {
            assert!(read("unit_7 by DUE_AT", text, number).is_err(), "{text}");
        }
    }
}
