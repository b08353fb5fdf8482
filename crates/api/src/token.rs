//! Tokens: who is asking, as an issuer vouches for it.
//!
//! A token is a JWT signed with a key of the issuer's set. What it says is believed only after
//! signature, issuer, audience, times and level of assurance have been checked; whether the
//! assignment that it names is in force is then asked of the read models, at every request.
//! Symmetric algorithms are never taken, and the algorithm is the key's, not the token's.
//!
//! | claim | holds |
//! |---|---|
//! | `iss`, `aud`, `exp`, `nbf` | as in RFC 7519 |
//! | `sub` | the person: `staff_…` or `resident_…`, or a member of staff's HSA-id; `operator` for whoever runs the service and founds regions; anything, where a number or `employeeHsaId` says who |
//! | `employeeHsaId` | staff: their HSA-id, by which they are found where `sub` is something else |
//! | `https://id.oidc.se/claim/personalIdentityNumber`, `…/coordinationNumber` | a resident's number, by which they are found |
//! | `name` | a resident's name, for their account |
//! | `acr` | how sure the issuer is of it: level of assurance 3 or above |
//! | `role` | staff: `receiver`, `handler`, `unit_admin`, `region_admin`, `auditor` or `analyst` |
//! | `unit` | staff: the unit of the assignment; left out for those that span a division or a region |
//! | `commissionPurpose` | staff: why they read, such as "Vård och behandling" |

mod dev_issuer;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt};

use domain::{
    Actor, Role, StreamId, UnitId,
    deadline::local_date,
    identity::{HsaId, HsaIdError, Mode, NationalId, NationalIdError},
};
use jiff::{Timestamp, civil::Date};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::dev_issuer::DevIssuer;

/// The levels of assurance that are enough: 3 and above, of residents' and of staff's e-ids.
const LEVELS: [&str; 4] = [
    "http://id.elegnamnden.se/loa/1.0/loa3",
    "http://id.elegnamnden.se/loa/1.0/loa4",
    "http://id.sambi.se/loa/loa3",
    "http://id.sambi.se/loa/loa4",
];

/// The subject of whoever runs the service.
const OPERATOR: &str = "operator";

/// Seconds by which the issuer's clock and ours may differ.
const LEEWAY_SECONDS: i64 = 30;

/// What a token claims. Written by the development issuer alone.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    acr: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<UnitId>,
    #[serde(rename = "commissionPurpose", default, skip_serializing_if = "Option::is_none")]
    commission_purpose: Option<String>,
    #[serde(
        rename = "https://id.oidc.se/claim/personalIdentityNumber",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    personal_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// What of a token's claims is read. `aud` is left to the library: it may be one or a list.
#[derive(Debug, Deserialize)]
struct Vouched {
    sub: String,
    exp: i64,
    nbf: Option<i64>,
    acr: Option<String>,
    role: Option<Role>,
    unit: Option<UnitId>,
    #[serde(rename = "employeeHsaId")]
    employee_hsa_id: Option<String>,
    #[serde(rename = "commissionPurpose")]
    commission_purpose: Option<String>,
    #[serde(rename = "https://id.oidc.se/claim/personalIdentityNumber")]
    personal_number: Option<String>,
    #[serde(rename = "https://id.oidc.se/claim/coordinationNumber")]
    coordination_number: Option<String>,
    name: Option<String>,
}

/// A resident's number, as an issuer vouches for it. Its `Debug` form tells nothing.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    /// The number.
    pub(crate) number: NationalId,
    /// The name, where the token says it.
    pub(crate) name: Option<String>,
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claim(…)")
    }
}

/// An assignment of whoever has an HSA-id, as an issuer vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Employed {
    /// Who.
    pub(crate) hsa_id: HsaId,
    /// As what.
    pub(crate) role: Role,
    /// Where; none beyond a unit.
    pub(crate) unit: Option<UnitId>,
}

/// Whom a token names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    /// Someone, by our own id.
    Known(Actor),
    /// The resident who has the number that the token claims.
    Numbered,
    /// The member of staff who has an HSA-id.
    Employed(Employed),
}

/// What a token vouches for, before anyone is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bearer {
    /// Who it is, by what the token names them by.
    pub(crate) who: Who,
    /// A resident's number.
    pub(crate) claim: Option<Claim>,
    /// Why staff reads, where the token says it.
    pub(crate) purpose: Option<String>,
    /// When the token is no longer good.
    pub(crate) expires_at: Timestamp,
    /// Which numbers are taken.
    pub(crate) numbers: Mode,
}

/// Why a token was not believed. Clients are told that it was not; operators are told why.
#[derive(Debug, Error)]
pub enum TokenError {
    /// It is no token, or its signature, issuer or audience is not right.
    #[error("the token is not valid: {0}")]
    Invalid(#[from] jsonwebtoken::errors::Error),
    /// It names no key, or one that the issuer's set does not have.
    #[error("the token names no key of the issuer's set")]
    UnknownKey,
    /// It is too old.
    #[error("the token has expired")]
    Expired,
    /// It is not good yet.
    #[error("the token is not good yet")]
    TooEarly,
    /// The issuer is not sure enough of who it is.
    #[error("the token's level of assurance is below 3, or missing")]
    Assurance,
    /// It names nobody whom the service knows a kind of.
    #[error(
        "the token's subject is neither a resident, nor a member of staff in a role, nor the operator"
    )]
    Subject,
    /// Its number is none.
    #[error("the token's number cannot be taken: {0}")]
    Number(NationalIdError),
    /// Its HSA-id is none.
    #[error("the token's HSA-id cannot be taken: {0}")]
    HsaId(HsaIdError),
}

/// Why an issuer's keys could not be used.
#[derive(Debug, Error)]
pub enum KeySetError {
    /// The text is no JSON Web Key Set.
    #[error("the key set cannot be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A key of it is of no use.
    #[error("key `{id}` cannot be used: {source}")]
    Unusable {
        /// Which.
        id: String,
        /// Why not.
        source: jsonwebtoken::errors::Error,
    },
    /// There is no key in it that tokens can be checked with.
    #[error("the key set holds no public key with a `kid` and an asymmetric `alg`")]
    Empty,
}

/// One issuer, and the public keys that its tokens are checked with.
pub struct KeySet {
    keys: BTreeMap<String, (DecodingKey, Validation)>,
    /// Which numbers its tokens may claim.
    numbers: Mode,
}

impl KeySet {
    /// The keys of `issuer` in the JSON Web Key Set `text`, for tokens to `audience`. Symmetric
    /// keys, and those without `kid` or `alg`, are left out.
    pub fn new(issuer: &str, audience: &str, text: &str) -> Result<Self, KeySetError> {
        let set: JwkSet = serde_json::from_str(text)?;
        let mut keys = BTreeMap::new();
        for jwk in &set.keys {
            let algorithm = jwk.common.key_algorithm.map(Algorithm::try_from);
            let (Some(id), Some(Ok(algorithm))) = (&jwk.common.key_id, algorithm) else { continue };
            if matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512) {
                continue;
            }
            let key = DecodingKey::from_jwk(jwk)
                .map_err(|source| KeySetError::Unusable { id: id.clone(), source })?;
            keys.insert(id.clone(), (key, validation(issuer, audience, algorithm)));
        }
        if keys.is_empty() {
            Err(KeySetError::Empty)
        } else {
            Ok(Self { keys, numbers: Mode::Live })
        }
    }

    /// The same keys, for tokens that may claim numbers that are made up.
    fn with_synthetic_numbers(self) -> Self {
        Self { numbers: Mode::Synthetic, ..self }
    }

    /// Who bears `token`, which must be good at `now`.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Result<Bearer, TokenError> {
        let id = decode_header(token)?.kid.ok_or(TokenError::UnknownKey)?;
        let (key, validation) = self.keys.get(&id).ok_or(TokenError::UnknownKey)?;
        let claims = decode::<Vouched>(token, key, validation)?.claims;
        let seconds = now.as_second();
        if claims.exp.saturating_add(LEEWAY_SECONDS) <= seconds {
            return Err(TokenError::Expired);
        }
        if claims.nbf.is_some_and(|from| seconds < from.saturating_sub(LEEWAY_SECONDS)) {
            return Err(TokenError::TooEarly);
        }
        if !claims.acr.as_deref().is_some_and(|acr| LEVELS.contains(&acr)) {
            return Err(TokenError::Assurance);
        }
        let expires_at = claims.exp.saturating_add(LEEWAY_SECONDS);
        let claim = claims.claim(local_date(now), self.numbers)?;
        let who = claims.who(claim.is_some())?;
        Ok(Bearer {
            who,
            claim,
            numbers: self.numbers,
            purpose: claims.commission_purpose,
            expires_at: Timestamp::from_second(expires_at).unwrap_or(Timestamp::MAX),
        })
    }
}

/// Signature, issuer and audience are the library's to check; times are checked against the
/// service's own clock.
fn validation(issuer: &str, audience: &str, algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}

impl Vouched {
    /// The resident's number that the token claims, if it claims one.
    fn claim(&self, today: Date, numbers: Mode) -> Result<Option<Claim>, TokenError> {
        let Some(text) = self.personal_number.as_ref().or(self.coordination_number.as_ref()) else {
            return Ok(None);
        };
        let number = NationalId::parse(text, today, numbers).map_err(TokenError::Number)?;
        let name = self.name.clone().filter(|it| !it.trim().is_empty());
        Ok(Some(Claim { number, name }))
    }

    /// Whoever issues a number or an HSA-id need not know our ids: `sub` may be anything then.
    fn who(&self, has_number: bool) -> Result<Who, TokenError> {
        match (self.sub.parse(), self.role, self.unit) {
            (Ok(StreamId::Resident(who)), None, None) => {
                Ok(Who::Known(Actor::Resident { who, on_behalf_of: None }))
            }
            (Ok(StreamId::Staff(who)), Some(role), unit) => {
                Ok(Who::Known(Actor::Staff { who, role, unit }))
            }
            (_, None, None) if has_number => Ok(Who::Numbered),
            (Err(_), None, None) if self.sub == OPERATOR => Ok(Who::Known(Actor::System)),
            (Err(_), Some(role), unit) => {
                let hsa_id = self.employee_hsa_id.as_ref().unwrap_or(&self.sub);
                let hsa_id = hsa_id.parse().map_err(TokenError::HsaId)?;
                Ok(Who::Employed(Employed { hsa_id, role, unit }))
            }
            _ => Err(TokenError::Subject),
        }
    }
}
