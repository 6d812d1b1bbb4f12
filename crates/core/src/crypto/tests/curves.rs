use super::*;

fn rfc7515() -> (Secret, P256Public) {
    let key = Section::named("rfc7515_a3").key();
    (secret(key.text("d")), point(key.text("x"), key.text("y")))
}

#[test]
fn the_example_of_es256_verifies_and_a_changed_one_does_not() {
    let example = Section::named("rfc7515_a3");
    let (_, public) = rfc7515();
    let signature: [u8; 64] = example.bytes("signature").try_into().unwrap();
    let message = example.text("message").as_bytes();
    assert!(Active::verify_es256(&public, message, &signature));
    assert!(!Active::verify_es256(&public, b"another", &signature));
    assert!(!Active::verify_es256(&public, message, &flipped(signature)));
}

#[test]
fn an_es256_signature_verifies_under_the_public_key_of_its_scalar() {
    let (scalar, public) = rfc7515();
    let key = <Es256 as Es256Key>::from_scalar(&scalar).unwrap();
    assert_eq!(key.public(), public);
    assert!(Active::verify_es256(&public, b"a statement", &key.sign(b"a statement").unwrap()));
}

#[test]
fn a_scalar_out_of_range_is_no_key() {
    for scalar in [[0; 32], [0xFF; 32]] {
        assert!(<Es256 as Es256Key>::from_scalar(&Secret::new(scalar)).is_none());
        assert!(<P256Agreement as AgreementKey>::from_private(&Secret::new(scalar)).is_none());
    }
}

/// RFC 7518 appendix C.
#[test]
fn both_sides_agree_on_the_secret_of_the_standard_s_example() {
    let alice = secret("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo");
    let alice = <P256Agreement as AgreementKey>::from_private(&alice).unwrap();
    let bob = secret("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw");
    let bob = <P256Agreement as AgreementKey>::from_private(&bob).unwrap();
    let [x, y] =
        ["weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ", "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"];
    assert_eq!(bob.public(), point(x, y));
    let agreed = [
        158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163, 218,
        128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
    ];
    assert_eq!(*alice.agree(&bob.public()).unwrap().expose(), agreed);
    assert_eq!(*bob.agree(&alice.public()).unwrap().expose(), agreed);
}

#[test]
fn a_point_off_the_curve_agrees_with_nobody() {
    let (scalar, public) = rfc7515();
    let off = P256Public::new(public.x(), &flipped(*public.y()));
    assert!(Active::is_on_p256(&public));
    assert!(!Active::is_on_p256(&off));
    assert!(<P256Agreement as AgreementKey>::from_private(&scalar).unwrap().agree(&off).is_none());
}

#[test]
fn a_compressed_point_is_not_taken() {
    let (_, public) = rfc7515();
    assert_eq!(P256Public::from_uncompressed(&public.uncompressed()[..33]), None);
    let mut hybrid = *public.uncompressed();
    hybrid[0] = 6;
    assert_eq!(P256Public::from_uncompressed(&hybrid), None);
}

/// RFC 7748 §6.1, by way of RFC 8037 appendix A.6.
#[test]
fn x25519_agrees_on_the_secret_of_the_standard_s_example() {
    let bob = base64url::decode_array("3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08").unwrap();
    let alice = secret("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo");
    let alice = <X25519Agreement as AgreementKey>::from_private(&alice).unwrap();
    assert_eq!(base64url::encode(&alice.public()), "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo");
    let agreed = alice.agree(&bob).unwrap();
    assert_eq!(base64url::encode(agreed.expose()), "Sl2dW6TOLeFyjjv0gDUPJeB-IclH0Z4zdvCbPB4WF0I");
}

#[test]
fn x25519_agrees_on_no_secret_with_a_point_of_small_order() {
    let key = <X25519Agreement as AgreementKey>::generate().unwrap();
    assert!(key.agree(&[0; 32]).is_none());
}

#[test]
fn generated_keys_agree_and_differ() {
    let [alice, bob] = [(), ()].map(|()| <P256Agreement as AgreementKey>::generate().unwrap());
    assert_ne!(alice.public(), bob.public());
    let agreed = [alice.agree(&bob.public()).unwrap(), bob.agree(&alice.public()).unwrap()];
    assert_eq!(agreed[0].expose(), agreed[1].expose());
}

#[test]
fn keys_on_curves_are_read_from_pkcs8_and_spki_and_written_as_they_were_read() {
    let (scalar, public) = rfc7515();
    let p256 = Section::named("openssl_p256");
    let Some(PrivateKey::P256(read)) = PrivateKey::from_pkcs8(&p256.bytes("pkcs8")) else { panic!() };
    assert_eq!(read.expose(), scalar.expose());
    let public = PublicKey::P256(public);
    assert_eq!(PublicKey::from_spki(&p256.bytes("spki")).as_ref(), Some(&public));
    assert_eq!(PrivateKey::P256(read).to_pkcs8(&public).unwrap()[..], p256.bytes("pkcs8"));
    assert_eq!(public.to_spki().unwrap(), p256.bytes("spki"));

    let x25519 = Section::named("openssl_x25519");
    let Some(PrivateKey::X25519(read)) = PrivateKey::from_pkcs8(&x25519.bytes("pkcs8")) else { panic!() };
    assert_eq!(read.expose()[..], x25519.bytes("private"));
    let public = PublicKey::X25519(x25519.bytes("public").try_into().unwrap());
    assert_eq!(PublicKey::from_spki(&x25519.bytes("spki")).as_ref(), Some(&public));
    assert_eq!(PrivateKey::X25519(read).to_pkcs8(&public).unwrap()[..], x25519.bytes("pkcs8"));
    assert_eq!(public.to_spki().unwrap(), x25519.bytes("spki"));
}

/// RFC 8410 §10.
#[test]
fn an_ed25519_key_is_read_from_pkcs8_of_both_versions_and_from_spki() {
    let seed = "1O5y2_kTWErVttjx92n4rTr-fCjL8dT74Jeoj0R1WEI";
    let public = base64url::decode_array("Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE").unwrap();
    let mut written = None;
    for document in [
        "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp-K06_nwoy_HU--CXqI9EdVhC",
        "MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp-K06_nwoy_HU--CXqI9EdVhCoB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE",
    ] {
        let document = base64url::decode(document).unwrap();
        let Some(PrivateKey::Ed25519(read)) = PrivateKey::from_pkcs8(&document) else { panic!() };
        assert_eq!(base64url::encode(read.expose()), seed);
        assert_eq!(<Signing as SigningKey>::from_seed(&read).public(), public);
        let first = written.get_or_insert(document);
        assert_eq!(PrivateKey::Ed25519(read).to_pkcs8(&PublicKey::Ed25519(public)).unwrap()[..], first[..]);
    }
    let spki = base64url::decode("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE").unwrap();
    assert_eq!(PublicKey::from_spki(&spki), Some(PublicKey::Ed25519(public)));
    assert_eq!(PublicKey::Ed25519(public).to_spki().unwrap(), spki);
}

#[test]
fn a_key_on_another_curve_is_not_taken() {
    let p384 = Section::named("openssl_p384");
    assert!(PrivateKey::from_pkcs8(&p384.bytes("pkcs8")).is_none());
    assert_eq!(PublicKey::from_spki(&p384.bytes("spki")), None);
}
