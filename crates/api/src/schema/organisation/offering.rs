//! What units must offer, what they are, and what the service is shipped with.

use async_graphql::{ID, Object, SimpleObject};
use domain::{
    catalogue,
    form::Language as Spoken,
    organisation::{BaseOfferingDecided, OfferingRow, ServiceArea, UnitSettingsChanged},
};

use crate::schema::{
    scalars::Date,
    types::{
        CareUnitKind, CaseType, CaseTypeScope, Form, OfferingLevel, ServiceAreaKind, UnitOwnership,
        event::number,
    },
};

/// One version of a base offering (basutbud) of a region.
pub(crate) struct BaseOffering(pub(crate) BaseOfferingDecided);

/// One case type of a base offering.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct BaseOfferingRow {
    /// Which.
    case_type: CaseType,
    /// How much it is asked for.
    level: OfferingLevel,
    /// Of what kind of units.
    unit_kind: CareUnitKind,
}

/// One version of a base offering (basutbud) of a region: what units must offer, and from when.
#[Object]
impl BaseOffering {
    /// Which of the region's, such as `vgr-2016`.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// Which version of it: 1, 2, 3, …
    async fn version(&self) -> i32 {
        number(self.0.offering_version)
    }

    /// The decision, such as `HS 20-2016`.
    async fn reference(&self) -> &str {
        &self.0.reference
    }

    /// The first day that it holds.
    async fn valid_from(&self) -> Date {
        Date(self.0.valid_from)
    }

    /// The last day that it holds; none until another version does.
    async fn valid_to(&self) -> Option<Date> {
        self.0.valid_to.map(Date)
    }

    /// The day by which it is to be looked over again.
    async fn revise_by(&self) -> Date {
        Date(self.0.revise_by)
    }

    /// From when the region's own units must follow it.
    async fn starts_public(&self) -> Date {
        Date(self.0.starts.public)
    }

    /// From when units that are run by contract must follow it.
    async fn starts_private_contracted(&self) -> Date {
        Date(self.0.starts.private_contracted)
    }

    /// What is offered, in the offering's order.
    #[graphql(complexity = "1 + 30 * child_complexity")]
    async fn rows(&self) -> Vec<BaseOfferingRow> {
        let row = |it: &OfferingRow| BaseOfferingRow {
            case_type: CaseType { id: it.case_type },
            level: it.level.into(),
            unit_kind: it.unit_kind.into(),
        };
        self.0.rows.iter().map(row).collect()
    }
}

/// How a unit is reached (kontaktkort). A text may be empty.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Contact {
    /// Phone number.
    phone: String,
    /// Street, postcode and town.
    address: String,
    /// Web page.
    web: String,
    /// When it is open.
    hours: String,
}

/// What a unit is, and how it is reached.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct UnitSettings {
    /// Who runs it.
    ownership: UnitOwnership,
    /// Since when it is run so.
    owned_since: Date,
    /// Whether people go there; none do to a unit that is on the network alone.
    physical: bool,
    /// Whom it serves (betjäningsområde).
    service_area: ServiceAreaKind,
    /// The municipalities it serves, by name; empty for another service area.
    municipalities: Vec<String>,
    /// How it is reached.
    contact: Contact,
}

impl From<UnitSettingsChanged> for UnitSettings {
    fn from(it: UnitSettingsChanged) -> Self {
        let (service_area, municipalities) = match it.service_area {
            ServiceArea::Country => (ServiceAreaKind::Country, vec![]),
            ServiceArea::Region => (ServiceAreaKind::Region, vec![]),
            ServiceArea::Municipalities(names) => (ServiceAreaKind::Municipalities, names),
        };
        let domain::organisation::Contact { phone, address, web, hours } = it.contact;
        Self {
            ownership: it.ownership.into(),
            owned_since: Date(it.owned_since),
            physical: it.physical,
            service_area,
            municipalities,
            contact: Contact { phone, address, web, hours },
        }
    }
}

/// A case type that the service is shipped with.
pub(crate) struct ShippedCaseType(pub(crate) catalogue::ShippedType);

/// How much a ready-made base offering asks for a shipped case type.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct ShippedLevel {
    /// The base offering's key, such as `vgr-2016`.
    offering: String,
    /// How much.
    level: OfferingLevel,
}

/// A case type that the service is shipped with: a region defines those it wants by
/// `defineCaseType`, and may revise them.
#[Object]
impl ShippedCaseType {
    /// Its key in the catalogue, such as `advice`.
    async fn key(&self) -> ID {
        ID(self.0.key.clone())
    }

    /// Its Swedish name.
    async fn name_sv(&self) -> &str {
        self.0.name.text(Spoken::Sv)
    }

    /// Its English name.
    async fn name_en(&self) -> &str {
        self.0.name.text(Spoken::En)
    }

    /// Who decides its name and form. A central one needs a unit, a unit's own an owner.
    async fn scope(&self) -> CaseTypeScope {
        self.0.scope.into()
    }

    /// Working days until the first response is due; none where no clock runs.
    async fn working_days(&self) -> Option<i32> {
        self.0.clock.map(|it| i32::from(it.working_days))
    }

    /// Its form (formulär).
    async fn form(&self) -> Form {
        Form(self.0.form())
    }

    /// How much each ready-made base offering asks for it.
    async fn offerings(&self) -> Vec<ShippedLevel> {
        let level = |(offering, level): (&String, &domain::organisation::Level)| ShippedLevel {
            offering: offering.clone(),
            level: (*level).into(),
        };
        self.0.offerings.iter().map(level).collect()
    }
}
