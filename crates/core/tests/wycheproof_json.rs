//! Wycheproof's `json_web_*` vectors, which no crate carries: `make test-all` fetches them as the Go
//! module `github.com/c2sp/wycheproof`, and `WYCHEPROOF` is the directory of their files.
//!
//! Nothing that they call invalid may be accepted. All that they call valid is refused too, and the
//! tables below say by which kind. The reasons:
//!
//! - A key is named by its thumbprint. In the vectors keys have other names (`UnknownKey`), or none,
//!   which an envelope must have (`MalformedEnvelope`).
//! - HS256 and its like, RS384 and its like, AES-128 and AES-192, CBC, RSA-OAEP with SHA-1, `RSA1_5`,
//!   ECDH-ES without AES-256 key wrap, P-384 and P-521 are not taken: `MalformedKey` where the key says
//!   that it is for one of them, `UnsupportedAlgorithm` where the message does.
//! - A compact statement with an empty payload is one whose document lies beside it
//!   (`InvalidArgument`); so are those whose payload was taken away.
//! - An envelope is JSON; the compact ones are brought into that form here.
//!
//! So that names do not hide what the keys would say, the second half asks the keys themselves.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/hex.rs"]
mod hex;

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64_simd::URL_SAFE_NO_PAD;
use bulla_core::Result;
use bulla_core::crypto::{
    Aead, AeadKey, AgreementKey, P256Agreement, P256Public, RsaDecryption, RsaDecryptionKey, RsaPrivate,
    RsaPublic, Secret, Wrapping, WrappingKey, concat_kdf,
};
use bulla_core::envelope::{Opener, PortableContext};
use bulla_core::keys::{Jwk, VerifyingKey};
use bulla_core::statement::UnverifiedStatement;
use serde_json::{Value, json};

use self::hex::hex;

/// A vector with the keys of its group.
struct Vector {
    id: u64,
    keys: Value,
    message: Value,
    valid: bool,
    plaintext: Option<String>,
}

/// The vectors of a file that are of one sort: `jws` or `jwe`.
fn vectors(name: &str, sort: &str) -> Vec<Vector> {
    let directory = std::env::var_os("WYCHEPROOF").expect("WYCHEPROOF is the vectors' directory");
    let path = PathBuf::from(directory).join(name);
    let file = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let file: Value = serde_json::from_slice(&file).unwrap();
    let groups = file["testGroups"].as_array().unwrap().iter();
    let vectors: Vec<_> = groups
        .flat_map(|group| {
            let of = if sort == "jws" && group["public"].is_object() { "public" } else { "private" };
            let tests = group["tests"].as_array().unwrap().iter();
            tests.filter(|test| !test[sort].is_null()).map(move |test| Vector {
                id: test["tcId"].as_u64().unwrap(),
                keys: group[of].clone(),
                message: test[sort].clone(),
                valid: test["result"] == "valid",
                plaintext: test["pt"].as_str().map(str::to_owned),
            })
        })
        .collect();
    assert!(!vectors.is_empty());
    vectors
}

/// Compact, or JSON as it is.
fn message(vector: &Vector) -> String {
    vector.message.as_str().map_or_else(|| vector.message.to_string(), str::to_owned)
}

fn keys(vector: &Vector) -> Result<Vec<Jwk>> {
    Jwk::parse_any(vector.keys.to_string().as_bytes(), "key")
}

/// How many vectors, valid and not, came out how; none that is invalid may be accepted.
fn tally<T>(vectors: &[Vector], judge: impl Fn(&Vector) -> Result<T>) -> BTreeMap<&'static str, [usize; 2]> {
    let mut tally = BTreeMap::new();
    for vector in vectors {
        let outcome = match judge(vector) {
            Ok(_) => "accepted",
            Err(error) => error.kind().name(),
        };
        assert!(outcome != "accepted" || vector.valid, "vector {} was accepted", vector.id);
        tally.entry(outcome).or_insert([0; 2])[usize::from(!vector.valid)] += 1;
    }
    tally
}

fn verify(vector: &Vector) -> Result<Vec<u8>> {
    let keys = keys(vector)?.iter().map(|key| key.verifying_key("key")).collect::<Result<Vec<_>>>()?;
    UnverifiedStatement::parse(&message(vector))?.verify(&keys)
}

fn open(vector: &Vector) -> Result<Vec<u8>> {
    let keys = keys(vector)?.iter().map(|key| key.opening_key("key")).collect::<Result<Vec<_>>>()?;
    let message = message(vector);
    let parts: Vec<_> = message.split('.').collect();
    let envelope = match parts[..] {
        [protected, encrypted_key, iv, ciphertext, tag] => json!({
            "protected": protected, "encrypted_key": encrypted_key, "iv": iv,
            "ciphertext": ciphertext, "tag": tag,
        })
        .to_string(),
        _ => message,
    };
    Opener::new(keys).open(&PortableContext::parse(b"{}")?, &envelope)
}

/// Kind, how many valid vectors were refused by it, and how many invalid ones.
type Expected = [(&'static str, [usize; 2])];

fn assert_tally(name: &str, tally: &BTreeMap<&'static str, [usize; 2]>, expected: &Expected) {
    let tally: Vec<_> = tally.iter().map(|(kind, count)| (*kind, *count)).collect();
    assert_eq!(tally, expected, "{name}");
}

#[test]
#[ignore = "needs the vectors, which make test-all fetches"]
fn no_invalid_signature_makes_a_statement() {
    for (name, expected) in [
        (
            "json_web_signature_test.json",
            &[
                ("InvalidArgument", [2, 2]),
                ("JsonSyntax", [0, 4]),
                ("MalformedKey", [28, 51]),
                ("MalformedStatement", [0, 10]),
                ("UnknownKey", [16, 288]),
            ][..],
        ),
        (
            "json_web_crypto_test.json",
            &[
                ("InvalidArgument", [0, 2]),
                ("JsonSyntax", [0, 4]),
                ("MalformedKey", [2, 18]),
                ("MalformedStatement", [0, 10]),
                ("UnknownKey", [2, 11]),
            ],
        ),
        ("json_web_key_test.json", &[("MalformedKey", [4, 20]), ("UnknownKey", [1, 1])]),
    ] {
        assert_tally(name, &tally(&vectors(name, "jws"), verify), expected);
    }
}

#[test]
#[ignore = "needs the vectors, which make test-all fetches"]
fn no_invalid_encryption_makes_an_envelope() {
    for (name, expected) in [
        (
            "json_web_encryption_test.json",
            &[
                ("JsonSyntax", [0, 1]),
                ("MalformedEnvelope", [5, 6]),
                ("MalformedKey", [43, 27]),
                ("UnsupportedAlgorithm", [17, 40]),
            ],
        ),
        (
            "json_web_crypto_test.json",
            &[
                ("JsonSyntax", [0, 1]),
                ("MalformedEnvelope", [0, 6]),
                ("MalformedKey", [1, 16]),
                ("UnsupportedAlgorithm", [1, 9]),
            ],
        ),
    ] {
        assert_tally(name, &tally(&vectors(name, "jwe"), open), expected);
    }
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(text).ok()
}

fn header(encoded: &str) -> Option<Value> {
    serde_json::from_slice(&decoded(encoded)?).ok()
}

/// The keys of a vector that verify, whatever else is in its set.
fn verifying_keys(vector: &Vector) -> Vec<VerifyingKey> {
    let documents = match vector.keys["keys"].as_array() {
        Some(keys) => keys.clone(),
        None => vec![vector.keys.clone()],
    };
    let keys = documents.iter().filter_map(|key| Jwk::parse(key.to_string().as_bytes(), "key").ok());
    keys.filter_map(|key| key.verifying_key("key").ok()).collect()
}

/// Whether one of the keys verifies the signature, by its algorithm, and whatever its name.
fn is_signed(vector: &Vector) -> bool {
    let message = message(vector);
    let Some((input, signature)) = message.rsplit_once('.') else { return false };
    let (Some((encoded, payload)), Some(signature)) = (input.split_once('.'), decoded(signature)) else {
        return false;
    };
    let (Some(header), Some(_)) = (header(encoded), decoded(payload)) else { return false };
    verifying_keys(vector)
        .iter()
        .filter(|key| header["alg"] == key.algorithm().name())
        .any(|key| key.verify("vector", input.as_bytes(), &signature).is_ok())
}

/// Vectors that the keys accept and Wycheproof does not.
const ACCEPTED: [(&str, u64, &str); 2] = [
    ("json_web_crypto_test.json", 46, "a modulus of the ROCA kind: a key is trusted because of where it is"),
    ("json_web_key_test.json", 7, "the same"),
];

#[test]
#[ignore = "needs the vectors, which make test-all fetches"]
fn the_keys_verify_what_is_valid_and_of_their_algorithm_alone() {
    for (name, at_least) in [
        ("json_web_signature_test.json", 16),
        ("json_web_crypto_test.json", 2),
        ("json_web_key_test.json", 1),
    ] {
        let mut verified = 0;
        for vector in vectors(name, "jws") {
            let known = ACCEPTED.iter().any(|(file, id, _)| (*file, *id) == (name, vector.id));
            let ours = verifying_keys(&vector).iter().any(|key| {
                header(message(&vector).split('.').next().unwrap())
                    .is_some_and(|header| header["alg"] == key.algorithm().name())
            });
            let signed = is_signed(&vector);
            assert_eq!(signed, (vector.valid && ours) || known, "{name}, vector {}", vector.id);
            verified += usize::from(signed && !known);
        }
        assert!(verified >= at_least, "{name}: only {verified} were verified");
    }
}

fn fixed<const N: usize>(value: &Value, member: &str) -> Option<[u8; N]> {
    decoded(value[member].as_str()?)?.try_into().ok()
}

fn unwrapped(key: &Value, header: &Value, wrapped: &[u8]) -> Option<Secret> {
    let number = |member: &str| decoded(key[member].as_str()?);
    match header["alg"].as_str()? {
        "A256KW" => <Wrapping as WrappingKey>::new(&Secret::new(fixed(key, "k")?)).unwrap(wrapped),
        "A256GCMKW" => {
            let mut key_bytes: [u8; 32] = wrapped.try_into().ok()?;
            let by = <Aead as AeadKey>::new(&Secret::new(fixed(key, "k")?));
            let (iv, tag) = (fixed(header, "iv")?, fixed(header, "tag")?);
            by.open(iv, b"", &mut key_bytes, &tag).then(|| Secret::new(key_bytes))
        }
        "ECDH-ES+A256KW" => {
            let peer = P256Public::new(&fixed(&header["epk"], "x")?, &fixed(&header["epk"], "y")?);
            let agreed = P256Agreement::from_private(&Secret::new(fixed(key, "d")?))?.agree(&peer)?;
            <Wrapping as WrappingKey>::new(&concat_kdf::derive(&agreed, "ECDH-ES+A256KW", b"", b""))
                .unwrap(wrapped)
        }
        "RSA-OAEP-256" => {
            let public = RsaPublic::new(&number("n")?, &number("e")?)?;
            let private = RsaPrivate {
                public,
                d: number("d")?.into(),
                p: number("p")?.into(),
                q: number("q")?.into(),
                dp: number("dp")?.into(),
                dq: number("dq")?.into(),
                qi: number("qi")?.into(),
            };
            <RsaDecryption as RsaDecryptionKey>::new(&private)?.decrypt(wrapped)
        }
        _ => None,
    }
}

/// The plaintext, where key and algorithms are among ours.
fn decrypted(vector: &Vector) -> Option<Vec<u8>> {
    let message = message(vector);
    let [protected, wrapped, iv, ciphertext, tag] = message.split('.').collect::<Vec<_>>()[..] else {
        return None;
    };
    let header = header(protected)?;
    if header["alg"] != vector.keys["alg"] || header["enc"] != "A256GCM" {
        return None;
    }
    let key = unwrapped(&vector.keys, &header, &decoded(wrapped)?)?;
    let (iv, tag) = (decoded(iv)?.try_into().ok()?, decoded(tag)?.try_into().ok()?);
    let mut content = decoded(ciphertext)?;
    <Aead as AeadKey>::new(&key).open(iv, protected.as_bytes(), &mut content, &tag).then_some(content)
}

#[test]
#[ignore = "needs the vectors, which make test-all fetches"]
fn what_is_encrypted_by_our_algorithms_is_decrypted() {
    let mut decrypted_ids = Vec::new();
    for vector in vectors("json_web_encryption_test.json", "jwe") {
        if let Some(plaintext) = decrypted(&vector) {
            assert!(vector.valid, "vector {} was decrypted", vector.id);
            assert_eq!(Some(hex(&plaintext)), vector.plaintext, "vector {}", vector.id);
            decrypted_ids.push(vector.id);
        }
    }
    assert_eq!(decrypted_ids, [29, 66, 73, 74, 90]);
}
