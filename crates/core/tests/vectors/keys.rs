use bulla_core::keys::{Certificate, Jwk, Purpose, RegistryRow, protected};
use bulla_core::packed;
use serde_json::Value;

use super::support::{World, decoded, each, expect_refusal, json, text};

#[test]
fn registry_rows_are_taken_as_their_vectors_say() {
    let world = World::read();
    let vault = world.empty_vault();
    for vector in each(&json("registry/accepted.json")) {
        let row = RegistryRow::verify(text(vector, "row"), &world.installation, &world.trust()).unwrap();
        assert_eq!(row.kid.as_str(), text(vector, "kid"));
        assert_eq!(row.purpose, Purpose::from_name(text(vector, "purpose")).unwrap());
        assert_eq!(vault.learn(text(vector, "row")).unwrap(), row.kid);
    }
}

#[test]
fn registry_rows_are_refused_as_their_vectors_say() {
    let vault = World::read().empty_vault();
    for vector in each(&json("registry/refused.json")) {
        expect_refusal(vector, vault.learn(text(vector, "row")));
    }
}

#[test]
fn epoch_certificates_are_taken_and_refused_as_their_vectors_say() {
    let trust = World::read().trust();
    for vector in each(&json("registry/certificates.json")) {
        let verified = Certificate::verify(text(vector, "certificate"), &trust);
        if vector["kind"].is_string() {
            expect_refusal(vector, verified);
            continue;
        }
        let certificate = verified.unwrap();
        assert_eq!(certificate.log, text(vector, "log"));
        assert_eq!(certificate.epoch, text(vector, "epoch"));
        assert_eq!(Some(certificate.started), vector["started"].as_i64());
        assert_eq!(certificate.key.kid().as_str(), text(vector, "key"));
        assert_eq!(certificate.identity.as_str(), text(vector, "identity"));
    }
}

#[test]
fn thumbprints_are_those_of_rfc_7638() {
    for vector in each(&json("rfc7638/thumbprints.json")) {
        let key = Jwk::parse(vector["key"].to_string().as_bytes(), "key").unwrap();
        assert_eq!(key.thumbprint().as_str(), text(vector, "thumbprint"), "{vector}");
    }
}

#[test]
fn protected_keys_are_read_as_others_write_them() {
    let vectors = json("keys/protected.json");
    for vector in each(&vectors["files"]) {
        let (name, file) = (text(vector, "name"), text(vector, "file"));
        assert!(protected::is_protected(file.as_bytes()), "{name}");
        let keys = protected::read(file.as_bytes(), text(&vectors, "passphrase"), name).unwrap();
        let thumbprints: Vec<_> = keys.iter().map(|key| key.thumbprint().to_string()).collect();
        let expected: Vec<_> = each(&vector["thumbprints"]).map(|id| id.as_str().unwrap()).collect();
        assert_eq!(thumbprints, expected, "{name}");
        let error = protected::read(file.as_bytes(), "another", name).unwrap_err().to_string();
        assert!(error.ends_with("the passphrase is wrong, or the file was changed"), "{error}");
    }
}

#[test]
fn the_keys_of_rfc_7517_and_7520_are_taken_or_refused() {
    for vector in each(&json("jose/jwk.json")) {
        let key = Jwk::parse(vector["key"].to_string().as_bytes(), "key");
        if vector["kind"].is_string() {
            expect_refusal(vector, key);
        } else {
            assert_eq!(key.unwrap().thumbprint().as_str(), text(vector, "thumbprint"), "{vector}");
        }
    }
}

#[test]
fn the_signature_of_rfc_8037_is_verified_and_made() {
    let vector = json("jose/opened.json");
    let signer = Jwk::parse(vector["key"].to_string().as_bytes(), "key").unwrap().signer("key").unwrap();
    let (input, signature) = text(&vector, "statement").rsplit_once('.').unwrap();
    let signature: [u8; 64] = decoded(&Value::from_iter([("s", signature)]), "s").try_into().unwrap();
    signer.verifier().verify("the example", input.as_bytes(), &signature).unwrap();
    assert_eq!(signer.sign(input.as_bytes()), signature);
}

#[test]
fn the_examples_of_rfc_7515_7520_7797_and_8037_are_refused_as_registry_rows() {
    let vault = World::read().empty_vault();
    for vector in each(&json("jose/signed.json")) {
        expect_refusal(vector, vault.learn(text(vector, "statement")));
    }
}

#[test]
fn search_tags_are_those_of_their_vectors() {
    let vault = World::read().vault();
    for vector in each(&json("search/tags.json")) {
        let packed = decoded(vector, "value");
        let value = packed::Reader::new(&packed).value().unwrap();
        let tenant = vector["tenant"].as_str();
        let tag = vault.tag(tenant, text(vector, "variable"), text(vector, "type"), value).unwrap();
        assert_eq!(tag.text(), text(vector, "text"));
        assert_eq!(Some(tag.long()), vector["long"].as_i64());
        assert_eq!(Some(tag.double()), vector["double"].as_f64());
    }
}
