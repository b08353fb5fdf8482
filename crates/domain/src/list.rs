//! Lists as stored things are read: room is made for what is there, never for what a length claims,
//! and lists stand within lists only so deep.
//!
//! A damaged payload may claim any length, and a form may claim groups within groups without end;
//! neither may take memory or stack that its bytes give no reason for.

use std::{cell::Cell, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, SeqAccess, Visitor},
};

/// How deep lists stand within lists: options of a field of a group of a form are four.
const DEPTH_MAX: u8 = 8;

thread_local! {
    /// How deep the list stands that is being read.
    static DEPTH: Cell<u8> = const { Cell::new(0) };
}

/// A list; for `#[serde(deserialize_with)]`.
pub fn read<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let depth = DEPTH.get();
    if depth == DEPTH_MAX {
        return Err(D::Error::custom("lists stand too deep within lists"));
    }
    DEPTH.set(depth + 1);
    let list = deserializer.deserialize_seq(List(PhantomData));
    DEPTH.set(depth);
    list
}

struct List<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut list = vec![];
        while let Some(item) = seq.next_element()? {
            list.push(item);
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use crate::form::Form;

    /// A form of groups within groups, so deep.
    fn nested(depth: usize) -> String {
        let group = |inner: String| {
            format!(
                r#"{{"key": "g", "label": {{"sv": "G"}},
                "kind": {{"group": {{"min": 0, "max": 1, "fields": [{inner}]}}}}}}"#
            )
        };
        let fields = (0..depth).fold(String::new(), |inner, _| group(inner));
        format!(r#"{{"version": 1, "fields": [{fields}]}}"#)
    }

    #[test]
    fn lists_are_read_so_deep_and_no_deeper_and_again_after_that() {
        assert!(serde_json::from_str::<Form>(&nested(7)).is_ok());
        for _ in 0..3 {
            let refused = serde_json::from_str::<Form>(&nested(8)).unwrap_err().to_string();
            assert!(refused.contains("too deep"), "{refused}");
        }
        assert!(
            serde_json::from_str::<Form>(&nested(7)).is_ok(),
            "a refusal leaves nothing behind"
        );
    }
}
