//! What may happen to a case, a unit, a region, and what follows from it.
//!
//! Everything here is a function of its arguments: no clock, no I/O, no async, no chance. A rule
//! that needs the time or a fresh id is handed one, inside its command.
//!
//! Start with [`case`]: it is the whole pattern in one screen.

pub mod case;
pub mod catalogue;
pub mod deadline;
pub mod distribution;
mod event;
pub mod form;
mod id;
pub mod identity;
pub mod list;
pub mod organisation;
pub mod policy;
mod recorded;
pub mod time;

pub use event::Event;
pub use id::{
    AccessId, AttachmentId, CareProviderId, CaseId, CaseTypeId, DistributionId, DivisionId,
    MessageId, ParseIdError, RegionId, ResidentId, StaffId, UnitId,
};
pub use recorded::{Actor, CommitId, Position, Recorded, Role, StreamId};
