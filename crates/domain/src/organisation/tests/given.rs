//! `given(history).when(who, command).then(events)`: the region, told as it would be in
//! conversation.
//!
//! The world of these sentences: `UNIT` and `OTHER_UNIT` are in `DIVISION` of `REGION`,
//! `FOREIGN_UNIT` is in another region. `GUN` administrates the region, `ADAM` the unit; `FAR`
//! administrates the other region. `EVA` and `KIM` are residents.

use std::fmt::Debug;

use jiff::Timestamp;

use crate::{
    Actor, CareProviderId, CaseTypeId, DivisionId, RegionId, ResidentId, Role, StaffId, UnitId,
    case::UnitFacts,
    form::Form,
    identity::{HsaId, NumberHash},
    organisation::{
        Asking, Beside, CaseType, CaseTypeCommand, Division, DivisionCommand, Editors, Event,
        GuardianLimit, Landscape, Region, RegionCommand, Rejection, Scope, Staff, StaffCommand,
        TypeFacts, Unit, UnitCommand,
    },
};

pub(super) const REGION: RegionId = RegionId::new(1);
pub(super) const OTHER_REGION: RegionId = RegionId::new(2);
pub(super) const DIVISION: DivisionId = DivisionId::new(1);
pub(super) const UNIT: UnitId = UnitId::new(1);
pub(super) const OTHER_UNIT: UnitId = UnitId::new(2);
pub(super) const OTHER_UNITS_HSA_ID: &str = "SE2321000016-1004";
pub(super) const FOREIGN_UNIT: UnitId = UnitId::new(3);
pub(super) const GUN: StaffId = StaffId::new(1);
pub(super) const ADAM: StaffId = StaffId::new(2);
pub(super) const FAR: StaffId = StaffId::new(3);
pub(super) const EVA: ResidentId = ResidentId::new(1);
/// A child.
pub(super) const KIM: ResidentId = ResidentId::new(2);
/// Nobody has registered them yet.
pub(super) const NEW: ResidentId = ResidentId::new(3);
/// What Eva is found by.
pub(super) const EVAS_NUMBER: NumberHash = NumberHash::new([1; 32]);
/// What Adam is found by.
pub(super) const ADAMS_HSA_ID: NumberHash = NumberHash::new([4; 32]);
pub(super) const OTHER_NUMBER: NumberHash = NumberHash::new([2; 32]);
pub(super) const ANOTHER: NumberHash = NumberHash::new([3; 32]);
/// Whoever assignments are given to.
pub(super) const ANNA: StaffId = StaffId::new(4);
pub(super) const ADVICE: CaseTypeId = CaseTypeId::new(1);
/// The own type of [`UNIT`].
pub(super) const OWN_TYPE: CaseTypeId = CaseTypeId::new(2);
pub(super) const FOREIGN_TYPE: CaseTypeId = CaseTypeId::new(3);
/// Its cases go to [`OTHER_UNIT`].
pub(super) const CENTRAL_TYPE: CaseTypeId = CaseTypeId::new(4);

/// What stands around, as the sentences above have it; the rest differs from test to test.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) editors: Editors,
    /// The keys of case types.
    pub(super) keys: Vec<(RegionId, Option<UnitId>, &'static str)>,
    pub(super) receivers: usize,
    pub(super) handlers: usize,
    pub(super) administrators: usize,
    pub(super) open_cases: usize,
    pub(super) guardian_limits: Vec<GuardianLimit>,
    /// Of every type.
    pub(super) form: Option<Form>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            editors: Editors::Unit,
            keys: vec![],
            receivers: 1,
            handlers: 2,
            administrators: 1,
            open_cases: 0,
            guardian_limits: vec![],
            form: None,
        }
    }
}

impl Landscape for World {
    fn unit(&self, unit: UnitId) -> Option<UnitFacts> {
        let (region, active) = match unit {
            UNIT | OTHER_UNIT => (REGION, true),
            FOREIGN_UNIT => (OTHER_REGION, true),
            _ => return None,
        };
        Some(UnitFacts { region, provider: CareProviderId::new(1), active })
    }

    fn unit_of_hsa_id(&self, hsa_id: &HsaId) -> Option<UnitId> {
        (hsa_id.as_str() == OTHER_UNITS_HSA_ID).then_some(OTHER_UNIT)
    }

    fn division_region(&self, division: DivisionId) -> Option<RegionId> {
        (division == DIVISION).then_some(REGION)
    }

    fn has_region(&self, region: RegionId) -> bool {
        region == REGION || region == OTHER_REGION
    }

    fn staff_region(&self, staff: StaffId) -> Option<RegionId> {
        match staff {
            GUN | ADAM => Some(REGION),
            FAR => Some(OTHER_REGION),
            _ => None,
        }
    }

    fn case_type(&self, case_type: CaseTypeId) -> Option<TypeFacts> {
        let (region, scope, owner) = match case_type {
            ADVICE => (REGION, Scope::RegionCommon, None),
            OWN_TYPE => (REGION, Scope::UnitOwn, Some(UNIT)),
            CENTRAL_TYPE => (REGION, Scope::Central, None),
            FOREIGN_TYPE => (OTHER_REGION, Scope::RegionCommon, None),
            _ => return None,
        };
        let central_unit = (scope == Scope::Central).then_some(OTHER_UNIT);
        Some(TypeFacts { region, scope, owner, central_unit })
    }

    fn form(&self, _: CaseTypeId) -> Option<Form> {
        self.form.clone()
    }

    fn has_case_type_key(&self, region: RegionId, owner: Option<UnitId>, key: &str) -> bool {
        self.keys.contains(&(region, owner, key))
    }

    fn holders(&self, role: Role, _: UnitId, _: Timestamp) -> usize {
        match role {
            Role::Receiver => self.receivers,
            Role::Handler => self.handlers,
            Role::UnitAdmin => self.administrators,
            _ => 0,
        }
    }

    fn open_cases(&self, _: UnitId) -> usize {
        self.open_cases
    }

    fn unit_editors(&self, _: RegionId) -> Editors {
        self.editors
    }

    fn staff_of_hsa_id(&self, hsa_id_hash: NumberHash) -> Option<StaffId> {
        (hsa_id_hash == ADAMS_HSA_ID).then_some(ADAM)
    }

    fn resident_region(&self, resident: ResidentId) -> Option<RegionId> {
        match resident {
            EVA | KIM => Some(REGION),
            _ => None,
        }
    }

    fn resident_of_number(&self, number_hash: NumberHash) -> Option<ResidentId> {
        (number_hash == EVAS_NUMBER).then_some(EVA)
    }

    fn guardian_limits(&self, _: RegionId) -> Vec<GuardianLimit> {
        self.guardian_limits.clone()
    }
}

pub(super) fn gun() -> Actor {
    Actor::Staff { who: GUN, role: Role::RegionAdmin, unit: None }
}

pub(super) fn adam() -> Actor {
    Actor::Staff { who: ADAM, role: Role::UnitAdmin, unit: Some(UNIT) }
}

/// Everyone who may change nothing of `UNIT` or `REGION`.
pub(super) fn others() -> [Actor; 5] {
    let staff = |who, role, unit| Actor::Staff { who, role, unit };
    [
        staff(FAR, Role::RegionAdmin, None),
        staff(ADAM, Role::UnitAdmin, Some(OTHER_UNIT)),
        staff(ADAM, Role::Receiver, Some(UNIT)),
        staff(GUN, Role::Auditor, None),
        Actor::Resident { who: crate::ResidentId::new(1), on_behalf_of: None },
    ]
}

/// Monday 2 March 2026.
pub(super) fn monday() -> Timestamp {
    "2026-03-02T09:00:00+01:00".parse().unwrap()
}

/// What a story can be told of.
pub(super) trait Told: Default + Clone + Debug + PartialEq {
    type Command: Debug;
    fn decide(&self, asking: &Asking<'_>, command: &Self::Command)
    -> Result<Vec<Event>, Rejection>;
    fn evolve(self, event: &Event) -> Self;
}

macro_rules! told {
    ($($state:ty, $command:ty, $($id:expr)?;)*) => {$(
        impl Told for $state {
            type Command = $command;

            fn decide(
                &self,
                asking: &Asking<'_>,
                command: &Self::Command,
            ) -> Result<Vec<Event>, Rejection> {
                self.decide($($id,)? asking, command)
            }

            fn evolve(self, event: &Event) -> Self {
                self.evolve(event)
            }
        }
    )*};
}

/// Without an HSA-id beside the command: what follows from one is told in `staff`.
impl Told for Staff {
    type Command = StaffCommand;

    fn decide(&self, asking: &Asking<'_>, command: &StaffCommand) -> Result<Vec<Event>, Rejection> {
        self.decide(ANNA, asking, Beside::default(), command)
    }

    fn evolve(self, event: &Event) -> Self {
        self.evolve(event)
    }
}

told! {
    CaseType, CaseTypeCommand,;
    Unit, UnitCommand, UNIT;
    Region, RegionCommand, REGION;
    Division, DivisionCommand,;
}

pub(super) struct Given<S> {
    state: S,
    world: World,
}

pub(super) fn given<S: Told>(history: &[Event]) -> Given<S> {
    let state = history.iter().fold(S::default(), S::evolve);
    Given { state, world: World::default() }
}

pub(super) struct When<S: Told> {
    state: S,
    world: World,
    by: Actor,
    command: S::Command,
}

impl<S: Told> Given<S> {
    pub(super) fn around(self, world: World) -> Self {
        Self { world, ..self }
    }

    pub(super) fn state(self) -> S {
        self.state
    }

    pub(super) fn when(self, by: Actor, command: S::Command) -> When<S> {
        When { state: self.state, world: self.world, by, command }
    }
}

impl<S: Told> When<S> {
    /// The command leads to these events; each leaves a trace, and asked again nothing happens.
    #[track_caller]
    pub(super) fn then(self, expected: impl IntoIterator<Item = Event>) {
        let expected: Vec<Event> = expected.into_iter().collect();
        assert_eq!(self.decide(&self.state), Ok(expected.clone()));
        let mut after = self.state.clone();
        for event in &expected {
            let before = after.clone();
            after = after.evolve(event);
            assert_ne!(before, after, "{event:?} left no trace");
        }
        assert_eq!(self.decide(&after), Ok(vec![]), "asked twice");
    }

    /// The command leads to events of these names; the rest as in [`When::then`].
    #[track_caller]
    pub(super) fn then_named(self, expected: &[&str]) -> Vec<Event> {
        let events = self.decide(&self.state).unwrap();
        assert_eq!(events.iter().map(Event::name).collect::<Vec<_>>(), expected);
        self.then(events.clone());
        events
    }

    /// How many events the command leads to.
    #[track_caller]
    pub(super) fn count(&self) -> usize {
        self.decide(&self.state).unwrap().len()
    }

    pub(super) fn is_rejected(&self) -> bool {
        self.decide(&self.state).is_err()
    }

    /// The command is refused, for this reason.
    #[track_caller]
    pub(super) fn then_rejected(self, expected: Rejection) {
        assert_eq!(self.decide(&self.state), Err(expected));
    }

    fn decide(&self, state: &S) -> Result<Vec<Event>, Rejection> {
        let asking = Asking { by: self.by, at: monday(), around: &self.world };
        state.decide(&asking, &self.command)
    }
}
