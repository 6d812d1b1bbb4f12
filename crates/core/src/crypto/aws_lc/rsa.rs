//! RSA.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeyPair, KeyPairComponents, KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey,
    OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
};
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256,
    RsaPublicKeyComponents,
};
use zeroize::Zeroizing;

use crate::crypto::der::PrivateKey;
use crate::crypto::{RsaDecryptionKey, RsaPadding, RsaPrivate, RsaPublic, RsaSigningKey, RsaSize, Secret};
use crate::{Error, Result};

/// RSA signatures, private side.
#[derive(Debug)]
pub struct Signing(KeyPair);

impl RsaSigningKey for Signing {
    fn new(key: &RsaPrivate) -> Option<Self> {
        let components = KeyPairComponents {
            public_key: components(&key.public),
            d: key.d.as_slice(),
            p: &key.p,
            q: &key.q,
            dP: &key.dp,
            dQ: &key.dq,
            qInv: &key.qi,
        };
        KeyPair::from_components(&components).ok().map(Self)
    }

    fn sign(&self, padding: RsaPadding, message: &[u8]) -> Result<Vec<u8>> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        let random = SystemRandom::new();
        let signed = match padding {
            RsaPadding::Pss => self.0.sign(&RSA_PSS_SHA256, &random, message, &mut signature),
            RsaPadding::Pkcs1 => self.0.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature),
        };
        signed.map_err(|_| Error::Internal { what: "RSA signature" })?;
        Ok(signature)
    }
}

pub(super) fn generate(size: RsaSize) -> Result<RsaPrivate> {
    let size = match size {
        RsaSize::Bits2048 => KeySize::Rsa2048,
        RsaSize::Bits3072 => KeySize::Rsa3072,
        RsaSize::Bits4096 => KeySize::Rsa4096,
    };
    let failed = |_| Error::Internal { what: "RSA key" };
    let document: Pkcs8V1Der<'_> = KeyPair::generate(size).and_then(|key| key.as_der()).map_err(failed)?;
    match PrivateKey::from_pkcs8(document.as_ref()) {
        Some(PrivateKey::Rsa(key)) => Ok(key),
        _ => Err(Error::Internal { what: "RSA key" }),
    }
}

pub(super) fn verify(public: &RsaPublic, padding: RsaPadding, message: &[u8], signature: &[u8]) -> bool {
    let parameters = match padding {
        RsaPadding::Pss => &RSA_PSS_2048_8192_SHA256,
        RsaPadding::Pkcs1 => &RSA_PKCS1_2048_8192_SHA256,
    };
    components(public).verify(parameters, message, signature).is_ok()
}

fn components(public: &RsaPublic) -> RsaPublicKeyComponents<&[u8]> {
    RsaPublicKeyComponents { n: public.n(), e: public.e() }
}

pub(super) fn encrypt_oaep(public: &RsaPublic, key: &Secret) -> Result<Vec<u8>> {
    let encrypt = || {
        let public = PublicEncryptingKey::from_der(&public.to_spki().ok()?).ok()?;
        let public = OaepPublicEncryptingKey::new(public).ok()?;
        let mut ciphertext = vec![0; public.ciphertext_size()];
        public.encrypt(&OAEP_SHA256_MGF1SHA256, key.expose(), &mut ciphertext, None).ok()?;
        Some(ciphertext)
    };
    // AWS-LC looks closer at a modulus than `RsaPublic` does.
    let refused = || Error::InvalidArgument { what: "RSA key", problem: "is not a valid public key".into() };
    encrypt().ok_or_else(refused)
}

/// RSA-OAEP, private side.
#[derive(Debug)]
pub struct Decryption(OaepPrivateDecryptingKey);

impl RsaDecryptionKey for Decryption {
    fn new(key: &RsaPrivate) -> Option<Self> {
        let key = PrivateDecryptingKey::from_pkcs8(&key.to_pkcs8().ok()?).ok()?;
        OaepPrivateDecryptingKey::new(key).ok().map(Self)
    }

    fn decrypt(&self, ciphertext: &[u8]) -> Option<Secret> {
        let mut out = Zeroizing::new(vec![0; self.0.min_output_size()]);
        let key = self.0.decrypt(&OAEP_SHA256_MGF1SHA256, ciphertext, &mut out, None);
        Some(Secret::new((&*key.ok()?).try_into().ok()?))
    }
}
