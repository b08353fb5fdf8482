//! A bundle as it is read: part by part, so that whatever is in it takes no more memory than it is
//! long.
//!
//! What stands in a text is looked at where it stands. Lists are taken one by one, those of hashes
//! up to a length that no tree has, and bytes are decoded in pieces.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{
    Deserialize, Deserializer as _,
    de::{Error as _, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{BundleError, EventType};
use crate::Hash;

/// The longest text that is made of a part, other than bytes.
const TEXT_BYTES_MAX: usize = 8 << 10;

/// More hashes than a proof has in any tree.
const HASHES_MAX: usize = 130;

/// Digits of base64 that are decoded at a time.
const DIGITS: usize = 1_024;

/// A bundle, as far as it is known without looking at what each part holds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Parts<'a> {
    #[serde(borrow)]
    format: &'a RawValue,
    #[serde(borrow)]
    stream: &'a RawValue,
    #[serde(borrow)]
    checkpoint: &'a RawValue,
    #[serde(borrow, default)]
    pub(super) earlier: Option<Earlier<'a>>,
    #[serde(borrow)]
    commits: &'a RawValue,
    #[serde(borrow)]
    event_types: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Earlier<'a> {
    pub(super) size: u64,
    #[serde(borrow)]
    consistency: &'a RawValue,
}

/// What stands for a commit.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CommitParts<'a> {
    #[serde(borrow)]
    hash_before: &'a RawValue,
    #[serde(borrow)]
    frame: &'a RawValue,
    #[serde(borrow)]
    inclusion: &'a RawValue,
}

impl<'a> Parts<'a> {
    pub(super) fn of(text: &'a str) -> Result<Self, BundleError> {
        Ok(serde_json::from_str(text)?)
    }

    pub(super) fn format(&self) -> Result<String, BundleError> {
        text(self.format, "format")
    }

    pub(super) fn stream(&self) -> Result<String, BundleError> {
        text(self.stream, "stream")
    }

    pub(super) fn checkpoint(&self) -> Result<String, BundleError> {
        text(self.checkpoint, "checkpoint")
    }

    /// Hands what stands for each commit to `take`, with its number, from 1, until it fails.
    pub(super) fn each_commit(
        &self,
        mut take: impl FnMut(usize, CommitParts<'a>) -> Result<(), BundleError>,
    ) -> Result<(), BundleError> {
        let mut number = 0;
        each(self.commits, |commit| {
            number += 1;
            take(number, commit)
        })
    }

    pub(super) fn event_types(&self) -> Result<Vec<EventType>, BundleError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Parts<'a> {
            type_id: u16,
            schema_version: u16,
            #[serde(borrow)]
            name: &'a RawValue,
        }
        let mut count = 0;
        each(self.event_types, |_: Parts<'a>| {
            count += 1;
            Ok(())
        })?;
        // Exactly as many as there are: a list that doubles would be longer than the text.
        let mut types = Vec::with_capacity(count);
        each(self.event_types, |it: Parts<'a>| {
            let Parts { type_id, schema_version, .. } = it;
            types.push(EventType { type_id, schema_version, name: text(it.name, "event types")? });
            Ok(())
        })?;
        Ok(types)
    }
}

impl Earlier<'_> {
    pub(super) fn proof(&self) -> Result<Vec<Hash>, BundleError> {
        hashes(self.consistency)
    }
}

impl CommitParts<'_> {
    pub(super) fn hash_before(&self) -> Result<Hash, BundleError> {
        hash(self.hash_before, "hash before a commit")
    }

    pub(super) fn frame(&self) -> Result<Vec<u8>, BundleError> {
        bytes(self.frame, "frame")
    }

    pub(super) fn proof(&self) -> Result<Vec<Hash>, BundleError> {
        hashes(self.inclusion)
    }
}

fn text(json: &RawValue, part: &'static str) -> Result<String, BundleError> {
    if json.get().len() > TEXT_BYTES_MAX {
        return Err(BundleError::Part { part });
    }
    Ok(serde_json::from_str(json.get())?)
}

fn hashes(json: &RawValue) -> Result<Vec<Hash>, BundleError> {
    let mut hashes = Vec::new();
    each(json, |one| {
        if hashes.len() == HASHES_MAX {
            return Err(BundleError::Part { part: "proof" });
        }
        hashes.push(hash(one, "proof")?);
        Ok(())
    })?;
    Ok(hashes)
}

fn hash(json: &RawValue, part: &'static str) -> Result<Hash, BundleError> {
    bytes(json, part)?.try_into().map(Hash).map_err(|_| BundleError::Part { part })
}

/// The bytes that a text in base64 stands for. Some programs put a backslash before each slash.
fn bytes(json: &RawValue, part: &'static str) -> Result<Vec<u8>, BundleError> {
    let wrong = || BundleError::Part { part };
    let quoted = json.get().strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let mut digits = quoted.ok_or_else(wrong)?.bytes().peekable();
    let mut bytes = Vec::with_capacity(json.get().len() / 4 * 3);
    let mut piece = Vec::with_capacity(DIGITS);
    let mut is_over = false;
    while digits.peek().is_some() {
        piece.clear();
        while piece.len() < DIGITS
            && let Some(mut digit) = digits.next()
        {
            if digit == b'\\' {
                digit = digits.next_if_eq(&b'/').ok_or_else(wrong)?;
            }
            piece.push(digit);
        }
        // What is padded is the end.
        if is_over {
            return Err(wrong());
        }
        is_over = piece.ends_with(b"=");
        BASE64_STANDARD.decode_vec(&piece, &mut bytes).map_err(|_| wrong())?;
    }
    Ok(bytes)
}

/// Hands each of a list to `take`, until it fails.
fn each<'a, T: Deserialize<'a>>(
    json: &'a RawValue,
    take: impl FnMut(T) -> Result<(), BundleError>,
) -> Result<(), BundleError> {
    struct Each<'f, T, F> {
        take: F,
        failed: &'f mut Option<BundleError>,
        of: std::marker::PhantomData<T>,
    }
    impl<'de, T: Deserialize<'de>, F: FnMut(T) -> Result<(), BundleError>> Visitor<'de>
        for Each<'_, T, F>
    {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
            while let Some(next) = list.next_element()? {
                if let Err(error) = (self.take)(next) {
                    *self.failed = Some(error);
                    return Err(A::Error::custom("one of the list was refused"));
                }
            }
            Ok(())
        }
    }
    let mut failed = None;
    let mut reader = serde_json::Deserializer::from_str(json.get());
    let visitor = Each { take, failed: &mut failed, of: std::marker::PhantomData };
    let read = reader.deserialize_seq(visitor).and_then(|()| reader.end());
    match failed {
        Some(error) => Err(error),
        None => Ok(read?),
    }
}
