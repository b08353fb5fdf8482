//! Who may do what, where, from when until when.

use jiff::Timestamp;

use super::given::*;
use crate::{
    Actor, DivisionId, RegionId, Role, UnitId,
    organisation::{
        Assignment, AssignmentGranted, AssignmentRevoked, Event, Place, Post, Rejection,
        RoleGranted, Staff, StaffCommand as Command, StaffRegistered,
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
