use zeroize::Zeroizing;

use super::*;

fn key() -> RsaPrivate {
    let key = Section::named("rfc7515_a2").key();
    let number = |name| Zeroizing::new(key.bytes(name));
    RsaPrivate {
        public: RsaPublic::new(&key.bytes("n"), &key.bytes("e")).unwrap(),
        d: number("d"),
        p: number("p"),
        q: number("q"),
        dp: number("dp"),
        dq: number("dq"),
        qi: number("qi"),
    }
}

fn signing() -> RsaSigning {
    <RsaSigning as RsaSigningKey>::new(&key()).unwrap()
}

fn decryption() -> RsaDecryption {
    <RsaDecryption as RsaDecryptionKey>::new(&key()).unwrap()
}

#[test]
fn rs256_signs_as_the_standard_s_example_does() {
    let example = Section::named("rfc7515_a2");
    let message = example.text("message").as_bytes();
    let signature = signing().sign(RsaPadding::Pkcs1, message).unwrap();
    assert_eq!(signature, example.bytes("signature"));
    assert!(Active::verify_rsa(&key().public, RsaPadding::Pkcs1, message, &signature));
    assert!(!Active::verify_rsa(&key().public, RsaPadding::Pkcs1, b"another", &signature));
    assert!(!Active::verify_rsa(&key().public, RsaPadding::Pss, message, &signature));
    assert!(!Active::verify_rsa(&key().public, RsaPadding::Pkcs1, message, &flipped(signature)));
}

#[test]
fn a_ps256_signature_verifies_and_a_changed_one_does_not() {
    let signature = signing().sign(RsaPadding::Pss, b"a statement").unwrap();
    assert!(Active::verify_rsa(&key().public, RsaPadding::Pss, b"a statement", &signature));
    assert!(!Active::verify_rsa(&key().public, RsaPadding::Pkcs1, b"a statement", &signature));
    assert!(!Active::verify_rsa(&key().public, RsaPadding::Pss, b"a statement", &flipped(signature)));
}

#[test]
fn ps256_of_another_implementation_verifies_if_its_salt_is_as_long_as_the_digest() {
    let theirs = Section::named("openssl_rsa");
    let verifies = |signature| {
        Active::verify_rsa(
            &key().public,
            RsaPadding::Pss,
            theirs.text("message").as_bytes(),
            &theirs.bytes(signature),
        )
    };
    assert!(verifies("pss"));
    assert!(!verifies("pss_salt_20"));
}

#[test]
fn oaep_decrypts_what_was_encrypted_here_and_by_another_implementation() {
    let theirs = Section::named("openssl_rsa");
    let ours = Active::encrypt_oaep(&key().public, &Secret::new([7; 32])).unwrap();
    assert_eq!(*decryption().decrypt(&ours).unwrap().expose(), [7; 32]);
    assert_eq!(decryption().decrypt(&theirs.bytes("oaep")).unwrap().expose()[..], theirs.bytes("secret"));
}

#[test]
fn oaep_refuses_what_was_changed_is_no_key_or_was_padded_otherwise() {
    let theirs = Section::named("openssl_rsa");
    let ciphertext = theirs.bytes("oaep");
    assert!(decryption().decrypt(&flipped(ciphertext.clone())).is_none());
    assert!(decryption().decrypt(&ciphertext[1..]).is_none());
    assert!(decryption().decrypt(&[]).is_none());
    assert!(decryption().decrypt(&[0xFF; 256]).is_none(), "a number above the modulus");
    assert!(decryption().decrypt(&theirs.bytes("oaep_short")).is_none());
    assert!(decryption().decrypt(&theirs.bytes("oaep_sha1")).is_none());
}

#[test]
fn a_key_is_read_from_pkcs8_and_spki_and_written_as_it_was_read() {
    let theirs = Section::named("openssl_rsa");
    let Some(PrivateKey::Rsa(read)) = PrivateKey::from_pkcs8(&theirs.bytes("pkcs8")) else { panic!() };
    assert_eq!(read.public, key().public);
    assert_eq!(read.d, key().d);
    assert_eq!(read.to_pkcs8().unwrap()[..], theirs.bytes("pkcs8"));
    assert_eq!(PublicKey::from_spki(&theirs.bytes("spki")), Some(PublicKey::Rsa(key().public)));
    assert_eq!(key().public.to_spki().unwrap(), theirs.bytes("spki"));
}

#[test]
fn a_key_of_1024_bits_is_not_taken() {
    let small = Section::named("openssl_rsa_1024");
    assert!(PrivateKey::from_pkcs8(&small.bytes("pkcs8")).is_none());
    assert_eq!(PublicKey::from_spki(&small.bytes("spki")), None);
}

#[test]
fn a_public_key_that_cannot_be_one_is_not_taken() {
    let public = key().public;
    let even = flipped(public.n().to_vec());
    let padded = [&[0], public.n()].concat();
    let too_large = vec![0xFF; 1025];
    for n in [&[][..], &even, &padded, &too_large] {
        assert_eq!(RsaPublic::new(n, public.e()), None);
    }
    for e in [&[][..], &[1], &[2], &[0, 1, 0, 1], &[1, 0, 0, 0, 1]] {
        assert_eq!(RsaPublic::new(public.n(), e), None);
    }
}

#[test]
fn numbers_that_contradict_each_other_are_no_key() {
    for change in [
        (|key| *key = RsaPrivate { d: flipped(key.d.clone()), ..key.clone() }) as fn(&mut RsaPrivate),
        |key| *key = RsaPrivate { p: flipped(key.p.clone()), ..key.clone() },
        |key| *key = RsaPrivate { dp: flipped(key.dp.clone()), ..key.clone() },
        |key| *key = RsaPrivate { qi: flipped(key.qi.clone()), ..key.clone() },
        |key| std::mem::swap(&mut key.dp, &mut key.dq),
        |key| key.q = Zeroizing::new(Vec::new()),
    ] {
        let mut key = key();
        change(&mut key);
        assert!(<RsaSigning as RsaSigningKey>::new(&key).is_none());
        assert!(<RsaDecryption as RsaDecryptionKey>::new(&key).is_none());
    }
}

#[test]
fn a_private_key_is_not_printed() {
    let printed = format!("{:?}", PrivateKey::Rsa(key()));
    assert!(printed.starts_with("Rsa(RsaPrivate { public: "), "{printed}");
    assert!(printed.ends_with(", .. })"), "{printed}");
}
