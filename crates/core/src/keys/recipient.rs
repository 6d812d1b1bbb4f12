//! Between whom a content key travels (RFC 7518 §4): for whom one seals, and who opens.

use std::fmt;
use std::sync::Arc;

use super::{KeyId, MasterKey};
use crate::crypto::der::{PrivateKey, PublicKey};
use crate::crypto::{
    Active, Aead, AeadKey, AgreementKey, Backend, KEY_LEN, NONCE_LEN, P256Agreement, P256Public,
    RsaDecryption, RsaDecryptionKey, RsaPublic, Secret, TAG_LEN, Wrapping, WrappingKey, X25519Agreement,
    concat_kdf, random,
};
use crate::{Error, Result};

/// One for whom envelopes are sealed.
pub struct Recipient {
    kid: String,
    way: There,
}

/// A key that opens the envelopes sealed for it, by its one algorithm.
pub struct OpeningKey {
    kid: String,
    way: Back,
}

enum There {
    AesKeyWrap(Box<Wrapping>),
    AesGcm(Box<Aead>),
    Master(Arc<dyn MasterKey>),
    Rsa(RsaPublic),
    P256(P256Public, Parties),
    X25519([u8; 32], Parties),
}

enum Back {
    AesKeyWrap(Box<Wrapping>),
    AesGcm(Box<Aead>),
    Master(Arc<dyn MasterKey>),
    Rsa(Box<RsaDecryption>),
    P256(Box<P256Agreement>),
    X25519(Box<X25519Agreement>),
}

/// What RFC 7518 §4.6.1 lets a header say of the two parties of an agreement.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Parties {
    pub(crate) apu: Vec<u8>,
    pub(crate) apv: Vec<u8>,
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
    /// RFC 7518 §4.6.1: the key made for one agreement, and the parties.
    pub(crate) agreement: Option<(PublicKey, Parties)>,
}

pub(crate) const KEY_WRAP: &str = "A256KW";
pub(crate) const GCM: &str = "A256GCMKW";
pub(crate) const AGREEMENT: &str = "ECDH-ES+A256KW";
const OAEP: &str = "RSA-OAEP-256";
/// The names that are known; whatever else a message asks for is refused.
pub(crate) const ALGORITHMS: [&str; 5] = [KEY_WRAP, GCM, OAEP, AGREEMENT, "dev.bulla.master"];

impl Recipient {
    /// Whoever has the symmetric key `key`, by AES key wrap (`A256KW`).
    #[must_use]
    pub fn aes_key_wrap(key: &Secret) -> Self {
        let way = There::AesKeyWrap(Box::new(<Wrapping as WrappingKey>::new(key)));
        Self { kid: KeyId::of_secret(key).to_string(), way }
    }

    /// Whoever has the symmetric key `key`, by AES-GCM (`A256GCMKW`). Nonces are random, so one key
    /// should wrap at most 2^32 content keys.
    #[must_use]
    pub fn aes_gcm(key: &Secret) -> Self {
        let way = There::AesGcm(Box::new(<Aead as AeadKey>::new(key)));
        Self { kid: KeyId::of_secret(key).to_string(), way }
    }

    /// Whoever may use a master key.
    #[must_use]
    pub fn master(key: Arc<dyn MasterKey>) -> Self {
        Self { kid: key.kid().into(), way: There::Master(key) }
    }

    /// Whoever has the private key; `None` if it is of a kind that only signs.
    pub(super) fn public(key: &PublicKey) -> Option<Self> {
        let way = match key {
            PublicKey::Rsa(key) => There::Rsa(key.clone()),
            PublicKey::P256(key) => There::P256(*key, Parties::default()),
            PublicKey::X25519(key) => There::X25519(*key, Parties::default()),
            PublicKey::Ed25519(_) => return None,
        };
        Some(Self { kid: KeyId::of_public(key).to_string(), way })
    }

    /// Names the two parties of an agreement (`apu`, `apv`), which binds the content key to them;
    /// with any other algorithm it does nothing.
    #[must_use]
    pub fn between(mut self, producer: &[u8], recipient: &[u8]) -> Self {
        if let There::P256(_, parties) | There::X25519(_, parties) = &mut self.way {
            *parties = Parties { apu: producer.into(), apv: recipient.into() };
        }
        self
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What stands as `alg` in an envelope.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match &self.way {
            There::AesKeyWrap(_) => KEY_WRAP,
            There::AesGcm(_) => GCM,
            There::Master(key) => key.algorithm(),
            There::Rsa(_) => OAEP,
            There::P256(..) | There::X25519(..) => AGREEMENT,
        }
    }

    /// Wraps a content key for this recipient.
    pub(crate) fn wrap(&self, content_key: &Secret) -> Result<WrappedKey> {
        let mut parameters = Parameters::default();
        let encrypted_key = match &self.way {
            There::AesKeyWrap(key) => key.wrap(content_key)?,
            There::Master(key) => key.wrap(content_key)?,
            There::Rsa(key) => Active::encrypt_oaep(key, content_key)?,
            There::AesGcm(key) => {
                let mut nonce = [0; NONCE_LEN];
                random::fill(&mut nonce)?;
                let mut encrypted_key = content_key.expose().to_vec();
                let tag = key.seal(nonce, &[], &mut encrypted_key)?;
                parameters.gcm = Some((nonce, tag));
                encrypted_key
            }
            There::P256(peer, parties) => {
                let ephemeral = <P256Agreement as AgreementKey>::generate()?;
                parameters.agreement = Some((PublicKey::P256(ephemeral.public()), parties.clone()));
                agreed_key(&ephemeral, peer, parties).ok_or_else(|| self.unusable())?.wrap(content_key)?
            }
            There::X25519(peer, parties) => {
                let ephemeral = <X25519Agreement as AgreementKey>::generate()?;
                parameters.agreement = Some((PublicKey::X25519(ephemeral.public()), parties.clone()));
                agreed_key(&ephemeral, peer, parties).ok_or_else(|| self.unusable())?.wrap(content_key)?
            }
        };
        Ok(WrappedKey { encrypted_key, parameters })
    }

    fn unusable(&self) -> Error {
        let problem = "nothing can be agreed with it: it is not a point of its curve's group".into();
        Error::MalformedKey { what: format!("key {}", self.kid), problem }
    }
}

impl OpeningKey {
    /// A symmetric key, by AES key wrap (`A256KW`).
    #[must_use]
    pub fn aes_key_wrap(key: &Secret) -> Self {
        let way = Back::AesKeyWrap(Box::new(<Wrapping as WrappingKey>::new(key)));
        Self { kid: KeyId::of_secret(key).to_string(), way }
    }

    /// A symmetric key, by AES-GCM (`A256GCMKW`).
    #[must_use]
    pub fn aes_gcm(key: &Secret) -> Self {
        let way = Back::AesGcm(Box::new(<Aead as AeadKey>::new(key)));
        Self { kid: KeyId::of_secret(key).to_string(), way }
    }

    /// A master key.
    #[must_use]
    pub fn master(key: Arc<dyn MasterKey>) -> Self {
        Self { kid: key.kid().into(), way: Back::Master(key) }
    }

    /// A private key; `None` if it is of a kind that only signs, or its numbers contradict each
    /// other.
    pub(super) fn private(key: &PrivateKey, public: &PublicKey) -> Option<Self> {
        let way = match key {
            PrivateKey::Rsa(key) => Back::Rsa(Box::new(<RsaDecryption as RsaDecryptionKey>::new(key)?)),
            PrivateKey::P256(key) => {
                Back::P256(Box::new(<P256Agreement as AgreementKey>::from_private(key)?))
            }
            PrivateKey::X25519(key) => {
                Back::X25519(Box::new(<X25519Agreement as AgreementKey>::from_private(key)?))
            }
            PrivateKey::Ed25519(_) => return None,
        };
        Some(Self { kid: KeyId::of_public(public).to_string(), way })
    }

    /// The key's id.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The one algorithm that the key allows.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match &self.way {
            Back::AesKeyWrap(_) => KEY_WRAP,
            Back::AesGcm(_) => GCM,
            Back::Master(key) => key.algorithm(),
            Back::Rsa(_) => OAEP,
            Back::P256(_) | Back::X25519(_) => AGREEMENT,
        }
    }

    /// Unwraps a content key.
    pub(crate) fn unwrap(&self, wrapped: &WrappedKey) -> Result<Secret> {
        let encrypted_key = wrapped.encrypted_key.as_slice();
        let Parameters { gcm, agreement } = &wrapped.parameters;
        let secret = match (&self.way, gcm, agreement) {
            (Back::AesKeyWrap(key), ..) => key.unwrap(encrypted_key),
            (Back::Master(key), ..) => return key.unwrap(encrypted_key),
            (Back::Rsa(key), ..) => key.decrypt(encrypted_key),
            (Back::AesGcm(key), Some((nonce, tag)), _) => open(key, *nonce, encrypted_key, tag),
            (Back::P256(key), _, Some((PublicKey::P256(peer), parties))) => {
                agreed_key(&**key, peer, parties).and_then(|key| key.unwrap(encrypted_key))
            }
            (Back::X25519(key), _, Some((PublicKey::X25519(peer), parties))) => {
                agreed_key(&**key, peer, parties).and_then(|key| key.unwrap(encrypted_key))
            }
            (Back::AesGcm(_) | Back::P256(_) | Back::X25519(_), ..) => {
                let problem = "what its header says of the wrapped key does not fit the key".into();
                return Err(Error::MalformedEnvelope { problem });
            }
        };
        secret.ok_or_else(|| Error::AuthenticationFailed {
            what: "the wrapped content key".into(),
            kid: self.kid.clone(),
        })
    }
}

/// The key that wraps, which both sides of an agreement derive (RFC 7518 §4.6).
fn agreed_key<K: AgreementKey>(own: &K, peer: &K::Public, parties: &Parties) -> Option<Wrapping> {
    let agreed = own.agree(peer)?;
    let key = concat_kdf::derive(&agreed, AGREEMENT, &parties.apu, &parties.apv);
    Some(<Wrapping as WrappingKey>::new(&key))
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
