//! The keys that options name.

use bulla_core::keys::{Jwk, OpeningKey, Recipient, SigningKey, StatementSigner, VerifyingKey};
use bulla_core::serialized::ObjectKey;
use bulla_kms::{Ask, KeySource};
use clap::ValueEnum;

use crate::outcome::{Failure, Result};
use crate::output;
use crate::passphrase::PassphraseOption;

/// A key, and what it is called in messages.
pub(crate) struct NamedKey {
    key: Jwk,
    what: String,
}

/// How an RSA key signs, which a key need not say of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Algorithm {
    /// Ed25519
    #[value(name = "EdDSA")]
    EdDsa,
    /// ECDSA on P-256 with SHA-256
    #[value(name = "ES256")]
    Es256,
    /// RSASSA-PSS with SHA-256
    #[value(name = "PS256")]
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256
    #[value(name = "RS256")]
    Rs256,
}

/// Reads all keys of the `sources`: paths, or `env:` and the name of an environment variable.
pub(crate) fn read(sources: &[String], passphrase: &PassphraseOption) -> Result<Vec<NamedKey>> {
    if sources.iter().any(|source| source == "-") {
        return Err(Failure::unusable("keys are not read from standard input: name a file or env:NAME"));
    }
    let sources = sources.iter().map(|source| KeySource::parse(source)).collect::<bulla_core::Result<_>>()?;
    passphrase.serve(|ask| read_sources(sources, ask))
}

/// Reads all keys of the `sources`; `passphrase` is asked for protected ones.
pub(crate) fn read_sources(sources: Vec<KeySource>, passphrase: Ask<'_>) -> Result<Vec<NamedKey>> {
    let mut keys = Vec::new();
    for source in sources {
        if let KeySource::File(file) = &source {
            output::spare(file);
        }
        let what = source.to_string();
        keys.extend(source.unlock(passphrase)?.into_iter().map(|key| NamedKey { key, what: what.clone() }));
    }
    Ok(keys)
}

/// Those for whom one seals with these keys.
pub(crate) fn recipients(keys: &[NamedKey]) -> Result<Vec<Recipient>> {
    suitable(keys, Jwk::recipient)
}

/// Those of the keys that open.
pub(crate) fn opening_keys(keys: &[NamedKey]) -> Result<Vec<OpeningKey>> {
    suitable(keys, Jwk::opening_key)
}

/// Those of the keys that open sealed objects of Java.
pub(crate) fn object_keys(keys: &[NamedKey]) -> Result<Vec<ObjectKey>> {
    suitable(keys, Jwk::object_key)
}

/// Those of the keys that verify signed objects of Java.
pub(crate) fn object_signers(keys: &[NamedKey]) -> Result<Vec<VerifyingKey>> {
    suitable(keys, Jwk::object_signer)
}

/// Those of the keys that verify, by `algorithm` if one is asked for.
pub(crate) fn verifying_keys(keys: Vec<NamedKey>, algorithm: Option<Algorithm>) -> Result<Vec<VerifyingKey>> {
    let keys = padded(keys, algorithm);
    let mut verifying = suitable(&keys, Jwk::verifying_key)?;
    if let Some(algorithm) = algorithm {
        verifying.retain(|key| key.algorithm().name() == algorithm.name());
        if verifying.is_empty() {
            return Err(Failure::unusable(format!("none of the keys verifies by {}", algorithm.name())));
        }
    }
    Ok(verifying)
}

/// The one of the keys that signs.
pub(crate) fn signing_key(keys: Vec<NamedKey>, algorithm: Option<Algorithm>) -> Result<SigningKey> {
    let keys = padded(keys, algorithm);
    let mut signing = suitable(&keys, Jwk::signing_key)?;
    let key = signing.pop().filter(|_| signing.is_empty()).ok_or_else(|| {
        Failure::unusable(format!("{} holds several keys that sign; only one can", keys[0].what))
    })?;
    match algorithm {
        Some(asked) if key.algorithm().name() != asked.name() => {
            let (asked, own) = (asked.name(), key.algorithm().name());
            Err(Failure::unusable(format!("{} does not sign by {asked} but by {own}", keys[0].what)))
        }
        _ => Ok(key),
    }
}

fn padded(keys: Vec<NamedKey>, algorithm: Option<Algorithm>) -> Vec<NamedKey> {
    let padding = match algorithm {
        Some(Algorithm::Rs256) => bulla_core::crypto::RsaPadding::Pkcs1,
        _ => bulla_core::crypto::RsaPadding::Pss,
    };
    keys.into_iter().map(|NamedKey { key, what }| NamedKey { key: key.padded_by(padding), what }).collect()
}

/// What `of` makes of the keys. A set may hold keys for other ends; each source must have one that
/// serves.
fn suitable<T>(keys: &[NamedKey], of: fn(&Jwk, &str) -> bulla_core::Result<T>) -> Result<Vec<T>> {
    let mut suitable = Vec::with_capacity(keys.len());
    for source in keys.chunk_by(|one, next| one.what == next.what) {
        let known = suitable.len();
        let mut reason = None;
        for NamedKey { key, what } in source {
            match of(key, what) {
                Ok(key) => suitable.push(key),
                Err(error) => reason = reason.or(Some(error)),
            }
        }
        if let Some(error) = reason.filter(|_| suitable.len() == known) {
            return Err(error.into());
        }
    }
    Ok(suitable)
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Ps256 => "PS256",
            Self::Rs256 => "RS256",
        }
    }
}
