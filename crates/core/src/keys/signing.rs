//! Keys that sign statements, each by one algorithm.

use std::fmt;

use super::{KeyId, Signer, Verifier};
use crate::crypto::der::PublicKey;
use crate::crypto::{
    Active, Backend, Es256, Es256Key, P256Public, RsaPadding, RsaPrivate, RsaPublic, RsaSigning,
    RsaSigningKey, Secret,
};
use crate::{Error, Result};

/// How statements are signed (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl SignatureAlgorithm {
    /// What stands as `alg` in a statement.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Ps256 => "PS256",
            Self::Rs256 => "RS256",
        }
    }
}

/// Signs statements. Its provider may be a key in memory, a key service or a callback of the
/// embedding program; it may block.
pub trait StatementSigner: Send + Sync {
    /// The key's id, which should be its thumbprint: a [`VerifyingKey`] has no other.
    fn kid(&self) -> &str;
    /// How it signs.
    fn algorithm(&self) -> SignatureAlgorithm;
    /// The signature of `message`, as RFC 7518 §3 lays it out.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>>;
}

impl StatementSigner for Signer {
    fn kid(&self) -> &str {
        self.verifier().kid_str()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::EdDsa
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        Ok(Self::sign(self, message).to_vec())
    }
}

/// A private key in memory that signs statements.
pub struct SigningKey {
    verifying: VerifyingKey,
    private: Private,
}

enum Private {
    Ed25519(Box<Signer>),
    P256(Box<Es256>),
    Rsa(Box<RsaSigning>, RsaPadding),
}

/// Verifies what the key of the same id signed.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    kid: KeyId,
    public: Public,
}

#[derive(Clone, PartialEq, Eq)]
enum Public {
    Ed25519(Verifier),
    P256(P256Public),
    Rsa(RsaPublic, RsaPadding),
}

impl SigningKey {
    /// A key on P-256; `None` if the scalar is none.
    pub(super) fn p256(scalar: &Secret) -> Option<Self> {
        let private = <Es256 as Es256Key>::from_scalar(scalar)?;
        let verifying = VerifyingKey::new(&PublicKey::P256(private.public()), RsaPadding::Pss)?;
        Some(Self { verifying, private: Private::P256(Box::new(private)) })
    }

    /// An RSA key; `None` if its numbers contradict each other.
    pub(super) fn rsa(key: &RsaPrivate, padding: RsaPadding) -> Option<Self> {
        let private = <RsaSigning as RsaSigningKey>::new(key)?;
        let verifying = VerifyingKey::new(&PublicKey::Rsa(key.public.clone()), padding)?;
        Some(Self { verifying, private: Private::Rsa(Box::new(private), padding) })
    }

    /// What verifies the signatures.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }
}

impl From<Signer> for SigningKey {
    fn from(signer: Signer) -> Self {
        Self { verifying: signer.verifier().clone().into(), private: Private::Ed25519(Box::new(signer)) }
    }
}

impl StatementSigner for SigningKey {
    fn kid(&self) -> &str {
        self.verifying.kid.as_str()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.verifying.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        match &self.private {
            Private::Ed25519(signer) => StatementSigner::sign(&**signer, message),
            Private::P256(key) => key.sign(message).map(Vec::from),
            Private::Rsa(key, padding) => key.sign(*padding, message),
        }
    }
}

impl From<Verifier> for VerifyingKey {
    fn from(verifier: Verifier) -> Self {
        Self { kid: verifier.kid(), public: Public::Ed25519(verifier) }
    }
}

impl VerifyingKey {
    /// Of a public key; an RSA key verifies by `padding` alone. `None` if it is of a kind that does
    /// not sign.
    pub(super) fn new(key: &PublicKey, padding: RsaPadding) -> Option<Self> {
        let public = match key {
            PublicKey::Ed25519(key) => Public::Ed25519(Verifier::new(*key)),
            PublicKey::P256(key) => Public::P256(*key),
            PublicKey::Rsa(key) => Public::Rsa(key.clone(), padding),
            PublicKey::X25519(_) => return None,
        };
        Some(Self { kid: KeyId::of_public(key), public })
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> KeyId {
        self.kid
    }

    /// The one algorithm that the key allows.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        match &self.public {
            Public::Ed25519(_) => SignatureAlgorithm::EdDsa,
            Public::P256(_) => SignatureAlgorithm::Es256,
            Public::Rsa(_, RsaPadding::Pss) => SignatureAlgorithm::Ps256,
            Public::Rsa(_, RsaPadding::Pkcs1) => SignatureAlgorithm::Rs256,
        }
    }

    /// Fails unless `signature` is this key's for `message`; `what` is named in the error.
    pub fn verify(&self, what: &str, message: &[u8], signature: &[u8]) -> Result<()> {
        let good = match &self.public {
            Public::Ed25519(key) => {
                signature.try_into().is_ok_and(|signature| key.verify(what, message, signature).is_ok())
            }
            Public::P256(key) => {
                signature.try_into().is_ok_and(|signature| Active::verify_es256(key, message, signature))
            }
            Public::Rsa(key, padding) => Active::verify_rsa(key, *padding, message, signature),
        };
        if good {
            return Ok(());
        }
        Err(Error::BadSignature { what: what.into(), kid: self.kid.to_string() })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {})", self.algorithm().name(), self.verifying.kid)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({}, {})", self.algorithm().name(), self.kid)
    }
}
