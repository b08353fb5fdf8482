//! Staff and their assignments (uppdrag): who works as what, where, from when until when.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result};
use domain::{
    StaffId,
    identity::HsaId,
    organisation::{Assignment, Person, Post, Rejection, StaffCommand},
};
use engine::Change;

use super::{
    Told, Wish, administer_because,
    payload::{
        ChangeStaffNamePayload, GrantRolePayload, RegisterStaffPayload,
        ReplaceStaffIdentityPayload, RevokeRolePayload,
    },
    refused::errors,
};
use crate::{
    asking::Asking,
    schema::{
        id,
        scalars::DateTime,
        types::{StaffMember, StaffRole},
    },
};

/// Commands about staff.
#[derive(Default)]
pub(crate) struct StaffMutation;

/// Someone who is to work in the region.
#[derive(InputObject)]
pub(crate) struct NewStaffInput {
    /// The full name. Kept sealed.
    pub(super) name: String,
    /// The HSA-id, such as `SE2321000131-E000000000123`. Kept sealed.
    pub(super) hsa_id: String,
}

/// Who is made known.
#[derive(InputObject)]
pub(crate) struct RegisterStaffInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    idempotency_key: ID,
    /// The region they work in.
    region_id: ID,
    /// The full name. Kept sealed.
    name: String,
    /// The HSA-id, such as `SE2321000131-E000000000123`. Kept sealed.
    hsa_id: String,
}

/// Who gets another HSA-id.
#[derive(InputObject)]
pub(crate) struct ReplaceStaffIdentityInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    idempotency_key: ID,
    /// The member of staff.
    staff_id: ID,
    /// The HSA-id from here on. Kept sealed.
    hsa_id: String,
    /// The full name, where it changes too. Kept sealed.
    name: Option<String>,
}

/// Whose name changed.
#[derive(InputObject)]
pub(crate) struct ChangeStaffNameInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    idempotency_key: ID,
    /// The member of staff.
    staff_id: ID,
    /// The full name from here on. Kept sealed.
    name: String,
}

/// Where an assignment holds: exactly one of these.
#[expect(clippy::enum_variant_names, reason = "clients rely on the names")]
#[derive(OneofObject)]
pub(crate) enum PlaceInput {
    /// One care unit.
    UnitId(ID),
    /// One division (förvaltning), with all its units.
    DivisionId(ID),
    /// A region, with all its units.
    RegionId(ID),
}

/// Who is given which assignment.
#[derive(InputObject)]
pub(crate) struct GrantRoleInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    idempotency_key: ID,
    /// The member of staff.
    staff_id: ID,
    /// As what.
    role: StaffRole,
    /// Where.
    place: PlaceInput,
    /// From when; at once, where nothing is said.
    from: Option<DateTime>,
    /// Until when, exclusive; none for as long as nobody takes it away.
    until: Option<DateTime>,
    /// When they were trained for it.
    trained_at: Option<DateTime>,
    /// Why. Kept sealed.
    reason: String,
}

/// From whom which assignment is taken.
#[derive(InputObject)]
pub(crate) struct RevokeRoleInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    idempotency_key: ID,
    /// The member of staff.
    staff_id: ID,
    /// As what.
    role: StaffRole,
    /// Where.
    place: PlaceInput,
    /// Why. Kept sealed.
    reason: String,
}

#[Object]
impl StaffMutation {
    /// Makes a member of staff known. They may do nothing before they are given an assignment. For
    /// administrators in the region.
    async fn register_staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who.")] input: RegisterStaffInput,
    ) -> Result<RegisterStaffPayload> {
        let asking = Asking::of(ctx)?;
        let wish = Wish::new(&asking, &input.idempotency_key);
        let staff = StaffId::new(wish.id.0);
        let region = id::read(&input.region_id);
        let told = match input.hsa_id.parse::<HsaId>() {
            _ if !asking.knows_region(region).await? => {
                Told::unknown("regionId", "region", "Regionen")
            }
            Err(error) => Told::refused_for(errors(&Rejection::HsaId(error))),
            Ok(hsa_id) => {
                let person = Person { name: input.name, number: hsa_id.as_str().to_owned() };
                let change = Change::Staff(staff, StaffCommand::Register { region });
                wish.make_known(change, person).await?
            }
        };
        Ok(RegisterStaffPayload::new(StaffMember { id: staff, named: true }, told))
    }

    /// Gives a member of staff another HSA-id, or has them found by the one they have: tokens with
    /// the one before open no session any more. History, id and assignments stay. For regional
    /// administrators, never of themselves.
    async fn replace_staff_identity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To whom, and which.")] input: ReplaceStaffIdentityInput,
    ) -> Result<ReplaceStaffIdentityPayload> {
        let asking = Asking::of(ctx)?;
        let wish = Wish::new(&asking, &input.idempotency_key);
        let staff: StaffId = id::read(&input.staff_id);
        let told = match input.hsa_id.parse::<HsaId>() {
            Err(error) => Told::refused_for(errors(&Rejection::HsaId(error))),
            Ok(hsa_id) => {
                let name = input.name.unwrap_or_default();
                let person = Person { name, number: hsa_id.as_str().to_owned() };
                wish.make_known(Change::Staff(staff, StaffCommand::ReplaceIdentity), person).await?
            }
        };
        Ok(ReplaceStaffIdentityPayload::new(StaffMember { id: staff, named: true }, told))
    }

    /// Gives a member of staff another name, as after a marriage: the HSA-id stays, and sessions go
    /// on. In their history it is a `StaffIdentityReplaced`. For regional administrators, never of
    /// themselves.
    async fn change_staff_name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, and which.")] input: ChangeStaffNameInput,
    ) -> Result<ChangeStaffNamePayload> {
        let asking = Asking::of(ctx)?;
        let staff: StaffId = id::read(&input.staff_id);
        let person = Person { name: input.name, number: String::new() };
        let change = Change::Staff(staff, StaffCommand::ChangeName);
        let told = Wish::new(&asking, &input.idempotency_key).make_known(change, person).await?;
        Ok(ChangeStaffNamePayload::new(StaffMember { id: staff, named: true }, told))
    }

    /// Gives a member of staff an assignment (uppdrag), or changes the dates of one. For
    /// administrators of the place, never to themselves. A session is one assignment.
    async fn grant_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To whom, which, and why.")] input: GrantRoleInput,
    ) -> Result<GrantRolePayload> {
        let staff: StaffId = id::read(&input.staff_id);
        let assignment = Assignment {
            role: input.role.into(),
            post: input.place.into(),
            from: input.from.map(|it| it.0),
            until: input.until.map(|it| it.0),
            trained_at: input.trained_at.map(|it| it.0),
        };
        let change = Change::Staff(staff, StaffCommand::Grant(assignment));
        let told = administer_because(ctx, &input.idempotency_key, change, input.reason).await?;
        Ok(GrantRolePayload::new(StaffMember { id: staff, named: true }, told))
    }

    /// Takes an assignment from a member of staff: from their next request on. The cases that a
    /// handler held are to be reassigned. For administrators of the place, never from themselves.
    async fn revoke_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From whom, which, and why.")] input: RevokeRoleInput,
    ) -> Result<RevokeRolePayload> {
        let staff: StaffId = id::read(&input.staff_id);
        let command = StaffCommand::Revoke { role: input.role.into(), post: input.place.into() };
        let change = Change::Staff(staff, command);
        let told = administer_because(ctx, &input.idempotency_key, change, input.reason).await?;
        Ok(RevokeRolePayload::new(StaffMember { id: staff, named: true }, told))
    }
}

impl From<PlaceInput> for Post {
    fn from(place: PlaceInput) -> Self {
        match place {
            PlaceInput::UnitId(unit) => Self::Unit(id::read(&unit)),
            PlaceInput::DivisionId(division) => Self::Division(id::read(&division)),
            PlaceInput::RegionId(region) => Self::Region(id::read(&region)),
        }
    }
}
