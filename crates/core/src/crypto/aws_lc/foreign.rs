//! What others encrypted.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{self, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, Pkcs1PrivateDecryptingKey,
    PrivateDecryptingKey,
};
use zeroize::Zeroizing;

use crate::crypto::{AesMode, RsaEncryption, RsaForeignKey, RsaPrivate};

pub(super) fn decrypt_aes(mode: AesMode, key: &[u8], in_out: &mut Vec<u8>) -> bool {
    let (block, gcm) = match key.len() {
        16 => (&cipher::AES_128, &aead::AES_128_GCM),
        24 => (&cipher::AES_192, &aead::AES_192_GCM),
        _ => (&cipher::AES_256, &aead::AES_256_GCM),
    };
    let mut decrypt = || {
        let plaintext = match mode {
            AesMode::Ecb => PaddedBlockDecryptingKey::ecb_pkcs7(UnboundCipherKey::new(block, key)?)?
                .decrypt(in_out, DecryptionContext::None)?,
            AesMode::Cbc(iv) => PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(block, key)?)?
                .decrypt(in_out, DecryptionContext::Iv128(iv.into()))?,
            AesMode::Gcm(nonce) => LessSafeKey::new(UnboundKey::new(gcm, key)?).open_in_place(
                Nonce::assume_unique_for_key(nonce),
                Aad::empty(),
                in_out,
            )?,
        };
        Ok::<_, aws_lc_rs::error::Unspecified>(plaintext.len())
    };
    let Ok(length) = decrypt() else { return false };
    in_out.truncate(length);
    true
}

/// RSA as others encrypt with it, private side.
pub struct Rsa {
    pkcs1: Pkcs1PrivateDecryptingKey,
    oaep: OaepPrivateDecryptingKey,
    /// AWS-LC has OAEP with two hashes, but `aws-lc-rs` does not hand it out.
    #[cfg(feature = "rust-crypto")]
    two_hashes: RustCryptoKey,
}

#[cfg(feature = "rust-crypto")]
type RustCryptoKey = <crate::crypto::RustCrypto as crate::crypto::Backend>::RsaForeignKey;

impl RsaForeignKey for Rsa {
    fn new(private: &RsaPrivate) -> Option<Self> {
        let key = PrivateDecryptingKey::from_pkcs8(&private.to_pkcs8().ok()?).ok()?;
        let pkcs1 = Pkcs1PrivateDecryptingKey::new(key.clone()).ok()?;
        Some(Self {
            pkcs1,
            oaep: OaepPrivateDecryptingKey::new(key).ok()?,
            #[cfg(feature = "rust-crypto")]
            two_hashes: RsaForeignKey::new(private)?,
        })
    }

    fn supports(encryption: RsaEncryption) -> bool {
        cfg!(feature = "rust-crypto") || encryption != RsaEncryption::OaepSha256Mgf1Sha1
    }

    fn decrypt(&self, encryption: RsaEncryption, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut out = Zeroizing::new(vec![0; self.pkcs1.min_output_size()]);
        let plaintext = match encryption {
            RsaEncryption::Pkcs1 => self.pkcs1.decrypt(ciphertext, &mut out),
            RsaEncryption::OaepSha1 => self.oaep.decrypt(&OAEP_SHA1_MGF1SHA1, ciphertext, &mut out, None),
            RsaEncryption::OaepSha256 => {
                self.oaep.decrypt(&OAEP_SHA256_MGF1SHA256, ciphertext, &mut out, None)
            }
            #[cfg(feature = "rust-crypto")]
            RsaEncryption::OaepSha256Mgf1Sha1 => return self.two_hashes.decrypt(encryption, ciphertext),
            #[cfg(not(feature = "rust-crypto"))]
            RsaEncryption::OaepSha256Mgf1Sha1 => return None,
        };
        let length = plaintext.ok()?.len();
        out.truncate(length);
        Some(out)
    }
}
