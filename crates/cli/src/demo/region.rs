//! A region with its units, who works there, and what they offer.
//!
//! Ours, where the model is silent: everyone at a unit handles cases, the first of them receive
//! cases too, and the last two are its administrators; a fifth of the primary care and half of the
//! rehabilitation is run by one of two private care providers; there are four divisions.

use std::collections::BTreeMap;

use domain::{
    CareProviderId, CaseTypeId, DivisionId, RegionId, StaffId, UnitId,
    catalogue::ShippedType,
    identity::Sex,
    organisation::{Person, UnitKind},
};
use engine::World;

use super::{
    catalogue::{Kind, UNIT_DEFINED, central_kind},
    chance::Chance,
    model::{MORE_RECEIVERS, Model, STAFF, Scale, VOLUME_SIGMA},
    names,
};

/// What units call the type that each decides on; in the order of the texts for its form.
const OWN_TYPES: [&str; 4] = [
    "Frågor inför provtagning",
    "Anmälan till hälsosamtal",
    "Anmälan till gruppträff",
    "Frågor om kallelse",
];

/// One of each kind, at the least, and some private care to be redirected to.
const UNITS_MIN: usize = Kind::ALL.len() + 1;

pub(super) struct Region {
    pub(super) id: RegionId,
    pub(super) divisions: Vec<Division>,
    pub(super) units: Vec<Unit>,
    pub(super) types: Vec<CaseType>,
    /// Region administrator, auditor and analyst.
    pub(super) office: Vec<Member>,
}

pub(super) struct Division {
    pub(super) id: DivisionId,
    pub(super) name: &'static str,
}

pub(super) struct Unit {
    pub(super) id: UnitId,
    pub(super) kind: Kind,
    pub(super) provider: CareProviderId,
    pub(super) division: DivisionId,
    pub(super) name: String,
    pub(super) hsa_id: String,
    pub(super) staff: Vec<Member>,
    /// How many of them, from the first, receive cases.
    pub(super) receivers: usize,
    /// How many of them, from the last, administrate.
    pub(super) admins: usize,
    /// What comes in, compared with others.
    pub(super) volume: f64,
    /// What multiplies the time to answer.
    pub(super) slowness: f64,
    /// The types it offers, by the index of their entry, with their ids there.
    pub(super) offered: BTreeMap<usize, CaseTypeId>,
    /// Which of [`OWN_TYPES`] it has.
    pub(super) own_type: usize,
}

pub(super) struct Member {
    pub(super) id: StaffId,
    pub(super) person: Person,
}

pub(super) struct CaseType {
    pub(super) id: CaseTypeId,
    /// The index of its entry in the catalogue.
    pub(super) entry: usize,
    pub(super) name_sv: String,
    /// The unit whose own it is.
    pub(super) owner: Option<UnitId>,
    pub(super) central_unit: Option<UnitId>,
}

impl Unit {
    pub(super) const fn unit_kind(&self) -> UnitKind {
        match self.kind {
            Kind::Dental => UnitKind::Dental,
            _ => UnitKind::Care,
        }
    }

    /// Whether it deals with one kind of matter for the whole region.
    pub(super) const fn is_central(&self) -> bool {
        matches!(self.kind, Kind::SexualHealthCentre | Kind::CareChoiceOffice)
    }
}

impl Region {
    /// Everyone who works in it.
    pub(super) fn staff(&self) -> impl Iterator<Item = &Member> {
        self.units.iter().flat_map(|unit| &unit.staff).chain(&self.office)
    }

    pub(super) fn new(
        model: &Model,
        catalogue: &[ShippedType],
        scale: Scale,
        world: &dyn World,
        chance: &mut Chance,
    ) -> Self {
        let id = RegionId::new(world.new_id());
        let providers = [(); 3].map(|()| CareProviderId::new(world.new_id()));
        let names = ["Närsjukvården", "Specialistsjukvården", "Tandvården", "Regiongemensamt"];
        let divisions = names.map(|name| Division { id: DivisionId::new(world.new_id()), name });

        let mut maker = Maker { model, world, chance, people: 0 };
        let mut units = Vec::new();
        for (kind, count) in counts(model, scale) {
            for n in 0..count {
                let provider = match kind {
                    Kind::PrimaryCare if n % 5 == 3 => providers[1 + n / 5 % 2],
                    Kind::Rehab if n % 2 == 0 => providers[1 + n / 2 % 2],
                    _ => providers[0],
                };
                let division = divisions[division_of(kind)].id;
                units.push(maker.unit(units.len(), kind, n, provider, division));
            }
        }
        let office = (0..3).map(|_| maker.member()).collect();
        let types = offer(catalogue, &mut units, world);
        Self { id, divisions: divisions.into(), units, types, office }
    }
}

/// How many units of each kind.
fn counts(model: &Model, scale: Scale) -> Vec<(Kind, usize)> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousands")]
    let round = |count: f64| count.round() as usize;
    let total = round(scale.units).max(UNITS_MIN);
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let ordinary = (total - model.units.central.len()) as f64;
    let share = |kind: Kind| model.units.kinds.get(kind.key()).copied().unwrap_or(0.0);
    let others = Kind::ALL.into_iter().filter(|kind| *kind != Kind::PrimaryCare);
    let others: Vec<_> = others.map(|kind| (kind, round(share(kind) * ordinary).max(1))).collect();
    let left = total.saturating_sub(others.iter().map(|(_, count)| count).sum());
    [(Kind::PrimaryCare, left.max(1))].into_iter().chain(others).collect()
}

const fn division_of(kind: Kind) -> usize {
    match kind {
        Kind::PrimaryCare | Kind::ChildAndMaternalHealth | Kind::Rehab => 0,
        Kind::SpecialistClinic => 1,
        Kind::Dental => 2,
        Kind::SexualHealthCentre | Kind::CareChoiceOffice => 3,
    }
}

fn unit_name(kind: Kind, n: usize) -> String {
    let place = names::place(n);
    match kind {
        Kind::PrimaryCare => format!("Vårdcentralen {place}"),
        Kind::SpecialistClinic => format!("Specialistmottagningen {place}"),
        Kind::Dental => format!("Folktandvården {place}"),
        Kind::ChildAndMaternalHealth => format!("Familjehälsan {place}"),
        Kind::Rehab => format!("Rehabmottagningen {place}"),
        Kind::SexualHealthCentre => "Centrum för sexuell hälsa".to_owned(),
        Kind::CareChoiceOffice => "Hälsovalskontoret".to_owned(),
    }
}

struct Maker<'a> {
    model: &'a Model,
    world: &'a dyn World,
    chance: &'a mut Chance,
    /// Members of staff made so far.
    people: usize,
}

impl Maker<'_> {
    fn unit(
        &mut self,
        number: usize,
        kind: Kind,
        n: usize,
        provider: CareProviderId,
        division: DivisionId,
    ) -> Unit {
        let (least, median, sigma) = STAFF;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some dozens")]
        let staff_count = self.chance.log_normal(median, sigma).round().max(least) as usize;
        let receivers = (1 + self.chance.poisson(MORE_RECEIVERS)).min(staff_count);
        Unit {
            id: UnitId::new(self.world.new_id()),
            kind,
            provider,
            division,
            name: unit_name(kind, n),
            hsa_id: format!("SE0000000000-DEMOE{number:05}"),
            staff: (0..staff_count).map(|_| self.member()).collect(),
            receivers,
            admins: self.model.units.admins_per_unit,
            volume: self.chance.log_normal(1.0, VOLUME_SIGMA),
            slowness: self.model.handling_times_working_minutes.unit_speed_factor.draw(self.chance),
            offered: BTreeMap::new(),
            own_type: number % OWN_TYPES.len(),
        }
    }

    fn member(&mut self) -> Member {
        self.people += 1;
        let sex = if self.chance.hits(0.8) { Sex::Female } else { Sex::Male };
        let (given, family) = (names::given(sex, self.chance), names::family(self.chance));
        let number = format!("SE0000000000-DEMOP{:06}", self.people);
        let person = Person { name: format!("{given} {family}"), number };
        Member { id: StaffId::new(self.world.new_id()), person }
    }
}

/// Defines the types and has each unit offer its own: a common type for all who offer it, or one
/// of each unit's own.
fn offer(catalogue: &[ShippedType], units: &mut [Unit], world: &dyn World) -> Vec<CaseType> {
    let mut types = Vec::new();
    for (entry, it) in catalogue.iter().enumerate() {
        let central_unit =
            central_kind(it).and_then(|kind| units.iter().find(|it| it.kind == kind));
        let common = CaseType {
            id: CaseTypeId::new(world.new_id()),
            entry,
            name_sv: it.name.sv.clone(),
            owner: None,
            central_unit: central_unit.map(|unit| unit.id),
        };
        let offering = units.iter_mut().filter(|unit| unit.kind.offers(&it.key));
        if it.key == UNIT_DEFINED {
            for unit in offering {
                let id = CaseTypeId::new(world.new_id());
                let name_sv = OWN_TYPES[unit.own_type].to_owned();
                unit.offered.insert(entry, id);
                let owner = Some(unit.id);
                types.push(CaseType { id, entry, name_sv, owner, central_unit: None });
            }
        } else {
            for unit in offering {
                unit.offered.insert(entry, common.id);
            }
            types.push(common);
        }
    }
    types
}
