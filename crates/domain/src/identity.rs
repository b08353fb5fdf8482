//! Who people and units are, to the authorities: personnummer and HSA-id, read and checked.
//!
//! A number can change, so none of these is ever a key. A personal number prints as dots; the one
//! way to its digits is [`NationalId::expose_digits`], so that a search finds every use.

mod hsa_id;
mod national_id;
mod number_hash;
mod person;
#[cfg(test)]
mod tests;

pub use self::{
    hsa_id::{HSA_ID_LENGTH_MAX, HsaId, HsaIdError},
    national_id::{
        Mode, NationalId, NationalIdError, NationalIdKind, SYNTHETIC_PER_DAY, synthetic,
        synthetic_nth,
    },
    number_hash::NumberHash,
    person::{AgeBand, Sex, age_on, birthday},
};
