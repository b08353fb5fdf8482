//! What a unit offers to one resident.

use domain::{
    Actor, CaseTypeId, MessageId, ResidentId, UnitId,
    case::{Asked, Case, Command, Rejection, Submission},
};
use jiff::Timestamp;

use crate::Around;

/// A case type that a unit offers, as one resident may send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The case type.
    pub case_type: CaseTypeId,
    /// The unit that its cases go to: for a central type, the central one.
    pub goes_to: UnitId,
    /// Why a case of it cannot be sent; none where it can.
    pub refusal: Option<Rejection>,
}

impl Around<'_> {
    /// What `unit` offers to `subject` when `by` asks, each with whether it could be sent at `at`;
    /// none where there is no such unit.
    pub fn offers(
        &self,
        unit: UnitId,
        subject: ResidentId,
        by: Actor,
        at: Timestamp,
    ) -> Option<Vec<Offer>> {
        let asked = Asked { by, at, around: self };
        let offer = |case_type: &CaseTypeId| {
            let known = self.directory.case_type(*case_type);
            let command = Command::Submit(Submission {
                unit,
                case_type: *case_type,
                subject,
                form_version: known.map_or(0, |it| it.form_version),
                terms_version: known.map_or(0, |it| it.terms_version),
                follows_up: None,
                message: MessageId::new(0),
            });
            Offer {
                case_type: *case_type,
                goes_to: known.and_then(|it| it.central_unit).unwrap_or(unit),
                refusal: Case::default().decide(&asked, &command).err(),
            }
        };
        Some(self.directory.care_unit(unit)?.offered.iter().map(offer).collect())
    }
}
