//! Keys that sign statements, each by one algorithm.

use std::fmt;

use super::{KeyId, Signer, Verifier};
use crate::{Error, Result};

/// How statements are signed (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// Ed25519.
    EdDsa,
}

impl SignatureAlgorithm {
    /// What stands as `alg` in a statement.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
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
}

impl SigningKey {
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
        }
    }
}

impl From<Verifier> for VerifyingKey {
    fn from(verifier: Verifier) -> Self {
        Self { kid: verifier.kid(), public: Public::Ed25519(verifier) }
    }
}

impl VerifyingKey {
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
        }
    }

    /// Fails unless `signature` is this key's for `message`; `what` is named in the error.
    pub fn verify(&self, what: &str, message: &[u8], signature: &[u8]) -> Result<()> {
        let bad = || Error::BadSignature { what: what.into(), kid: self.kid.to_string() };
        match &self.public {
            Public::Ed25519(verifier) => {
                verifier.verify(what, message, signature.try_into().map_err(|_| bad())?)
            }
        }
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
