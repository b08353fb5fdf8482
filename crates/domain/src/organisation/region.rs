//! A region and its divisions: who they are, who edits the settings of units, and what units must
//! offer.
//!
//! | command | may | unless |
//! |---|---|---|
//! | register a region | the service | a name is missing |
//! | register a division | region | a name is missing |
//! | set who edits units | region | |
//! | set how many administrators a unit should have | region | none, or the most below the fewest |
//! | decide a base offering | region | it does not say what it decides |
//! | set until when guardians act | region | it is no birthday of a child |

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use jiff::civil::Date;
use serde::Serialize;

use super::{
    AdministratorBoundsSet, Asking, BaseOfferingDecided, DivisionRegistered, Editors, Event,
    GuardianLimit, GuardianLimitSet, OfferingRow, RegionRegistered, Rejection, ResidentRejection,
    Scope, Starts, UnitEditorsSet, Warning,
};
use crate::{Actor, RegionId, catalogue::Catalogue};

/// The most rows of a base offering.
pub const ROWS_MAX: usize = 500;
/// The longest name, key or reference, in bytes.
pub const NAME_BYTES_MAX: usize = 500;

/// What someone asks of a region. Serialised only to be fingerprinted: new variants and fields go
/// at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum RegionCommand {
    /// Make it.
    Register {
        /// Its name.
        name: String,
    },
    /// Set who edits the settings of units.
    SetUnitEditors(Editors),
    /// Decide a base offering, or the next version of one.
    DecideBaseOffering(BaseOffering),
    /// Set how many administrators each unit should have; outside is told, never refused.
    SetAdministratorBounds {
        /// The fewest.
        fewest: u32,
        /// The most.
        most: u32,
    },
    /// Set until which birthday guardians act for a child, from a day on.
    SetGuardianLimit {
        /// Until the child has completed so many years.
        years: u8,
        /// The first day that it holds.
        valid_from: Date,
    },
}

/// What someone asks of a division. Serialised only to be fingerprinted: new variants and fields
/// go at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum DivisionCommand {
    /// Make it.
    Register {
        /// The region it is part of.
        region: RegionId,
        /// Its name.
        name: String,
    },
}

/// A base offering (basutbud), before it has a version; see [`BaseOfferingDecided`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BaseOffering {
    /// Which of the region's.
    pub key: String,
    /// The decision.
    pub reference: String,
    /// The first day that it holds.
    pub valid_from: Date,
    /// The last day that it holds; none until another version does.
    pub valid_to: Option<Date>,
    /// The day by which it is to be looked over again.
    pub revise_by: Date,
    /// From when units must follow it.
    pub starts: Starts,
    /// What is offered.
    pub rows: Vec<OfferingRow>,
}

/// A region, as far as it has come.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Region {
    registered: Option<RegionRegistered>,
    editors: Editors,
    bounds: Option<AdministratorBoundsSet>,
    /// The newest version of each, by its key.
    offerings: BTreeMap<String, BaseOfferingDecided>,
    /// Until which birthday guardians act, by the first day that it holds.
    guardian_years: BTreeMap<Date, u8>,
}

/// A division (förvaltning), as far as it has come.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Division {
    registered: Option<DivisionRegistered>,
}

impl Region {
    /// The events that `command` leads to in the region `id`, or why it may not be. Asking for
    /// what is already so changes nothing.
    pub fn decide(
        &self,
        id: RegionId,
        asking: &Asking<'_>,
        command: &RegionCommand,
    ) -> Result<Vec<Event>, Rejection> {
        if let RegionCommand::Register { name } = command {
            if asking.by != Actor::System {
                return Err(Rejection::NotAllowed);
            }
            let registered = RegionRegistered { name: named(name)? };
            return match &self.registered {
                None => Ok(vec![registered.into()]),
                Some(it) if *it == registered => Ok(vec![]),
                Some(_) => Err(Rejection::RegionExists),
            };
        }
        if self.registered.is_none() {
            return Err(Rejection::NoSuchRegion);
        }
        asking.may_keep_region(id)?;
        match command {
            RegionCommand::Register { .. } => Ok(vec![]),
            RegionCommand::SetUnitEditors(editors) if *editors == self.editors => Ok(vec![]),
            RegionCommand::SetUnitEditors(editors) => {
                Ok(vec![UnitEditorsSet { editors: *editors }.into()])
            }
            RegionCommand::SetAdministratorBounds { fewest, most } => {
                if *fewest == 0 || most < fewest {
                    return Err(Rejection::BoundsCrossed);
                }
                let bounds = AdministratorBoundsSet { fewest: *fewest, most: *most };
                let is_so = self.bounds.as_ref() == Some(&bounds);
                Ok(if is_so { vec![] } else { vec![bounds.into()] })
            }
            RegionCommand::DecideBaseOffering(it) => {
                it.check(asking, id)?;
                let newest = self.offerings.get(&it.key);
                let again = newest.map(|newest| it.decided(newest.offering_version));
                if newest.is_some() && newest == again.as_ref() {
                    return Ok(vec![]);
                }
                let version = newest.map_or(1, |newest| newest.offering_version + 1);
                Ok(vec![it.decided(version).into()])
            }
            RegionCommand::SetGuardianLimit { years, valid_from } => {
                if !GuardianLimit::YEARS.contains(years) {
                    return Err(ResidentRejection::GuardianYears.into());
                }
                if self.guardian_years.get(valid_from) == Some(years) {
                    return Ok(vec![]);
                }
                Ok(vec![GuardianLimitSet { years: *years, valid_from: *valid_from }.into()])
            }
        }
    }

    /// What `event` leaves behind. Total.
    #[must_use]
    pub fn evolve(mut self, event: &Event) -> Self {
        match event {
            Event::RegionRegistered(it) => self.registered = Some(it.clone()),
            Event::UnitEditorsSet(it) => self.editors = it.editors,
            Event::GuardianLimitSet(it) => {
                self.guardian_years.insert(it.valid_from, it.years);
            }
            Event::AdministratorBoundsSet(it) => self.bounds = Some(it.clone()),
            Event::BaseOfferingDecided(it) => {
                self.offerings.insert(it.key.clone(), it.clone());
            }
            _ => (),
        }
        self
    }

    /// How many administrators each unit should have: one or two, where the region decided nothing.
    /// The sources say "2" and "en till två".
    pub fn administrator_bounds(&self) -> RangeInclusive<usize> {
        let bound = |it: u32| usize::try_from(it).unwrap_or(usize::MAX);
        self.bounds.as_ref().map_or(1..=2, |it| bound(it.fewest)..=bound(it.most))
    }

    /// What is odd about the region on `day` and yet allowed: base offerings that hold and were to
    /// be looked over before.
    pub fn warnings(&self, day: Date) -> Vec<Warning> {
        let holds = |it: &&BaseOfferingDecided| {
            it.valid_from <= day && it.valid_to.is_none_or(|last| day <= last)
        };
        let old = self.offerings.values().filter(holds).filter(|it| it.revise_by < day);
        old.map(|it| Warning::OfferingToRevise { key: it.key.clone(), revise_by: it.revise_by })
            .collect()
    }
}

impl Division {
    /// The events that `command` leads to, or why it may not be. Asking for what is already so
    /// changes nothing.
    pub fn decide(
        &self,
        asking: &Asking<'_>,
        command: &DivisionCommand,
    ) -> Result<Vec<Event>, Rejection> {
        let DivisionCommand::Register { region, name } = command;
        if !asking.around.has_region(*region) {
            return Err(Rejection::NoSuchRegion);
        }
        asking.may_keep_region(*region)?;
        let registered = DivisionRegistered { region: *region, name: named(name)? };
        match &self.registered {
            None => Ok(vec![registered.into()]),
            Some(it) if *it == registered => Ok(vec![]),
            Some(_) => Err(Rejection::DivisionExists),
        }
    }

    /// What `event` leaves behind. Total.
    #[must_use]
    pub fn evolve(mut self, event: &Event) -> Self {
        if let Event::DivisionRegistered(it) = event {
            self.registered = Some(it.clone());
        }
        self
    }
}

impl BaseOffering {
    /// The offering of that key among those the service is shipped with, its types found by
    /// `region_type`: `vgr-2016` or `kalmar-2014`. None for another key. A type that the region
    /// has not defined is left out.
    ///
    /// The sources give the types and their levels. That they are for units of care, and that a
    /// year passes until the offering is looked over again, is our own decision.
    pub fn ready_made(
        catalogue: &Catalogue,
        key: &str,
        region_type: impl Fn(&str) -> Option<crate::CaseTypeId>,
        valid_from: Date,
        starts: Starts,
    ) -> Option<Self> {
        let reference = match key {
            "vgr-2016" => "HS 20-2016",
            "kalmar-2014" => "Plan för digitala invånartjänster 2014",
            _ => return None,
        };
        let row = |it: &crate::catalogue::ShippedType| {
            let (level, case_type) = (*it.offerings.get(key)?, region_type(&it.key)?);
            Some(OfferingRow { case_type, level, unit_kind: super::UnitKind::Care })
        };
        Some(Self {
            key: key.to_owned(),
            reference: reference.to_owned(),
            valid_from,
            valid_to: None,
            revise_by: valid_from.saturating_add(jiff::Span::new().years(1)),
            starts,
            rows: catalogue.case_types.iter().filter_map(row).collect(),
        })
    }

    fn check(&self, asking: &Asking<'_>, region: RegionId) -> Result<(), Rejection> {
        for (what, text) in [("key", &self.key), ("reference", &self.reference)] {
            named(text).map_err(|_| Rejection::OfferingUnnamed { what })?;
        }
        if self.valid_to.is_some_and(|last| last < self.valid_from) {
            return Err(Rejection::OfferingEndsEarly);
        }
        if self.revise_by < self.valid_from {
            return Err(Rejection::OfferingRevisedEarly);
        }
        if !(1..=ROWS_MAX).contains(&self.rows.len()) {
            return Err(Rejection::OfferingRows);
        }
        let mut rows = BTreeSet::new();
        for row in &self.rows {
            let facts = asking.around.case_type(row.case_type).filter(|it| it.region == region);
            if facts.ok_or(Rejection::NoSuchCaseType)?.scope == Scope::UnitOwn {
                return Err(Rejection::OwnTypeInOffering);
            }
            if !rows.insert((row.case_type, row.unit_kind)) {
                return Err(Rejection::OfferingRowTwice);
            }
        }
        Ok(())
    }

    fn decided(&self, offering_version: u32) -> BaseOfferingDecided {
        let Self { key, reference, valid_from, valid_to, revise_by, starts, rows } = self.clone();
        BaseOfferingDecided {
            key,
            offering_version,
            reference,
            valid_from,
            valid_to,
            revise_by,
            starts,
            rows,
        }
    }
}

fn named(name: &str) -> Result<String, Rejection> {
    let name = name.trim();
    if name.is_empty() || name.len() > NAME_BYTES_MAX {
        return Err(Rejection::Unnamed);
    }
    Ok(name.to_owned())
}
