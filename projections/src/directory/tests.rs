//! Where someone may act beyond single units.

use domain::{
    DivisionId, RegionId, Role, StaffId, StreamId, UnitId,
    organisation::{AssignmentGranted, AssignmentRevoked, Event, Post, StaffRegistered},
};
use jiff::{SignedDuration, Timestamp};

use super::Directory;

const VERA: StaffId = StaffId::new(1);
const DIVISION: Post = Post::Division(DivisionId::new(1));
const OTHER: Post = Post::Division(DivisionId::new(2));
const REGION: Post = Post::Region(RegionId::new(1));
const UNIT: Post = Post::Unit(UnitId::new(1));

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn granted(role: Role, post: Post, from: i64, until: Option<i64>) -> Event {
    let (from, until) = (at(from), until.map(at));
    AssignmentGranted { role, post, from, until, trained_at: None }.into()
}

fn directory(events: impl IntoIterator<Item = Event>) -> Directory {
    let mut directory = Directory::default();
    let registered = StaffRegistered { region: RegionId::new(1) };
    for event in [registered.into()].into_iter().chain(events) {
        directory.apply(StreamId::Staff(VERA), at(0), &event);
    }
    directory
}

fn wide(directory: &Directory, role: Role, hours: i64) -> Vec<Post> {
    directory.wide_posts(VERA, role, at(hours)).collect()
}

#[test]
fn a_role_holds_in_a_division_from_its_first_moment_until_its_last() {
    let directory = directory([granted(Role::Auditor, DIVISION, 10, Some(20))]);
    for (hours, expected) in [(9, &[][..]), (10, &[DIVISION]), (19, &[DIVISION]), (20, &[])] {
        assert_eq!(wide(&directory, Role::Auditor, hours), expected, "{hours}");
    }
    assert_eq!(wide(&directory, Role::Analyst, 15), []);
    assert!(directory.holds_at(VERA, Role::Auditor, DIVISION, at(15)));
    assert!(!directory.holds_at(VERA, Role::Auditor, UNIT, at(15)));
}

#[test]
fn every_wide_post_of_a_role_counts_until_it_is_taken_and_a_unit_is_none() {
    let given = [OTHER, UNIT, REGION, DIVISION].map(|post| granted(Role::Analyst, post, 0, None));
    let revoked = AssignmentRevoked { role: Role::Analyst, post: OTHER }.into();
    assert_eq!(wide(&directory(given.clone()), Role::Analyst, 1), [OTHER, REGION, DIVISION]);
    let after = directory(given.into_iter().chain([revoked]));
    assert_eq!(wide(&after, Role::Analyst, 1), [REGION, DIVISION]);
}

#[test]
fn a_post_that_a_role_does_not_fit_opens_nothing() {
    let roles = [Role::RegionAdmin, Role::UnitAdmin, Role::Receiver, Role::Handler];
    for role in roles {
        let directory = directory([granted(role, DIVISION, 0, None)]);
        assert_eq!(wide(&directory, role, 1), [], "{role:?}");
    }
}
