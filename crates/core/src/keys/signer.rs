//! Signing keys: identity, log and epoch keys, all Ed25519.

use std::fmt;

use super::KeyId;
use crate::crypto::{Active, Backend, Secret, Signing, SigningKey};
use crate::json::Writer;
use crate::{Error, Result, base64url};

/// Signs with a private key.
pub struct Signer {
    key: Signing,
    verifier: Verifier,
}

/// Verifies what the [`Signer`] of the same key signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    public: [u8; 32],
    kid: KeyId,
}

impl Signer {
    /// From the seed of RFC 8032 §5.1.5.
    #[must_use]
    pub fn from_seed(seed: &Secret) -> Self {
        let key = <Signing as SigningKey>::from_seed(seed);
        let verifier = Verifier::new(key.public());
        Self { key, verifier }
    }

    /// A signer with a fresh key, which nobody else has.
    pub fn generate() -> Result<Self> {
        Ok(Self::from_seed(&Secret::random()?))
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> KeyId {
        self.verifier.kid
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> &[u8; 32] {
        &self.verifier.public
    }

    /// What verifies the signatures.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The signature of `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        SigningKey::sign(&self.key, message)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.kid())
    }
}

impl Verifier {
    /// From a public key.
    #[must_use]
    pub fn new(public: [u8; 32]) -> Self {
        Self { public, kid: KeyId::of_ed25519(&public) }
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> KeyId {
        self.kid
    }

    pub(super) fn kid_str(&self) -> &str {
        self.kid.as_str()
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// Fails unless `signature` is this key's for `message`; `what` is named in the error.
    pub fn verify(&self, what: &str, message: &[u8], signature: &[u8; 64]) -> Result<()> {
        if Active::verify_ed25519(&self.public, message, signature) {
            return Ok(());
        }
        Err(Error::BadSignature { what: what.into(), kid: self.kid.to_string() })
    }

    /// Writes the members of the public JWK, in canonical order.
    pub(crate) fn write_jwk(&self, writer: &mut Writer) {
        writer.member("crv").string("Ed25519").member("kty").string("OKP");
        writer.member("x").string(&base64url::encode(&self.public));
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({})", self.kid)
    }
}
