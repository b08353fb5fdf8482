//! Ids from clients. One that cannot be read is treated as one that nothing has.
//!
//! A malformed id and an unknown one then take the same way, and get the same answer.

use std::str::FromStr;

use async_graphql::ID;
use domain::{
    AttachmentId, CareProviderId, CaseId, CaseTypeId, DivisionId, MessageId, RegionId, ResidentId,
    StaffId, UnitId,
};

/// An id type of the domain.
pub(crate) trait DomainId: FromStr {
    /// The id that nothing has: ids are made of the time, and this one's is the year 10889.
    const NOTHING: Self;
}

macro_rules! domain_ids {
    ($($id:ident)*) => { $(impl DomainId for $id { const NOTHING: Self = Self::new(u128::MAX); })* };
}

domain_ids! { AttachmentId CareProviderId CaseId CaseTypeId DivisionId MessageId RegionId ResidentId StaffId UnitId }

/// The id that `id` spells, or one that nothing has.
pub(crate) fn read<T: DomainId>(id: &ID) -> T {
    id.parse().unwrap_or(T::NOTHING)
}

/// An id that nothing has.
pub(crate) fn nothing<T: DomainId>() -> T {
    T::NOTHING
}

/// The id in a cursor.
pub(crate) fn parse<T: FromStr>(key: &str) -> Option<T> {
    key.parse().ok()
}
