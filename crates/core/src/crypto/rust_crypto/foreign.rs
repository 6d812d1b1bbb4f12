//! What others encrypted.

use aes::cipher::array::Array;
use aes::cipher::block_padding::{Padding, Pkcs7};
use aes::cipher::{BlockCipherDecrypt, BlockModeDecrypt, BlockSizeUser, KeyInit, KeyIvInit};
use aes::{Aes128, Aes192, Aes256};
use aes_gcm::AesGcm;
use aes_gcm::aead::AeadInOut;
use aes_gcm::aead::consts::U12;
use getrandom::SysRng;
use rsa::traits::PaddingScheme;
use rsa::{Oaep, Pkcs1v15Encrypt, RsaPrivateKey};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::crypto::{AesMode, NONCE_LEN, RsaEncryption, RsaForeignKey, RsaPrivate, TAG_LEN};

pub(super) fn decrypt_aes(mode: AesMode, key: &[u8], in_out: &mut Vec<u8>) -> bool {
    let length = match (mode, key.len()) {
        (AesMode::Ecb, 16) => ecb::<Aes128>(key, in_out),
        (AesMode::Ecb, 24) => ecb::<Aes192>(key, in_out),
        (AesMode::Ecb, _) => ecb::<Aes256>(key, in_out),
        (AesMode::Cbc(iv), 16) => cbc::<cbc::Decryptor<Aes128>>(key, iv, in_out),
        (AesMode::Cbc(iv), 24) => cbc::<cbc::Decryptor<Aes192>>(key, iv, in_out),
        (AesMode::Cbc(iv), _) => cbc::<cbc::Decryptor<Aes256>>(key, iv, in_out),
        (AesMode::Gcm(nonce), 16) => gcm::<AesGcm<Aes128, U12>>(key, nonce, in_out),
        (AesMode::Gcm(nonce), 24) => gcm::<AesGcm<Aes192, U12>>(key, nonce, in_out),
        (AesMode::Gcm(nonce), _) => gcm::<AesGcm<Aes256, U12>>(key, nonce, in_out),
    };
    let Some(length) = length else { return false };
    in_out.truncate(length);
    true
}

fn ecb<C: KeyInit + BlockCipherDecrypt + BlockSizeUser>(key: &[u8], in_out: &mut [u8]) -> Option<usize> {
    let cipher = C::new_from_slice(key).ok()?;
    let (blocks, []) = Array::slice_as_chunks_mut(in_out) else { return None };
    cipher.decrypt_blocks(blocks);
    Pkcs7::unpad_blocks(blocks).ok().map(<[u8]>::len)
}

fn cbc<C: KeyIvInit + BlockModeDecrypt>(key: &[u8], iv: [u8; 16], in_out: &mut [u8]) -> Option<usize> {
    let cipher = C::new_from_slices(key, &iv).ok()?;
    cipher.decrypt_padded::<Pkcs7>(in_out).ok().map(<[u8]>::len)
}

fn gcm<C: KeyInit + AeadInOut>(key: &[u8], nonce: [u8; NONCE_LEN], in_out: &mut [u8]) -> Option<usize> {
    let cipher = C::new_from_slice(key).ok()?;
    let length = in_out.len().checked_sub(TAG_LEN)?;
    let (ciphertext, tag) = in_out.split_at_mut(length);
    let (nonce, tag) = (nonce.as_slice().try_into().ok()?, (&*tag).try_into().ok()?);
    cipher.decrypt_inout_detached(nonce, b"", ciphertext.into(), tag).ok()?;
    Some(length)
}

/// RSA as others encrypt with it, private side.
pub struct Rsa(RsaPrivateKey);

impl RsaForeignKey for Rsa {
    fn new(key: &RsaPrivate) -> Option<Self> {
        super::rsa::private(key).map(Self)
    }

    fn supports(_: RsaEncryption) -> bool {
        true
    }

    fn decrypt(&self, encryption: RsaEncryption, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let blinding = Some(&mut SysRng);
        let plaintext = match encryption {
            RsaEncryption::Pkcs1 => Pkcs1v15Encrypt.decrypt(blinding, &self.0, ciphertext),
            RsaEncryption::OaepSha1 => Oaep::<Sha1>::new().decrypt(blinding, &self.0, ciphertext),
            RsaEncryption::OaepSha256 => Oaep::<Sha256>::new().decrypt(blinding, &self.0, ciphertext),
            RsaEncryption::OaepSha256Mgf1Sha1 => {
                Oaep::<Sha256, Sha1>::new_with_mgf_hash().decrypt(blinding, &self.0, ciphertext)
            }
        };
        plaintext.ok().map(Zeroizing::new)
    }
}
