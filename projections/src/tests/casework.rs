//! Casework by chance: whatever two units, two handlers and three residents might do, decided by
//! the rules; and between, what is decided around them.

mod surroundings;

use std::collections::BTreeMap;

use domain::{
    Actor, CareProviderId, CaseId, CaseTypeId, DivisionId, Event, MessageId, Position, Recorded,
    RegionId, ResidentId, Role, StaffId, StreamId, UnitId,
    case::{Asked, Case, CloseReason, Command, Opening, Submission},
    deadline::Policy,
    organisation::{
        self, CaseTypeDefined, CaseTypeOffered, DivisionRegistered, Place, RegionRegistered,
        RoleGranted, Scope, StaffRegistered, UnitActivated, UnitKind, UnitRegistered,
    },
};
use jiff::{SignedDuration, Timestamp};

use crate::ReadModels;

pub(super) fn start() -> Timestamp {
    "2026-03-02T09:00:00+01:00".parse().unwrap()
}

/// The events of a small region with up to `cases` cases.
pub(super) fn casework(seed: u64, cases: u32) -> Vec<Recorded<Event>> {
    let mut world = World {
        chance: seed | 1,
        now: start(),
        models: ReadModels::default(),
        cases: BTreeMap::new(),
        versions: BTreeMap::new(),
        recorded: vec![],
    };
    world.set_up();
    for step in 0..u128::from(cases) * 7 {
        let minutes = i64::try_from(world.below(180)).unwrap();
        world.now += SignedDuration::from_mins(minutes);
        world.step(step, u128::from(cases));
        if world.below(2) == 0 {
            world.decide_something();
        }
    }
    world.recorded
}

struct World {
    chance: u64,
    now: Timestamp,
    models: ReadModels,
    cases: BTreeMap<CaseId, Case>,
    versions: BTreeMap<StreamId, u32>,
    recorded: Vec<Recorded<Event>>,
}

impl World {
    fn below(&mut self, end: u64) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        (self.chance >> 16) % end
    }

    fn record(&mut self, stream: StreamId, actor: Actor, event: Event) {
        let version = self.versions.entry(stream).or_default();
        *version += 1;
        let recorded = Recorded {
            position: Position::new(self.recorded.len() as u64 + 1),
            stream,
            version: *version,
            occurred_at: self.now,
            recorded_at: self.now,
            actor,
            event,
        };
        self.models.apply(&recorded);
        self.recorded.push(recorded);
    }

    fn set_up(&mut self) {
        let (region, division) = (RegionId::new(1), DivisionId::new(1));
        let mut record = |stream, event: organisation::Event| {
            self.record(stream, Actor::System, event.into());
        };
        record(StreamId::Region(region), RegionRegistered { name: "Nord".into() }.into());
        let name = "Närsjukvården".into();
        record(StreamId::Division(division), DivisionRegistered { region, name }.into());
        let case_type = CaseTypeId::new(1);
        let defined = CaseTypeDefined {
            region,
            key: "advice".into(),
            name_sv: "Rådgivning".into(),
            name_en: "Advice".into(),
            scope: Scope::RegionCommon,
            central_unit: None,
            working_days: Some(2),
            policy: Policy::Eod,
            form_version: 1,
            terms_version: 1,
        };
        record(StreamId::CaseType(case_type), defined.into());
        for n in [1, 2] {
            let unit = StreamId::Unit(UnitId::new(n));
            let registered = UnitRegistered {
                region,
                division,
                provider: CareProviderId::new(1),
                hsa_id: None,
                name: format!("Vårdcentral {n}"),
                kind: UnitKind::Care,
            };
            record(unit, registered.into());
            record(unit, UnitActivated {}.into());
            record(unit, CaseTypeOffered { case_type }.into());
        }
        for n in [1, 2] {
            let staff = StreamId::Staff(StaffId::new(n));
            record(staff, StaffRegistered { region }.into());
            for unit in [1, 2] {
                let place = Place::Unit(UnitId::new(unit));
                record(staff, RoleGranted { role: Role::Handler, place }.into());
            }
        }
    }

    /// Someone asks something of some case; what the rules refuse does not happen.
    fn step(&mut self, step: u128, cases: u128) {
        let id = CaseId::new(u128::from(self.below(u64::try_from(cases).unwrap())) + 1);
        let case = self.cases.get(&id).cloned().unwrap_or_default();
        let message = MessageId::new(step + 1);
        let staff = StaffId::new(u128::from(self.below(2)) + 1);
        let (by, command) = match case.thread() {
            None => self.begin(message),
            Some(thread) => {
                let unit = Some(thread.unit);
                let other = UnitId::new(3 - thread.unit.get());
                let who = thread.handler.unwrap_or(staff);
                let receiver = Actor::Staff { who: staff, role: Role::Receiver, unit };
                let handler = Actor::Staff { who, role: Role::Handler, unit };
                let resident = Actor::Resident { who: thread.subject, on_behalf_of: None };
                let reasons =
                    [CloseReason::Duplicate, CloseReason::Cancelled, CloseReason::Withdrawn];
                match self.below(16) {
                    0..=2 => (receiver, Command::Distribute { to: staff }),
                    3 => (receiver, Command::Reassign { to: staff }),
                    4 => (receiver, Command::Return),
                    5 => (receiver, Command::Redirect { to: other }),
                    6 => (receiver, Command::SendPartialAnswer { message }),
                    7 => (handler, Command::AskCounterQuestion { message }),
                    8 | 9 => (resident, Command::Reply { message }),
                    10 | 11 => (handler, Command::Answer { message }),
                    12 => (handler, Command::Close { reason: None }),
                    13 => {
                        let reason = reasons[usize::try_from(self.below(3)).unwrap()];
                        (receiver, Command::Close { reason: Some(reason) })
                    }
                    14 => (resident, Command::Withdraw),
                    _ => (receiver, Command::AddNote { message }),
                }
            }
        };
        let asked = Asked { by, at: self.now, around: self.models.directory() };
        for event in case.decide(&asked, &command).unwrap_or_default() {
            let before = self.cases.remove(&id).unwrap_or_default();
            self.cases.insert(id, before.evolve(&event, self.now));
            self.record(StreamId::Case(id), by, event.into());
        }
    }

    fn begin(&mut self, message: MessageId) -> (Actor, Command) {
        let unit = UnitId::new(u128::from(self.below(2)) + 1);
        let case_type = CaseTypeId::new(1);
        let subject = ResidentId::new(u128::from(self.below(3)) + 1);
        if self.below(8) == 0 {
            let by = Actor::Staff { who: StaffId::new(1), role: Role::Handler, unit: Some(unit) };
            let opening = Opening {
                case_type,
                subject,
                resident_informed: true,
                message,
                form_version: None,
            };
            return (by, Command::Open(opening));
        }
        let submission = Submission {
            unit,
            case_type,
            subject,
            form_version: 1,
            terms_version: 1,
            follows_up: None,
            message,
        };
        (Actor::Resident { who: subject, on_behalf_of: None }, Command::Submit(submission))
    }
}
