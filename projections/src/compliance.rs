//! Whether units offer what they must: each unit against the base offering (basutbud) that held.
//!
//! Everything that matters is kept with its times, so that any past day is asked of the same fold.
//! What a decision says of a day holds from when it was decided *for*, not from when it was
//! recorded: a version that was decided late still judges the days it is valid on.
//!
//! A unit is judged from its registration until it closes. Nothing is on offer at one that has not
//! opened: nobody can send anything there.

mod spans;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CaseTypeId, DivisionId, Recorded, RegionId, StreamId, UnitId,
    deadline::local_date,
    organisation::{
        BaseOfferingDecided, Event, Level, OfferingRow, Ownership, Starts, UnitKind,
        UnitSettingsChanged,
    },
};
use jiff::{Timestamp, civil::Date};

use self::spans::Spans;
pub use self::table::ComplianceTable;
use crate::{Scope, Step, state::fields};

/// What units must offer, and what they offer and ever offered.
#[derive(Debug, Default, Clone)]
pub struct Offerings {
    units: BTreeMap<UnitId, Unit>,
    /// Every version of each base offering of a region, in the order they were decided.
    decided: BTreeMap<(RegionId, String), Vec<BaseOfferingDecided>>,
}

#[derive(Debug, Clone)]
struct Unit {
    region: RegionId,
    division: DivisionId,
    kind: UnitKind,
    registered_at: Timestamp,
    /// What it was, each from when it was decided.
    settings: Vec<(Timestamp, UnitSettingsChanged)>,
    active: Spans,
    offered: BTreeMap<CaseTypeId, Spans>,
    not_applicable: BTreeMap<CaseTypeId, Vec<Approval>>,
}

/// That one type does not apply to a unit.
#[derive(Debug, Clone, Copy)]
struct Approval {
    approved: Step,
    withdrawn_at: Option<Timestamp>,
}

fields!(Approval { approved, withdrawn_at });
fields!(Offerings { units, decided });
fields!(Unit { region, division, kind, registered_at, settings, active, offered, not_applicable });

/// What one type is to one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// In the base offering, and on offer.
    Offered,
    /// In the base offering, and not on offer.
    Missing,
    /// In the base offering, not on offer, and approved not to be.
    NotApplicable,
    /// On offer, and not in the base offering.
    Additional,
}

/// One type at one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Which type.
    pub case_type: CaseTypeId,
    /// How much the base offering asks for it; none for an additional one.
    pub level: Option<Level>,
    /// What it is to the unit.
    pub status: Status,
    /// Who approved that it does not apply, when, and in which event of the unit's story, where the
    /// reason is sealed; none for any other status.
    pub approved: Option<Step>,
}

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitCompliance {
    /// Which.
    pub unit: UnitId,
    /// The division it is part of.
    pub division: DivisionId,
    /// Whether it must follow the base offering: of a kind that the offering is for, on a day when
    /// those who run it must.
    pub is_obliged: bool,
    /// Whether it takes cases of at least one type.
    pub is_connected: bool,
    /// Its types: those of the base offering in its order, then the additional ones by id.
    pub cells: Vec<Cell>,
}

/// Counts of units, and of their mandatory types.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Units.
    pub units: u32,
    /// Those that must follow the base offering.
    pub obliged: u32,
    /// Those that must, and are connected.
    pub connected: u32,
    /// Mandatory types of units that must follow, without those that do not apply.
    pub base: u32,
    /// Those of them that are on offer.
    pub offered: u32,
    /// Additional types, counted once for each unit.
    pub additional: u32,
}

/// Units against one version of one base offering, on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compliance {
    /// Which base offering.
    pub key: String,
    /// Which version of it; none where none was valid that day.
    pub version: Option<u32>,
    /// The decision.
    pub reference: Option<String>,
    /// The day, in Sweden.
    pub day: Date,
    /// The units, in order of id.
    pub units: Vec<UnitCompliance>,
    /// Each division's, in order of id.
    pub divisions: BTreeMap<DivisionId, Tally>,
    /// All together.
    pub total: Tally,
}

impl Offerings {
    /// The units of `scope` that had not closed by `at`, against the version of the base offering
    /// `key` that was valid that day: of several, the one that was decided last. None for a scope that
    /// never had a unit.
    pub fn compliance(&self, scope: Scope, key: &str, at: Timestamp) -> Option<Compliance> {
        let day = local_date(at);
        let units = self.units.iter().filter(|(id, unit)| {
            let is_within = match scope {
                Scope::Unit(it) => it == **id,
                Scope::Division(it) => it == unit.division,
                Scope::Region(it) => it == unit.region,
            };
            is_within && unit.registered_at <= at
        });
        let units: Vec<_> = units.collect();
        let region = units.first()?.1.region;
        let versions = self.decided.get(&(region, key.to_owned())).into_iter().flatten();
        let holds = |it: &&BaseOfferingDecided| {
            it.valid_from <= day && it.valid_to.is_none_or(|last| day <= last)
        };
        let offering = versions.filter(holds).max_by_key(|it| it.offering_version);

        let mut compliance = Compliance {
            key: key.to_owned(),
            version: offering.map(|it| it.offering_version),
            reference: offering.map(|it| it.reference.clone()),
            day,
            units: vec![],
            divisions: BTreeMap::new(),
            total: Tally::default(),
        };
        for (id, unit) in units.into_iter().filter(|(_, it)| !it.active.is_over(at)) {
            let unit = unit.against(*id, offering, day, at);
            let tally = unit.tally();
            compliance.divisions.entry(unit.division).or_default().add(tally);
            compliance.total.add(tally);
            compliance.units.push(unit);
        }
        Some(compliance)
    }

    /// The base offerings of `region`, every version of each, in order of key and decision.
    pub fn decided(&self, region: RegionId) -> impl Iterator<Item = &BaseOfferingDecided> {
        let of_region = self.decided.iter().filter(move |((it, _), _)| *it == region);
        of_region.flat_map(|(_, versions)| versions)
    }

    /// What `unit` was at `at`, and how it was reached; none where nothing had been said of it.
    pub fn settings(&self, unit: UnitId, at: Timestamp) -> Option<&UnitSettingsChanged> {
        let settings = &self.units.get(&unit)?.settings;
        settings.iter().rfind(|(since, _)| *since <= at).map(|(_, settings)| settings)
    }

    pub(crate) fn apply<E>(&mut self, recorded: &Recorded<E>, event: &Event) {
        let Recorded { stream, occurred_at: at, .. } = *recorded;
        match (stream, event) {
            (StreamId::Region(region), Event::BaseOfferingDecided(it)) => {
                self.decided.entry((region, it.key.clone())).or_default().push(it.clone());
            }
            (StreamId::Unit(id), Event::UnitRegistered(it)) => {
                self.units.insert(
                    id,
                    Unit {
                        region: it.region,
                        division: it.division,
                        kind: it.kind,
                        registered_at: at,
                        settings: vec![],
                        active: Spans::default(),
                        offered: BTreeMap::new(),
                        not_applicable: BTreeMap::new(),
                    },
                );
            }
            (StreamId::Unit(id), event) => {
                if let Some(unit) = self.units.get_mut(&id) {
                    unit.apply(recorded, event);
                }
            }
            _ => (),
        }
    }
}

impl Approval {
    fn holds(&self, at: Timestamp) -> bool {
        self.approved.at <= at && self.withdrawn_at.is_none_or(|until| at < until)
    }
}

impl Unit {
    fn apply<E>(&mut self, recorded: &Recorded<E>, event: &Event) {
        let Recorded { occurred_at: at, actor: by, version, .. } = *recorded;
        match event {
            Event::UnitSettingsChanged(it) => self.settings.push((at, it.clone())),
            Event::UnitActivated(_) => self.active.begin(at),
            Event::UnitDeactivated(_) => self.active.end(at),
            Event::CaseTypeOffered(it) => self.offered.entry(it.case_type).or_default().begin(at),
            Event::CaseTypeUnoffered(it) => self.offered.entry(it.case_type).or_default().end(at),
            Event::NotApplicableApproved(it) => {
                let approvals = self.not_applicable.entry(it.case_type).or_default();
                if approvals.last().is_none_or(|it| it.withdrawn_at.is_some()) {
                    let approved = Step { by, at, version };
                    approvals.push(Approval { approved, withdrawn_at: None });
                }
            }
            Event::NotApplicableWithdrawn(it) => {
                let approvals = self.not_applicable.get_mut(&it.case_type);
                if let Some(last) = approvals.and_then(|it| it.last_mut()) {
                    last.withdrawn_at = last.withdrawn_at.or(Some(at));
                }
            }
            _ => (),
        }
    }

    fn against(
        &self,
        unit: UnitId,
        offering: Option<&BaseOfferingDecided>,
        day: Date,
        at: Timestamp,
    ) -> UnitCompliance {
        let held = |spans: &BTreeMap<CaseTypeId, Spans>| -> BTreeSet<CaseTypeId> {
            spans.iter().filter(|(_, it)| it.hold(at)).map(|(id, _)| *id).collect()
        };
        let approved = |case_type| {
            let mut approvals = self.not_applicable.get(&case_type)?.iter();
            approvals.rfind(|it| it.holds(at)).map(|it| it.approved)
        };
        let is_open = self.active.hold(at);
        let mut offered = if is_open { held(&self.offered) } else { BTreeSet::new() };
        let is_connected = !offered.is_empty();

        let obliging = offering.filter(|it| self.must_follow(it.starts, day, at));
        let rows = obliging.map_or(&[][..], |it| &it.rows);
        let rows: Vec<&OfferingRow> = rows.iter().filter(|it| it.unit_kind == self.kind).collect();
        let is_obliged = !rows.is_empty();
        let mut cells: Vec<Cell> = vec![];
        for row in rows {
            let (status, approved) = if offered.remove(&row.case_type) {
                (Status::Offered, None)
            } else if let Some(approved) = approved(row.case_type) {
                (Status::NotApplicable, Some(approved))
            } else {
                (Status::Missing, None)
            };
            let (case_type, level) = (row.case_type, Some(row.level));
            cells.push(Cell { case_type, level, status, approved });
        }
        let status = Status::Additional;
        let additional = |case_type| Cell { case_type, level: None, status, approved: None };
        cells.extend(offered.into_iter().map(additional));
        UnitCompliance { unit, division: self.division, is_obliged, is_connected, cells }
    }

    /// Those who run it must follow from the offering's day for them, and not before they ran it.
    /// A unit of which nothing was said is the region's own.
    fn must_follow(&self, starts: Starts, day: Date, at: Timestamp) -> bool {
        let settings = self.settings.iter().rfind(|(since, _)| *since <= at);
        let ownership = settings.map_or(Ownership::Public, |(_, it)| it.ownership);
        let start = match ownership {
            Ownership::Public => starts.public,
            Ownership::PrivateContracted => starts.private_contracted,
        };
        start <= day && settings.is_none_or(|(_, it)| it.owned_since <= day)
    }
}

impl UnitCompliance {
    /// This unit's counts.
    pub fn tally(&self) -> Tally {
        let count = |counts: &dyn Fn(&Cell) -> bool| {
            u32::try_from(self.cells.iter().filter(|it| counts(it)).count()).unwrap_or(u32::MAX)
        };
        let mandatory = |it: &Cell| it.level == Some(Level::Mandatory);
        Tally {
            units: 1,
            obliged: u32::from(self.is_obliged),
            connected: u32::from(self.is_obliged && self.is_connected),
            base: count(&|it| mandatory(it) && it.status != Status::NotApplicable),
            offered: count(&|it| mandatory(it) && it.status == Status::Offered),
            additional: count(&|it| it.status == Status::Additional),
        }
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.units += other.units;
        self.obliged += other.obliged;
        self.connected += other.connected;
        self.base += other.base;
        self.offered += other.offered;
        self.additional += other.additional;
    }
}
