//! The same casework every time, as much of it as you ask for.
//!
//! A case is submitted, distributed, asked about, replied to, answered and closed: six events,
//! at one of a region's units, a minute apart.

use bytes::Bytes;
use domain::{
    Actor, CareProviderId, CaseId, CaseTypeId, CommitId, DivisionId, Event, MessageId, Position,
    Recorded, RegionId, ResidentId, Role, StaffId, StreamId, UnitId, case,
    deadline::{CALENDAR_VERSION, Deadline, Policy},
    organisation::{
        CaseTypeDefined, DivisionRegistered, RegionRegistered, Scope, UnitActivated, UnitKind,
        UnitRegistered,
    },
};
use event_log::{Append, EventRecord, Expected};
use jiff::{SignedDuration, Timestamp};

/// The region of the workload.
pub const REGION: RegionId = RegionId::new(1);

/// Units in the workload; each gets every fortieth case. A mid-sized region has some hundreds.
pub const UNITS: u128 = 40;

/// Events of one case.
pub const EVENTS_PER_CASE: u64 = 6;

const CASE_TYPE: CaseTypeId = CaseTypeId::new(1);
const PROVIDER: CareProviderId = CareProviderId::new(1);

/// Whether a bench is to run small: it was not started by `cargo bench`, or was given `--test`.
pub fn is_small() -> bool {
    let has = |wanted: &str| std::env::args().any(|arg| arg == wanted);
    !has("--bench") || has("--test")
}

/// The first minute of the workload.
pub fn start() -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap_or_default()
}

/// The region, its units and its case type, then `cases` whole cases, in log order.
pub fn history(cases: u64) -> Vec<Recorded<Event>> {
    let mut recorder = Recorder { recorded: vec![], before: 0 };
    recorder.set_up();
    for case in 0..cases {
        for step in 0..EVENTS_PER_CASE {
            let version = u32::try_from(step + 1).unwrap_or(u32::MAX);
            recorder.push_case(case, step, version);
        }
    }
    recorder.recorded
}

/// Events of one case in [`closed_cases`].
pub const EVENTS_PER_CLOSED_CASE: u64 = 5;

/// Cases of [`closed_cases`] that are worked on at the same time.
const AT_A_TIME: u64 = 1_000;

/// The region, then `cases` whole cases without a reply, in log order and in parts that fit into
/// memory. A thousand are worked on at the same time, so that a case's events lie apart.
pub fn closed_cases(cases: u64) -> impl Iterator<Item = Vec<Recorded<Event>>> {
    let mut set_up = Recorder { recorded: vec![], before: 0 };
    set_up.set_up();
    let mut before = set_up.recorded.len() as u64;
    let mut next = 0;
    let parts = std::iter::from_fn(move || {
        let (from, to) = (next, cases.min(next + AT_A_TIME));
        next = to;
        let mut recorder = Recorder { recorded: vec![], before };
        for (step, version) in [0, 1, 2, 4, 5].into_iter().zip(1..) {
            (from..to).for_each(|case| recorder.push_case(case, step, version));
        }
        before += recorder.recorded.len() as u64;
        (from < to).then_some(recorder.recorded)
    });
    std::iter::once(set_up.recorded).chain(parts)
}

/// One commit of one event with `bytes` of payload, on the `n`-th stream of its own.
pub fn append(n: u128, bytes: usize) -> Append {
    Append {
        stream: StreamId::Case(CaseId::new(n)),
        expected: Expected::NoStream,
        commit_id: CommitId(n),
        fingerprint: [0; 32],
        occurred_at: start(),
        recorded_at: start(),
        actor: Actor::System,
        correlation: String::new(),
        events: vec![EventRecord {
            type_id: 1,
            schema_version: 1,
            clear: payload(n, bytes).into(),
            sealed: Bytes::new(),
        }],
    }
}

/// `bytes` bytes that say `n` and after that nothing: as good as chance, and the same every time.
pub fn payload(n: u128, bytes: usize) -> Vec<u8> {
    let mut payload = Vec::with_capacity(bytes.next_multiple_of(8).max(16));
    payload.extend_from_slice(&n.to_be_bytes());
    // splitmix64, from a seed that every bit of `n` has a part in.
    let mut state = (n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835) >> 64) as u64;
    while payload.len() < bytes {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        payload.extend_from_slice(&(mixed ^ (mixed >> 31)).to_be_bytes());
    }
    payload.truncate(bytes);
    payload
}

/// The number that a [`payload`] says, if it is whole.
pub fn number(found: &[u8]) -> Option<u128> {
    let n = u128::from_be_bytes(*found.first_chunk()?);
    (found == payload(n, found.len())).then_some(n)
}

struct Recorder {
    recorded: Vec<Recorded<Event>>,
    /// Commits before the first of these.
    before: u64,
}

impl Recorder {
    fn push(&mut self, stream: StreamId, version: u32, actor: Actor, event: Event) {
        let before = self.before + self.recorded.len() as u64;
        let minutes = i64::try_from(before).unwrap_or(i64::MAX);
        let at = start() + SignedDuration::from_mins(minutes);
        let position = Position::new(before + 1);
        let (occurred_at, recorded_at) = (at, at);
        let recorded =
            Recorded { position, stream, version, occurred_at, recorded_at, actor, event };
        self.recorded.push(recorded);
    }

    fn set_up(&mut self) {
        use domain::organisation::Event as Organisation;

        let division = DivisionId::new(1);
        let mut push = |stream, version, event: Organisation| {
            self.push(stream, version, Actor::System, event.into());
        };
        let name = "Region Nord".to_owned();
        push(StreamId::Region(REGION), 1, RegionRegistered { name }.into());
        let name = "Närsjukvården".to_owned();
        push(StreamId::Division(division), 1, DivisionRegistered { region: REGION, name }.into());
        let case_type = CaseTypeDefined {
            region: REGION,
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
        push(StreamId::CaseType(CASE_TYPE), 1, case_type.into());
        for n in 0..UNITS {
            let unit = UnitRegistered {
                region: REGION,
                division,
                provider: PROVIDER,
                hsa_id: None,
                name: format!("Vårdcentral {n}"),
                kind: UnitKind::Care,
            };
            let stream = StreamId::Unit(UnitId::new(n + 1));
            push(stream, 1, unit.into());
            push(stream, 2, UnitActivated {}.into());
        }
    }

    fn push_case(&mut self, n: u64, step: u64, version: u32) {
        let n = u128::from(n);
        let unit = UnitId::new(n % UNITS + 1);
        let (handler, subject) = (StaffId::new(n % 997 + 1), ResidentId::new(n % 4_001 + 1));
        let message = MessageId::new(n << 8 | u128::from(step));
        let resident = Actor::Resident { who: subject, on_behalf_of: None };
        let staff = |role| Actor::Staff { who: handler, role, unit: Some(unit) };
        let due_at = start() + SignedDuration::from_hours(72);
        let turn = Deadline { due_at, policy: Policy::Eod, calendar_version: CALENDAR_VERSION };
        let (actor, event): (Actor, case::Event) = match step {
            0 => (
                resident,
                case::CaseSubmitted {
                    region: REGION,
                    provider: PROVIDER,
                    unit,
                    case_type: CASE_TYPE,
                    subject,
                    submitted_by: subject,
                    form_version: 1,
                    terms_version: 1,
                    deadline: Some(turn),
                    follows_up: None,
                    message,
                }
                .into(),
            ),
            1 => (staff(Role::Receiver), case::CaseDistributed { to: handler }.into()),
            2 => (staff(Role::Handler), case::CounterQuestionAsked { message }.into()),
            3 => (resident, case::ResidentReplied { message, turn }.into()),
            4 => (staff(Role::Handler), case::CaseAnswered { message }.into()),
            _ => (staff(Role::Handler), case::CaseClosed { reason: None }.into()),
        };
        self.push(StreamId::Case(CaseId::new(n + 1)), version, actor, event.into());
    }
}

#[cfg(test)]
mod tests {
    use super::{number, payload};

    #[test]
    fn a_payload_says_its_number_while_it_is_whole() {
        for n in [0, 1, 7 << 64 | 3, u128::MAX] {
            let whole = payload(n, 300);
            assert_eq!((whole.len(), number(&whole)), (300, Some(n)));
            for at in [0, 15, 16, 299] {
                let mut touched = whole.clone();
                touched[at] ^= 1;
                assert_eq!(number(&touched), None, "byte {at} of {n}");
            }
        }
        assert_eq!(number(&[0; 15]), None);
    }
}
