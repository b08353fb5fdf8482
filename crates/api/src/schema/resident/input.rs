//! What clients send about residents.

use async_graphql::{ID, InputObject};

use crate::schema::scalars::{Date, DateTime};

/// Who gets an account.
#[derive(InputObject)]
pub(crate) struct RegisterResidentInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    pub(crate) idempotency_key: ID,
    /// The region that registers the account.
    pub(crate) region_id: ID,
    /// The full name. A resident's own is the token's, where the token says it.
    pub(crate) name: Option<String>,
    /// The number (personnummer, samordningsnummer). A resident's own is the token's.
    pub(crate) number: Option<String>,
}

/// How the viewer is told of news.
#[derive(InputObject)]
pub(crate) struct ChangeContactPreferencesInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    pub(crate) idempotency_key: ID,
    /// Whether by e-mail.
    pub(crate) by_email: bool,
    /// Whether by text message (SMS).
    pub(crate) by_text_message: bool,
    /// The e-mail address; needed for e-mail.
    #[graphql(default)]
    pub(crate) email: String,
    /// The phone number; needed for text messages.
    #[graphql(default)]
    pub(crate) phone: String,
}

/// Whose identity is protected, or no longer.
#[derive(InputObject)]
pub(crate) struct SetProtectedIdentityInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    pub(crate) idempotency_key: ID,
    /// The resident.
    pub(crate) resident_id: ID,
    /// Whether the identity is protected (skyddade personuppgifter).
    pub(crate) protected: bool,
}

/// Who may act for whom.
#[derive(InputObject)]
pub(crate) struct GrantProxyInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    pub(crate) idempotency_key: ID,
    /// The resident who is acted for; the viewer where none is named.
    pub(crate) resident_id: Option<ID>,
    /// The resident who acts.
    pub(crate) proxy_id: ID,
    /// Whether as a guardian (vårdnadshavare): until the birthday that the limit in force says.
    #[graphql(default)]
    pub(crate) guardian: bool,
    /// Until when, exclusive; needed for everyone but a guardian.
    pub(crate) until: Option<DateTime>,
}

/// Who may no longer act for whom.
#[derive(InputObject)]
pub(crate) struct RevokeProxyInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    pub(crate) idempotency_key: ID,
    /// The resident who was acted for; the viewer where none is named.
    pub(crate) resident_id: Option<ID>,
    /// The resident who acted.
    pub(crate) proxy_id: ID,
}

/// Whose number changed.
#[derive(InputObject)]
pub(crate) struct ReplaceIdentityInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    pub(crate) idempotency_key: ID,
    /// The resident.
    pub(crate) resident_id: ID,
    /// The new number (personnummer, samordningsnummer).
    pub(crate) number: String,
    /// The full name; as it was, where it is left out.
    #[graphql(default)]
    pub(crate) name: String,
}

/// Whose name changed.
#[derive(InputObject)]
pub(crate) struct ChangeResidentNameInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    pub(crate) idempotency_key: ID,
    /// The resident.
    pub(crate) resident_id: ID,
    /// The full name from here on. Kept sealed.
    pub(crate) name: String,
}

/// Until which birthday guardians act.
#[derive(InputObject)]
pub(crate) struct SetGuardianLimitInput {
    /// Names this request, 1 to 255 characters: sent again, the first outcome is given again.
    pub(crate) idempotency_key: ID,
    /// The region.
    pub(crate) region_id: ID,
    /// Until the child has completed so many years, 1 to 18.
    pub(crate) years: i32,
    /// The first day that it holds.
    pub(crate) valid_from: Date,
}
