//! What one stream around cases has come to, and what may be added to it.

use std::collections::BTreeSet;

use super::{Event, Place, Rejection};
use crate::{CaseTypeId, ResidentId, Role, StreamId};

/// One region, division, unit, member of staff, resident or case type, as far as rules care.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The event that made it.
    registered: Option<Event>,
    /// For a unit: whether it takes cases.
    active: bool,
    offered: BTreeSet<CaseTypeId>,
    granted: BTreeSet<(Place, Role)>,
    /// The newest of each thing that is decided as a whole.
    decided: Vec<Event>,
    proxies: Vec<(ResidentId, jiff::Timestamp)>,
}

impl Registration {
    /// The events that `change` leads to in `stream`, or why it may not be.
    pub fn decide(&self, stream: StreamId, change: Event) -> Result<Vec<Event>, Rejection> {
        if !belongs(stream, &change) {
            return Err(Rejection::WrongStream { event: change.name(), stream });
        }
        if let Some(name) = first_name(&change)
            && name.trim().is_empty()
        {
            return Err(Rejection::NameMissing { stream });
        }
        match (&self.registered, &change) {
            (Some(registered), _) if *registered == change => return Ok(vec![]),
            (_, Event::CaseTypeDefined(_)) => (),
            (None, change) if !registers(change) => {
                return Err(Rejection::NotRegistered { stream });
            }
            (Some(_), change) if registers(change) => {
                return Err(Rejection::AlreadyRegistered { stream });
            }
            (_, Event::RoleGranted(it)) if !fits(it.role, it.place) => {
                return Err(Rejection::WrongPlace);
            }
            _ => (),
        }
        let after = self.clone().evolve(&change);
        Ok(if after == *self { vec![] } else { vec![change] })
    }

    /// What `event` leaves behind. Total.
    #[must_use]
    pub fn evolve(mut self, event: &Event) -> Self {
        match event {
            Event::RegionRegistered(_)
            | Event::DivisionRegistered(_)
            | Event::UnitRegistered(_)
            | Event::StaffRegistered(_)
            | Event::ResidentRegistered(_)
            | Event::CaseTypeDefined(_)
            | Event::DistributionPlanned(_) => self.registered = Some(event.clone()),
            Event::UnitActivated(_) => self.active = true,
            Event::UnitDeactivated(_) => self.active = false,
            Event::CaseTypeOffered(it) => drop(self.offered.insert(it.case_type)),
            Event::CaseTypeUnoffered(it) => drop(self.offered.remove(&it.case_type)),
            Event::RoleGranted(it) => drop(self.granted.insert((it.place, it.role))),
            Event::RoleRevoked(it) => drop(self.granted.remove(&(it.place, it.role))),
            Event::ProxyGranted(it) => {
                self.proxies.retain(|(proxy, _)| *proxy != it.proxy);
                self.proxies.push((it.proxy, it.until));
            }
            Event::ProxyRevoked(it) => self.proxies.retain(|(proxy, _)| *proxy != it.proxy),
            Event::CaseTypeLimited(_)
            | Event::FormPublished(_)
            | Event::TermsPublished(_)
            | Event::AnswerTemplatesSet(_)
            | Event::AnswerOptionsSet(_)
            | Event::UnitSettingsChanged(_)
            | Event::NotApplicableApproved(_)
            | Event::NotApplicableWithdrawn(_)
            | Event::UnitOptionsSet(_)
            | Event::UnitEditorsSet(_)
            | Event::AdministratorBoundsSet(_)
            | Event::BaseOfferingDecided(_)
            | Event::AssignmentGranted(_)
            | Event::AssignmentRevoked(_)
            | Event::StaffIdentityRecorded(_)
            | Event::StaffIdentityReplaced(_)
            | Event::IdentityRecorded(_)
            | Event::IdentityReplaced(_)
            | Event::ContactPreferencesChanged(_)
            | Event::ProtectedIdentitySet(_)
            | Event::GuardianLimitSet(_) => {
                if !self.decided.contains(event) {
                    self.decided.retain(|it| subject(it) != subject(event));
                    self.decided.push(event.clone());
                }
            }
        }
        self
    }
}

/// Whether `event` is one that a stream of the kind of `stream` may hold.
pub(crate) fn belongs(stream: StreamId, event: &Event) -> bool {
    matches!(
        (stream, event),
        (
            StreamId::Region(_),
            Event::RegionRegistered(_)
                | Event::UnitEditorsSet(_)
                | Event::AdministratorBoundsSet(_)
                | Event::BaseOfferingDecided(_)
                | Event::GuardianLimitSet(_)
        ) | (StreamId::Division(_), Event::DivisionRegistered(_))
            | (StreamId::Distribution(_), Event::DistributionPlanned(_))
            | (
                StreamId::Unit(_),
                Event::UnitRegistered(_)
                    | Event::UnitActivated(_)
                    | Event::UnitDeactivated(_)
                    | Event::CaseTypeOffered(_)
                    | Event::CaseTypeUnoffered(_)
                    | Event::UnitSettingsChanged(_)
                    | Event::NotApplicableApproved(_)
                    | Event::NotApplicableWithdrawn(_)
                    | Event::UnitOptionsSet(_)
            )
            | (
                StreamId::Staff(_),
                Event::StaffRegistered(_)
                    | Event::RoleGranted(_)
                    | Event::RoleRevoked(_)
                    | Event::AssignmentGranted(_)
                    | Event::AssignmentRevoked(_)
                    | Event::StaffIdentityRecorded(_)
                    | Event::StaffIdentityReplaced(_)
            )
            | (
                StreamId::Resident(_),
                Event::ResidentRegistered(_)
                    | Event::ProxyGranted(_)
                    | Event::ProxyRevoked(_)
                    | Event::IdentityRecorded(_)
                    | Event::IdentityReplaced(_)
                    | Event::ContactPreferencesChanged(_)
                    | Event::ProtectedIdentitySet(_)
            )
            | (
                StreamId::CaseType(_),
                Event::CaseTypeDefined(_)
                    | Event::CaseTypeLimited(_)
                    | Event::FormPublished(_)
                    | Event::TermsPublished(_)
                    | Event::AnswerTemplatesSet(_)
                    | Event::AnswerOptionsSet(_)
            )
    )
}

/// What an event decides, within its stream: the next about the same takes its place.
fn subject(event: &Event) -> (&'static str, String) {
    match event {
        Event::NotApplicableApproved(it) => ("not applicable", it.case_type.to_string()),
        Event::NotApplicableWithdrawn(it) => ("not applicable", it.case_type.to_string()),
        Event::UnitOptionsSet(it) => (event.name(), format!("{} {}", it.case_type, it.field)),
        Event::AssignmentGranted(it) => ("assignment", format!("{:?} {:?}", it.role, it.post)),
        Event::AssignmentRevoked(it) => ("assignment", format!("{:?} {:?}", it.role, it.post)),
        Event::BaseOfferingDecided(it) => (event.name(), it.key.clone()),
        Event::StaffIdentityRecorded(_)
        | Event::StaffIdentityReplaced(_)
        | Event::IdentityRecorded(_)
        | Event::IdentityReplaced(_) => ("identity", String::new()),
        Event::GuardianLimitSet(it) => (event.name(), it.valid_from.to_string()),
        _ => (event.name(), String::new()),
    }
}

fn registers(event: &Event) -> bool {
    matches!(
        event,
        Event::RegionRegistered(_)
            | Event::DivisionRegistered(_)
            | Event::UnitRegistered(_)
            | Event::StaffRegistered(_)
            | Event::ResidentRegistered(_)
            | Event::CaseTypeDefined(_)
            | Event::DistributionPlanned(_)
    )
}

fn first_name(event: &Event) -> Option<&str> {
    match event {
        Event::RegionRegistered(it) => Some(&it.name),
        Event::DivisionRegistered(it) => Some(&it.name),
        Event::UnitRegistered(it) => Some(&it.name),
        Event::CaseTypeDefined(it) => Some(&it.name_sv),
        _ => None,
    }
}

/// Casework is done at a unit; what is common is looked after for a region. An auditor or analyst
/// may have either.
fn fits(role: Role, place: Place) -> bool {
    match role {
        Role::Receiver | Role::Handler | Role::UnitAdmin => matches!(place, Place::Unit(_)),
        Role::RegionAdmin => matches!(place, Place::Region(_)),
        Role::Auditor | Role::Analyst => true,
    }
}
