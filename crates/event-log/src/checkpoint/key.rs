//! The keys that sign checkpoints, in the texts that other tools for signed notes write and read:
//! `PRIVATE+KEY+name+id+base64` and `name+id+base64`.

use std::{fmt, str::FromStr};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::SigningKey;
use signed_note::{
    Signer, StandardSigner, StandardVerifier, is_key_name_valid, key_id, new_ed25519_verifier_key,
};
use thiserror::Error;

/// What stands before the bytes of an Ed25519 key.
const ED25519: u8 = 1;

/// Why a text is not a key, or a name not one for a key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// It is not a public key.
    #[error("it is not the public key of a log, such as `example.org/log+8f2c0a1b+AS…=`")]
    Public,
    /// It is not a secret key.
    #[error("it is not the secret key of a log, which begins with `PRIVATE+KEY+`")]
    Secret,
    /// It cannot be the name of a key.
    #[error(
        "`{name}` cannot name a key: give something like `example.org/log`, without spaces and `+`"
    )]
    Name {
        /// The name.
        name: String,
    },
}

/// A key that checkpoints are checked with. May be shown to anyone.
#[derive(Clone)]
pub struct PublicKey {
    name: String,
    text: String,
    verifier: StandardVerifier,
}

impl PublicKey {
    /// The name of the log that it stands for.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn verifier(&self) -> &StandardVerifier {
        &self.verifier
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let verifier = StandardVerifier::new(text).map_err(|_| KeyError::Public)?;
        let name = text.split('+').next().unwrap_or_default().to_owned();
        Ok(Self { name, text: text.to_owned(), verifier })
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A key that signs checkpoints. Whoever has it can vouch for a log that never was.
pub struct SecretKey {
    key: SigningKey,
    signer: StandardSigner,
    public: PublicKey,
}

impl SecretKey {
    /// The key of the log `name` that follows from `seed`, which must be drawn by chance.
    pub fn new(name: &str, seed: [u8; 32]) -> Result<Self, KeyError> {
        let is_line = !name.chars().any(char::is_control);
        if !is_key_name_valid(name) || !is_line {
            return Err(KeyError::Name { name: name.to_owned() });
        }
        let key = SigningKey::from_bytes(&seed);
        let public: PublicKey = new_ed25519_verifier_key(name, &key.verifying_key()).parse()?;
        let signer = StandardSigner::new(&text(name, &key)).map_err(|_| KeyError::Secret)?;
        Ok(Self { key, signer, public })
    }

    /// The key that [`SecretKey::to_secret_text`] wrote, or another tool in the same form.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        StandardSigner::new(text).map_err(|_| KeyError::Secret)?;
        // `+` is a digit of base64 too.
        let [_, _, name, _, key] = text.splitn(5, '+').collect::<Vec<_>>()[..] else {
            return Err(KeyError::Secret);
        };
        let key = BASE64_STANDARD.decode(key).map_err(|_| KeyError::Secret)?;
        let seed = key.get(1..).and_then(|it| it.try_into().ok()).ok_or(KeyError::Secret)?;
        Self::new(name, seed)
    }

    /// The key as text, for a file that only its owner may read.
    pub fn to_secret_text(&self) -> String {
        text(self.public.name(), &self.key)
    }

    /// What its checkpoints are checked with.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(super) fn signer(&self) -> &dyn Signer {
        &self.signer
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret key of {}", self.public.name())
    }
}

fn text(name: &str, key: &SigningKey) -> String {
    let tagged = |bytes: &[u8; 32]| [&[ED25519], &bytes[..]].concat();
    let id = key_id(name, &tagged(key.verifying_key().as_bytes()));
    format!("PRIVATE+KEY+{name}+{id:08x}+{}", BASE64_STANDARD.encode(tagged(key.as_bytes())))
}
