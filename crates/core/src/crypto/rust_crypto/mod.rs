//! The backend on RustCrypto and dalek: pure Rust, for platforms without a C compiler or AWS-LC.

mod curves;
mod foreign;
mod rsa;

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use aes_kw::KwAes256;
use ed25519_dalek::{Signature, Signer, SigningKey as Ed25519Key, Verifier, VerifyingKey};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    AeadKey, AesMode, Backend, KEY_LEN, MacKey, NONCE_LEN, P256Public, RsaPadding, RsaPrivate, RsaPublic,
    RsaSize, Secret, Sha2, SigningKey, TAG_LEN, WrappingKey, ed25519,
};
use crate::{Error, Result};

/// RustCrypto and dalek.
#[derive(Debug)]
pub struct RustCrypto;

impl Backend for RustCrypto {
    type AeadKey = Aes256Gcm;
    type MacKey = Hmac<Sha256>;
    type WrappingKey = KwAes256;
    type SigningKey = Ed25519Key;
    type Es256Key = curves::Es256;
    type P256Key = curves::P256;
    type X25519Key = curves::X25519;
    type RsaSigningKey = rsa::Signing;
    type RsaDecryptionKey = rsa::Decryption;
    type RsaForeignKey = foreign::Rsa;

    fn sha256(parts: &[&[u8]]) -> [u8; 32] {
        let mut context = Sha256::new();
        for part in parts {
            context.update(part);
        }
        context.finalize().into()
    }

    fn pbkdf2(hash: Sha2, passphrase: &[u8], salt: &[u8], rounds: u32, key: &mut [u8]) {
        let derive = match hash {
            Sha2::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>,
            Sha2::Sha384 => pbkdf2::pbkdf2_hmac::<Sha384>,
            Sha2::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>,
        };
        derive(passphrase, salt, rounds.max(1), key);
    }

    fn decrypt_aes(mode: AesMode, key: &[u8], in_out: &mut Vec<u8>) -> bool {
        foreign::decrypt_aes(mode, key, in_out)
    }

    fn verify_ed25519(public: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
        let key = VerifyingKey::from_bytes(public).ok().filter(|_| ed25519::is_sound(public));
        key.is_some_and(|key| key.verify(message, &Signature::from_bytes(signature)).is_ok())
    }

    fn verify_es256(public: &P256Public, message: &[u8], signature: &[u8; 64]) -> bool {
        curves::verify_es256(public, message, signature)
    }

    fn is_on_p256(public: &P256Public) -> bool {
        curves::point(public).is_some()
    }

    fn verify_rsa(public: &RsaPublic, padding: RsaPadding, message: &[u8], signature: &[u8]) -> bool {
        rsa::verify(public, padding, message, signature)
    }

    fn generate_rsa(size: RsaSize) -> Result<RsaPrivate> {
        rsa::generate(size)
    }

    fn encrypt_oaep(public: &RsaPublic, key: &Secret) -> Result<Vec<u8>> {
        rsa::encrypt_oaep(public, key)
    }

    fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
        a.ct_eq(b).into()
    }
}

impl AeadKey for Aes256Gcm {
    fn new(key: &Secret) -> Self {
        <Self as KeyInit>::new(key.expose().into())
    }

    fn seal(&self, nonce: [u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8]) -> Result<[u8; TAG_LEN]> {
        let tag = self.encrypt_inout_detached(&nonce.into(), aad, in_out.into()).map_err(|_| {
            Error::InvalidArgument { what: "plaintext", problem: "is longer than AES-GCM allows".into() }
        })?;
        Ok(tag.into())
    }

    fn open(&self, nonce: [u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8], tag: &[u8; TAG_LEN]) -> bool {
        self.decrypt_inout_detached(&nonce.into(), aad, in_out.into(), tag.into()).is_ok()
    }
}

impl MacKey for Hmac<Sha256> {
    fn new(key: &[u8]) -> Self {
        <Self as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length")
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = self.clone();
        for part in parts {
            context.update(part);
        }
        context.finalize().into_bytes().into()
    }
}

impl WrappingKey for KwAes256 {
    fn new(key: &Secret) -> Self {
        <Self as KeyInit>::new(key.expose().into())
    }

    fn wrap(&self, key: &Secret) -> Result<Vec<u8>> {
        let mut out = vec![0; KEY_LEN + 8];
        self.wrap_key(key.expose(), &mut out).map_err(|_| Error::Internal { what: "AES key wrap" })?;
        Ok(out)
    }

    fn unwrap(&self, wrapped: &[u8]) -> Option<Secret> {
        let mut out = Zeroizing::new([0; KEY_LEN]);
        let key = self.unwrap_key(wrapped, out.as_mut()).ok()?;
        Some(Secret::new(key.try_into().ok()?))
    }
}

impl SigningKey for Ed25519Key {
    fn from_seed(seed: &Secret) -> Self {
        Self::from_bytes(seed.expose())
    }

    fn public(&self) -> [u8; 32] {
        self.verifying_key().to_bytes()
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        Signer::sign(self, message).to_bytes()
    }
}
