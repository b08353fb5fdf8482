//! A state that was saved and taken back is the state that was saved, and bytes that are not a
//! state are refused.

use std::collections::BTreeSet;

use domain::{
    CaseId, CaseTypeId, Event, Position, Recorded, RegionId,
    form::Form,
    organisation::{FormPublished, RegionRegistered},
};
use proptest::prelude::*;

use super::{
    casework::{casework, start},
    folded, inboxes,
};
use crate::{
    Activity, Assignments, Filter, Offerings, Order, PageRequest, ReadModels, Replay, StateError,
    state,
};

fn saved(models: &ReadModels) -> Vec<u8> {
    let mut bytes = vec![];
    models.freeze().write(&mut |part| bytes.extend_from_slice(part));
    bytes
}

fn replayed(mut replay: Replay, events: &[Recorded<Event>]) -> ReadModels {
    for event in events {
        replay.apply(event);
    }
    replay.finish()
}

/// What people see: every case, and the top of every inbox in every order.
fn shown(models: &ReadModels) -> String {
    let cases: Vec<_> = models.cases().iter().collect();
    let pages: Vec<_> = inboxes()
        .iter()
        .flat_map(|inbox| {
            [Order::DueAt, Order::ReceivedAt, Order::LastEventAt].map(|it| (inbox, it))
        })
        .map(|(inbox, order)| {
            let first = PageRequest::first(5);
            models.page(inbox, &Filter::default(), order, start(), &first)
        })
        .collect();
    let around = (models.directory(), models.assignments(), models.offerings(), &models.activity);
    format!("{} {cases:?} {pages:?} {around:?}", models.position())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Folded live; replayed at once; and replayed from what was saved at any place between.
    #[test]
    fn live_replayed_and_restarted_are_the_same(seed: u64, cases in 1_u32..40, cut in 0_usize..400) {
        let events = casework(seed, cases);
        let (before, after) = events.split_at(cut.min(events.len()));
        let live = folded(&events);
        let at_once = replayed(Replay::default(), &events);
        let restored = Replay::restore(&saved(&folded(before))).unwrap();
        prop_assert_eq!(restored.position(), before.last().map_or(Position::START, |it| it.position));
        let restarted = replayed(restored.clone(), after);
        let mut followed = restored.finish();
        for event in after {
            followed.apply(event);
        }
        for other in [at_once, restarted, followed] {
            prop_assert_eq!(other.digests(), live.digests());
            prop_assert_eq!(saved(&other), saved(&live));
            prop_assert_eq!(shown(&other), shown(&live));
        }
    }

    /// Whatever becomes of the bytes, an error or another state; never a panic.
    #[test]
    fn changed_bytes_are_a_state_or_an_error(seed: u64, at: usize, bit in 0_u8..8) {
        let mut bytes = saved(&folded(&casework(seed, 6)));
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(replay) = Replay::restore(&bytes) {
            shown(&replay.finish());
        }
    }
}

#[test]
fn what_was_frozen_stands_still() {
    let events = casework(3, 12);
    let (before, after) = events.split_at(events.len() / 2);
    let mut models = folded(before);
    let (frozen, then) = (models.freeze(), saved(&models));
    for event in after {
        models.apply(event);
    }
    let mut bytes = vec![];
    frozen.write(&mut |part| bytes.extend_from_slice(part));
    assert!(bytes == then && bytes != saved(&models));
}

#[test]
fn a_state_that_is_cut_short_or_too_long_is_refused() {
    let bytes = saved(&folded(&casework(1, 3)));
    for end in 0..bytes.len() {
        assert!(Replay::restore(&bytes[..end]).is_err(), "{end} of {} bytes", bytes.len());
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    let wrong = StateError { at: bytes.len(), what: "more than a state" };
    assert_eq!(Replay::restore(&longer).err(), Some(wrong));
    for version in [4, 5, 9] {
        let other = [&[version], &bytes[1..]].concat();
        let wrong = StateError { at: 0, what: "another layout" };
        assert_eq!(Replay::restore(&other).err(), Some(wrong));
    }
}

/// Each digest sees what its model holds, and nothing of the others.
#[test]
fn a_difference_shows_in_the_digest_of_its_model() {
    let models = folded(&casework(1, 12));
    let same = models.digests();
    let differs = |change: &dyn Fn(&mut ReadModels)| {
        let mut other = models.clone();
        change(&mut other);
        let digests = other.digests();
        let named = digests.iter().zip(&same).filter(|(a, b)| a != b);
        named.map(|(digest, _)| digest.model).collect::<Vec<_>>()
    };
    assert_eq!(differs(&|_| ()), [""; 0]);
    assert_eq!(differs(&|it| it.cases.book.rows.at_mut(0).case_type += 1), ["cases"]);
    assert_eq!(differs(&|it| _ = it.cases.index.units[0].closed.due.pop_last()), ["inboxes"]);
    assert_eq!(differs(&|it| _ = it.cases.index.residents[0].pop()), ["inboxes"]);
    assert_eq!(differs(&|it| _ = it.cases.book.flows.pop_first()), ["statistics"]);
    let renamed: domain::organisation::Event = RegionRegistered { name: "Other".into() }.into();
    let region = domain::StreamId::Region(RegionId::new(1));
    assert_eq!(differs(&|it| it.directory.apply(region, start(), &renamed)), ["directory"]);
    let form = Form { version: 7, fields: vec![] };
    let published: domain::organisation::Event = FormPublished { form }.into();
    let case_type = domain::StreamId::CaseType(CaseTypeId::new(1));
    assert_eq!(differs(&|it| it.directory.apply(case_type, start(), &published)), ["directory"]);
    assert_eq!(differs(&|it| it.offerings = Offerings::default()), ["offerings"]);
    assert_eq!(differs(&|it| it.assignments = Assignments::default()), ["assignments"]);
    assert_eq!(differs(&|it| it.activity = Activity::default()), ["activity"]);
}

/// What holds for casework by chance holds for each event that a read model takes in.
#[test]
fn casework_by_chance_has_every_event_around_cases() {
    let names: BTreeSet<_> = (1..5)
        .flat_map(|seed| casework(seed, 40))
        .filter(|it| matches!(it.event, Event::Organisation(_)))
        .map(|it| it.event.name())
        .collect();
    let every = [
        "AdministratorBoundsSet",
        "AnswerOptionsSet",
        "AnswerTemplatesSet",
        "AssignmentGranted",
        "AssignmentRevoked",
        "BaseOfferingDecided",
        "CaseTypeDefined",
        "CaseTypeLimited",
        "CaseTypeOffered",
        "CaseTypeUnoffered",
        "ContactPreferencesChanged",
        "DivisionRegistered",
        "FormPublished",
        "GuardianLimitSet",
        "IdentityRecorded",
        "IdentityReplaced",
        "NotApplicableApproved",
        "NotApplicableWithdrawn",
        "ProtectedIdentitySet",
        "ProxyGranted",
        "ProxyRevoked",
        "RegionRegistered",
        "ResidentRegistered",
        "RoleGranted",
        "RoleRevoked",
        "StaffIdentityRecorded",
        "StaffIdentityReplaced",
        "StaffRegistered",
        "TermsPublished",
        "UnitActivated",
        "UnitDeactivated",
        "UnitEditorsSet",
        "UnitOptionsSet",
        "UnitRegistered",
        "UnitSettingsChanged",
    ];
    assert_eq!(names, BTreeSet::from(every));
}

/// The layout of a small state, byte by byte. A change here takes another `STATE_VERSION`.
#[test]
fn the_layout_is_the_one_of_its_version() {
    let hex =
        |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let mut models = ReadModels::default();
    let empty = format!("0800{}{}", "00".repeat(8), "00".repeat(24 * 4));
    assert_eq!(hex(&saved(&models)), empty);
    for recorded in benches::history(1).iter().filter(|it| it.event.name().starts_with("Case")) {
        models.apply(recorded);
    }
    for line in include_str!("state-8.ndjson").lines() {
        models.apply(&serde_json::from_str(line).unwrap());
    }
    assert_eq!(state::STATE_VERSION, 8);
    let case = models.cases().get(CaseId::new(1)).unwrap();
    assert_eq!((case.version, case.case_type), (6, CaseTypeId::new(1)));
    assert_eq!(hex(&saved(&models)), include_str!("state-8.hex").replace('\n', ""));
}
