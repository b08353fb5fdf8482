//! What is odd and yet allowed: told to administrators, never a reason to refuse.

use std::fmt;

use jiff::civil::Date;

use super::{ChecklistItem, rejection::listed};

/// Something an administrator should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// A unit that takes cases lacks something that it must have before it takes any.
    ChecklistOpen {
        /// All that is missing.
        missing: Vec<ChecklistItem>,
    },
    /// A unit has more or fewer administrators than it should; the sources say one to two.
    Administrators {
        /// How many it has.
        found: usize,
        /// The fewest it should have.
        min: usize,
        /// The most.
        max: usize,
    },
    /// A unit that people go to serves only some: physical units serve the whole country.
    NotTheWholeCountry,
    /// A base offering was to be looked over by a day that has passed.
    OfferingToRevise {
        /// Which.
        key: String,
        /// By when.
        revise_by: Date,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ChecklistOpen { missing } => {
                write!(f, "the unit takes cases and lacks {}", listed(missing))
            }
            Self::Administrators { found, min, max } => {
                let s = if *found == 1 { "" } else { "s" };
                write!(f, "the unit has {found} administrator{s}; it should have {min}")?;
                if max == min { Ok(()) } else { write!(f, " to {max}") }
            }
            Self::NotTheWholeCountry => {
                f.write_str("a physical unit should serve the whole country")
            }
            Self::OfferingToRevise { key, revise_by } => {
                write!(f, "the base offering {key} was to be looked over by {revise_by}")
            }
        }
    }
}
