//! What a unit offers to one resident, and which units there are to choose from.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use domain::{Actor, ResidentId, UnitId};
use projections::{Around, Offer, ReadModels, UnitFilter as Filter};

use super::{
    error::Refusal,
    id,
    mutation::user_error::UserError,
    types::{CareUnit, CareUnitKind, CaseType},
};
use crate::{asking::Asking, policy::acting_for};

/// The longest text that units are looked for by, in bytes.
const SEARCH_BYTES_MAX: usize = 200;

/// Which units. What is left out does not matter; what is given must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct UnitFilter {
    /// Words, each to be found in the unit's name, its division's, or that of a case type that it
    /// offers, in either language. Case and accents do not matter. At most 200 bytes.
    #[graphql(default)]
    search: String,
    /// Part of this division (förvaltning).
    division_id: Option<ID>,
    /// Offering this case type (ärendetyp).
    case_type_id: Option<ID>,
    /// Of this kind.
    kind: Option<CareUnitKind>,
}

impl UnitFilter {
    pub(crate) fn read(self) -> Result<Filter, Refusal> {
        if self.search.len() > SEARCH_BYTES_MAX {
            return Err(Refusal::bad_request("`search` takes at most 200 bytes"));
        }
        Ok(Filter {
            words: self.search,
            division: self.division_id.as_ref().map(id::read),
            case_type: self.case_type_id.as_ref().map(id::read),
            kind: self.kind.map(Into::into),
        })
    }
}

/// A case type that a unit offers, as one resident may send it.
#[derive(SimpleObject)]
pub(crate) struct CaseTypeOffer {
    /// The case type (ärendetyp).
    case_type: CaseType,
    /// The unit that its cases go to: for a central type, the central one.
    goes_to: CareUnit,
    /// Whether the viewer could send a case of it, at present.
    can_be_sent: bool,
    /// Why not; none where it can.
    refusal: Option<UserError>,
}

/// What `unit` offers to `subject`; none where the subject is nobody whom the viewer sends cases
/// for.
pub(crate) async fn to_resident(
    ctx: &Context<'_>,
    unit: UnitId,
    subject: Option<ID>,
) -> Result<Option<Vec<CaseTypeOffer>>, Refusal> {
    let asking = Asking::of(ctx)?;
    let Actor::Resident { who, .. } = asking.viewer.actor else { return Ok(None) };
    let subject: ResidentId = subject.as_ref().map_or(who, id::read);
    if !asking.is_own_resident(subject).await? {
        return Ok(None);
    }
    let born = asking.engine.birth_date(subject).await;
    let born = born.map_err(|failure| asking.failed(&failure))?.map(|born| (subject, born));
    let by = acting_for(asking.viewer.actor, Some(subject));
    let view = asking.now().await?;
    view.with(|models: &ReadModels, now| {
        let around = Around { directory: models.directory(), born };
        let Some(offers) = around.offers(unit, subject, by, now) else { return Ok(None) };
        let offer = |it: Offer| {
            let refusal = it.refusal.as_ref().map(UserError::of).transpose()?;
            Ok(CaseTypeOffer {
                case_type: CaseType { id: it.case_type },
                goes_to: CareUnit { id: it.goes_to },
                can_be_sent: refusal.is_none(),
                refusal,
            })
        };
        offers.into_iter().map(offer).collect::<Result<_, Refusal>>().map(Some)
    })
}
