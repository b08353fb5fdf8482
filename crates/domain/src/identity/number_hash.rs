//! What a person is found by: a keyed hash of a resident's number, or of a member of staff's HSA-id.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A keyed hash of a personal number's twelve digits, or of an HSA-id in capitals; each under a key
/// of its own. Stored in clear: whoever lacks the key cannot try all numbers there are against it,
/// which takes minutes with a bare hash.
///
/// Written for people as 64 hexadecimal digits, in the log as 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberHash([u8; Self::BYTES]);

impl NumberHash {
    /// Its length.
    pub const BYTES: usize = 32;

    /// The hash with these bytes.
    pub const fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text
            .chars()
            .map(|it| it.to_digit(16).filter(|_| !it.is_uppercase())?.try_into().ok())
            .collect::<Option<_>>()?;
        let digits: [u8; 2 * Self::BYTES] = digits.try_into().ok()?;
        let mut bytes = [0; Self::BYTES];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair[0] * 16 + pair[1];
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for NumberHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for NumberHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for NumberHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            Self::parse(&text).ok_or_else(|| D::Error::custom("a hash has 64 hexadecimal digits"))
        } else {
            <[u8; Self::BYTES]>::deserialize(deserializer).map(Self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NumberHash;

    #[test]
    fn a_hash_has_one_spelling() {
        let hash = NumberHash::new(std::array::from_fn(|n| u8::try_from(n * 8).unwrap()));
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json.len(), 66);
        assert_eq!(serde_json::from_str::<NumberHash>(&json).unwrap(), hash);
        for wrong in [json.to_uppercase(), json.replace("f8", "f"), json.replace("f8", "fg")] {
            assert!(serde_json::from_str::<NumberHash>(&wrong).is_err(), "{wrong}");
        }
    }
}
