//! The seam between formats and primitives.
//!
//! A [`Backend`] names one type for each primitive that the formats use. The rest of the crate
//! uses the aliases at the end of this module and never names a backend.

mod aws_lc;
pub(crate) mod random;

pub use aws_lc::AwsLc;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::Result;

/// Length of an AES-256, HMAC-SHA-256 or Ed25519 seed key, in bytes.
pub const KEY_LEN: usize = 32;
/// Length of an AES-GCM nonce (RFC 7518 §5.3), in bytes.
pub const NONCE_LEN: usize = 12;
/// Length of an AES-GCM tag (RFC 7518 §5.3), in bytes.
pub const TAG_LEN: usize = 16;

/// Thirty-two secret bytes: zeroized when dropped, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; KEY_LEN]);

impl Secret {
    /// Takes over `bytes`.
    #[must_use]
    pub fn new(bytes: [u8; KEY_LEN]) -> Self {
        Self(bytes)
    }

    /// A fresh secret from the backend's system random source.
    pub fn random() -> Result<Self> {
        let mut secret = Self([0; KEY_LEN]);
        <Active as Backend>::fill_random(&mut secret.0)?;
        Ok(secret)
    }

    /// The bytes, for the moment of use.
    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_LEN] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A provider of primitives. All of its types are `Send + Sync`.
pub trait Backend: 'static {
    /// AES-256-GCM with its key schedule done.
    type AeadKey: AeadKey;
    /// HMAC-SHA-256 with its key blocks done.
    type MacKey: MacKey;
    /// AES-256 key wrap (RFC 3394).
    type WrappingKey: WrappingKey;
    /// Ed25519 (RFC 8032), private side.
    type SigningKey: SigningKey;

    /// SHA-256 over the concatenation of `parts`.
    fn sha256(parts: &[&[u8]]) -> [u8; 32];
    /// Bytes from the operating system.
    fn fill_random(out: &mut [u8]) -> Result<()>;
    /// Whether `signature` is `public`'s Ed25519 signature of `message`.
    fn verify_ed25519(public: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool;
    /// Compares in time that depends on the lengths alone.
    fn constant_time_eq(a: &[u8], b: &[u8]) -> bool;
}

/// AES-256-GCM under one key.
pub trait AeadKey: Send + Sync + Sized {
    /// Prepares the key schedule.
    fn new(key: &Secret) -> Self;
    /// Encrypts `in_out` where it stands and returns the tag.
    fn seal(&self, nonce: [u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8]) -> Result<[u8; TAG_LEN]>;
    /// Decrypts `in_out` where it stands; `false`, and `in_out` zeroed or untouched, if the tag is
    /// not that of this key, nonce, `aad` and ciphertext.
    fn open(&self, nonce: [u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8], tag: &[u8; TAG_LEN]) -> bool;
}

/// HMAC-SHA-256 under one key.
pub trait MacKey: Send + Sync + Sized {
    /// Prepares the key blocks.
    fn new(key: &[u8]) -> Self;
    /// The MAC of the concatenation of `parts`.
    fn mac(&self, parts: &[&[u8]]) -> [u8; 32];
}

/// AES-256 key wrap (RFC 3394) under one key.
pub trait WrappingKey: Send + Sync + Sized {
    /// Prepares the key.
    fn new(key: &Secret) -> Self;
    /// Wraps `key` (32 bytes) into 40 bytes.
    fn wrap(&self, key: &Secret) -> Result<Vec<u8>>;
    /// Unwraps, or `None` if `wrapped` was not made by this key.
    fn unwrap(&self, wrapped: &[u8]) -> Option<Secret>;
}

/// Ed25519 under one private key.
pub trait SigningKey: Send + Sync + Sized {
    /// From the 32-byte seed of RFC 8032 §5.1.5.
    fn from_seed(seed: &Secret) -> Self;
    /// The public key, 32 bytes.
    fn public(&self) -> [u8; 32];
    /// The signature, 64 bytes.
    fn sign(&self, message: &[u8]) -> [u8; 64];
}

/// The backend that this build uses.
pub type Active = AwsLc;
/// AES-256-GCM of the [`Active`] backend.
pub type Aead = <Active as Backend>::AeadKey;
/// HMAC-SHA-256 of the [`Active`] backend.
pub type Mac = <Active as Backend>::MacKey;
/// AES-256 key wrap of the [`Active`] backend.
pub type Wrapping = <Active as Backend>::WrappingKey;
/// Ed25519 of the [`Active`] backend.
pub type Signing = <Active as Backend>::SigningKey;
