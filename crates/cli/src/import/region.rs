//! The region that an imported log makes: units, staff, residents and the case type, from names.
//!
//! The source knows units and those who act. It does not know who receives, administers, audits
//! or analyses; so that the region can be looked at in every role, the import adds one member of
//! staff for each.

use domain::{
    Role, StaffId, StreamId, UnitId,
    organisation::{
        CaseTypeDefined, CaseTypeOffered, DivisionRegistered, Event, Person, Place,
        RegionRegistered, ResidentRegistered, RoleGranted, Scope, StaffRegistered, UnitActivated,
        UnitKind, UnitRegistered,
    },
};
use engine::Registering;
use jiff::Timestamp;

use super::{mapping::CaseMapping, names::Names, plan::Found};

/// The version of the form that a resident is taken to have seen.
pub(super) const FORM_VERSION: u32 = 1;
/// The version of the terms that a resident is taken to have seen.
pub(super) const TERMS_VERSION: u32 = 1;

/// The most changes of one commit.
const CHANGES_MAX: usize = 500;

/// The added staff with a role at every unit.
const AT_UNITS: [(&str, Role); 2] =
    [("Import Receiver", Role::Receiver), ("Import Unit Administrator", Role::UnitAdmin)];

/// The added staff with a role throughout the region.
const IN_REGION: [(&str, Role); 3] = [
    ("Import Region Administrator", Role::RegionAdmin),
    ("Import Auditor", Role::Auditor),
    ("Import Analyst", Role::Analyst),
];

/// Everything to register, in an order in which each finds what it builds on.
pub(super) fn registrations(
    names: &Names,
    case: &CaseMapping,
    found: &Found<'_>,
    at: Timestamp,
) -> Vec<Registering> {
    let mut all = Registrations { names, at: domain::time::whole_ms(at), all: vec![] };
    all.organisation(case);
    all.units(case, found);
    all.staff(found);
    all.added_staff(found);
    all.residents(found);
    all.all
}

struct Registrations<'a> {
    names: &'a Names,
    at: Timestamp,
    all: Vec<Registering>,
}

impl Registrations<'_> {
    fn add(&mut self, stream: StreamId, changes: Vec<Event>, person: Option<&str>) {
        let person = person.map(|name| Person { name: name.to_owned(), number: String::new() });
        for changes in changes.chunks(CHANGES_MAX) {
            let told = format!("{changes:?}");
            self.all.push(Registering {
                stream,
                commit_id: self.names.registration(&stream.to_string(), &told),
                occurred_at: self.at,
                correlation: "import".to_owned(),
                changes: changes.to_vec(),
                person: person.clone(),
            });
        }
    }

    fn organisation(&mut self, case: &CaseMapping) {
        let region = self.names.region();
        let name = || case.region.clone();
        let registered = RegionRegistered { name: name() };
        self.add(StreamId::Region(region), vec![registered.into()], None);
        let division = DivisionRegistered { region, name: name() };
        self.add(StreamId::Division(self.names.division()), vec![division.into()], None);
        let defined = CaseTypeDefined {
            region,
            key: case.case_type.clone(),
            name_sv: case.case_type.clone(),
            name_en: case.case_type.clone(),
            scope: Scope::RegionCommon,
            central_unit: None,
            working_days: Some(case.working_days),
            policy: case.policy,
            form_version: FORM_VERSION,
            terms_version: TERMS_VERSION,
        };
        let case_type = self.names.case_type(&case.case_type);
        self.add(StreamId::CaseType(case_type), vec![defined.into()], None);
    }

    fn units(&mut self, case: &CaseMapping, found: &Found<'_>) {
        let case_type = self.names.case_type(&case.case_type);
        for name in found.units.keys() {
            let registered = UnitRegistered {
                region: self.names.region(),
                division: self.names.division(),
                provider: self.names.provider(),
                hsa_id: None,
                name: (*name).to_owned(),
                kind: UnitKind::Care,
            };
            let offered = CaseTypeOffered { case_type };
            let changes = vec![registered.into(), UnitActivated {}.into(), offered.into()];
            self.add(StreamId::Unit(self.names.unit(name)), changes, None);
        }
    }

    /// Those whom the source names handle cases wherever they acted.
    fn staff(&mut self, found: &Found<'_>) {
        let mut acted = std::collections::BTreeMap::<&str, Vec<UnitId>>::new();
        for (unit, handlers) in &found.units {
            for handler in handlers {
                acted.entry(handler).or_default().push(self.names.unit(unit));
            }
        }
        for (name, units) in acted {
            let places = units.into_iter().map(Place::Unit);
            self.member(self.names.staff(name), name, Role::Handler, places);
        }
    }

    fn added_staff(&mut self, found: &Found<'_>) {
        for (name, role) in AT_UNITS {
            let places = found.units.keys().map(|unit| Place::Unit(self.names.unit(unit)));
            let places: Vec<Place> = places.collect();
            self.member(self.names.added_staff(name), name, role, places);
        }
        for (name, role) in IN_REGION {
            let place = Place::Region(self.names.region());
            self.member(self.names.added_staff(name), name, role, [place]);
        }
    }

    fn member(
        &mut self,
        staff: StaffId,
        name: &str,
        role: Role,
        places: impl IntoIterator<Item = Place>,
    ) {
        let region = self.names.region();
        let mut changes: Vec<Event> = vec![StaffRegistered { region }.into()];
        changes.extend(places.into_iter().map(|place| RoleGranted { role, place }.into()));
        self.add(StreamId::Staff(staff), changes, Some(name));
    }

    fn residents(&mut self, found: &Found<'_>) {
        let region = self.names.region();
        let named = found.residents.iter().map(|it| (self.names.resident(it), (*it).to_owned()));
        let unnamed = found.traces.iter();
        let unnamed = unnamed.map(|it| (self.names.resident_of(it), format!("Resident of {it}")));
        for (resident, name) in named.chain(unnamed).collect::<Vec<_>>() {
            let changes = vec![ResidentRegistered { region }.into()];
            self.add(StreamId::Resident(resident), changes, Some(&name));
        }
    }
}
