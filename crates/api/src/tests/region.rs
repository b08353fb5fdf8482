//! A small region with someone in every role, over the log in memory and a scripted clock.
//!
//! ```text
//! region Nord ─┬─ division Near ─┬─ unit Birch    Rita (receiver), Anna and Bo (handlers), Ulla (unit admin)
//!              │                 └─ unit Aspen    Rolf (receiver), Hanna (handler)
//!              └─ division Far  ─── unit Cedar    Kim (receiver); another care provider
//! region Syd  ─── division South ── unit Dune     Sam (receiver)
//! ```
//! Gun administers region Nord, Vera audits and Axel analyses it; Vide audits unit Aspen alone.
//! Eva is Ebba's guardian; Olle is nobody's.

use std::{ops::Range, sync::Arc};

use domain::{
    Actor, CareProviderId, CaseTypeId, CommitId, DivisionId, RegionId, ResidentId, Role, StaffId,
    StreamId, UnitId,
    deadline::Policy,
    organisation::{
        AssignmentGranted, CaseTypeDefined, CaseTypeOffered, DivisionRegistered, Event,
        FormPublished, Person, Place, Post, ProxyGranted, RegionRegistered, ResidentRegistered,
        RoleGranted, RoleRevoked, Scope, StaffRegistered, TermsPublished, UnitActivated, UnitKind,
        UnitRegistered,
    },
};
use engine::{
    Engine, Parts, Registering, ScriptedWorld,
    attachments::local_store,
    keys::{KeyStore, MasterKey},
};
use jiff::{SignedDuration, Timestamp};

use super::logs::WatchedLog;

pub(crate) const NORD: RegionId = RegionId::new(1);
pub(crate) const SYD: RegionId = RegionId::new(2);
pub(crate) const NEAR: DivisionId = DivisionId::new(1);
pub(crate) const FAR: DivisionId = DivisionId::new(2);
pub(crate) const SOUTH: DivisionId = DivisionId::new(3);
pub(crate) const BIRCH: UnitId = UnitId::new(1);
pub(crate) const ASPEN: UnitId = UnitId::new(2);
pub(crate) const CEDAR: UnitId = UnitId::new(3);
pub(crate) const DUNE: UnitId = UnitId::new(4);
pub(crate) const PUBLIC: CareProviderId = CareProviderId::new(1);
pub(crate) const PRIVATE: CareProviderId = CareProviderId::new(2);
pub(crate) const ADVICE: CaseTypeId = CaseTypeId::new(1);
pub(crate) const RENEWAL: CaseTypeId = CaseTypeId::new(2);

pub(crate) const EVA: ResidentId = ResidentId::new(1);
pub(crate) const EBBA: ResidentId = ResidentId::new(2);
pub(crate) const OLLE: ResidentId = ResidentId::new(3);

pub(crate) const RITA: StaffId = StaffId::new(1);
pub(crate) const ANNA: StaffId = StaffId::new(2);
pub(crate) const BO: StaffId = StaffId::new(3);
pub(crate) const ULLA: StaffId = StaffId::new(4);
pub(crate) const ROLF: StaffId = StaffId::new(5);
pub(crate) const HANNA: StaffId = StaffId::new(6);
pub(crate) const KIM: StaffId = StaffId::new(7);
pub(crate) const SAM: StaffId = StaffId::new(8);
pub(crate) const GUN: StaffId = StaffId::new(9);
pub(crate) const VERA: StaffId = StaffId::new(10);
pub(crate) const VIDE: StaffId = StaffId::new(11);
pub(crate) const AXEL: StaffId = StaffId::new(12);

/// Who works as what, and where.
pub(crate) const STAFF: [(StaffId, &str, Role, Place); 12] = [
    (RITA, "Rita Testsson", Role::Receiver, Place::Unit(BIRCH)),
    (ANNA, "Anna Testsson", Role::Handler, Place::Unit(BIRCH)),
    (BO, "Bo Testsson", Role::Handler, Place::Unit(BIRCH)),
    (ULLA, "Ulla Testsson", Role::UnitAdmin, Place::Unit(BIRCH)),
    (ROLF, "Rolf Testsson", Role::Receiver, Place::Unit(ASPEN)),
    (HANNA, "Hanna Testsson", Role::Handler, Place::Unit(ASPEN)),
    (KIM, "Kim Testsson", Role::Receiver, Place::Unit(CEDAR)),
    (SAM, "Sam Testsson", Role::Receiver, Place::Unit(DUNE)),
    (GUN, "Gun Testsson", Role::RegionAdmin, Place::Region(NORD)),
    (VERA, "Vera Testsson", Role::Auditor, Place::Region(NORD)),
    (VIDE, "Vide Testsson", Role::Auditor, Place::Unit(ASPEN)),
    (AXEL, "Axel Testsson", Role::Analyst, Place::Region(NORD)),
];

/// Monday 2 March 2026, nine in the morning in Sweden.
pub(crate) fn monday() -> Timestamp {
    "2026-03-02T09:00:00+01:00".parse().unwrap()
}

/// Everyone who can log in, in the assignment they have.
pub(crate) fn everyone() -> Vec<Actor> {
    let residents = [EVA, EBBA, OLLE].map(resident);
    residents.into_iter().chain(STAFF.iter().map(|(who, ..)| staff(*who))).collect()
}

pub(crate) fn resident(who: ResidentId) -> Actor {
    Actor::Resident { who, on_behalf_of: None }
}

pub(crate) fn staff(who: StaffId) -> Actor {
    let (_, _, role, place) = STAFF.into_iter().find(|(it, ..)| *it == who).unwrap();
    let unit = match place {
        Place::Unit(unit) => Some(unit),
        Place::Region(_) => None,
    };
    Actor::Staff { who, role, unit }
}

pub(crate) struct Region {
    pub(crate) engine: Arc<Engine>,
    pub(crate) world: Arc<ScriptedWorld>,
    pub(crate) log: Arc<WatchedLog>,
    pub(crate) access: Arc<WatchedLog>,
    registered: u128,
    _keys: tempfile::TempDir,
}

impl Region {
    pub(crate) async fn new() -> Self {
        let world = Arc::new(ScriptedWorld::new(1, monday()));
        let folder = tempfile::tempdir().unwrap();
        let master = MasterKey::generate(&*world);
        let (log, access) = (Arc::new(WatchedLog::default()), Arc::new(WatchedLog::default()));
        let parts = Parts {
            log: log.clone(),
            access: access.clone(),
            keys: KeyStore::open(&folder.path().join("keys"), master).unwrap(),
            files: Some(local_store(&folder.path().join("attachments")).unwrap()),
            world: world.clone(),
        };
        let engine = Engine::start(parts).await.unwrap();
        let mut region = Self { engine, world, log, access, registered: 0, _keys: folder };
        region.set_up().await;
        region
    }

    /// Puts the clock `hours` on.
    pub(crate) fn wait_hours(&self, hours: i64) {
        self.world.set(self.engine.now() + SignedDuration::from_hours(hours));
    }

    /// Takes the only role of `who`.
    pub(crate) async fn revoke(&mut self, who: StaffId) {
        let (_, _, role, place) = STAFF.into_iter().find(|(it, ..)| *it == who).unwrap();
        self.register(StreamId::Staff(who), vec![RoleRevoked { role, place }.into()], None).await;
    }

    /// Makes `who` a handler at `unit` from so many hours from now on, until so many. They work in
    /// region Nord, and are registered if they are new.
    pub(crate) async fn assign(&mut self, who: StaffId, unit: UnitId, hours: Range<i64>) {
        let at = |hours| self.engine.now() + SignedDuration::from_hours(hours);
        let granted = AssignmentGranted {
            role: Role::Handler,
            post: Post::Unit(unit),
            from: at(hours.start),
            until: Some(at(hours.end)),
            trained_at: None,
        };
        let registered = StaffRegistered { region: NORD };
        let changes = vec![registered.into(), granted.into()];
        self.register(StreamId::Staff(who), changes, Some("Lena Testsson")).await;
    }

    pub(crate) async fn register(
        &mut self,
        stream: StreamId,
        changes: Vec<Event>,
        name: Option<&str>,
    ) {
        self.registered += 1;
        let mut pipeline = self.engine.pipeline();
        let registering = Registering {
            stream,
            commit_id: CommitId(self.registered),
            occurred_at: self.engine.now(),
            correlation: "set-up".to_owned(),
            changes,
            person: name.map(|name| Person { name: name.to_owned(), number: String::new() }),
        };
        pipeline.register(registering).await.unwrap();
        pipeline.finish().await.unwrap();
    }

    async fn set_up(&mut self) {
        let name = |text: &str| text.to_owned();
        for (region, text) in [(NORD, "Region Nord"), (SYD, "Region Syd")] {
            let registered = RegionRegistered { name: name(text) };
            self.register(StreamId::Region(region), vec![registered.into()], None).await;
        }
        for (division, region, text) in
            [(NEAR, NORD, "Närsjukvården"), (FAR, NORD, "Länssjukvården"), (SOUTH, SYD, "Söder")]
        {
            let registered = DivisionRegistered { region, name: name(text) };
            self.register(StreamId::Division(division), vec![registered.into()], None).await;
        }
        for (case_type, key, sv, en, days) in [
            (ADVICE, "advice", "Rådgivning", "Advice", Some(2)),
            (RENEWAL, "renewal", "Förnya recept", "Renew a prescription", Some(5)),
        ] {
            let defined = CaseTypeDefined {
                region: NORD,
                key: name(key),
                name_sv: name(sv),
                name_en: name(en),
                scope: Scope::RegionCommon,
                central_unit: None,
                working_days: days,
                policy: Policy::Eod,
                form_version: 2,
                terms_version: 1,
            };
            let mut changes = vec![defined.into()];
            if case_type == RENEWAL {
                changes.extend(renewal_published());
            }
            self.register(StreamId::CaseType(case_type), changes, None).await;
        }
        for (unit, region, division, provider, text) in [
            (BIRCH, NORD, NEAR, PUBLIC, "Björkens vårdcentral"),
            (ASPEN, NORD, NEAR, PUBLIC, "Aspens vårdcentral"),
            (CEDAR, NORD, FAR, PRIVATE, "Cederns mottagning"),
            (DUNE, SYD, SOUTH, PUBLIC, "Dynens vårdcentral"),
        ] {
            let registered = UnitRegistered {
                region,
                division,
                provider,
                hsa_id: None,
                name: name(text),
                kind: UnitKind::Care,
            };
            let mut changes = vec![registered.into(), UnitActivated {}.into()];
            changes.push(CaseTypeOffered { case_type: ADVICE }.into());
            if unit == BIRCH {
                changes.push(CaseTypeOffered { case_type: RENEWAL }.into());
            }
            self.register(StreamId::Unit(unit), changes, None).await;
        }
        for (who, full_name, role, place) in STAFF {
            let region = if who == SAM { SYD } else { NORD };
            let granted = RoleGranted { role, place };
            let changes = vec![StaffRegistered { region }.into(), granted.into()];
            self.register(StreamId::Staff(who), changes, Some(full_name)).await;
        }
        for (who, full_name) in
            [(EVA, "Eva Testsson"), (EBBA, "Ebba Testsson"), (OLLE, "Olle Testsson")]
        {
            let mut changes = vec![ResidentRegistered { region: NORD }.into()];
            if who == EBBA {
                let until = "2030-01-01T00:00:00+01:00".parse().unwrap();
                changes.push(ProxyGranted { proxy: EVA, until }.into());
            }
            self.register(StreamId::Resident(who), changes, Some(full_name)).await;
        }
    }
}

/// The form and the terms that renewals are sent with.
fn renewal_published() -> [domain::organisation::Event; 2] {
    let catalogue = domain::catalogue::Catalogue::shipped().unwrap();
    let shipped = catalogue.case_types.iter().find(|it| it.key == "renew_prescription").unwrap();
    let form = domain::form::Form { version: 2, ..shipped.form() };
    let terms = TermsPublished { terms_version: 1, text: catalogue.terms.clone() };
    [FormPublished { form }.into(), terms.into()]
}
