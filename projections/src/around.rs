//! What the rules about a case ask of the rest of the region, where they ask for an age too.

use domain::{
    CaseTypeId, ResidentId, StaffId, UnitId,
    case::{OfferedType, Surroundings, TypeRules, UnitFacts},
};
use jiff::{Timestamp, civil::Date};

use crate::Directory;

/// The directory, with the date of birth of one resident, which no read model holds.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// What stands in clear.
    pub directory: &'a Directory,
    /// Who was born when, where it was opened beforehand.
    pub born: Option<(ResidentId, Date)>,
}

impl Surroundings for Around<'_> {
    fn unit(&self, unit: UnitId) -> Option<UnitFacts> {
        self.directory.unit(unit)
    }

    fn handles(&self, staff: StaffId, unit: UnitId, at: Timestamp) -> bool {
        self.directory.handles(staff, unit, at)
    }

    fn offered(&self, unit: UnitId, case_type: CaseTypeId) -> Option<OfferedType> {
        self.directory.offered(unit, case_type)
    }

    fn acts_for(&self, who: ResidentId, subject: ResidentId, at: Timestamp) -> bool {
        self.directory.acts_for(who, subject, at)
    }

    fn type_rules(&self, case_type: CaseTypeId) -> TypeRules {
        self.directory.type_rules(case_type)
    }

    fn birth_date(&self, resident: ResidentId) -> Option<Date> {
        self.born.filter(|(who, _)| *who == resident).map(|(_, born)| born)
    }
}
