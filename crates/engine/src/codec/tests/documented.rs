//! `docs/events.md` is held to the code: each event's row with its number, version, every clear
//! field in order, and what is sealed; and no row beside these.

use std::fmt;

use domain::{CaseId, StreamId};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{CATALOGUE, samples};
use crate::access::{self, Action, ContentOpened};

const PAGE: &str = include_str!("../../../../../docs/events.md");

#[test]
fn the_page_of_events_says_what_the_code_does() {
    let mut expected: Vec<[String; 5]> = vec![];
    for (entry, event) in CATALOGUE.iter().zip(samples()) {
        assert_eq!(entry.name, event.name(), "samples are in the catalogue's order");
        let (type_id, version) = (entry.type_id.to_string(), entry.schema_version.to_string());
        let sealed = entry.sealed.map_or(String::new(), |it| format!("sealed: `{it}`"));
        expected.push([type_id, format!("`{}`", entry.name), version, fields(&event), sealed]);
    }
    let what = vec![StreamId::Case(CaseId::new(1))];
    let opened = ContentOpened { what, action: Action::Replay, purpose: "review".into() };
    let name = "`ContentOpened`".to_owned();
    expected.push([access::TYPE_ID.to_string(), name, "1".into(), fields(&opened), String::new()]);

    let mut rows: Vec<Vec<&str>> = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'))
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>())
        .filter(|cells| cells[0].parse::<u16>().is_ok())
        .collect();
    // The page has a table for each kind of stream.
    rows.sort_by_key(|cells| cells[0].parse::<u16>().unwrap());
    for (row, expected) in rows.iter().zip(&expected) {
        assert_eq!(row[..4], expected[..4]);
        // After the type, a comma and words for people.
        let sealed = row[4].split(',').next().unwrap_or_default();
        assert_eq!(sealed, expected[4], "{}", expected[1]);
    }
    assert_eq!(rows.len(), expected.len(), "a row for each event");
}

/// The names of a stored struct's fields, in order, with those of a struct within in brackets.
fn fields(stored: &impl serde::Serialize) -> String {
    let json = serde_json::to_string(stored).unwrap();
    let Shape::Struct(fields) = serde_json::from_str(&json).unwrap() else {
        panic!("no struct: {json}")
    };
    let named = fields.iter().filter(|(name, _)| name != "type");
    let name = |(name, shape): &(String, Shape)| match shape {
        // An enum with something in it is written as a map of one.
        Shape::Struct(fields) if fields.len() > 1 => {
            let within: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
            format!("{name} ({})", within.join(", "))
        }
        _ => name.clone(),
    };
    named.map(name).collect::<Vec<_>>().join(", ")
}

/// What is left of a value when only the names of fields matter.
enum Shape {
    Leaf,
    Struct(Vec<(String, Shape)>),
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let mut fields = vec![];
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Shape::Struct(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shape, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Shape::Leaf)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Leaf)
    }
}
