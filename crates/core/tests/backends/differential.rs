//! What one backend makes, the other takes; what one refuses, so does the other.

use bulla_core::crypto::{
    AeadKey, AgreementKey, AwsLc, Backend, Es256Key, MacKey, RsaDecryptionKey, RsaPadding, RsaSigningKey,
    RsaSize, RustCrypto, Secret, SigningKey, WrappingKey,
};
use proptest::array::{uniform12, uniform32};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::keys;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..300)
}

fn secret() -> impl Strategy<Value = Secret> {
    uniform32(any::<u8>()).prop_map(Secret::new)
}

/// `bytes` with one bit flipped.
fn flipped<B: AsMut<[u8]>>(mut bytes: B, bit: Index) -> B {
    let slice = bytes.as_mut();
    let bit = bit.index(slice.len() * 8);
    slice[bit / 8] ^= 1 << (bit % 8);
    bytes
}

/// A private key of each backend.
fn both<T, A, R>(input: &T, aws_lc: fn(&T) -> A, rust_crypto: fn(&T) -> R) -> (A, R) {
    (aws_lc(input), rust_crypto(input))
}

proptest! {
    #[test]
    fn digests_and_macs_are_the_same(key in bytes(), parts in vec(bytes(), 0..4)) {
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(AwsLc::sha256(&parts), RustCrypto::sha256(&parts));
        let (a, b) = both(
            &key,
            |key| <<AwsLc as Backend>::MacKey as MacKey>::new(key),
            |key| <<RustCrypto as Backend>::MacKey as MacKey>::new(key),
        );
        prop_assert_eq!(MacKey::mac(&a, &parts), MacKey::mac(&b, &parts));
    }

    #[test]
    fn both_compare_alike(a in bytes(), b in bytes()) {
        for (a, b) in [(&a, &a), (&a, &b)] {
            prop_assert_eq!(AwsLc::constant_time_eq(a, b), a == b);
            prop_assert_eq!(RustCrypto::constant_time_eq(a, b), a == b);
        }
    }

    #[test]
    fn ciphertexts_and_tags_are_the_same_and_each_opens_the_other_s(
        key in secret(), nonce in uniform12(any::<u8>()), aad in bytes(), plaintext in bytes(), bit: Index,
    ) {
        let (a, b) = both(
            &key,
            <<AwsLc as Backend>::AeadKey as AeadKey>::new,
            <<RustCrypto as Backend>::AeadKey as AeadKey>::new,
        );
        let (mut from_a, mut from_b) = (plaintext.clone(), plaintext.clone());
        let tag = AeadKey::seal(&a, nonce, &aad, &mut from_a).unwrap();
        prop_assert_eq!(tag, AeadKey::seal(&b, nonce, &aad, &mut from_b).unwrap());
        prop_assert_eq!(&from_a, &from_b);
        let sealed = from_a.clone();
        prop_assert!(AeadKey::open(&a, nonce, &aad, &mut from_b, &tag));
        prop_assert!(AeadKey::open(&b, nonce, &aad, &mut from_a, &tag));
        prop_assert_eq!(&from_a, &plaintext);
        prop_assert_eq!(&from_b, &plaintext);

        let changed = flipped(tag, bit);
        for refused in [
            AeadKey::open(&a, nonce, &aad, &mut sealed.clone(), &changed),
            AeadKey::open(&b, nonce, &aad, &mut sealed.clone(), &changed),
        ] {
            prop_assert!(!refused);
        }
        if !sealed.is_empty() {
            let mut left_by_a = flipped(sealed, bit);
            let mut left_by_b = left_by_a.clone();
            let untouched = left_by_a.clone();
            prop_assert!(!AeadKey::open(&a, nonce, &aad, &mut left_by_a, &tag));
            prop_assert!(!AeadKey::open(&b, nonce, &aad, &mut left_by_b, &tag));
            for left in [left_by_a, left_by_b] {
                prop_assert!(left == untouched || left.iter().all(|byte| *byte == 0), "no plaintext is left");
            }
        }
    }

    #[test]
    fn wrapped_keys_are_the_same_and_each_unwraps_the_other_s(key in secret(), content in secret(), bit: Index) {
        let (a, b) = both(
            &key,
            <<AwsLc as Backend>::WrappingKey as WrappingKey>::new,
            <<RustCrypto as Backend>::WrappingKey as WrappingKey>::new,
        );
        let wrapped = WrappingKey::wrap(&a, &content).unwrap();
        prop_assert_eq!(&wrapped, &WrappingKey::wrap(&b, &content).unwrap());
        prop_assert!(WrappingKey::unwrap(&a, &wrapped).unwrap().expose() == content.expose());
        prop_assert!(WrappingKey::unwrap(&b, &wrapped).unwrap().expose() == content.expose());
        for refused in [&flipped(wrapped.clone(), bit)[..], &wrapped[8..], &[]] {
            prop_assert!(WrappingKey::unwrap(&a, refused).is_none());
            prop_assert!(WrappingKey::unwrap(&b, refused).is_none());
        }
    }

    #[test]
    fn ed25519_signatures_are_the_same_and_verify_alike(seed in secret(), message in bytes(), bit: Index) {
        let (a, b) = both(
            &seed,
            <<AwsLc as Backend>::SigningKey as SigningKey>::from_seed,
            <<RustCrypto as Backend>::SigningKey as SigningKey>::from_seed,
        );
        let public = SigningKey::public(&a);
        prop_assert_eq!(public, SigningKey::public(&b));
        let signature = SigningKey::sign(&a, &message);
        prop_assert_eq!(signature, SigningKey::sign(&b, &message));
        prop_assert!(AwsLc::verify_ed25519(&public, &message, &signature));
        prop_assert!(RustCrypto::verify_ed25519(&public, &message, &signature));
        for (public, signature) in [(public, flipped(signature, bit)), (flipped(public, bit), signature)] {
            prop_assert!(!AwsLc::verify_ed25519(&public, &message, &signature));
            prop_assert!(!RustCrypto::verify_ed25519(&public, &message, &signature));
        }
    }

    #[test]
    fn es256_signatures_of_each_verify_with_the_other(scalar in secret(), message in bytes(), bit: Index) {
        let (a, b) = both(
            &scalar,
            <<AwsLc as Backend>::Es256Key as Es256Key>::from_scalar,
            <<RustCrypto as Backend>::Es256Key as Es256Key>::from_scalar,
        );
        prop_assert_eq!(a.is_some(), b.is_some());
        let (Some(a), Some(b)) = (a, b) else { return Ok(()) };
        let public = a.public();
        prop_assert_eq!(public, b.public());
        for signature in [a.sign(&message).unwrap(), b.sign(&message).unwrap()] {
            prop_assert!(AwsLc::verify_es256(&public, &message, &signature));
            prop_assert!(RustCrypto::verify_es256(&public, &message, &signature));
            let changed = flipped(signature, bit);
            prop_assert!(!AwsLc::verify_es256(&public, &message, &changed));
            prop_assert!(!RustCrypto::verify_es256(&public, &message, &changed));
        }
    }

    #[test]
    fn both_agree_on_the_same_secrets(alice in secret(), bob in secret()) {
        let a = <<AwsLc as Backend>::P256Key as AgreementKey>::from_private(&alice);
        let b = <<RustCrypto as Backend>::P256Key as AgreementKey>::from_private(&bob);
        if let (Some(a), Some(b)) = (a, b) {
            let (agreed_a, agreed_b) = (a.agree(&b.public()).unwrap(), b.agree(&a.public()).unwrap());
            prop_assert_eq!(agreed_a.expose(), agreed_b.expose());
        }
        let a = <<AwsLc as Backend>::X25519Key as AgreementKey>::from_private(&alice).unwrap();
        let b = <<RustCrypto as Backend>::X25519Key as AgreementKey>::from_private(&bob).unwrap();
        let (agreed_a, agreed_b) = (a.agree(&b.public()).unwrap(), b.agree(&a.public()).unwrap());
        prop_assert_eq!(agreed_a.expose(), agreed_b.expose());
    }

    #[test]
    fn points_off_the_curve_are_refused_by_both(x in uniform32(any::<u8>()), y in uniform32(any::<u8>())) {
        let point = bulla_core::crypto::P256Public::new(&x, &y);
        prop_assert!(!AwsLc::is_on_p256(&point));
        prop_assert!(!RustCrypto::is_on_p256(&point));
    }
}

/// All texts of the points of small order: with both signs, reduced and not.
fn of_small_order() -> impl Iterator<Item = [u8; 32]> {
    let sparse =
        [(0x00, 0x00, 0x00), (0x01, 0x00, 0x00), (0xEC, 0xFF, 0x7F), (0xED, 0xFF, 0x7F), (0xEE, 0xFF, 0x7F)];
    let sparse = sparse.map(|(first, others, last)| {
        let mut point = [others; 32];
        (point[0], point[31]) = (first, last);
        point
    });
    let of_order_8 =
        ["JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU", "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o"]
            .map(|text| base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text).unwrap().try_into().unwrap());
    sparse.into_iter().chain(of_order_8).flat_map(|point| {
        let mut negative = point;
        negative[31] |= 0x80;
        [point, negative]
    })
}

#[test]
fn nothing_is_signed_under_a_key_of_small_order() {
    // R is the neutral element and S zero, which satisfies the equation wherever the key vanishes.
    let mut signature = [0; 64];
    signature[0] = 1;
    for public in of_small_order() {
        for message in 0..64_u8 {
            assert!(!AwsLc::verify_ed25519(&public, &[message], &signature), "{public:x?}");
            assert!(!RustCrypto::verify_ed25519(&public, &[message], &signature), "{public:x?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn rsa_signatures_of_each_verify_with_the_other(message in bytes(), bit: Index) {
        let key = keys::rsa();
        let (a, b) = both(&key, keys::signing::<AwsLc>, keys::signing::<RustCrypto>);
        for padding in [RsaPadding::Pss, RsaPadding::Pkcs1] {
            let signatures = [a.sign(padding, &message).unwrap(), b.sign(padding, &message).unwrap()];
            prop_assert!(padding == RsaPadding::Pss || signatures[0] == signatures[1]);
            for signature in signatures {
                prop_assert!(AwsLc::verify_rsa(&key.public, padding, &message, &signature));
                prop_assert!(RustCrypto::verify_rsa(&key.public, padding, &message, &signature));
                let changed = flipped(signature, bit);
                prop_assert!(!AwsLc::verify_rsa(&key.public, padding, &message, &changed));
                prop_assert!(!RustCrypto::verify_rsa(&key.public, padding, &message, &changed));
            }
        }
    }

    #[test]
    fn each_decrypts_what_the_other_encrypted(content in secret(), bit: Index) {
        let key = keys::rsa();
        let (a, b) = both(&key, keys::decryption::<AwsLc>, keys::decryption::<RustCrypto>);
        for ciphertext in [AwsLc::encrypt_oaep(&key.public, &content), RustCrypto::encrypt_oaep(&key.public, &content)] {
            let ciphertext = ciphertext.unwrap();
            prop_assert!(a.decrypt(&ciphertext).unwrap().expose() == content.expose());
            prop_assert!(b.decrypt(&ciphertext).unwrap().expose() == content.expose());
            let changed = flipped(ciphertext, bit);
            prop_assert!(a.decrypt(&changed).is_none());
            prop_assert!(b.decrypt(&changed).is_none());
        }
    }
}

#[test]
fn an_rsa_key_that_one_makes_the_other_takes() {
    for key in [AwsLc::generate_rsa(RsaSize::Bits2048), RustCrypto::generate_rsa(RsaSize::Bits2048)] {
        let key = key.unwrap();
        assert_eq!((key.public.n().len(), key.public.e()), (256, &[1, 0, 1][..]));
        let signature = keys::signing::<AwsLc>(&key).sign(RsaPadding::Pkcs1, b"a statement").unwrap();
        assert_eq!(keys::signing::<RustCrypto>(&key).sign(RsaPadding::Pkcs1, b"a statement"), Ok(signature));
    }
}

#[test]
fn an_rsa_key_is_as_long_as_was_asked() {
    let lengths = [RsaSize::Bits3072, RsaSize::Bits4096]
        .map(|size| AwsLc::generate_rsa(size).unwrap().public.n().len() * 8);
    assert_eq!(lengths, [3072, 4096]);
}
