//! Portable envelopes and statements: those of the RFCs, of others, and our own.

use bulla_core::envelope::{Opener, PortableContext, Sealer};
use bulla_core::keys::{Jwk, OpeningKey, StatementSigner, VerifyingKey};
use bulla_core::statement::{self, Attachment, Form, Serialization, UnverifiedStatement};
use bulla_core::{Error, Result};
use serde_json::{Value, json};

use super::support::{bytes, decoded, each, expect_refusal, json as file, text};

/// A key of `jose/keys.json`, for one algorithm.
fn key(name: &str, algorithm: Option<&str>) -> Jwk {
    let mut key = file("jose/keys.json")[name].clone();
    assert!(key.is_object(), "{name}");
    if let Some(algorithm) = algorithm {
        key["alg"] = algorithm.into();
    }
    Jwk::parse(key.to_string().as_bytes(), name).unwrap()
}

fn verifying(name: &str, algorithm: Option<&str>) -> VerifyingKey {
    key(name, algorithm).verifying_key(name).unwrap()
}

fn opening(name: &str, algorithm: &str) -> OpeningKey {
    key(name, Some(algorithm)).opening_key(name).unwrap()
}

fn context(vector: &Value) -> PortableContext {
    PortableContext::parse(vector["context"].to_string().as_bytes()).unwrap()
}

#[test]
fn the_examples_of_rfc_7515_7520_7797_and_8037_are_verified_or_refused_as_statements() {
    for vector in each(&file("jose/signed.json")) {
        let name = text(vector, "key");
        let algorithm = (text(vector, "name") == "rfc7515-a2").then_some("RS256");
        let verified = UnverifiedStatement::parse(text(vector, "statement")).and_then(|statement| {
            let keys = [verifying(name, algorithm)];
            if statement.is_detached() {
                statement.verify_document(&keys, b"$.02").map(|()| Vec::new())
            } else {
                statement.verify(&keys)
            }
        });
        match text(vector, "asStatement") {
            "verified" => drop(verified.unwrap()),
            kind => {
                expect_refusal(
                    &json!({"name": vector["name"], "why": vector["why"], "kind": kind}),
                    verified,
                );
            }
        }
    }
}

#[test]
fn the_examples_of_rfc_7516_and_7520_are_refused_as_portable_envelopes() {
    let opener = Opener::new(vec![opening("symmetric", "A256KW"), opening("rfc7515-a2", "RSA-OAEP-256")]);
    let expected = PortableContext::parse(b"{}").unwrap();
    for vector in each(&file("jose/encrypted.json")) {
        let envelope = text(vector, "envelope");
        let envelope = if envelope.starts_with('{') { envelope.into() } else { flattened(envelope) };
        let vector = json!({"name": vector["name"], "why": vector["why"], "kind": vector["asPortable"]});
        expect_refusal(&vector, opener.open(&expected, &envelope));
    }
}

/// What a compact envelope is in JSON.
fn flattened(compact: &str) -> String {
    let parts: Vec<&str> = compact.split('.').collect();
    json!({
        "protected": parts[0], "encrypted_key": parts[1], "iv": parts[2], "ciphertext": parts[3],
        "tag": parts[4],
    })
    .to_string()
}

#[test]
fn portable_envelopes_open_with_each_key_as_their_vectors_say() {
    for name in ["portable/foreign.json", "portable/java.json", "portable/opened.json"] {
        for vector in each(&file(name)) {
            let keys = each(&vector["keys"]).zip(each(&vector["algorithms"]));
            for (key, algorithm) in keys {
                let opener = Opener::new(vec![opening(key.as_str().unwrap(), algorithm.as_str().unwrap())]);
                let plaintext = opener.open(&context(vector), text(vector, "envelope"));
                assert_eq!(plaintext.unwrap(), decoded(vector, "plaintext"), "{vector}");
            }
        }
    }
}

#[test]
fn portable_envelopes_are_refused_as_their_vectors_say() {
    let opener = Opener::new(vec![opening("symmetric", "A256KW"), opening("x25519", "ECDH-ES+A256KW")]);
    for vector in each(&file("portable/refused.json")) {
        expect_refusal(vector, opener.open(&context(vector), text(vector, "envelope")));
    }
}

#[test]
fn statements_are_verified_as_their_vectors_say() {
    for name in ["statements/foreign.json", "statements/java.json", "statements/verified.json"] {
        for vector in each(&file(name)) {
            let keys = [verifying(text(vector, "key"), vector["algorithm"].as_str())];
            let statement = UnverifiedStatement::parse(text(vector, "statement")).unwrap();
            assert_eq!(Some(statement.is_detached()), vector["detached"].as_bool(), "{vector}");
            let document = decoded(vector, "document");
            if statement.is_detached() {
                statement.verify_document(&keys, &document).unwrap();
            } else {
                assert_eq!(statement.verify(&keys).unwrap(), document, "{vector}");
            }
        }
    }
}

#[test]
fn statements_are_refused_as_their_vectors_say() {
    let keys = [verifying("rfc8037-a1", None), verifying("rfc7515-a3", None)];
    for vector in each(&file("statements/refused.json")) {
        let refused = UnverifiedStatement::parse(text(vector, "statement")).and_then(|statement| {
            if statement.is_detached() {
                statement.verify_document(&keys, &decoded(vector, "document"))
            } else {
                statement.verify(&keys).map(drop)
            }
        });
        expect_refusal(vector, refused);
    }
}

const SIGNING: [(&str, &str); 4] =
    [("rfc8037-a1", "EdDSA"), ("rfc7515-a3", "ES256"), ("rfc7515-a2", "PS256"), ("rfc7515-a2", "RS256")];
const WRAPPING: [(&str, &str); 5] = [
    ("symmetric", "A256KW"),
    ("symmetric", "A256GCMKW"),
    ("rfc7515-a2", "RSA-OAEP-256"),
    ("rfc7515-a3", "ECDH-ES+A256KW"),
    ("x25519", "ECDH-ES+A256KW"),
];

#[test]
fn each_algorithm_signs_what_it_verifies_and_nothing_else_does() {
    let forms = [Attachment::Attached, Attachment::Detached, Attachment::DetachedRaw]
        .map(|attachment| Form { attachment, serialization: Serialization::Flattened, ..Form::default() });
    for (name, algorithm) in SIGNING {
        let signing = key(name, Some(algorithm)).signing_key(name).unwrap();
        assert_eq!(signing.algorithm().name(), algorithm);
        for form in forms {
            let text = statement::sign(&signing, b"document", form).unwrap();
            for (other, other_algorithm) in SIGNING {
                let result = verified(&text, form.attachment, &verifying(other, Some(other_algorithm)));
                match (name == other, algorithm == other_algorithm) {
                    (true, true) => result.unwrap(),
                    (true, false) => assert!(matches!(result, Err(Error::UnsupportedAlgorithm { .. }))),
                    _ => assert!(matches!(result, Err(Error::UnknownKey { .. }))),
                }
            }
        }
    }
}

fn verified(text: &str, attachment: Attachment, key: &VerifyingKey) -> Result<()> {
    let (statement, keys) = (UnverifiedStatement::parse(text)?, std::slice::from_ref(key));
    match attachment {
        Attachment::Attached => statement.verify(keys).map(drop),
        _ => statement.verify_document(keys, b"document"),
    }
}

#[test]
fn each_algorithm_wraps_what_it_unwraps_and_nothing_else_does() {
    let expected = PortableContext::parse(b"{}").unwrap();
    for (name, algorithm) in WRAPPING {
        let recipient = key(name, Some(algorithm)).recipient(name).unwrap().between(b"Alice", b"Bob");
        assert_eq!(recipient.algorithm(), algorithm);
        let envelope = Sealer::new(vec![recipient]).unwrap().seal(&expected, b"secret", 0).unwrap();
        for (other, other_algorithm) in WRAPPING {
            let result = Opener::new(vec![opening(other, other_algorithm)]).open(&expected, &envelope);
            match (name == other, algorithm == other_algorithm) {
                (true, true) => assert_eq!(result.unwrap(), b"secret"),
                (true, false) => assert!(matches!(result, Err(Error::UnsupportedAlgorithm { .. }))),
                _ => assert!(matches!(result, Err(Error::UnknownKey { .. }))),
            }
        }
    }
}

#[test]
fn a_key_in_pem_is_the_key_of_its_jwk() {
    for name in ["rfc7515-a2", "rfc7515-a3", "rfc8037-a1", "x25519"] {
        let (private, public) = (pem(name, "private"), pem(name, "public"));
        let thumbprint = key(name, None).thumbprint();
        assert_eq!((private.thumbprint(), public.thumbprint()), (thumbprint, thumbprint), "{name}");
        let written = private.to_private().unwrap();
        let written: Value = serde_json::from_str(&written).unwrap();
        let mut expected = file("jose/keys.json")[name].clone();
        expected["kid"] = thumbprint.as_str().into();
        assert_eq!(written, expected);
        assert!(public.to_private().is_none());
    }
}

fn pem(name: &str, side: &str) -> Jwk {
    let text = bytes(&format!("jose/pem/{name}.{side}.pem"));
    let mut keys = Jwk::parse_any(&text, name).unwrap();
    assert_eq!(keys.len(), 1);
    keys.remove(0)
}
