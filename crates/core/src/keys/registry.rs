//! Rows of the key registry: wrapped keys, each signed in the epoch that made it.
//!
//! Whoever administers the database writes the registry's table, and could wrap a key of his own
//! under a public master key. So a row counts only if a certified epoch of this installation
//! signed it; the certificate is carried along, so that a row can be judged by itself.

use std::fmt;

use super::{Certificate, Epoch, KeyId, Trust};
use crate::json::{Object, Writer};
use crate::statement::own::{self, OwnStatement};
use crate::{Error, Result, base64url};

pub(crate) const KIND: &str = "bulla-key";

/// What a key may be used for, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Seals values.
    Data,
    /// Makes the tags by which sealed values are searched.
    Search,
    /// Makes the commitments of ledger records.
    Commitment,
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 3] = [Self::Data, Self::Search, Self::Commitment];

    /// The purpose's name in rows.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Search => "search",
            Self::Commitment => "commitment",
        }
    }

    /// The purpose of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A row whose signature and certificate were verified. The key in it is still wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryRow {
    /// The key's id.
    pub kid: KeyId,
    /// What the key is for.
    pub purpose: Purpose,
    /// The master key that wraps it.
    pub master: String,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
    /// When it was made, in milliseconds since 1970-01-01T00:00Z.
    pub created: i64,
    /// The epoch that made it.
    pub certificate: Certificate,
}

impl RegistryRow {
    /// Verifies a row, which a trusted node of `installation` must have signed.
    pub fn verify(text: &str, installation: &str, trust: &Trust) -> Result<Self> {
        let statement = OwnStatement::parse(text, KIND, &["epc", "kid"])?;
        let signer = statement.header.required_str(KIND, "kid")?;
        let certificate = Certificate::verify(statement.header.required_str(KIND, "epc")?, trust)?;
        if certificate.key.kid().as_str() != signer {
            return Err(refused(signer, "its certificate is of another epoch key"));
        }
        let payload = statement.verify("the key registry's row", &certificate.key, KIND)?;
        let kid = payload.required_str(KIND, "kid")?;
        if certificate.installation() != installation {
            let problem = format!("it was made for the log {:?}, not for {installation:?}", certificate.log);
            return Err(refused(kid, &problem));
        }
        if payload.required_str(KIND, "epoch")? != certificate.epoch {
            return Err(refused(kid, "it names another epoch than its certificate"));
        }
        Self::read(&payload, certificate)
    }

    /// What a row says, whoever signed it.
    pub(crate) fn claimed(text: &str) -> Result<Self> {
        let statement = OwnStatement::parse(text, KIND, &["epc", "kid"])?;
        let certificate = Certificate::claimed(statement.header.required_str(KIND, "epc")?)?;
        Self::read(&statement.claims(KIND)?, certificate)
    }

    fn read(payload: &Object, certificate: Certificate) -> Result<Self> {
        payload.only(KIND, &["created", "epoch", "kid", "master", "purpose", "wrapped"])?;
        let kid = payload.required_str(KIND, "kid")?;
        let purpose = payload.required_str(KIND, "purpose")?;
        Ok(Self {
            kid: KeyId::parse(kid).ok_or_else(|| refused(kid, "the key id is not a thumbprint"))?,
            purpose: Purpose::from_name(purpose)
                .ok_or_else(|| refused(kid, &format!("purpose {purpose:?} is unknown")))?,
            master: payload.required_str(KIND, "master")?.into(),
            wrapped: base64url::decode(payload.required_str(KIND, "wrapped")?)
                .ok_or_else(|| refused(kid, "the wrapped key is not base64url"))?,
            created: payload.required_i64(KIND, "created")?,
            certificate,
        })
    }
}

/// Signs the row of a fresh key.
pub(super) fn sign(
    epoch: &Epoch,
    kid: KeyId,
    purpose: Purpose,
    master: &str,
    wrapped: &[u8],
    created: i64,
) -> String {
    let mut header = Writer::object();
    header.member("alg").string("EdDSA").member("epc").string(epoch.certificate_text());
    header.member("kid").string(epoch.signer().kid().as_str()).member("typ").string(KIND);
    let mut payload = Writer::object();
    payload.member("created").integer(created).member("epoch").string(&epoch.certificate().epoch);
    payload.member("kid").string(kid.as_str()).member("master").string(master);
    payload.member("purpose").string(purpose.name()).member("wrapped").string(&base64url::encode(wrapped));
    own::sign(&header.finish(), &payload.finish(), epoch.signer())
}

fn refused(kid: &str, problem: &str) -> Error {
    Error::BadRegistryRow { kid: kid.into(), problem: problem.into() }
}
