//! The backend on AWS-LC: constant time and the fastest of those weighed.

mod curves;
mod foreign;
mod rsa;

use std::num::NonZeroU32;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use aws_lc_rs::{constant_time, digest, hmac, pbkdf2};

use super::{
    AeadKey, AesMode, Backend, KEY_LEN, MacKey, NONCE_LEN, P256Public, RsaPadding, RsaPrivate, RsaPublic,
    RsaSize, Secret, Sha2, SigningKey, TAG_LEN, WrappingKey, ed25519,
};
use crate::{Error, Result};

/// AWS-LC through `aws-lc-rs`.
#[derive(Debug)]
pub struct AwsLc;

impl Backend for AwsLc {
    type AeadKey = LessSafeKey;
    type MacKey = hmac::Key;
    type WrappingKey = AesKeyWrap;
    type SigningKey = Ed25519KeyPair;
    type Es256Key = curves::Es256;
    type P256Key = curves::P256;
    type X25519Key = curves::X25519;
    type RsaSigningKey = rsa::Signing;
    type RsaDecryptionKey = rsa::Decryption;
    type RsaForeignKey = foreign::Rsa;

    fn sha256(parts: &[&[u8]]) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in parts {
            context.update(part);
        }
        let digest = context.finish();
        digest.as_ref().try_into().expect("SHA-256 is 32 bytes long")
    }

    fn pbkdf2(hash: Sha2, passphrase: &[u8], salt: &[u8], rounds: u32, key: &mut [u8]) {
        let algorithm = match hash {
            Sha2::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Sha2::Sha384 => pbkdf2::PBKDF2_HMAC_SHA384,
            Sha2::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        };
        let rounds = NonZeroU32::new(rounds).unwrap_or(NonZeroU32::MIN);
        pbkdf2::derive(algorithm, rounds, salt, passphrase, key);
    }

    fn decrypt_aes(mode: AesMode, key: &[u8], in_out: &mut Vec<u8>) -> bool {
        foreign::decrypt_aes(mode, key, in_out)
    }

    fn verify_ed25519(public: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
        ed25519::is_sound(public)
            && UnparsedPublicKey::new(&ED25519, public).verify(message, signature).is_ok()
    }

    fn verify_es256(public: &P256Public, message: &[u8], signature: &[u8; 64]) -> bool {
        curves::verify_es256(public, message, signature)
    }

    fn is_on_p256(public: &P256Public) -> bool {
        curves::is_on_p256(public)
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
        constant_time::verify_slices_are_equal(a, b).is_ok()
    }
}

impl AeadKey for LessSafeKey {
    fn new(key: &Secret) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key.expose()).expect("AES-256 takes 32 bytes");
        LessSafeKey::new(key)
    }

    fn seal(&self, nonce: [u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8]) -> Result<[u8; TAG_LEN]> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.seal_in_place_separate_tag(nonce, Aad::from(aad), in_out).map_err(|_| {
            Error::InvalidArgument { what: "plaintext", problem: "is longer than AES-GCM allows".into() }
        })?;
        Ok(tag.as_ref().try_into().expect("an AES-GCM tag is 16 bytes long"))
    }

    fn open(&self, nonce: [u8; NONCE_LEN], aad: &[u8], in_out: &mut [u8], tag: &[u8; TAG_LEN]) -> bool {
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.open_in_place_separate_tag(nonce, Aad::from(aad), tag, in_out).is_ok()
    }
}

impl MacKey for hmac::Key {
    fn new(key: &[u8]) -> Self {
        hmac::Key::new(hmac::HMAC_SHA256, key)
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(self);
        for part in parts {
            context.update(part);
        }
        context.sign().as_ref().try_into().expect("HMAC-SHA-256 is 32 bytes long")
    }
}

/// An AES-256 key-encryption key; AWS-LC's own type is used up by one operation.
#[derive(Debug)]
pub struct AesKeyWrap(Secret);

impl AesKeyWrap {
    fn key(&self) -> AesKek {
        AesKek::new(&AES_256, self.0.expose()).expect("AES-256 takes 32 bytes")
    }
}

impl WrappingKey for AesKeyWrap {
    fn new(key: &Secret) -> Self {
        Self(key.clone())
    }

    fn wrap(&self, key: &Secret) -> Result<Vec<u8>> {
        let mut out = vec![0; KEY_LEN + 8];
        self.key().wrap(key.expose(), &mut out).map_err(|_| Error::Internal { what: "AES key wrap" })?;
        Ok(out)
    }

    fn unwrap(&self, wrapped: &[u8]) -> Option<Secret> {
        if wrapped.len() != KEY_LEN + 8 {
            return None;
        }
        let mut out = zeroize::Zeroizing::new([0; KEY_LEN + 8]);
        let key = self.key().unwrap(wrapped, out.as_mut()).ok()?;
        Some(Secret::new((&*key).try_into().ok()?))
    }
}

impl SigningKey for Ed25519KeyPair {
    fn from_seed(seed: &Secret) -> Self {
        Ed25519KeyPair::from_seed_unchecked(seed.expose()).expect("an Ed25519 seed is any 32 bytes")
    }

    fn public(&self) -> [u8; 32] {
        self.public_key().as_ref().try_into().expect("an Ed25519 public key is 32 bytes long")
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        Ed25519KeyPair::sign(self, message)
            .as_ref()
            .try_into()
            .expect("an Ed25519 signature is 64 bytes long")
    }
}
