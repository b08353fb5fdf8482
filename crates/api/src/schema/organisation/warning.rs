//! What is odd and yet allowed, as clients see it.

use async_graphql::{Enum, SimpleObject};
use domain::{StreamId, organisation};

use crate::schema::types::{CareUnit, Region};

/// What kind of thing is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum WarningCode {
    /// A unit that takes cases lacks what it must have for that, such as a case receiver.
    ChecklistOpen,
    /// A unit has more or fewer administrators than its region set.
    Administrators,
    /// A unit that people go to does not serve the whole country.
    NotTheWholeCountry,
    /// A base offering (basutbud) was to be looked over by a day that has passed.
    OfferingToRevise,
}

/// Something an administrator should look at. Nothing is refused for it.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Warning {
    /// For programs.
    code: WarningCode,
    /// For people, in English.
    message: String,
    /// For people, in Swedish.
    message_sv: String,
    /// The unit that it is about, where it is about one.
    unit: Option<CareUnit>,
    /// The region that it is about, where it is about one.
    region: Option<Region>,
}

impl Warning {
    pub(crate) fn new((story, warning): (StreamId, organisation::Warning)) -> Self {
        let code = match warning {
            organisation::Warning::ChecklistOpen { .. } => WarningCode::ChecklistOpen,
            organisation::Warning::Administrators { .. } => WarningCode::Administrators,
            organisation::Warning::NotTheWholeCountry => WarningCode::NotTheWholeCountry,
            organisation::Warning::OfferingToRevise { .. } => WarningCode::OfferingToRevise,
        };
        let unit = match story {
            StreamId::Unit(id) => Some(CareUnit { id }),
            _ => None,
        };
        let region = match story {
            StreamId::Region(id) => Some(Region { id }),
            _ => None,
        };
        let (message, message_sv) = (warning.to_string(), warning.text_sv());
        Self { code, message, message_sv, unit, region }
    }
}
