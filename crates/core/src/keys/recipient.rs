//! Between whom a content key travels (RFC 7518 §4): for whom one seals, and who opens.

use std::fmt;
use std::sync::Arc;

use super::{KeyId, MasterKey};
use crate::crypto::{
    Active, Aead, AeadKey, Backend, KEY_LEN, NONCE_LEN, Secret, TAG_LEN, Wrapping, WrappingKey,
};
use crate::{Error, Result};

/// One for whom envelopes are sealed.
pub struct Recipient {
    kid: String,
    way: Way,
}

/// A key that opens the envelopes sealed for it, by its one algorithm.
pub struct OpeningKey {
    kid: String,
    way: Way,
}

enum Way {
    AesKeyWrap(Box<Wrapping>),
    AesGcm(Box<Aead>),
    Master(Arc<dyn MasterKey>),
}

/// A content key on its way to one recipient.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WrappedKey {
    pub(crate) encrypted_key: Vec<u8>,
    pub(crate) parameters: Parameters,
}

/// What a recipient's header holds beside `alg` and `kid`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters {
    /// RFC 7518 §4.7.1: the nonce and the tag of a wrap by AES-GCM.
    pub(crate) gcm: Option<([u8; NONCE_LEN], [u8; TAG_LEN])>,
}

/// The names that are known; whatever else a message asks for is refused.
pub(crate) const ALGORITHMS: [&str; 3] = ["A256KW", "A256GCMKW", "dev.bulla.master"];

impl Recipient {
    /// Whoever has the symmetric key `key`, by AES key wrap (`A256KW`).
    #[must_use]
    pub fn aes_key_wrap(key: &Secret) -> Self {
        let kid = KeyId::of_secret(key).to_string();
        Self { kid, way: Way::AesKeyWrap(Box::new(<Wrapping as WrappingKey>::new(key))) }
    }

    /// Whoever has the symmetric key `key`, by AES-GCM (`A256GCMKW`). Nonces are random, so one key
    /// should wrap at most 2^32 content keys.
    #[must_use]
    pub fn aes_gcm(key: &Secret) -> Self {
        let kid = KeyId::of_secret(key).to_string();
        Self { kid, way: Way::AesGcm(Box::new(<Aead as AeadKey>::new(key))) }
    }

    /// Whoever may use a master key.
    #[must_use]
    pub fn master(key: Arc<dyn MasterKey>) -> Self {
        Self { kid: key.kid().into(), way: Way::Master(key) }
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What stands as `alg` in an envelope.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        self.way.algorithm()
    }

    /// Wraps a content key for this recipient.
    pub(crate) fn wrap(&self, content_key: &Secret) -> Result<WrappedKey> {
        let without_parameters =
            |encrypted_key| WrappedKey { encrypted_key, parameters: Parameters::default() };
        match &self.way {
            Way::AesKeyWrap(key) => key.wrap(content_key).map(without_parameters),
            Way::Master(key) => key.wrap(content_key).map(without_parameters),
            Way::AesGcm(key) => {
                let mut nonce = [0; NONCE_LEN];
                Active::fill_random(&mut nonce)?;
                let mut encrypted_key = content_key.expose().to_vec();
                let tag = key.seal(nonce, &[], &mut encrypted_key)?;
                Ok(WrappedKey { encrypted_key, parameters: Parameters { gcm: Some((nonce, tag)) } })
            }
        }
    }
}

impl OpeningKey {
    /// A symmetric key, by AES key wrap (`A256KW`).
    #[must_use]
    pub fn aes_key_wrap(key: &Secret) -> Self {
        let Recipient { kid, way } = Recipient::aes_key_wrap(key);
        Self { kid, way }
    }

    /// A symmetric key, by AES-GCM (`A256GCMKW`).
    #[must_use]
    pub fn aes_gcm(key: &Secret) -> Self {
        let Recipient { kid, way } = Recipient::aes_gcm(key);
        Self { kid, way }
    }

    /// A master key.
    #[must_use]
    pub fn master(key: Arc<dyn MasterKey>) -> Self {
        Self { kid: key.kid().into(), way: Way::Master(key) }
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The one algorithm that the key allows.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        self.way.algorithm()
    }

    /// Unwraps a content key.
    pub(crate) fn unwrap(&self, wrapped: &WrappedKey) -> Result<Secret> {
        let encrypted_key = wrapped.encrypted_key.as_slice();
        let secret = match (&self.way, &wrapped.parameters.gcm) {
            (Way::AesKeyWrap(key), _) => key.unwrap(encrypted_key),
            (Way::Master(key), _) => return key.unwrap(encrypted_key),
            (Way::AesGcm(key), Some((nonce, tag))) => open(key, *nonce, encrypted_key, tag),
            (Way::AesGcm(_), None) => {
                let problem = "its header lacks the nonce or the tag of the wrapped key".into();
                return Err(Error::MalformedEnvelope { problem });
            }
        };
        secret.ok_or_else(|| Error::AuthenticationFailed {
            what: "the wrapped content key".into(),
            kid: self.kid.clone(),
        })
    }
}

impl Way {
    fn algorithm(&self) -> &'static str {
        match self {
            Self::AesKeyWrap(_) => "A256KW",
            Self::AesGcm(_) => "A256GCMKW",
            Self::Master(key) => key.algorithm(),
        }
    }
}

fn open(key: &Aead, nonce: [u8; NONCE_LEN], ciphertext: &[u8], tag: &[u8; TAG_LEN]) -> Option<Secret> {
    let mut content_key = zeroize::Zeroizing::new(<[u8; KEY_LEN]>::try_from(ciphertext).ok()?);
    key.open(nonce, &[], content_key.as_mut(), tag).then(|| Secret::new(*content_key))
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({}, {})", self.algorithm(), self.kid)
    }
}

impl fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpeningKey({}, {})", self.algorithm(), self.kid)
    }
}
