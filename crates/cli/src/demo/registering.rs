//! Registers the region, its units, staff and residents: one commit for each, before any case.

use domain::{
    Actor, CaseTypeId, Role, StreamId,
    deadline::Policy,
    organisation::{
        CaseTypeDefined, CaseTypeOffered, DivisionRegistered, Event, Person, Place, ProxyGranted,
        RegionRegistered, ResidentRegistered, RoleGranted, Scope, StaffRegistered, UnitActivated,
        UnitRegistered,
    },
};
use engine::{Pipeline, Registering, commit_id};
use jiff::Timestamp;

use super::{
    catalogue::CaseTypeEntry,
    region::{CaseType, Region, Unit},
    residents::{Resident, Residents},
};

const REGION_NAME: &str = "Region Exempel";
const VERSION: u32 = 1;

/// Registers it all, as of `at`.
pub(super) async fn register(
    pipeline: &mut Pipeline<'_>,
    region: &Region,
    residents: &Residents,
    catalogue: &[CaseTypeEntry],
    at: Timestamp,
) -> anyhow::Result<()> {
    let mut registrar = Registrar { pipeline, at };
    let name = REGION_NAME.to_owned();
    let registered = vec![RegionRegistered { name }.into()];
    registrar.register(StreamId::Region(region.id), registered, None).await?;
    for division in &region.divisions {
        let name = division.name.to_owned();
        let registered = vec![DivisionRegistered { region: region.id, name }.into()];
        registrar.register(StreamId::Division(division.id), registered, None).await?;
    }
    for case_type in &region.types {
        let defined = vec![defined(region, case_type, &catalogue[case_type.entry])];
        registrar.register(StreamId::CaseType(case_type.id), defined, None).await?;
    }
    for unit in &region.units {
        registrar.register(StreamId::Unit(unit.id), opened(region, unit), None).await?;
    }
    for unit in &region.units {
        for (n, member) in unit.staff.iter().enumerate() {
            let granted = roles(unit, n).map(|role| (role, Place::Unit(unit.id)));
            let changes = employed(region, granted);
            let person = Some(member.person.clone());
            registrar.register(StreamId::Staff(member.id), changes, person).await?;
        }
    }
    let office = [Role::RegionAdmin, Role::Auditor, Role::Analyst];
    for (role, member) in office.into_iter().zip(&region.office) {
        let changes = employed(region, [(role, Place::Region(region.id))]);
        let person = Some(member.person.clone());
        registrar.register(StreamId::Staff(member.id), changes, person).await?;
    }
    for resident in &residents.all {
        let changes = settled(region, residents, resident);
        let person = Some(resident.person());
        registrar.register(StreamId::Resident(resident.id), changes, person).await?;
    }
    Ok(())
}

struct Registrar<'a, 'b> {
    pipeline: &'a mut Pipeline<'b>,
    at: Timestamp,
}

impl Registrar<'_, '_> {
    async fn register(
        &mut self,
        stream: StreamId,
        changes: Vec<Event>,
        person: Option<Person>,
    ) -> anyhow::Result<()> {
        let registering = Registering {
            stream,
            commit_id: commit_id(&Actor::System, &format!("demo:{stream}")),
            occurred_at: self.at,
            correlation: "demo".to_owned(),
            changes,
            person,
        };
        Ok(self.pipeline.register(registering).await?)
    }
}

fn defined(region: &Region, case_type: &CaseType, entry: &CaseTypeEntry) -> Event {
    let clock = entry.sla.first_response;
    let scope = match (case_type.is_unit_own, entry.central) {
        (true, _) => Scope::UnitOwn,
        (false, true) => Scope::Central,
        (false, false) => Scope::RegionCommon,
    };
    CaseTypeDefined {
        region: region.id,
        key: entry.key.clone(),
        name_sv: case_type.name_sv.clone(),
        name_en: entry.name_en.clone(),
        scope,
        central_unit: case_type.central_unit,
        working_days: clock.map(|it| it.working_days),
        policy: clock.map_or(Policy::Eod, |it| it.policy),
        form_version: VERSION,
        terms_version: VERSION,
    }
    .into()
}

fn opened(region: &Region, unit: &Unit) -> Vec<Event> {
    let registered = UnitRegistered {
        region: region.id,
        division: unit.division,
        provider: unit.provider,
        hsa_id: Some(unit.hsa_id.clone()),
        name: unit.name.clone(),
        kind: unit.unit_kind(),
    };
    let offered = |case_type: &CaseTypeId| CaseTypeOffered { case_type: *case_type }.into();
    let mut changes = vec![registered.into(), UnitActivated {}.into()];
    changes.extend(unit.offered.values().map(offered));
    changes
}

/// What the `n`-th member of the unit's staff does there.
fn roles(unit: &Unit, n: usize) -> impl Iterator<Item = Role> {
    let receives = (n < unit.receivers).then_some(Role::Receiver);
    let administrates = (n + unit.admins >= unit.staff.len()).then_some(Role::UnitAdmin);
    [Some(Role::Handler), receives, administrates].into_iter().flatten()
}

fn employed(region: &Region, granted: impl IntoIterator<Item = (Role, Place)>) -> Vec<Event> {
    let registered = StaffRegistered { region: region.id }.into();
    let granted = granted.into_iter().map(|(role, place)| RoleGranted { role, place }.into());
    std::iter::once(registered).chain(granted).collect()
}

fn settled(region: &Region, residents: &Residents, resident: &Resident) -> Vec<Event> {
    let mut changes = vec![ResidentRegistered { region: region.id }.into()];
    let guardian = resident.guardian.and_then(|it| Some((it, residents.all.get(it.resident)?)));
    changes.extend(
        guardian.map(|(it, proxy)| ProxyGranted { proxy: proxy.id, until: it.until }.into()),
    );
    changes
}
