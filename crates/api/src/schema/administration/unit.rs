//! Care units: what they are, what they offer, and whether they take cases.

use async_graphql::{Context, ID, InputObject, Object, Result};
use domain::{
    CareProviderId, DivisionId, UnitId,
    organisation::{Contact, ServiceArea, UnitCommand, UnitRegistration, UnitSettings},
};
use engine::Change;

use super::{
    Told, Wish, administer, administer_because,
    form::FormOptionInput,
    payload::{
        ActivateUnitPayload, ApproveNotApplicablePayload, ChangeUnitSettingsPayload,
        DeactivateUnitPayload, OfferCaseTypePayload, RegisterUnitPayload, SetUnitOptionsPayload,
        WithdrawCaseTypePayload, WithdrawNotApplicablePayload,
    },
};
use crate::{
    asking::Asking,
    schema::{
        id,
        mutation::user_error::{UserError, UserErrorCode},
        scalars::Date,
        types::{CareUnit, CareUnitKind, ServiceAreaKind, UnitOwnership},
    },
};

/// Commands about care units.
#[derive(Default)]
pub(crate) struct UnitMutation;

/// Which unit comes to be.
#[derive(InputObject)]
pub(crate) struct RegisterUnitInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    idempotency_key: ID,
    /// The division it is part of.
    division_id: ID,
    /// The care provider (vårdgivare) responsible in law, as another unit names it; a new one,
    /// where none is named.
    care_provider_id: Option<ID>,
    /// Its HSA-id, such as `SE2321000131-E000000000123`.
    hsa_id: String,
    /// Its name.
    name: String,
    /// The kind of care.
    kind: CareUnitKind,
    /// What else it is.
    settings: UnitSettingsInput,
}

/// What a unit is, and how it is reached.
#[derive(InputObject)]
pub(crate) struct UnitSettingsInput {
    /// Who runs it.
    ownership: UnitOwnership,
    /// Since when it is run so.
    owned_since: Date,
    /// Whether people go there; none do to a unit that is on the network alone.
    physical: bool,
    /// Whom it serves (betjäningsområde).
    service_area: ServiceAreaKind,
    /// The municipalities it serves, by name; for the service area `MUNICIPALITIES` alone.
    #[graphql(default)]
    municipalities: Vec<String>,
    /// How it is reached.
    contact: ContactInput,
}

/// How a unit is reached (kontaktkort). A text may be empty.
#[derive(InputObject)]
pub(crate) struct ContactInput {
    /// Phone number.
    #[graphql(default)]
    phone: String,
    /// Street, postcode and town.
    #[graphql(default)]
    address: String,
    /// Web page.
    #[graphql(default)]
    web: String,
    /// When it is open.
    #[graphql(default)]
    hours: String,
}

macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(InputObject)]
        pub(crate) struct $name {
            /// Names this request, 1 to 255 characters: sent again, the first outcome is given
            /// again.
            idempotency_key: ID,
            /// The care unit.
            unit_id: ID,
            $($(#[$field_doc])* $field: $type,)*
        }
    )*};
}

inputs! {
    /// What a unit is from now on.
    ChangeUnitSettingsInput {
        /// All of it.
        settings: UnitSettingsInput,
    }
    /// Which unit opens for cases.
    ActivateUnitInput {}
    /// Which unit closes for cases.
    DeactivateUnitInput {}
    /// What a unit begins to offer.
    OfferCaseTypeInput {
        /// The case type.
        case_type_id: ID,
    }
    /// What a unit ceases to offer.
    WithdrawCaseTypeInput {
        /// The case type.
        case_type_id: ID,
    }
    /// Which options a unit has in a choice of a case type's form (svarsalternativ).
    SetUnitOptionsInput {
        /// The case type.
        case_type_id: ID,
        /// Which choice, one with `unitMayReplace`: its key, or within a group the keys that lead
        /// to it, such as `medicines.name`.
        field: String,
        /// All of them, in the order they are shown; none where the form's are shown again.
        options: Vec<FormOptionInput>,
    }
    /// What a unit need not offer.
    ApproveNotApplicableInput {
        /// The case type.
        case_type_id: ID,
        /// Why: what the unit does not do. Kept sealed.
        reason: String,
    }
    /// What a unit must offer after all.
    WithdrawNotApplicableInput {
        /// The case type.
        case_type_id: ID,
    }
}

#[Object]
impl UnitMutation {
    /// Makes a care unit, not yet open for cases. For the region's administrators.
    async fn register_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RegisterUnitInput,
    ) -> Result<RegisterUnitPayload> {
        let asking = Asking::of(ctx)?;
        let wish = Wish::new(&asking, &input.idempotency_key);
        let unit = UnitId::new(wish.id.0);
        let division: DivisionId = id::read(&input.division_id);
        let provider = match &input.care_provider_id {
            None => CareProviderId::new(wish.id.0),
            Some(provider) => id::read(provider),
        };
        let told = match asking.region_of_division(division).await? {
            None => Told::unknown("divisionId", "division", "Förvaltningen"),
            Some(_)
                if input.care_provider_id.is_some() && !asking.knows_provider(provider).await? =>
            {
                Told::unknown("careProviderId", "care provider", "Vårdgivaren")
            }
            Some(region) => match input.settings.read() {
                Err(error) => Told::refused(error),
                Ok(settings) => {
                    let registration = UnitRegistration {
                        region,
                        division,
                        provider,
                        hsa_id: input.hsa_id,
                        name: input.name,
                        kind: input.kind.into(),
                        settings,
                    };
                    let command = UnitCommand::Register(registration);
                    wish.carry_out(Change::Unit(unit, command)).await?
                }
            },
        };
        Ok(RegisterUnitPayload::new(CareUnit { id: unit }, told))
    }

    /// Changes what a unit is and how it is reached. For the region's administrators, and the
    /// unit's where the region lets them.
    async fn change_unit_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which unit, and what it is.")] input: ChangeUnitSettingsInput,
    ) -> Result<ChangeUnitSettingsPayload> {
        let unit: UnitId = id::read(&input.unit_id);
        let told = match input.settings.read() {
            Err(error) => Told::refused(error),
            Ok(settings) => {
                let change = Change::Unit(unit, UnitCommand::ChangeSettings(settings));
                administer(ctx, &input.idempotency_key, change).await?
            }
        };
        Ok(ChangeUnitSettingsPayload::new(CareUnit { id: unit }, told))
    }

    /// Opens a unit for cases, once it has a receiver, a handler, a case type on offer, and a phone
    /// number or an address. For the region's administrators.
    async fn activate_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which unit.")] input: ActivateUnitInput,
    ) -> Result<ActivateUnitPayload> {
        let unit: UnitId = id::read(&input.unit_id);
        let change = Change::Unit(unit, UnitCommand::Activate);
        let told = administer(ctx, &input.idempotency_key, change).await?;
        Ok(ActivateUnitPayload::new(CareUnit { id: unit }, told))
    }

    /// Closes a unit for cases, once none of its own is open. For the region's administrators.
    async fn deactivate_unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which unit.")] input: DeactivateUnitInput,
    ) -> Result<DeactivateUnitPayload> {
        let unit: UnitId = id::read(&input.unit_id);
        let change = Change::Unit(unit, UnitCommand::Deactivate);
        let told = administer(ctx, &input.idempotency_key, change).await?;
        Ok(DeactivateUnitPayload::new(CareUnit { id: unit }, told))
    }

    /// Lets a unit offer a case type. For the region's administrators, and the unit's where the
    /// region lets them.
    async fn offer_case_type(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which unit, and what.")] input: OfferCaseTypeInput,
    ) -> Result<OfferCaseTypePayload> {
        let unit: UnitId = id::read(&input.unit_id);
        let command = UnitCommand::Offer(id::read(&input.case_type_id));
        let told = administer(ctx, &input.idempotency_key, Change::Unit(unit, command)).await?;
        Ok(OfferCaseTypePayload::new(CareUnit { id: unit }, told))
    }

    /// Lets a unit offer a case type no longer; its open cases go on. For the region's
    /// administrators, and the unit's where the region lets them.
    async fn withdraw_case_type(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which unit, and what.")] input: WithdrawCaseTypeInput,
    ) -> Result<WithdrawCaseTypePayload> {
        let unit: UnitId = id::read(&input.unit_id);
        let command = UnitCommand::Withdraw(id::read(&input.case_type_id));
        let told = administer(ctx, &input.idempotency_key, Change::Unit(unit, command)).await?;
        Ok(WithdrawCaseTypePayload::new(CareUnit { id: unit }, told))
    }

    /// Decides which options a unit has in a choice of a case type's form, in place of the form's,
    /// for what is sent from then on. For the region's administrators, and the unit's where the
    /// region lets them.
    async fn set_unit_options(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which unit, where, and what.")] input: SetUnitOptionsInput,
    ) -> Result<SetUnitOptionsPayload> {
        let unit: UnitId = id::read(&input.unit_id);
        let command = UnitCommand::SetOptions {
            case_type: id::read(&input.case_type_id),
            field: input.field,
            options: input.options.into_iter().map(Into::into).collect(),
        };
        let told = administer(ctx, &input.idempotency_key, Change::Unit(unit, command)).await?;
        Ok(SetUnitOptionsPayload::new(CareUnit { id: unit }, told))
    }

    /// Approves that a unit need not offer a type of the base offering, since it does not do such
    /// things. For the region's administrators.
    async fn approve_not_applicable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which unit, what, and why.")] input: ApproveNotApplicableInput,
    ) -> Result<ApproveNotApplicablePayload> {
        let unit: UnitId = id::read(&input.unit_id);
        let command = UnitCommand::ApproveNotApplicable(id::read(&input.case_type_id));
        let (key, change) = (&input.idempotency_key, Change::Unit(unit, command));
        let told = administer_because(ctx, key, change, input.reason).await?;
        Ok(ApproveNotApplicablePayload::new(CareUnit { id: unit }, told))
    }

    /// Takes back that a unit need not offer a type. For the region's administrators.
    async fn withdraw_not_applicable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which unit, and what.")] input: WithdrawNotApplicableInput,
    ) -> Result<WithdrawNotApplicablePayload> {
        let unit: UnitId = id::read(&input.unit_id);
        let command = UnitCommand::WithdrawNotApplicable(id::read(&input.case_type_id));
        let told = administer(ctx, &input.idempotency_key, Change::Unit(unit, command)).await?;
        Ok(WithdrawNotApplicablePayload::new(CareUnit { id: unit }, told))
    }
}

impl UnitSettingsInput {
    /// What was meant; refused where municipalities are named and others are served.
    fn read(self) -> Result<UnitSettings, UserError> {
        let service_area = match self.service_area {
            ServiceAreaKind::Municipalities => ServiceArea::Municipalities(self.municipalities),
            _ if !self.municipalities.is_empty() => {
                let message = "municipalities belong to the service area `MUNICIPALITIES` alone";
                let (code, field) = (UserErrorCode::FieldInvalid, "settings.municipalities");
                return Err(UserError::new(code, field, message)
                    .in_swedish("Kommuner hör bara till betjäningsområdet `MUNICIPALITIES`."));
            }
            ServiceAreaKind::Country => ServiceArea::Country,
            ServiceAreaKind::Region => ServiceArea::Region,
        };
        let ContactInput { phone, address, web, hours } = self.contact;
        Ok(UnitSettings {
            ownership: self.ownership.into(),
            owned_since: self.owned_since.0,
            physical: self.physical,
            service_area,
            contact: Contact { phone, address, web, hours },
        })
    }
}
