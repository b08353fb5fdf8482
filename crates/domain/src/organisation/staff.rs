//! A member of staff, and their assignments (uppdrag): as what, where, from when until when.
//!
//! | command | may | unless |
//! |---|---|---|
//! | register | an administrator in the region | the HSA-id is another's |
//! | replace the HSA-id | region | the HSA-id is another's, or it is one's own |
//! | grant, revoke at a unit: receiver, handler, administrator | the unit's administrators; region | it is to oneself |
//! | grant, revoke anything else | region | it is to oneself |
//!
//! That nobody gives themselves an assignment is our own rule: administrators see no case, and
//! must not get to by themselves; nor do they by taking the HSA-id that another's assignments are
//! reached by. Names and HSA-ids are sealed, so the rules are handed the keyed hash. Why an assignment is given or taken travels beside the command.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::{
    Asking, AssignmentGranted, AssignmentRevoked, Event, Post, Rejection, StaffIdentityRecorded,
    StaffIdentityReplaced, StaffRegistered,
};
use crate::{Actor, RegionId, Role, StaffId, identity::NumberHash};

/// What someone asks of a member of staff. Serialised only to be fingerprinted: new variants and
/// fields go at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum StaffCommand {
    /// Make them known. Name and HSA-id travel beside the command.
    Register {
        /// The region they work in.
        region: RegionId,
    },
    /// Give them an assignment, or change the dates of one.
    Grant(Assignment),
    /// Take an assignment from them.
    Revoke {
        /// As what.
        role: Role,
        /// Where.
        post: Post,
    },
    /// Give them another HSA-id. Name and HSA-id travel beside the command.
    ReplaceIdentity,
    /// Give them another name; the HSA-id stays. The name travels beside the command.
    ChangeName,
}

/// What the rules need of what travels sealed beside a command.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Beside {
    /// What the HSA-id is found by; none where there is none.
    pub hsa_id_hash: Option<NumberHash>,
    /// Whether the name is none, or the one that was kept last.
    pub has_same_name: bool,
}

/// An assignment; see [`AssignmentGranted`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Assignment {
    /// As what.
    pub role: Role,
    /// Where.
    pub post: Post,
    /// From when; from when it is given, where nothing is said.
    pub from: Option<Timestamp>,
    /// Until when, exclusive.
    pub until: Option<Timestamp>,
    /// When they were trained for it.
    pub trained_at: Option<Timestamp>,
}

/// A member of staff, as far as they have come.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Staff {
    registered: Option<StaffRegistered>,
    hsa_id_hash: Option<NumberHash>,
    /// None: a role from before there were assignments, without dates.
    held: BTreeMap<(Post, Role), Option<AssignmentGranted>>,
}

impl StaffCommand {
    /// Whether whoever asks must say why.
    pub const fn needs_reason(&self) -> bool {
        matches!(self, Self::Grant(_) | Self::Revoke { .. })
    }
}

impl Staff {
    /// The events that `command` leads to for `id`, or why it may not be. Asking for what is
    /// already so changes nothing.
    pub fn decide(
        &self,
        id: StaffId,
        asking: &Asking<'_>,
        beside: Beside,
        command: &StaffCommand,
    ) -> Result<Vec<Event>, Rejection> {
        let Beside { hsa_id_hash, has_same_name } = beside;
        let Some(StaffRegistered { region }) = self.registered else {
            let StaffCommand::Register { region } = command else {
                return Err(Rejection::NoSuchStaff);
            };
            may_register(asking, *region)?;
            check_free(id, asking, hsa_id_hash)?;
            let recorded = hsa_id_hash.map(|hsa_id_hash| StaffIdentityRecorded { hsa_id_hash });
            let registered = StaffRegistered { region: *region }.into();
            return Ok([registered].into_iter().chain(recorded.map(Event::from)).collect());
        };
        match command {
            StaffCommand::Register { region: other } => {
                may_register(asking, region)?;
                if region == *other { Ok(vec![]) } else { Err(Rejection::StaffExists) }
            }
            StaffCommand::Grant(it) => {
                permit(id, asking, it.role, it.post, region)?;
                if !it.post.fits(it.role) {
                    return Err(Rejection::WrongPlace);
                }
                let granted = self.granted(it, asking.at);
                if granted.until.is_some_and(|until| until <= granted.from) {
                    return Err(Rejection::DaysCrossed);
                }
                if self.held.get(&(it.post, it.role)) == Some(&Some(granted.clone())) {
                    return Ok(vec![]);
                }
                Ok(vec![granted.into()])
            }
            StaffCommand::Revoke { role, post } => {
                permit(id, asking, *role, *post, region)?;
                if !self.held.contains_key(&(*post, *role)) {
                    return Ok(vec![]);
                }
                Ok(vec![AssignmentRevoked { role: *role, post: *post }.into()])
            }
            StaffCommand::ReplaceIdentity => {
                if matches!(asking.by, Actor::Staff { who, .. } if who == id) {
                    return Err(Rejection::OwnIdentity);
                }
                asking.may_keep_region(region)?;
                let hsa_id_hash = hsa_id_hash.ok_or(Rejection::HsaIdMissing)?;
                check_free(id, asking, Some(hsa_id_hash))?;
                if self.hsa_id_hash == Some(hsa_id_hash) && has_same_name {
                    return Ok(vec![]);
                }
                Ok(vec![StaffIdentityReplaced { hsa_id_hash }.into()])
            }
            StaffCommand::ChangeName => {
                if matches!(asking.by, Actor::Staff { who, .. } if who == id) {
                    return Err(Rejection::OwnName);
                }
                asking.may_keep_region(region)?;
                let hsa_id_hash = self.hsa_id_hash.ok_or(Rejection::HsaIdUnknown)?;
                if has_same_name {
                    return Ok(vec![]);
                }
                Ok(vec![StaffIdentityReplaced { hsa_id_hash }.into()])
            }
        }
    }

    /// What `it` comes to, given at `at`. One that began already, and of which no first day is
    /// asked, keeps its own: asked for again, nothing changes.
    fn granted(&self, it: &Assignment, at: Timestamp) -> AssignmentGranted {
        let Assignment { role, post, from, until, trained_at } = *it;
        let held = self.held.get(&(post, role)).and_then(Option::as_ref);
        let begun = held.map(|it| it.from).filter(|from| *from <= at);
        AssignmentGranted { role, post, from: from.or(begun).unwrap_or(at), until, trained_at }
    }

    /// What `event` leaves behind. Total.
    #[must_use]
    pub fn evolve(mut self, event: &Event) -> Self {
        match event {
            Event::StaffRegistered(it) => self.registered = Some(it.clone()),
            Event::StaffIdentityRecorded(it) => self.hsa_id_hash = Some(it.hsa_id_hash),
            Event::StaffIdentityReplaced(it) => self.hsa_id_hash = Some(it.hsa_id_hash),
            Event::RoleGranted(it) => {
                self.held.insert((it.place.into(), it.role), None);
            }
            Event::RoleRevoked(it) => drop(self.held.remove(&(it.place.into(), it.role))),
            Event::AssignmentGranted(it) => {
                self.held.insert((it.post, it.role), Some(it.clone()));
            }
            Event::AssignmentRevoked(it) => drop(self.held.remove(&(it.post, it.role))),
            _ => (),
        }
        self
    }
}

/// Any administrator registers whoever is to work in their own region.
fn may_register(asking: &Asking<'_>, region: RegionId) -> Result<(), Rejection> {
    if !asking.around.has_region(region) {
        return Err(Rejection::NoSuchRegion);
    }
    match asking.by {
        Actor::Staff { role: Role::UnitAdmin, unit: Some(unit), .. }
            if asking.around.unit(unit).is_some_and(|it| it.region == region) =>
        {
            Ok(())
        }
        _ => asking.may_keep_region(region),
    }
}

/// An HSA-id is one person's alone.
fn check_free(
    id: StaffId,
    asking: &Asking<'_>,
    hsa_id_hash: Option<NumberHash>,
) -> Result<(), Rejection> {
    match hsa_id_hash.and_then(|hash| asking.around.staff_of_hsa_id(hash)) {
        Some(other) if other != id => Err(Rejection::HsaIdTaken),
        _ => Ok(()),
    }
}

fn permit(
    id: StaffId,
    asking: &Asking<'_>,
    role: Role,
    post: Post,
    region: RegionId,
) -> Result<(), Rejection> {
    if matches!(asking.by, Actor::Staff { who, .. } if who == id) {
        return Err(Rejection::OwnAssignment);
    }
    let of_post = match post {
        Post::Unit(unit) => asking.around.unit(unit).map(|it| it.region),
        Post::Division(division) => asking.around.division_region(division),
        Post::Region(region) => asking.around.has_region(region).then_some(region),
    };
    match (role, post) {
        (Role::Receiver | Role::Handler | Role::UnitAdmin, Post::Unit(unit)) => {
            asking.may_keep_unit(unit, region)?;
        }
        _ => asking.may_keep_region(region)?,
    }
    if of_post == Some(region) { Ok(()) } else { Err(Rejection::PostElsewhere) }
}
