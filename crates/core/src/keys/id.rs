//! The names of keys: thumbprints of what they are.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::base64url;
use crate::crypto::{Active, Backend, Secret};

/// A key's thumbprint (RFC 7638, SHA-256), in base64url.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId([u8; KeyId::LEN]);

impl KeyId {
    /// How many characters a key id has.
    pub const LEN: usize = 43;

    /// Reads a key id, or `None` if `text` is not the canonical form of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_ascii(text.as_bytes())
    }

    pub(crate) fn parse_ascii(text: &[u8]) -> Option<Self> {
        // What decodes is canonical, so the text is the id.
        base64url::decode_array::<32>(text)?;
        text.try_into().ok().map(Self)
    }

    /// The id of a symmetric key.
    #[must_use]
    pub fn of_secret(secret: &Secret) -> Self {
        Self::of_symmetric(secret.expose())
    }

    /// The id of a symmetric key of any length.
    pub(crate) fn of_symmetric(key: &[u8]) -> Self {
        // RFC 7638 §3.2: the required members in lexical order, without white space.
        let k = zeroize::Zeroizing::new(base64url::encode(key));
        Self::from_digest(Active::sha256(&[br#"{"k":""#, k.as_bytes(), br#"","kty":"oct"}"#]))
    }

    /// The id of an Ed25519 public key (RFC 8037 §2).
    #[must_use]
    pub fn of_ed25519(public: &[u8; 32]) -> Self {
        let x = base64url::encode(public);
        let document = [br#"{"crv":"Ed25519","kty":"OKP","x":""#.as_slice(), x.as_bytes(), br#""}"#];
        Self::from_digest(Active::sha256(&document))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("base64url is ASCII")
    }

    pub(crate) fn as_ascii(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    pub(super) fn from_digest(digest: [u8; 32]) -> Self {
        let text = base64url::encode(&digest);
        Self(text.as_bytes().try_into().expect("32 bytes are 43 characters of base64url"))
    }
}

impl Hash for KeyId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // A thumbprint's first 48 bits tell keys apart, and are hashed in half the time of all.
        state.write(&self.0[..8]);
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
