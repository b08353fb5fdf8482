//! The mapping: how a source's events become casework. A TOML file, described in docs/import.md.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, bail};
use domain::deadline::{Policy, WORKING_DAYS_MAX};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::xes;

/// A mapping that was read and checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mapping {
    /// Where the parts of a case are found, and what is the same for all.
    pub(crate) case: CaseMapping,
    /// What each event does; the first that matches decides.
    #[serde(rename = "rule")]
    pub(crate) rules: Vec<Rule>,
}

/// `[case]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseMapping {
    /// The attribute that names the unit which has the case after the event.
    pub(crate) unit: String,
    /// The attribute that names the member of staff who acts.
    pub(crate) handler: String,
    /// The attribute that names the resident; each case has one of its own if not given.
    pub(crate) resident: Option<String>,
    /// The name of the one case type.
    pub(crate) case_type: String,
    /// The region's name. All ids follow from it and the source's names.
    pub(crate) region: String,
    /// Working days until the first response is due.
    #[serde(default = "two_working_days")]
    pub(crate) working_days: u8,
    /// How they are counted.
    #[serde(default = "end_of_day", deserialize_with = "policy")]
    pub(crate) policy: Policy,
}

/// `[[rule]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Attributes and the values that they must all have; a rule without any always matches.
    #[serde(default)]
    pub(crate) when: BTreeMap<String, String>,
    /// What such an event does.
    pub(crate) action: Action,
}

/// What a source event does to its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    /// Someone works on it, and so holds it.
    Work,
    /// It waits in the unit's queue.
    Queue,
    /// The resident is asked something.
    Ask,
    /// The resident gets a part of the answer.
    Partial,
    /// The resident gets the answer.
    Answer,
    /// It is closed, answered before if it was not.
    Close,
    /// It is closed without an answer.
    Cancel,
    /// Something is noted.
    Note,
}

/// A source event that the mapping cannot place.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unplaced {
    #[error("no attribute `{key}`, which the mapping names")]
    NoAttribute { key: String },
    #[error("the attribute `{key}`, which the mapping names, is empty")]
    EmptyAttribute { key: String },
    #[error("no rule of the mapping matches ({seen})")]
    NoRule { seen: String },
}

/// An event among its trace's attributes.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    /// The event.
    pub(crate) event: &'a xes::Event<'a>,
    /// Its trace.
    pub(crate) trace: &'a xes::Trace<'a>,
}

impl<'a> Seen<'a> {
    /// The attribute with this key: the event's own, or else its trace's.
    fn get(self, key: &str) -> Result<&'a str, Unplaced> {
        let own = self.event.attributes.get(key);
        let found = own.or_else(|| self.trace.attributes.get(key));
        found.ok_or_else(|| Unplaced::NoAttribute { key: key.to_owned() })
    }

    /// As [`Seen::get`], for what becomes a name.
    fn name(self, key: &str) -> Result<&'a str, Unplaced> {
        match self.get(key)? {
            name if name.trim().is_empty() => Err(Unplaced::EmptyAttribute { key: key.to_owned() }),
            name => Ok(name),
        }
    }
}

/// What the mapping makes of one event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Placed<'a> {
    /// The unit's name.
    pub(crate) unit: &'a str,
    /// The name of who acts.
    pub(crate) handler: &'a str,
    /// The resident's name, where an attribute gives it.
    pub(crate) resident: Option<&'a str>,
    /// What is done.
    pub(crate) action: Action,
}

impl Mapping {
    /// Reads the mapping at `path`.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path);
        let text = text.with_context(|| format!("failed to read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("failed to read the mapping {}", path.display()))
    }

    /// Reads a mapping, and refuses one that could never work.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let mapping: Self = match toml::from_str(text) {
            Ok(mapping) => mapping,
            Err(error) => {
                let upto = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
                let line = upto.split('\n').count();
                bail!("line {line}: {}", error.message().replace('\n', "; "));
            }
        };
        let case = &mapping.case;
        for (key, value) in [
            ("unit", &case.unit),
            ("handler", &case.handler),
            ("case_type", &case.case_type),
            ("region", &case.region),
        ] {
            if value.trim().is_empty() {
                bail!("`{key}` in [case] is empty; give it a value");
            }
        }
        if !(1..=WORKING_DAYS_MAX).contains(&case.working_days) {
            bail!("`working_days` is {}; give 1 to {WORKING_DAYS_MAX}", case.working_days);
        }
        if mapping.rules.is_empty() {
            bail!("there is no [[rule]]; give one for each kind of event");
        }
        Ok(mapping)
    }

    /// What the mapping makes of one event. Every attribute that it names must be there, also
    /// those of rules that come after the one that matches: a slip of the pen is found at once.
    pub(crate) fn place<'a>(&self, seen: Seen<'a>) -> Result<Placed<'a>, Unplaced> {
        let mut action = None;
        for rule in &self.rules {
            let mut matches = true;
            for (key, value) in &rule.when {
                matches &= seen.get(key)? == value;
            }
            if matches {
                action = action.or(Some(rule.action));
            }
        }
        Ok(Placed {
            unit: seen.name(&self.case.unit)?,
            handler: seen.name(&self.case.handler)?,
            resident: self.case.resident.as_ref().map(|key| seen.name(key)).transpose()?,
            action: action.ok_or_else(|| Unplaced::NoRule { seen: self.told(seen) })?,
        })
    }

    /// The attributes that the rules look at, as this event has them.
    fn told(&self, seen: Seen<'_>) -> String {
        let mut all = BTreeMap::new();
        for key in self.rules.iter().flat_map(|rule| rule.when.keys()) {
            all.insert(key, seen.get(key).unwrap_or_default());
        }
        let all: Vec<_> = all.iter().map(|(key, value)| format!("{key} = {value:?}")).collect();
        all.join(", ")
    }
}

const fn two_working_days() -> u8 {
    2
}

const fn end_of_day() -> Policy {
    Policy::Eod
}

fn policy<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Policy, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}
