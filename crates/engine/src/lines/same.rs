//! Whether a JSON text says a value, told while it is read: nothing is kept of the text but one
//! string at a time.

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Whether `text` is one JSON value and equals `value`. Spaces and the order of fields do not
/// count; a field that stands twice is something else.
pub(super) fn is_same(text: &str, value: &Value) -> bool {
    let mut json = serde_json::Deserializer::from_str(text);
    Expected(value).deserialize(&mut json).is_ok() && json.end().is_ok()
}

/// Takes in a value that is this one; anything else is an error.
struct Expected<'a>(&'a Value);

impl Expected<'_> {
    fn is<E: Error>(&self, found: &Value) -> Result<(), E> {
        if self.0 == found { Ok(()) } else { Err(E::custom("another value")) }
    }
}

impl<'de> DeserializeSeed<'de> for Expected<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Expected<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value that was expected")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.is(&Value::Null)
    }

    fn visit_bool<E: Error>(self, found: bool) -> Result<(), E> {
        self.is(&found.into())
    }

    fn visit_i64<E: Error>(self, found: i64) -> Result<(), E> {
        self.is(&found.into())
    }

    fn visit_u64<E: Error>(self, found: u64) -> Result<(), E> {
        self.is(&found.into())
    }

    fn visit_f64<E: Error>(self, found: f64) -> Result<(), E> {
        self.is(&found.into())
    }

    fn visit_str<E: Error>(self, found: &str) -> Result<(), E> {
        let is_same = self.0.as_str() == Some(found);
        if is_same { Ok(()) } else { Err(E::custom("another text")) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut found: A) -> Result<(), A::Error> {
        let items = self.0.as_array().ok_or_else(|| A::Error::custom("no list"))?;
        for item in items {
            found.next_element_seed(Expected(item))?.ok_or_else(|| A::Error::custom("shorter"))?;
        }
        match found.next_element::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(A::Error::custom("longer")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut found: A) -> Result<(), A::Error> {
        let fields = self.0.as_object().ok_or_else(|| A::Error::custom("no object"))?;
        let mut left: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
        while let Some(field) = found.next_key::<String>()? {
            let value = fields.get(&field).filter(|_| left.remove(field.as_str()));
            let value = value.ok_or_else(|| A::Error::custom("another field"))?;
            found.next_value_seed(Expected(value))?;
        }
        if left.is_empty() { Ok(()) } else { Err(A::Error::custom("a field is missing")) }
    }
}
