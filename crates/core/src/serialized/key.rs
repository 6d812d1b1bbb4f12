//! Keys that open sealed objects.

use std::fmt;

use zeroize::Zeroizing;

use crate::crypto::{RsaForeign, RsaForeignKey, RsaPrivate};
use crate::keys::KeyId;

/// A key that opens sealed objects: AES of 128, 192 or 256 bits, or a private RSA key. The object
/// says how, so the key is for these alone: [`Jwk::object_key`](crate::keys::Jwk::object_key).
pub struct ObjectKey {
    kid: KeyId,
    pub(super) key: Key,
}

pub(super) enum Key {
    Aes(Zeroizing<Vec<u8>>),
    Rsa(Box<RsaForeign>),
}

impl ObjectKey {
    /// Of 16, 24 or 32 bytes; `None` for any other length.
    #[must_use]
    pub fn aes(key: &[u8]) -> Option<Self> {
        let known = matches!(key.len(), 16 | 24 | 32);
        let kid = KeyId::of_symmetric(key);
        known.then(|| Self { kid, key: Key::Aes(Zeroizing::new(key.to_vec())) })
    }

    /// `None` if the key's numbers contradict each other.
    pub(crate) fn rsa(key: &RsaPrivate, kid: KeyId) -> Option<Self> {
        let key = <RsaForeign as RsaForeignKey>::new(key)?;
        Some(Self { kid, key: Key::Rsa(Box::new(key)) })
    }

    /// The key's id: its thumbprint (RFC 7638).
    #[must_use]
    pub fn kid(&self) -> &str {
        self.kid.as_str()
    }
}

impl fmt::Debug for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if matches!(self.key, Key::Aes(_)) { "AES" } else { "RSA" };
        write!(f, "ObjectKey({kind}, {})", self.kid)
    }
}
