//! What a story granted, once it stands still: nothing, since the event that cannot be taken in may
//! have been what took it away.
//!
//! Source: decision 0033.

use domain::{
    StreamId,
    case::Origin,
    organisation::{CaseTypeLimited, Secrecy},
};

use super::Directory;

/// What holds for a type from before it was decided for whom it is, but that units open no case of
/// it to a resident.
const UNLIMITED: CaseTypeLimited = CaseTypeLimited {
    owner: None,
    started_by: Origin::Resident,
    min_age: None,
    by_proxy: true,
    secrecy: Secrecy::Normal,
    conversation: true,
};

impl Directory {
    /// Withholds what `stream` granted to anyone. What a person is found by stays theirs, so that
    /// it is given to nobody else.
    pub(crate) fn withhold(&mut self, stream: StreamId) {
        match stream {
            StreamId::Staff(id) => {
                let grants = self.staff.get(&id).map_or(vec![], |member| member.grants.clone());
                for grant in grants {
                    self.revoke(id, grant.role, grant.post);
                }
            }
            StreamId::Resident(id) => {
                if let Some(resident) = self.residents.get_mut(&id) {
                    resident.proxies.clear();
                    resident.protected = true;
                }
            }
            StreamId::Unit(id) => {
                if let Some(unit) = self.units.get_mut(&id) {
                    unit.active = false;
                }
            }
            StreamId::CaseType(id) => {
                if let Some(case_type) = self.case_types.get_mut(&id) {
                    case_type.limits.get_or_insert(UNLIMITED).by_proxy = false;
                }
            }
            _ => (),
        }
    }
}
