//! The seam between formats and primitives.
//!
//! A [`Backend`] names one type for each primitive that the formats use. The rest of the crate
//! uses the aliases at the end of this module and never names a backend. Which one is [`Active`] is
//! chosen by feature: `aws-lc` (the default) or, if that is off, `rust-crypto`. With both on, both
//! can be compared.

#[cfg(not(any(feature = "aws-lc", feature = "rust-crypto")))]
compile_error!("a cryptographic backend is missing: enable the feature `aws-lc` or `rust-crypto`");

#[cfg(feature = "aws-lc")]
mod aws_lc;
pub mod concat_kdf;
pub mod der;
pub(crate) mod ed25519;
mod p256;
pub mod random;
mod rsa;
#[cfg(feature = "rust-crypto")]
mod rust_crypto;
#[cfg(test)]
mod tests;

#[cfg(feature = "aws-lc")]
pub use aws_lc::AwsLc;
pub use p256::P256Public;
pub use rsa::{RsaPadding, RsaPrivate, RsaPublic, RsaSize};
#[cfg(feature = "rust-crypto")]
pub use rust_crypto::RustCrypto;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

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

    /// A fresh secret.
    pub fn random() -> Result<Self> {
        let mut secret = Self([0; KEY_LEN]);
        random::fill(&mut secret.0)?;
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
    /// ECDSA on P-256 with SHA-256, private side.
    type Es256Key: Es256Key;
    /// ECDH on P-256, private side.
    type P256Key: AgreementKey<Public = P256Public>;
    /// X25519 (RFC 7748), private side.
    type X25519Key: AgreementKey<Public = [u8; 32]>;
    /// RSA signatures, private side.
    type RsaSigningKey: RsaSigningKey;
    /// RSA-OAEP with SHA-256, private side.
    type RsaDecryptionKey: RsaDecryptionKey;
    /// RSA as others encrypt with it, private side.
    type RsaForeignKey: RsaForeignKey;

    /// SHA-256 over the concatenation of `parts`.
    fn sha256(parts: &[&[u8]]) -> [u8; 32];
    /// Derives a key that fills `key` by PBKDF2 (RFC 8018 §5.2) with HMAC of this hash.
    fn pbkdf2(hash: Sha2, passphrase: &[u8], salt: &[u8], rounds: u32, key: &mut [u8]);
    /// Decrypts what others encrypted with an AES key of 16, 24 or 32 bytes, where it stands, and
    /// takes padding or tag off. `false` if these are wrong, and the bytes are worthless.
    fn decrypt_aes(mode: AesMode, key: &[u8], in_out: &mut Vec<u8>) -> bool;
    /// Whether `signature` is `public`'s Ed25519 signature of `message`. Under a key of small order, or
    /// written otherwise than RFC 8032 does, none is.
    fn verify_ed25519(public: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool;
    /// Whether `signature` (r ‖ s) is `public`'s ECDSA signature of `message`, with SHA-256.
    fn verify_es256(public: &P256Public, message: &[u8], signature: &[u8; 64]) -> bool;
    /// Whether the coordinates are those of a point of the curve.
    fn is_on_p256(public: &P256Public) -> bool;
    /// Whether `signature` is `public`'s RSA signature of `message`, with SHA-256.
    fn verify_rsa(public: &RsaPublic, padding: RsaPadding, message: &[u8], signature: &[u8]) -> bool;
    /// A fresh RSA key with the exponent 65537. Takes a second, as a rule, and seconds for the longest.
    fn generate_rsa(size: RsaSize) -> Result<RsaPrivate>;
    /// Encrypts `key` by RSA-OAEP with SHA-256 and without a label.
    fn encrypt_oaep(public: &RsaPublic, key: &Secret) -> Result<Vec<u8>>;
    /// Compares in time that depends on the lengths alone.
    fn constant_time_eq(a: &[u8], b: &[u8]) -> bool;
}

/// A hash of the family SHA-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the hashes'")]
pub enum Sha2 {
    Sha256,
    Sha384,
    Sha512,
}

/// How others encrypt with AES. Nothing is ever encrypted so here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AesMode {
    /// ECB with the padding of RFC 5652 §6.3. Equal blocks show, and nothing is authenticated.
    Ecb,
    /// CBC under this vector, with the same padding. Nothing is authenticated.
    Cbc([u8; 16]),
    /// GCM under this nonce, with a tag of 16 bytes behind the ciphertext and no further data.
    Gcm([u8; NONCE_LEN]),
}

/// How others encrypt with RSA (RFC 8017 §7). Anybody who has the public key can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RsaEncryption {
    /// RSAES-PKCS1-v1_5.
    Pkcs1,
    /// RSAES-OAEP with SHA-1, for MGF1 too, and no label.
    OaepSha1,
    /// RSAES-OAEP with SHA-256, for MGF1 too, and no label.
    OaepSha256,
    /// RSAES-OAEP with SHA-256, but SHA-1 for MGF1, and no label.
    OaepSha256Mgf1Sha1,
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

/// ECDSA on P-256 with SHA-256 under one private key.
pub trait Es256Key: Send + Sync + Sized {
    /// From the private scalar, big-endian; `None` unless it lies between 1 and the group's order.
    fn from_scalar(scalar: &Secret) -> Option<Self>;
    /// The public key.
    fn public(&self) -> P256Public;
    /// The signature, r ‖ s.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64]>;
}

/// Diffie–Hellman under one private key.
pub trait AgreementKey: Send + Sync + Sized {
    /// The other side's part.
    type Public;

    /// From the private bytes (X25519) or the private scalar, big-endian (P-256); `None` if the
    /// scalar does not lie between 1 and the group's order.
    fn from_private(private: &Secret) -> Option<Self>;
    /// The public key.
    fn public(&self) -> Self::Public;
    /// The agreed secret; `None` if `peer` is not on the curve, or of an order so small that the
    /// secret would be zero.
    fn agree(&self, peer: &Self::Public) -> Option<Secret>;

    /// A fresh key, for one message.
    fn generate() -> Result<Self> {
        loop {
            // Of 2^32 draws one is no scalar of P-256.
            if let Some(key) = Self::from_private(&Secret::random()?) {
                return Ok(key);
            }
        }
    }
}

/// RSA signatures with SHA-256 under one private key.
pub trait RsaSigningKey: Send + Sync + Sized {
    /// Takes over the key; `None` if its numbers contradict each other.
    fn new(key: &RsaPrivate) -> Option<Self>;
    /// The signature, as long as the modulus.
    fn sign(&self, padding: RsaPadding, message: &[u8]) -> Result<Vec<u8>>;
}

/// RSA-OAEP with SHA-256 under one private key.
pub trait RsaDecryptionKey: Send + Sync + Sized {
    /// Takes over the key; `None` if its numbers contradict each other.
    fn new(key: &RsaPrivate) -> Option<Self>;
    /// Decrypts 32 bytes. `None` says nothing about the cause: whoever could tell a wrong padding
    /// from a wrong length could decrypt by asking.
    fn decrypt(&self, ciphertext: &[u8]) -> Option<Secret>;
}

/// RSA under one private key, as others encrypt with it.
pub trait RsaForeignKey: Send + Sync + Sized {
    /// Takes over the key; `None` if its numbers contradict each other.
    fn new(key: &RsaPrivate) -> Option<Self>;
    /// Whether this backend decrypts that.
    fn supports(encryption: RsaEncryption) -> bool;
    /// Decrypts. A wrong padding gives `None` or, by PKCS #1 v1.5, perhaps other bytes (implicit
    /// rejection): the caller must see by their form that they are none that were encrypted.
    fn decrypt(&self, encryption: RsaEncryption, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>>;
}

/// The backend that this build uses.
#[cfg(feature = "aws-lc")]
pub type Active = AwsLc;
/// The backend that this build uses.
#[cfg(all(feature = "rust-crypto", not(feature = "aws-lc")))]
pub type Active = RustCrypto;
/// AES-256-GCM of the [`Active`] backend.
pub type Aead = <Active as Backend>::AeadKey;
/// HMAC-SHA-256 of the [`Active`] backend.
pub type Mac = <Active as Backend>::MacKey;
/// AES-256 key wrap of the [`Active`] backend.
pub type Wrapping = <Active as Backend>::WrappingKey;
/// Ed25519 of the [`Active`] backend.
pub type Signing = <Active as Backend>::SigningKey;
/// ECDSA on P-256 of the [`Active`] backend.
pub type Es256 = <Active as Backend>::Es256Key;
/// ECDH on P-256 of the [`Active`] backend.
pub type P256Agreement = <Active as Backend>::P256Key;
/// X25519 of the [`Active`] backend.
pub type X25519Agreement = <Active as Backend>::X25519Key;
/// RSA signatures of the [`Active`] backend.
pub type RsaSigning = <Active as Backend>::RsaSigningKey;
/// RSA-OAEP of the [`Active`] backend.
pub type RsaDecryption = <Active as Backend>::RsaDecryptionKey;
/// RSA of the [`Active`] backend, as others encrypt with it.
pub type RsaForeign = <Active as Backend>::RsaForeignKey;
