//! What people are found by: keyed hashes of residents' numbers and of staff's HSA-ids.
//!
//! The keys are derived from the master key, one for each purpose, so whoever lacks that cannot try
//! numbers against the hashes. What is hashed is sealed with the person's name.

use domain::{
    StaffId,
    identity::{HsaId, NationalId, NumberHash},
};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::{
    Engine,
    keys::{Key, MasterKey},
};

/// Makes of a number what its bearer is found by.
pub struct Finders {
    number_key: Key,
    hsa_id_key: Key,
}

impl Finders {
    /// Those of the service that has this master key.
    pub fn of(master: &MasterKey) -> Self {
        Self::new(|purpose| master.derive(purpose))
    }

    pub(crate) fn new(derive: impl Fn(&str) -> Key) -> Self {
        Self {
            number_key: derive("arende resident number"),
            hsa_id_key: derive("arende staff hsa-id"),
        }
    }

    /// What a resident with this number is found by.
    pub fn number(&self, number: &NationalId) -> NumberHash {
        hash(&self.number_key, &number.expose_digits())
    }

    /// What a member of staff with this HSA-id is found by.
    pub fn hsa_id(&self, hsa_id: &HsaId) -> NumberHash {
        hash(&self.hsa_id_key, hsa_id.as_str())
    }
}

fn hash(key: &Key, text: &str) -> NumberHash {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes()).expect("any key");
    mac.update(text.as_bytes());
    NumberHash::new(mac.finalize().into_bytes().into())
}

impl Engine {
    /// What a member of staff with this HSA-id is found by.
    pub fn hsa_id_hash(&self, hsa_id: &HsaId) -> NumberHash {
        self.finders.hsa_id(hsa_id)
    }

    /// The member of staff who is found by an HSA-id; none if nobody is. Tells who it is and no
    /// more, so that a session can be opened.
    pub fn staff_of_hsa_id(&self, hsa_id_hash: NumberHash) -> Option<StaffId> {
        self.models.read().directory().staff_of_hsa_id(hsa_id_hash)
    }
}
