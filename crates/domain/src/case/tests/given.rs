//! `given(history).when(who, command).then(events)`: a case, told as it would be in conversation.
//!
//! The world of these sentences: `UNIT` and `OTHER_UNIT` belong to one care provider,
//! `PRIVATE_UNIT` to another; `ANNA` and `BO` are handlers at `UNIT`, `RITA` receives there;
//! `EVA` is the resident, and guardian of `KIM`; `TESS` is a day short of 15. Every history begins on Monday 2 March 2026.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, date},
};

use crate::{
    Actor, AttachmentId, CareProviderId, CaseTypeId, MessageId, RegionId, ResidentId, Role,
    StaffId, UnitId,
    case::{
        Asked, AttachedFile, Case, CaseSubmitted, CloseReason, Command, Event, FileHash, MediaType,
        OfferedType, Opening, Origin, Rejection, Submission, Surroundings, TypeRules, UnitFacts,
    },
    deadline::{Deadline, Policy},
};

pub(super) const REGION: RegionId = RegionId::new(1);
pub(super) const PROVIDER: CareProviderId = CareProviderId::new(1);
pub(super) const PRIVATE_PROVIDER: CareProviderId = CareProviderId::new(2);
pub(super) const UNIT: UnitId = UnitId::new(1);
pub(super) const OTHER_UNIT: UnitId = UnitId::new(2);
pub(super) const PRIVATE_UNIT: UnitId = UnitId::new(3);
pub(super) const CLOSED_UNIT: UnitId = UnitId::new(4);
pub(super) const CENTRAL_UNIT: UnitId = UnitId::new(5);
pub(super) const ANNA: StaffId = StaffId::new(1);
pub(super) const BO: StaffId = StaffId::new(2);
pub(super) const RITA: StaffId = StaffId::new(3);
pub(super) const EVA: ResidentId = ResidentId::new(1);
pub(super) const KIM: ResidentId = ResidentId::new(2);
pub(super) const STRANGER: ResidentId = ResidentId::new(3);
/// Turns 15 on Tuesday.
pub(super) const TESS: ResidentId = ResidentId::new(4);
pub(super) const ADVICE: CaseTypeId = CaseTypeId::new(1);
/// From 15 on, hidden from proxies, and answered once.
pub(super) const CHLAMYDIA_TEST: CaseTypeId = CaseTypeId::new(2);
/// Units start these, residents do not.
pub(super) const STAFF_MESSAGE: CaseTypeId = CaseTypeId::new(3);

pub(super) fn monday() -> Timestamp {
    "2026-03-02T09:00:00+01:00".parse().unwrap()
}

/// Units, staff, residents and types as the sentences above have them.
pub(super) struct World;

impl Surroundings for World {
    fn unit(&self, unit: UnitId) -> Option<UnitFacts> {
        let facts = |provider, active| Some(UnitFacts { region: REGION, provider, active });
        match unit {
            UNIT | OTHER_UNIT | CENTRAL_UNIT => facts(PROVIDER, true),
            PRIVATE_UNIT => facts(PRIVATE_PROVIDER, true),
            CLOSED_UNIT => facts(PROVIDER, false),
            _ => None,
        }
    }

    fn handles(&self, staff: StaffId, unit: UnitId, _: Timestamp) -> bool {
        unit == UNIT && (staff == ANNA || staff == BO)
    }

    fn offered(&self, unit: UnitId, case_type: CaseTypeId) -> Option<OfferedType> {
        let ordinary = OfferedType {
            central_unit: None,
            working_days: Some(2),
            policy: Policy::Eod,
            started_by: None,
            min_age: None,
            form_version: 3,
            terms_version: 2,
        };
        match case_type {
            ADVICE if unit == UNIT => Some(ordinary),
            CHLAMYDIA_TEST => Some(OfferedType {
                central_unit: Some(CENTRAL_UNIT),
                working_days: None,
                started_by: Some(Origin::Resident),
                min_age: Some(15),
                ..ordinary
            }),
            STAFF_MESSAGE if unit == UNIT => {
                Some(OfferedType { started_by: Some(Origin::Unit), ..ordinary })
            }
            _ => None,
        }
    }

    fn acts_for(&self, who: ResidentId, subject: ResidentId, at: Timestamp) -> bool {
        (who, subject) == (EVA, KIM) && at < monday() + SignedDuration::from_hours(24 * 365)
    }

    fn type_rules(&self, case_type: CaseTypeId) -> TypeRules {
        match case_type {
            CHLAMYDIA_TEST => TypeRules { for_proxies: false, conversation: false },
            _ => TypeRules::default(),
        }
    }

    fn birth_date(&self, resident: ResidentId) -> Option<Date> {
        match resident {
            EVA => Some(date(1985, 5, 1)),
            KIM => Some(date(2014, 3, 2)),
            TESS => Some(date(2011, 3, 3)),
            _ => None,
        }
    }
}

pub(super) fn given(history: impl IntoIterator<Item = Event>) -> Given {
    let start = Case::default();
    Given { case: history.into_iter().fold(start, |case, event| case.evolve(&event, monday())) }
}

pub(super) struct Given {
    pub(super) case: Case,
}

pub(super) struct When {
    case: Case,
    by: Actor,
    at: Timestamp,
    command: Command,
}

impl Given {
    pub(super) fn when(self, by: Actor, command: Command) -> When {
        When { case: self.case, by, at: monday(), command }
    }

    /// Why `by` may not have `command`.
    #[track_caller]
    pub(super) fn when_refused(self, by: Actor, command: Command) -> Rejection {
        self.case.decide(&asked_by(by), &command).unwrap_err()
    }
}

pub(super) fn asked_by(by: Actor) -> Asked<'static> {
    Asked { by, at: monday(), around: &World }
}

impl When {
    /// So many hours after everything in the history.
    pub(super) fn hours_later(self, hours: i64) -> Self {
        Self { at: self.at + SignedDuration::from_hours(hours), ..self }
    }

    /// The command leads to exactly these events, and asking again leads to none.
    #[track_caller]
    pub(super) fn then<const N: usize>(self, expected: [Event; N]) {
        assert_eq!(self.decide(&self.case), Ok(expected.to_vec()));

        let evolve = |case: Case, event: &Event| case.evolve(event, self.at);
        let after = expected.iter().fold(self.case.clone(), evolve);
        if !matches!(self.command, Command::Submit(_) | Command::Open(_)) {
            assert_eq!(self.decide(&after).unwrap_or_default(), [], "asking twice");
        }
    }

    pub(super) fn is_granted(&self) -> bool {
        self.decide(&self.case).is_ok()
    }

    /// The command leads to this event, after which the asker has no more to say in the case.
    #[track_caller]
    pub(super) fn then_and(self, expected: Event) {
        assert_eq!(self.decide(&self.case), Ok(vec![expected.clone()]));
        let after = self.case.clone().evolve(&expected, self.at);
        assert_eq!(self.decide(&after).ok(), None, "the asker's unit no longer has the case");
    }

    /// The command is granted, and nothing needs to happen.
    #[track_caller]
    pub(super) fn then_nothing(self) {
        self.then([]);
    }

    /// The command is refused, for this reason.
    #[track_caller]
    pub(super) fn then_rejected(self, expected: Rejection) {
        assert_eq!(self.decide(&self.case), Err(expected));
    }

    fn decide(&self, case: &Case) -> Result<Vec<Event>, Rejection> {
        case.decide(&Asked { by: self.by, at: self.at, around: &World }, &self.command)
    }
}

// Who. A session is one role at one place.

pub(super) fn eva() -> Actor {
    Actor::Resident { who: EVA, on_behalf_of: None }
}

pub(super) fn eva_for_kim() -> Actor {
    Actor::Resident { who: EVA, on_behalf_of: Some(KIM) }
}

pub(super) fn stranger() -> Actor {
    Actor::Resident { who: STRANGER, on_behalf_of: None }
}

pub(super) fn receiver() -> Actor {
    Actor::Staff { who: RITA, role: Role::Receiver, unit: Some(UNIT) }
}

pub(super) fn anna() -> Actor {
    Actor::Staff { who: ANNA, role: Role::Handler, unit: Some(UNIT) }
}

pub(super) fn bo() -> Actor {
    Actor::Staff { who: BO, role: Role::Handler, unit: Some(UNIT) }
}

// What. Details no test is about are filled in here.

pub(super) fn message(n: u128) -> MessageId {
    MessageId::new(n)
}

pub(super) fn submission() -> Submission {
    Submission {
        unit: UNIT,
        case_type: ADVICE,
        subject: EVA,
        form_version: 3,
        terms_version: 2,
        follows_up: None,
        message: message(1),
    }
}

pub(super) fn opening() -> Opening {
    Opening {
        case_type: ADVICE,
        subject: EVA,
        resident_informed: true,
        message: message(1),
        form_version: None,
    }
}

pub(super) fn reply(n: u128) -> Command {
    Command::Reply { message: message(n) }
}

pub(super) fn answer(n: u128) -> Command {
    Command::Answer { message: message(n) }
}

pub(super) fn close(reason: impl Into<Option<CloseReason>>) -> Command {
    Command::Close { reason: reason.into() }
}

/// Submitted on Monday, due at the midnight that ends Wednesday.
pub(super) fn submitted() -> Event {
    CaseSubmitted {
        region: REGION,
        provider: PROVIDER,
        unit: UNIT,
        case_type: ADVICE,
        subject: EVA,
        submitted_by: EVA,
        form_version: 3,
        terms_version: 2,
        deadline: Some(due("2026-03-05T00:00:00+01:00")),
        follows_up: None,
        message: message(1),
    }
    .into()
}

pub(super) fn due(at: &str) -> Deadline {
    Deadline {
        due_at: at.parse().unwrap(),
        policy: Policy::Eod,
        calendar_version: crate::deadline::CALENDAR_VERSION,
    }
}

/// `command`, with so many files.
pub(super) fn with_files(command: Command, count: u128) -> Command {
    let files = (1..=count).map(|n| file(command.message().unwrap().get() * 100 + n)).collect();
    Command::Attach { files, to: Box::new(command) }
}

/// A small PDF.
pub(super) fn file(n: u128) -> AttachedFile {
    AttachedFile {
        id: AttachmentId::new(n),
        hash: FileHash([7; 32]),
        bytes: 1_000,
        media_type: MediaType::Pdf,
    }
}
