//! The case types that the service is shipped with, and the base offerings they are part of.
//!
//! They stand in `data/catalogue.json` and are data like any other: a region defines the ones it
//! wants by the same commands as its own, and may revise them. Bookings made straight into a time
//! book are no cases and are not among them.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use crate::{
    form::{Field, Form, Label},
    organisation::{Clock, Definition, Level, Limits, Scope},
};

const SCHEMA_VERSION: u32 = 1;

/// What the service is shipped with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    schema_version: u32,
    /// The terms that each type has until others are published.
    pub terms: Label,
    /// The case types, in the order they are shown.
    pub case_types: Vec<ShippedType>,
}

/// One case type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippedType {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: Label,
    /// Who decides name and form.
    pub scope: Scope,
    /// How long a unit has; none where no clock runs.
    pub clock: Option<Clock>,
    /// For whom it is.
    pub limits: Limits,
    /// How much each ready-made base offering asks for it, by the offering's key.
    pub offerings: BTreeMap<String, Level>,
    /// What is asked.
    pub fields: Vec<Field>,
}

/// Why the catalogue could not be read.
#[derive(Debug, Error)]
pub enum CatalogueError {
    /// It is not what it should be.
    #[error("failed to read the catalogue of case types: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It is of another edition.
    #[error("failed to read the catalogue of case types: its schema version is {0}, not 1")]
    Version(u32),
}

impl Catalogue {
    /// The catalogue that came with the program.
    pub fn shipped() -> Result<Self, CatalogueError> {
        Self::parse(include_str!("../data/catalogue.json"))
    }

    fn parse(text: &str) -> Result<Self, CatalogueError> {
        let catalogue: Self = serde_json::from_str(text)?;
        match catalogue.schema_version {
            SCHEMA_VERSION => Ok(catalogue),
            other => Err(CatalogueError::Version(other)),
        }
    }
}

impl ShippedType {
    /// The type as a region defines it. A central type lacks its unit, and a unit's own its owner.
    pub fn definition(&self) -> Definition {
        Definition {
            key: self.key.clone(),
            name: self.name.clone(),
            scope: self.scope,
            central_unit: None,
            owner: None,
            clock: self.clock,
            limits: self.limits,
            fields: self.fields.clone(),
        }
    }

    /// The first version of its form.
    pub fn form(&self) -> Form {
        Form { version: 1, fields: self.fields.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Catalogue, CatalogueError};
    use crate::{
        case::Origin,
        deadline::Policy,
        organisation::{Level, Scope, Secrecy},
    };

    #[test]
    fn the_27_case_types_are_shipped_and_each_form_can_be_asked() {
        let catalogue = Catalogue::shipped().unwrap();
        assert_eq!(catalogue.case_types.len(), 27);
        for it in &catalogue.case_types {
            assert_eq!(it.form().flaws(), [], "{}", it.key);
            assert!(!it.name.sv.is_empty() && !it.name.en.is_empty(), "{} has two names", it.key);
            for field in &it.fields {
                assert!(!field.label.en.is_empty(), "{}.{} in English", it.key, field.key);
            }
        }
        let keys: std::collections::BTreeSet<_> =
            catalogue.case_types.iter().map(|it| &it.key).collect();
        assert_eq!(keys.len(), 27, "each key once");
    }

    #[test]
    fn what_is_said_of_single_types_stands_in_the_catalogue() {
        let catalogue = Catalogue::shipped().unwrap();
        let of = |key: &str| catalogue.case_types.iter().find(|it| it.key == key).unwrap();

        let test = of("chlamydia_test");
        assert_eq!((test.scope, test.clock), (Scope::Central, None));
        assert_eq!(test.limits.min_age, Some(15));
        assert_eq!((test.limits.by_proxy, test.limits.secrecy), (false, Secrecy::High));

        let advice = of("advice");
        let clock = advice.clock.unwrap();
        assert_eq!((clock.working_days, clock.policy), (2, Policy::Eod));
        assert_eq!((advice.limits.secrecy, advice.limits.min_age), (Secrecy::Normal, None));

        assert_eq!(of("unit_defined").scope, Scope::UnitOwn);
        assert_eq!(of("staff_message").limits.started_by, Origin::Unit);
        // vgr-2016: who asks for an appointment says why.
        let reason = &of("request_appointment").fields[0];
        assert!(reason.key == "reason" && reason.required);
    }

    #[test]
    fn both_base_offerings_have_their_types() {
        let catalogue = Catalogue::shipped().unwrap();
        let count = |offering: &str, level| {
            let it = catalogue.case_types.iter();
            it.filter(|it| it.offerings.get(offering) == Some(&level)).count()
        };
        assert_eq!(count("vgr-2016", Level::Mandatory), 8);
        assert_eq!(count("vgr-2016", Level::Recommended), 6);
        assert_eq!(count("kalmar-2014", Level::Mandatory), 18);
        assert_eq!(count("kalmar-2014", Level::Optional), 4);
    }

    #[test]
    fn another_edition_is_refused() {
        let text = r#"{"schema_version": 2, "terms": {"sv": ""}, "case_types": []}"#;
        assert!(matches!(Catalogue::parse(text), Err(CatalogueError::Version(2))));
        assert!(matches!(Catalogue::parse("{"), Err(CatalogueError::Malformed(_))));
    }
}
