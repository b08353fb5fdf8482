//! Who may do what, where, from when until when.

use jiff::Timestamp;

use super::given::*;
use crate::{
    Actor, DivisionId, RegionId, Role, UnitId,
    identity::NumberHash,
    organisation::{
        Asking, Assignment, AssignmentGranted, AssignmentRevoked, Beside, Event, Place, Post,
        Rejection, RoleGranted, Staff, StaffCommand as Command, StaffIdentityRecorded,
        StaffIdentityReplaced, StaffRegistered,
    },
};

const ROLES: [Role; 6] = [
    Role::Receiver,
    Role::Handler,
    Role::UnitAdmin,
    Role::RegionAdmin,
    Role::Auditor,
    Role::Analyst,
];

fn registered() -> Vec<Event> {
    vec![StaffRegistered { region: REGION }.into()]
}

fn with(event: Event) -> Vec<Event> {
    registered().into_iter().chain([event]).collect()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn assignment(role: Role, post: Post) -> Assignment {
    Assignment { role, post, from: Some(monday()), until: None, trained_at: None }
}

fn granted(it: Assignment) -> Event {
    let Assignment { role, post, from, until, trained_at } = it;
    let from = from.unwrap_or_else(monday);
    AssignmentGranted { role, post, from, until, trained_at }.into()
}

#[test]
fn an_administrator_registers_whoever_works_in_the_region() {
    let register = |region| Command::Register { region };
    for by in [gun(), adam(), Actor::System] {
        given::<Staff>(&[]).when(by, register(REGION)).then(registered());
    }
    for by in [gun(), adam()] {
        given::<Staff>(&[]).when(by, register(OTHER_REGION)).then_rejected(Rejection::NotAllowed);
    }
    given::<Staff>(&registered())
        .when(Actor::System, register(OTHER_REGION))
        .then_rejected(Rejection::StaffExists);
    let handler = assignment(Role::Handler, Post::Unit(UNIT));
    given::<Staff>(&[]).when(gun(), Command::Grant(handler)).then_rejected(Rejection::NoSuchStaff);
}

/// What `command`, with an HSA-id and the known name beside it, leads to for Anna after `history`.
fn beside(
    hsa_id_hash: Option<NumberHash>,
    by: Actor,
    history: &[Event],
    command: &Command,
) -> Result<Vec<Event>, Rejection> {
    let anna = history.iter().fold(Staff::default(), Staff::evolve);
    let asking = Asking { by, at: monday(), around: &World::default() };
    anna.decide(ANNA, &asking, Beside { hsa_id_hash, has_same_name: true }, command)
}

/// What giving Anna another name leads to after `history`.
fn named(by: Actor, history: &[Event], beside: Beside) -> Result<Vec<Event>, Rejection> {
    let anna = history.iter().fold(Staff::default(), Staff::evolve);
    let asking = Asking { by, at: monday(), around: &World::default() };
    anna.decide(ANNA, &asking, beside, &Command::ChangeName)
}

#[test]
fn whoever_is_registered_with_an_hsa_id_is_found_by_it_and_by_nobody_else_s() {
    let register = Command::Register { region: REGION };
    let recorded = Event::from(StaffIdentityRecorded { hsa_id_hash: OTHER_NUMBER });
    let all = with(recorded);
    for by in [gun(), adam(), Actor::System] {
        assert_eq!(beside(Some(OTHER_NUMBER), by, &[], &register), Ok(all.clone()));
        assert_eq!(beside(Some(OTHER_NUMBER), by, &all, &register), Ok(vec![]), "asked twice");
        let taken = beside(Some(ADAMS_HSA_ID), by, &[], &register);
        assert_eq!(taken, Err(Rejection::HsaIdTaken));
    }
}

#[test]
fn the_region_gives_another_hsa_id_to_whoever_does_not_ask_for_their_own() {
    let replace = Command::ReplaceIdentity;
    let replaced = Event::from(StaffIdentityReplaced { hsa_id_hash: ANOTHER });
    let recorded = with(StaffIdentityRecorded { hsa_id_hash: OTHER_NUMBER }.into());
    // Also to one from before HSA-ids were recorded.
    for history in [registered(), recorded.clone()] {
        let events = beside(Some(ANOTHER), gun(), &history, &replace);
        assert_eq!(events, Ok(vec![replaced.clone()]));
        let after: Vec<Event> = history.into_iter().chain([replaced.clone()]).collect();
        assert_eq!(beside(Some(ANOTHER), gun(), &after, &replace), Ok(vec![]), "asked twice");
    }
    let anna = Actor::Staff { who: ANNA, role: Role::RegionAdmin, unit: None };
    for (hsa_id_hash, by, expected) in [
        (Some(ANOTHER), adam(), Rejection::NotAllowed),
        (Some(ANOTHER), anna, Rejection::OwnIdentity),
        (Some(ADAMS_HSA_ID), gun(), Rejection::HsaIdTaken),
        (None, gun(), Rejection::HsaIdMissing),
    ] {
        assert_eq!(beside(hsa_id_hash, by, &recorded, &replace), Err(expected));
    }
    for by in others() {
        assert_eq!(beside(Some(ANOTHER), by, &recorded, &replace), Err(Rejection::NotAllowed));
    }
    let nobody = beside(Some(ANOTHER), gun(), &[], &replace);
    assert_eq!(nobody, Err(Rejection::NoSuchStaff));
}

#[test]
fn the_region_gives_another_name_and_the_hsa_id_stays() {
    let recorded = with(StaffIdentityRecorded { hsa_id_hash: OTHER_NUMBER }.into());
    let renamed = Event::from(StaffIdentityReplaced { hsa_id_hash: OTHER_NUMBER });
    let (other, same) = (Beside::default(), Beside { has_same_name: true, ..Beside::default() });
    assert_eq!(named(gun(), &recorded, other), Ok(vec![renamed.clone()]));
    assert_eq!(named(gun(), &recorded, same), Ok(vec![]));
    // A name is not lost where the HSA-id beside it is the known one.
    let anna = recorded.iter().fold(Staff::default(), Staff::evolve);
    let asking = Asking { by: gun(), at: monday(), around: &World::default() };
    let beside = Beside { hsa_id_hash: Some(OTHER_NUMBER), has_same_name: false };
    let replaced = anna.decide(ANNA, &asking, beside, &Command::ReplaceIdentity);
    assert_eq!(replaced, Ok(vec![renamed]));

    assert_eq!(named(gun(), &registered(), other), Err(Rejection::HsaIdUnknown));
    assert_eq!(named(gun(), &[], other), Err(Rejection::NoSuchStaff));
    let anna = Actor::Staff { who: ANNA, role: Role::RegionAdmin, unit: None };
    assert_eq!(named(anna, &recorded, other), Err(Rejection::OwnName));
    for by in others().into_iter().chain([adam()]) {
        assert_eq!(named(by, &recorded, other), Err(Rejection::NotAllowed));
    }
}

#[test]
fn a_role_is_held_where_it_belongs() {
    let posts = [Post::Unit(UNIT), Post::Division(DIVISION), Post::Region(REGION)];
    let mut held = vec![];
    for role in ROLES {
        for post in posts {
            let it = assignment(role, post);
            let when = given::<Staff>(&registered()).when(gun(), Command::Grant(it));
            if when.is_rejected() {
                when.then_rejected(Rejection::WrongPlace);
            } else {
                when.then([granted(it)]);
                let place = format!("{post:?}").split('(').next().unwrap().to_owned();
                held.push(format!("{role:?} {place}"));
            }
        }
    }
    assert_eq!(
        held.join(", "),
        "Receiver Unit, Handler Unit, UnitAdmin Unit, RegionAdmin Region, Auditor Unit, Auditor \
         Division, Auditor Region, Analyst Unit, Analyst Division, Analyst Region"
    );
}

#[test]
fn a_unit_s_administrator_gives_what_is_done_at_the_unit_and_no_more() {
    for role in [Role::Receiver, Role::Handler, Role::UnitAdmin] {
        let it = assignment(role, Post::Unit(UNIT));
        given::<Staff>(&registered()).when(adam(), Command::Grant(it)).then([granted(it)]);
        let elsewhere = assignment(role, Post::Unit(OTHER_UNIT));
        given::<Staff>(&registered())
            .when(adam(), Command::Grant(elsewhere))
            .then_rejected(Rejection::NotAllowed);
        for by in others() {
            given::<Staff>(&registered())
                .when(by, Command::Grant(it))
                .then_rejected(Rejection::NotAllowed);
        }
    }
    for (role, post) in [
        (Role::Auditor, Post::Unit(UNIT)),
        (Role::Analyst, Post::Unit(UNIT)),
        (Role::RegionAdmin, Post::Region(REGION)),
    ] {
        given::<Staff>(&registered())
            .when(adam(), Command::Grant(assignment(role, post)))
            .then_rejected(Rejection::NotAllowed);
    }
}

#[test]
fn nobody_gives_or_takes_their_own() {
    let anna = Actor::Staff { who: ANNA, role: Role::RegionAdmin, unit: None };
    let handler = assignment(Role::Handler, Post::Unit(UNIT));
    let revoke = Command::Revoke { role: Role::RegionAdmin, post: Post::Region(REGION) };
    for command in [Command::Grant(handler), revoke] {
        given::<Staff>(&registered()).when(anna, command).then_rejected(Rejection::OwnAssignment);
    }
}

#[test]
fn an_assignment_is_in_the_region_that_the_person_works_in() {
    for post in [
        Post::Unit(FOREIGN_UNIT),
        Post::Unit(UnitId::new(99)),
        Post::Division(DivisionId::new(99)),
        Post::Region(OTHER_REGION),
        Post::Region(RegionId::new(99)),
    ] {
        let it = assignment(Role::Auditor, post);
        given::<Staff>(&registered())
            .when(Actor::System, Command::Grant(it))
            .then_rejected(Rejection::PostElsewhere);
    }
}

#[test]
fn the_dates_of_an_assignment_can_be_changed_and_do_not_cross() {
    let substitute = Assignment {
        until: Some(time("2026-06-01T00:00:00+02:00")),
        trained_at: Some(time("2026-02-01T00:00:00+01:00")),
        ..assignment(Role::Handler, Post::Unit(UNIT))
    };
    given::<Staff>(&registered())
        .when(adam(), Command::Grant(substitute))
        .then([granted(substitute)]);
    let longer = Assignment { until: None, ..substitute };
    given::<Staff>(&with(granted(substitute)))
        .when(adam(), Command::Grant(longer))
        .then([granted(longer)]);
    let crossed = Assignment { until: substitute.from, ..substitute };
    given::<Staff>(&registered())
        .when(adam(), Command::Grant(crossed))
        .then_rejected(Rejection::DaysCrossed);
}

#[test]
fn where_no_first_day_is_said_it_is_the_moment_and_asked_again_nothing_changes() {
    let unsaid = Assignment { from: None, ..assignment(Role::Handler, Post::Unit(UNIT)) };
    given::<Staff>(&registered()).when(adam(), Command::Grant(unsaid)).then([granted(unsaid)]);
    let earlier = Assignment { from: Some(time("2026-01-01T00:00:00+01:00")), ..unsaid };
    given::<Staff>(&with(granted(earlier))).when(adam(), Command::Grant(unsaid)).then([]);
    let later = Assignment { from: Some(time("2027-01-01T00:00:00+01:00")), ..unsaid };
    given::<Staff>(&with(granted(later)))
        .when(adam(), Command::Grant(unsaid))
        .then([granted(unsaid)]);
}

#[test]
fn what_was_given_is_taken_also_from_before_there_were_assignments() {
    let (role, post) = (Role::Handler, Post::Unit(UNIT));
    let revoked = || Event::from(AssignmentRevoked { role, post });
    let old = RoleGranted { role, place: Place::Unit(UNIT) };
    for before in [granted(assignment(role, post)), old.into()] {
        given::<Staff>(&with(before))
            .when(adam(), Command::Revoke { role, post })
            .then([revoked()]);
    }
    given::<Staff>(&registered()).when(adam(), Command::Revoke { role, post }).then([]);
}

#[test]
fn whoever_gives_or_takes_says_why() {
    let it = assignment(Role::Handler, Post::Unit(UNIT));
    assert!(Command::Grant(it).needs_reason());
    assert!(Command::Revoke { role: it.role, post: it.post }.needs_reason());
    assert!(!Command::Register { region: REGION }.needs_reason());
}
