//! Ids that follow from names, so that the same source gives the same ids again.

use domain::{
    CareProviderId, CaseId, CaseTypeId, CommitId, DivisionId, MessageId, RegionId, ResidentId,
    StaffId, UnitId,
};
use sha2::{Digest as _, Sha256};

/// The time part of every id: 2000-01-01T00:00:00Z in milliseconds. No id that is made live has
/// it, and the source's own times may be corrected from one export to the next.
const TIME_MS: u128 = 946_684_800_000;

/// How many bits of an id are not its time.
const REST_BITS: u32 = 80;

/// Makes ids for one region.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    region: String,
}

impl Names {
    pub(crate) fn of(region: &str) -> Self {
        Self { region: region.to_owned() }
    }

    pub(crate) fn region(&self) -> RegionId {
        RegionId::new(self.id("region", ""))
    }

    pub(crate) fn division(&self) -> DivisionId {
        DivisionId::new(self.id("division", ""))
    }

    pub(crate) fn provider(&self) -> CareProviderId {
        CareProviderId::new(self.id("care provider", ""))
    }

    pub(crate) fn case_type(&self, name: &str) -> CaseTypeId {
        CaseTypeId::new(self.id("case type", name))
    }

    pub(crate) fn unit(&self, name: &str) -> UnitId {
        UnitId::new(self.id("unit", name))
    }

    /// Someone whom the source names.
    pub(crate) fn staff(&self, name: &str) -> StaffId {
        StaffId::new(self.id("staff", name))
    }

    /// Someone whom the import adds. The source cannot name the same.
    pub(crate) fn added_staff(&self, name: &str) -> StaffId {
        StaffId::new(self.id("added staff", name))
    }

    /// The resident whom the source names.
    pub(crate) fn resident(&self, name: &str) -> ResidentId {
        ResidentId::new(self.id("resident", name))
    }

    /// The resident of one trace, where the source names none.
    pub(crate) fn resident_of(&self, trace: &str) -> ResidentId {
        ResidentId::new(self.id("resident of trace", trace))
    }

    pub(crate) fn case(&self, trace: &str) -> CaseId {
        CaseId::new(self.id("case", trace))
    }

    /// The commit of a trace's `index`-th event.
    pub(crate) fn event(&self, trace: &str, index: usize) -> CommitId {
        CommitId(first_bits(&self.digest("event", &[trace, &index.to_string()])))
    }

    /// The commit of a registration, told from others by what it holds.
    pub(crate) fn registration(&self, stream: &str, changes: &str) -> CommitId {
        CommitId(first_bits(&self.digest("registration", &[stream, changes])))
    }

    /// The `n`-th message of a commit.
    pub(crate) fn message(commit: CommitId, n: usize) -> MessageId {
        let digest = Sha256::new_with_prefix("arende import message v1")
            .chain_update(commit.0.to_be_bytes())
            .chain_update(n.to_be_bytes());
        MessageId::new(timed(first_bits(&digest.finalize().into())))
    }

    fn id(&self, kind: &str, name: &str) -> u128 {
        timed(first_bits(&self.digest(kind, &[name])))
    }

    fn digest(&self, kind: &str, names: &[&str]) -> [u8; 32] {
        let mut digest = Sha256::new_with_prefix("arende import v1");
        for part in [kind, &self.region].iter().chain(names) {
            // Lengths keep "ab" and "c" from meeting "a" and "bc".
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }
}

fn first_bits(digest: &[u8; 32]) -> u128 {
    digest[..16].iter().fold(0, |bits, byte| bits << 8 | u128::from(*byte))
}

const fn timed(bits: u128) -> u128 {
    TIME_MS << REST_BITS | bits >> (u128::BITS - REST_BITS)
}
