//! What other libraries made, the command opens and verifies.

use std::fs;

use base64_simd::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::place::Place;

fn vectors(name: &str) -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/").to_owned() + name;
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn decoded(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode_to_vec(value.as_str().unwrap()).unwrap()
}

#[test]
fn envelopes_of_jwcrypto_nimbus_and_jose_open() {
    let keys = vectors("jose/keys.json");
    let vectors = vectors("portable/foreign.json");
    for vector in vectors.as_array().unwrap() {
        for (name, algorithm) in
            vector["keys"].as_array().unwrap().iter().zip(vector["algorithms"].as_array().unwrap())
        {
            let place = Place::new();
            let mut key = keys[name.as_str().unwrap()].clone();
            key["alg"] = algorithm.clone();
            place.write("key.jwk", key.to_string());
            place.write("context.json", vector["context"].to_string());
            place.write("it.jwe", vector["envelope"].as_str().unwrap());
            place.run("open --key key.jwk --context @context.json it.jwe").must_end(0, "");
            assert_eq!(
                fs::read(place.path("it")).unwrap(),
                decoded(&vector["plaintext"]),
                "{}",
                vector["name"]
            );
        }
    }
}

#[test]
fn statements_of_jwcrypto_nimbus_and_jose_verify() {
    let keys = vectors("jose/keys.json");
    let vectors = vectors("statements/foreign.json");
    for vector in vectors.as_array().unwrap() {
        let place = Place::new();
        place.write("key.jwk", keys[vector["key"].as_str().unwrap()].to_string());
        place.write("it.jws", vector["statement"].as_str().unwrap());
        let verify = format!("verify --key key.jwk --algorithm {}", vector["algorithm"].as_str().unwrap());
        if vector["detached"] == true {
            place.write("it", decoded(&vector["document"]));
            place.run(&format!("{verify} it.jws")).must_end(0, "");
        } else {
            place.run(&format!("{verify} --output it it.jws")).must_end(0, "");
            assert_eq!(
                fs::read(place.path("it")).unwrap(),
                decoded(&vector["document"]),
                "{}",
                vector["name"]
            );
        }
    }
}

#[test]
fn keys_in_pem_seal_open_sign_and_verify() {
    for (name, seals) in [("rfc7515-a2", true), ("rfc7515-a3", true), ("x25519", true), ("rfc8037-a1", false)]
    {
        let place = Place::with(&[("it", "approved")]);
        for part in ["private", "public"] {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/jose/pem/");
            fs::copy(format!("{path}{name}.{part}.pem"), place.path(&format!("{part}.pem"))).unwrap();
        }
        if seals {
            place.run("seal --to public.pem it").must_end(0, "");
            assert_eq!(place.run("open --key private.pem -o - it.jwe").out, "approved", "{name}");
        }
        if name != "x25519" {
            place.run("sign --key private.pem it").must_end(0, "");
            place.run("verify --key public.pem it.jws").must_end(0, "");
        }
    }
}
