//! What a region has decided for all its units and residents, as clients see it.

use std::ops::RangeInclusive;

use async_graphql::SimpleObject;
use domain::organisation;

use crate::schema::scalars::Date;

/// How many administrators each unit of a region should have. Outside is a warning, never refused.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub(crate) struct AdministratorBounds {
    /// The fewest.
    fewest: i32,
    /// The most.
    most: i32,
}

impl From<RangeInclusive<usize>> for AdministratorBounds {
    fn from(it: RangeInclusive<usize>) -> Self {
        let bound = |it: usize| i32::try_from(it).unwrap_or(i32::MAX);
        Self { fewest: bound(*it.start()), most: bound(*it.end()) }
    }
}

/// Until which birthday guardians (vårdnadshavare) act for a child, from a day on.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub(crate) struct GuardianLimit {
    /// The birthday, in years.
    years: i32,
    /// The first day that it holds.
    valid_from: Date,
}

impl From<organisation::GuardianLimit> for GuardianLimit {
    fn from(it: organisation::GuardianLimit) -> Self {
        Self { years: it.years.into(), valid_from: Date(it.valid_from) }
    }
}
