//! Sets up the region by the commands that any region is set up by: the service founds it, and its
//! administrator does the rest, residents and children's guardians last. After that any case.
//!
//! Each step depends on what the read models show of the ones before, so these are waited for in
//! between.

use anyhow::Context as _;
use domain::{
    Actor, Role, StaffId,
    case::Content,
    catalogue::{Catalogue, ShippedType},
    deadline::local_date,
    form::Label,
    organisation::{
        Assignment, BaseOffering, CaseTypeCommand, Contact, Definition, DivisionCommand, Ownership,
        Post, RegionCommand, ResidentCommand, ServiceArea, StaffCommand, Starts, UnitCommand,
        UnitRegistration, UnitSettings,
    },
};
use engine::{Administration, Change, Engine, Pipeline, Secret, commit_id};
use jiff::Timestamp;

use super::{
    region::{CaseType, Member, Region, Unit},
    residents::Residents,
};

const REGION_NAME: &str = "Region Exempel";

/// Sets it all up, as of `at`.
pub(super) async fn register(
    engine: &Engine,
    pipeline: &mut Pipeline<'_>,
    (region, residents): (&Region, &Residents),
    catalogue: &[ShippedType],
    at: Timestamp,
) -> anyhow::Result<()> {
    let [admin, auditor, analyst] = &region.office[..] else {
        anyhow::bail!("the region's office has three members of staff");
    };
    let mut registrar = Registrar { pipeline, by: Actor::System, asked: 0 };

    let named = RegionCommand::Register { name: REGION_NAME.to_owned() };
    registrar.ask(Change::Region(region.id, named), None).await?;
    registrar.pipeline.flush().await?;
    registrar.employ(region, admin).await?;
    registrar.pipeline.flush().await?;
    registrar.assign(admin.id, Role::RegionAdmin, Post::Region(region.id)).await?;
    registrar.pipeline.flush().await?;
    registrar.by = Actor::Staff { who: admin.id, role: Role::RegionAdmin, unit: None };

    for division in &region.divisions {
        let name = division.name.to_owned();
        let named = DivisionCommand::Register { region: region.id, name };
        registrar.ask(Change::Division(division.id, named), None).await?;
    }
    registrar.pipeline.flush().await?;
    for unit in &region.units {
        let registration = UnitCommand::Register(registration(region, unit, at));
        registrar.ask(Change::Unit(unit.id, registration), None).await?;
    }
    for member in region.units.iter().flat_map(|unit| &unit.staff).chain([auditor, analyst]) {
        registrar.employ(region, member).await?;
    }
    registrar.pipeline.flush().await?;

    let terms = Catalogue::shipped()?.terms;
    for case_type in &region.types {
        let definition = definition(case_type, &catalogue[case_type.entry]);
        let terms = terms.clone();
        let define = CaseTypeCommand::Define { region: region.id, definition, terms };
        registrar.ask(Change::CaseType(case_type.id, define), None).await?;
    }
    for unit in &region.units {
        for (n, member) in unit.staff.iter().enumerate() {
            for role in roles(unit, n) {
                registrar.assign(member.id, role, Post::Unit(unit.id)).await?;
            }
        }
    }
    for (role, member) in [(Role::Auditor, auditor), (Role::Analyst, analyst)] {
        registrar.assign(member.id, role, Post::Region(region.id)).await?;
    }
    registrar.pipeline.flush().await?;

    for unit in &region.units {
        for case_type in unit.offered.values() {
            registrar.ask(Change::Unit(unit.id, UnitCommand::Offer(*case_type)), None).await?;
        }
    }
    registrar.pipeline.flush().await?;
    for unit in &region.units {
        registrar.ask(Change::Unit(unit.id, UnitCommand::Activate), None).await?;
    }
    for key in ["vgr-2016", "kalmar-2014"] {
        let decided = RegionCommand::DecideBaseOffering(offering(region, catalogue, key, at)?);
        registrar.ask(Change::Region(region.id, decided), None).await?;
    }
    for resident in &residents.all {
        let number_hash = engine.number_hash(&resident.number);
        let register = ResidentCommand::Register { region: region.id, number_hash };
        let person = Secret::Person(resident.person());
        registrar.ask(Change::Resident(resident.id, register), Some(person)).await?;
    }
    registrar.pipeline.flush().await?;
    for resident in &residents.all {
        let Some(guardian) = resident.guardian else { continue };
        let guardian = residents.all.get(guardian.resident).context("a guardian is a resident")?.id;
        let grant = ResidentCommand::GrantGuardian { guardian };
        registrar.ask(Change::Resident(resident.id, grant), None).await?;
    }
    Ok(())
}

struct Registrar<'a, 'b> {
    pipeline: &'a mut Pipeline<'b>,
    by: Actor,
    /// How many commands were asked for: each has a key of its own.
    asked: u32,
}

impl Registrar<'_, '_> {
    async fn ask(&mut self, change: Change, secret: Option<Secret>) -> anyhow::Result<()> {
        self.asked += 1;
        let id = commit_id(&self.by, &format!("demo:{}", self.asked));
        let (by, correlation) = (self.by, "demo".to_owned());
        let asked = Administration { by, id, correlation, change, secret };
        Ok(self.pipeline.administer(asked).await?)
    }

    async fn employ(&mut self, region: &Region, member: &Member) -> anyhow::Result<()> {
        let change = Change::Staff(member.id, StaffCommand::Register { region: region.id });
        self.ask(change, Some(Secret::Person(member.person.clone()))).await
    }

    async fn assign(&mut self, who: StaffId, role: Role, post: Post) -> anyhow::Result<()> {
        let assignment = Assignment { role, post, from: None, until: None, trained_at: None };
        let change = Change::Staff(who, StaffCommand::Grant(assignment));
        let reason = Content::text("när verksamheten kom i gång");
        self.ask(change, Some(Secret::Content(reason))).await
    }
}

/// A ready-made base offering, which all units follow from the first day.
fn offering(
    region: &Region,
    catalogue: &[ShippedType],
    key: &str,
    at: Timestamp,
) -> anyhow::Result<BaseOffering> {
    let day = local_date(at);
    let starts = Starts { public: day, private_contracted: day };
    let of_key = |key: &str| {
        let common = region.types.iter().filter(|it| it.owner.is_none());
        common.into_iter().find(|it| catalogue[it.entry].key == key).map(|it| it.id)
    };
    BaseOffering::ready_made(&Catalogue::shipped()?, key, of_key, day, starts)
        .with_context(|| format!("there is no ready-made base offering `{key}`"))
}

/// The shipped type, under the name that a unit gave its own.
fn definition(case_type: &CaseType, shipped: &ShippedType) -> Definition {
    let name = Label { sv: case_type.name_sv.clone(), ..shipped.name.clone() };
    let (central_unit, owner) = (case_type.central_unit, case_type.owner);
    Definition { name, central_unit, owner, ..shipped.definition() }
}

fn registration(region: &Region, unit: &Unit, at: Timestamp) -> UnitRegistration {
    let is_public = region.units.first().is_some_and(|first| first.provider == unit.provider);
    let settings = UnitSettings {
        ownership: if is_public { Ownership::Public } else { Ownership::PrivateContracted },
        owned_since: local_date(at),
        physical: true,
        service_area: ServiceArea::Country,
        // From the series kept free for fiction.
        contact: Contact { phone: "08-465 004 04".to_owned(), ..Contact::default() },
    };
    UnitRegistration {
        region: region.id,
        division: unit.division,
        provider: unit.provider,
        hsa_id: unit.hsa_id.clone(),
        name: unit.name.clone(),
        kind: unit.unit_kind(),
        settings,
    }
}

/// What the `n`-th member of the unit's staff does there.
fn roles(unit: &Unit, n: usize) -> impl Iterator<Item = Role> {
    let receives = (n < unit.receivers).then_some(Role::Receiver);
    let administrates = (n + unit.admins >= unit.staff.len()).then_some(Role::UnitAdmin);
    [Some(Role::Handler), receives, administrates].into_iter().flatten()
}
