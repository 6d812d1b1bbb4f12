//! Serialised objects of Java.

use base64_simd::STANDARD;
use bulla_core::keys::Jwk;
use bulla_core::serialized::{self, Layer, ObjectOpener, OpenedObject};
use bulla_core::{ErrorKind, Result};
use serde_json::Value;

use super::support::{decoded, each, expect_refusal, json, text};

/// The keys that a vector names.
fn named(vector: &Value, member: &str) -> Vec<Jwk> {
    let (own, jose) = (json("serialized/keys.json"), json("jose/keys.json"));
    let names = vector[member].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    names
        .map(|name| {
            let key = own.get(name).or(jose.get(name)).unwrap_or_else(|| panic!("no key {name}"));
            Jwk::parse(key.to_string().as_bytes(), name).unwrap()
        })
        .collect()
}

fn open(vector: &Value) -> Result<OpenedObject> {
    let keys = named(vector, "keys").iter().map(|key| key.object_key("key")).collect::<Result<_>>()?;
    let signers =
        named(vector, "signers").iter().map(|key| key.object_signer("key")).collect::<Result<_>>()?;
    let opener = ObjectOpener::new(keys, signers);
    opener.open(&serialized::decode(text(vector, "object").as_bytes())?)
}

#[test]
fn objects_of_java_open() {
    for vector in each(&json("serialized/opened.json")) {
        let name = text(vector, "name");
        if cfg!(not(feature = "rust-crypto")) && vector["needs"] == "rust-crypto" {
            assert_eq!(open(vector).unwrap_err().kind(), ErrorKind::UnsupportedAlgorithm, "{name}");
            continue;
        }
        let opened = open(vector).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(opened.content().kind().class(), text(vector, "kind"), "{name}");
        assert_eq!(opened.content().bytes(), decoded(vector, "content"), "{name}");
        assert_eq!(opened.is_authenticated(), vector["authenticated"], "{name}");
        let layers: Vec<_> = opened
            .layers()
            .iter()
            .map(|layer| match layer {
                Layer::Signed { algorithm, .. } | Layer::Sealed { algorithm, .. } => algorithm.as_str(),
            })
            .collect();
        assert_eq!(serde_json::to_value(layers).unwrap(), vector["layers"], "{name}");
    }
}

#[test]
fn objects_of_java_are_refused_for_what_is_wrong_with_them() {
    for vector in each(&json("serialized/refused.json")) {
        expect_refusal(vector, open(vector));
    }
}

/// Each byte of what opens is changed in each bit, and cut at each length: nothing else comes out
/// of what is authenticated, and nothing panics.
#[test]
fn no_changed_object_opens_as_something_else() {
    for vector in each(&json("serialized/opened.json")) {
        if cfg!(not(feature = "rust-crypto")) && vector["needs"] == "rust-crypto" {
            continue;
        }
        let keys = named(vector, "keys").iter().map(|key| key.object_key("key").unwrap()).collect();
        let signers = named(vector, "signers").iter().map(|key| key.object_signer("key").unwrap()).collect();
        let keys = ObjectOpener::new(keys, signers);
        let object = STANDARD.decode_to_vec(text(vector, "object")).unwrap();
        let rsa = text(vector, "name").contains("RSA") && vector["authenticated"] == false;
        for at in 0..object.len() {
            assert!(keys.open(&object[..at]).is_err(), "{} cut at {at}", text(vector, "name"));
            // A private operation of RSA takes a millisecond.
            let bits =
                if rsa { [0x01].as_slice() } else { &[0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80] };
            for bit in bits {
                let mut changed = object.clone();
                changed[at] ^= bit;
                let Ok(opened) = keys.open(&changed) else { continue };
                if opened.is_authenticated() {
                    assert_eq!(opened.content().bytes(), decoded(vector, "content"));
                }
            }
        }
    }
}
