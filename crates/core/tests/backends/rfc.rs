//! What the examples of the RFCs compute on the way to their messages, on both backends: also those
//! whose messages are refused, for other algorithms in them.

use base64_simd::URL_SAFE_NO_PAD;
use bulla_core::crypto::{
    AeadKey, AgreementKey, AwsLc, Backend, P256Public, RsaPadding, RsaPrivate, RsaPublic, RsaSigningKey,
    RustCrypto, Secret, Sha2, SigningKey, WrappingKey, concat_kdf,
};

use serde_json::Value;

macro_rules! on_both_backends {
    ($($claim:ident)*) => {
        mod aws_lc { $(#[test] fn $claim() { super::$claim::<super::AwsLc>(); })* }
        mod rust_crypto { $(#[test] fn $claim() { super::$claim::<super::RustCrypto>(); })* }
    };
}

on_both_backends! {
    keys_are_wrapped_as_rfc_3394_does
    what_is_no_wrapped_key_of_256_bits_is_not_unwrapped
    the_signatures_of_the_examples_verify_and_are_made_again
    a_signature_does_not_verify_for_another_message
    secrets_are_agreed_as_in_the_examples
    content_keys_are_decrypted_as_in_the_examples
    content_keys_are_unwrapped_by_a_passphrase_as_in_the_examples
}

fn file(name: &str) -> Value {
    let path = format!("{}/../../tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The steps of one sort; there must be some.
fn steps(sort: &str) -> Vec<Value> {
    let all = file("jose/steps.json");
    let of_sort = all.as_array().unwrap().iter().filter(|step| step["step"] == sort);
    let steps: Vec<_> = of_sort.cloned().collect();
    assert!(!steps.is_empty());
    steps
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap()
}

fn bytes(value: &Value, member: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode_to_vec(text(value, member)).unwrap()
}

fn fixed<const N: usize>(value: &Value, member: &str) -> [u8; N] {
    bytes(value, member).try_into().unwrap()
}

fn secret(value: &Value, member: &str) -> Secret {
    Secret::new(fixed(value, member))
}

fn unhex(digits: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(pair).collect()
}

fn keys_are_wrapped_as_rfc_3394_does<B: Backend>() {
    let vector = &file("rfc3394/key-wrap.json")["wrapped"];
    let [kek, key, wrapped] = ["kek", "key", "wrapped"].map(|member| unhex(text(vector, member)));
    let kek = <B::WrappingKey as WrappingKey>::new(&Secret::new(kek.try_into().unwrap()));
    let key = Secret::new(key.try_into().unwrap());
    assert_eq!(kek.wrap(&key).unwrap(), wrapped);
    assert_eq!(kek.unwrap(&wrapped).unwrap().expose(), key.expose());
}

fn what_is_no_wrapped_key_of_256_bits_is_not_unwrapped<B: Backend>() {
    let vectors = file("rfc3394/key-wrap.json");
    for vector in vectors["refused"].as_array().unwrap() {
        let [kek, wrapped] = ["kek", "wrapped"].map(|member| unhex(text(vector, member)));
        let kek = <B::WrappingKey as WrappingKey>::new(&Secret::new(kek.try_into().unwrap()));
        assert!(kek.unwrap(&wrapped).is_none(), "{vector}");
    }
}

fn padding(key: &Value) -> RsaPadding {
    if text(key, "alg") == "PS256" { RsaPadding::Pss } else { RsaPadding::Pkcs1 }
}

fn verifies<B: Backend>(key: &Value, message: &[u8], signature: &[u8]) -> bool {
    match text(key, "alg") {
        "EdDSA" => B::verify_ed25519(&fixed(key, "x"), message, signature.try_into().unwrap()),
        "ES256" => B::verify_es256(&p256(key), message, signature.try_into().unwrap()),
        _ => B::verify_rsa(&rsa(key), padding(key), message, signature),
    }
}

fn p256(key: &Value) -> P256Public {
    P256Public::new(&fixed(key, "x"), &fixed(key, "y"))
}

fn rsa(key: &Value) -> RsaPublic {
    RsaPublic::new(&bytes(key, "n"), &bytes(key, "e")).unwrap()
}

/// The signature, where there is only one for a message.
fn signed<B: Backend>(key: &Value, message: &[u8]) -> Vec<u8> {
    if text(key, "alg") == "EdDSA" {
        return <B::SigningKey as SigningKey>::from_seed(&secret(key, "d")).sign(message).to_vec();
    }
    let [d, p, q, dp, dq, qi] = ["d", "p", "q", "dp", "dq", "qi"].map(|number| bytes(key, number).into());
    let private = RsaPrivate { public: rsa(key), d, p, q, dp, dq, qi };
    <B::RsaSigningKey as RsaSigningKey>::new(&private).unwrap().sign(padding(key), message).unwrap()
}

fn the_signatures_of_the_examples_verify_and_are_made_again<B: Backend>() {
    for step in steps("signature") {
        let (key, message) = (&step["key"], text(&step, "input").as_bytes());
        let signature = bytes(&step, "signature");
        assert!(verifies::<B>(key, message, &signature), "{}", step["name"]);
        if step["made"] == true {
            assert_eq!(signed::<B>(key, message), signature, "{}", step["name"]);
        }
    }
}

fn a_signature_does_not_verify_for_another_message<B: Backend>() {
    for step in steps("signature") {
        let another = format!("{}A", text(&step, "input"));
        let signature = bytes(&step, "signature");
        assert!(!verifies::<B>(&step["key"], another.as_bytes(), &signature), "{}", step["name"]);
    }
}

fn agreed<B: Backend>(private: &Value, public: &Value) -> Secret {
    let scalar = secret(private, "d");
    let agreed = match text(private, "crv") {
        "P-256" => <B::P256Key as AgreementKey>::from_private(&scalar).unwrap().agree(&p256(public)),
        _ => <B::X25519Key as AgreementKey>::from_private(&scalar).unwrap().agree(&fixed(public, "x")),
    };
    agreed.unwrap()
}

fn secrets_are_agreed_as_in_the_examples<B: Backend>() {
    let mut derived = 0;
    for step in steps("agreement") {
        let agreed = agreed::<B>(&step["private"], &step["public"]);
        assert_eq!(agreed.expose()[..], bytes(&step, "agreed"), "{}", step["name"]);
        if let Some(algorithm) = step["algorithm"].as_str() {
            let key = concat_kdf::derive(&agreed, algorithm, b"", b"");
            assert_eq!(key.expose()[..], bytes(&step, "derived"), "{}", step["name"]);
            derived += 1;
        }
    }
    assert!(derived > 0);
}

fn content_keys_are_decrypted_as_in_the_examples<B: Backend>() {
    for step in steps("encryption") {
        let key = <B::AeadKey as AeadKey>::new(&secret(&step, "by"));
        let mut content_key = bytes(&step, "encrypted");
        assert!(key.open(fixed(&step, "iv"), b"", &mut content_key, &fixed(&step, "tag")));
        assert_eq!(content_key, bytes(&step, "key"), "{}", step["name"]);
    }
}

fn content_keys_are_unwrapped_by_a_passphrase_as_in_the_examples<B: Backend>() {
    for step in steps("passphrase") {
        let (passphrase, salt) = (text(&step, "passphrase").as_bytes(), bytes(&step, "salt"));
        let rounds = step["rounds"].as_u64().unwrap().try_into().unwrap();
        let mut kek = [0; 32];
        B::pbkdf2(Sha2::Sha512, passphrase, &salt, rounds, &mut kek);
        let key = <B::WrappingKey as WrappingKey>::new(&Secret::new(kek)).unwrap(&bytes(&step, "wrapped"));
        assert_eq!(key.unwrap().expose()[..], bytes(&step, "key"), "{}", step["name"]);
    }
}
