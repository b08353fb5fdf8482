//! An issuer of our own, for demonstrations and development: its tokens take the same way as any.

use domain::{
    Actor, Role, UnitId,
    identity::{HsaId, NationalId},
};
use jiff::Timestamp;
use jsonwebtoken::{
    Algorithm, EncodingKey, Header, encode,
    jwk::{Jwk, JwkSet},
};

use super::{Claims, KeySet, KeySetError, LEVELS, OPERATOR, TokenError};

const ISSUER: &str = "arende-development";
const AUDIENCE: &str = "arende";
const KEY_ID: &str = "development";
/// Why staff reads.
const PURPOSE: &str = "Vård och behandling";

/// What stands before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410, section 7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// Signs tokens with an Ed25519 key of its own. Whoever has its seed can be anyone.
pub struct DevIssuer {
    pub(super) key: EncodingKey,
}

impl DevIssuer {
    /// The issuer whose private key is `seed`.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self { key: EncodingKey::from_ed_der(&[&PKCS8_PREFIX[..], &seed].concat()) }
    }

    /// Its public key, as a real issuer's.
    pub fn key_set(&self) -> Result<KeySet, KeySetError> {
        let unusable = |source| KeySetError::Unusable { id: KEY_ID.to_owned(), source };
        let mut jwk = Jwk::from_encoding_key(&self.key, Algorithm::EdDSA).map_err(unusable)?;
        jwk.common.key_id = Some(KEY_ID.to_owned());
        let set = serde_json::to_string(&JwkSet { keys: vec![jwk] })?;
        Ok(KeySet::new(ISSUER, AUDIENCE, &set)?.with_synthetic_numbers())
    }

    /// A token for `actor` that is good until `expires_at`.
    pub fn token(&self, actor: &Actor, expires_at: Timestamp) -> Result<String, TokenError> {
        let (sub, role, unit) = match *actor {
            Actor::Resident { who, .. } => (who.to_string(), None, None),
            Actor::Staff { who, role, unit } => (who.to_string(), Some(role), unit),
            Actor::System => (OPERATOR.to_owned(), None, None),
        };
        let commission_purpose = role.map(|_| PURPOSE.to_owned());
        self.sign(&Claims { role, unit, commission_purpose, ..claims(sub, expires_at) })
    }

    /// A token for `role`, at `unit` if there is one, of whoever has that HSA-id, good until
    /// `expires_at`.
    pub fn token_for_hsa_id(
        &self,
        hsa_id: &HsaId,
        role: Role,
        unit: Option<UnitId>,
        expires_at: Timestamp,
    ) -> Result<String, TokenError> {
        let (role, commission_purpose) = (Some(role), Some(PURPOSE.to_owned()));
        let claims = claims(hsa_id.to_string(), expires_at);
        self.sign(&Claims { role, unit, commission_purpose, ..claims })
    }

    /// A token for whoever has that `number`, good until `expires_at`: a resident, or someone who
    /// becomes one.
    pub fn token_for_number(
        &self,
        number: &NationalId,
        name: Option<&str>,
        expires_at: Timestamp,
    ) -> Result<String, TokenError> {
        let personal_number = Some(number.expose_digits());
        let name = name.map(str::to_owned);
        self.sign(&Claims { personal_number, name, ..claims("e-id".to_owned(), expires_at) })
    }

    fn sign(&self, claims: &Claims) -> Result<String, TokenError> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(KEY_ID.to_owned());
        Ok(encode(&header, claims, &self.key)?)
    }
}

/// What every token claims.
fn claims(sub: String, expires_at: Timestamp) -> Claims {
    Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub,
        exp: expires_at.as_second(),
        nbf: None,
        acr: LEVELS[0].to_owned(),
        role: None,
        unit: None,
        commission_purpose: None,
        personal_number: None,
        name: None,
    }
}
