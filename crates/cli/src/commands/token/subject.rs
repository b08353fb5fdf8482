//! Whom a token is to be for, as `--subject` says it: by our own id, or by what others know them by.

use anyhow::{Context as _, bail};
use domain::{
    ResidentId, StaffId, StreamId,
    identity::{HsaId, Mode, NationalId},
};
use jiff::civil::Date;

/// Who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// A member of staff.
    Staff(StaffId),
    /// The member of staff who has that HSA-id.
    HsaId(HsaId),
    /// A resident.
    Resident(ResidentId),
    /// The resident who has that number.
    Number(NationalId),
}

impl Subject {
    /// Reads what stands after `--subject`, on the day `today`. No error repeats a number.
    pub(super) fn read(text: &str, today: Date) -> anyhow::Result<Self> {
        let text = text.trim();
        match text.parse() {
            Ok(StreamId::Staff(who)) => return Ok(Self::Staff(who)),
            Ok(StreamId::Resident(who)) => return Ok(Self::Resident(who)),
            Ok(other) => bail!("--subject takes a person; {other} is none"),
            Err(_) => (),
        }
        if text.starts_with(|it: char| it.is_ascii_digit()) {
            let number = NationalId::parse(text, today, Mode::Synthetic);
            return Ok(Self::Number(number.context("--subject is no personal number")?));
        }
        if text.get(..2).is_some_and(|it| it.eq_ignore_ascii_case("se")) {
            return Ok(Self::HsaId(text.parse().context("--subject is no HSA-id")?));
        }
        bail!(
            "--subject takes a staff_… id or an HSA-id, or a resident_… id or a personal number, \
             not `{text}`"
        )
    }
}
