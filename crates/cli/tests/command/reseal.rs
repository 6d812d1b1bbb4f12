//! `bulla reseal`: objects of Java, which the JDK made.

use crate::place::Place;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/");
const AES: &str = "DMRlo4gdlk8ZdtGPcs_PplG5JaEsKITz_AjvrBduX54";
const RSA: &str = "IsUn6_e04MaShXFIISMp4kG62LWzMIPy_MvSA5pJgX8";

fn vector(file: &str, name: &str) -> String {
    let text = std::fs::read_to_string(format!("{VECTORS}serialized/{file}.json")).unwrap();
    let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
    let vector = vectors.as_array().unwrap().iter().find(|vector| vector["name"] == name);
    vector.unwrap()["object"].as_str().unwrap().to_owned()
}

/// The file as it is stored, not in base64.
fn stream(file: &str, name: &str) -> Vec<u8> {
    base64_simd::STANDARD.decode_to_vec(vector(file, name)).unwrap()
}

/// The files that the examples of the help name.
pub(crate) fn prepare(place: &Place) {
    let pem = |name| std::fs::read(format!("{VECTORS}jose/pem/rfc7515-a2.{name}.pem")).unwrap();
    place.write("old-rsa.pem", pem("private"));
    place.write("signer.pem", pem("public"));
    let keys = std::fs::read_to_string(format!("{VECTORS}serialized/keys.json")).unwrap();
    let keys: serde_json::Value = serde_json::from_str(&keys).unwrap();
    place.write("old-aes.jwk", keys["aes128"].to_string());
    place.write("within.b64", vector("opened", "a signed object within a sealed one"));
    place.write("amount.b64", vector("opened", "a long that no double holds"));
    place.write("approval.ser", stream("opened", "a string signed with RSA"));
    place.write("order.ser", stream("opened", "RSA with PKCS #1 v1.5"));
    place.write("map.ser", stream("opened", "an object of another class"));
    place.write("bytes.ser", stream("opened", "bytes"));
    place.run("keygen --kind a256kw new.jwk").must_be_fine();
}

fn place() -> Place {
    let place = Place::new();
    prepare(&place);
    place
}

#[test]
fn a_signed_object_is_verified_and_sealed() {
    let place = place();
    let run =
        place.run("reseal -V signer.pem --to new.jwk -c {\"process\":\"loan\"} --bind-name approval.ser");
    run.must_end(0, "");
    assert_eq!(run.out, format!("approval.ser: signed by {RSA} (SHA256withRSA)\n"));
    let run = place.run("inspect approval.ser.jwe");
    assert!(run.out.contains("text/plain;charset=utf-8"), "{}", run.out);
    let run = place
        .run("open --key new.jwk -c {\"process\":\"loan\",\"file\":\"approval.ser\"} -o - approval.ser.jwe");
    assert_eq!(run.out, "hello");
}

#[test]
fn what_nothing_proves_the_maker_of_is_taken_only_when_that_is_said() {
    let place = place();
    place.run("reseal --key old-aes.jwk --to new.jwk bytes.ser").must_end(
        1,
        &format!(
            "bulla: bytes.ser: nothing proves who made it (sealed for {AES} (AES/CBC/PKCS5Padding, not \
             authenticated)): whoever could write it may have changed it or made it up; --unauthenticated \
             takes it all the same\n"
        ),
    );
    assert!(!place.names().contains(&"bytes.ser.jwe".into()));
    let run = place.run("reseal --key old-aes.jwk --unauthenticated --to new.jwk bytes.ser map.ser");
    run.must_end(0, "bulla: 2 of 2 files resealed\n");
    assert_eq!(
        run.out,
        format!(
            "bytes.ser: sealed for {AES} (AES/CBC/PKCS5Padding, not authenticated)\n\
             map.ser: sealed for {AES} (AES/CBC/PKCS5Padding, not authenticated)\n"
        )
    );
    let run = place.run("inspect map.ser.jwe");
    assert!(run.out.contains("application/x-java-serialized-object"), "{}", run.out);
    place.run("open --key new.jwk -o map.again map.ser.jwe").must_end(0, "");
    assert!(std::fs::read(place.path("map.again")).unwrap().starts_with(&[0xAC, 0xED, 0, 5]));
}

#[test]
fn layers_are_told_from_the_outermost_inwards() {
    let place = place();
    let run = place.run("reseal --key old-aes.jwk --verify-key signer.pem --to new.jwk within.b64");
    run.must_end(0, "");
    assert_eq!(
        run.out,
        format!(
            "within.b64: sealed for {AES} (AES/CBC/PKCS5Padding, not authenticated), in it signed by {RSA} \
             (SHA256withRSA)\n"
        )
    );
}

#[test]
fn opened_is_what_was_inside_and_goes_to_standard_output() {
    let place = place();
    let amount = place.read("amount.b64");
    let run = place.run_with("reseal --key old-aes.jwk --unauthenticated --open", &amount);
    run.must_end(0, "");
    assert_eq!(run.out, "9007199254740993");
    let run = place.run("reseal --key old-rsa.pem --unauthenticated --open -o order.txt order.ser");
    run.must_end(0, "");
    assert_eq!(run.out, format!("order.ser: sealed for {RSA} (RSA/ECB/PKCS1Padding, not authenticated)\n"));
    assert_eq!(place.read("order.txt"), "hello");
    #[cfg(unix)]
    assert_eq!(place.mode("order.txt"), 0o600);
}

#[test]
fn a_signature_that_is_asked_for_must_be_there_and_hold() {
    let place = place();
    place.run("reseal -k old-aes.jwk -V signer.pem --unauthenticated -t new.jwk bytes.ser").must_end(
        1,
        "bulla: bytes.ser: the serialised object is refused: it is not signed, and a key that must have \
         signed it was given\n",
    );
    place.write("changed.ser", stream("refused", "content-changed"));
    place.run("reseal -V signer.pem -t new.jwk changed.ser").must_end(
        1,
        &format!("bulla: changed.ser: the signature of the signed object is not that of key {RSA}\n"),
    );
    place.run("reseal -k old-aes.jwk -t new.jwk approval.ser").must_end(
        2,
        "bulla: approval.ser: verifying keys are none, and the object is signed: give the key that must \
         have signed it\n",
    );
}

#[test]
fn wrong_files_and_wrong_use_are_told_and_nothing_is_written() {
    let place = place();
    place.write("subclass.ser", stream("refused", "a-subclass"));
    place.write("text.ser", "hello");
    place.run("reseal -k old-aes.jwk -t new.jwk subclass.ser text.ser missing.ser").must_end(
        1,
        "bulla: subclass.ser: the serialised object is refused: byte 4: \"dev.bulla.ObjectVectors$Labelled\" \
         is a subclass of javax.crypto.SealedObject, and none is read\n\
         bulla: text.ser: the serialised object is refused: byte 0: it does not begin as a stream of version \
         5 does (AC ED 00 05)\n\
         bulla: missing.ser: cannot be read: No such file or directory (os error 2)\n\
         bulla: 0 of 3 files resealed, 3 failed\n",
    );
    place
        .run("reseal -k signer.pem -t new.jwk bytes.ser")
        .must_end(2, "bulla: signer.pem is not a usable key: it is not an AES key or a private RSA key\n");
    let run = place.run("reseal -t new.jwk bytes.ser");
    assert!(run.code == 2 && run.told.contains("--key <KEY>"), "{run:?}");
    let run = place.run("reseal -k old-aes.jwk bytes.ser");
    assert!(run.code == 2 && run.told.contains("--to <KEY>"), "{run:?}");
    assert!(!place.names().iter().any(|name| name.contains(".jwe")));
}
