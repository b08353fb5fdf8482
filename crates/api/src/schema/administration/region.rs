//! Regions, their divisions, and what their units must offer.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result};
use domain::{
    Actor, DivisionId, RegionId, StaffId,
    catalogue::Catalogue,
    identity::HsaId,
    organisation::{
        self, Assignment, BaseOffering, DivisionCommand, Person, Post, RegionCommand, Rejection,
        StaffCommand,
    },
};
use engine::{Change, commit_id};

use super::{
    Told, Wish, administer,
    payload::{
        DecideBaseOfferingPayload, RegisterDivisionPayload, RegisterRegionPayload,
        SetAdministratorBoundsPayload, SetUnitEditorsPayload,
    },
    refused::errors,
    staff::NewStaffInput,
};
use crate::{
    asking::Asking,
    schema::{
        id,
        mutation::user_error::UserError,
        scalars::Date,
        types::{CareUnitKind, Division, OfferingLevel, Region, StaffMember, UnitEditors},
    },
};

/// Commands about regions.
#[derive(Default)]
pub(crate) struct RegionMutation;

/// Which region comes to be, and who administers it first.
#[derive(InputObject)]
pub(crate) struct RegisterRegionInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    idempotency_key: ID,
    /// Its name.
    name: String,
    /// The first of its administrators, who registers everyone else.
    administrator: NewStaffInput,
}

/// Which division comes to be.
#[derive(InputObject)]
pub(crate) struct RegisterDivisionInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    idempotency_key: ID,
    /// The region it is part of.
    region_id: ID,
    /// Its name.
    name: String,
}

/// Who changes the settings of a region's units.
#[derive(InputObject)]
pub(crate) struct SetUnitEditorsInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    idempotency_key: ID,
    /// The region.
    region_id: ID,
    /// Who.
    editors: UnitEditors,
}

/// How many administrators each unit of a region should have.
#[derive(InputObject)]
pub(crate) struct SetAdministratorBoundsInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    idempotency_key: ID,
    /// The region.
    region_id: ID,
    /// The fewest, at least 1.
    fewest: i32,
    /// The most.
    most: i32,
}

/// What units must offer, and from when.
#[derive(InputObject)]
pub(crate) struct DecideBaseOfferingInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    idempotency_key: ID,
    /// The region.
    region_id: ID,
    /// What is decided.
    offering: BaseOfferingInput,
}

/// A base offering (basutbud): exactly one of these.
#[derive(OneofObject)]
pub(crate) enum BaseOfferingInput {
    /// One that the service is shipped with.
    ReadyMade(ReadyMadeOfferingInput),
    /// One of the region's own making.
    Own(OwnOfferingInput),
}

/// A base offering that the service is shipped with. Types that the region has not defined are left
/// out.
#[derive(InputObject)]
pub(crate) struct ReadyMadeOfferingInput {
    /// Which: `vgr-2016` or `kalmar-2014`.
    key: String,
    /// The first day that it holds.
    valid_from: Date,
    /// From when units must follow it.
    starts: StartsInput,
}

/// A base offering of the region's own making.
#[derive(InputObject)]
pub(crate) struct OwnOfferingInput {
    /// Which of the region's; one that there is becomes its next version.
    key: String,
    /// The decision, such as `HS 20-2016`.
    reference: String,
    /// The first day that it holds.
    valid_from: Date,
    /// The last day that it holds; none until another version does.
    valid_to: Option<Date>,
    /// The day by which it is to be looked over again.
    revise_by: Date,
    /// From when units must follow it.
    starts: StartsInput,
    /// What is offered.
    rows: Vec<OfferingRowInput>,
}

/// From which day units must follow a base offering, by who runs them.
#[derive(InputObject)]
pub(crate) struct StartsInput {
    /// The region's own units.
    public: Date,
    /// Units that are run by contract.
    private_contracted: Date,
}

/// One case type of a base offering.
#[derive(InputObject)]
pub(crate) struct OfferingRowInput {
    /// Which.
    case_type_id: ID,
    /// How much it is asked for.
    level: OfferingLevel,
    /// Of what kind of units.
    unit_kind: CareUnitKind,
}

#[Object]
impl RegionMutation {
    /// Makes a region, and its first administrator. For the operator of the service.
    async fn register_region(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and who administers it first.")] input: RegisterRegionInput,
    ) -> Result<RegisterRegionPayload> {
        let asking = Asking::of(ctx)?;
        let key = input.idempotency_key.as_str();
        // One wish in three parts: asked for again, what was done is found, and the rest is done.
        let part = |part: &str| {
            let id = commit_id(&asking.viewer.actor, &format!("{key}\n{part}"));
            Wish { asking: &asking, key, id }
        };
        let (founding, registering) = (Wish::new(&asking, key), part("administrator"));
        let (region, who) = (RegionId::new(founding.id.0), StaffId::new(registering.id.0));
        let answer = |told| {
            let administrator = StaffMember { id: who, named: true };
            Ok(RegisterRegionPayload::new(Region { id: region }, administrator, told))
        };
        let NewStaffInput { name, hsa_id } = input.administrator;
        let hsa_id = match hsa_id.parse::<HsaId>() {
            Ok(hsa_id) => hsa_id,
            Err(wrong) => {
                let wrong = errors(&Rejection::HsaId(wrong)).into_iter();
                let field = Some("administrator.hsaId".into());
                let wrong = wrong.map(|it| UserError { field: field.clone(), ..it });
                return answer(Told::refused_for(wrong.collect()));
            }
        };
        // Before the region is there: it would be left without an administrator.
        let found = asking.engine.staff_of_hsa_id(asking.engine.hsa_id_hash(&hsa_id));
        if asking.viewer.actor == Actor::System && found.is_some_and(|it| it != who) {
            let taken = errors(&Rejection::HsaIdTaken).into_iter();
            let field = || Some("administrator.hsaId".into());
            let taken = taken.map(|it| UserError { field: field(), ..it });
            return answer(Told::refused_for(taken.collect()));
        }
        let change = Change::Region(region, RegionCommand::Register { name: input.name });
        let founded = founding.carry_out(change).await?;
        if founded.done.is_none() {
            return answer(founded);
        }
        let person = Person { name, number: hsa_id.as_str().to_owned() };
        let change = Change::Staff(who, StaffCommand::Register { region });
        let registered = registering.make_known(change, person).await?;
        if registered.done.is_none() {
            return answer(registered);
        }
        let (role, post) = (domain::Role::RegionAdmin, Post::Region(region));
        let assignment = Assignment { role, post, from: None, until: None, trained_at: None };
        let change = Change::Staff(who, StaffCommand::Grant(assignment));
        let reason = "administers the region from its beginning".to_owned();
        let granted = part("assignment").carry_out_because(change, reason).await?;
        answer(if granted.done.is_some() { founded } else { granted })
    }

    /// Makes a division (förvaltning) of a region. For the region's administrators.
    async fn register_division(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RegisterDivisionInput,
    ) -> Result<RegisterDivisionPayload> {
        let asking = Asking::of(ctx)?;
        let wish = Wish::new(&asking, &input.idempotency_key);
        let division = DivisionId::new(wish.id.0);
        let region = id::read(&input.region_id);
        let told = if asking.knows_region(region).await? {
            let command = DivisionCommand::Register { region, name: input.name };
            wish.carry_out(Change::Division(division, command)).await?
        } else {
            Told::unknown("regionId", "region", "Regionen")
        };
        Ok(RegisterDivisionPayload::new(Division { id: division }, told))
    }

    /// Decides who changes the settings of a region's units. For the region's administrators.
    async fn set_unit_editors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and who.")] input: SetUnitEditorsInput,
    ) -> Result<SetUnitEditorsPayload> {
        let region: RegionId = id::read(&input.region_id);
        let command = RegionCommand::SetUnitEditors(input.editors.into());
        let told = administer(ctx, &input.idempotency_key, Change::Region(region, command)).await?;
        Ok(SetUnitEditorsPayload::new(Region { id: region }, told))
    }

    /// Decides how many administrators each unit should have: one or two, where nothing was
    /// decided. A unit outside is told of by `warnings`, and nothing is refused. For the region's
    /// administrators.
    async fn set_administrator_bounds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and how many.")] input: SetAdministratorBoundsInput,
    ) -> Result<SetAdministratorBoundsPayload> {
        let region: RegionId = id::read(&input.region_id);
        // What is below 0 is no bound, as 0 is none.
        let bound = |asked: i32| u32::try_from(asked).unwrap_or(0);
        let (fewest, most) = (bound(input.fewest), bound(input.most));
        let command = RegionCommand::SetAdministratorBounds { fewest, most };
        let told = administer(ctx, &input.idempotency_key, Change::Region(region, command)).await?;
        Ok(SetAdministratorBoundsPayload::new(Region { id: region }, told))
    }

    /// Decides a base offering (basutbud), or its next version: what units must offer, and from
    /// when. For the region's administrators.
    async fn decide_base_offering(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and what.")] input: DecideBaseOfferingInput,
    ) -> Result<DecideBaseOfferingPayload> {
        let asking = Asking::of(ctx)?;
        let region: RegionId = id::read(&input.region_id);
        let offering = match input.offering {
            BaseOfferingInput::Own(own) => Some(own.into()),
            BaseOfferingInput::ReadyMade(it) => ready_made(&asking, region, it).await?,
        };
        let Some(offering) = offering else {
            let told = Told::unknown(
                "offering.readyMade.key",
                "ready-made base offering",
                "Det färdiga basutbudet",
            );
            return Ok(DecideBaseOfferingPayload::new(Region { id: region }, told));
        };
        let change = Change::Region(region, RegionCommand::DecideBaseOffering(offering));
        let told = administer(ctx, &input.idempotency_key, change).await?;
        Ok(DecideBaseOfferingPayload::new(Region { id: region }, told))
    }
}

/// The shipped offering, its types found among the region's by their keys.
async fn ready_made(
    asking: &Asking,
    region: RegionId,
    it: ReadyMadeOfferingInput,
) -> Result<Option<BaseOffering>> {
    let catalogue = Catalogue::shipped()?;
    let view = asking.now().await?;
    Ok(view.with(|models, _| {
        let of_key = |key: &str| {
            let mut types = models.directory().case_types();
            types.find(|it| it.region == region && it.key == key).map(|it| it.id)
        };
        let (from, starts) = (it.valid_from.0, it.starts.into());
        BaseOffering::ready_made(&catalogue, &it.key, of_key, from, starts)
    }))
}

impl From<StartsInput> for organisation::Starts {
    fn from(it: StartsInput) -> Self {
        Self { public: it.public.0, private_contracted: it.private_contracted.0 }
    }
}

impl From<OwnOfferingInput> for BaseOffering {
    fn from(it: OwnOfferingInput) -> Self {
        let row = |row: OfferingRowInput| organisation::OfferingRow {
            case_type: id::read(&row.case_type_id),
            level: row.level.into(),
            unit_kind: row.unit_kind.into(),
        };
        Self {
            key: it.key,
            reference: it.reference,
            valid_from: it.valid_from.0,
            valid_to: it.valid_to.map(|day| day.0),
            revise_by: it.revise_by.0,
            starts: it.starts.into(),
            rows: it.rows.into_iter().map(row).collect(),
        }
    }
}
