//! A care unit (vårdenhet, mottagning): what it is, what it offers, and whether it takes cases.
//!
//! | command | may | unless |
//! |---|---|---|
//! | register | region | the division is another region's, the HSA-id is none or another unit's, a name is missing |
//! | change settings | region; unit, if the region lets it | the unit is not registered |
//! | activate | region | something on the checklist is missing |
//! | deactivate | region | cases are open |
//! | offer, withdraw a type | region; unit, if the region lets it | the type is another region's or another unit's |
//! | set options of its own | region; unit, if the region lets it | the type is handled elsewhere; the form does not let it; the form would not make sense |
//! | approve, withdraw "not applicable" | region | the type is another region's |
//!
//! The checklist: a receiver, a handler, a type on offer, and a way to reach the unit.

mod options;

use std::{collections::BTreeSet, fmt, ops::RangeInclusive};

use jiff::civil::Date;
use serde::Serialize;

pub use self::options::OwnOptions;
use super::{
    Asking, CaseTypeOffered, CaseTypeUnoffered, Contact, Event, NotApplicableApproved,
    NotApplicableWithdrawn, Ownership, Rejection, Scope, ServiceArea, TypeFacts, UnitActivated,
    UnitDeactivated, UnitKind, UnitOptionsSet, UnitRegistered, UnitSettingsChanged, Warning,
};
use crate::{
    CareProviderId, CaseTypeId, DivisionId, RegionId, Role, UnitId, form::Choice, identity::HsaId,
};

/// The most municipalities that a service area names.
pub const MUNICIPALITIES_MAX: usize = 300;
/// The longest text of a contact, and the longest name, in bytes.
pub const CONTACT_BYTES_MAX: usize = 500;

/// What someone asks of a unit. Serialised only to be fingerprinted: new variants and fields go at
/// the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum UnitCommand {
    /// Make it. It takes no cases yet.
    Register(UnitRegistration),
    /// Change what it is and how it is reached.
    ChangeSettings(UnitSettings),
    /// Open it for cases.
    Activate,
    /// Close it for cases.
    Deactivate,
    /// Offer a type.
    Offer(CaseTypeId),
    /// Offer a type no longer.
    Withdraw(CaseTypeId),
    /// Approve that it need not offer a type. Why travels beside the command.
    ApproveNotApplicable(CaseTypeId),
    /// It must offer the type after all.
    WithdrawNotApplicable(CaseTypeId),
    /// Have options of its own in one choice of a type's form; the form's again, where there are
    /// none.
    SetOptions {
        /// Of which type.
        case_type: CaseTypeId,
        /// Which choice: the keys that lead to it.
        field: String,
        /// All of them.
        options: Vec<Choice>,
    },
}

impl UnitCommand {
    /// Whether whoever asks must say why.
    pub const fn needs_reason(&self) -> bool {
        matches!(self, Self::ApproveNotApplicable(_))
    }
}

/// What a unit is registered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitRegistration {
    /// The region it is in.
    pub region: RegionId,
    /// The division it is part of.
    pub division: DivisionId,
    /// The organisation responsible in law.
    pub provider: CareProviderId,
    /// Its HSA-id.
    pub hsa_id: String,
    /// Its name.
    pub name: String,
    /// The kind of care.
    pub kind: UnitKind,
    /// What else it is.
    pub settings: UnitSettings,
}

/// What a unit is, and how it is reached; see [`UnitSettingsChanged`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitSettings {
    /// Who runs it.
    pub ownership: Ownership,
    /// Since when it is run so.
    pub owned_since: Date,
    /// Whether people go there.
    pub physical: bool,
    /// Whom it serves.
    pub service_area: ServiceArea,
    /// How it is reached.
    pub contact: Contact,
}

/// What a unit must have before it takes cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChecklistItem {
    /// Someone who receives cases.
    Receiver,
    /// Someone who answers them.
    Handler,
    /// A case type on offer.
    CaseType,
    /// A phone number or an address.
    Contact,
}

impl fmt::Display for ChecklistItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Receiver => "a case receiver",
            Self::Handler => "a case handler",
            Self::CaseType => "a case type on offer",
            Self::Contact => "a phone number or an address",
        })
    }
}

/// A unit, as far as it has come.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Unit {
    registered: Option<UnitRegistered>,
    settings: Option<UnitSettingsChanged>,
    active: bool,
    offered: BTreeSet<CaseTypeId>,
    not_applicable: BTreeSet<CaseTypeId>,
    options: OwnOptions,
}

impl Unit {
    /// The events that `command` leads to at the unit `id`, or why it may not be. Asking for what
    /// is already so changes nothing.
    pub fn decide(
        &self,
        id: UnitId,
        asking: &Asking<'_>,
        command: &UnitCommand,
    ) -> Result<Vec<Event>, Rejection> {
        let Some(unit) = &self.registered else {
            let UnitCommand::Register(it) = command else { return Err(Rejection::NoSuchUnit) };
            asking.may_keep_region(it.region)?;
            let registered = it.decide(asking)?;
            let namesake = it.hsa_id.parse().ok().and_then(|it| asking.around.unit_of_hsa_id(&it));
            if namesake.is_some_and(|it| it != id) {
                return Err(Rejection::UnitHsaIdTaken);
            }
            return Ok(vec![registered.into(), it.settings.decide()?.into()]);
        };
        match command {
            UnitCommand::ChangeSettings(_)
            | UnitCommand::Offer(_)
            | UnitCommand::Withdraw(_)
            | UnitCommand::SetOptions { .. } => {
                asking.may_edit_unit(id, unit.region)?;
            }
            UnitCommand::Register(_)
            | UnitCommand::Activate
            | UnitCommand::Deactivate
            | UnitCommand::ApproveNotApplicable(_)
            | UnitCommand::WithdrawNotApplicable(_) => asking.may_keep_region(unit.region)?,
        }
        let event: Event = match command {
            UnitCommand::Register(it) => {
                let settings = it.settings.decide()?;
                let is_so = it.decide(asking)? == *unit && self.settings == Some(settings);
                return if is_so { Ok(vec![]) } else { Err(Rejection::UnitExists) };
            }
            UnitCommand::ChangeSettings(it) => {
                let changed = it.decide()?;
                if self.settings.as_ref() == Some(&changed) {
                    return Ok(vec![]);
                }
                changed.into()
            }
            UnitCommand::Activate if self.active => return Ok(vec![]),
            UnitCommand::Activate => {
                let missing = self.checklist(id, asking);
                if !missing.is_empty() {
                    return Err(Rejection::ChecklistOpen { missing });
                }
                UnitActivated {}.into()
            }
            UnitCommand::Deactivate if !self.active => return Ok(vec![]),
            UnitCommand::Deactivate => match asking.around.open_cases(id) {
                0 => UnitDeactivated {}.into(),
                cases => return Err(Rejection::CasesOpen { cases }),
            },
            UnitCommand::Offer(it) if self.offered.contains(it) => return Ok(vec![]),
            UnitCommand::Offer(it) => {
                not_anothers(id, type_of(asking, *it, unit.region)?)?;
                CaseTypeOffered { case_type: *it }.into()
            }
            UnitCommand::Withdraw(it) if !self.offered.contains(it) => return Ok(vec![]),
            UnitCommand::Withdraw(it) => CaseTypeUnoffered { case_type: *it }.into(),
            UnitCommand::ApproveNotApplicable(it) if self.not_applicable.contains(it) => {
                return Ok(vec![]);
            }
            UnitCommand::ApproveNotApplicable(it) => {
                type_of(asking, *it, unit.region)?;
                NotApplicableApproved { case_type: *it }.into()
            }
            UnitCommand::WithdrawNotApplicable(it) if !self.not_applicable.contains(it) => {
                return Ok(vec![]);
            }
            UnitCommand::WithdrawNotApplicable(it) => {
                NotApplicableWithdrawn { case_type: *it }.into()
            }
            UnitCommand::SetOptions { case_type, field, options } => {
                let (case_type, field, options) = (*case_type, field.clone(), options.clone());
                let set = UnitOptionsSet { case_type, field, options };
                return self.set_options(id, unit.region, asking, set);
            }
        };
        Ok(vec![event])
    }

    /// What `event` leaves behind. Total.
    #[must_use]
    pub fn evolve(mut self, event: &Event) -> Self {
        match event {
            Event::UnitRegistered(it) => self.registered = Some(it.clone()),
            Event::UnitSettingsChanged(it) => self.settings = Some(it.clone()),
            Event::UnitActivated(_) => self.active = true,
            Event::UnitDeactivated(_) => self.active = false,
            Event::CaseTypeOffered(it) => drop(self.offered.insert(it.case_type)),
            Event::CaseTypeUnoffered(it) => drop(self.offered.remove(&it.case_type)),
            Event::NotApplicableApproved(it) => drop(self.not_applicable.insert(it.case_type)),
            Event::NotApplicableWithdrawn(it) => drop(self.not_applicable.remove(&it.case_type)),
            Event::UnitOptionsSet(it) => self.options.apply(it),
            _ => (),
        }
        self
    }

    /// What is odd about the unit `id` and yet allowed, where `bounds` is how many administrators it
    /// should have.
    pub fn warnings(
        &self,
        id: UnitId,
        asking: &Asking<'_>,
        bounds: &RangeInclusive<usize>,
    ) -> Vec<Warning> {
        let mut warnings = vec![];
        let missing = self.checklist(id, asking);
        if self.active && !missing.is_empty() {
            warnings.push(Warning::ChecklistOpen { missing });
        }
        let administrators = asking.around.holders(Role::UnitAdmin, id, asking.at);
        if !bounds.contains(&administrators) {
            let (min, max) = (*bounds.start(), *bounds.end());
            warnings.push(Warning::Administrators { found: administrators, min, max });
        }
        if let Some(it) = &self.settings
            && it.physical
            && it.service_area != ServiceArea::Country
        {
            warnings.push(Warning::NotTheWholeCountry);
        }
        warnings
    }

    /// What is missing before the unit can take cases, in the list's order.
    pub fn checklist(&self, id: UnitId, asking: &Asking<'_>) -> Vec<ChecklistItem> {
        let held = |role| asking.around.holders(role, id, asking.at) > 0;
        // A unit from before there were settings is reached as it was.
        let is_reached = self.settings.as_ref().is_none_or(|it| {
            let Contact { phone, address, .. } = &it.contact;
            !phone.trim().is_empty() || !address.trim().is_empty()
        });
        [
            (ChecklistItem::Receiver, held(Role::Receiver)),
            (ChecklistItem::Handler, held(Role::Handler)),
            (ChecklistItem::CaseType, !self.offered.is_empty()),
            (ChecklistItem::Contact, is_reached),
        ]
        .into_iter()
        .filter_map(|(item, is_there)| (!is_there).then_some(item))
        .collect()
    }
}

impl UnitRegistration {
    fn decide(&self, asking: &Asking<'_>) -> Result<UnitRegistered, Rejection> {
        let Self { region, division, provider, kind, .. } = *self;
        if !asking.around.has_region(region) {
            return Err(Rejection::NoSuchRegion);
        }
        if asking.around.division_region(division) != Some(region) {
            return Err(Rejection::NoSuchDivision);
        }
        if self.name.trim().is_empty() || self.name.len() > CONTACT_BYTES_MAX {
            return Err(Rejection::Unnamed);
        }
        let hsa_id: HsaId = self.hsa_id.parse().map_err(Rejection::HsaId)?;
        let (hsa_id, name) = (Some(hsa_id.as_str().to_owned()), self.name.trim().to_owned());
        Ok(UnitRegistered { region, division, provider, hsa_id, name, kind })
    }
}

impl UnitSettings {
    fn decide(&self) -> Result<UnitSettingsChanged, Rejection> {
        let Self { ownership, owned_since, physical, service_area, contact } = self.clone();
        let Contact { phone, address, web, hours } = &contact;
        if [phone, address, web, hours].iter().any(|it| it.len() > CONTACT_BYTES_MAX) {
            return Err(Rejection::ContactTooLong);
        }
        if let ServiceArea::Municipalities(names) = &service_area {
            let named = names.iter().all(|it| (1..=100).contains(&it.trim().len()));
            if !(1..=MUNICIPALITIES_MAX).contains(&names.len()) || !named {
                return Err(Rejection::Municipalities);
            }
        }
        Ok(UnitSettingsChanged { ownership, owned_since, physical, service_area, contact })
    }
}

fn type_of(
    asking: &Asking<'_>,
    case_type: CaseTypeId,
    region: RegionId,
) -> Result<TypeFacts, Rejection> {
    let facts = asking.around.case_type(case_type).filter(|it| it.region == region);
    facts.ok_or(Rejection::NoSuchCaseType)
}

/// One unit's own type is for no other.
fn not_anothers(id: UnitId, facts: TypeFacts) -> Result<(), Rejection> {
    if facts.scope == Scope::UnitOwn && facts.owner.is_some_and(|owner| owner != id) {
        return Err(Rejection::AnotherUnitsOwn);
    }
    Ok(())
}
