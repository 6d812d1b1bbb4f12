//! Epochs: one run of one node, with a signing key of its own that the node's identity certifies.

use std::collections::HashSet;

use super::{KeyId, Signer, Verifier};
use crate::crypto::{ed25519, random};
use crate::json::{Object, Writer};
use crate::statement::own::{self, OwnStatement};
use crate::{Error, Result, base64url};

pub(crate) const KIND: &str = "bulla-epoch";

/// The identities whose certificates count: the node's own, and those that the configuration or
/// the auditor's policy pins.
#[derive(Debug, Clone, Default)]
pub struct Trust(HashSet<KeyId>);

impl Trust {
    /// Trusts these identity keys.
    pub fn new(identities: impl IntoIterator<Item = KeyId>) -> Self {
        Self(identities.into_iter().collect())
    }

    /// Whether the identity is trusted.
    #[must_use]
    pub fn contains(&self, identity: &KeyId) -> bool {
        self.0.contains(identity)
    }
}

/// A running epoch: its signing key, and the certificate that others verify it by.
#[derive(Debug)]
pub struct Epoch {
    signer: Signer,
    certificate: Certificate,
    text: String,
}

/// What an identity key certified about an epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The log's name, `<installation>/<node>`.
    pub log: String,
    /// The epoch's id, 16 hexadecimal digits.
    pub epoch: String,
    /// The epoch's key.
    pub key: Verifier,
    /// When the epoch began, in milliseconds since 1970-01-01T00:00Z.
    pub started: i64,
    /// The identity that certified it.
    pub identity: KeyId,
}

impl Epoch {
    /// Begins an epoch of the log `log` with a fresh key.
    pub fn start(identity: &Signer, log: &str, now: i64) -> Result<Self> {
        let signer = Signer::generate()?;
        let mut id = [0; 8];
        random::fill(&mut id)?;
        let certificate = Certificate {
            log: log.into(),
            epoch: format!("{:016x}", u64::from_be_bytes(id)),
            key: signer.verifier().clone(),
            started: now,
            identity: identity.kid(),
        };
        let text = certificate.sign(identity);
        Ok(Self { signer, certificate, text })
    }

    /// What signs in this epoch.
    #[must_use]
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// What was certified.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The certificate as a signed statement.
    #[must_use]
    pub fn certificate_text(&self) -> &str {
        &self.text
    }
}

impl Certificate {
    /// Verifies a certificate that one of the trusted identities must have signed.
    pub fn verify(text: &str, trust: &Trust) -> Result<Self> {
        let statement = OwnStatement::parse(text, KIND, &["jwk"])?;
        let identity = public_key(statement.header.required_object(KIND, "jwk")?)?;
        if !trust.contains(&identity.kid()) {
            return Err(Error::UntrustedKey { kid: identity.kid().to_string() });
        }
        let payload = statement.verify("the epoch certificate", &identity, KIND)?;
        Self::read(&payload, &identity)
    }

    /// What a certificate says, whoever signed it.
    pub(crate) fn claimed(text: &str) -> Result<Self> {
        let statement = OwnStatement::parse(text, KIND, &["jwk"])?;
        let identity = public_key(statement.header.required_object(KIND, "jwk")?)?;
        Self::read(&statement.claims(KIND)?, &identity)
    }

    fn read(payload: &Object, identity: &Verifier) -> Result<Self> {
        payload.only(KIND, &["epoch", "key", "log", "started", "v"])?;
        if payload.required_i64(KIND, "v")? != 1 {
            return Err(malformed("member \"v\" is not 1: a newer version wrote it"));
        }
        Ok(Self {
            log: payload.required_str(KIND, "log")?.into(),
            epoch: payload.required_str(KIND, "epoch")?.into(),
            key: public_key(payload.required_object(KIND, "key")?)?,
            started: payload.required_i64(KIND, "started")?,
            identity: identity.kid(),
        })
    }

    /// The installation, the first part of the log's name.
    #[must_use]
    pub fn installation(&self) -> &str {
        self.log.split_once('/').map_or(self.log.as_str(), |(installation, _)| installation)
    }

    fn sign(&self, identity: &Signer) -> String {
        let mut header = Writer::object();
        header.member("alg").string("EdDSA").member("jwk").begin_object();
        identity.verifier().write_jwk(&mut header);
        header.end_object().member("typ").string(KIND);
        let mut payload = Writer::object();
        payload.member("epoch").string(&self.epoch).member("key").begin_object();
        self.key.write_jwk(&mut payload);
        payload.end_object().member("log").string(&self.log);
        payload.member("started").integer(self.started).member("v").integer(1);
        own::sign(&header.finish(), &payload.finish(), identity)
    }
}

/// The Ed25519 key of a public JWK that has no other members.
fn public_key(jwk: &Object) -> Result<Verifier> {
    jwk.only("public key", &["crv", "kty", "x"])?;
    let known = jwk.required_str("public key", "kty")? == "OKP"
        && jwk.required_str("public key", "crv")? == "Ed25519";
    base64url::decode_array(jwk.required_str("public key", "x")?)
        .filter(|key| known && ed25519::is_sound(key))
        .map(Verifier::new)
        .ok_or_else(|| malformed("a public key is not one of Ed25519"))
}

fn malformed(problem: &str) -> Error {
    Error::UnexpectedJson { what: KIND, problem: problem.into() }
}
