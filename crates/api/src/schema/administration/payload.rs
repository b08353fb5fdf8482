//! What each mutation around cases answers with. All alike, each under its own name, so that each
//! can grow.

use async_graphql::SimpleObject;

use super::{Told, answer::OrganisationEvent};
use crate::schema::{
    mutation::user_error::UserError,
    scalars::Position,
    types::{CareUnit, CaseType, Division, Region, Resident, StaffMember},
};

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $type:ty })*) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub(crate) struct $name {
            $(#[$field_doc])*
            $field: Option<$type>,
            /// The first thing that happened; none where it was so already, or nothing was done.
            event: Option<OrganisationEvent>,
            /// The place in the log of what happened, or of the last event of the same story where
            /// it was so already; none where nothing was done.
            position: Option<Position>,
            /// Whether this is the outcome of an earlier request with the same idempotency key.
            replayed: bool,
            /// What is to be put right; empty where it was done.
            user_errors: Vec<UserError>,
        }

        impl $name {
            pub(crate) fn new($field: $type, told: Told) -> Self {
                let $field = told.then($field);
                let Told { done, event, user_errors } = told;
                let position = done.as_ref().map(|it| it.position.into());
                let replayed = done.is_some_and(|it| it.replayed);
                Self { $field, event, position, replayed, user_errors }
            }
        }
    )*};
}

/// What became of `registerRegion`.
#[derive(SimpleObject)]
pub(crate) struct RegisterRegionPayload {
    /// The region; none where nothing was done.
    region: Option<Region>,
    /// Its first administrator; none where nothing was done.
    administrator: Option<StaffMember>,
    /// The first thing that happened; none where it was so already, or nothing was done.
    event: Option<OrganisationEvent>,
    /// The place in the log of what happened; none where nothing was done.
    position: Option<Position>,
    /// Whether this is the outcome of an earlier request with the same idempotency key.
    replayed: bool,
    /// What is to be put right; empty where it was done.
    user_errors: Vec<UserError>,
}

impl RegisterRegionPayload {
    pub(super) fn new(region: Region, administrator: StaffMember, told: Told) -> Self {
        let administrator = told.then(administrator);
        let SetUnitEditorsPayload { region, event, position, replayed, user_errors } =
            SetUnitEditorsPayload::new(region, told);
        Self { region, administrator, event, position, replayed, user_errors }
    }
}

payloads! {
    /// What became of `registerDivision`.
    RegisterDivisionPayload {
        /// The division; none where nothing was done.
        division: Division
    }
    /// What became of `setUnitEditors`.
    SetUnitEditorsPayload {
        /// The region; none where nothing was done.
        region: Region
    }
    /// What became of `setAdministratorBounds`.
    SetAdministratorBoundsPayload {
        /// The region; none where nothing was done.
        region: Region
    }
    /// What became of `decideBaseOffering`.
    DecideBaseOfferingPayload {
        /// The region; none where nothing was done.
        region: Region
    }
    /// What became of `registerUnit`.
    RegisterUnitPayload {
        /// The care unit; none where nothing was done.
        unit: CareUnit
    }
    /// What became of `changeUnitSettings`.
    ChangeUnitSettingsPayload {
        /// The care unit; none where nothing was done.
        unit: CareUnit
    }
    /// What became of `activateUnit`.
    ActivateUnitPayload {
        /// The care unit; none where nothing was done.
        unit: CareUnit
    }
    /// What became of `deactivateUnit`.
    DeactivateUnitPayload {
        /// The care unit; none where nothing was done.
        unit: CareUnit
    }
    /// What became of `offerCaseType`.
    OfferCaseTypePayload {
        /// The care unit; none where nothing was done.
        unit: CareUnit
    }
    /// What became of `withdrawCaseType`.
    WithdrawCaseTypePayload {
        /// The care unit; none where nothing was done.
        unit: CareUnit
    }
    /// What became of `setUnitOptions`.
    SetUnitOptionsPayload {
        /// The care unit; none where nothing was done.
        unit: CareUnit
    }
    /// What became of `approveNotApplicable`.
    ApproveNotApplicablePayload {
        /// The care unit; none where nothing was done.
        unit: CareUnit
    }
    /// What became of `withdrawNotApplicable`.
    WithdrawNotApplicablePayload {
        /// The care unit; none where nothing was done.
        unit: CareUnit
    }
    /// What became of `registerStaff`.
    RegisterStaffPayload {
        /// The member of staff; none where nothing was done.
        staff: StaffMember
    }
    /// What became of `replaceStaffIdentity`.
    ReplaceStaffIdentityPayload {
        /// The member of staff; none where nothing was done.
        staff: StaffMember
    }
    /// What became of `changeStaffName`.
    ChangeStaffNamePayload {
        /// The member of staff; none where nothing was done.
        staff: StaffMember
    }
    /// What became of `grantRole`.
    GrantRolePayload {
        /// The member of staff; none where nothing was done.
        staff: StaffMember
    }
    /// What became of `revokeRole`.
    RevokeRolePayload {
        /// The member of staff; none where nothing was done.
        staff: StaffMember
    }
    /// What became of `defineCaseType`.
    DefineCaseTypePayload {
        /// The case type; none where nothing was done.
        case_type: CaseType
    }
    /// What became of `reviseCaseType`.
    ReviseCaseTypePayload {
        /// The case type; none where nothing was done.
        case_type: CaseType
    }
    /// What became of `publishTerms`.
    PublishTermsPayload {
        /// The case type; none where nothing was done.
        case_type: CaseType
    }
    /// What became of `setAnswerTemplates`.
    SetAnswerTemplatesPayload {
        /// The case type; none where nothing was done.
        case_type: CaseType
    }
    /// What became of `setAnswerOptions`.
    SetAnswerOptionsPayload {
        /// The case type; none where nothing was done.
        case_type: CaseType
    }
    /// What became of `registerResident`.
    RegisterResidentPayload {
        /// The resident; none where nothing was done.
        resident: Resident
    }
    /// What became of `changeContactPreferences`.
    ChangeContactPreferencesPayload {
        /// The resident; none where nothing was done.
        resident: Resident
    }
    /// What became of `setProtectedIdentity`.
    SetProtectedIdentityPayload {
        /// The resident; none where nothing was done.
        resident: Resident
    }
    /// What became of `grantProxy`.
    GrantProxyPayload {
        /// The resident who is acted for; none where nothing was done.
        resident: Resident
    }
    /// What became of `revokeProxy`.
    RevokeProxyPayload {
        /// The resident who was acted for; none where nothing was done.
        resident: Resident
    }
    /// What became of `replaceIdentity`.
    ReplaceIdentityPayload {
        /// The resident; none where nothing was done.
        resident: Resident
    }
    /// What became of `changeResidentName`.
    ChangeResidentNamePayload {
        /// The resident; none where nothing was done.
        resident: Resident
    }
    /// What became of `setGuardianLimit`.
    SetGuardianLimitPayload {
        /// The region; none where nothing was done.
        region: Region
    }
}
