//! Who can do what, where, since when, and granted by whom: now, and at any time before.
//!
//! Nothing is forgotten: an assignment that was taken away, or whose dates were changed, stays
//! with its end, so that a past day is asked of the same fold. Why it was given is sealed in the
//! event that gave it, which each assignment names.

use std::{collections::BTreeMap, fmt};

use domain::{
    Actor, Recorded, Role, StaffId,
    organisation::{Event, Post},
};
use jiff::Timestamp;

use crate::state::fields;

/// Every assignment there is or ever was.
#[derive(Debug, Default, Clone)]
pub struct Assignments {
    /// Each person's, in the order they were given.
    of: BTreeMap<StaffId, Vec<Held>>,
}

/// One assignment of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Whose.
    pub staff: StaffId,
    /// As what.
    pub role: Role,
    /// Where.
    pub post: Post,
    /// From when.
    pub from: Timestamp,
    /// Until when, exclusive, as it was given.
    pub until: Option<Timestamp>,
    /// When they were trained for it.
    pub trained_at: Option<Timestamp>,
    /// Who gave it, when, and in which event.
    pub granted: Step,
    /// Who took it away or changed it, if anyone did.
    pub ended: Option<Step>,
}

/// One step in the life of an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Who.
    pub by: Actor,
    /// When it took effect.
    pub at: Timestamp,
    /// Which event of the person's story it was: where its reason is sealed.
    pub version: u32,
}

fields!(Assignments { of });
fields!(Held { staff, role, post, from, until, trained_at, granted, ended });
fields!(Step { by, at, version });

impl Held {
    /// Whether it could be used at `at`.
    pub fn is_in_force(&self, at: Timestamp) -> bool {
        self.from <= at
            && self.until.is_none_or(|until| at < until)
            && self.ended.is_none_or(|ended| at < ended.at)
    }
}

impl Assignments {
    /// All that could be used at `at`, in order of person, each person's in the order they were
    /// given.
    pub fn in_force(&self, at: Timestamp) -> impl Iterator<Item = &Held> {
        self.of.values().flatten().filter(move |it| it.is_in_force(at))
    }

    /// All that one person has or ever had, in the order they were given.
    pub fn of(&self, staff: StaffId) -> &[Held] {
        self.of.get(&staff).map_or(&[], Vec::as_slice)
    }

    /// Whether `staff` could act as `role` at `post` at `at`.
    pub fn holds(&self, staff: StaffId, role: Role, post: Post, at: Timestamp) -> bool {
        let held = |it: &Held| (it.role, it.post) == (role, post) && it.is_in_force(at);
        self.of(staff).iter().any(held)
    }

    pub(crate) fn apply<E>(&mut self, staff: StaffId, recorded: &Recorded<E>, event: &Event) {
        let Recorded { actor: by, occurred_at: at, version, .. } = *recorded;
        let granted = Step { by, at, version };
        let new = |role, post, from| {
            let (until, trained_at, ended) = (None, None, None);
            Held { staff, role, post, from, until, trained_at, granted, ended }
        };
        match event {
            Event::RoleGranted(it) => {
                let (role, post) = (it.role, it.place.into());
                let held = |it: &Held| (it.role, it.post, it.ended) == (role, post, None);
                if !self.of(staff).iter().any(held) {
                    self.grant(new(role, post, at));
                }
            }
            Event::AssignmentGranted(it) => {
                let (role, post, from) = (it.role, it.post, it.from);
                // A change of dates holds from when it was made, or from the new first day where
                // that is earlier.
                self.end(staff, role, post, Step { at: at.min(from), ..granted });
                let (until, trained_at) = (it.until, it.trained_at);
                self.grant(Held { until, trained_at, ..new(role, post, from) });
            }
            Event::RoleRevoked(it) => self.end(staff, it.role, it.place.into(), granted),
            Event::AssignmentRevoked(it) => self.end(staff, it.role, it.post, granted),
            _ => (),
        }
    }

    /// Ends all that `staff` has with `poison`, an event of theirs that cannot be taken in.
    pub(crate) fn withhold<E>(&mut self, staff: StaffId, poison: &Recorded<E>) {
        let Recorded { actor: by, occurred_at: at, version, .. } = *poison;
        let mine = self.of.get_mut(&staff).into_iter().flatten();
        for held in mine.filter(|it| it.ended.is_none()) {
            held.ended = Some(Step { by, at, version });
        }
    }

    fn grant(&mut self, held: Held) {
        self.of.entry(held.staff).or_default().push(held);
    }

    fn end(&mut self, staff: StaffId, role: Role, post: Post, ended: Step) {
        let mine = self.of.get_mut(&staff).into_iter().flatten();
        for held in mine.filter(|it| (it.role, it.post, it.ended) == (role, post, None)) {
            held.ended = Some(ended);
        }
    }
}

/// Some assignments, as a table for people.
pub struct AssignmentTable<'a>(
    /// Which, in the order they are shown.
    pub Vec<&'a Held>,
);

impl fmt::Display for AssignmentTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = domain::deadline::local_date;
        for it in &self.0 {
            let post = match it.post {
                Post::Unit(unit) => unit.to_string(),
                Post::Division(division) => division.to_string(),
                Post::Region(region) => region.to_string(),
            };
            let role = format!("{:?}", it.role);
            write!(f, "{:<9}  {role:<11}  {post:<10}  since {}", it.staff, day(it.from))?;
            if let Some(until) = it.until {
                write!(f, " until {}", day(until))?;
            }
            let by = match it.granted.by {
                Actor::Staff { who, .. } => who.to_string(),
                Actor::Resident { who, .. } => who.to_string(),
                Actor::System => "the service".to_owned(),
            };
            write!(f, ", granted by {by} in event {}", it.granted.version)?;
            if let Some(trained) = it.trained_at {
                write!(f, ", trained {}", day(trained))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
